"""WSDL, read once at registration: what an operation asks and answers, and the schema of its documents.

The only module that touches zeep. zeep loads nothing by itself: every document comes from the folder of the contract
or from the standards, else it is refused. Its error texts may repeat whole documents and go no further.
"""

from pathlib import Path
from typing import Any, Final, Literal, cast

import msgspec
import zeep.exceptions
from lxml import etree
from zeep import Settings
from zeep.transports import Transport
from zeep.wsdl import Document as WsdlDocument
from zeep.wsdl.bindings import Soap11Binding, Soap12Binding

from adapters.soap.names import WSDL, WSDL_SOAP_11, WSDL_SOAP_12
from hub_core.errors import ConfigError
from hub_core.places import SCHEMAS
from hub_core.validation import Xsd
from hub_core.validation.library import Library
from hub_core.validation.wsdl import types_schema

MAX_DEPTH: Final = 8  # of the elements of a request; deeper ones cannot be asked for

_SETTINGS: Final = Settings(strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=False)


class Field(msgspec.Struct, frozen=True):
    """One part or element of a request.

    Attributes:
        name: ``{namespace}local``, or ``local`` where it is unqualified.
        type: the same for its type; empty if it has no name.
        required: must be sent.
        fields: elements inside, in the order of the contract.
    """

    name: str
    type: str
    required: bool
    fields: tuple["Field", ...] = ()

    @property
    def local(self) -> str:
        """The name without its namespace."""
        return self.name.rpartition("}")[2]


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One operation of a contract.

    Attributes:
        action: ``SOAPAction``; may be empty.
        asked: what stands in the Body of the request.
        answered: name of the element in the Body of the answer; empty if there is none.
    """

    name: str
    soap_version: Literal["1.1", "1.2"]
    style: Literal["document", "rpc"]
    use: Literal["literal", "encoded"]
    action: str
    asked: Field
    answered: str


class Wsdl(msgspec.Struct, frozen=True, kw_only=True):
    """One contract.

    Attributes:
        schema: of the documents it types; ``None`` where it types none.
        elements: names of the documents that the schema knows.
        schema_fault: why libxml2 does not take the schema, though zeep does; matters only where it is needed.
    """

    operations: dict[str, Operation]
    schema: Xsd | None
    elements: frozenset[str]
    schema_fault: str = ""

    def operation(self, name: str | None) -> Operation:
        """Return an operation by name; the only one if none is named.

        Raises:
            ConfigError: V102, with the names that there are.
        """
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        if name not in self.operations:
            known = ", ".join(sorted(self.operations))
            raise ConfigError(
                "V102",
                f"the contract has no operation {name}" if name else "the contract has several operations",
                where="contract.operation",
                mend=f"write one of: {known}",
            )
        return self.operations[name]


def read_wsdl(path: Path) -> Wsdl:
    """Return what a WSDL file says about SOAP.

    Raises:
        ConfigError: V401, it cannot be read, names documents outside its folder, or offers no SOAP.
    """
    path = path.resolve()
    transport = _Bundle(Library(SCHEMAS if path.is_relative_to(SCHEMAS) else path.parent))
    try:
        document: Any = WsdlDocument(str(path), cast("Any", transport), settings=_SETTINGS)
    except (zeep.exceptions.Error, etree.LxmlError, AttributeError, KeyError, TypeError, ValueError) as error:
        # zeep fails in many ways on a faulty file; it is a file of ours, read at registration only.
        raise ConfigError("V401", f"the WSDL cannot be read ({type(error).__name__})", where=str(path)) from error
    operations: dict[str, Operation] = {}
    for service in document.services.values():
        for port in service.ports.values():
            if isinstance(port.binding, Soap11Binding | Soap12Binding):
                binding = cast("Any", port.binding)
                for found in binding.all().values():
                    operations.setdefault(found.name, _operation(binding, found, transport.loaded))
    if not operations:
        raise ConfigError("V401", "the WSDL offers no operation over SOAP", where=str(path))
    try:
        schema, elements = types_schema(path, transport.loaded, transport.library.root)
    except ConfigError as fault:
        return Wsdl(operations=operations, schema=None, elements=frozenset(), schema_fault=fault.text)
    return Wsdl(operations=operations, schema=schema, elements=elements)


class _Bundle(Transport):
    """zeep's way to documents, led to our library; it never opens a file or a connection by itself."""

    def __init__(self, library: Library) -> None:
        # The constructor of zeep would open an HTTP session; `_close_session` is what its destructor looks at.
        self._close_session = False
        self.library = library
        self.loaded: dict[str, bytes] = {}

    def load(self, url: str) -> bytes:
        """Return one document; raises ConfigError for one that is not in the library."""
        body = self.loaded[url] = self.library.read(url)
        return body


def _operation(binding: Any, found: Any, loaded: dict[str, bytes]) -> Operation:
    return Operation(
        name=found.name,
        soap_version="1.2" if isinstance(binding, Soap12Binding) else "1.1",
        style=found.style,
        use=_use(binding.name.localname, found.name, loaded),
        action=found.soapaction or "",
        asked=_field(found.input.body, depth=0) if found.input.body is not None else Field("", "", required=True),
        answered=str(found.output.body.qname.text) if found.output and found.output.body is not None else "",
    )


def _field(element: Any, *, depth: int) -> Field:
    inner = getattr(element.type, "elements", ()) if depth < MAX_DEPTH else ()
    return Field(
        name=element.qname.text,
        type=element.type.qname.text if element.type.qname is not None else "",
        required=getattr(element, "min_occurs", 1) > 0,
        fields=tuple(_field(part, depth=depth + 1) for name, part in inner if _named(name, part)),
    )


def _named(name: str, part: Any) -> bool:
    """Tell whether something inside an element has a name of its own: not its text, and no wildcard (xs:any)."""
    return getattr(part, "qname", None) is not None and not name.startswith("_value_")


def _use(binding: str, operation: str, loaded: dict[str, bytes]) -> Literal["literal", "encoded"]:
    """Return how the request is written; zeep reads it and forgets it."""
    for body in loaded.values():
        root = etree.fromstring(body)
        for found in root.findall(f"{{{WSDL}}}binding[@name='{binding}']/{{{WSDL}}}operation[@name='{operation}']"):
            for soap in (WSDL_SOAP_11, WSDL_SOAP_12):
                part = found.find(f"{{{WSDL}}}input//{{{soap}}}body")
                if part is not None and part.get("use") == "encoded":
                    return "encoded"
    return "literal"

"""One contract as the adapter uses it: its operations, what stands in their Bodies, its schema.

What a contract says is read by ``hub_core.contract.wsdl``; nothing here opens a file by itself.
"""

from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal

from lxml import etree
from xmlschema import XsdElement

from adapters.soap.names import XSD
from adapters.soap.shapes import ANY_TYPE, ARRAY_TYPE
from adapters.soap.wire import Wire, gather
from hub_core.contract.wsdl import Contract, Message, Validator, read_contract
from hub_core.contract.wsdl import Operation as Described
from hub_core.errors import ConfigError
from hub_core.message import Finding
from hub_core.places import around

MAX_DEPTH: Final = 8  # of the elements of a request; deeper ones cannot be asked for


class Field:
    """One part or element of a request.

    Attributes:
        name: ``{namespace}local``, or ``local`` where it is unqualified.
        type: the same for its type; empty if it has no name.
        required: must be sent.
    """

    def __init__(self, element: Any, *, name: str = "", depth: int = 0) -> None:
        self._element = element
        self._depth = depth
        self.name: str = name or element.name
        self.type: str = element.type.name or ""
        self.required: bool = _is_required(element)

    @property
    def local(self) -> str:
        """The name without its namespace."""
        return self.name.rpartition("}")[2]

    @property
    def array(self) -> str:
        """The type of what an array of the encoding holds, with brackets for arrays in it; empty: this is none."""
        declared = getattr(self._element.type, "elem", None)
        if declared is None or declared.get(ARRAY_TYPE) is None or not self.fields:
            return ""
        item = self.fields[0]
        return f"{item.array}[]" if item.array and not item.type else item.type or ANY_TYPE

    @cached_property
    def fields(self) -> tuple["Field", ...]:
        """The elements inside, in the order of the contract; what a wildcard lets in has no name."""
        content: Any = getattr(self._element.type, "content", None)
        if self._depth >= MAX_DEPTH or not hasattr(content, "iter_elements"):
            return ()
        return tuple(Field(one, depth=self._depth + 1) for one in content.iter_elements() if one.name)


def _is_required(element: Any) -> bool:
    """Tell whether an element stands in every document: no group around it is optional or a choice."""
    around = element
    while getattr(around, "min_occurs", None) is not None:
        if around.min_occurs == 0 or (around is not element and around.model == "choice" and len(around) > 1):
            return False
        around = around.parent
    return True


class Operation:
    """One operation of a contract.

    Attributes:
        described: by the contract.
    """

    def __init__(self, wsdl: "Wsdl", described: Described) -> None:
        self._wsdl = wsdl
        self.described = described
        self.name = described.name
        self.soap_version: Literal["1.1", "1.2"] = described.soap
        self.style = described.style
        self.use = described.use
        self.action = described.action
        self.one_way = described.one_way

    @cached_property
    def asked(self) -> Field:
        """What stands in the Body of the request; of several documents there, the literal document that holds them."""
        message = self.described.input
        return Field(self._wsdl.contract.schemas.element(message.element), name=message.wire)

    @cached_property
    def headers(self) -> tuple[Field, ...]:
        """Header blocks that the contract binds to the request; one that it names by a type cannot be written."""
        parts = [part for part in self.described.input.headers if part.element]
        return tuple(Field(self._wsdl.contract.schemas.element(str(part.element))) for part in parts)

    @property
    def several(self) -> bool:
        """Whether several documents stand in the Body of the request."""
        return not self.described.input.wire

    def envelope(self, document: etree._Element, header: str) -> bytes:
        """Return the request around a document as a mapping writes it, or as it stands in the Body.

        Raises:
            Rejected: V102, V105, this is no document of the operation.
        """
        message = self.described.input
        if self.use == "encoded":
            document = self._wsdl.wire.literal(self.described, message, document)
        return self._wsdl.wire.write(self.described, message, document, header=header)

    def faults(self, element: etree._Element) -> list[Finding]:
        """Return what is wrong with an element, by the schema of the contract."""
        return self._wsdl.schema.faults(element)

    @cached_property
    def told(self) -> Field:
        """The literal document of the answer; only of an operation that answers."""
        output = self.described.output
        assert output is not None  # noqa: S101 - see the docstring
        return Field(self._wsdl.contract.schemas.element(output.element))

    def gather(self, envelope: etree._Element) -> bool:
        """Put several documents of an answer, or none, into one, where the operation answers so; tell whether."""
        output = self.described.output
        return output is not None and gather(envelope, output)

    @property
    def binary(self) -> frozenset[str]:
        """Names of the elements of the contract whose content is base64."""
        return self._wsdl.binary

    @property
    def answered(self) -> str:
        """Name of the element in the Body of the answer; empty if there is none."""
        output = self.described.output
        return output.wire if output else ""


class Wsdl:
    """One contract.

    Attributes:
        contract: as it was read.
        wire: writes and reads its messages.
    """

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.wire = Wire(contract)
        self.operations = {name: Operation(self, found) for name, found in contract.operations.items()}

    def operation(self, name: str | None) -> Operation:
        """Return an operation by name; the only one if none is named.

        Raises:
            ConfigError: V102, with the names that there are.
        """
        if name not in self.operations:
            name = self.contract.operation(name).name
        return self.operations[name]

    def asked_by(self, element: str, only: str | None) -> list[Operation]:
        """Return the operations, or the only one that counts, whose requests begin with an element."""
        return [one for one in self._asked.get(element, ()) if only is None or one.name == only]

    @cached_property
    def _asked(self) -> dict[str, list[Operation]]:
        found: dict[str, list[Operation]] = {}
        for operation in self.operations.values():
            message = operation.described.input
            found.setdefault(message.wire or message.element, []).append(operation)
        return found

    def gather(self, envelope: etree._Element, only: str | None, action: str) -> bool:
        """Put several documents of a request into one, where an operation takes them; tell whether one does.

        Args:
            envelope: is changed.
            only: name of the one operation that counts.
            action: of the call, which decides where several operations take the same.
        """
        fitting = [one for one in self.operations.values() if one.several and only in (None, one.name)]
        fitting.sort(key=lambda one: action not in (one.action, one.name))
        return any(gather(envelope, one.described.input) for one in fitting)

    @cached_property
    def several(self) -> bool:
        """Whether an operation takes several documents in one Body, or none."""
        return any(one.several for one in self.operations.values())

    @cached_property
    def binary(self) -> frozenset[str]:
        """Names of the elements, ``{namespace}local``, whose content is base64."""
        schemas = {one for found in self.contract.schemas.model().maps.namespaces.values() for one in found}
        elements = (one for schema in schemas for one in schema.iter_components(XsdElement))
        return frozenset(one.name for one in elements if isinstance(one, XsdElement) and _is_base64(one.type))

    @cached_property
    def schema(self) -> Validator:
        """The schema of its literal documents.

        Raises:
            ConfigError: V401, no validator takes it.
        """
        return self.contract.schemas.xsd()

    def literal(self, root: etree._Element, name: str | None = None) -> etree._Element | None:
        """Return the literal document of a body element, whichever way it goes; ``None``: the contract has none such.

        Args:
            root: with every value in its place.
            name: of the one operation that counts.

        Raises:
            Rejected: V105, what is encoded cannot be read.
        """
        for operation, message in self._messages.get(str(root.tag), ()):
            if name is None or operation.name == name:
                return self.wire.literal(operation, message, root)
        return None

    @cached_property
    def _messages(self) -> dict[str, list[tuple[Described, Message]]]:
        found: dict[str, list[tuple[Described, Message]]] = {}
        for operation in (
            one for service in self.contract.services for port in service.ports for one in port.operations
        ):
            for message in (operation.input, operation.output):
                if message is not None:
                    found.setdefault(message.wire or message.element, []).append((operation, message))
        return found


def read_wsdl(path: Path) -> Wsdl:
    """Return what a WSDL file says about SOAP.

    Raises:
        ConfigError: V401, it is refused, or offers no SOAP.
    """
    path = path.resolve()
    wsdl = Wsdl(read_contract(path, around(path)))
    if not wsdl.operations:
        raise ConfigError("V401", "the WSDL offers no operation over SOAP", where=str(path))
    return wsdl


def _is_base64(kind: Any) -> bool:
    """Say whether a simple type, or the content of a complex one, is base64Binary or made of it."""
    primitive = getattr(getattr(kind, "simple_type", None), "primitive_type", None)
    return primitive is not None and primitive.name == f"{{{XSD}}}base64Binary"

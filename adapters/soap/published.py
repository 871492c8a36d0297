"""The contract of a served endpoint as its callers read it: one WSDL that needs no other document.

It is written anew from what was read: every schema stands inside, every address is ours, and what the hub does not
serve is left out. Names that travel (elements, types, actions) are those of the agency.
"""

from collections.abc import Collection, Iterator
from typing import Any, Final, cast

from lxml import etree

from adapters.soap.names import (
    SOAP_12_ENCODING,
    SOAP_ENCODING,
    WSDL,
    WSDL_SOAP_11,
    WSDL_SOAP_12,
    XML,
    XSD,
)
from hub_core.contract.wsdl import Contract, Message, Operation, Part, Port
from hub_core.contract.wsdl.join import START

_W, _X = f"{{{WSDL}}}", f"{{{XSD}}}"
_ARRAY_TYPE: Final = f"{_W}arrayType"
_SOAP: Final = {"1.1": WSDL_SOAP_11, "1.2": WSDL_SOAP_12}
_ENCODINGS: Final = {"1.1": SOAP_ENCODING, "1.2": SOAP_12_ENCODING}
_HERE: Final = "punte:schemas"
_HTTP: Final = "http://schemas.xmlsoap.org/soap/http"
# Every stack knows these; many refuse to be told again.
_KNOWN: Final = frozenset({SOAP_ENCODING, WSDL, XML, XSD})


def published(contract: Contract, address: str, *, only: Collection[str] = ()) -> bytes:
    """Return the WSDL.

    Args:
        contract: as it was read.
        address: of every port.
        only: names of the operations that are served; empty: all.
    """
    return _Writer(contract).write(address, only)


class _Writer:
    """Writes one WSDL."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._namespace = next((name for name in self._wires() if name), "urn:punte:served")
        self._prefixes = {self._namespace: "tns", XSD: "xsd", SOAP_ENCODING: "soapenc"}

    def write(self, address: str, only: Collection[str]) -> bytes:
        nsmap = {"wsdl": WSDL, "soap": WSDL_SOAP_11, "soap12": WSDL_SOAP_12, **self._names()}
        root = etree.Element(f"{_W}definitions", targetNamespace=self._namespace, nsmap=nsmap)
        etree.SubElement(root, f"{_W}types").text = _HERE
        ports = [(service.name, port) for service in self._contract.services for port in service.ports]
        parts: dict[str, list[etree._Element]] = {"portType": [], "binding": []}
        services: dict[str, etree._Element] = {}
        for number, (name, port) in enumerate(ports):
            operations = [one for one in port.operations if not only or one.name in only]
            own = f"{port.name}-{number}"
            kind = etree.Element(f"{_W}portType", name=own)
            binding = self._binding(own, port)
            for index, operation in enumerate(operations):
                self._operation(root, kind, binding, operation, f"{own}-{index}")
            parts["portType"].append(kind)
            parts["binding"].append(binding)
            service = services.setdefault(name, etree.Element(f"{_W}service", name=name))
            place = etree.SubElement(service, f"{_W}port", name=port.name, binding=f"tns:{own}")
            etree.SubElement(place, f"{{{_SOAP[port.soap]}}}address", location=address)
        root.extend([*parts["portType"], *parts["binding"], *services.values()])
        # As texts: moved into another tree, a schema would lose prefixes that only its values use.
        schemas = b"\n".join(
            etree.tostring(schema, encoding="utf-8", xml_declaration=False) for schema in self._schemas()
        )
        whole = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
        return whole.replace(_HERE.encode(), schemas, 1)

    def _binding(self, name: str, port: Port) -> etree._Element:
        binding = etree.Element(f"{_W}binding", name=name, type=f"tns:{name}")
        etree.SubElement(binding, f"{{{_SOAP[port.soap]}}}binding", style="document", transport=_HTTP)
        return binding

    def _operation(
        self, root: etree._Element, kind: etree._Element, binding: etree._Element, operation: Operation, own: str
    ) -> None:
        soap = f"{{{_SOAP[operation.soap]}}}"
        name = operation.name.partition("(")[0]  # overloaded ones are told apart by what we add in brackets
        abstract = etree.SubElement(kind, f"{_W}operation", name=name)
        bound = etree.SubElement(binding, f"{_W}operation", name=name)
        etree.SubElement(bound, f"{soap}operation", soapAction=operation.action, style=operation.style)
        for way, message in (("input", operation.input), ("output", operation.output)):
            if message is None:
                continue
            self._message(root, f"{own}-{way}", message.parts)
            etree.SubElement(abstract, f"{_W}{way}", name=f"{own}-{way}", message=f"tns:{own}-{way}")
            place = etree.SubElement(bound, f"{_W}{way}", name=f"{own}-{way}")
            for number, header in enumerate(message.headers):
                named = f"{own}-{way}-header-{number}"
                self._message(root, named, (header,))
                etree.SubElement(place, f"{soap}header", message=f"tns:{named}", part=header.name, use="literal")
            etree.SubElement(place, f"{soap}body", self._body(operation, message))
        for fault in operation.faults:
            named = f"{own}-{fault.name}"
            parts = (Part(name="fault", element=fault.element),) if fault.element else ()
            self._message(root, named, parts)
            etree.SubElement(abstract, f"{_W}fault", name=fault.name, message=f"tns:{named}")
            place = etree.SubElement(bound, f"{_W}fault", name=fault.name)
            etree.SubElement(place, f"{soap}fault", name=fault.name, use="literal")

    def _body(self, operation: Operation, message: Message) -> dict[str, str]:
        said: dict[str, str] = {"use": operation.use}
        if operation.style == "rpc":
            said["namespace"] = _namespace(message.wire)
        if operation.use == "encoded":
            said["encodingStyle"] = _ENCODINGS[operation.soap]
        return said

    def _message(self, root: etree._Element, name: str, parts: tuple[Part, ...]) -> None:
        message = etree.SubElement(root, f"{_W}message", name=name)
        for part in parts:
            attribute, meant = ("element", part.element) if part.element else ("type", part.type or f"{_X}anyType")
            etree.SubElement(message, f"{_W}part", {"name": part.name, attribute: self._prefixed(meant)})

    def _schemas(self) -> Iterator[etree._Element]:
        joined = self._contract.schemas.joined
        for name, body in joined.documents.items():
            schema = etree.fromstring(body)
            own = joined.namespaces.get(name, "")
            if own:
                schema.set("targetNamespace", own)  # one that is included takes it from its includer
            if name == START or own in _KNOWN or all(child.tag == f"{_X}include" for child in schema):
                continue
            for placing in schema.iterfind(f"{_X}import"):
                placing.attrib.pop("schemaLocation", "")
            for array in list(schema.iter(f"{_X}complexType")):
                if array.get(_ARRAY_TYPE):
                    _restrict(array)
            yield schema

    def _names(self) -> dict[str, str]:
        """Return every namespace that a message names, by its prefix."""
        messages = [message for one in self._operations() for message in (one.input, one.output) if message is not None]
        parts = [part for message in messages for part in (*message.parts, *message.headers)]
        names = [part.element or part.type or "" for part in parts]
        names += [fault.element for one in self._operations() for fault in one.faults]
        for name in names:
            self._prefixes.setdefault(_namespace(name), f"n{len(self._prefixes)}")
        return {prefix: name for name, prefix in self._prefixes.items() if name}

    def _prefixed(self, name: str) -> str:
        namespace, _, local = name.rpartition("}")
        return f"{self._prefixes[namespace[1:]]}:{local}" if namespace else local

    def _operations(self) -> Iterator[Operation]:
        for service in self._contract.services:
            for port in service.ports:
                yield from port.operations

    def _wires(self) -> Iterator[str]:
        for operation in self._operations():
            yield _namespace(operation.input.wire)


def _restrict(array: etree._Element) -> None:
    """Write an array as its agency did: a type that restricts that of the encoding."""
    stated, name = array.get(_ARRAY_TYPE), array.get("name")
    array.clear()
    if name:
        array.set("name", name)
    content = etree.SubElement(array, f"{_X}complexContent")
    nsmap = cast("Any", {"soapenc": SOAP_ENCODING})
    restriction = etree.SubElement(content, f"{_X}restriction", base="soapenc:Array", nsmap=nsmap)
    etree.SubElement(restriction, f"{_X}attribute", {"ref": "soapenc:arrayType", _ARRAY_TYPE: stated or ""})


def _namespace(name: str) -> str:
    return name.rpartition("}")[0][1:]

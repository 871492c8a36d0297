"""What travels in one direction of an operation: the parts of a message, and where the binding puts each."""

from collections.abc import Iterator
from typing import Final, Literal

import msgspec

from hub_core.contract.wsdl.bodies import Bodies
from hub_core.contract.wsdl.definitions import Definition, Definitions
from hub_core.contract.wsdl.model import Fault, Message, Part
from hub_core.contract.wsdl.names import BINDINGS, MIME, Node, Unbound, W, full, qname, tag

_SUFFIX: Final = {"input": "", "output": "Response"}


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """How the bodies of one operation are made.

    Attributes:
        namespace: of an rpc wrapper where the binding says none.
        binding: that says how; the port type itself where there is none.
    """

    style: Literal["document", "rpc"]
    namespace: str
    binding: Definition
    port_type: Definition


class Messages:
    """Reads messages."""

    def __init__(self, definitions: Definitions, bodies: Bodies) -> None:
        self.definitions = definitions
        self.findings = definitions.findings
        self.bodies = bodies

    def read(
        self, body: Body, abstract: Node, bound: Node | None, direction: Literal["input", "output"]
    ) -> Message | None:
        """Return what travels one way; ``None`` if its message is nowhere."""
        node = abstract.find(f"{W}{direction}")
        message = self.definitions.find("message", body.port_type, node, "message") if node is not None else None
        if message is None:
            return None
        parts = {part.name: part for part in self._parts(message)}
        around = bound.find(f"{W}{direction}") if bound is not None else None
        soap = _extension(around, "body")
        headers = tuple(self._headers(body, around))
        attached = _attached(around)
        said = soap.get("parts") if soap is not None else None
        if said is not None:
            inside = tuple(parts[name] for name in said.split() if name in parts)
        else:
            own = {name for named, name in self._header_names(body, around) if named is message}
            inside = tuple(part for name, part in parts.items() if name not in own | set(attached))
        element, wire = self._element(body, message, abstract, direction, inside, soap)
        return Message(element=element, wire=wire, parts=inside, headers=headers, attachments=attached)

    def _element(
        self,
        body: Body,
        message: Definition,
        abstract: Node,
        direction: Literal["input", "output"],
        parts: tuple[Part, ...],
        soap: Node | None,
    ) -> tuple[str, str]:
        """Return the name of the literal document, and of what stands in the Body."""
        name = abstract.get("name", "")
        if body.style == "rpc":
            namespace = soap.get("namespace") if soap is not None else None
            if namespace is None:
                namespace = body.namespace
            local = name + _SUFFIX[direction]
            encoded = soap is not None and soap.get("use") == "encoded"
            return self.bodies.wrapper(namespace, local, parts, nillable=encoded), full(namespace, local)
        if len(parts) == 1 and parts[0].element:
            return parts[0].element, parts[0].element
        if len(parts) == 1:
            text = f"the part {parts[0].name} names a type, not an element; its element is taken to be {parts[0].name}"
            self.findings.warning("V536", message.at(), text, "name an element")
            return self.bodies.typed("", parts[0].name, parts[0].type or ""), parts[0].name
        if len(parts) > 1:
            text = f"the message {message.local} has {len(parts)} parts in one Body of style document"
            self.findings.warning("V536", message.at(), text, "use one part")
        return self.bodies.wrapper(message.namespace, message.local, parts), ""

    def _parts(self, message: Definition) -> Iterator[Part]:
        for node in message.node.findall(f"{W}part"):
            name = node.get("name", "")
            element = self._named(message, node, "element")
            kind = self._named(message, node, "type")
            if element is None and kind is None and not (node.get("element") or node.get("type")):
                text = f"the part {name} of {message.local} names neither element nor type"
                self.findings.warning("V536", message.at(node), text, "name an element")
                kind = full("http://www.w3.org/2001/XMLSchema", "anyType")
            if element is not None or kind is not None:
                yield Part(name=name, element=element, type=None if element is not None else kind)

    def _named(self, message: Definition, node: Node, attribute: Literal["element", "type"]) -> str | None:
        text = node.get(attribute)
        if not text:
            return None
        index = self.bodies.index
        try:
            name = qname(node, text)
        except Unbound as fault:
            self.findings.error("V505", message.at(node), f"the prefix {fault} of {text} is not declared")
            return None
        found = index.found(attribute, name, message.namespace)
        if found is None:
            said = f"{attribute} {name} is declared nowhere"
            self.findings.error("V505", message.at(node), said, "declare or import it")
        elif found != name:
            said = f"{text} means {name}, which is nowhere; {found} is used"
            self.findings.warning("V534", message.at(node), said, "write it with the prefix of its namespace")
        return found

    def _header_names(self, body: Body, around: Node | None) -> Iterator[tuple[Definition, str]]:
        for header in _extensions(around, "header"):
            if header.get("message"):
                message = self.definitions.find("message", body.binding, header, "message")
                if message is not None:
                    yield message, header.get("part", "")

    def _headers(self, body: Body, around: Node | None) -> Iterator[Part]:
        for message, name in self._header_names(body, around):
            part = next((one for one in self._parts(message) if one.name == name), None)
            if part is not None:
                yield part
            else:
                text = f"the message {message.local} has no part {name}, which a header names"
                self.findings.warning("V536", body.binding.at(around), text, "mend the name of the part")

    def use(self, bound: Node | None) -> Literal["literal", "encoded"]:
        """Return how the bodies of a bound operation are written."""
        found = bound.iter(*(f"{{{name}}}body" for name in BINDINGS)) if bound is not None else ()
        return "encoded" if any(one.get("use") == "encoded" for one in found) else "literal"

    def faults(self, body: Body, abstract: Node) -> Iterator[Fault]:
        """Yield the declared faults; one whose part names a type gets an element of the part's name."""
        for node in abstract.findall(f"{W}fault"):
            name = node.get("name", "")
            message = self.definitions.find("message", body.port_type, node, "message")
            part = next(iter(self._parts(message)), None) if message is not None else None
            if message is None:
                continue
            if part is None:
                text = f"the fault {name} has no element: its detail may be anything"
                self.findings.info("V536", message.at(), text, "name an element in its message")
                yield Fault(name=name)
            elif part.element:
                yield Fault(name=name, element=part.element)
            else:
                yield Fault(name=name, element=self.bodies.typed(message.namespace, part.name, part.type or ""))

    def typed(self, port_type: Definition, operation: Node) -> bool:
        """Tell whether the messages of an operation have parts by type, as rpc has them."""
        for node in operation:
            if tag(node) in {f"{W}input", f"{W}output"}:
                message = self.definitions.find("message", port_type, node, "message")
                if message is not None and any(part.get("type") for part in message.node.findall(f"{W}part")):
                    return True
        return False


def _extensions(around: Node | None, local: str) -> Iterator[Node]:
    """Yield the SOAP extensions of a name, also those inside MIME parts."""
    if around is not None:
        yield from around.iter(*(f"{{{name}}}{local}" for name in BINDINGS))


def _extension(around: Node | None, local: str) -> Node | None:
    return next(_extensions(around, local), None)


def _attached(around: Node | None) -> tuple[str, ...]:
    """Return the names of the parts that travel beside the envelope; the part with the Body is none of them."""
    if around is None:
        return ()
    names = [node.get("part", "") for node in around.iter(f"{{{MIME}}}content")]
    return tuple(dict.fromkeys(name for name in names if name))

"""What a WSDL says around its documents: operations, how they travel, which messages they have."""

from collections.abc import Iterator, Mapping

from hub_core.contract.changes.forms import Type
from hub_core.contract.changes.lines import Lines
from hub_core.contract.changes.model import NOWHERE, Delta, Way
from hub_core.contract.changes.walk import Document, Walk
from hub_core.contract.changes.xsd import XsdForms
from hub_core.contract.declarations import Declarations, prefixes_of
from hub_core.contract.wsdl import Contract, Message, Operation, Part, Port
from hub_core.contract.wsdl.names import split

_POLICY = "V528"  # what the policy of a contract asks for


def compare_contracts(old: Contract, new: Contract, way: Way = "document") -> Walk:
    """Compare two contracts: what they offer, or, of schemas alone, every document that they allow.

    ``way``: who writes the documents of schemas alone.
    """
    declared = (Declarations(old), Declarations(new))
    walk = Walk("xml", prefixes_of(*declared))
    forms = (XsdForms(declared[0]), XsdForms(declared[1]))
    if old.services or new.services:
        _Services(old, new, walk, forms).compare()
    else:
        _documents(walk, *forms, way)
    return walk


def _documents(walk: Walk, old: XsdForms, new: XsdForms, way: Way) -> None:
    ours, theirs = old.roots(), new.roots()
    for name, element in ours.items():
        document = Document("", way, name)
        if name in theirs:
            walk.root(document, element, theirs[name])
        else:
            text = f"no document begins with {split(name)[1]} any more"
            walk.note(document, Delta(kind="document-removed", text=text, narrows=True, widens=True, old=element.at))
    for name in theirs.keys() - ours.keys():
        text = f"documents may begin with {split(name)[1]}"
        added = Delta(kind="document-added", text=text, narrows=False, widens=False, new=theirs[name].at)
        walk.note(Document("", way, name), added)
    named = new.types()
    for name, type_ in old.types().items():
        if name in named:
            walk.rest(Document("", way, name), type_, named[name])


class _Services:
    """Two contracts with operations."""

    def __init__(self, old: Contract, new: Contract, walk: Walk, forms: tuple[XsdForms, XsdForms]) -> None:
        self.old = old
        self.new = new
        self.walk = walk
        self.forms = forms
        self.lines = (Lines(old), Lines(new))

    def compare(self) -> None:
        """Compare ports and operations; those of the same name are the same."""
        self._ports()
        ours, theirs = self.old.operations, self.new.operations
        gone = [name for name in ours if name not in theirs]
        come = [name for name in theirs if name not in ours]
        for name in gone:
            now = next((one for one in come if _same_messages(ours[name], theirs[one])), None)
            if now is not None:
                come.remove(now)
                self._say(name, "operation-renamed", f"{name} is {now} now", narrows=True, now=now)
            else:
                self._say(name, "operation-removed", f"{name} is no longer offered", narrows=True)
        for name in come:
            self._say(name, "operation-added", f"{name} is offered too")
        for name in ours:
            if name in theirs:
                self._operation(name, ours[name], theirs[name])
        asked, asked_now = _policies(self.old), _policies(self.new)
        for text in sorted(asked_now - asked):
            self._say("", "policy", f"new: {text}", narrows=True)
        for text in sorted(asked - asked_now):
            self._say("", "policy", f"no longer: {text}")

    def _say(
        self, name: str, kind: str, text: str, *, narrows: bool = False, widens: bool = False, now: str = ""
    ) -> None:
        """Take a change of an operation in; ``now``: its new name."""
        document = Document(name, "answer" if widens and not narrows else "request")
        old, new = self.lines[0].of("operation", name), self.lines[1].of("operation", now or name)
        self.walk.note(document, Delta(kind=kind, text=text, narrows=narrows, widens=widens, old=old, new=new))

    def _say_port(self, name: str, kind: str, text: str, *, narrows: bool = False) -> None:
        old, new = (lines.of("port", name) for lines in self.lines)
        self.walk.note(
            Document("", "request"), Delta(kind=kind, text=text, narrows=narrows, widens=False, old=old, new=new)
        )

    def _ports(self) -> None:
        ours, theirs = _ports(self.old), _ports(self.new)
        gone = [name for name in ours if name not in theirs]
        come = [name for name in theirs if name not in ours]
        for name in gone:
            same = next((one for one in come if _way(theirs[one]) == _way(ours[name])), None)
            if same is not None:
                come.remove(same)
                self._say_port(name, "port-renamed", f"the port {name} is {same} now; nothing on the wire is another")
            else:
                self._say_port(name, "port-removed", f"the port {name} is gone", narrows=True)
        for name in come:
            self._say_port(name, "port-added", f"a port {name} is offered too")
        for name in ours.keys() & theirs.keys():
            self._port(name, ours[name], theirs[name])

    def _port(self, name: str, old: Port, new: Port) -> None:
        if old.address != new.address:
            text = f"the address of {name}: {old.address or 'none'} became {new.address or 'none'}"
            self._say_port(name, "address", text, narrows=True)
        if old.soap != new.soap:
            self._say_port(name, "soap-version", f"{name} spoke SOAP {old.soap}, now {new.soap}", narrows=True)
        if old.transport != new.transport:
            self._say_port(
                name, "transport", f"{name} travelled over {old.transport}, now {new.transport}", narrows=True
            )
        theirs = {operation.name: operation for operation in new.operations}
        for operation in old.operations:
            if operation.name in theirs:
                self._bound(operation, theirs[operation.name])

    def _bound(self, old: Operation, new: Operation) -> None:
        """Compare how an operation travels by one port."""
        if old.action != new.action:
            self._say(old.name, "action", f"SOAPAction {old.action!r} became {new.action!r}", narrows=True)
        if (old.style, old.use) != (new.style, new.use):
            self._say(old.name, "style", f"{old.style}/{old.use} became {new.style}/{new.use}", narrows=True)

    def _operation(self, name: str, old: Operation, new: Operation) -> None:
        self._bound(old, new)
        self._message(Document(name, "request", old.input.element), old.input, new.input)
        if old.output is not None and new.output is not None:
            self._message(Document(name, "answer", old.output.element), old.output, new.output)
        elif old.output is not new.output:
            text = "answered, now one-way" if new.output is None else "one-way, now answered"
            self._say(name, "exchange", text, narrows=True)
        self._faults(name, old, new)

    def _message(self, document: Document, old: Message, new: Message) -> None:
        first, second = self.forms[0].root(old.element), self.forms[1].root(new.element)
        if old.wire != new.wire:
            (space, local), (space_now, local_now) = split(old.wire), split(new.wire)
            moved = local == local_now
            kind = "moved" if moved else "renamed"
            text = f"moved from {space or 'no namespace'} to {space_now or 'no namespace'}"
            text = text if moved else f"{local or 'several elements'} is {local_now or 'several elements'} now"
            at = NOWHERE if first is None else first.at
            self.walk.note(document, Delta(kind=kind, text=text, narrows=True, widens=True, old=at))
        if first is not None and second is not None:
            self.walk.root(document, first, second)
        self._headers(document, old, new)
        self._attachments(document, old, new)

    def _headers(self, document: Document, old: Message, new: Message) -> None:
        """Whoever reads a header that nobody announced skips it; one that was announced is waited for."""
        ours, theirs = ({_name(part): part for part in message.headers} for message in (old, new))
        asks = document.way == "request"
        for name, part in ours.items():
            if name in theirs:
                header = Document(document.operation, document.way, name)
                for one, two in zip(self._part(part, 0), self._part(theirs[name], 1), strict=False):
                    self.walk.types(header, one, two)
            else:
                text = f"the header {split(name)[1]} is no longer there"
                self.walk.note(document, Delta(kind="header-removed", text=text, narrows=False, widens=not asks))
        for name in theirs.keys() - ours.keys():
            text = f"a header {split(name)[1]} is asked for" if asks else f"a header {split(name)[1]} comes too"
            self.walk.note(document, Delta(kind="header-added", text=text, narrows=asks, widens=False))

    def _part(self, part: Part, side: int) -> Iterator[Type]:
        if part.element:
            element = self.forms[side].root(part.element)
            if element is not None:
                yield element.type
        elif part.type:
            yield self.forms[side].typed(part.type)

    def _attachments(self, document: Document, old: Message, new: Message) -> None:
        for name in old.attachments:
            if name not in new.attachments:
                text = f"nothing travels beside the message as {name} any more"
                self.walk.note(document, Delta(kind="attachment", text=text, narrows=True, widens=True))
        for name in new.attachments:
            if name not in old.attachments:
                text = f"{name} travels beside the message"
                self.walk.note(document, Delta(kind="attachment", text=text, narrows=True, widens=False))

    def _faults(self, name: str, old: Operation, new: Operation) -> None:
        ours, theirs = ({fault.element or fault.name: fault for fault in one.faults} for one in (old, new))
        for key, fault in ours.items():
            if key not in theirs:
                self._say(name, "fault-removed", f"the fault {fault.name} is never answered any more")
                continue
            first, second = self.forms[0].root(key), self.forms[1].root(key)
            if first is not None and second is not None:
                self.walk.root(Document(name, "answer", key), first, second)
        for key in theirs.keys() - ours.keys():
            self._say(name, "fault-added", f"a fault {theirs[key].name} may be answered", widens=True)


def _ports(contract: Contract) -> Mapping[str, Port]:
    return {port.name: port for service in contract.services for port in service.ports}


def _way(port: Port) -> tuple[object, ...]:
    return port.address, port.soap, port.transport, frozenset(one.name for one in port.operations)


def _same_messages(one: Operation, other: Operation) -> bool:
    if one.style == "rpc":
        return one.input.parts == other.input.parts and _outputs(one) == _outputs(other)
    return one.input.element == other.input.element and _outputs(one) == _outputs(other)


def _outputs(operation: Operation) -> object:
    if operation.output is None:
        return None
    return operation.output.parts if operation.style == "rpc" else operation.output.element


def _name(part: Part) -> str:
    return part.element or part.name


def _policies(contract: Contract) -> set[str]:
    return {finding.text for finding in contract.findings if finding.code == _POLICY}

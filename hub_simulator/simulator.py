"""One simulated partner: a request comes in, an answer goes out, and what was sent is kept."""

from collections import deque
from collections.abc import Mapping
from functools import cached_property
from http import HTTPStatus
from random import Random
from typing import Any, Final

import msgspec
from lxml import etree

from adapters.kit.multipart import is_multipart
from adapters.kit.reply import Reply, trouble_of
from adapters.soap import answers as hub_answers
from adapters.soap.attachments import read_envelope
from adapters.soap.names import MEDIA_TYPES, VERSIONS
from adapters.soap.wire import Wire
from adapters.soap.wsdl import Wsdl
from hub_core.contract.wsdl import Contract, Operation, Port
from hub_core.errors import PunteError, Rejected
from hub_core.samples import NoSample
from hub_simulator.answers import Answers
from hub_simulator.attaching import in_parts
from hub_simulator.quirks import Quirks
from hub_simulator.recorded import Examples

KEPT: Final = 1_000  # exchanges
FAULT_HEADER: Final = "simulate-fault"  # names the fault that a caller wants to see


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """One exchange.

    Attributes:
        outcome: ``answered``, ``taken`` (one-way), ``fault`` (as the contract has it) or ``refused``.
        why: it was refused; without any value from the request.
        request: the literal document that was read; empty where none was.
        answer: the literal document that was sent, or the envelope of a fault.
    """

    number: int
    port: str
    operation: str
    outcome: str
    why: str = ""
    request: bytes = b""
    answer: bytes = b""


class Simulator:
    """Serves the ports of one contract.

    Args:
        contract: what is served.
        examples: answers by operation and key, instead of those that are made.
        seed: of what is made.
        quirks: how it is difficult.

    Attributes:
        ports: those that speak SOAP, by the name that stands in their address.
        sent: the last exchanges.
    """

    def __init__(
        self, contract: Contract, *, examples: Examples | None = None, seed: int = 1, quirks: Quirks | None = None
    ) -> None:
        self.contract = contract
        self.ports: dict[str, Port] = {}
        for service in contract.services:
            for port in service.ports:
                name = port.name if port.name not in self.ports else f"{service.name}.{port.name}"
                self.ports[name] = port
        self.quirks = quirks or Quirks()
        self.sent: deque[Sent] = deque(maxlen=KEPT)
        self.wire = Wire(contract)
        self.answers = Answers(contract, examples or {}, seed, sparse=self.quirks.sparse)
        self._chance = Random(seed)
        self._count = 0

    def serve(self, name: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer one request to a port; header names in lower case."""
        self._count += 1
        port = self.ports[name]
        version = hub_answers.version_of(headers, body)
        try:
            return self._served(name, port, headers, body)
        except PunteError as error:
            self._keep(name, "", "refused", why=error.text)
            return self._dressed(hub_answers.fault(trouble_of(error, str(self._count)), version))

    def _served(self, name: str, port: Port, headers: Mapping[str, str], body: bytes) -> Reply:
        header, inside = _opened(port, read_envelope(headers.get("content-type", ""), body)[0])
        if self.quirks.require is not None:
            self.quirks.require.check(headers, header)
        operation = _operation(port, inside, _action(headers))
        request = self.wire.read(operation, operation.input, inside)
        findings = self.contract.schemas.xsd().faults(request)
        if findings:
            raise Rejected("V201", f"{operation.name}: {findings[0].text}", findings=findings)
        asked = etree.tostring(request)
        wanted = headers.get(FAULT_HEADER, "")
        if wanted or self._chance.random() < self.quirks.fault_rate:
            try:
                fault = self.answers.fault(operation, request, wanted)
            except KeyError:
                raise Rejected("V102", f"the operation {operation.name} declares no fault of this name") from None
            self._keep(name, operation.name, "fault", request=asked, answer=fault)
            return self._dressed(_reply(operation, 500, fault))
        if operation.output is None:
            self._keep(name, operation.name, "taken", request=asked)
            return Reply(status=202, media_type=MEDIA_TYPES[operation.soap], body=b"")
        return self._answered(name, operation, request, asked)

    def _answered(self, name: str, operation: Operation, request: Any, asked: bytes) -> Reply:
        try:
            document = self.answers.answer(operation, request)
        except NoSample as error:
            raise Rejected("V401", f"no answer can be made: {error}") from error
        if isinstance(document, bytes):
            self._keep(name, operation.name, "fault", request=asked, answer=document)
            return self._dressed(_reply(operation, 500, document))
        assert operation.output is not None  # noqa: S101 - a one-way operation was answered before
        self._keep(name, operation.name, "answered", request=asked, answer=etree.tostring(document))
        written = self._encoded(self.wire.write(operation, operation.output, document))
        media_type, body = in_parts(
            operation,
            written,
            attached=self.answers.attached(operation, request),
            binary=self._binary if self.quirks.mtom is not None else (),
            mtom=self.quirks.mtom,
        )
        return self._numbered(Reply(status=200, media_type=media_type, body=body))

    @cached_property
    def _binary(self) -> frozenset[str]:
        return Wsdl(self.contract).binary

    def _keep(
        self, port: str, operation: str, outcome: str, *, why: str = "", request: bytes = b"", answer: bytes = b""
    ) -> None:
        kept = Sent(
            number=self._count, port=port, operation=operation, outcome=outcome, why=why, request=request, answer=answer
        )
        self.sent.append(kept)

    def _dressed(self, reply: Reply) -> Reply:
        """Return a reply as this partner writes it: its encoding, and what HTTP status its faults have."""
        status = 200 if self.quirks.faults_as_200 and reply.status >= HTTPStatus.BAD_REQUEST else reply.status
        told = msgspec.structs.replace(reply, status=status, body=self._encoded(reply.body))
        return self._numbered(told)

    def _encoded(self, envelope: bytes) -> bytes:
        if self.quirks.encoding.upper() == "UTF-8":
            return envelope
        written: Any = etree.tostring(etree.fromstring(envelope), encoding=self.quirks.encoding, xml_declaration=True)
        return bytes(written)

    def _numbered(self, reply: Reply) -> Reply:
        media_type = reply.media_type
        if not is_multipart(media_type):
            media_type = f"{media_type.partition(';')[0]}; charset={self.quirks.encoding.lower()}"
        headers = (*reply.headers, ("simulated", str(self._count)))
        return Reply(status=reply.status, media_type=media_type, body=reply.body, headers=headers)


def _reply(operation: Operation, status: int, body: bytes) -> Reply:
    return Reply(status=status, media_type=MEDIA_TYPES[operation.soap], body=body)


def _opened(port: Port, root: Any) -> tuple[Any, Any]:
    """Return the Header, or ``None``, and the Body of an envelope."""
    name = etree.QName(root)
    if name.localname != "Envelope":
        raise Rejected("V101", "the request is no Envelope of SOAP")
    if VERSIONS.get(name.namespace or "") != port.soap:
        raise Rejected("V104", f"this port speaks SOAP {port.soap}")
    body = root.find(f"{{{name.namespace}}}Body")
    if body is None:
        raise Rejected("V101", "the Envelope has no Body")
    return root.find(f"{{{name.namespace}}}Header"), body


def _action(headers: Mapping[str, str]) -> str:
    for piece in headers.get("content-type", "").split(";"):
        if piece.strip().lower().startswith("action="):
            return piece.partition("=")[2].strip().strip('"')
    return headers.get("soapaction", "").strip().strip('"')


def _operation(port: Port, body: Any, action: str) -> Operation:
    """Return the operation of a body.

    Where several begin alike the action decides, and must not contradict; of overloaded ones what the body holds.
    """
    first = next(body.iterchildren(etree.Element), None)
    named = [one for one in port.operations if (first.tag if first is not None else "") in _beginnings(one)]
    fitting = [one for one in named if not action or one.action == action]
    if not named:
        raise Rejected("V102", "the Body is of no operation of this port")
    if not fitting:
        raise Rejected("V102", f"the SOAPAction is not that of the operation {named[0].name}")
    inside = {etree.QName(child).localname for child in ([] if first is None else first.iterchildren(etree.Element))}
    return min(fitting, key=lambda one: len(inside ^ {part.name for part in one.input.parts}))


def _beginnings(operation: Operation) -> tuple[str, ...]:
    """Return the names that the first element of a request may have; an empty one: there may be none."""
    message = operation.input
    return (message.wire,) if message.wire else tuple(part.element or part.name for part in message.parts[:1]) or ("",)

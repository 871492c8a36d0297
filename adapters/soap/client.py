"""Calling partners over SOAP: asking a source, sending to a target."""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Final, TypeVar

import msgspec
from lxml import etree

from adapters.kit.answered import Answered
from adapters.kit.client import Client
from adapters.kit.pieces import Pieces
from adapters.soap.addressing import addressing
from adapters.soap.attachments import MOST_INCLUDED, Packing, fill, read_envelope
from adapters.soap.blocks import compile_blocks, shown_by
from adapters.soap.envelope import Faulted, Opened, open_envelope, says_nothing
from adapters.soap.inband import Judgement
from adapters.soap.request import Request, Values, compile_request, known_to
from adapters.soap.security.guard import Outgoing
from adapters.soap.wsdl import Operation
from hub_core.attachments.attachment import Enclosed
from hub_core.directory import Endpoint
from hub_core.errors import Refused, Rejected, TryLater
from hub_core.message import Receipt
from hub_core.ports import Answer, Question, Sent

A = TypeVar("A")
B = TypeVar("B")
LONG: Final = 50_000  # bytes; what is larger is not signed or verified in the event loop
OF_THE_LINE: Final = frozenset({401, 407, 429, 503})  # said in HTTP, whatever stands in the body
# Faults for reasons that do not lie in the message: SOAP 1.1, section 4.4.1; SOAP 1.2, part 1, section 5.4.6.
THEIRS: Final = ("a fault: Server", "a fault: Receiver")


class SoapSource:
    """Asks one person's data of an operation."""

    def __init__(self, name: str, endpoint: Endpoint, operation: Operation) -> None:
        self._line = _Line(name, endpoint, operation)
        self._request = compile_request(operation, endpoint.ask, known_to(endpoint))

    async def ask(self, question: Question) -> Answer:
        """Put one question; see ``hub_core.ports.Source``."""
        values: Values = {
            "cnp": question.cnp,
            "date": question.on,
            "year": question.on.year,
            "month": question.on.month,
            "request": question.request,
            "purpose": question.purpose,
        }
        answered, opened = await self._line.call(self._request, values)
        self._line.reference_in(opened)
        return Answer(body=answered.body, media_type=answered.media_type)

    async def close(self) -> None:
        """Give connections back."""
        await self._line.close()


class SoapTarget:
    """Hands messages to an operation; the idempotency key travels as ``wsa:MessageID`` and as ``Idempotency-Key``."""

    def __init__(self, name: str, endpoint: Endpoint, operation: Operation) -> None:
        self._line = _Line(name, endpoint, operation)
        self._request = compile_request(operation, endpoint.ask, known_to(endpoint))

    async def send(self, sent: Sent) -> Receipt:
        """Hand one message over; see ``hub_core.ports.Target``."""
        values: Values = {
            "key": sent.key,
            "message": sent.message_id,
            "correlation": sent.correlation_id,
            "party": sent.party,
            "service": sent.service,
            "record": sent.record.decode(),
            "document": sent.document.body.decode() if sent.document else "",
        }
        answered, opened = await self._line.call(
            self._request, values, key=sent.key, reference=sent.message_id, enclosed=sent.attachments
        )
        reference = self._line.reference_in(opened)
        return Receipt(reference=reference, detail=f"HTTP {answered.status}")

    async def close(self) -> None:
        """Give connections back."""
        await self._line.close()


class _Line:
    """One partner's address, and what its answers mean in SOAP."""

    def __init__(self, name: str, endpoint: Endpoint, operation: Operation) -> None:
        self._name = name
        self._client = Client(name, endpoint)
        self._guard = Outgoing(endpoint)
        self._blocks = compile_blocks(operation, endpoint)
        self._shown = shown_by(endpoint)
        self._packing: Packing | None = None
        if endpoint.mtom:
            self._packing = Packing(operation.binary, version=operation.soap_version, action=operation.action)
        self._judgement = None if endpoint.in_band is None else Judgement(name, endpoint.in_band)
        self._to = endpoint.url or ""
        self._wsa = endpoint.wsa

    async def call(
        self,
        request: Request,
        values: Values,
        *,
        key: str | None = None,
        reference: str | None = None,
        enclosed: Mapping[str, Enclosed] = MappingProxyType({}),
    ) -> tuple[Answered, Opened | None]:
        """Send a request; return the answer and its envelope, ``None`` where a target answered with nothing.

        Raises:
            TryLater: D101, D102, D103, J503. Rejected: D201, D202 a fault, D204 one of theirs, D203 not SOAP, D205 not
                proven to be the partner's, D207 too large to be signed; J115, J131 a file is not what it was;
                V201 a header block is not as the contract says.
        """
        headers = request.headers
        if key is not None:
            headers |= {"idempotency-key": key, "punte-reference": reference or key}
        blocks = addressing(key, to=self._to, action=request.action, whole=self._wsa)
        blocks += self._blocks.fill({**values, **self._shown()})
        envelope = request.fill(values, header=self._guard.header() + blocks)
        if enclosed and self._guard.signs:
            envelope = await asyncio.to_thread(_whole, fill(envelope, enclosed), self._name)
        envelope = await _aside(self._guard.sign, envelope, large=self._guard.signs and len(envelope) > LONG)
        body: bytes | Pieces
        if self._packing is not None:
            headers["content-type"], body = self._packing.pack(envelope, headers["content-type"], enclosed)
        else:
            body = fill(envelope, enclosed)
        answered = await self._client.post(body, headers)
        if answered.status in OF_THE_LINE:
            self._client.judge(answered)
        large = self._guard.doubts and len(answered.body) > LONG
        answered, opened = await _aside(partial(self._opened, request), answered, large=large)
        self._client.judge(answered)
        if key is not None and answered.complete and not answered.body:
            return answered, None
        if opened is None or opened.version is None:
            raise Rejected("D203", "the answer is not a SOAP message", where=self._name)
        return answered, opened

    def reference_in(self, opened: Opened | None) -> str | None:
        """Return the partner's own number for what it took.

        Raises:
            TryLater: D102. Rejected: D203, D206; the partner says so inside of its answer.
        """
        if self._judgement is None:
            return opened.message_id if opened else None
        if opened is None:
            raise Rejected("D203", "the answer is empty", where=self._name)
        return self._judgement.judge(opened) or opened.message_id

    def _opened(self, request: Request, answered: Answered) -> tuple[Answered, Opened | None]:
        """Return an answer as one envelope, and that; ``None`` where there is none.

        That there is none matters only if HTTP says success. An envelope around nothing is as no answer: some stacks
        send it after a one-way message.
        """
        if not answered.complete:
            return answered, None
        try:
            root, changed = read_envelope(answered.headers.get("content-type", ""), answered.body)
            if self._guard.doubts:
                self._guard.check(root)
                changed = True
            changed = request.operation.gather(root) or changed
            if says_nothing(root):
                return msgspec.structs.replace(answered, body=b""), None
            if changed:
                answered = msgspec.structs.replace(
                    answered,
                    body=etree.tostring(root, encoding="UTF-8", xml_declaration=True),
                    headers={**answered.headers, "content-type": "application/xml"},
                )
            return answered, open_envelope(root)
        except Refused as doubt:
            raise Rejected("D205", f"the answer proves nothing: {doubt.code} {doubt.text}", where=self._name) from None
        except Rejected as fault:
            if isinstance(fault, Faulted):
                if self._judgement is not None and self._judgement.is_later(fault.names):
                    raise TryLater("D102", f"partner answered with {fault.text}", where=self._name) from None
                code = "D204" if fault.text.startswith(THEIRS) else "D202"
                raise Rejected(code, f"partner answered with {fault.text}", where=self._name) from None
            return answered, None

    async def close(self) -> None:
        await self._client.close()


def _whole(body: bytes | Pieces, name: str) -> bytes:
    """Return a body that is to be signed, with all that it encloses.

    Raises:
        Rejected: D207, that is too much.
    """
    if isinstance(body, bytes):
        return body
    if body.size > MOST_INCLUDED:
        raise Rejected("D207", f"what is signed has at most {MOST_INCLUDED:,} bytes", where=name)
    return b"".join(body)


async def _aside(work: Callable[[A], B], argument: A, *, large: bool) -> B:
    """Do what takes long outside of the event loop."""
    return await asyncio.to_thread(work, argument) if large else work(argument)

"""The inbound side of every adapter: one plain ASGI app that knows HTTP and leaves the wording to a protocol.

Order: method, headers that cast doubt, identity, endpoint, headers, size, room, then the body, which is read once and
never beyond the limit of its endpoint. Nothing is parsed here. Every answer names a reference, 401 too.

Where a message itself proves who sent it, identity comes last: until then its call shares the room of all callers that
nobody knows yet.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from contextlib import nullcontext
from typing import Final
from uuid import uuid4

from adapters.kit import headers as header
from adapters.kit.body import AT_ONCE, SECONDS, Gone, declared, read_body, read_parts
from adapters.kit.contents import Room
from adapters.kit.multipart import MEDIA_TYPE, Part
from adapters.kit.parts import PartReader
from adapters.kit.reply import Reply, Trouble, Voice, send_reply, trouble_in, trouble_of
from hub_core.directory import Direction, Endpoint
from hub_core.errors import PunteError, Refused, Rejected, TryLater
from hub_core.message import Arrival, Caller, Outcome, State
from hub_core.ports import AsgiApp, Receive, Scope, Send, Services, Spec
from hub_core.trace import following, trace_in

UNKNOWN: Final = "(unknown)"  # the endpoint of a call to a name that is not registered
_NO_PARTS: Final = nullcontext()
_UNPROVEN: Final = Caller(institution="(unproven)", key="")
_PROVEN: Final = "ws-security"  # stands for the name of a key


def front(spec: Spec, voice: Voice, services: Services, *, seconds: float = SECONDS) -> AsgiApp:
    """Return the app that serves ``/<adapter>/<endpoint>`` for the inbound endpoints of one adapter.

    Args:
        spec: of the adapter.
        voice: words its answers.
        services: the hub.
        seconds: that a caller may take to send a body.
    """

    def app(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        http = scope["type"] == "http"
        return _Call(spec, voice, services, scope).serve(receive, send, seconds) if http else _leave_alone()

    return app


async def _leave_alone() -> None:
    """Answer nothing."""


class _Call:
    """One request from its first header to its answer."""

    def __init__(self, spec: Spec, voice: Voice, services: Services, scope: Scope) -> None:
        self._spec = spec
        self._voice = voice
        self._services = services
        self._scope = scope
        self._name = _endpoint_name(scope, spec.name)
        self._headers = header.headers_of(scope)
        self._caller: Caller | None = None
        self._body = b""

    async def serve(self, receive: Receive, send: Send, seconds: float) -> None:
        try:
            with following(trace_in(self._headers)):
                reply, reference = await self._answer(receive, seconds)
        except PunteError as error:
            trouble = trouble_of(error, error.reference or await self._note(error))
            reply, reference = self._refusal(trouble), trouble.reference
        except Gone:
            return
        await send_reply(send, reply, reference)

    async def _answer(self, receive: Receive, seconds: float) -> tuple[Reply, str]:
        if self._scope["method"] == "GET" and (reply := self._contract()) is not None:
            return reply, str(uuid4())
        if self._scope["method"] != "POST":
            raise Refused("W405", "send messages with POST")
        header.check_headers(self._scope, self._headers)
        endpoint = self._found()
        proves = endpoint is not None and self._voice.proves(self._name, endpoint)
        self._caller = caller = self._who(endpoint, proves=proves)
        if endpoint is None:
            raise Refused("A404", "no service of this name takes messages here")
        media_type = header.media_type(self._headers, self._spec.media_types)
        sender_id = header.sender_id(self._headers)
        purpose = header.purpose(self._headers)
        self._voice.admit(endpoint, self._headers)
        parts_come = media_type == MEDIA_TYPE and MEDIA_TYPE in self._spec.media_types
        reader = self._part_reader(endpoint) if parts_come else None
        limit = endpoint.max_body_bytes + (reader.room.filed if reader else 0)
        size = declared(self._headers, limit=limit)
        with self._services.admit(caller, min(size, endpoint.max_body_bytes)) as place, reader or _NO_PARTS:
            if reader is None:
                self._body, parts = await read_body(receive, place, limit=limit, seconds=seconds), None
            else:
                self._body, parts = await read_parts(receive, place, reader, limit=limit, seconds=seconds)
                media_type = "application/xml"  # of what is kept
            body = await self._taken(endpoint, parts, changes=proves or reader is not None)
            if proves:
                self._caller = caller = Caller(institution=endpoint.institution, key=_PROVEN)
            answered = await self._voice.answer(
                endpoint, self._services, caller=caller, purpose=purpose, headers=self._headers, body=body
            )
            if answered is not None:
                return answered
            arrival = Arrival(
                endpoint=self._name,
                caller=caller,
                body=body,
                media_type=media_type,
                sender_id=sender_id,
                purpose=purpose,
                attachments=tuple(reader.room.files) if reader else (),
            )
            outcome = await (self._accept_with(reader, arrival) if reader else self._services.accept(arrival))
        if outcome.state is State.REFUSED:
            return self._refusal(trouble_in(outcome)), outcome.message_id
        return self._voice.receipt(endpoint, outcome, headers=self._headers, body=body), outcome.message_id

    async def _taken(self, endpoint: Endpoint, parts: Sequence[Part] | None, *, changes: bool) -> bytes:
        """Return what is kept of the body; a long one that is looked through holds up no other call."""
        given = self._name, endpoint, self._headers, self._body, parts
        if (changes or endpoint.security is not None) and len(self._body) > AT_ONCE:
            return await asyncio.to_thread(self._voice.take, *given)
        return self._voice.take(*given)

    def _who(self, endpoint: Endpoint | None, *, proves: bool) -> Caller:
        """Return who calls; where a message proves it, a certificate may only say the same."""
        line = header.line_of(self._scope)
        if endpoint is None or not proves:
            return self._services.authenticate(self._headers, line)
        certified = self._services.certified(self._headers, line)
        if certified is not None and certified.institution != endpoint.institution:
            raise Refused("A421", "the certificate belongs to another institution than the endpoint")
        return _UNPROVEN

    async def _accept_with(self, reader: PartReader, arrival: Arrival) -> Outcome:
        """Hand a message with its files to the hub: it may be kept although nobody is told so."""
        reader.keep()
        try:
            return await self._services.accept(arrival)
        except (Refused, Rejected):
            reader.room.drop()
            raise

    def _part_reader(self, endpoint: Endpoint) -> PartReader:
        """Return what takes the parts of the body apart."""
        filed = endpoint.max_attachment_bytes if self._voice.files(self._name, endpoint) else 0
        room = Room(endpoint.max_body_bytes, folder=self._services.attachments(), filed=filed)
        return PartReader(self._headers.get("content-type", ""), room)

    def _contract(self) -> Reply | None:
        """Return the contract of the endpoint, to anybody: it says what may be asked, and nothing of a person."""
        endpoint = self._found()
        if endpoint is None or self._scope.get("query_string", b"").lower() != b"wsdl":
            return None
        address = f"{self._services.public_address()}/{self._spec.name}/{self._name}"
        return self._voice.contract(endpoint, address)

    def _refusal(self, trouble: Trouble) -> Reply:
        return self._voice.refusal(trouble, headers=self._headers, body=self._body)

    async def _note(self, error: PunteError) -> str:
        if isinstance(error, TryLater):
            return str(uuid4())  # notes would make a journal later that does not keep up
        party = self._caller.institution if self._caller and self._caller is not _UNPROVEN else None
        # A name that nobody registered was made up by the caller, of anything: it is not kept.
        name = self._name if self._name in self._services.directory().endpoints else UNKNOWN
        try:
            return await self._services.turn_away(endpoint=name, code=error.code, party=party)
        except TryLater:
            # The journal is not there: the caller still gets a reference, which stands in the log of their side.
            return str(uuid4())

    def _found(self) -> Endpoint | None:
        endpoint = self._services.directory().endpoints.get(self._name)
        if endpoint is None or endpoint.adapter != self._spec.name or endpoint.direction is not Direction.IN:
            return None
        return endpoint


def _endpoint_name(scope: Scope, adapter: str) -> str:
    """Return what follows ``/<adapter>/``, wherever the app is mounted."""
    path: str = scope["path"].removeprefix(scope.get("root_path", ""))
    return path.removeprefix(f"/{adapter}").strip("/")

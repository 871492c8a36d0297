"""The inbound side of every adapter: one plain ASGI app that knows HTTP and leaves the wording to a protocol.

Order: method, identity, endpoint, headers, size, then the body, which is read once and never beyond the limit of its
endpoint. Nothing is parsed here. Every answer names a reference, 401 too.
"""

import re
from typing import Final
from uuid import uuid4

from adapters.kit.reply import Reply, Trouble, Voice, trouble_in, trouble_of
from hub_core.directory import Direction, Endpoint
from hub_core.errors import PunteError, Refused, Rejected, TryLater
from hub_core.message import Arrival, Caller, State
from hub_core.ports import AsgiApp, Receive, Scope, Send, Services

MAX_PURPOSE: Final = 200  # characters
_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")
_LENGTH: Final = re.compile(r"[0-9]{1,18}")
# Two of one of these would leave it to chance which one counts.
_ONCE: Final = frozenset(
    {"authorization", "punte-key", "punte-purpose", "idempotency-key", "content-type", "soapaction"}
)


def front(adapter: str, voice: Voice, services: Services) -> AsgiApp:
    """Return the app that serves ``/<adapter>/<endpoint>`` for the inbound endpoints of one adapter."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await _Call(adapter, voice, services, scope).serve(receive, send)

    return app


class _Gone(Exception):
    """The caller closed the connection."""


class _Call:
    """One request from its first header to its answer."""

    def __init__(self, adapter: str, voice: Voice, services: Services, scope: Scope) -> None:
        self._adapter = adapter
        self._voice = voice
        self._services = services
        self._method: str = scope["method"]
        self._name = _endpoint_name(scope, adapter)
        self._raw: list[tuple[bytes, bytes]] = list(scope["headers"])
        self._headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in self._raw}
        self._caller: Caller | None = None
        self._body = b""

    async def serve(self, receive: Receive, send: Send) -> None:
        try:
            reply, reference = await self._answer(receive)
        except PunteError as error:
            trouble = trouble_of(error, error.reference or await self._note(error))
            reply, reference = self._refusal(trouble), trouble.reference
        except _Gone:
            return
        await _send(send, reply, reference)

    async def _answer(self, receive: Receive) -> tuple[Reply, str]:
        if self._method != "POST":
            raise Refused("W405", "send messages with POST")
        self._check_once()
        self._caller = self._services.authenticate(self._headers)
        endpoint = self._endpoint()
        media_type = self._media_type()
        sender_id = self._sender_id()
        purpose = self._purpose()
        self._voice.admit(endpoint, self._headers)
        self._body = await self._read(receive, endpoint.max_body_bytes)
        outcome = await self._services.accept(
            Arrival(
                endpoint=self._name,
                caller=self._caller,
                body=self._body,
                media_type=media_type,
                sender_id=sender_id,
                purpose=purpose,
            )
        )
        if outcome.state is State.REFUSED:
            return self._refusal(trouble_in(outcome)), outcome.message_id
        return self._voice.receipt(outcome, headers=self._headers, body=self._body), outcome.message_id

    def _refusal(self, trouble: Trouble) -> Reply:
        return self._voice.refusal(trouble, headers=self._headers, body=self._body)

    async def _note(self, error: PunteError) -> str:
        party = self._caller.institution if self._caller else None
        try:
            return await self._services.turn_away(endpoint=self._name, code=error.code, party=party)
        except TryLater:
            # The journal is not there: the caller still gets a reference, which stands in the log of their side.
            return str(uuid4())

    def _endpoint(self) -> Endpoint:
        endpoint = self._services.directory().endpoints.get(self._name)
        if endpoint is None or endpoint.adapter != self._adapter or endpoint.direction is not Direction.IN:
            raise Refused("A404", "no service of this name takes messages here")
        return endpoint

    def _check_once(self) -> None:
        if len(self._headers) == len(self._raw):
            return
        names = [name.decode("latin-1") for name, _ in self._raw]
        for name in _ONCE:
            if names.count(name) > 1:
                raise Rejected("W400", f"the header {name} was sent twice")

    def _media_type(self) -> str:
        media_type = self._headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type and media_type not in self._voice.media_types:
            raise Rejected("B108", f"send one of: {', '.join(sorted(self._voice.media_types))}")
        if self._headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
            raise Rejected("B414", "send the body uncompressed")
        return media_type

    def _sender_id(self) -> str | None:
        key = self._headers.get("idempotency-key")
        if key is not None and not _KEY.fullmatch(key):
            raise Rejected("W400", "the header Idempotency-Key has 1 to 255 visible ASCII characters")
        return key

    def _purpose(self) -> str | None:
        purpose = self._headers.get("punte-purpose", "").strip()
        if len(purpose) > MAX_PURPOSE:
            raise Rejected("W400", f"the header Punte-Purpose has at most {MAX_PURPOSE} characters")
        return purpose or None

    async def _read(self, receive: Receive, limit: int) -> bytes:
        declared = self._headers.get("content-length", "")
        if declared and (not _LENGTH.fullmatch(declared) or int(declared) > limit):
            raise Rejected("B413", f"the endpoint takes at most {limit:,} bytes")
        first = await _chunk(receive)
        if first is None:
            raise _Gone
        body, more = first
        if more:
            body = await _rest(receive, body, limit)
        if len(body) > limit:
            raise Rejected("B413", f"the endpoint takes at most {limit:,} bytes")
        return body


async def _rest(receive: Receive, begun: bytes, limit: int) -> bytes:
    """Return a body that came in several chunks, or as much of it as shows that it is too large."""
    body, more = bytearray(begun), True
    while more and len(body) <= limit:
        chunk = await _chunk(receive)
        if chunk is None:
            raise _Gone
        body += chunk[0]
        more = chunk[1]
    return bytes(body)


async def _chunk(receive: Receive) -> tuple[bytes, bool] | None:
    event = await receive()
    if event["type"] != "http.request":
        return None
    return event.get("body", b""), event.get("more_body", False)


async def _send(send: Send, reply: Reply, reference: str) -> None:
    headers = (
        ("content-type", reply.media_type),
        ("content-length", str(len(reply.body))),
        ("punte-reference", reference),
        *reply.headers,
    )
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    await send({"type": "http.response.start", "status": reply.status, "headers": raw})
    await send({"type": "http.response.body", "body": reply.body})


def _endpoint_name(scope: Scope, adapter: str) -> str:
    """Return what follows ``/<adapter>/``, wherever the app is mounted."""
    path: str = scope["path"].removeprefix(scope.get("root_path", ""))
    return path.removeprefix(f"/{adapter}").strip("/")

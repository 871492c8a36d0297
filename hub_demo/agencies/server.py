"""A SOAP agency behind a real HTTP server on the loopback interface, and what every agency's server shares.

``POST`` to the agency's path is a call, ``GET`` with ``?wsdl`` its contract with the address it runs at.
"""

import asyncio
import base64
import binascii
import hmac
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from random import Random
from typing import Any, Final, NamedTuple

import uvicorn

from hub_demo.agencies.contracts import served
from hub_demo.agencies.soap import Agency, Reply, SoapFault, read_call

Scope = MutableMapping[str, Any]  # as ASGI defines them
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

HOST: Final = "127.0.0.1"
MAX_BODY_BYTES: Final = 1_000_000
# The page of the servlet container in front, not SOAP: a client has to live with it.
_UNAUTHORIZED: Final = Reply(
    401,
    "text/html;charset=utf-8",
    b"<html><head><title>401</title></head><body><h1>HTTP Status 401</h1></body></html>",
    ((b"www-authenticate", b'Basic realm="SIUI"'),),
)


class Quirks(NamedTuple):
    """How a partner can be difficult: late (seconds), out of order (share of calls), silent."""

    latency: float = 0.0
    fault_rate: float = 0.0
    silent: bool = False


class App:
    """What the ASGI applications of agencies share: bounded bodies, and quirks."""

    def __init__(self, name: str, quirks: Quirks) -> None:
        self._quirks = quirks
        # Seeded by the name: the same calls fail in the same order in every run.
        self._faults = Random(name)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        reply = await self._reply(scope, receive)
        if reply is None:
            return
        headers = [(b"content-type", reply.content_type.encode()), (b"content-length", b"%d" % len(reply.body))]
        await send(
            {"type": "http.response.start", "status": reply.status, "headers": [*headers, *reply.headers]},
        )
        await send({"type": "http.response.body", "body": reply.body})

    async def _reply(self, scope: Scope, receive: Receive) -> Reply | None:
        """Answer one request; ``None``: the caller is gone."""
        raise NotImplementedError

    async def _call_in(self, receive: Receive) -> bytes | Reply | None:
        """Return the body of a call once it is time to answer it, or what the caller gets instead."""
        body = await _read(receive)
        if body is None:
            return plain(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if self._quirks.silent:
            await _until_gone(receive)
            return None
        await asyncio.sleep(self._quirks.latency)
        return body

    def _fails(self) -> bool:
        """Say whether this call is one of those that fail."""
        return self._faults.random() < self._quirks.fault_rate


class AgencyApp(App):
    """The ASGI application of one SOAP agency."""

    def __init__(self, agency: Agency, url: str, quirks: Quirks) -> None:
        super().__init__(agency.name, quirks)
        self._agency = agency
        self._documents = served(agency.name, agency.contract, url)

    async def _reply(self, scope: Scope, receive: Receive) -> Reply | None:
        if scope["path"] != self._agency.path:
            return plain(HTTPStatus.NOT_FOUND)
        if scope["method"] == "GET":
            document = self._documents.get(scope["query_string"].decode("latin-1"))
            return Reply(200, "text/xml; charset=utf-8", document) if document else plain(HTTPStatus.NOT_FOUND)
        if scope["method"] == "POST":
            return await self._posted(dict(scope["headers"]), receive)
        return plain(HTTPStatus.METHOD_NOT_ALLOWED)

    async def _posted(self, headers: dict[bytes, bytes], receive: Receive) -> Reply | None:
        body = await self._call_in(receive)
        if not isinstance(body, bytes):
            return body
        wanted = self._agency.basic_credentials
        if wanted is not None and not _shows(headers, wanted):
            return _UNAUTHORIZED
        return self._call(headers, body)

    def _call(self, headers: dict[bytes, bytes], body: bytes) -> Reply:
        if not headers.get(b"content-type", b"").lower().startswith(b"text/xml"):
            return plain(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        agency = self._agency
        try:
            call = read_call(body, agency.dialect)
            if self._fails():
                return agency.broken(call)
            return agency.dialect.envelope(agency.answer(call))
        except SoapFault as fault:
            return agency.dialect.fault(fault)


def plain(status: HTTPStatus) -> Reply:
    """Return a status in words, as the container in front of an agency says it."""
    return Reply(status, "text/plain; charset=utf-8", status.phrase.encode())


def _shows(headers: dict[bytes, bytes], credentials: bytes) -> bool:
    """Say whether the caller shows these credentials as HTTP Basic."""
    kind, _, value = headers.get(b"authorization", b"").partition(b" ")
    try:
        given = base64.b64decode(value.strip(), validate=True)
    except binascii.Error:
        return False
    return hmac.compare_digest(given, credentials) and kind.lower() == b"basic"


async def _read(receive: Receive) -> bytes | None:
    """Return the body, ``None`` once it grows beyond the limit or the caller is gone."""
    body = bytearray()
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            return None
        body += event.get("body", b"")
        if len(body) > MAX_BODY_BYTES:
            return None
        if not event.get("more_body"):
            return bytes(body)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def stop_quietly() -> None:
    """Make SIGTERM and SIGINT end the process with exit code 0 from now on: being told to stop is no failure.

    While uvicorn runs it has handlers of its own; it finishes what is under way and then raises the signal again.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))


def listen(port: int) -> socket.socket:
    """Return a listening socket; port 0 takes a free one. Who connects from now on is only made to wait."""
    listener = socket.create_server((HOST, port))
    listener.setblocking(False)
    return listener


def url_of(listener: socket.socket, path: str) -> str:
    """Return the address of a path on this socket."""
    return f"http://{HOST}:{listener.getsockname()[1]}{path}"


def serve(app: App, listener: socket.socket) -> None:
    """Serve until told to stop; answers under way get a second to finish."""
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    uvicorn.Server(config).run(sockets=[listener])

"""The HTTP of a simulated partner, on the loopback only.

``POST /PORT`` is a call; ``GET /PORT?wsdl`` the contract of the port, with the address that it runs at; ``GET /sent/N``
the answer of the Nth call as a literal document, for tests that compare.
"""

import asyncio
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote, unquote

import msgspec
import uvicorn

from adapters.kit.reply import Reply
from adapters.soap.published import published
from hub_core.contract.wsdl import Service
from hub_core.ports import AsgiApp
from hub_simulator.simulator import Sent, Simulator

HOST: Final = "127.0.0.1"
MAX_BODY: Final = 20_000_000  # bytes of a request


def app_of(simulator: Simulator, url: str, tell: Callable[[Sent], None]) -> AsgiApp:
    """Return the application of a partner.

    Args:
        simulator: that answers.
        url: where it is reached, without a path.
        tell: told of each call.
    """

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        reply = await _reply(simulator, url, scope, receive, tell)
        headers = [("content-type", reply.media_type), ("content-length", str(len(reply.body))), *reply.headers]
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        await send({"type": "http.response.start", "status": reply.status, "headers": raw})
        await send({"type": "http.response.body", "body": reply.body})

    return app


def wsdl_of(simulator: Simulator, name: str, url: str) -> bytes:
    """Return the contract of one port, which needs no other document; ``url``: where the simulator is reached."""
    contract, port = simulator.contract, simulator.ports[name]
    alone = Service(name=name, ports=(port,))
    return published(msgspec.structs.replace(contract, services=(alone,)), f"{url}/{quote(name)}")


async def _reply(simulator: Simulator, url: str, scope: Any, receive: Any, tell: Callable[[Sent], None]) -> Reply:
    path, method = unquote(scope["path"]).strip("/"), scope["method"]
    if method == "POST" and path in simulator.ports:
        body = await _body(receive)
        if body is None:
            return _plain(413, "the request is too large")
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        await asyncio.sleep(simulator.quirks.latency.total_seconds())
        reply = simulator.serve(path, headers, body)
        tell(simulator.sent[-1])
        return reply
    if method != "GET":
        return _plain(405 if path in simulator.ports else 404, "not here")
    if path in simulator.ports:
        return Reply(status=200, media_type="text/xml; charset=utf-8", body=wsdl_of(simulator, path, url))
    kind, _, number = path.partition("/")
    found = next((one for one in simulator.sent if kind == "sent" and str(one.number) == number), None)
    return Reply(status=200, media_type="text/xml", body=found.answer) if found else _plain(404, "not here")


def _plain(status: int, text: str) -> Reply:
    return Reply(status=status, media_type="text/plain; charset=utf-8", body=text.encode())


async def _body(receive: Any) -> bytes | None:
    body = bytearray()
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            return None
        body += event.get("body", b"")
        if len(body) > MAX_BODY:
            return None
        if not event.get("more_body"):
            return bytes(body)


def listen(port: int) -> socket.socket:
    """Return a listening socket on the loopback; port 0 takes a free one."""
    listener = socket.create_server((HOST, port))
    listener.setblocking(False)
    return listener


def run(app: AsgiApp, listener: socket.socket) -> None:
    """Serve until told to stop; answers under way get a second to finish. Being told to stop is no failure."""
    for told in (signal.SIGTERM, signal.SIGINT):  # uvicorn has handlers of its own and then raises the signal again
        signal.signal(told, lambda *_: sys.exit(0))
    config = uvicorn.Config(
        app, loop="uvloop", http="httptools", ws="none", lifespan="off", log_config=None, log_level="critical",
        access_log=False, server_header=False, timeout_graceful_shutdown=1,
    )  # fmt: skip
    uvicorn.Server(config).run(sockets=[listener])

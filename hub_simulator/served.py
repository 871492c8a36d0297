"""The HTTP of a simulated partner, on the loopback only.

``POST /PORT`` is a call; ``GET /PORT?wsdl`` the contract of the port, with the address that it runs at; ``GET /sent/N``
the answer of the Nth call as a literal document, for tests that compare.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote, unquote

import msgspec

from adapters.kit.reply import Reply
from adapters.soap.published import published
from hub_core.contract.wsdl import Service
from hub_core.ports import AsgiApp
from hub_core.testing.loopback import body_of
from hub_simulator.simulator import Sent, Simulator

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
        body = await body_of(receive, limit=MAX_BODY)
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

"""The HTTP of a simulated partner, on the loopback only.

``POST /PORT`` is a call; ``GET /PORT?wsdl`` the contract with the address that it runs at, ``GET /contract/FILE`` its
other files; ``GET /sent/N`` the answer of the Nth call as a literal document, for tests that compare.
"""

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, unquote, urljoin

import uvicorn
from lxml import etree

from adapters.kit.reply import Reply
from adapters.soap.names import WSDL, WSDL_SOAP_11, WSDL_SOAP_12, XSD
from hub_core.ports import AsgiApp
from hub_simulator.simulator import Sent, Simulator

HOST: Final = "127.0.0.1"
MAX_BODY: Final = 20_000_000  # bytes of a request
_WHERE: Final = {
    f"{{{WSDL}}}import": "location",
    f"{{{XSD}}}import": "schemaLocation",
    f"{{{XSD}}}include": "schemaLocation",
    f"{{{XSD}}}redefine": "schemaLocation",
}


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


def wsdl_of(simulator: Simulator, url: str) -> bytes:
    """Return the contract with the addresses of the simulator; what it imports is named by where that is served."""
    contract = simulator.contract
    root = etree.parse(contract.path, etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
    here = f"{url}/contract/{quote(contract.path.relative_to(contract.root).as_posix())}"
    for element in root.iter(*_WHERE):
        location = element.get(_WHERE[str(element.tag)])
        if location:
            element.set(_WHERE[str(element.tag)], urljoin(here, location))
    for port in root.iter(f"{{{WSDL}}}port"):
        name = _address_name(simulator, port)
        for address in port.iter(f"{{{WSDL_SOAP_11}}}address", f"{{{WSDL_SOAP_12}}}address"):
            address.set("location", f"{url}/{quote(name)}")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _address_name(simulator: Simulator, port: Any) -> str:
    longer = f"{port.getparent().get('name')}.{port.get('name')}"
    return longer if longer in simulator.ports else str(port.get("name"))


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
    if path in simulator.ports or not path:
        return Reply(status=200, media_type="text/xml; charset=utf-8", body=wsdl_of(simulator, url))
    kind, _, rest = path.partition("/")
    if kind == "sent":
        found = next((one for one in simulator.sent if str(one.number) == rest), None)
        return Reply(status=200, media_type="text/xml", body=found.answer) if found else _plain(404, "no such call")
    file = _file(simulator, rest) if kind == "contract" else None
    return Reply(status=200, media_type="text/xml", body=file.read_bytes()) if file else _plain(404, "not here")


def _file(simulator: Simulator, name: str) -> Path | None:
    """Return a file of the contract: only those that it was read from are given out."""
    contract = simulator.contract
    return next((file for file in contract.files if file.relative_to(contract.root).as_posix() == name), None)


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
    """Serve until told to stop; answers under way get a second to finish."""
    config = uvicorn.Config(
        app, loop="uvloop", http="httptools", ws="none", lifespan="off", log_config=None, log_level="critical",
        access_log=False, server_header=False, timeout_graceful_shutdown=1,
    )  # fmt: skip
    uvicorn.Server(config).run(sockets=[listener])

"""A small web server on the loopback, for played partners: no limits on time, no tenants, nothing kept."""

import signal
import socket
import sys
from typing import Final

import uvicorn

from hub_core.ports import AsgiApp, Receive

HOST: Final = "127.0.0.1"


async def body_of(receive: Receive, *, limit: int) -> bytes | None:
    """Return the body, ``None`` once it grows beyond ``limit`` bytes or the caller is gone."""
    body = bytearray()
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            return None
        body += event.get("body", b"")
        if len(body) > limit:
            return None
        if not event.get("more_body"):
            return bytes(body)


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


def run(app: AsgiApp, listener: socket.socket) -> None:
    """Serve until told to stop; answers under way get a second to finish."""
    stop_quietly()
    config = uvicorn.Config(
        app, loop="uvloop", http="httptools", ws="none", lifespan="off", interface="asgi3", log_config=None,
        log_level="critical", access_log=False, server_header=False, timeout_graceful_shutdown=1,
    )  # fmt: skip
    uvicorn.Server(config).run(sockets=[listener])

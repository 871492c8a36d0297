"""A partner's system that takes messages from the hub: a small web server that keeps what it got.

It honours idempotency keys, as a good partner does: the same key twice has one effect. Its ledger is a file of JSON
lines, one per call, so that anybody can count calls and effects afterwards.
"""

import argparse
import asyncio
import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import uvicorn

from hub_core.ports import AsgiApp, Receive, Scope, Send

MAX_BODY_BYTES = 20_000_000


def receiver(ledger: Path) -> AsgiApp:
    """Return the web application; each call is one line ``{"key", "effect", "record"}`` in the ledger."""
    seen = {json.loads(line)["key"] for line in ledger.read_text().splitlines()} if ledger.exists() else set()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        body, more = b"", True
        while more and len(body) <= MAX_BODY_BYTES:
            event = await receive()
            body += event.get("body", b"")
            more = event.get("more_body", False)
        key = headers.get("idempotency-key", "")
        await _answer(send, *_keep(ledger, seen, key, body))

    return app


def _keep(ledger: Path, seen: set[str], key: str, body: bytes) -> tuple[int, dict[str, Any]]:
    try:
        content = json.loads(body)
    except ValueError:
        return 400, {"error": "not JSON"}
    line = {"key": key, "effect": key not in seen, "message_id": content.get("id"), "service": content.get("service")}
    seen.add(key)
    with ledger.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return 200, {"reference": f"R-{len(seen):06d}"}


async def _answer(send: Send, status: int, content: dict[str, Any]) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(content).encode()})


def main() -> None:
    """Serve on a free port until SIGTERM; print one JSON line with the address when ready."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("name")
    parser.add_argument("--ledger", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    arguments = parser.parse_args()
    asyncio.run(_serve(arguments.name, arguments.ledger, arguments.port))


async def _serve(name: str, ledger: Path, port: int) -> None:
    bound = socket.create_server(("127.0.0.1", port))
    server = uvicorn.Server(
        uvicorn.Config(receiver(ledger), lifespan="off", log_config=None, access_log=False, ws="none")
    )
    task = asyncio.create_task(server.serve(sockets=[bound]))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, lambda: setattr(server, "should_exit", True))
    while not server.started and not task.done():  # noqa: ASYNC110  uvicorn offers a flag, no event
        await asyncio.sleep(0.01)
    sys.stdout.write(json.dumps({"partner": name, "url": f"http://127.0.0.1:{bound.getsockname()[1]}/"}) + "\n")
    sys.stdout.flush()
    await task


if __name__ == "__main__":
    main()

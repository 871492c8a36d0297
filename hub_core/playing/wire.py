"""HTTP on the loopback for suites, byte by byte: a server for an ASGI app, a client that can misbehave."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Final

import msgspec
import uvicorn

from hub_core.ports import AsgiApp

SECONDS: Final = 20  # nothing on the loopback takes that long unless it hangs


class Answered(msgspec.Struct, frozen=True):
    """An answer; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def reference(self) -> str:
        """The reference that every answer of the hub carries."""
        return self.headers.get("punte-reference", "")


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # signals belong to the test runner


@contextlib.asynccontextmanager
async def serving(app: AsgiApp) -> AsyncIterator[int]:
    """Serve an app until the context is left; gives the port on 127.0.0.1."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            app, interface="asgi3", loop="none", http="httptools", ws="none", lifespan="off", log_config=None
        )
        server = _Server(config)
        task = asyncio.create_task(server.serve(sockets=[bound]))
        async with asyncio.timeout(SECONDS):
            while not server.started:  # noqa: ASYNC110 - uvicorn offers a flag, no event
                await asyncio.sleep(0.002)
        try:
            yield bound.getsockname()[1]
        finally:
            server.should_exit = True
            await task


def request_bytes(
    path: str, body: bytes = b"", headers: Mapping[str, str] | None = None, *, method: str = "POST"
) -> bytes:
    """Return one request as it goes over the wire; ``Content-Length`` is added unless the headers say otherwise."""
    told = {name.lower(): value for name, value in (headers or {}).items()}
    if not {"content-length", "transfer-encoding"} & told.keys():
        told["content-length"] = str(len(body))
    head = "".join(f"{name}: {value}\r\n" for name, value in {"host": "hub.test", **told}.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body


async def exchange(port: int, *pieces: bytes) -> Answered:
    """Send pieces of a request one after the other and return the answer, which may come before the last piece."""
    async with asyncio.timeout(SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            reading = asyncio.create_task(receive_answer(reader))
            with contextlib.suppress(ConnectionError):
                for piece in pieces:
                    if reading.done():
                        break
                    writer.write(piece)
                    await writer.drain()
            return await reading
        finally:
            writer.close()


async def abandon(port: int, begun: bytes) -> None:
    """Send the beginning of a request and close the connection."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(begun)
    await writer.drain()
    writer.close()
    await writer.wait_closed()


async def receive_answer(reader: asyncio.StreamReader) -> Answered:
    """Read one answer; its connection may carry another one afterwards."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    lines = head.split("\r\n")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:] if ":" in line)
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Answered(int(lines[0].split(" ")[1]), headers, body)


async def receive_request(reader: asyncio.StreamReader) -> tuple[str, dict[str, str], bytes] | None:
    """Read one request on the server's side: first line, headers, body; ``None`` if the client closed instead."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.split("\r\n")
    pairs = (line.partition(":") for line in lines if ":" in line)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    return first, headers, await reader.readexactly(int(headers.get("content-length", "0")))

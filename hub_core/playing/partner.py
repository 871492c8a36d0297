"""A partner's server for suites of targets and sources: it keeps what it got and answers by script."""

import asyncio
import contextlib
import itertools
import socket
import struct
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Protocol

import msgspec

from hub_core.playing.wire import receive_request


class Received(msgspec.Struct, frozen=True):
    """One request that arrived; ``asked`` is its first line, such as ``GET /list HTTP/1.1``."""

    asked: str
    headers: dict[str, str]
    body: bytes

    @property
    def method(self) -> str:
        """Such as ``GET``."""
        return self.asked.partition(" ")[0]

    @property
    def path(self) -> str:
        """What was asked for, with its query, such as ``/list?after=7``."""
        return self.asked.partition(" ")[2].rpartition(" ")[0]


class Act(Protocol):
    """What the partner does with one request."""

    async def play(self, writer: asyncio.StreamWriter) -> None:
        """Answer, or not."""
        ...


class Reply(msgspec.Struct, frozen=True):
    """Answers properly."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = {}

    async def play(self, writer: asyncio.StreamWriter) -> None:
        head = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        writer.write(f"HTTP/1.1 {self.status} X\r\nContent-Length: {len(self.body)}\r\n{head}\r\n".encode() + self.body)
        await writer.drain()


class Vanish(msgspec.Struct, frozen=True):
    """Reads everything and closes the connection without a word."""

    async def play(self, writer: asyncio.StreamWriter) -> None:
        writer.close()


class Babble(msgspec.Struct, frozen=True):
    """Answers with something that is no HTTP, and closes."""

    async def play(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\x00\xff 220 smtp.partner.test\r\n\r\n")
        await writer.drain()
        writer.close()


class Keep(msgspec.Struct, frozen=True):
    """Reads everything and never answers, until the caller gives up."""

    async def play(self, writer: asyncio.StreamWriter) -> None:
        while not writer.is_closing():  # noqa: ASYNC110 - nothing will happen to wait for
            await asyncio.sleep(60)


class Flood(msgspec.Struct, frozen=True):
    """Answers with a body that does not end, until the caller closes."""

    status: int = 200
    media_type: str = "text/xml"

    async def play(self, writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 {self.status} X\r\nContent-Type: {self.media_type}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode())
        while True:
            writer.write(b"<x>" * 20_000)
            await writer.drain()


class Reset(msgspec.Struct, frozen=True):
    """Promises an answer, sends half of it and resets the connection."""

    async def play(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 X\r\nContent-Length: 1000\r\n\r\n" + b"x" * 500)
        await writer.drain()
        linger = struct.pack("ii", 1, 0)  # on, for no time: closing sends RST, socket(7)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.transport.abort()


class Drip(msgspec.Struct, frozen=True):
    """Answers byte by byte, until the caller gives up.

    Attributes:
        seconds: between two bytes.
        head: the head comes at once, only the body drips.
    """

    seconds: float = 1.0
    head: bool = True

    async def play(self, writer: asyncio.StreamWriter) -> None:
        head = b"HTTP/1.1 200 X\r\nContent-Length: 1000000\r\n\r\n"
        if self.head:
            writer.write(head)
        for byte in itertools.cycle(head):
            if writer.is_closing():
                return
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(self.seconds)


class Together:
    """Keeps requests until so many are there at once, for a while at most, and answers each of them.

    Attributes:
        most: how many were there at once.
    """

    def __init__(self, count: int, then: Act, seconds: float) -> None:
        self.most = 0
        self._count, self._then, self._seconds = count, then, seconds
        self._here = 0
        self._enough = asyncio.Event()

    async def play(self, writer: asyncio.StreamWriter) -> None:
        self._here += 1
        self.most = max(self.most, self._here)
        if self.most >= self._count:
            self._enough.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._seconds):
                await self._enough.wait()
        self._enough.set()  # whoever waited in vain lets the others go
        self._here -= 1
        await self._then.play(writer)


Door = Callable[[Received], Act | None]


class Partner:
    """A scripted server.

    Attributes:
        url: where it listens.
        script: what it does with one request after the other; the last act is repeated.
        at: which act is next.
        received: every request that the script was for, in order.
        logins: every request that the door answered, in order.
    """

    def __init__(self, script: tuple[Act, ...], door: Door = lambda _: None) -> None:
        self._door = door
        self._tasks: set[asyncio.Task[None]] = set()
        self.url = ""
        self.script = list(script)
        self.at = 0
        self.received: list[Received] = []
        self.logins: list[Received] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Handle one connection."""
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            while (request := await receive_request(reader)) is not None:
                await self._act(Received(*request)).play(writer)
        writer.close()

    def _act(self, request: Received) -> Act:
        if (answer := self._door(request)) is not None:
            self.logins.append(request)
            return answer
        self.received.append(request)
        self.at += 1
        return self.script[min(self.at, len(self.script)) - 1]

    async def stop(self) -> None:
        """Let go of every connection."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@contextlib.asynccontextmanager
async def playing(*script: Act, door: Door = lambda _: None) -> AsyncIterator[Partner]:
    """Run a partner until the context is left.

    Args:
        script: what it does with one request after the other; the last act is repeated.
        door: answers the requests that are logins, which the script is not for.
    """
    partner = Partner(script, door)
    server = await asyncio.start_server(partner.serve, "127.0.0.1", 0)
    partner.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/take"
    try:
        yield partner
    finally:
        server.close()
        await partner.stop()
        await server.wait_closed()

"""LIMIT: the fastest honest pipeline of this kind that we know how to write by hand in Python on one core.

HTTP by httptools on a bare asyncio protocol and uvloop; lxml, compiled schema, one-pass map; msgspec; sealing; group
commit; the answer goes out after COMMIT. It knows one message type and has no registry: what a hub adds is what is
measured.

    python -m tests.bench.yardsticks.limit DATABASE KEY     prints its port on 127.0.0.1
"""

import asyncio
import hashlib
import os
import sys
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

import httptools
import msgspec
import uvloop

from tests.bench.yardsticks.cnas import NotReadError, Read
from tests.bench.yardsticks.group_commit import Journal, Row
from tests.bench.yardsticks.one_pass import read
from tests.bench.yardsticks.opening import NotOpenedError, open_body
from tests.bench.yardsticks.sealing import Seal

MAX_BODY_BYTES: Final = 10_000_000
_REASONS: Final = {202: "Accepted", 400: "Bad Request", 401: "Unauthorized", 409: "Conflict", 413: "Content Too Large"}
_encode: Final = msgspec.json.Encoder().encode


def new_id() -> str:
    """Return a UUIDv7."""
    number = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    digits = f"{number & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


class Front(asyncio.Protocol):
    """One connection; requests of one connection come one after the other."""

    def __init__(self, journal: Journal, seal: Seal, keys: frozenset[bytes]) -> None:
        self._journal, self._seal, self._keys = journal, seal, keys
        self._parser = httptools.HttpRequestParser(self)
        self._parts: list[bytes] = []
        self._size = 0
        self._known = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]  # TCP transports write

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.close()

    def on_message_begin(self) -> None:
        self._parts, self._size, self._known = [], 0, False

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"punte-key":
            self._known = hashlib.sha256(value).digest() in self._keys

    def on_body(self, part: bytes) -> None:
        self._size += len(part)
        if self._size <= MAX_BODY_BYTES:
            self._parts.append(part)

    def on_message_complete(self) -> None:
        if not self._known:
            self._answer(401, {"error": "unknown key"})
        elif self._size > MAX_BODY_BYTES:
            self._answer(413, {"error": "too large"})
        else:
            self._accept(self._parts[0] if len(self._parts) == 1 else b"".join(self._parts))

    def _accept(self, body: bytes) -> None:
        now = time.time_ns()
        try:
            sender_id, root = open_body(body)
            decided = read(root, on=datetime.fromtimestamp(now / 1e9, UTC).date())
        except (NotOpenedError, NotReadError) as error:
            self._answer(400, {"error": str(error)})
            return
        self._journal.add(self._row(sender_id, now, body, decided), self._settle)

    def _row(self, sender_id: str | None, now: int, body: bytes, decided: Read) -> Row:
        message_id = new_id()
        persons = [f"{one['scheme']}:{one['value']}" for one in (decided.record or {}).get("identifiers", ())]
        decision = _encode((decided.record, decided.findings))
        return Row(message_id, now // 1000, self._seal.seal(message_id, body, decision, sender_id, persons))

    def _settle(self, message_id: str | None) -> None:
        if message_id is None:
            self._answer(409, {"error": "this id was used for other content"})
        else:
            self._answer(202, {"id": message_id})

    def _answer(self, status: int, content: dict[str, str]) -> None:
        if self._transport.is_closing():  # the sender went away; it will ask again with its id
            return
        body = _encode(content)
        head = f"HTTP/1.1 {status} {_REASONS[status]}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}"
        self._transport.write(f"{head}\r\n\r\n".encode() + body)


async def serve(database: Path, key: str) -> None:
    """Serve until cancelled; print the port."""
    loop = asyncio.get_running_loop()
    journal, seal = Journal(database, loop), Seal(database.with_suffix(".key"))
    keys = frozenset({hashlib.sha256(key.encode()).digest()})
    server = await loop.create_server(partial(Front, journal, seal, keys), "127.0.0.1", 0, backlog=256)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(Path(sys.argv[1]), sys.argv[2]))

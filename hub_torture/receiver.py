"""Partners: each writes down what it took before it says so, and counts effects per idempotency key.

    {"partner": "steady", "key": "...", "number": 7, "line": 3, "place": 0, "digest": "...", "effect": true}

``effect`` is false for a key that it knows: a good partner does nothing then, and gives its first answer again.
"""

import asyncio
import contextlib
from collections import Counter
from typing import Any, Final, Self

import msgspec

from hub_core.playing.partner import Act, Drip, Keep, Reply, Reset, Vanish
from hub_core.playing.wire import receive_request
from hub_torture.ledger import Ledger
from hub_torture.plan import PARTNERS, Plan, digest

_TAKEN: Final = Reply(200, b"{}", {"content-type": "application/json"})


class Garbage(msgspec.Struct, frozen=True):
    """Answers with something that is no HTTP."""

    async def play(self, writer: asyncio.StreamWriter) -> None:
        """Write it and close."""
        writer.write(b"\x00\xff HTTP/9 999\r\n\r\n" + b"garbage" * 50)
        await writer.drain()
        writer.close()


_ACTS: Final[dict[str, Act]] = {
    "take": _TAKEN,
    "refuse": Reply(422),
    "hang": Keep(),
    "garbage": Garbage(),
    "drip": Drip(seconds=0.2),
    "vanish": Vanish(),
    "reset": Reset(),
    "busy": Reply(503, headers={"retry-after": "1"}),
    "fail": Reply(500),
}


class Receiver:
    """The partners of a run, each with a port of its own."""

    def __init__(self, plan: Plan, ledger: Ledger) -> None:
        self._plan = plan
        self._ledger = ledger
        self._known: set[str] = set()
        self._attempts: Counter[tuple[str, int]] = Counter()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._servers: list[asyncio.Server] = []
        self.ports: dict[str, int] = {}

    async def __aenter__(self) -> Self:
        for name in PARTNERS:
            await self._listen(name)
        return self

    async def __aexit__(self, *_: object) -> None:
        for server in self._servers:
            server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _listen(self, name: str) -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            if task is not None:
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            with contextlib.suppress(OSError, asyncio.CancelledError, asyncio.IncompleteReadError):
                while (request := await receive_request(reader)) is not None:
                    _, headers, body = request
                    await self._answer(name, headers, body, writer)
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=512)
        self._servers.append(server)
        self.ports[name] = server.sockets[0].getsockname()[1]

    async def _answer(self, name: str, headers: dict[str, str], body: bytes, writer: asyncio.StreamWriter) -> None:
        record = msgspec.json.decode(body)["record"]
        number = int(record["identifiers"][0]["value"])
        self._attempts[name, number] += 1
        act = self._plan.act(name, self._plan.letter(number), self._attempts[name, number])
        if act.startswith("take"):
            await self._take(name, headers.get("idempotency-key", ""), number, record)
        await _ACTS[act.removeprefix("take-and-")].play(writer)

    async def _take(self, name: str, key: str, number: int, record: dict[str, Any]) -> None:
        effect = key not in self._known
        self._known.add(key)
        await self._ledger.write(
            partner=name,
            key=key,
            number=number,
            line=next((case["number"] for case in record.get("cases", ())), None),
            place=int(record["notes"][0]["about"]),
            digest=digest(record),
            effect=effect,
        )

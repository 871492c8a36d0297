"""A file of JSON lines: each is on the device before whoever wrote it goes on."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec


class Ledger:
    """An append-only file; lines that come while the device works are written together next."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._waiting: list[bytes] = []
        self._next: asyncio.Future[None] | None = None
        self._task: asyncio.Task[None] | None = None

    async def write(self, **facts: Any) -> None:
        """Write a line and return once the device has it."""
        self._waiting.append(msgspec.json.encode(facts) + b"\n")
        if self._next is None:
            self._next = asyncio.get_running_loop().create_future()
        if self._task is None:
            self._task = asyncio.create_task(self._flush())
        await self._next

    async def _flush(self) -> None:
        while self._next is not None:
            lines, waiting, self._waiting, self._next = self._waiting, self._next, [], None
            await asyncio.to_thread(self._append, b"".join(lines))
            waiting.set_result(None)
        self._task = None

    def _append(self, text: bytes) -> None:
        os.write(self._file, text)
        os.fdatasync(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._file)


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a ledger, oldest first; of one that is not there none."""
    if path.exists():
        with path.open("rb") as file:
            yield from map(msgspec.json.decode, file)

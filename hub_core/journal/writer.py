"""One thread, one connection, group commit: the only place where anything is written.

While the thread commits one group the next one gathers (``hub_core.journal.gathering``). On SQLite the connection of
the thread also does every checkpoint: before 3.51.3 commits may be lost when a second one does
(sqlite.org/wal.html#walresetbug).
"""

import asyncio
import contextlib
import logging
import queue
import threading
import time
from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any, Final, NamedTuple, TypeVar

from hub_core.journal.engines.connection import Connection
from hub_core.journal.engines.engine import Engine
from hub_core.journal.failpoints import reach
from hub_core.journal.gathering import Batch, Command, Failure, Gathering, answer
from hub_core.journal.readers import GONE, unavailable

log = logging.getLogger("punte.journal")
T = TypeVar("T")
Item = TypeVar("Item")

MAX_COMMANDS: Final = 64
MAX_BYTES: Final = 16_000_000
TRIES: Final = 5  # of a group that another process stood in the way of
FULL: Final = "the device is full"
LATELY: Final = 60.0  # seconds for which a write that failed counts as trouble, if none was tried since


class Trouble(NamedTuple):
    """What keeps a writer from writing.

    Attributes:
        why: for people; holds no value.
        since, last: of the writes that failed in a row, the first and the newest, in seconds since 1970.
    """

    why: str
    since: float | None = None
    last: float = 0.0


class Writer:
    """The thread that owns the write connection.

    Attributes:
        commits: how many groups were committed.
    """

    def __init__(self, engine: Engine) -> None:
        self.commits = 0
        self._engine = engine
        self._failures: tuple[type[Exception], ...] = (*engine.errors, OSError)
        self._connection: Connection | None = engine.writer()
        self._ballast = engine.ballast
        self._full = self._ballast is not None and not self._ballast.take()
        self._queue: queue.SimpleQueue[Command[Any] | None] = queue.SimpleQueue()
        self._carried: Command[Any] | None = None
        self._gathering: Gathering | None = None
        self._waiting: dict[asyncio.Future[Any], float] = {}
        self._closed = False
        self._failed: Trouble | None = None
        self._thread = threading.Thread(target=self._run, name="punte-journal", daemon=True)
        self._thread.start()

    async def submit(self, batch: Batch[Item, T], item: Item, *, size: int = 0) -> T:
        """Run ``batch`` over this item and its neighbours of the same kind; return after COMMIT.

        Args:
            batch: called in the writer's thread, inside the transaction.
            item: what to write.
            size: bytes that it brings, to bound a group; what brings any is not taken while the device is full.

        Raises:
            TryLater: J503, it is not known to be written.
        """
        loop = asyncio.get_running_loop()
        if self._closed:
            raise unavailable("the journal is closed")
        if self._gathering is None or self._gathering.loop is not loop:
            self._gathering = Gathering(loop, self._hand_over, most=MAX_COMMANDS)
        future: asyncio.Future[T] = loop.create_future()
        self._gathering.add(Command(batch, item, size, future))
        self._waiting[future] = time.monotonic()
        try:
            return await future
        finally:
            del self._waiting[future]

    @property
    def lag(self) -> float:
        """Seconds that the oldest write has waited to be on disk; ask in the thread of the event loop."""
        return time.monotonic() - next(iter(self._waiting.values())) if self._waiting else 0.0

    @property
    def trouble(self) -> Trouble | None:
        """Why nothing, or nothing new, can be written now; ``None``: nothing is known to stand in the way."""
        failed = self._failed
        since = None if failed is None else failed.since
        if self._gone():
            return Trouble(GONE, since)
        if self._full and not (self._ballast is not None and self._ballast.has_room()):
            return Trouble(FULL, since)
        return failed if failed is not None and time.time() - failed.last < LATELY else None

    def close(self) -> None:
        """Write what was handed over, then close the connection, which empties the write-ahead log."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
            self._thread.join()
            self._turn_away()

    def _hand_over(self, commands: list[Command[Any]]) -> None:
        for command in commands:
            self._queue.put(command)
        if self._closed and not self._thread.is_alive():
            self._turn_away()

    def _turn_away(self) -> None:
        """Answer whoever came after the end."""
        with contextlib.suppress(queue.Empty):
            while True:
                command = self._queue.get_nowait()
                if command is not None:
                    answer([command], [Failure(unavailable("the journal is closed"))])

    def _run(self) -> None:
        while commands := self._take():
            if commands := self._let_in(commands):
                results = self._commit(commands)
                reach("after-commit-before-answer")
                answer(commands, results)
                self._spread()
        if self._connection is not None:
            self._connection.close()

    def _take(self) -> list[Command[Any]]:
        """Wait for a command and take those that stand behind it; empty at the end."""
        first = self._carried or self._queue.get()
        self._carried = None
        if first is None:
            return []
        taken, size = [first], first.size
        with contextlib.suppress(queue.Empty):
            while len(taken) < MAX_COMMANDS:
                command = self._queue.get_nowait()
                if command is None:
                    self._queue.put(None)
                    break
                if size + command.size > MAX_BYTES:
                    self._carried = command
                    break
                taken.append(command)
                size += command.size
        return taken

    def _let_in(self, commands: list[Command[Any]]) -> list[Command[Any]]:
        """Turn away what is new while the device is full; return the rest."""
        new = [command for command in commands if command.size] if self._full else []
        if new and self._ballast is not None and self._ballast.take():
            self._full = False
            log.warning("journal.has-room")
        elif new:
            answer(new, [Failure(unavailable(FULL))] * len(new))
            return [command for command in commands if not command.size]
        return commands

    def _gone(self) -> bool:
        return self._engine.moved is not None and self._engine.moved()

    def _commit(self, commands: list[Command[Any]]) -> list[Any]:
        # The connection is kept: it alone still holds what was written, and goes on if the file is put back.
        if self._gone():
            return self._not_written(GONE, commands)
        for _ in range(TRIES):
            try:
                connection = self._begun()
                results = _apply(self._engine, connection, commands)
                reach("after-insert-before-commit")
                connection.commit()
            except self._failures as error:
                self._drop_connection()
                name = self._engine.name_of(error)
                if not self._full and self._ballast is not None and self._ballast.give_way(name):
                    self._full = True
                    log.warning("journal.full")
                if not self._engine.is_passing(error):
                    break
            else:
                self.commits += 1
                self._failed = None
                return results
        return self._not_written(f"the journal cannot be written ({name})", commands)

    def _not_written(self, why: str, commands: Sequence[Command[Any]]) -> list[Any]:
        """Answer that nothing was written, and remember why and since when."""
        now, before = time.time(), self._failed
        if before is None or before.why != why:
            log.error("journal.not-written", extra={"why": why})
        self._failed = Trouble(why, now if before is None else before.since, last=now)
        return [Failure(unavailable(why)) for _ in commands]

    def _begun(self) -> Connection:
        """Begin a transaction; a connection that was lost while nothing went on is replaced."""
        if self._connection is not None:
            try:
                self._connection.begin()
            except self._engine.errors:
                if not self._connection.lost:
                    raise
                self._drop_connection()
            else:
                return self._connection
        self._connection = self._engine.writer()
        self._connection.begin()
        return self._connection

    def _spread(self) -> None:
        """Tell the other processes; if that fails, they find out when they look again."""
        if self._connection is not None:
            try:
                self._connection.spread()
            except self._engine.errors:
                self._drop_connection()

    def _drop_connection(self) -> None:
        """Forget a connection in unknown condition; closing it rolls back, the next group opens another."""
        if self._connection is not None:
            with contextlib.suppress(*self._engine.errors):
                self._connection.close()
            self._connection = None


def _apply(engine: Engine, connection: Connection, commands: Sequence[Command[Any]]) -> list[Any]:
    """Run commands inside the transaction; neighbours of one kind together.

    Only if one fails, all begin again behind savepoints, for which SQLite copies every page that a group changes.
    """
    kinds = [(batch, [one.item for one in group]) for batch, group in groupby(commands, key=attrgetter("batch"))]
    try:
        return [result for batch, items in kinds for result in batch(connection, items)]
    except Exception as error:
        if _is_of_storage(engine, error):
            raise
        connection.rollback()
        connection.begin()
        return [result for batch, items in kinds for result in _guarded(engine, connection, batch, items)]


def _is_of_storage(engine: Engine, error: Exception) -> bool:
    return isinstance(error, engine.errors) and (engine.is_storage(error) or engine.is_passing(error))


def _guarded(engine: Engine, connection: Connection, batch: Batch[Any, Any], items: Sequence[Any]) -> Sequence[Any]:
    """Run one batch so that an item that fails leaves the others standing."""
    connection.execute("SAVEPOINT command")
    try:
        results = batch(connection, items)
    except Exception as error:  # whatever it is, it must not take the other commands of the group with it
        if _is_of_storage(engine, error):
            raise
        connection.execute("ROLLBACK TO command")
        connection.execute("RELEASE command")
        if len(items) == 1:
            return [Failure(error)]
        return [result for item in items for result in _guarded(engine, connection, batch, [item])]
    connection.execute("RELEASE command")
    return results

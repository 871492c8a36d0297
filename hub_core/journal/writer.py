"""One thread, one connection, group commit: the only place where anything is written.

Commands of one turn of the event loop are handed over together. While turns keep bringing more, the hand-over waits,
at most ``LINGER``; an idle loop commits at once. While the thread commits one group the next one gathers.
On SQLite the connection of the thread also does every checkpoint: before 3.51.3 commits may be lost when a second one
does (sqlite.org/wal.html#walresetbug).
"""

import asyncio
import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any, Final, Generic, TypeVar

from hub_core.journal.engines.connection import Connection
from hub_core.journal.engines.engine import Engine
from hub_core.journal.failpoints import reach
from hub_core.journal.readers import unavailable

log = logging.getLogger("punte.journal")
T = TypeVar("T")
Item = TypeVar("Item")

MAX_COMMANDS: Final = 64
MAX_BYTES: Final = 16_000_000
LINGER: Final = 0.002  # seconds
TRIES: Final = 5  # of a group that another process stood in the way of


class Failure:
    """The result of a command that did not succeed, beside others that did."""

    __slots__ = ("error",)

    def __init__(self, error: Exception) -> None:
        self.error = error


#: Runs many commands of one kind at once; one result per item, in order; a ``Failure`` harms no neighbour.
Batch = Callable[[Connection, Sequence[Item]], Sequence[T | Failure]]


class _Command(Generic[T]):
    """Something to write, and who waits for it."""

    __slots__ = ("batch", "future", "item", "size")

    def __init__(self, batch: Batch[Any, T], item: Any, size: int, future: asyncio.Future[T]) -> None:
        self.batch, self.item, self.size, self.future = batch, item, size, future


class _Gathering:
    """Commands of one event loop that are not handed over yet."""

    def __init__(self, loop: asyncio.AbstractEventLoop, hand_over: Callable[[list[_Command[Any]]], None]) -> None:
        self.loop = loop
        self._hand_over = hand_over
        self._commands: list[_Command[Any]] = []
        self._seen = 0
        self._since = 0.0

    def add(self, command: _Command[Any]) -> None:
        self._commands.append(command)
        if len(self._commands) == 1:
            self._seen, self._since = 0, self.loop.time()
            self.loop.call_soon(self._turn)

    def _turn(self) -> None:
        count = len(self._commands)
        late = self.loop.time() - self._since >= LINGER
        if count == self._seen or count >= MAX_COMMANDS or late:
            commands, self._commands = self._commands, []
            self._hand_over(commands)
        else:
            self._seen = count
            self.loop.call_soon(self._turn)


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
        self._queue: queue.SimpleQueue[_Command[Any] | None] = queue.SimpleQueue()
        self._carried: _Command[Any] | None = None
        self._gathering: _Gathering | None = None
        self._waiting: dict[asyncio.Future[Any], float] = {}
        self._closed = False
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
            self._gathering = _Gathering(loop, self._hand_over)
        future: asyncio.Future[T] = loop.create_future()
        self._gathering.add(_Command(batch, item, size, future))
        self._waiting[future] = time.monotonic()
        try:
            return await future
        finally:
            del self._waiting[future]

    @property
    def lag(self) -> float:
        """Seconds that the oldest write has waited to be on disk; ask in the thread of the event loop."""
        return time.monotonic() - next(iter(self._waiting.values())) if self._waiting else 0.0

    def close(self) -> None:
        """Write what was handed over, then close the connection, which empties the write-ahead log."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
            self._thread.join()
            self._turn_away()

    def _hand_over(self, commands: list[_Command[Any]]) -> None:
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
                    _answer([command], [Failure(unavailable("the journal is closed"))])

    def _run(self) -> None:
        while commands := self._take():
            if commands := self._let_in(commands):
                results = self._commit(commands)
                reach("after-commit-before-answer")
                _answer(commands, results)
                self._spread()
        if self._connection is not None:
            self._connection.close()

    def _take(self) -> list[_Command[Any]]:
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

    def _let_in(self, commands: list[_Command[Any]]) -> list[_Command[Any]]:
        """Turn away what is new while the device is full; return the rest."""
        new = [command for command in commands if command.size] if self._full else []
        if new and self._ballast is not None and self._ballast.take():
            self._full = False
            log.warning("journal.has-room")
        elif new:
            _answer(new, [Failure(unavailable("the device is full"))] * len(new))
            return [command for command in commands if not command.size]
        return commands

    def _commit(self, commands: list[_Command[Any]]) -> list[Any]:
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
                return results
        return [Failure(unavailable(f"the journal cannot be written ({name})")) for _ in commands]

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


def _apply(engine: Engine, connection: Connection, commands: Sequence[_Command[Any]]) -> list[Any]:
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


def _answer(commands: Sequence[_Command[Any]], results: Sequence[Any]) -> None:
    """Tell the waiters, with one wake-up per event loop."""
    pairs = zip(commands, results, strict=True)
    for loop, group in groupby(pairs, key=lambda pair: pair[0].future.get_loop()):
        # A loop that has ended has no waiters left.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_resolve, list(group))


def _resolve(answers: Sequence[tuple[_Command[Any], Any]]) -> None:
    for command, result in answers:
        if isinstance(result, Failure) and not command.future.done():
            command.future.set_exception(result.error)
        elif not command.future.done():
            command.future.set_result(result)

"""The database of a hub: one writer, many readers, on whichever engine lies below."""

import contextlib
from collections.abc import Callable, Coroutine, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from hub_core.errors import ConfigError, NotThere
from hub_core.journal.engines.connection import Connection
from hub_core.journal.engines.engine import Engine
from hub_core.journal.engines.sqlite import Sqlite
from hub_core.journal.gathering import Batch, Failure
from hub_core.journal.readers import Readers
from hub_core.journal.schema import JOURNAL, Migrations
from hub_core.journal.writer import Trouble, Writer
from hub_core.outbox import Share
from hub_core.ports.clock import Clock

T = TypeVar("T")
Item = TypeVar("Item")
Work = Callable[[Connection], T]


class Database:
    """A database that this process writes.

    Opening brings the tables up to date. All writes of the process go through one thread; reads go through
    connections of their own and see every write that has returned.
    """

    def __init__(
        self,
        where: Path | str | Engine,
        *,
        migrations: Sequence[Migrations] = (),
        prepare: Work[None] | None = None,
    ) -> None:
        """Open it, making it where it is absent.

        Args:
            where: path of a file of SQLite, or an engine.
            migrations: tables of other parts of the hub that live in the same database; the journal's come first.
            prepare: run in one transaction before this process writes anything else.

        Raises:
            ConfigError: what ``prepare`` raises; J101 another process writes it; J102 it cannot be used.
        """
        self._engine: Engine = Sqlite(Path(where)) if isinstance(where, Path | str) else where
        self._engine.open((JOURNAL, *migrations))
        try:
            with _told(self._engine):
                if prepare is not None:
                    _prepare(self._engine, prepare)
                self._writer = Writer(self._engine)
        except BaseException:
            self._engine.close()
            raise
        self._readers = Readers(self._engine)

    @property
    def commits(self) -> int:
        """How many groups were committed since it was opened."""
        return self._writer.commits

    @property
    def lag(self) -> float:
        """Seconds that the oldest write has waited to be on disk."""
        return self._writer.lag

    @property
    def trouble(self) -> Trouble | None:
        """Why nothing, or nothing new, can be written now; see ``Writer.trouble``."""
        return self._writer.trouble

    @property
    def shared(self) -> bool:
        """Other processes may write it, too."""
        return self._engine.shared

    @property
    def clock(self) -> Clock:
        """The time that all processes which write it agree about."""
        return self._engine.clock

    @property
    def leads(self) -> bool:
        """Of all processes on this database, this one does what only one should do; may change at any time."""
        return self._engine.leads

    @property
    def share(self) -> Share:
        """The part of this process in what all on this database may do together; may change at any time."""
        return self._engine.share

    def listen(self, told: Callable[[str], None]) -> None:
        """Call ``told`` in another thread when another process changed something; see ``Engine.listen``."""
        self._engine.listen(told)

    async def write(self, work: Work[T], *, size: int = 0) -> T:
        """Run ``work`` in the writer's thread, alone or with others in one transaction; return after COMMIT.

        What ``work`` raises undoes what it did, nothing else, and is raised here. ``work`` may run more than once;
        what an earlier run did is undone.

        Args:
            work: what to do.
            size: bytes that it brings; what brings any is not taken while the device is full.

        Raises:
            TryLater: J503, it is not known to be written.
        """

        def alone(connection: Connection, items: Sequence[None]) -> list[T | Failure]:
            return [work(connection) for _ in items]

        return await self._writer.submit(alone, None, size=size)

    def write_batched(self, batch: Batch[Item, T], item: Item, *, size: int = 0) -> Coroutine[Any, Any, T]:
        """Like ``write`` for many of one kind: ``batch`` gets all items of one commit at once.

        Args:
            batch: a function of module level (commands are gathered by its identity).
            item: what to write.
            size: bytes that it brings.

        Raises:
            TryLater: J503, it is not known to be written.
        """
        return self._writer.submit(batch, item, size=size)

    def read(self) -> contextlib.AbstractContextManager[Connection]:
        """Lend a read connection; see ``Readers.read``."""
        return self._readers.read()

    @property
    def readers(self) -> Readers:
        """The read connections."""
        return self._readers

    def close(self) -> None:
        """Finish what was handed over and give the database free. Later writes get ``TryLater``."""
        self._readers.close()
        self._writer.close()
        self._engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _prepare(engine: Engine, work: Work[None]) -> None:
    with contextlib.closing(engine.writer()) as connection:
        connection.begin()
        work(connection)
        connection.commit()


@contextlib.contextmanager
def _told(engine: Engine) -> Iterator[None]:
    """Tell why a database that could be opened a moment ago cannot be used; a server may be there again in another."""
    try:
        yield
    except engine.errors as error:
        kind = NotThere if engine.shared and engine.is_storage(error) else ConfigError
        raise kind("J102", f"the database cannot be used ({engine.name_of(error)})") from error

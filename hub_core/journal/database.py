"""The file: who may write it, who may read it, with which settings."""

import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeVar

from hub_core.errors import ConfigError
from hub_core.journal.readers import Readers, harden
from hub_core.journal.schema import JOURNAL, Migrations, migrate
from hub_core.journal.storage import name_of
from hub_core.journal.writer import Batch, Failure, Writer

T = TypeVar("T")
Item = TypeVar("Item")
Work = Callable[[sqlite3.Connection], T]

#: Pages (4 KiB) in the write-ahead log before the writer moves them into the file.
CHECKPOINT_PAGES: Final = 1000
_LOG_BYTES: Final = 64_000_000  # what a write-ahead log that once grew is cut back to


class Database:
    """An SQLite file that this process owns.

    Opening takes the lock file beside it and brings the tables up to date. All writes go through one thread;
    reads go through connections of their own and see every write that has returned.
    """

    def __init__(self, path: Path | str, *, migrations: Sequence[Migrations] = ()) -> None:
        """Open the file, creating it (0600) and its folder (0700) where they are absent.

        Args:
            path: of the file.
            migrations: tables of other parts of the hub that live in the same file; the journal's come first.

        Raises:
            ConfigError: J101 another process writes it; J102 it cannot be used.
        """
        self.path = Path(path)
        lock = _lock(self.path)
        self._lock: int | None = lock
        try:
            _create(self.path)
            with contextlib.closing(self._connect()) as connection:
                migrate(connection, (JOURNAL, *migrations))
            self._writer = Writer(self._connect)
        except ConfigError:
            os.close(lock)
            raise
        except (sqlite3.Error, OSError) as error:
            os.close(lock)
            raise ConfigError("J102", f"the file cannot be used ({name_of(error)})", where=str(self.path)) from error
        self._readers = Readers(self.path)

    @property
    def commits(self) -> int:
        """How many groups were committed since it was opened."""
        return self._writer.commits

    async def write(self, work: Work[T]) -> T:
        """Run ``work`` in the writer's thread, alone or with others in one transaction; return after COMMIT.

        What ``work`` raises undoes what it did, nothing else, and is raised here.

        Raises:
            TryLater: J503, nothing was written.
        """

        def alone(connection: sqlite3.Connection, items: Sequence[None]) -> list[T | Failure]:
            return [work(connection) for _ in items]

        return await self._writer.submit(alone, None)

    async def write_batched(self, batch: Batch[Item, T], item: Item, *, size: int = 0) -> T:
        """Like ``write`` for many of one kind: ``batch`` gets all items of one commit at once.

        Args:
            batch: a function of module level (commands are gathered by its identity).
            item: what to write.
            size: bytes that it brings.

        Raises:
            TryLater: J503, nothing was written.
        """
        return await self._writer.submit(batch, item, size=size)

    def read(self) -> contextlib.AbstractContextManager[sqlite3.Connection]:
        """Lend a read connection; see ``Readers.read``."""
        return self._readers.read()

    @property
    def readers(self) -> Readers:
        """The read connections."""
        return self._readers

    def close(self) -> None:
        """Finish what was handed over and give the file free. Later writes get ``TryLater``."""
        self._readers.close()
        self._writer.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, cached_statements=512)
        try:
            harden(connection)
            mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
            connection.execute(f"PRAGMA journal_size_limit = {_LOG_BYTES}")
        except BaseException:
            connection.close()
            raise
        if mode != "wal":
            connection.close()
            raise ConfigError("J102", "the file system has no write-ahead log", where=str(self.path))
        return connection


def _lock(path: Path) -> int:
    """Take the lock file beside the database; the number of the holder stands in it."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ConfigError("J102", f"the folder cannot be used ({type(error).__name__})", where=str(path)) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
        os.close(descriptor)
        raise ConfigError("J101", f"process {holder} writes this journal", where=str(path)) from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
    return descriptor


def _create(path: Path) -> None:
    """Make the file before SQLite does: -wal and -shm take over its mode."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    path.chmod(0o600)

"""A file of SQLite, owned by one process: nobody else writes it, everybody may look."""

import contextlib
import os
import sqlite3
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from hub_core.clock import SteadyClock
from hub_core.errors import ConfigError
from hub_core.journal.engines.ballast import Ballast
from hub_core.journal.engines.connection import Line
from hub_core.journal.engines.owning import take
from hub_core.journal.schema import Migrations, apply, is_pre, pending
from hub_core.outbox import ALL, Share
from hub_core.ports.clock import Clock

#: Pages (4 KiB) in the write-ahead log before the writer moves them into the file. Keyed hashes fall anywhere into
#: their indexes: the longer a page of one is written to the log only, the more of them one move into the file saves.
CHECKPOINT_PAGES: Final = 4000
_CACHE_KIB: Final = 32_000  # of the writer, so that it does not read those pages again and again
BUSY_TIMEOUT_MS: Final = 5000
SYNCHRONOUS: Final = "FULL"  # what a commit wrote is on the device before it counts
APPLICATION_ID: Final = 0x50554E54  # "PUNT" in the header of the file; see sqlite.org/fileformat.html, offset 68
_LOG_BYTES: Final = 64_000_000  # what a write-ahead log that once grew is cut back to
_STORAGE: Final = frozenset(  # primary result codes, sqlite.org/rescode.html
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOTADB,
    }
)
_DUE: Final = (
    "SELECT ready_at, seq, lease_until, attempts, state FROM delivery "
    "WHERE endpoint = ? AND ready_at IS NOT NULL AND ready_at <= ? ORDER BY ready_at, seq LIMIT ?"
)


class SqliteConnection(sqlite3.Connection):
    """A connection to a file that only this process writes: nothing is kept from others, and nobody need be told."""

    for_me = ""
    lost = False

    def begin(self) -> None:
        """Begin a transaction that looks."""
        self.execute("BEGIN")

    def hold(self, lines: Collection[Line]) -> None:
        """Do nothing: there is one writer."""

    def due(self, rooms: Mapping[str, int], at: int) -> list[Any]:
        """Ask for each endpoint: nothing has to travel, and one statement for all of them is no quicker."""
        return [row for name, room in rooms.items() for row in self.execute(_DUE, (name, at, room))]

    def stop_others(self, table: str) -> None:
        """Do nothing: there is one writer."""

    def vouch(self) -> None:
        """Do nothing: whatever can be read is on the device."""

    def announce(self, topic: str) -> None:
        """Do nothing: whoever wrote knows."""

    def spread(self) -> None:
        """Do nothing."""


class _WriteConnection(SqliteConnection):
    def begin(self) -> None:
        self.execute("BEGIN IMMEDIATE")


class Sqlite:
    """The engine on a file; see ``Engine``. The lock file beside it says who owns it."""

    shared = False
    errors: tuple[type[Exception], ...] = (sqlite3.Error,)

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock: Clock = SteadyClock()
        self._lock: int | None = None
        self.ballast: Ballast | None = Ballast(path)
        self.moved: Callable[[], bool] | None = self._is_moved
        self._opened: tuple[int, int] | None = None

    def open(self, families: Sequence[Migrations]) -> None:
        """Take the lock, create the file (0600) and its folder (0700), bring the tables up to date."""
        self._lock = take(self.path)
        try:
            _check_log(self.path)
            _create(self.path)
            self._opened = _identity(self.path)
            self._migrate(families)
        except BaseException as error:
            self.close()
            if isinstance(error, sqlite3.Error | OSError):
                raise self._unusable(error, mend="make room on it, then start again") from error
            raise

    def _migrate(self, families: Sequence[Migrations]) -> None:
        """Bring the tables up to date; on a full device with the room that was kept back."""
        try:
            with contextlib.closing(self.writer()) as connection:
                _migrate(connection, families)
        except sqlite3.Error as error:
            if self.ballast is None or not self.ballast.give_way(self.name_of(error)):
                raise
            with contextlib.closing(self.writer()) as connection:
                _migrate(connection, families)

    def check(self, families: Sequence[Migrations]) -> None:
        """See that there is a file of ours, of this version."""
        if not self.path.is_file():
            _check_log(self.path)
            raise ConfigError("J103", "no journal here", where=str(self.path), mend="start the hub once")
        try:
            with contextlib.closing(self.reader()) as connection:
                _check_owner(connection)
                missing = [name for _, name in pending(connection, families) if is_pre(name)]
        except sqlite3.DatabaseError as error:
            raise self._unusable(error, mend="make room on it") from error
        if missing:
            text = "written by an older version"
            raise ConfigError("J102", text, where=str(self.path), mend="start the hub once")

    def close(self) -> None:
        """Give the file free."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def listen(self, told: Callable[[str], None]) -> None:
        """Do nothing: no other process writes."""

    @property
    def leads(self) -> bool:
        """Always: there is no other."""
        return True

    @property
    def share(self) -> Share:
        """All of it: there is no other."""
        return ALL

    def _unusable(self, error: Exception, *, mend: str) -> ConfigError:
        """Return what is told of a file that cannot be opened; ``mend``: of a full device."""
        name = self.name_of(error)
        if self.ballast is not None and self.ballast.is_full(name):
            return ConfigError("J102", "the device is full", where=str(self.path), mend=mend)
        return ConfigError("J102", f"the file cannot be used ({name})", where=str(self.path))

    def _is_moved(self) -> bool:
        return self._opened is not None and _identity(self.path) != self._opened

    def writer(self) -> SqliteConnection:
        """Return a connection that writes; it also does every checkpoint."""
        connection = sqlite3.connect(
            self.path, isolation_level=None, check_same_thread=False, cached_statements=512, factory=_WriteConnection
        )
        try:
            _harden(connection)
            mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
            connection.execute(f"PRAGMA synchronous = {SYNCHRONOUS}")
            connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
            connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            connection.execute("PRAGMA temp_store = MEMORY")  # of the pages of one group, as they were before it
            connection.execute("PRAGMA secure_delete = ON")  # what is sealed later is not left behind as it was
            connection.execute(f"PRAGMA journal_size_limit = {_LOG_BYTES}")
        except BaseException:
            connection.close()
            raise
        if mode != "wal":
            connection.close()
            raise ConfigError("J102", "the file system has no write-ahead log", where=str(self.path))
        return connection

    def reader(self) -> SqliteConnection:
        """Return a connection to the file opened read-only, which therefore never checkpoints."""
        uri = self.path.resolve().as_uri() + "?mode=ro"
        connection = sqlite3.connect(
            uri, uri=True, isolation_level=None, check_same_thread=False, factory=SqliteConnection
        )
        _harden(connection)
        connection.execute("PRAGMA query_only = ON")
        return connection

    def is_storage(self, error: Exception) -> bool:
        """Say whether the file or the device failed, and not the statement."""
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        # Without a detail: the connection looks only and its user tried to write, which no waiting mends.
        return code & 0xFF in _STORAGE and code != sqlite3.SQLITE_READONLY

    def is_passing(self, error: Exception) -> bool:  # noqa: ARG002 - the port's
        """Say no: one writer stands in nobody's way."""
        return False

    def name_of(self, error: Exception) -> str:
        """Return SQLite's name of the error, such as ``SQLITE_FULL``, or the exception's."""
        return str(getattr(error, "sqlite_errorname", type(error).__name__))


def _harden(connection: sqlite3.Connection) -> None:
    """Set what every connection needs, whatever it does."""
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    connection.execute("PRAGMA temp_store = MEMORY")  # no file elsewhere holds what a large sort looks at


def _migrate(connection: SqliteConnection, families: Sequence[Migrations]) -> None:
    """Bring the file up to date, all or nothing: nobody else works on it, so that everything may run."""
    _check_owner(connection)
    connection.execute("PRAGMA temp_store = DEFAULT")  # to sort a large table may take more than there is memory
    connection.begin()
    try:
        apply(connection, families, at=time.time_ns() // 1000)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def _check_owner(connection: sqlite3.Connection) -> None:
    """See that the file is ours, or empty.

    Raises:
        ConfigError: J102.
    """
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if owner != APPLICATION_ID and tables:
        raise ConfigError("J102", "this is another program's database", mend="name another file")


def _check_log(path: Path) -> None:
    """See that a write-ahead log has its file: a new one would make the log worthless, and what it holds.

    Raises:
        ConfigError: J104.
    """
    log = path.with_name(f"{path.name}-wal")
    if not path.exists() and log.exists() and log.stat().st_size:
        raise ConfigError("J104", "the file of the journal is gone, its log is here", where=str(path))


def _identity(path: Path) -> tuple[int, int] | None:
    """Return which file a path leads to; ``None``: to none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _create(path: Path) -> None:
    """Make the file before SQLite does: -wal and -shm take over its mode."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    path.chmod(0o600)

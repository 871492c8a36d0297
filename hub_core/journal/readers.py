"""Read connections: to a file that a hub writes, or that a stopped or crashed one left."""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from hub_core.errors import ConfigError, TryLater
from hub_core.journal.schema import JOURNAL, Migrations, check_owner, pending
from hub_core.journal.storage import is_storage, name_of, unavailable

BUSY_TIMEOUT_MS: Final = 5000
_IDLE: Final = 4  # connections kept open between reads


class Readers:
    """Connections that can only look. They never checkpoint: the file itself is opened read-only."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: list[sqlite3.Connection] = []
        self._closed = False

    @contextlib.contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection inside one read transaction: every statement sees the same state.

        Use it from one thread at a time, and briefly: a long look keeps the write-ahead log from being emptied.

        Raises:
            TryLater: J503, the file cannot be read now.
        """
        connection = None
        try:
            connection = self._take()
            connection.execute("BEGIN")
            yield connection
        except sqlite3.Error as error:
            # SQLITE_READONLY without a detail: the caller tried to write, which no waiting mends.
            if is_storage(error) and error.sqlite_errorcode != sqlite3.SQLITE_READONLY:
                raise unavailable(f"the journal cannot be read ({name_of(error)})") from error
            raise
        finally:
            if connection is not None:
                self._give_back(connection)

    def close(self) -> None:
        """Close what is idle; what is lent closes when it comes back."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    def _take(self) -> sqlite3.Connection:
        with contextlib.suppress(IndexError):
            return self._idle.pop()
        return self._open()

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with contextlib.suppress(sqlite3.Error):
            connection.rollback()
            if not self._closed and len(self._idle) < _IDLE:
                self._idle.append(connection)
                return
        connection.close()

    def _open(self) -> sqlite3.Connection:
        uri = self._path.resolve().as_uri() + "?mode=ro"
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
        harden(connection)
        connection.execute("PRAGMA query_only = ON")
        return connection


def harden(connection: sqlite3.Connection) -> None:
    """Set what every connection needs, whatever it does."""
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")


def look(path: Path, *, migrations: Sequence[Migrations] = ()) -> Readers:
    """Open a file for looking only, whether a hub runs on it or not; nothing is created or changed.

    Raises:
        ConfigError: J103 there is none; J102 it is not ours, or of another version.
    """
    if not path.is_file():
        raise ConfigError("J103", "no journal here", where=str(path), mend="start the hub once")
    readers = Readers(path)
    try:
        with readers.read() as connection:
            check_owner(connection)
            missing = pending(connection, (JOURNAL, *migrations))
    except (sqlite3.DatabaseError, TryLater) as error:
        raise ConfigError("J102", "not a journal that can be read", where=str(path)) from error
    if missing:
        raise ConfigError("J102", "written by an older version", where=str(path), mend="start the hub once")
    return readers

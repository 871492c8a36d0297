"""Read connections: to a database that a hub writes, or that a stopped or crashed one left."""

import contextlib
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

from hub_core.errors import TryLater
from hub_core.journal.engines.connection import Connection
from hub_core.journal.engines.engine import Engine
from hub_core.journal.engines.sqlite import Sqlite
from hub_core.journal.schema import JOURNAL, Migrations

GONE: Final = "the file of the journal was moved or removed"
_IDLE: Final = 4  # connections kept open between reads


class Readers:
    """Connections that can only look."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._idle: list[Connection] = []
        self._closed = False

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """Lend a connection inside one read transaction: every statement sees the same state.

        Use it from one thread at a time, and briefly: a long look keeps the database from tidying up.

        Raises:
            TryLater: J503, the database cannot be read now.
        """
        connection = None
        try:
            connection = self._take()
            yield connection
        except self._engine.errors as error:
            if self._engine.is_storage(error):
                gone = self._engine.moved is not None and self._engine.moved()
                why = GONE if gone else f"the journal cannot be read ({self._engine.name_of(error)})"
                raise unavailable(why) from error
            raise
        finally:
            if connection is not None:
                self._give_back(connection)

    def close(self) -> None:
        """Close what is idle; what is lent closes when it comes back."""
        self._closed = True
        self._close_idle()

    def _take(self) -> Connection:
        with contextlib.suppress(IndexError):
            connection = self._idle.pop()
            try:
                connection.begin()
            except self._engine.errors:
                connection.close()
                if not connection.lost:
                    raise
                self._close_idle()  # what ended this one has ended those, too
            else:
                return connection
        connection = self._engine.reader()
        connection.begin()
        return connection

    def _give_back(self, connection: Connection) -> None:
        with contextlib.suppress(*self._engine.errors):
            connection.rollback()
            if not self._closed and len(self._idle) < _IDLE:
                self._idle.append(connection)
                return
        connection.close()

    def _close_idle(self) -> None:
        while self._idle:
            self._idle.pop().close()


def look(where: Path | Engine, *, migrations: Sequence[Migrations] = ()) -> Readers:
    """Open a database for looking only, whether a hub runs on it or not; nothing is created or changed.

    Raises:
        ConfigError: J103 there is none; J102 it is not ours, or of another version.
    """
    engine: Engine = Sqlite(where) if isinstance(where, Path) else where
    engine.check((JOURNAL, *migrations))
    return Readers(engine)


def unavailable(text: str) -> TryLater:
    """Return the error for a caller whose write or read did not happen."""
    return TryLater("J503", text, where="journal", after=timedelta(seconds=5))

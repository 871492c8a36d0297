"""What time it is at the database, measured in passing by the connections that write."""

import time
from datetime import UTC, datetime, timedelta
from typing import Final

from hub_core.journal.engines.postgresql_connection import PostgresqlConnection
from hub_core.journal.engines.postgresql_session import Session
from hub_core.journal.instants import from_micros

MEASURED_ANEW: Final = 5.0  # seconds after which the database is asked again what time it is


class DatabaseClock:
    """The database's time, carried on by this process's own monotonic clock between two measurements."""

    def __init__(self) -> None:
        self._base = (datetime(1970, 1, 1, tzinfo=UTC), 0.0)

    def now(self) -> datetime:
        """Return the present instant in UTC."""
        at, measured = self._base
        return at + timedelta(seconds=time.monotonic() - measured)

    def measure(self, connection: PostgresqlConnection) -> None:
        """Ask the database, unless that was done a moment ago."""
        if time.monotonic() - self._base[1] >= MEASURED_ANEW or not self._base[1]:
            micros = connection.execute("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint").fetchone()[
                0
            ]
            self._base = (from_micros(micros), time.monotonic())


class WriteConnection(PostgresqlConnection):
    """Measures the time with a transaction that is begun anyway.

    Args:
        raw: its session.
        clock: what is measured.
        own: numbers of this process's sessions, as long as they last.
    """

    def __init__(self, raw: Session, clock: DatabaseClock, own: set[int]) -> None:
        # Whoever waited for a line must see what was written meanwhile, whatever level is the server's default.
        super().__init__(raw, begin="BEGIN ISOLATION LEVEL READ COMMITTED")
        self._clock = clock
        self._number, self._own = raw.info.backend_pid, own
        own.add(self._number)

    def begin(self) -> None:
        """Begin a transaction, and measure the time if that is due."""
        super().begin()
        self._clock.measure(self)

    def close(self) -> None:
        """End the session; whoever the server gives its number to is heard then."""
        self._own.discard(self._number)
        super().close()

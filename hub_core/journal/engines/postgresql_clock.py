"""The time of a database, that all hubs on it agree about."""

import time
from datetime import UTC, datetime, timedelta
from typing import Final

from hub_core.journal.engines.postgresql_connection import PostgresqlConnection
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

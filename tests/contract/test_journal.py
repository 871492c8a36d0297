"""The journal keeps every promise of the port, on each engine."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hub_core.journal.database import Database
from hub_core.journal.postgresql import Postgresql
from hub_core.journal.store import SqlJournal
from hub_core.testing.builders import a_vault
from hub_core.testing.journal import AnyJournal, JournalContract

TABLES = ("message", "content", "message_case", "message_person", "delivery", "entry", "refusal", "splitting")


def values(journal: SqlJournal) -> list[str]:
    """Return every value in the journal's tables as text."""
    with journal._readers.read() as connection:
        rows = [row for table in TABLES for row in connection.execute(f"SELECT * FROM {table}").fetchall()]  # noqa: S608
    return [value.decode("latin-1") if isinstance(value, bytes) else str(value) for row in rows for value in row]


class TestSqliteJournal(JournalContract):
    @contextmanager
    def open(self, folder: Path) -> Iterator[AnyJournal]:
        with Database(folder / "journal.sqlite3") as database:
            yield SqlJournal(database, a_vault())

    def stored(self, journal: AnyJournal) -> list[str]:
        assert isinstance(journal, SqlJournal)
        return values(journal)


class TestPostgresqlJournal(JournalContract):
    @pytest.fixture(autouse=True)
    def server(self, postgresql_address: str) -> None:
        self.address = postgresql_address

    @contextmanager
    def open(self, folder: Path) -> Iterator[AnyJournal]:
        with Database(Postgresql(self.address)) as database:
            yield SqlJournal(database, a_vault())

    def stored(self, journal: AnyJournal) -> list[str]:
        assert isinstance(journal, SqlJournal)
        return values(journal)

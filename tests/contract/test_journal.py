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


class TestSqliteJournal(JournalContract):
    @contextmanager
    def open(self, folder: Path) -> Iterator[AnyJournal]:
        with Database(folder / "journal.sqlite3") as database:
            yield SqlJournal(database, a_vault())


class TestPostgresqlJournal(JournalContract):
    @pytest.fixture(autouse=True)
    def server(self, postgresql_address: str) -> None:
        self.address = postgresql_address

    @contextmanager
    def open(self, folder: Path) -> Iterator[AnyJournal]:
        with Database(Postgresql(self.address)) as database:
            yield SqlJournal(database, a_vault())

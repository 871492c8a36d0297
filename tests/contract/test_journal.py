"""The SQLite journal keeps every promise of the port."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hub_core.journal.database import Database
from hub_core.journal.store import SqlJournal
from hub_core.testing.journal import AnyJournal, JournalContract


class TestSqliteJournal(JournalContract):
    @contextmanager
    def open(self, folder: Path) -> Iterator[AnyJournal]:
        with Database(folder / "journal.sqlite3") as database:
            yield SqlJournal(database)

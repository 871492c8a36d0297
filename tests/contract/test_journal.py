"""The journal keeps every promise of the port, on each engine."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any, cast

import pytest

from hub_core.journal.database import Database
from hub_core.journal.engines.postgresql import Postgresql
from hub_core.journal.store import SqlJournal
from hub_core.testing.builders import a_delivery, a_message, a_vault, an_outcome
from hub_core.testing.journal import AnyJournal, JournalContract
from hub_core.testing.journal.base import claim, send

TABLES = (
    "message",
    "content",
    "message_case",
    "message_person",
    "delivery",
    "entry",
    "refusal",
    "splitting",
    "receipt",
    "attachment",
    "filed",
    "row_key",
)


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


class InTurn:
    """Several processes' journals on one database, of which each call goes to the next."""

    def __init__(self, journals: list[SqlJournal]) -> None:
        self._journals = cycle(journals)

    def __getattr__(self, name: str) -> Any:
        return getattr(next(self._journals), name)


class TestPostgresqlJournalOfThreeNodes(TestPostgresqlJournal):
    @contextmanager
    def open(self, folder: Path) -> Iterator[AnyJournal]:
        with ExitStack() as stack:
            nodes = [stack.enter_context(Database(Postgresql(self.address))) for _ in range(3)]
            yield cast("AnyJournal", InTurn([SqlJournal(node, a_vault()) for node in nodes]))

    def stored(self, journal: AnyJournal) -> list[str]:
        return values(cast("SqlJournal", journal))

    async def test_order_holds_among_messages_of_one_commit(self, journal: AnyJournal) -> None:
        """What is handed to several nodes at once has no order of its own; it still goes out one by one."""
        messages = [a_message() for _ in range(8)]
        await asyncio.gather(
            *(journal.record(one, an_outcome(one, a_delivery(one, order_key="p1"))) for one in messages)
        )
        sent = set()
        for _ in messages:
            (claimed,) = await claim(journal)
            sent.add(claimed.delivery.message_id)
            await send(journal, claimed)
        assert sent == {message.id for message in messages}

"""Durable and grouped: while one group is committed the next one gathers; answers follow their COMMIT.

One writer thread, so that the loop reads on while the disk syncs; it was faster than a commit in the loop's own
thread, which leaves the core idle meanwhile. Journal mode WAL, synchronous FULL: COMMIT returns after fsync.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.bench.yardsticks.sealing import Sealed

_TABLE: Final = """
CREATE TABLE IF NOT EXISTS message (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    sender BLOB UNIQUE,
    received_at INTEGER NOT NULL,
    digest BLOB NOT NULL,
    envelope BLOB NOT NULL,
    body BLOB NOT NULL,
    decision BLOB NOT NULL
)"""
_PERSONS: Final = """
CREATE TABLE IF NOT EXISTS person (
    person BLOB NOT NULL,
    message INTEGER NOT NULL,
    PRIMARY KEY (person, message)
) WITHOUT ROWID"""
_MESSAGE: Final = (
    "INSERT INTO message (id, received_at, sender, digest, envelope, body, decision) VALUES {} "
    "ON CONFLICT DO NOTHING RETURNING id, seq"
)
_PERSON: Final = "INSERT INTO person (person, message) VALUES {} ON CONFLICT DO NOTHING"
MAX_ROWS: Final = 64  # of one statement
_CHECKPOINT_PAGES: Final = 4000


class Row(NamedTuple):
    """One message with what is sealed of it; the hash of its sender's id may stand only once."""

    id: str
    received_at: int
    sealed: Sealed


# Called after COMMIT with the id of the message that stands; None: the sender used the id for other content.
Answer = Callable[[str | None], None]


class Journal:
    """Rows are added one by one in the loop's thread and written in groups by the writer's."""

    def __init__(self, path: Path, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._connection = _connect(path)
        self._groups: queue.SimpleQueue[list[tuple[Row, Answer]] | None] = queue.SimpleQueue()
        self._gathering: list[tuple[Row, Answer]] = []
        self._busy = False
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()

    def add(self, row: Row, answer: Answer) -> None:
        """Write a row with its neighbours; ``answer`` is called after COMMIT, in the loop's thread."""
        self._gathering.append((row, answer))
        if len(self._gathering) == 1 and not self._busy:
            self._loop.call_soon(self._hand_over)

    def _hand_over(self) -> None:
        if self._gathering and not self._busy:
            self._busy = True
            self._groups.put(self._gathering)
            self._gathering = []

    def _write(self) -> None:
        while group := self._groups.get():
            self._connection.execute("BEGIN IMMEDIATE")
            standing: list[str | None] = []
            for start in range(0, len(group), MAX_ROWS):
                standing += self._insert([row for row, _ in group[start : start + MAX_ROWS]])
            self._connection.execute("COMMIT")
            self._loop.call_soon_threadsafe(self._settle, group, standing)

    def _settle(self, group: list[tuple[Row, Answer]], standing: list[str | None]) -> None:
        self._busy = False
        self._hand_over()
        for (_, answer), message_id in zip(group, standing, strict=True):
            answer(message_id)

    def close(self) -> None:
        """Finish what was handed over and close the file."""
        self._groups.put(None)
        self._thread.join()
        self._connection.close()

    def _insert(self, rows: list[Row]) -> list[str | None]:
        values = [(row.id, row.received_at, *row.sealed[:-1]) for row in rows]
        new = dict(self._run(_MESSAGE, values))
        persons = [(person, new[row.id]) for row in rows if row.id in new for person in row.sealed.persons]
        for start in range(0, len(persons), MAX_ROWS):
            self._run(_PERSON, persons[start : start + MAX_ROWS])
        return [row.id if row.id in new else self._first(row) for row in rows]

    def _run(self, statement: str, rows: Sequence[tuple[object, ...]]) -> list[Any]:
        filled = _filled(statement, len(rows), len(rows[0]))
        return self._connection.execute(filled, list(chain.from_iterable(rows))).fetchall()

    def _first(self, row: Row) -> str | None:
        """Return the id that was given to this message before."""
        select = "SELECT id, digest FROM message WHERE sender = ?"
        message_id, digest = self._connection.execute(select, (row.sealed.sender,)).fetchone()
        return message_id if digest == row.sealed.digest else None


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, cached_statements=2 * MAX_ROWS, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
    connection.execute(_TABLE)
    connection.execute(_PERSONS)
    return connection


@cache
def _filled(statement: str, rows: int, columns: int) -> str:
    row = f"({', '.join('?' * columns)})"
    return statement.format(", ".join([row] * rows))

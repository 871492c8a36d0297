"""Small SQL that more than one part of the journal needs.

Written by hand, in what SQLite and PostgreSQL share: through SQLAlchemy Core a statement costs five times as much,
and importing it most of the time that a command has to start (docs/decisions/002).
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, islice
from typing import Any, Final

OPEN: Final = "state IN ('ready', 'in-doubt')"  # word for word as in the conditions of the indexes
_ROWS: Final = 64  # in one statement; bounds the number of different statements that are kept compiled

Row = tuple[Any, ...]


def insert(connection: sqlite3.Connection, table: str, columns: str, rows: Iterable[Row], end: str = "") -> list[Row]:
    """Insert rows, many per statement; return what a ``RETURNING`` in ``end`` gives."""
    returned: list[Row] = []
    for chunk in _chunks(rows):
        statement = _insert_statement(table, columns, len(chunk), end)
        returned += connection.execute(statement, list(chain.from_iterable(chunk))).fetchall()
    return returned


@cache
def _insert_statement(table: str, columns: str, rows: int, end: str) -> str:
    row = f"({', '.join('?' * (columns.count(',') + 1))})"
    return f"INSERT INTO {table} ({columns}) VALUES {', '.join([row] * rows)}{end}"  # noqa: S608 - our own names


def _chunks(rows: Iterable[Row]) -> Iterator[Sequence[Row]]:
    remaining = iter(rows)
    while chunk := list(islice(remaining, _ROWS)):
        yield chunk

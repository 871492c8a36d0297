"""Small SQL that more than one part of the journal needs.

Written by hand, in what SQLite and PostgreSQL share: through SQLAlchemy Core a statement costs five times as much,
and importing it most of the time that a command has to start (docs/decisions/002).
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, islice
from typing import Any, Final, TypeVar

from hub_core.journal.engines.connection import Connection

OPEN: Final = "state IN ('ready', 'in-doubt')"  # word for word as in the conditions of the indexes
#: What other processes are told when there is something to deliver.
ADDED: Final = "deliveries"
_ROWS: Final = 64  # in one statement; bounds the number of different statements that are kept compiled

Row = tuple[Any, ...]
T = TypeVar("T")


def insert(connection: Connection, table: str, columns: str, rows: Iterable[Row], end: str = "") -> list[Row]:
    """Insert rows, many per statement; return what a ``RETURNING`` in ``end`` gives."""
    returned: list[Row] = []
    for chunk in chunks(rows):
        statement = _insert_statement(table, columns, len(chunk), end)
        returned += connection.execute(statement, list(chain.from_iterable(chunk))).fetchall()
    return returned


@cache
def _insert_statement(table: str, columns: str, rows: int, end: str) -> str:
    row = f"({marks(columns.split(','))})"
    return f"INSERT INTO {table} ({columns}) VALUES {', '.join([row] * rows)}{end}"  # noqa: S608 - our own names


def select_in(connection: Connection, statement: str, values: Iterable[Any]) -> Iterator[Row]:
    """Yield what a statement finds in whose ``IN ({})`` some values stand; of many it is run several times."""
    for chunk in chunks(values):
        yield from connection.execute(statement.format(marks(chunk)), chunk)


def marks(values: Sequence[Any]) -> str:
    """Return the places of values in a list.

    >>> marks([5, 6, 7])
    '?, ?, ?'
    """
    return ", ".join("?" * len(values))


def chunks(rows: Iterable[T]) -> Iterator[Sequence[T]]:
    """Cut into pieces that one statement takes."""
    remaining = iter(rows)
    while chunk := list(islice(remaining, _ROWS)):
        yield chunk

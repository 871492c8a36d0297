"""Numbered migrations, applied when the database is opened for writing.

A folder holds ``NNN_pre_what.sql`` and ``NNN_post_what.sql``: ``pre`` may run while the older software still works on
the database, ``post`` only when none does. One process owns an SQLite file, so both run at once there, in order. They
are written once, in SQLite's words; the other engine says them in its own.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from hub_core.errors import ConfigError
from hub_core.journal.engines.connection import Connection
from hub_core.journal.failpoints import reach

_NAME = re.compile(r"\d{3}_(pre|post)_[a-z0-9_]+\.sql")
_LOG = (
    "CREATE TABLE IF NOT EXISTS migration "
    "(family TEXT NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (family, name))"
)


class Migrations(msgspec.Struct, frozen=True):
    """The tables of one part of the hub.

    Attributes:
        family: whose tables they are, such as ``journal``.
        folder: where the files lie.
    """

    family: str
    folder: Path

    def names(self) -> list[str]:
        """Return the file names in their order."""
        return sorted(path.name for path in self.folder.iterdir() if _NAME.fullmatch(path.name))


JOURNAL = Migrations("journal", Path(__file__).parent / "migrations")


def apply(
    connection: Connection,
    families: Sequence[Migrations],
    *,
    at: int,
    older: bool = False,
    one: bool = False,
    translate: Callable[[str], str] = str,
) -> bool:
    """Run what the database has not seen yet, inside the transaction of the caller; say whether something was run.

    Args:
        connection: to a database that is ours or empty.
        families: whose tables are to be there.
        at: the present instant in microseconds.
        older: older software works on it now, so that ``post`` has to wait.
        one: only the first of them.
        translate: says a statement as the engine wants it.

    Raises:
        ConfigError: J102, a newer version has written it.
    """
    connection.execute(translate(_LOG))
    todo = [(family, name) for family, name in pending(connection, families) if is_pre(name) or not older]
    for family, name in todo[:1] if one else todo:
        for statement in statements((family.folder / name).read_text(encoding="utf-8")):
            connection.execute(translate(statement))
        reach("after-migration-before-note")
        connection.execute("INSERT INTO migration (family, name, at) VALUES (?, ?, ?)", (family.family, name, at))
    reach("after-migrations-before-commit")
    return bool(todo)


def pending(connection: Connection, families: Sequence[Migrations]) -> list[tuple[Migrations, str]]:
    """Return the migrations that the database has not seen, in their order.

    Raises:
        ConfigError: J102, it has seen one that this version does not know and cannot live with.
    """
    done = {(family, name) for family, name in connection.execute("SELECT family, name FROM migration")}
    known = [(family, name) for family in families for name in family.names()]
    of_ours = {family.family for family in families}
    newer = {pair for pair in done if pair[0] in of_ours} - {(family.family, name) for family, name in known}
    for _, name in sorted(newer):
        if not is_pre(name):
            text = f"written by a newer version: {name} is not known here"
            raise ConfigError("J102", text, mend="run the newer version")
    return [(family, name) for family, name in known if (family.family, name) not in done]


def is_pre(name: str) -> bool:
    """Say whether software that does not know this migration works with it."""
    return name[4:].startswith("pre")


def statements(script: str) -> Iterator[str]:
    """Cut a script into statements; ``executescript`` would commit on its own."""
    lines: list[str] = []
    for line in script.splitlines(keepends=True):
        lines.append(line)
        if sqlite3.complete_statement("".join(lines)):
            yield "".join(lines).strip()
            lines.clear()

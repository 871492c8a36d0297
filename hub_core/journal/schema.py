"""Numbered migrations, applied when the file is opened for writing.

A folder holds ``NNN_pre_what.sql`` and ``NNN_post_what.sql``: ``pre`` may run while the older software still works on
the file, ``post`` only when none does. One process owns an SQLite file, so both run at once there, in order.
"""

import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from hub_core.errors import ConfigError

APPLICATION_ID = 0x50554E54  # "PUNT" in the header of the file; see sqlite.org/fileformat.html, offset 68
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


def migrate(connection: sqlite3.Connection, families: Sequence[Migrations]) -> None:
    """Bring the file up to date, all or nothing.

    Raises:
        ConfigError: J102, not a file of ours, or one that a newer version has written.
    """
    check_owner(connection)
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(_LOG)
        for family, name in pending(connection, families):
            for statement in statements((family.folder / name).read_text(encoding="utf-8")):
                connection.execute(statement)
            row = (family.family, name, time.time_ns() // 1000)
            connection.execute("INSERT INTO migration (family, name, at) VALUES (?, ?, ?)", row)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise


def check_owner(connection: sqlite3.Connection) -> None:
    """See that the file is ours, or empty.

    Raises:
        ConfigError: J102.
    """
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if owner != APPLICATION_ID and tables:
        raise ConfigError("J102", "this is another program's database", mend="name another file")


def pending(connection: sqlite3.Connection, families: Sequence[Migrations]) -> list[tuple[Migrations, str]]:
    """Return the migrations that the file has not seen, in their order.

    Raises:
        ConfigError: J102, it has seen one that this version does not know.
    """
    done = set(connection.execute("SELECT family, name FROM migration"))
    known = [(family, name) for family in families for name in family.names()]
    of_ours = {family.family for family in families}
    newer = {pair for pair in done if pair[0] in of_ours} - {(family.family, name) for family, name in known}
    if newer:
        raise ConfigError(
            "J102", f"written by a newer version: {min(newer)[1]} is not known here", mend="run the newer version"
        )
    return [(family, name) for family, name in known if (family.family, name) not in done]


def statements(script: str) -> Iterator[str]:
    """Cut a script into statements; ``executescript`` would commit on its own."""
    lines: list[str] = []
    for line in script.splitlines(keepends=True):
        lines.append(line)
        if sqlite3.complete_statement("".join(lines)):
            yield "".join(lines).strip()
            lines.clear()

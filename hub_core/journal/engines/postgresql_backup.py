"""Copies of a store on PostgreSQL, by the server's own programs, at one moment that both sides agree about."""

import contextlib
import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from hub_core.errors import ConfigError
from hub_core.journal.engines.postgresql import Postgresql
from hub_core.journal.engines.postgresql_connection import PostgresqlConnection
from hub_core.security.secrets import Secret

_OF_THE_HUB: Final = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"
_NAMES: Final = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
_ROWS: Final = re.compile(rb"COPY [^ ]*?\.?([a-z_]+) \(.*\) FROM stdin;\n")
_LOOK: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_CLIP: Final = 200  # characters of what a program says
#: A copy takes as long as it takes, and who keeps its moment does nothing meanwhile, whatever limits the role has.
_UNLIMITED: Final = {"statement_timeout": "0", "idle_in_transaction_session_timeout": "0", "idle_session_timeout": "0"}


class Moment(Postgresql):
    """A store as it stood at one moment, for as long as the session that keeps the moment."""

    def __init__(self, address: str, password: Callable[[], Secret] | None, snapshot: str) -> None:
        super().__init__(address, password=password)
        self.snapshot = snapshot

    def reader(self) -> PostgresqlConnection:
        """Return a connection that sees that moment, however long it looks."""
        raw = self._connect({"default_transaction_read_only": "on", **_UNLIMITED})
        raw.patience = None
        return PostgresqlConnection(raw, begin=f"{_LOOK}; SET TRANSACTION SNAPSHOT '{self.snapshot}'")


class Server:
    """A database, and the programs that copy it."""

    def __init__(self, address: str, password: Callable[[], Secret] | None) -> None:
        """Name it; nothing is connected yet."""
        parameters: dict[str, Any] = dict(conninfo_to_dict(address))
        self._address = make_conninfo(**parameters)
        self._environ = (
            dict(os.environ) | {"LC_ALL": "C"} | ({"PGPASSWORD": password().reveal()} if password is not None else {})
        )
        self._password = password

    @contextlib.contextmanager
    def moment(self) -> Iterator[Moment]:
        """Give the store as it stands now; it stays so until the context is left.

        Raises:
            ConfigError: J102.
        """
        with _told(), self._connect() as connection:
            for name, value in _UNLIMITED.items():
                connection.execute(f"SET {name} TO {value}")
            connection.execute(_LOOK)
            (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
            yield Moment(self._address, self._password, snapshot)

    def dump(self, moment: Moment, target: Path) -> None:
        """Write everything of one moment into a file, read it, see that all rows are there.

        Raises:
            ConfigError: J122 a program is not there; J123 it failed; J120 rows are missing.
        """
        for name in ("pg_dump", "pg_restore"):
            _program(name)
        with contextlib.closing(moment.reader()) as connection:
            connection.begin()
            names = [name for (name,) in connection.execute(_NAMES)]
            counts = {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608 - our own tables
        own = ("--format=custom", "--encoding=UTF8", "--no-owner", "--no-privileges")
        self._run("pg_dump", *own, f"--snapshot={moment.snapshot}", f"--file={target}", f"--dbname={self._address}")
        if rows_in(target) != Counter(counts):
            raise ConfigError("J120", "the copy does not hold every row", where=str(target))

    def load(self, source: Path) -> None:
        """Fill an empty database, all or nothing.

        Raises:
            ConfigError: J121 it is not empty; J122 a program is not there; J123 it failed.
        """
        with self._connect() as connection:
            (tables,) = connection.execute(_OF_THE_HUB).fetchone() or (0,)
        if tables:
            raise ConfigError("J121", "the database is not empty", mend="make an empty one and name it in PUNTE_STORE")
        own = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
        self._run("pg_restore", *own, f"--dbname={self._address}", str(source))

    def _connect(self) -> "psycopg.Connection[Any]":
        password = None if self._password is None else self._password().reveal()
        with _told():
            return psycopg.connect(self._address, password=password, autocommit=True)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(  # noqa: S603 - the server's own program, found by its name
            [_program(program), *arguments], env=self._environ, capture_output=True, check=False
        )
        if done.returncode:
            said = (done.stderr.decode("utf-8", "replace").strip().splitlines() or [""])[0]
            if "version mismatch" in said:
                raise ConfigError("J122", f"the program {program} is of an older version than the server")
            raise ConfigError("J123", f"{program} failed: {said[:_CLIP]}")


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Tell of a server that goes, or never was there; its own words may hold values."""
    try:
        yield
    except psycopg.Error as error:
        text = f"the database cannot be used ({type(error).__name__})"
        raise ConfigError("J102", text, mend="see that PostgreSQL runs, then begin again") from error


def rows_in(path: Path) -> Counter[str]:
    """Return how many rows of each table a file holds, having read all of it.

    Raises:
        ConfigError: J120 it cannot be read; J122.
    """
    counts: Counter[str] = Counter()
    table = ""
    command = [_program("pg_restore"), "--data-only", "--file=-", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as reading:  # noqa: S603
        for line in reading.stdout or ():
            if table:
                table = "" if line == b"\\.\n" else table
                counts[table] += bool(table)
            elif match := _ROWS.fullmatch(line):
                table = match[1].decode()
                counts[table] += 0
    del counts[""]
    if reading.returncode:
        raise ConfigError("J120", "this is no copy of a database, or a damaged one", where=str(path))
    return counts


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise ConfigError("J122", f"the program {name} is not there")
    return found

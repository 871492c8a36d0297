"""A database of PostgreSQL, shared by the processes of one hub: any of them may be killed, the others go on.

Nothing is locked longer than a transaction. What one process holds of the deliveries is a lease by the database's
clock; see ``outbox``. Importing this module loads psycopg, so it is imported where an address asks for it.
"""

import contextlib
import hashlib
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

from hub_core.errors import ConfigError, NotThere
from hub_core.journal.engines import postgresql_faults as faults
from hub_core.journal.engines.ballast import Ballast
from hub_core.journal.engines.owning import take
from hub_core.journal.engines.postgresql_clock import DatabaseClock, WriteConnection
from hub_core.journal.engines.postgresql_connection import NotReplicated, PostgresqlConnection
from hub_core.journal.engines.postgresql_listener import Listener
from hub_core.journal.engines.postgresql_session import PATIENCE, Session, Silence
from hub_core.journal.engines.postgresql_words import declaration
from hub_core.journal.schema import Migrations, apply, is_pre, pending
from hub_core.outbox import ALL, Share
from hub_core.ports.clock import Clock
from hub_core.security.secrets import Secret

#: After which a session that was stopped in the middle of a transaction, or while it leads, lets go of what it keeps.
IDLE_TIMEOUT: Final = timedelta(seconds=5)
LOCK_TIMEOUT: Final = timedelta(seconds=7)
LOOK_TIMEOUT: Final = timedelta(seconds=7)
#: How long a migration waits for a table, and with it whoever wants to write there.
MIGRATION_LOCK_TIMEOUT: Final = timedelta(seconds=0.5)
_MIGRATION_TRIES: Final = 60
CONNECT_TIMEOUT: Final = 3  # seconds, for each server that the address names
_MIGRATING: Final = 0x50554E54  # "PUNT": the advisory lock of whoever changes the tables
_NAME: Final = "punte"
_KEEPALIVE: Final = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 8_000}
#: What every session relies on, whatever the role's defaults are: that no standby confirmed a commit is a warning.
_ALWAYS: Final = {
    "client_min_messages": "warning",
    # The server lets go of the sessions of a machine that is gone; its default is two hours.
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}


class Postgresql:
    """The engine on a server; see ``Engine``."""

    shared = True
    errors: tuple[type[Exception], ...] = (psycopg.Error, NotReplicated)
    ballast: Ballast | None = None
    moved: Callable[[], bool] | None = None

    def __init__(self, address: str, *, password: Callable[[], Secret] | None = None, home: Path | None = None) -> None:
        """Prepare; nothing is connected yet.

        Args:
            address: ``postgresql://user@host:port/database`` with libpq's parameters, without a password.
            password: of the user, where the server asks for one; read again for each session.
            home: folder on this machine that only one process may have as its own.

        Raises:
            ConfigError: R104, the address cannot be read.
        """
        try:
            self._parameters: dict[str, Any] = dict(conninfo_to_dict(address))
        except psycopg.ProgrammingError:
            raise ConfigError("R104", "PUNTE_STORE is no address of PostgreSQL", where="environment") from None
        self.where = f"postgresql://{urlsplit(address).hostname or ''}/{self._parameters.get('dbname', '')}"
        self._password = password
        self._clock = DatabaseClock()
        self.clock: Clock = self._clock
        self._home = home
        self._lock: int | None = None
        self._level = ""
        self._closed = threading.Event()
        self._listener: Listener | None = None
        self._own: set[int] = set()
        self._silence = Silence()

    def open(self, families: Sequence[Migrations]) -> None:
        """Bring the tables up to date; other processes that do so wait for each other."""
        self._level = _level(families)
        if self._home is not None:
            self._lock = take(self._home / _NAME)
        try:
            self._migrate_all(families)
        except BaseException as error:
            self.close()
            if isinstance(error, self.errors):
                raise self._unusable(error) from error
            raise

    def _migrate_all(self, families: Sequence[Migrations]) -> None:
        """Run one migration after the other. Whoever comes after one that waits has to wait, too: it gives way soon."""
        tries = _MIGRATION_TRIES
        while True:
            try:
                if not self._migrate(families):
                    return
            except self.errors as error:
                tries -= 1
                if not tries or not (faults.is_passing(error) or faults.is_locked(error)):
                    raise
                time.sleep(MIGRATION_LOCK_TIMEOUT.total_seconds())

    def _migrate(self, families: Sequence[Migrations]) -> bool:
        """Run the next migration in a transaction of its own; say whether there was one."""
        with contextlib.closing(self.writer(patience=None)) as connection:
            connection.begin()
            connection.execute("SET LOCAL lock_timeout TO 0")
            connection.execute("SELECT pg_advisory_xact_lock(?)", (_MIGRATING,))
            connection.execute(f"SET LOCAL lock_timeout TO {_milliseconds(MIGRATION_LOCK_TIMEOUT)}")
            if not connection.is_direct():
                raise ConfigError("J102", faults.POOLER.why, where=self.where, mend=faults.POOLER.mend)
            _check_owner(connection, self.where)
            older = _older_software(connection, self._level)
            ran = apply(connection, families, at=time.time_ns() // 1000, older=older, one=True, translate=declaration)
            connection.commit()
        return ran

    def check(self, families: Sequence[Migrations]) -> None:
        """See that there are tables of ours, of this version."""
        self._level = _level(families)
        try:
            with contextlib.closing(self.reader()) as connection:
                connection.begin()
                if not _tables(connection):
                    raise ConfigError("J103", "no journal here", where=self.where, mend="start the hub once")
                _check_owner(connection, self.where)
                missing = [name for _, name in pending(connection, families) if is_pre(name)]
        except self.errors as error:
            raise self._unusable(error) from error
        if missing:
            raise ConfigError("J102", "written by an older version", where=self.where, mend="start the hub once")

    def close(self) -> None:
        """Stop listening; sessions end with their connections."""
        self._closed.set()
        if self._listener is not None:
            self._listener.join()
            self._listener = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def writer(self, *, patience: float | None = PATIENCE) -> PostgresqlConnection:
        """Return a connection whose commits are on the device, and at the standby where the server asks for one.

        Args:
            patience: seconds for one statement; ``None``: as long as it takes.
        """
        options = {
            "synchronous_commit": "on",
            "idle_in_transaction_session_timeout": _milliseconds(IDLE_TIMEOUT),
            "lock_timeout": _milliseconds(LOCK_TIMEOUT),
            "statement_timeout": "0",  # the session has patience of its own; a migration takes as long as it takes
        }
        raw = self._connect(options, target_session_attrs="read-write")
        raw.patience = patience
        return WriteConnection(raw, self._clock, self._own)

    def reader(self) -> PostgresqlConnection:
        """Return a connection that sees one state per transaction and cannot write."""
        options = {
            "default_transaction_read_only": "on",
            "idle_in_transaction_session_timeout": _milliseconds(LOOK_TIMEOUT),
            "statement_timeout": _milliseconds(LOOK_TIMEOUT),
        }
        return PostgresqlConnection(self._connect(options), begin="BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def is_storage(self, error: Exception) -> bool:
        """Say whether the server or the way to it failed, and not the statement."""
        return faults.is_storage(error)

    def is_passing(self, error: Exception) -> bool:
        """Say whether another process stood in the way: a deadlock between two lines was broken up."""
        return faults.is_passing(error)

    def name_of(self, error: Exception) -> str:
        """Return the error's condition and SQLSTATE; the server's text may hold values and is left out."""
        return faults.name_of(error)

    def listen(self, told: Callable[[str], None]) -> None:
        """Call ``told`` in a thread of its own with each topic that another process announced.

        Announcements may be lost while the connection is: afterwards ``told`` is called with every topic.
        """
        self._listener = Listener(self._connect_listening, told, ended=self._closed, own=self._own)
        self._listener.start()

    @property
    def leads(self) -> bool:
        """Its listening session holds the lock of the leader."""
        return self._listener is not None and self._listener.leads

    @property
    def share(self) -> Share:
        """Counted by the listening sessions; all of it where nobody listens."""
        return ALL if self._listener is None else self._listener.share

    def _connect_listening(self) -> Session:
        # A leader that is stopped, or cut off without a word, leads no longer; one that lives asks every second.
        return self._connect({"idle_session_timeout": _milliseconds(IDLE_TIMEOUT)})

    def _connect(self, options: Mapping[str, str], **parameters: str) -> Session:
        self._silence.check()
        settings = {**_ALWAYS, **options}
        given = [self._parameters.get("options"), *(f"-c {name}={value}" for name, value in settings.items())]
        known: dict[str, Any] = {"connect_timeout": CONNECT_TIMEOUT, **_KEEPALIVE, **self._parameters, **parameters}
        known |= {"application_name": f"{_NAME} {self._level}", "options": " ".join(filter(None, given))}
        known["client_encoding"] = "UTF8"
        if self._password is not None:
            known["password"] = _revealed(self._password)
        try:
            session = Session.connect(**known, autocommit=True, cursor_factory=psycopg.RawCursor)
        except psycopg.errors.ConnectionTimeout:
            self._silence.begin()
            raise
        session.silence = self._silence
        return session

    def _unusable(self, error: Exception) -> ConfigError:
        text = f"the database cannot be used ({self.name_of(error)})"
        kind = NotThere if self.is_storage(error) else ConfigError
        return kind("J102", text, where=self.where, mend=faults.mend_of(error))


def _revealed(password: Callable[[], Secret]) -> str:
    try:
        return password().reveal()
    except ConfigError as error:
        raise psycopg.OperationalError("the password cannot be read") from error


def _milliseconds(span: timedelta) -> str:
    return str(span // timedelta(milliseconds=1))


def _level(families: Sequence[Migrations]) -> str:
    """Return a short name of the tables that this software knows; the sessions of one release share it."""
    names = [f"{family.family}/{name}" for family in families for name in family.names()]
    return hashlib.sha256(" ".join(names).encode()).hexdigest()[:8]


def _tables(connection: PostgresqlConnection) -> set[str]:
    rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    return {name for (name,) in rows}


def _check_owner(connection: PostgresqlConnection, where: str) -> None:
    """See that the database is ours, or empty.

    Raises:
        ConfigError: J102.
    """
    tables = _tables(connection)
    if tables and not {"migration", "message"} <= tables:
        raise ConfigError("J102", "this is another program's database", where=where, mend="name another database")


def _older_software(connection: PostgresqlConnection, level: str) -> bool:
    """Say whether a process with other tables in mind works on this database."""
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND application_name LIKE ? AND application_name <> ?"
    )
    return bool(connection.execute(others, (f"{_NAME} %", f"{_NAME} {level}")).fetchone()[0])

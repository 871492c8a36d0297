"""What an error of PostgreSQL says: is it the statement, or the server and the way to it, and what mends that?"""

from typing import Final, NamedTuple

import psycopg

from hub_core.journal.engines.postgresql_connection import NotReplicated
from hub_core.journal.engines.postgresql_session import Overdue, Silent

# Beside the classes of errors that speak of the server or the way to it are those of a database that is not as it was
# made: rights or tables were taken away (42501, 42P01), or a pooler gave the session to somebody else (26).
# postgresql.org/docs/current/errcodes-appendix
_STORAGE: Final = ("08", "53", "57", "58", "XX", "F0", "25006", "25P03", "55P03", "28", "3D000", "42501", "42P01", "26")
_PASSING: Final = ("40001", "40P01")
_LOCK_NOT_AVAILABLE: Final = "55P03"


class _Known(NamedTuple):
    """What is wrong, in our own words: the server's may hold values."""

    why: str
    mend: str


_FULL: Final = _Known(
    "no connection is left", "raise max_connections or the role's CONNECTION LIMIT, or end who holds them"
)
_READ_ONLY: Final = _Known(
    "the server only reads", "name the primary, too, or see default_transaction_read_only and whether it is a standby"
)
POOLER: Final = _Known("a pooler stands before the server", "name the server itself in PUNTE_STORE")
# Our own errors have no name of the server's: these words stand for them.
_OURS: Final[dict[type[Exception], _Known]] = {
    NotReplicated: _Known("no standby confirmed it", "start the standby, or change synchronous_standby_names"),
    Overdue: _Known(
        "the server lives, but did not end it in time", "see whether its standby answers, and whether somebody locks"
    ),
    Silent: _Known("the server does not answer", "see that PostgreSQL runs, and what lies on the way to it"),
}
_STATES: Final = {
    "25006": _READ_ONLY,
    "42501": _Known("a right is missing", "let the hub's role own its tables: ALTER TABLE ... OWNER TO"),
    "42P01": _Known("a table is missing", "see search_path of the hub's role, or put a backup back"),
    "53100": _Known("the server's device is full", "make room there"),
    "53300": _FULL,
}
# Of a connection that was never made there is no SQLSTATE, only what libpq or the server said, if it speaks English.
_SAID: Final = {
    "too many": _FULL,
    "connection slots are": _FULL,
    "read-only": _READ_ONLY,
    "password cannot be read": _Known("its password cannot be read", "see the file that PUNTE_STORE_PASSWORD names"),
    "password": _Known("it does not take the password", "see PUNTE_STORE_PASSWORD, and the role's password"),
    "pg_hba.conf": _Known("it lets nobody in from here", "see pg_hba.conf of the server"),
    "the database system is": _Known("it starts, stops or recovers", "wait; see the server's log"),
    "startup parameter": POOLER,
    "does not exist": _Known("there is no such database or role", "see PUNTE_STORE, docs/how-to/run-on-postgresql.md"),
    "timeout": _Known("nothing answers there", "see that PostgreSQL runs, and what lies on the way to it"),
    "refused": _Known("nobody listens there", "see that PostgreSQL runs, and PUNTE_STORE"),
    "No such file": _Known("nobody listens there", "see that PostgreSQL runs, and PUNTE_STORE"),
}


def is_storage(error: Exception) -> bool:
    """Say whether the server or the way to it failed, and not the statement."""
    if isinstance(error, NotReplicated):
        return True
    state = _state(error)
    if state is None:  # libpq's own: the connection broke or was never made
        return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return state.startswith(_STORAGE)


def is_passing(error: Exception) -> bool:
    """Say whether another process stood in the way: a deadlock between two lines was broken up."""
    return _state(error) in _PASSING


def is_locked(error: Exception) -> bool:
    """Say whether somebody else kept a table for longer than was waited."""
    return _state(error) == _LOCK_NOT_AVAILABLE


def name_of(error: Exception) -> str:
    """Return the error's condition, SQLSTATE and why; the server's text may hold values and is left out."""
    if (own := _OURS.get(type(error))) is not None:
        return own.why
    state, known = _state(error), _known(error)
    name = type(error).__name__ if state is None else f"{type(error).__name__} {state}"
    return name if known is None else f"{name}: {known.why}"


def mend_of(error: Exception) -> str:
    """Return what mends it."""
    known = _known(error)
    return "see that PostgreSQL runs and that its user may log in" if known is None else known.mend


def _known(error: Exception) -> _Known | None:
    if (own := _OURS.get(type(error))) is not None:
        return own
    state = _state(error)
    if state is not None:
        return _STATES.get(state)
    text = str(error)
    return next((known for said, known in _SAID.items() if said in text), None)


def _state(error: Exception) -> str | None:
    state: str | None = getattr(error, "sqlstate", None)
    return state

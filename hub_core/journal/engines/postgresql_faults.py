"""What an error of PostgreSQL says: is it the statement, or the server and the way to it?"""

from typing import Final

import psycopg

from hub_core.journal.engines.postgresql_connection import NotReplicated

# Beside the classes of errors that speak of the server or the way to it are those of a database that is not as it was
# made: rights or tables were taken away (42501, 42P01), or a pooler gave the session to somebody else (26).
# postgresql.org/docs/current/errcodes-appendix
_STORAGE: Final = ("08", "53", "57", "58", "XX", "F0", "25006", "25P03", "55P03", "28", "3D000", "42501", "42P01", "26")
_PASSING: Final = ("40001", "40P01")
_LOCK_NOT_AVAILABLE: Final = "55P03"


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
    """Return the error's condition and SQLSTATE; the server's text may hold values and is left out."""
    state = _state(error)
    return type(error).__name__ if state is None else f"{type(error).__name__} {state}"


def _state(error: Exception) -> str | None:
    state: str | None = getattr(error, "sqlstate", None)
    return state

"""Which SQLite errors speak of the file or the device, not of the command; those mean: try later."""

import sqlite3
from datetime import timedelta
from typing import Final

from hub_core.errors import TryLater

_STORAGE: Final = frozenset(  # primary result codes, sqlite.org/rescode.html
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOTADB,
    }
)


def is_storage(error: sqlite3.Error) -> bool:
    """Say whether the file or the device failed, and not the statement."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF in _STORAGE


def name_of(error: Exception) -> str:
    """Return SQLite's name of the error, such as ``SQLITE_FULL``, or the exception's."""
    return str(getattr(error, "sqlite_errorname", type(error).__name__))


def unavailable(text: str) -> TryLater:
    """Return the error for a caller whose write or read did not happen."""
    return TryLater("J503", text, where="journal", after=timedelta(seconds=5))

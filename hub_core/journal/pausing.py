"""Endpoints that operators hold back, and what waits at each endpoint.

Reasons belong to no message and are not sealed: numbers of persons in them are masked before they are written.
"""

# ruff: noqa: S608 - what is put into SQL here are names of our own; values are always bound

from datetime import datetime
from typing import Final

from hub_core.journal.engines.connection import Connection
from hub_core.journal.engines.statements import ADDED, OPEN
from hub_core.journal.entries import Queue
from hub_core.journal.instants import from_micros, to_micros
from hub_core.journal.readers import Readers
from hub_core.outbox import Pause
from hub_core.security.masking import mask_numbers

_SHOWN: Final = 50
_NONE: Final = (0, 0)
# What stands behind a doubt of its order key waits for the same person; what lies in an open file waits for that.
_OLDEST: Final = (
    "SELECT endpoint, min(seq) FROM (SELECT endpoint, seq FROM delivery WHERE ready_at IS NOT NULL UNION ALL "
    "SELECT f.endpoint, d.seq FROM filed f JOIN delivery d ON d.filed_seq = f.seq "
    f"WHERE f.contents IS NOT NULL AND {OPEN}) AS going GROUP BY endpoint"
)
_FAILED: Final = (
    f"SELECT m.id FROM (SELECT message_seq, settled_at FROM delivery WHERE endpoint = ? AND {OPEN} "
    "AND code IS NOT NULL UNION ALL "
    "SELECT message_seq, settled_at FROM delivery WHERE endpoint = ? AND state = 'parked' AND superseded = 0"
    ") AS failed JOIN message m ON m.seq = failed.message_seq ORDER BY failed.settled_at DESC LIMIT 1"
)
_PAUSE: Final = "endpoint, at, actor, reason, until, resumed_at, resumed_by, resumed_reason"


class EndpointView:
    """The part of ``JournalView`` that is about endpoints."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    def queues(self) -> list[Queue]:
        """Return what is not settled for good, by endpoint."""
        with self._readers.read() as connection:
            return _queues(connection)

    def failed_last(self, endpoint: str) -> str | None:
        """Return the message whose attempt at an endpoint failed last, of what is not settled for good."""
        with self._readers.read() as connection:
            row = connection.execute(_FAILED, (endpoint, endpoint)).fetchone()
        return None if row is None else row[0]

    def pauses(self, endpoint: str | None = None) -> list[Pause]:
        """Return the pauses that nobody ended, or the last ones of an endpoint, newest first."""
        with self._readers.read() as connection:
            return _history(connection, endpoint)


def pause(connection: Connection, begun: Pause) -> None:
    """Write a pause down; one that nobody ended ends with it."""
    at = to_micros(begun.at)
    connection.execute(
        "UPDATE endpoint_pause SET resumed_at = ?, resumed_by = ?, resumed_reason = 'paused anew' "
        "WHERE endpoint = ? AND resumed_at IS NULL",
        (at, begun.by, begun.endpoint),
    )
    until = None if begun.until is None else to_micros(begun.until)
    connection.execute(
        "INSERT INTO endpoint_pause (endpoint, at, actor, reason, until) VALUES (?, ?, ?, ?, ?)",
        (begun.endpoint, at, begun.by, mask_numbers(begun.reason), until),
    )


def resume(connection: Connection, endpoint: str, *, at: datetime, by: str, reason: str) -> bool:
    """End a pause; say whether one was in force."""
    micros = to_micros(at)
    row = connection.execute(
        "UPDATE endpoint_pause SET resumed_at = ?, resumed_by = ?, resumed_reason = ? "
        "WHERE endpoint = ? AND resumed_at IS NULL AND (until IS NULL OR until > ?) RETURNING 1",
        (micros, by, mask_numbers(reason), endpoint, micros),
    ).fetchone()
    connection.announce(ADDED)
    return row is not None


def pauses(connection: Connection) -> dict[str, int | None]:
    """Return until when endpoints are paused, in microseconds; ``None``: until somebody resumes them."""
    return dict(connection.execute("SELECT endpoint, until FROM endpoint_pause WHERE resumed_at IS NULL").fetchall())


def _history(connection: Connection, endpoint: str | None) -> list[Pause]:
    """Return the pauses that nobody ended, or the last ones of one endpoint, newest first."""
    which, values = "resumed_at IS NULL ORDER BY endpoint", []
    if endpoint is not None:
        which, values = f"endpoint = ? ORDER BY seq DESC LIMIT {_SHOWN}", [endpoint]
    rows = connection.execute(f"SELECT {_PAUSE} FROM endpoint_pause WHERE {which}", values)
    return [
        Pause(
            endpoint=name,
            at=from_micros(at),
            by=by,
            reason=reason,
            until=from_micros(until),
            resumed_at=from_micros(resumed_at),
            resumed_by=resumed_by,
            resumed_reason=resumed_reason,
        )
        for name, at, by, reason, until, resumed_at, resumed_by, resumed_reason in rows
    ]


def _queues(connection: Connection) -> list[Queue]:
    """Return what is not settled for good, by endpoint; the many are counted in indexes alone."""
    waiting = _by_endpoint(connection, OPEN)
    in_doubt = _by_endpoint(connection, "state = 'in-doubt' AND ready_at IS NULL", "min(settled_at)")
    parked = _by_endpoint(connection, "state = 'parked' AND superseded = 0")
    since = "SELECT created_at FROM delivery WHERE seq = ?"
    oldest = {
        name: connection.execute(since, (seq,)).fetchone()[0] for name, seq in connection.execute(_OLDEST).fetchall()
    }
    return [
        Queue(
            endpoint=name,
            waiting=waiting.get(name, _NONE)[0],
            oldest=from_micros(oldest.get(name)),
            in_doubt=in_doubt.get(name, _NONE)[0],
            in_doubt_since=from_micros(in_doubt[name][1]) if name in in_doubt else None,
            parked=parked.get(name, _NONE)[0],
        )
        for name in sorted(waiting.keys() | parked.keys())
    ]


def _by_endpoint(connection: Connection, which: str, more: str = "0") -> dict[str, tuple[int, int]]:
    rows = connection.execute(f"SELECT endpoint, count(*), {more} FROM delivery WHERE {which} GROUP BY endpoint")
    return {name: (count, number) for name, count, number in rows}

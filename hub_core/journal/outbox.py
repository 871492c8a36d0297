"""Deliveries that wait: adding them, keeping the order of a key, giving them out, taking them back.

Of the open deliveries of one endpoint with one order key, one has a time (``ready_at``) at which it may be claimed; the
others have none until it is settled for good. A parked delivery counts as settled: it lets the next one pass, because
an operator may need days, and the partner gets the newer state meanwhile. One that is tried again joins the line anew.
"""

# ruff: noqa: S608 - what is put into SQL here are names of our own; values are always bound

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from hub_core.journal.instants import from_micros, to_micros
from hub_core.journal.outcomes import record_in
from hub_core.journal.statements import OPEN, Row, insert
from hub_core.message import Claimed, Delivery, DeliveryState

_DELIVERY: Final = "id, message_seq, route, endpoint, order_key, created_at, due_at, ready_at, state"
_LOST: Final = "the worker ended before its answer"


def add_deliveries(connection: sqlite3.Connection, added: Sequence[tuple[int, datetime, Delivery]]) -> None:
    """Add deliveries: number of the message, when it was decided, the delivery."""
    taken: dict[tuple[str, str], bool] = {}
    rows = []
    for number, created_at, delivery in added:
        due = to_micros(delivery.due_at)
        ready: int | None = due
        if delivery.order_key is not None:
            line = (delivery.endpoint, delivery.order_key)
            if taken.get(line) or line_is_taken(connection, *line):
                ready = None
            taken[line] = True
        rows.append(
            (
                delivery.id,
                number,
                delivery.route,
                delivery.endpoint,
                delivery.order_key,
                to_micros(created_at),
                due,
                ready,
                DeliveryState.READY,
            )
        )
    insert(connection, "delivery", _DELIVERY, rows)


def line_is_taken(connection: sqlite3.Connection, endpoint: str, order_key: str) -> bool:
    """Say whether a delivery of this endpoint and key is still open."""
    found = connection.execute(
        f"SELECT 1 FROM delivery WHERE endpoint = ? AND order_key = ? AND {OPEN} LIMIT 1", (endpoint, order_key)
    )
    return found.fetchone() is not None


def release_line(connection: sqlite3.Connection, endpoint: str, order_key: str | None) -> None:
    """Let the next delivery of a key pass."""
    if order_key is not None:
        connection.execute(
            f"UPDATE delivery SET ready_at = due_at WHERE ready_at IS NULL AND seq = "
            f"(SELECT min(seq) FROM delivery WHERE endpoint = ? AND order_key = ? AND {OPEN})",
            (endpoint, order_key),
        )


def endpoints_waiting(connection: sqlite3.Connection) -> list[str]:
    """Return the endpoints that have something to claim, now or later: one index step each, however long the queue."""
    found: list[str] = []
    step = "SELECT endpoint FROM delivery WHERE ready_at IS NOT NULL AND endpoint > ? ORDER BY endpoint LIMIT 1"
    while row := connection.execute(step, (found[-1] if found else "",)).fetchone():
        found.append(row[0])
    return found


def next_due(connection: sqlite3.Connection, *, besides: Collection[str]) -> datetime | None:
    """Return when the next delivery may be claimed, leaving out some endpoints."""
    first = "SELECT min(ready_at) FROM delivery WHERE endpoint = ? AND ready_at IS NOT NULL"
    waiting = [name for name in endpoints_waiting(connection) if name not in besides]
    times = [connection.execute(first, (name,)).fetchone()[0] for name in waiting]
    return from_micros(min(times, default=None))


def claim(
    connection: sqlite3.Connection,
    *,
    limit: int,
    lease: timedelta,
    now: datetime,
    per_endpoint: int | None,
    held: Mapping[str, int],
) -> list[Claimed]:
    """Take due deliveries, oldest first, and mark them as held until ``now + lease``."""
    at, until = to_micros(now), now + lease
    due: list[Row] = []
    for endpoint in endpoints_waiting(connection):
        room = limit if per_endpoint is None else min(limit, per_endpoint - held.get(endpoint, 0))
        if room > 0:
            due += connection.execute(
                "SELECT ready_at, seq, lease_until FROM delivery "
                "WHERE endpoint = ? AND ready_at IS NOT NULL AND ready_at <= ? ORDER BY ready_at, seq LIMIT ?",
                (endpoint, at, room),
            ).fetchall()
    claimed = []
    for _, seq, lease_until in sorted(due, key=lambda row: row[:2])[:limit]:
        if lease_until is not None:
            note_lost(connection, [seq], now=now)
        claimed.append(_take(connection, seq, at=at, until=until))
    return claimed


def take_back(connection: sqlite3.Connection, *, now: datetime) -> int:
    """Take back everything that is held, as in doubt; return how many."""
    held = [seq for (seq,) in connection.execute("SELECT seq FROM delivery WHERE lease_until IS NOT NULL")]
    note_lost(connection, held, now=now)
    connection.execute(
        "UPDATE delivery SET state = ?, ready_at = ?, lease_until = NULL WHERE lease_until IS NOT NULL",
        (DeliveryState.IN_DOUBT, to_micros(now)),
    )
    return len(held)


def note_lost(connection: sqlite3.Connection, deliveries: Sequence[int], *, now: datetime) -> None:
    """Write into the history that an attempt has no known end: the partner may have the message."""
    for seq in deliveries:
        connection.execute(
            "INSERT INTO entry (message_seq, at, step, actor, code, detail, delivery_seq, attempt, started_at) "
            "SELECT message_seq, ?, 'in-doubt', 'hub', 'D103', ?, seq, attempts, claimed_at "
            "FROM delivery WHERE seq = ?",
            (to_micros(now), _LOST, seq),
        )


def _take(connection: sqlite3.Connection, seq: int, *, at: int, until: datetime) -> Claimed:
    micros = to_micros(until)
    connection.execute(
        "UPDATE delivery SET attempts = attempts + 1, fence = fence + 1, "
        "claimed_at = ?, lease_until = ?, ready_at = ?, "
        "state = CASE WHEN lease_until IS NULL THEN state ELSE 'in-doubt' END WHERE seq = ?",
        (at, micros, micros, seq),
    )
    row = connection.execute(
        "SELECT d.id, m.id, d.route, d.endpoint, d.order_key, d.due_at, d.attempts, d.fence, c.outcome, "
        "m.correlation_id, m.party, m.service FROM delivery d JOIN message m ON m.seq = d.message_seq "
        "JOIN content c ON c.message_seq = d.message_seq WHERE d.seq = ?",
        (seq,),
    ).fetchone()
    return Claimed(
        delivery=Delivery(
            id=row[0], message_id=row[1], route=row[2], endpoint=row[3], order_key=row[4], due_at=from_micros(row[5])
        ),
        attempt=row[6],
        fence=row[7],
        lease_until=until,
        record=record_in(row[8]),
        correlation_id=row[9],
        party=row[10],
        service=row[11],
    )

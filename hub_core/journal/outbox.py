"""Deliveries that wait: which are due, giving them out, taking them back; who is next of a key: ``ordering``."""

# ruff: noqa: S608 - what is put into SQL here are names of our own; values are always bound

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Final, NamedTuple

from hub_core.journal.bodies import Contents, Vault
from hub_core.journal.engines.connection import Connection
from hub_core.journal.engines.statements import Row, chunks, marks
from hub_core.journal.failpoints import reach
from hub_core.journal.instants import from_micros, to_micros
from hub_core.journal.outcomes import record_in
from hub_core.journal.pausing import pauses
from hub_core.message import Delivery, DeliveryState
from hub_core.outbox import Claimed

_RENEWED_AFTER: Final = 0.25  # of a lease: a busy worker looks many times a second, and each renewal is written
# From one endpoint to the next by the index, without looking at what waits there.
_WAITING: Final = (
    "WITH RECURSIVE waiting (endpoint) AS (SELECT min(endpoint) FROM delivery WHERE ready_at IS NOT NULL UNION ALL "
    "SELECT (SELECT min(d.endpoint) FROM delivery d WHERE d.ready_at IS NOT NULL AND d.endpoint > w.endpoint) "
    "FROM waiting w WHERE w.endpoint IS NOT NULL) "
    "SELECT w.endpoint, (SELECT min(d.ready_at) FROM delivery d WHERE d.endpoint = w.endpoint "
    "AND d.ready_at IS NOT NULL) FROM waiting w WHERE w.endpoint IS NOT NULL"
)
_LOST: Final = "the worker ended before its answer"
#: Attempts in a row that no worker outlived, from which on a delivery is suspected to end workers.
SUSPECT: Final = 2
_COUNTED: Final = 3  # of such attempts
_PUT_OFF: Final = timedelta(seconds=0.2)  # for a suspect, while another one is tried
_ENDS: Final = "SELECT detail FROM entry WHERE delivery_seq = ? AND attempt IS NOT NULL ORDER BY seq DESC LIMIT ?"


class Held(NamedTuple):
    """A claimed delivery as it lies in the database; ``opened`` gives what a worker takes."""

    id: str
    message_id: str
    route: str
    endpoint: str
    order_key: bytes | None
    due_at: int
    attempt: int
    fence: int
    outcome: bytes
    sealed: int
    envelope: bytes
    party: str
    service: str
    created_at: int
    state: str
    lease_until: datetime
    lost: int

    def opened(self, vault: Vault) -> Claimed:
        """Return the delivery with the record that it carries.

        Raises:
            Rejected: J115. ConfigError: J113.
        """
        envelope = vault.open(self.message_id, self.envelope)
        contents = Contents(self.message_id, envelope)
        delivery = Delivery(
            id=self.id,
            message_id=self.message_id,
            route=self.route,
            endpoint=self.endpoint,
            order_key=contents.order_key(self.order_key),
            due_at=from_micros(self.due_at),
        )
        return Claimed(
            delivery=delivery,
            attempt=self.attempt,
            fence=self.fence,
            lease_until=self.lease_until,
            since=from_micros(self.created_at),
            in_doubt=self.state == DeliveryState.IN_DOUBT,
            record=record_in(contents.read(b"outcome", self.outcome, sealed=self.sealed)),
            correlation_id=envelope.correlation_id,
            party=self.party,
            service=self.service,
            trace=envelope.trace,
            lost=self.lost,
        )


def endpoints_waiting(connection: Connection) -> dict[str, int]:
    """Return the endpoints that have something to claim, to when, in microseconds: now or later.

    One index step each, however long the queue.
    """
    return dict(connection.execute(_WAITING).fetchall())


def next_due(connection: Connection, *, besides: Collection[str]) -> datetime | None:
    """Return when the next delivery may be claimed, leaving out some endpoints."""
    paused = pauses(connection)
    times = []
    for name, ready in endpoints_waiting(connection).items():
        until = paused.get(name, 0)
        if name not in besides and until is not None:
            times.append(max(until, ready))
    return from_micros(min(times, default=None))


def claim(
    connection: Connection,
    *,
    limit: int,
    lease: timedelta,
    now: datetime,
    rooms: Mapping[str, int],
    held: Collection[Claimed],
) -> list[Held]:
    """Keep what the caller holds, then take due deliveries, oldest first; both are held until ``now + lease``.

    What was held in several ends of a worker in a row is suspected to be their cause, and given out one at a time: so
    only the one that is it goes on losing attempts.
    """
    at, until = to_micros(now), now + lease
    _renew(connection, held, until=to_micros(until), before=to_micros(until - lease * _RENEWED_AFTER))
    due = connection.due(_open(connection, at=at, limit=limit, rooms=rooms), at)
    taken = sorted(due, key=lambda row: row[:2])[:limit]
    note_lost(connection, [seq for _, seq, lease_until, *_ in taken if lease_until is not None], now=now)
    doubted = [
        seq
        for _, seq, lease_until, attempts, state in taken
        if attempts >= SUSPECT and (lease_until is not None or state == DeliveryState.IN_DOUBT)
    ]
    lost = {seq: _lost_in_a_row(connection, seq) for seq in doubted}
    suspects = [seq for seq, times in lost.items() if times >= SUSPECT]
    waiting = suspects if any(claimed.lost >= SUSPECT for claimed in held) else suspects[1:]
    _put_back(connection, waiting, ready_at=to_micros(now + _PUT_OFF))
    numbers = {seq: lost.get(seq, 0) for _, seq, *_ in taken if seq not in waiting}
    leased = _take(connection, numbers, at=at, until=until)
    if leased:
        reach("after-lease-before-commit")
    return leased


def _open(connection: Connection, *, at: int, limit: int, rooms: Mapping[str, int]) -> dict[str, int]:
    """Return the endpoints of which something may be taken now, to how many."""
    paused = pauses(connection)
    room_of = {}
    for endpoint, ready in endpoints_waiting(connection).items() if limit else ():
        room = min(limit, rooms.get(endpoint, limit))
        pause = paused.get(endpoint, 0)
        if room > 0 and ready <= at and pause is not None and pause <= at:
            room_of[endpoint] = room
    return room_of


def take_back(connection: Connection, *, now: datetime, everything: bool) -> int:
    """Take back, as in doubt, what is held: all of it, or only what has a lease that ended; return how many."""
    at = to_micros(now)
    ended = "lease_until IS NOT NULL" if everything else f"lease_until <= {at}"
    # What is held has a time, and an index: no start looks through all that was ever sent.
    some = f"SELECT seq FROM delivery WHERE ready_at IS NOT NULL AND {ended}{connection.for_me}"
    held = [seq for (seq,) in connection.execute(some)]
    note_lost(connection, held, now=now)
    _put_back(connection, held, ready_at=at)
    _bring_near(connection, at)
    return len(held)


def _bring_near(connection: Connection, at: int) -> None:
    """Let what a clock put off that was ahead wait from now on; it would wait for years once the clock is mended."""
    written = "coalesce(settled_at, created_at)"
    some = f"SELECT seq FROM delivery WHERE ready_at > ? AND lease_until IS NULL AND {written} > ?{connection.for_me}"
    ahead = [seq for (seq,) in connection.execute(some, (at, at))]
    for chunk in chunks(ahead):
        connection.execute(
            f"UPDATE delivery SET due_at = ready_at - {written} + ?, ready_at = ready_at - {written} + ? "
            f"WHERE seq IN ({marks(chunk)})",
            (at, at, *chunk),
        )


def _put_back(connection: Connection, deliveries: Sequence[int], *, ready_at: int) -> None:
    for chunk in chunks(deliveries):
        connection.execute(
            f"UPDATE delivery SET state = ?, ready_at = ?, lease_until = NULL WHERE seq IN ({marks(chunk)})",
            (DeliveryState.IN_DOUBT, ready_at, *chunk),
        )


def _lost_in_a_row(connection: Connection, delivery: int) -> int:
    """Return how many of the last attempts, at most ``_COUNTED``, no worker outlived."""
    ends = [detail for (detail,) in connection.execute(_ENDS, (delivery, _COUNTED))]
    return next((at for at, detail in enumerate(ends) if detail != _LOST), len(ends))


def note_lost(connection: Connection, deliveries: Sequence[int], *, now: datetime) -> None:
    """Write into the history that an attempt has no known end: the partner may have the message."""
    for seq in deliveries:
        connection.execute(
            "INSERT INTO entry (message_seq, at, step, actor, code, detail, delivery_seq, attempt, started_at) "
            "SELECT message_seq, ?, 'in-doubt', 'hub', 'D103', ?, seq, attempts, claimed_at "
            "FROM delivery WHERE seq = ?",
            (to_micros(now), _LOST, seq),
        )


def _renew(connection: Connection, held: Collection[Claimed], *, until: int, before: int) -> None:
    """Hold on to what is held until ``until``, where the lease ends earlier than ``before``.

    The fence keeps this from what was given to somebody else meanwhile.
    """
    for chunk in chunks((claimed.delivery.id, claimed.fence) for claimed in held):
        pairs = ", ".join(["(?, ?)"] * len(chunk))
        connection.execute(
            f"UPDATE delivery SET lease_until = ?, ready_at = ? "
            f"WHERE (id, fence) IN (VALUES {pairs}) AND lease_until < ?",
            (until, until, *chain.from_iterable(chunk), before),
        )


def _take(connection: Connection, numbers: Mapping[int, int], *, at: int, until: datetime) -> list[Held]:
    """Lease deliveries: by number, how many of their attempts were lost in a row."""
    micros = to_micros(until)
    rows: dict[int, Row] = {}
    for chunk in chunks(numbers):
        connection.execute(
            "UPDATE delivery SET attempts = attempts + 1, fence = fence + 1, "
            "claimed_at = ?, lease_until = ?, ready_at = ?, "
            f"state = CASE WHEN lease_until IS NULL THEN state ELSE 'in-doubt' END WHERE seq IN ({marks(chunk)})",
            (at, micros, micros, *chunk),
        )
        found = connection.execute(
            "SELECT d.seq, d.id, m.id, d.route, d.endpoint, d.order_key_sealed, d.due_at, d.attempts, d.fence, "
            "coalesce(d.outcome, c.outcome), CASE WHEN d.outcome IS NULL THEN c.sealed ELSE 1 END, "
            "m.envelope, m.party, m.service, d.created_at, d.state "
            "FROM delivery d JOIN message m ON m.seq = d.message_seq "
            f"JOIN content c ON c.message_seq = d.message_seq WHERE d.seq IN ({marks(chunk)})",
            chunk,
        )
        rows |= {row[0]: row[1:] for row in found}
    return [Held._make((*rows[number], until, lost)) for number, lost in numbers.items()]

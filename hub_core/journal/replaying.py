"""Delivering a decided message again: anew, or under the keys that the partner knows already."""

# ruff: noqa: S608 - what is put into SQL here are names of our own; values are always bound

from collections.abc import Sequence
from typing import Final

from hub_core.errors import Rejected
from hub_core.journal.bodies import OrderKey, Vault
from hub_core.journal.engines.connection import Connection, Line
from hub_core.journal.engines.statements import ADDED, OPEN
from hub_core.journal.entries import Replay
from hub_core.journal.failpoints import reach
from hub_core.journal.instants import to_micros
from hub_core.journal.ordering import add_deliveries, lines_taken, release_line
from hub_core.journal.outcomes import decode_outcome, encode_outcome
from hub_core.journal.readers import Readers
from hub_core.journal.settling import note, purged, refresh_state, row_of
from hub_core.message import Delivery, DeliveryState, Entry, Outcome

PURGED: Final = "J410"
BY_THIS_REPLAY: Final = "J415"
ON_ITS_WAY: Final = "J416"
IN_DOUBT: Final = "J417"


class ReplayView:
    """The part of ``JournalView`` that a replay is decided by."""

    _readers: Readers
    _vault: Vault

    def latest(self, message_id: str) -> Outcome | None:
        """Return what was decided last: by a replay, or first; ``None``: no such message."""
        with self._readers.read() as connection:
            row = connection.execute(
                "SELECT m.envelope, coalesce(d.outcome, c.outcome), "
                "CASE WHEN d.outcome IS NULL THEN c.sealed ELSE 1 END "
                "FROM message m JOIN content c ON c.message_seq = m.seq LEFT JOIN delivery d ON d.seq = "
                "(SELECT max(seq) FROM delivery WHERE message_seq = m.seq AND outcome IS NOT NULL) WHERE m.id = ?",
                (message_id,),
            ).fetchone()
        if row is None:
            return None
        envelope, outcome, sealed = row
        return decode_outcome(self._vault.contents(message_id, envelope).read(b"outcome", outcome, sealed=sealed))

    def hindered(self, replay: Replay) -> str | None:
        """Return the code that says why a replay would leave its message alone; ``None``: it would not."""
        with self._readers.read() as connection:
            return _hindered(connection, row_of(connection, replay.entry.message_id)[0], replay)


def replay(connection: Connection, replays: Sequence[Replay], vault: Vault) -> list[str | None]:
    """Deliver messages again, in this order; return for each why it was left alone, or ``None``.

    Raises:
        Rejected: J404 no such message; J410 the contents of one are purged just now.
    """
    _hold_lines(connection, replays, vault)
    codes = [_replay(connection, one, vault) for one in replays]
    reach("after-redeliver-before-commit")
    return codes


def redeliver(
    connection: Connection, deliveries: Sequence[Delivery], entry: Entry, vault: Vault, outcome: Outcome | None
) -> None:
    """Add deliveries, or try parked ones again under their own ids, and say who asked for it.

    Raises:
        Rejected: J404 no such message; J410 its contents were purged; J412 a delivery of that id is not parked.
    """
    note(connection, entry, vault, delivery=deliveries[0].id if len(deliveries) == 1 else None)
    reach("after-note-before-redeliver")
    for delivery in deliveries:
        message, envelope = row_of(connection, delivery.message_id)
        # After the note: whoever purges it at this time lets its row go by now.
        if not _has_contents(connection, message):
            raise purged(delivery.message_id)
        known = connection.execute("SELECT state, message_seq FROM delivery WHERE id = ?", (delivery.id,)).fetchone()
        if known is None:
            _replace(connection, message, delivery, envelope, vault, outcome, at=to_micros(entry.at))
        elif known == (DeliveryState.PARKED, message):
            _reopen(connection, delivery)
        else:
            raise Rejected("J412", "the delivery is not parked", where=delivery.id)
        refresh_state(connection, message)
    reach("after-redeliver-before-commit")


def _replay(connection: Connection, replay: Replay, vault: Vault) -> str | None:
    message, envelope = row_of(connection, replay.entry.message_id)
    if (code := _hindered(connection, message, replay)) is not None:
        return code
    if not note(connection, replay.entry, vault, act=replay.id):
        return BY_THIS_REPLAY
    if not _has_contents(connection, message):  # purged since, see redeliver
        raise purged(replay.entry.message_id)
    reach("after-note-before-redeliver")
    for delivery in replay.deliveries:
        known = connection.execute("SELECT state FROM delivery WHERE id = ?", (delivery.id,)).fetchone()
        if known is None:
            _replace(connection, message, delivery, envelope, vault, replay.outcome, at=to_micros(replay.entry.at))
        else:
            _reopen(connection, delivery)
    refresh_state(connection, message)
    return None


def _hindered(connection: Connection, message: int, replay: Replay) -> str | None:
    """Say what stands against a replay: it was done, or the partner may have a delivery that is not settled."""
    done = connection.execute("SELECT 1 FROM entry WHERE message_seq = ? AND act = ?", (message, replay.id)).fetchone()
    if done:
        return BY_THIS_REPLAY
    if not _has_contents(connection, message):
        return PURGED
    endpoints = {delivery.endpoint for delivery in replay.deliveries}
    unsettled = connection.execute(
        f"SELECT endpoint, state, lease_until FROM delivery WHERE message_seq = ? AND {OPEN}", (message,)
    )
    rows = [(state, lease) for endpoint, state, lease in unsettled if endpoint in endpoints]
    if any(state == DeliveryState.READY or lease is not None for state, lease in rows):
        return ON_ITS_WAY
    return IN_DOUBT if rows and not replay.also_in_doubt else None


def _has_contents(connection: Connection, message: int) -> bool:
    return connection.execute("SELECT 1 FROM content WHERE message_seq = ?", (message,)).fetchone() is not None


def _hold_lines(connection: Connection, replays: Sequence[Replay], vault: Vault) -> None:
    """Hold every line that is going to be held, at once: two that replay wait for each other in one order."""
    lines: set[Line] = set()
    for replay in replays:
        message, envelope = row_of(connection, replay.entry.message_id)
        contents = vault.contents(replay.entry.message_id, envelope)
        keys = [(one.endpoint, vault.order_key(contents, one.order_key).token) for one in replay.deliveries]
        rows = connection.execute("SELECT endpoint, order_key FROM delivery WHERE message_seq = ?", (message,))
        lines |= {(endpoint, key) for endpoint, key in [*keys, *rows.fetchall()] if key is not None}
    connection.hold(lines)


def _replace(
    connection: Connection,
    message: int,
    delivery: Delivery,
    envelope: bytes,
    vault: Vault,
    outcome: Outcome | None,
    *,
    at: int,
) -> None:
    """Add a delivery in the place of what was given up or is in doubt at its endpoint; also in its line."""
    contents = vault.contents(delivery.message_id, envelope)
    key = vault.order_key(contents, delivery.order_key)
    held = _superseded(connection, message, delivery.endpoint, key)
    add_deliveries(connection, [(message, at, delivery, key)])
    if held:
        connection.execute("UPDATE delivery SET ready_at = due_at WHERE id = ?", (delivery.id,))
    if outcome is not None:
        sealed = contents.seal(b"outcome", encode_outcome(outcome))
        connection.execute("UPDATE delivery SET outcome = ? WHERE id = ?", (sealed, delivery.id))


def _superseded(connection: Connection, message: int, endpoint: str, key: OrderKey) -> bool:
    """Take what was given up or is in doubt out of its line; say whether it held the line of this key."""
    of_endpoint = (message, endpoint)
    parked = "message_seq = ? AND endpoint = ? AND state = 'parked'"
    doubtful = "message_seq = ? AND endpoint = ? AND state = 'in-doubt' AND lease_until IS NULL"
    held = connection.execute(f"SELECT order_key FROM delivery WHERE {parked} AND holds = 1", of_endpoint).fetchall()
    connection.execute(f"UPDATE delivery SET superseded = 1, holds = 0 WHERE {parked}", of_endpoint)
    # What is in doubt was claimed once, so it is the first of its line.
    doubted = connection.execute(
        f"UPDATE delivery SET state = 'parked', superseded = 1, ready_at = NULL WHERE {doubtful} RETURNING order_key",
        of_endpoint,
    ).fetchall()
    lines = {line for (line,) in (*held, *doubted) if line is not None}
    for line in sorted(lines - {key.token}):
        release_line(connection, endpoint, line)
    return key.token in lines


def _reopen(connection: Connection, delivery: Delivery) -> None:
    """Send a delivery again: same id, so the same idempotency key; attempts and age are counted anew.

    Of one that went in a file the next file has a row.
    """
    due = to_micros(delivery.due_at)
    state, endpoint, order_key, holds = connection.execute(
        "SELECT state, endpoint, order_key, holds FROM delivery WHERE id = ?", (delivery.id,)
    ).fetchone()
    line = [] if order_key is None else [(endpoint, order_key)]
    connection.hold(line)
    first = holds or state == DeliveryState.IN_DOUBT
    waits = not first and bool(lines_taken(connection, line))
    connection.execute(
        "UPDATE delivery SET state = 'ready', created_at = ?, due_at = ?, ready_at = ?, attempts = 0, "
        "settled_at = NULL, superseded = 0, holds = 0, filed_seq = NULL, filed_line = NULL WHERE id = ?",
        (due, due, None if waits else due, delivery.id),
    )
    connection.announce(ADDED)

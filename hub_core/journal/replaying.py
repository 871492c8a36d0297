"""Delivering a decided message again: anew, or under the keys that the partner knows already."""

# ruff: noqa: S608 - what is put into SQL here are names of our own; values are always bound

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from hub_core.errors import Rejected
from hub_core.journal.bodies import Contents, OrderKey, Vault
from hub_core.journal.engines.connection import Connection, Line
from hub_core.journal.engines.statements import ADDED, OPEN, Row, select_in
from hub_core.journal.failpoints import reach
from hub_core.journal.instants import to_micros
from hub_core.journal.ordering import add_deliveries, lines_taken, release_line
from hub_core.journal.outcomes import decode_outcome, encode_outcome
from hub_core.journal.readers import Readers
from hub_core.journal.replays import Replay
from hub_core.journal.settling import (
    MessageKey,
    deliveries_of,
    note,
    note_all,
    purged,
    refresh,
    refresh_state,
    row_of,
    rows_of,
)
from hub_core.journal.whole import LAST
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
                f"FROM message m JOIN content c ON c.message_seq = m.seq {LAST} WHERE m.id = ?",
                (message_id,),
            ).fetchone()
        if row is None:
            return None
        envelope, outcome, sealed = row
        return decode_outcome(self._vault.contents(message_id, envelope).read(b"outcome", outcome, sealed=sealed))

    def hindered(self, replays: Sequence[Replay]) -> list[str | None]:
        """Return for each replay the code that says why it would leave its message alone; ``None``: it would not."""
        with self._readers.read() as connection:
            return _hindered(connection, replays, _rows(connection, replays))


def replay(connection: Connection, replays: Sequence[Replay], vault: Vault) -> list[str | None]:
    """Deliver messages again, in this order; return for each why it was left alone, or ``None``.

    Raises:
        Rejected: J404 no such message; J410 the contents of one are purged just now.
    """
    rows = _rows(connection, replays)
    _hold_lines(connection, replays, rows, vault)
    codes = [code for some in _apart(replays) for code in _replay(connection, some, rows, vault)]
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
        if not _with_contents(connection, [message]):
            raise purged(delivery.message_id)
        known = connection.execute("SELECT state, message_seq FROM delivery WHERE id = ?", (delivery.id,)).fetchone()
        if known is None:
            contents = vault.contents(delivery.message_id, envelope)
            _replace(connection, [_new(message, delivery, contents, vault, outcome, at=to_micros(entry.at))])
        elif known == (DeliveryState.PARKED, message):
            _reopen(connection, delivery)
        else:
            raise Rejected("J412", "the delivery is not parked", where=delivery.id)
        refresh_state(connection, message)
    reach("after-redeliver-before-commit")


def _rows(connection: Connection, replays: Sequence[Replay]) -> dict[str, MessageKey]:
    return rows_of(connection, [one.entry.message_id for one in replays])


def _apart(replays: Sequence[Replay]) -> Iterator[Sequence[Replay]]:
    """Yield them in parts in which no message comes twice: the second has to see what became of the first."""
    some: dict[str, Replay] = {}
    for one in replays:
        if one.entry.message_id in some:
            yield [*some.values()]
            some = {}
        some[one.entry.message_id] = one
    yield [*some.values()]


def _replay(
    connection: Connection, replays: Sequence[Replay], rows: Mapping[str, MessageKey], vault: Vault
) -> list[str | None]:
    codes = _hindered(connection, replays, rows)
    free = [one for one, code in zip(replays, codes, strict=True) if code is None]
    noted = note_all(connection, [(one.entry, one.id) for one in free], rows, vault)
    begun = [one for one in free if rows[one.entry.message_id].number in noted]
    there = _with_contents(connection, noted)
    if gone := next((one for one in begun if rows[one.entry.message_id].number not in there), None):
        raise purged(gone.entry.message_id)  # since, see redeliver
    reach("after-note-before-redeliver")
    deliveries = [delivery for one in begun for delivery in one.deliveries]
    known = {
        found
        for (found,) in select_in(connection, "SELECT id FROM delivery WHERE id IN ({})", [it.id for it in deliveries])
    }
    _replace(connection, [new for one in begun for new in _new_of(one, rows[one.entry.message_id], vault, known)])
    for delivery in deliveries:
        if delivery.id in known:
            _reopen(connection, delivery)
    refresh(connection, sorted(noted))
    done = {one.entry.message_id for one in begun}
    return [
        code or (None if one.entry.message_id in done else BY_THIS_REPLAY)
        for one, code in zip(replays, codes, strict=True)
    ]


def _hindered(connection: Connection, replays: Sequence[Replay], rows: Mapping[str, MessageKey]) -> list[str | None]:
    """Say what stands against replays: they were done, or the partner may have a delivery that is not settled."""
    numbers = [row.number for row in rows.values()]
    acts = "SELECT message_seq, act FROM entry WHERE act IS NOT NULL AND message_seq IN ({})"
    open_ = f"SELECT message_seq, endpoint, state, lease_until FROM delivery WHERE {OPEN} AND message_seq IN ({{}})"
    done, there = {*select_in(connection, acts, numbers)}, _with_contents(connection, numbers)
    unsettled: dict[Any, list[Row]] = defaultdict(list)
    for number, endpoint, state, lease in select_in(connection, open_, numbers):
        unsettled[number, endpoint].append((state, lease))

    def code_of(one: Replay) -> str | None:
        number = rows[one.entry.message_id].number
        if (number, one.id) in done:
            return BY_THIS_REPLAY
        if number not in there:
            return PURGED
        found = [how for endpoint in {it.endpoint for it in one.deliveries} for how in unsettled[number, endpoint]]
        if any(state == DeliveryState.READY or lease is not None for state, lease in found):
            return ON_ITS_WAY
        return IN_DOUBT if found and not one.also_in_doubt else None

    return [code_of(one) for one in replays]


def _with_contents(connection: Connection, numbers: Iterable[int]) -> set[int]:
    """Return those of some messages whose contents were not purged."""
    return {
        number
        for (number,) in select_in(connection, "SELECT message_seq FROM content WHERE message_seq IN ({})", numbers)
    }


def _hold_lines(
    connection: Connection, replays: Sequence[Replay], rows: Mapping[str, MessageKey], vault: Vault
) -> None:
    """Hold every line that is going to be held, at once: two that replay wait for each other in one order."""
    numbers = [row.number for row in rows.values()]
    held = "SELECT endpoint, order_key FROM delivery WHERE order_key IS NOT NULL AND message_seq IN ({})"
    lines: set[Line] = {*select_in(connection, held, numbers), *map(deliveries_of, numbers)}
    for delivery in (it for one in replays for it in one.deliveries):
        if delivery.order_key is not None:
            lines.add((delivery.endpoint, vault.token("order", delivery.order_key)))
    connection.hold(lines)


class _New(NamedTuple):
    """A delivery that is going to be added.

    Attributes:
        message: number of its message.
        at: when it was decided.
        outcome: sealed, where it carries another than was decided first.
    """

    message: int
    at: int
    delivery: Delivery
    key: OrderKey
    outcome: bytes | None


def _new(
    message: int, delivery: Delivery, contents: Contents, vault: Vault, outcome: Outcome | None, *, at: int
) -> _New:
    sealed = None if outcome is None else contents.seal(b"outcome", encode_outcome(outcome))
    return _New(message, at, delivery, vault.order_key(contents, delivery.order_key), sealed)


def _new_of(replay: Replay, row: MessageKey, vault: Vault, known: Collection[str]) -> Iterator[_New]:
    contents, at = vault.contents(replay.entry.message_id, row.envelope), to_micros(replay.entry.at)
    for delivery in replay.deliveries:
        if delivery.id not in known:
            yield _new(row.number, delivery, contents, vault, replay.outcome, at=at)


def _replace(connection: Connection, added: Sequence[_New]) -> None:
    """Add deliveries, each in the place of what was given up or is in doubt at its endpoint; also in its line.

    They are added first: what is replaced keeps its line from the others until then.
    """
    add_deliveries(connection, [(new.message, new.at, new.delivery, new.key) for new in added])
    unsent = "SELECT message_seq, endpoint FROM delivery WHERE state IN ('parked', 'in-doubt') AND message_seq IN ({})"
    replaced = {*select_in(connection, unsent, {new.message for new in added})}
    for new in added:
        endpoint, its_id = new.delivery.endpoint, new.delivery.id
        if (new.message, endpoint) in replaced and _superseded(connection, new.message, endpoint, new.key):
            connection.execute("UPDATE delivery SET ready_at = due_at WHERE id = ?", (its_id,))
        if new.outcome is not None:
            connection.execute("UPDATE delivery SET outcome = ? WHERE id = ?", (new.outcome, its_id))


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

"""How attempts end, and what operators do afterwards; a message's state follows from its deliveries."""

# ruff: noqa: S608 - what is put into SQL here are names of our own; values are always bound

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from hub_core.errors import Rejected
from hub_core.journal.bodies import Told, Vault
from hub_core.journal.engines.connection import Connection, Line
from hub_core.journal.engines.statements import ADDED, Row, chunks, insert, marks, select_in
from hub_core.journal.entries import REJECTED
from hub_core.journal.failpoints import reach
from hub_core.journal.instants import to_micros
from hub_core.journal.ordering import let_pass, release_line
from hub_core.message import DeliveryState, Entry
from hub_core.outbox import Settlement

_STEPS: Final = {
    DeliveryState.READY: "failed",
    DeliveryState.IN_DOUBT: "in-doubt",
    DeliveryState.SENT: "sent",
    DeliveryState.PARKED: "parked",
}
_CLOSED: Final = frozenset({DeliveryState.SENT, DeliveryState.PARKED})
_ENTRY: Final = "message_seq, at, step, actor, code, detail, told, delivery_seq, attempt, started_at"


class MessageKey(NamedTuple):
    """By what a message is known in this file, and what opens it."""

    number: int
    envelope: bytes


class _Ended(NamedTuple):
    """What was settled: its line in the history, and the line in which others wait behind it."""

    entry: Row
    line: Line | None


def settle(connection: Connection, items: Sequence[tuple[Settlement, Vault]]) -> list[bool]:
    """Write how attempts ended, but for what somebody else holds by now; say for each whether it was written."""
    told = _told(connection, items)
    settled = [_end(connection, *item, said) for item, said in zip(items, told, strict=True)]
    reach("after-settlement-before-history")
    ended = [(row, settlement) for row, (settlement, _) in zip(settled, items, strict=True) if row is not None]
    insert(connection, "entry", _ENTRY, [row.entry for row, _ in ended])
    reach("after-history-before-release")
    closed = [(row, settlement) for row, settlement in ended if settlement.state in _CLOSED]
    lines = [row.line for row, it in closed if row.line is not None and not it.holds]
    messages = sorted({row.entry[0] for row, _ in closed})
    connection.hold([*lines, *map(deliveries_of, messages)])
    let_pass(connection, lines)
    refresh(connection, messages)
    return [row is not None for row in settled]


def _end(connection: Connection, settlement: Settlement, vault: Vault, told: bytes | None) -> _Ended | None:
    """Write how one attempt ended; ``None``: somebody else holds the delivery."""
    receipt = None if settlement.reference is None else vault.token("receipt", settlement.reference)
    at = to_micros(settlement.at)
    due = None if settlement.due_at is None else to_micros(settlement.due_at)
    row = connection.execute(
        "UPDATE delivery SET state = ?, due_at = coalesce(?, due_at), ready_at = ?, lease_until = NULL, "
        "settled_at = ?, code = ?, detail = '', reference = NULL, told = ?, receipt = ?, "
        "holds = CASE WHEN order_key IS NULL THEN 0 ELSE ? END, rule = ? "
        "WHERE id = ? AND fence = ? AND lease_until IS NOT NULL "
        "RETURNING seq, message_seq, endpoint, order_key, attempts, claimed_at",
        (
            settlement.state,
            due,
            due,
            at,
            settlement.code,
            told,
            receipt,
            int(settlement.holds),
            settlement.rule,
            settlement.delivery_id,
            settlement.fence,
        ),
    ).fetchone()
    if row is None:
        return None
    seq, message, endpoint, order_key, attempts, claimed_at = row
    step = _STEPS[settlement.state]
    entry = (message, at, step, "hub", settlement.code, "", told, seq, attempts, claimed_at)
    return _Ended(entry, None if order_key is None else (endpoint, order_key))


def settle_doubt(connection: Connection, delivery_id: str, entry: Entry, vault: Vault, *, sent: bool) -> None:
    """Write down what a person found out about a delivery in doubt; nobody is sending it meanwhile.

    Raises:
        Rejected: J404 no such message; J413 no delivery of that id is in doubt.
    """
    note(connection, entry, vault, delivery=delivery_id)
    at = to_micros(entry.at)
    state, ready = (DeliveryState.SENT, None) if sent else (DeliveryState.READY, at)
    row = connection.execute(
        "UPDATE delivery SET state = ?, due_at = ?, ready_at = ?, settled_at = ?, code = NULL "
        "WHERE id = ? AND message_seq = ? AND state = 'in-doubt' AND lease_until IS NULL "
        "RETURNING message_seq, endpoint, order_key",
        (state, at, ready, at, delivery_id, number_of(connection, entry.message_id)),
    ).fetchone()
    if row is None:
        raise Rejected("J413", "the delivery is not in doubt", where=delivery_id)
    message, endpoint, order_key = row
    reach("after-doubt-before-release")
    if sent:
        release_line(connection, endpoint, order_key)
    else:
        connection.announce(ADDED)
    refresh_state(connection, message)


def note(connection: Connection, entry: Entry, vault: Vault, *, delivery: str | None = None) -> None:
    """Add a line to the history, perhaps about one delivery.

    Raises:
        Rejected: J404.
    """
    number, envelope = row_of(connection, entry.message_id)
    told = vault.contents(entry.message_id, envelope).tell(Told(entry.detail))
    connection.execute(
        "INSERT INTO entry (message_seq, at, step, actor, code, detail, told, delivery_seq) "
        "VALUES (?, ?, ?, ?, ?, '', ?, (SELECT seq FROM delivery WHERE id = ? AND message_seq = ?))",
        (number, to_micros(entry.at), entry.step, entry.by, entry.code, told, delivery, number),
    )


def note_all(
    connection: Connection, noted: Iterable[tuple[Entry, str]], rows: Mapping[str, MessageKey], vault: Vault
) -> set[int]:
    """Add lines to the histories of messages; return the numbers of those that had none of this act already."""
    written = (
        (
            rows[entry.message_id].number,
            to_micros(entry.at),
            entry.step,
            entry.by,
            entry.code,
            "",
            vault.contents(entry.message_id, rows[entry.message_id].envelope).tell(Told(entry.detail)),
            act,
        )
        for entry, act in noted
    )
    columns, new_only = (
        "message_seq, at, step, actor, code, detail, told, act",
        " ON CONFLICT DO NOTHING RETURNING message_seq",
    )
    return {number for (number,) in insert(connection, "entry", columns, written, new_only)}


def split(connection: Connection, entry: Entry, vault: Vault) -> None:
    """Write down that all rows of a file are kept; once it is, again changes nothing.

    Raises:
        Rejected: J404.
    """
    number = number_of(connection, entry.message_id)
    if connection.execute("DELETE FROM splitting WHERE message_seq = ? RETURNING 1", (number,)).fetchone():
        note(connection, entry, vault)


def number_of(connection: Connection, message_id: str) -> int:
    """Return the number of a message in this file.

    Raises:
        Rejected: J404.
    """
    return row_of(connection, message_id)[0]


def purged(message_id: str) -> Rejected:
    """Return the error for a message whose contents are no longer there."""
    return Rejected("J410", "its contents were purged", where=message_id)


def row_of(connection: Connection, message_id: str) -> MessageKey:
    """Return the number of a message in this file, and its envelope.

    Raises:
        Rejected: J404.
    """
    return rows_of(connection, [message_id])[message_id]


def rows_of(connection: Connection, message_ids: Sequence[str]) -> dict[str, MessageKey]:
    """Return the numbers of messages in this file, and their envelopes.

    Raises:
        Rejected: J404.
    """
    rows = select_in(connection, "SELECT id, seq, envelope FROM message WHERE id IN ({})", message_ids)
    found = {message_id: MessageKey(*row) for message_id, *row in rows}
    for message_id in message_ids:
        if message_id not in found:
            raise no_such(message_id)
    return found


def no_such(message_id: str) -> Rejected:
    """Return the error for a message that is not there."""
    return Rejected("J404", "no such message", where=message_id)


def _told(connection: Connection, items: Sequence[tuple[Settlement, Vault]]) -> list[bytes | None]:
    """Seal what partners said; ``None`` where that is nothing, or the message's envelope does not open."""
    said = [Told(one.detail, one.reference, one.course) for one, _ in items]
    speaking = [one.delivery_id for (one, _), it in zip(items, said, strict=True) if it != Told()]
    envelopes: dict[str, Row] = {}
    for chunk in chunks(speaking):
        rows = connection.execute(
            "SELECT d.id, m.id, m.envelope FROM delivery d JOIN message m ON m.seq = d.message_seq "
            f"WHERE d.id IN ({marks(chunk)})",
            chunk,
        )
        envelopes |= {row[0]: row[1:] for row in rows}
    told: list[bytes | None] = []
    for (settlement, vault), it in zip(items, said, strict=True):
        sealed = None
        if envelope := envelopes.get(settlement.delivery_id):
            with contextlib.suppress(Rejected):
                sealed = vault.contents(*envelope).tell(it)
        told.append(sealed)
    return told


def refresh_state(connection: Connection, message: int) -> None:
    """Write where a message stands by its deliveries."""
    connection.hold([deliveries_of(message)])
    refresh(connection, [message])


def deliveries_of(message: int) -> Line:
    """Return what is held while a message's state is written: of two at once each would see the other's as open."""
    return "\0message", str(message)


def refresh(connection: Connection, messages: Sequence[int]) -> None:
    """Write where messages stand by their deliveries.

    Parked if one was given up, delivering while one is open, delivered if one was sent. Otherwise people closed them
    all: refused if one of them was closed as that, else accepted.
    """
    for chunk in chunks(messages):
        connection.execute(
            "UPDATE message SET state = standing.state FROM (SELECT m.seq, CASE "
            "WHEN max(CASE WHEN d.state = 'parked' AND d.superseded = 0 THEN 1 END) = 1 THEN 'parked' "
            "WHEN max(CASE WHEN d.state IN ('ready', 'in-doubt') THEN 1 END) = 1 THEN 'delivering' "
            "WHEN max(CASE WHEN d.state = 'sent' THEN 1 END) = 1 THEN 'delivered' "
            "WHEN max(CASE WHEN d.state = 'parked' AND d.code = ? THEN 1 END) = 1 THEN 'refused' "
            "ELSE 'accepted' END AS state FROM message m LEFT JOIN delivery d ON d.message_seq = m.seq "
            f"WHERE m.seq IN ({marks(chunk)}) GROUP BY m.seq) AS standing "
            "WHERE message.seq = standing.seq AND message.state <> standing.state",
            (REJECTED, *chunk),
        )

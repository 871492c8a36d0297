"""How attempts end, and what operators do afterwards; a message's state follows from its deliveries."""

# ruff: noqa: S608 - what is put into SQL here are names of our own; values are always bound

from typing import Final

from hub_core.errors import Rejected
from hub_core.journal.bodies import Vault
from hub_core.journal.connection import Connection
from hub_core.journal.entries import REJECTED
from hub_core.journal.failpoints import reach
from hub_core.journal.instants import to_micros
from hub_core.journal.outbox import release_line
from hub_core.journal.statements import ADDED, OPEN
from hub_core.message import DeliveryState, Entry, Settlement

_STEPS: Final = {
    DeliveryState.READY: "failed",
    DeliveryState.IN_DOUBT: "in-doubt",
    DeliveryState.SENT: "sent",
    DeliveryState.PARKED: "parked",
}


def settle(connection: Connection, settlement: Settlement, vault: Vault) -> bool:
    """Write how an attempt ended, unless somebody else holds the delivery by now."""
    told = _told(connection, settlement, vault)
    at = to_micros(settlement.at)
    due = None if settlement.due_at is None else to_micros(settlement.due_at)
    row = connection.execute(
        "UPDATE delivery SET state = ?, due_at = coalesce(?, due_at), ready_at = ?, lease_until = NULL, "
        "settled_at = ?, code = ?, detail = '', reference = NULL, told = ?, "
        "holds = CASE WHEN order_key IS NULL THEN 0 ELSE ? END "
        "WHERE id = ? AND fence = ? AND lease_until IS NOT NULL "
        "RETURNING seq, message_seq, endpoint, order_key, attempts, claimed_at",
        (
            settlement.state,
            due,
            due,
            at,
            settlement.code,
            told,
            int(settlement.holds),
            settlement.delivery_id,
            settlement.fence,
        ),
    ).fetchone()
    if row is None:
        return False
    seq, message, endpoint, order_key, attempts, claimed_at = row
    reach("after-settlement-before-history")
    connection.execute(
        "INSERT INTO entry (message_seq, at, step, actor, code, detail, told, delivery_seq, attempt, started_at) "
        "VALUES (?, ?, ?, 'hub', ?, '', ?, ?, ?, ?)",
        (message, at, _STEPS[settlement.state], settlement.code, told, seq, attempts, claimed_at),
    )
    reach("after-history-before-release")
    if settlement.state in {DeliveryState.SENT, DeliveryState.PARKED}:
        if not settlement.holds:
            release_line(connection, endpoint, order_key)
        refresh_state(connection, message)
    return True


def settle_doubt(connection: Connection, delivery_id: str, entry: Entry, vault: Vault, *, sent: bool) -> None:
    """Write down what a person found out about a delivery in doubt; nobody is sending it meanwhile.

    Raises:
        Rejected: J404 no such message; J413 no delivery of that id is in doubt.
    """
    note(connection, entry, vault)
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


def note(connection: Connection, entry: Entry, vault: Vault, *, act: str | None = None) -> bool:
    """Add a line to the history; False: the message has one of this act already.

    Raises:
        Rejected: J404.
    """
    number, envelope = row_of(connection, entry.message_id)
    told = vault.contents(entry.message_id, envelope).tell(entry.detail) if entry.detail else None
    written = connection.execute(
        "INSERT INTO entry (message_seq, at, step, actor, code, detail, told, act) VALUES (?, ?, ?, ?, ?, '', ?, ?) "
        "ON CONFLICT DO NOTHING RETURNING 1",
        (number, to_micros(entry.at), entry.step, entry.by, entry.code, told, act),
    )
    return written.fetchone() is not None


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


def row_of(connection: Connection, message_id: str) -> tuple[int, bytes]:
    """Return the number of a message in this file, and its envelope.

    Raises:
        Rejected: J404.
    """
    row = connection.execute("SELECT seq, envelope FROM message WHERE id = ?", (message_id,)).fetchone()
    if row is None:
        raise Rejected("J404", "no such message", where=message_id)
    return int(row[0]), row[1]


def _told(connection: Connection, settlement: Settlement, vault: Vault) -> bytes | None:
    """Seal what the partner said; ``None`` if that is nothing, or the message's envelope does not open."""
    if not settlement.detail and settlement.reference is None:
        return None
    row = connection.execute(
        "SELECT m.id, m.envelope FROM delivery d JOIN message m ON m.seq = d.message_seq WHERE d.id = ?",
        (settlement.delivery_id,),
    ).fetchone()
    if row is None:
        return None
    try:
        return vault.contents(*row).tell(settlement.detail, settlement.reference)
    except Rejected:
        return None


def refresh_state(connection: Connection, message: int) -> None:
    """Write where a message stands by its deliveries.

    Parked if one was given up, delivering while one is open, delivered if one was sent. Otherwise people closed them
    all: refused if one of them was closed as that, else accepted.
    """
    parked, still_open, sent, refused = connection.execute(
        "SELECT coalesce(max(CASE WHEN state = 'parked' AND superseded = 0 THEN 1 END), 0), "
        f"coalesce(max(CASE WHEN {OPEN} THEN 1 END), 0), coalesce(max(CASE WHEN state = 'sent' THEN 1 END), 0), "
        "coalesce(max(CASE WHEN state = 'parked' AND code = ? THEN 1 END), 0) FROM delivery WHERE message_seq = ?",
        (REJECTED, message),
    ).fetchone()
    standing = (("parked", parked), ("delivering", still_open), ("delivered", sent), ("refused", refused))
    state = next((name for name, holds in standing if holds), "accepted")
    connection.execute("UPDATE message SET state = ? WHERE seq = ? AND state <> ?", (state, message, state))

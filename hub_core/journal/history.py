"""The history of a message and its deliveries, as the journal's reading side shows them."""

# ruff: noqa: S608 - what is put into SQL here are names of our own; values are always bound

from typing import Final

from hub_core.errors import Rejected
from hub_core.journal.bodies import Contents, Told, Vault
from hub_core.journal.engines.connection import Connection
from hub_core.journal.engines.statements import Row
from hub_core.journal.entries import Attempt, DeliveryRow, Kept
from hub_core.journal.instants import from_micros
from hub_core.journal.readers import Readers
from hub_core.journal.settling import number_of
from hub_core.journal.whole import delivery_of
from hub_core.message import DeliveryState, Entry, Outcome, Severity, State

_DELIVERY: Final = (
    "seq, id, route, endpoint, order_key_sealed, due_at, state, attempts, lease_until, settled_at, code, superseded, "
    "told, detail, reference"
)


class HistoryView:
    """The part of ``JournalView`` that is about what happened to one message."""

    _readers: Readers
    _vault: Vault

    def message(self, message_id: str) -> Kept | None:
        """Return a message and its decision; the journal's view does."""
        raise NotImplementedError

    def entries(self, message_id: str) -> list[Entry]:
        """Return a message's history, oldest first: its arrival, its decision, then what was written down.

        Raises:
            Rejected: J404.
        """
        kept = self.message(message_id)
        if kept is None:
            raise Rejected("J404", "no such message", where=message_id)
        with self._readers.read() as connection:
            contents = self._contents(connection, message_id)
            rows = connection.execute(
                "SELECT e.at, e.step, e.actor, e.code, e.detail, e.told, d.endpoint, e.attempt, e.started_at, e.act "
                "FROM entry e LEFT JOIN delivery d ON d.seq = e.delivery_seq WHERE e.message_seq = ? ORDER BY e.seq",
                (number_of(connection, message_id),),
            ).fetchall()
        later = [_entry(message_id, contents.told(row[5]), row) for row in rows]
        if kept.purged_at is not None:
            place = sum(entry.at <= kept.purged_at for entry in later)
            later.insert(place, Entry(message_id=message_id, at=kept.purged_at, step="purged"))
        return [*_beginning(kept), *later]

    def deliveries(self, message_id: str) -> list[DeliveryRow]:
        """Return a message's deliveries with their attempts, in the order they were added.

        Raises:
            Rejected: J404.
        """
        with self._readers.read() as connection:
            number = number_of(connection, message_id)
            rows = connection.execute(
                f"SELECT {_DELIVERY} FROM delivery WHERE message_seq = ? ORDER BY seq", (number,)
            ).fetchall()
            contents = self._contents(connection, message_id)
            return [
                _delivery(message_id, row, contents, _attempts(connection, number, row[0], contents)) for row in rows
            ]

    def first_in_line(self, delivery_id: str) -> str | None:
        """Return the message whose delivery a delivery waits behind; ``None``: it is the first of its order key."""
        with self._readers.read() as connection:
            row = connection.execute(
                "SELECT m.id FROM delivery d JOIN delivery o ON o.endpoint = d.endpoint AND o.order_key = d.order_key "
                "AND o.seq <> d.seq JOIN message m ON m.seq = o.message_seq WHERE d.id = ? AND d.state = 'ready' "
                "AND d.ready_at IS NULL AND (o.holds = 1 OR o.ready_at IS NOT NULL OR o.state = 'in-doubt') "
                "ORDER BY o.seq LIMIT 1",
                (delivery_id,),
            ).fetchone()
        return None if row is None else row[0]

    def _contents(self, connection: Connection, message_id: str) -> Contents:
        (envelope,) = connection.execute("SELECT envelope FROM message WHERE id = ?", (message_id,)).fetchone()
        return self._vault.contents(message_id, envelope)


def _beginning(kept: Kept) -> list[Entry]:
    """Return the two lines that every message has; they stand in its own row."""
    message, outcome = kept.message, kept.outcome
    refused = outcome.state is State.REFUSED
    decided = Entry(
        message_id=message.id,
        at=message.decided_at,
        step="refused" if refused else "decided",
        code=_first_error(outcome) if refused else None,
        detail=outcome.mapping or "",
    )
    return [Entry(message_id=message.id, at=message.received_at, step="received"), decided]


def _entry(message_id: str, said: Told, row: Row) -> Entry:
    at, step, by, code, detail, _, endpoint, attempt, began, replay = row
    return Entry(
        message_id=message_id,
        at=from_micros(at),
        step=step,
        by=by,
        code=code,
        detail=detail or said.detail,
        endpoint=endpoint,
        attempt=attempt,
        began=from_micros(began),
        course=said.course,
        replay=replay,
    )


def _first_error(outcome: Outcome) -> str | None:
    return next((finding.code for finding in outcome.findings if finding.severity is Severity.ERROR), None)


def _attempts(connection: Connection, message_seq: int, delivery_seq: int, contents: Contents) -> tuple[Attempt, ...]:
    rows = connection.execute(
        "SELECT attempt, started_at, at, step, code, detail, told FROM entry "
        "WHERE message_seq = ? AND delivery_seq = ? AND attempt IS NOT NULL ORDER BY seq",
        (message_seq, delivery_seq),
    )
    return tuple(
        Attempt(
            number=number,
            started_at=from_micros(started),
            ended_at=from_micros(ended),
            step=step,
            code=code,
            detail=text or contents.told(told).detail,
        )
        for number, started, ended, step, code, text, told in rows
    )


def _delivery(message_id: str, row: Row, contents: Contents, history: tuple[Attempt, ...]) -> DeliveryRow:
    told = said(contents, *row[12:])
    return DeliveryRow(
        delivery=delivery_of(message_id, row[1:6], contents),
        state=DeliveryState(row[6]),
        attempts=row[7],
        lease_until=from_micros(row[8]),
        settled_at=from_micros(row[9]),
        code=row[10],
        detail=told.detail,
        reference=told.reference,
        superseded=bool(row[11]),
        history=history,
    )


def said(contents: Contents, told: bytes | None, detail: str, reference: str | None) -> Told:
    """Return what a partner said: sealed, or as an older version has written it."""
    return Told(detail, reference) if told is None else contents.told(told)

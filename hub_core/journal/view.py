"""The journal's reading side: lists, one message, its history, its deliveries, its numbers."""

# ruff: noqa: S608 - what is put into SQL here are names of our own; values are always bound

from typing import Final

from hub_core.errors import Rejected
from hub_core.journal.bodies import unseal
from hub_core.journal.connection import Connection
from hub_core.journal.entries import Attempt, Counts, DeliveryRow, Filter, Kept, MessageRow, Parked, Rows
from hub_core.journal.instants import from_micros, to_micros
from hub_core.journal.outcomes import open_outcome
from hub_core.journal.readers import Readers
from hub_core.journal.settling import number_of
from hub_core.journal.statements import OPEN, Row
from hub_core.message import Delivery, DeliveryState, Entry, Outcome, Receipt, Refusal, Severity, State

_COLUMNS: Final = (
    "m.id, m.endpoint, m.party, m.service, m.purpose, m.sender_id, m.correlation_id, m.received_at, m.media_type, "
    "m.digest, m.registry_set, m.state, m.decided_at, m.mapping, m.document, m.codes, m.line, "
    "(SELECT group_concat(number, char(31)) FROM message_case WHERE message_seq = m.seq)"
)
_SEPARATOR: Final = chr(31)  # between case numbers: the unit separator of ASCII stands in none
_CONDITIONS: Final = {  # field of Filter to the condition it sets
    "state": "m.state = ?",
    "party": "m.party = ?",
    "endpoint": "m.endpoint = ?",
    "since": "m.received_at >= ?",
    "until": "m.received_at < ?",
    "sender_id": "m.sender_id = ?",
    "case": "m.seq IN (SELECT message_seq FROM message_case WHERE number = ?)",
    "correlation_id": "m.correlation_id = ? AND m.correlation_id <> m.id",
    "before": "m.seq < (SELECT seq FROM message WHERE id = ?)",
    "after": "m.seq > (SELECT seq FROM message WHERE id = ?)",
}
_CODE: Final = "(m.codes LIKE ? OR m.seq IN (SELECT message_seq FROM delivery WHERE code = ?))"
_DELIVERY: Final = (
    "seq, id, route, endpoint, order_key, due_at, state, attempts, lease_until, settled_at, code, detail, reference, "
    "superseded"
)


class SqlJournalView:
    """The port ``JournalView``. Plain functions: a read takes microseconds to a few milliseconds."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    def messages(self, wanted: Filter | None = None) -> list[MessageRow]:
        """Return messages, newest first; with ``after`` the oldest first."""
        wanted = wanted or Filter()
        conditions, values = _where(wanted)
        order = "DESC" if wanted.after is None else "ASC"
        where = f"WHERE {' AND '.join(conditions)} " if conditions else ""
        with self._readers.read() as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM message m {where}ORDER BY m.seq {order} LIMIT ?", values)
            return [_message(row) for row in rows]

    def message(self, message_id: str) -> Kept | None:
        """Return a message and its decision."""
        with self._readers.read() as connection:
            row = connection.execute(
                f"SELECT {_COLUMNS}, c.outcome FROM message m JOIN content c ON c.message_seq = m.seq WHERE m.id = ?",
                (message_id,),
            ).fetchone()
        return None if row is None else Kept(_message(row[:-1]), open_outcome(row[-1]))

    def body(self, message_id: str) -> bytes:
        """Return the bytes as received.

        Raises:
            Rejected: J404.
        """
        with self._readers.read() as connection:
            number = number_of(connection, message_id)
            return unseal(connection.execute("SELECT body FROM content WHERE message_seq = ?", (number,)).fetchone()[0])

    def entries(self, message_id: str) -> list[Entry]:
        """Return a message's history, oldest first: its arrival, its decision, then what was written down.

        Raises:
            Rejected: J404.
        """
        kept = self.message(message_id)
        if kept is None:
            raise Rejected("J404", "no such message", where=message_id)
        with self._readers.read() as connection:
            rows = connection.execute(
                "SELECT at, step, actor, code, detail FROM entry WHERE message_seq = ? ORDER BY seq",
                (number_of(connection, message_id),),
            ).fetchall()
        later = [
            Entry(message_id=message_id, at=from_micros(at), step=step, by=by, code=code, detail=detail)
            for at, step, by, code, detail in rows
        ]
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
            return [_delivery(message_id, row, _attempts(connection, number, row[0])) for row in rows]

    def unsplit(self) -> list[str]:
        """Return the files whose rows are not all messages yet, oldest first."""
        with self._readers.read() as connection:
            rows = connection.execute(
                "SELECT m.id FROM splitting s JOIN message m ON m.seq = s.message_seq ORDER BY m.seq"
            )
            return [message_id for (message_id,) in rows]

    def rows(self, message_id: str) -> Rows:
        """Return what became of the rows of a file."""
        with self._readers.read() as connection:
            rows = connection.execute(
                "SELECT state, count(*), max(line) FROM message WHERE correlation_id = ? AND line IS NOT NULL "
                "GROUP BY state ORDER BY state",
                (message_id,),
            ).fetchall()
            open_ = connection.execute(
                "SELECT 1 FROM splitting s JOIN message m ON m.seq = s.message_seq WHERE m.id = ?", (message_id,)
            ).fetchone()
        return Rows(
            states={State(state): count for state, count, _ in rows},
            last_line=max((line for _, _, line in rows), default=0),
            complete=open_ is None,
        )

    def receipt_of(self, delivery_id: str) -> Receipt | None:
        """Return what the partner gave back for a delivery; ``None`` unless it was sent."""
        with self._readers.read() as connection:
            row = connection.execute(
                "SELECT reference, detail FROM delivery WHERE id = ? AND state = 'sent'", (delivery_id,)
            ).fetchone()
        return None if row is None else Receipt(reference=row[0], detail=row[1])

    def refusals(self, limit: int = 50) -> list[Refusal]:
        """Return calls that were turned away, newest first."""
        with self._readers.read() as connection:
            rows = connection.execute(
                "SELECT reference, at, endpoint, code, party, detail FROM refusal ORDER BY seq DESC LIMIT ?", (limit,)
            ).fetchall()
        return [
            Refusal(reference=reference, at=from_micros(at), endpoint=endpoint, code=code, party=party, detail=detail)
            for reference, at, endpoint, code, party, detail in rows
        ]

    def counts(self) -> Counts:
        """Return the journal in numbers."""
        with self._readers.read() as connection:
            states = dict(connection.execute("SELECT state, count(*) FROM message GROUP BY state").fetchall())
            waiting, oldest = connection.execute(f"SELECT count(*), min(seq) FROM delivery WHERE {OPEN}").fetchone()
            since = connection.execute("SELECT created_at FROM delivery WHERE seq = ?", (oldest,)).fetchone()
            parked = connection.execute(
                "SELECT endpoint, code, count(*) FROM delivery WHERE state = 'parked' AND superseded = 0 "
                "GROUP BY endpoint, code ORDER BY endpoint, code"
            ).fetchall()
        return Counts(
            messages={state: states.get(state, 0) for state in State},
            open_deliveries=waiting,
            oldest_open=from_micros(since[0]) if since else None,
            parked=tuple(Parked(*row) for row in parked),
        )


def _where(wanted: Filter) -> tuple[list[str], list[str | int]]:
    conditions: list[str] = []
    values: list[str | int] = []
    for field, condition in _CONDITIONS.items():
        value = getattr(wanted, field)
        if value is not None:
            conditions.append(condition)
            values.append(value if isinstance(value, str) else to_micros(value))
    if wanted.rows is not None:
        conditions.append("m.line IS NOT NULL" if wanted.rows else "m.line IS NULL")
    if wanted.code is not None:
        conditions.append(_CODE)
        # A code is letters and digits; anything else would be a pattern.
        values += [f"% {wanted.code if wanted.code.isalnum() else '?'} %", wanted.code]
    return conditions, [*values, wanted.limit]


def _message(row: Row) -> MessageRow:
    return MessageRow(
        id=row[0],
        endpoint=row[1],
        party=row[2],
        service=row[3],
        purpose=row[4],
        sender_id=row[5],
        correlation_id=row[6],
        received_at=from_micros(row[7]),
        media_type=row[8],
        digest=row[9],
        registry_set=row[10],
        state=State(row[11]),
        decided_at=from_micros(row[12]),
        mapping=row[13],
        document=row[14],
        codes=tuple(row[15].split()),
        line=row[16],
        cases=tuple(row[17].split(_SEPARATOR)) if row[17] else (),
    )


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


def _first_error(outcome: Outcome) -> str | None:
    return next((finding.code for finding in outcome.findings if finding.severity is Severity.ERROR), None)


def _attempts(connection: Connection, message_seq: int, delivery_seq: int) -> tuple[Attempt, ...]:
    rows = connection.execute(
        "SELECT attempt, started_at, at, step, code, detail FROM entry "
        "WHERE message_seq = ? AND delivery_seq = ? ORDER BY seq",
        (message_seq, delivery_seq),
    )
    return tuple(
        Attempt(
            number=number,
            started_at=from_micros(started),
            ended_at=from_micros(ended),
            step=step,
            code=code,
            detail=text,
        )
        for number, started, ended, step, code, text in rows
    )


def _delivery(message_id: str, row: Row, history: tuple[Attempt, ...]) -> DeliveryRow:
    return DeliveryRow(
        delivery=Delivery(
            id=row[1],
            message_id=message_id,
            route=row[2],
            endpoint=row[3],
            order_key=row[4],
            due_at=from_micros(row[5]),
        ),
        state=DeliveryState(row[6]),
        attempts=row[7],
        lease_until=from_micros(row[8]),
        settled_at=from_micros(row[9]),
        code=row[10],
        detail=row[11],
        reference=row[12],
        superseded=bool(row[13]),
        history=history,
    )

"""The journal's reading side: lists, one message, its history, its deliveries, its numbers."""

# ruff: noqa: S608 - what is put into SQL here are names of our own; values are always bound

from collections.abc import Collection

from hub_core.journal.attaching import AttachmentView
from hub_core.journal.bodies import Contents, Vault
from hub_core.journal.engines.statements import OPEN
from hub_core.journal.entries import Counts, Filter, Kept, MessageRow, Rows
from hub_core.journal.filing import FilingView
from hub_core.journal.filtering import where
from hub_core.journal.history import HistoryView, said
from hub_core.journal.instants import from_micros
from hub_core.journal.judging import JudgedView
from hub_core.journal.outcomes import decode_outcome
from hub_core.journal.parking import ParkedView
from hub_core.journal.pausing import EndpointView
from hub_core.journal.purging import PurgeView
from hub_core.journal.readers import Readers
from hub_core.journal.repeating import RepeatView
from hub_core.journal.replaying import ReplayView
from hub_core.journal.scheduling import ScheduleView
from hub_core.journal.settling import number_of, purged
from hub_core.journal.whole import COLUMNS, CONTENTS, WholeView, message_row
from hub_core.message import Receipt, Refusal, State


class SqlJournalView(
    AttachmentView,
    EndpointView,
    FilingView,
    HistoryView,
    JudgedView,
    ParkedView,
    PurgeView,
    RepeatView,
    ReplayView,
    ScheduleView,
    WholeView,
):
    """The port ``JournalView``. Plain functions: a read takes microseconds to a few milliseconds."""

    def __init__(self, readers: Readers, vault: Vault) -> None:
        super().__init__(readers)
        self._vault = vault

    def messages(self, wanted: Filter | None = None) -> list[MessageRow]:
        """Return messages, newest first; with ``after`` the oldest first."""
        wanted = wanted or Filter()
        conditions, values = where(wanted, self._vault)
        order = "DESC" if wanted.after is None else "ASC"
        filtered = f"WHERE {' AND '.join(conditions)} " if conditions else ""
        with self._readers.read() as connection:
            rows = connection.execute(
                f"SELECT {COLUMNS} FROM message m {filtered}ORDER BY m.seq {order} LIMIT ?", values
            )
            return [message_row(row, self._vault.open(row[0], row[-1])) for row in rows]

    def how_many(self, wanted: Filter) -> int:
        """Return how many messages fit, whatever the limit."""
        conditions, values = where(wanted, self._vault)
        filtered = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        with self._readers.read() as connection:
            row = connection.execute(f"SELECT count(*) FROM message m{filtered}", values[:-1]).fetchone()
        return int(row[0])

    def message(self, message_id: str) -> Kept | None:
        """Return a message and its decision."""
        with self._readers.read() as connection:
            row = connection.execute(
                f"SELECT {COLUMNS}, coalesce(c.outcome, r.outcome), coalesce(c.sealed, 1), r.at "
                f"FROM message m {CONTENTS} WHERE m.id = ?",
                (message_id,),
            ).fetchone()
        if row is None:
            return None
        *columns, outcome, sealed, purged_at = row
        envelope = self._vault.open(message_id, columns[-1])
        contents = Contents(message_id, envelope)
        decided = decode_outcome(contents.read(b"outcome", outcome, sealed=sealed))
        return Kept(message_row(columns, envelope), decided, from_micros(purged_at))

    def body(self, message_id: str) -> bytes:
        """Return the bytes as received.

        Raises:
            Rejected: J404; J410 they were purged.
        """
        with self._readers.read() as connection:
            number = number_of(connection, message_id)
            row = connection.execute(
                "SELECT m.envelope, c.body, c.sealed FROM content c JOIN message m ON m.seq = c.message_seq "
                "WHERE c.message_seq = ?",
                (number,),
            ).fetchone()
        if row is None:
            raise purged(message_id)
        envelope, body, sealed = row
        return self._vault.contents(message_id, envelope).read(b"body", body, sealed=sealed)

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
                (self._vault.token("conversation", message_id),),
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
                "SELECT m.id, m.envelope, d.told, d.detail, d.reference FROM delivery d "
                "JOIN message m ON m.seq = d.message_seq WHERE d.id = ? AND d.state = 'sent'",
                (delivery_id,),
            ).fetchone()
        if row is None:
            return None
        told = said(self._vault.contents(*row[:2]), *row[2:])
        return Receipt(reference=told.reference, detail=told.detail)

    def conversation_of(self, receipt: str, endpoints: Collection[str]) -> str | None:
        """Return the correlation id of what got a receipt at one of some endpoints; ``None``: nothing did."""
        with self._readers.read() as connection:
            rows = connection.execute(
                "SELECT d.endpoint, m.id, m.envelope FROM delivery d JOIN message m ON m.seq = d.message_seq "
                "WHERE d.receipt = ? ORDER BY d.seq DESC",
                (self._vault.token("receipt", receipt),),
            ).fetchall()
        found = next((row[1:] for row in rows if row[0] in endpoints), None)
        return None if found is None else self._vault.open(*found).correlation_id

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
            newest = connection.execute("SELECT received_at FROM message ORDER BY seq DESC LIMIT 1").fetchone()
        return Counts(
            messages={state: states.get(state, 0) for state in State},
            open_deliveries=waiting,
            oldest_open=from_micros(since[0]) if since else None,
            newest=from_micros(newest[0]) if newest else None,
        )

"""Messages as a whole, several at once: what lists show of them, their bytes, what was decided and where it went."""

# ruff: noqa: S608 - what is put into SQL here are names of our own; values are always bound

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any, Final

from hub_core.clock import repair_id
from hub_core.errors import PunteError
from hub_core.journal import attaching
from hub_core.journal.bodies import Contents, Envelope, Vault
from hub_core.journal.engines.connection import Connection
from hub_core.journal.engines.statements import Row, select_in
from hub_core.journal.entries import Kept, MessageRow
from hub_core.journal.instants import from_micros
from hub_core.journal.outcomes import decode_outcome
from hub_core.journal.readers import Readers
from hub_core.journal.replays import Whole
from hub_core.journal.settling import no_such, purged
from hub_core.message import Delivery, Message, State
from hub_core.ports.journal_view import JournalView

#: Of what one look brings into memory; a larger message comes alone.
MOST_BYTES: Final = 8_000_000
COLUMNS: Final = (
    "m.id, m.endpoint, m.party, m.service, m.purpose, m.received_at, m.registry_set, m.state, m.decided_at, "
    "m.mapping, m.codes, m.line, m.envelope"
)
CONTENTS: Final = "LEFT JOIN content c ON c.message_seq = m.seq LEFT JOIN receipt r ON r.message_seq = m.seq"
#: The decision that a replay has written last.
LAST: Final = (
    "LEFT JOIN delivery d ON d.seq = (SELECT max(seq) FROM delivery WHERE message_seq = m.seq AND outcome IS NOT NULL)"
)
# The outcome counts twice: as it was decided first, and last.
_SIZES: Final = (
    "SELECT m.id, length(c.body) + 2 * length(c.outcome) FROM message m JOIN content c ON c.message_seq = m.seq "
    "WHERE m.id IN ({})"
)
_MESSAGES: Final = (
    f"SELECT {COLUMNS}, coalesce(c.outcome, r.outcome), coalesce(c.sealed, 1), r.at, c.body, d.outcome "
    f"FROM message m {CONTENTS} {LAST} WHERE m.id IN ({{}})"
)
_ATTACHMENTS: Final = (
    "SELECT m.id, a.facts FROM attachment a JOIN message m ON m.seq = a.message_seq WHERE m.id IN ({}) "
    "ORDER BY a.message_seq, a.position"
)
_DELIVERIES: Final = (
    "SELECT m.id, d.id, d.route, d.endpoint, d.order_key_sealed, d.due_at FROM delivery d "
    "JOIN message m ON m.seq = d.message_seq WHERE m.id IN ({}) ORDER BY d.seq"
)
_THERE: Final = "SELECT id FROM message WHERE id IN ({})"
_APART: Final = ("body", "attachments", "row_key")  # of a message, not in its row


class WholeView:
    """The part of ``JournalView`` that a message is judged again from."""

    _readers: Readers
    _vault: Vault

    def whole(self, message_ids: Sequence[str]) -> list[Whole | PunteError]:
        """Return all that is kept of messages, as many from the front as go into memory together, at least one.

        What is not there (J404), or does not open, is the error in its place.
        """
        with self._readers.read() as connection:
            some = _fitting(connection, message_ids)
            rows = {row[0]: row for row in select_in(connection, _MESSAGES, some)}
            attached, delivered = (
                _by_message(select_in(connection, what, some)) for what in (_ATTACHMENTS, _DELIVERIES)
            )
            copies = {copy for (copy,) in select_in(connection, _THERE, [repair_id(one) for one in some])}
        found: list[Whole | PunteError] = []
        room = MOST_BYTES
        for one in some:
            repaired = repair_id(one) in copies
            kept = self._whole(rows[one], attached[one], delivered[one], repaired=repaired) if one in rows else None
            room -= _size(kept)
            if found and room < 0:  # what is kept is compressed
                break
            found.append(kept or no_such(one))
        return found

    def _whole(
        self, row: Row, attached: Sequence[Row], delivered: Sequence[Row], *, repaired: bool
    ) -> Whole | PunteError:
        *columns, outcome, sealed, purged_at, body, last = row
        try:
            envelope = self._vault.open(columns[0], columns[-1])
            contents = Contents(columns[0], envelope)
            kept = Kept(
                message_row(columns, envelope),
                decode_outcome(contents.read(b"outcome", outcome, sealed=sealed)),
                from_micros(purged_at),
            )
            return Whole(
                kept=kept,
                message=None if body is None else _message(kept, contents, body, attached, sealed=sealed),
                latest=kept.outcome if last is None else decode_outcome(contents.open(b"outcome", last)),
                deliveries=tuple(delivery_of(columns[0], one[1:], contents) for one in delivered),
                repaired=repaired,
            )
        except PunteError as error:
            return error


def message_of(view: JournalView, message_id: str) -> Message:
    """Return a kept message with its bytes.

    Raises:
        Rejected: J404; J410 its contents were purged.
    """
    (found,) = view.whole([message_id])
    if isinstance(found, PunteError):
        raise found
    return with_bytes(found)


def with_bytes(kept: Whole) -> Message:
    """Return a message that is judged by its bytes.

    Raises:
        Rejected: J410.
    """
    if kept.message is None:
        raise purged(kept.kept.message.id)
    return kept.message


def message_row(row: Sequence[Any], envelope: Envelope) -> MessageRow:
    """Return what lists show of a message, given its ``COLUMNS``."""
    return MessageRow(
        id=row[0],
        endpoint=row[1],
        party=row[2],
        service=row[3],
        purpose=row[4],
        sender_id=envelope.sender_id,
        correlation_id=envelope.correlation_id,
        received_at=from_micros(row[5]),
        media_type=envelope.media_type,
        digest=envelope.digest,
        registry_set=row[6],
        state=State(row[7]),
        decided_at=from_micros(row[8]),
        mapping=row[9],
        document=envelope.document,
        codes=tuple(row[10].split()),
        line=row[11],
        cases=envelope.cases,
        trace=envelope.trace,
        repairs=envelope.repairs,
        name=envelope.name,
    )


def delivery_of(message_id: str, row: Sequence[Any], contents: Contents) -> Delivery:
    """Return a delivery, given its id, route, endpoint, sealed order key and time."""
    return Delivery(
        id=row[0],
        message_id=message_id,
        route=row[1],
        endpoint=row[2],
        order_key=contents.order_key(row[3]),
        due_at=from_micros(row[4]),
    )


def _message(kept: Kept, contents: Contents, body: bytes, attached: Sequence[Row], *, sealed: int) -> Message:
    fields: dict[str, Any] = {
        name: getattr(kept.message, name) for name in Message.__struct_fields__ if name not in _APART
    }
    opened = contents.read(b"body", body, sealed=sealed)
    return Message(body=opened, attachments=tuple(attaching.opened(one[1], contents) for one in attached), **fields)


def _size(kept: Whole | PunteError | None) -> int:
    if not isinstance(kept, Whole):
        return 0
    texts = (kept.message and kept.message.body, kept.kept.outcome.record, kept.latest.record)
    return sum(len(text) for text in texts if text)


def _fitting(connection: Connection, message_ids: Sequence[str]) -> Sequence[str]:
    sizes: dict[str, int] = dict(select_in(connection, _SIZES, message_ids))
    sums = accumulate(sizes.get(one, 0) for one in message_ids)
    return message_ids[: max(1, sum(size <= MOST_BYTES for size in sums))]


def _by_message(rows: Iterable[Row]) -> Mapping[str, list[Row]]:
    grouped = defaultdict(list)
    for row in rows:
        grouped[row[0]].append(row)
    return grouped

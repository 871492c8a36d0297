"""Keep and decide: the hot path, many messages in one statement per table."""

from collections.abc import Sequence
from typing import Final

import msgspec

from hub_core.errors import Rejected
from hub_core.journal.bodies import seal
from hub_core.journal.connection import Connection
from hub_core.journal.instants import to_micros
from hub_core.journal.outbox import add_deliveries
from hub_core.journal.outcomes import open_outcome, seal_outcome
from hub_core.journal.statements import Row, insert
from hub_core.journal.writer import Failure
from hub_core.message import Message, Outcome

_MESSAGE: Final = (
    "id, endpoint, party, service, purpose, sender_id, correlation_id, received_at, media_type, digest, registry_set, "
    "state, decided_at, mapping, document, codes, line"
)
# A message that stands already is left alone; those that were written come back with their numbers.
_NEW_ONLY: Final = " ON CONFLICT DO NOTHING RETURNING id, seq"
_SAME_SENDER: Final = (
    "SELECT seq, digest, party, endpoint FROM message WHERE sender_id = ? AND party = ? AND endpoint = ?"
)
_SAME_ID: Final = "SELECT seq, digest, party, endpoint FROM message WHERE id = ?"


class Recorded(msgspec.Struct, frozen=True):
    """A message and its decision, ready to be written."""

    message: Message
    outcome: Outcome
    sealed_outcome: bytes
    sealed_body: bytes

    @property
    def size(self) -> int:
        """Bytes that it brings."""
        return len(self.sealed_outcome) + len(self.sealed_body)


def prepare(message: Message, outcome: Outcome) -> Recorded:
    """Encode and seal, in the caller's thread: what cannot be encoded fails there, alone."""
    return Recorded(message, outcome, seal_outcome(outcome), seal(message.body))


def record(connection: Connection, items: Sequence[Recorded]) -> list[Outcome | Failure]:
    """Write what is new; for the rest return what was decided the first time, or the conflict."""
    # The same message handed in twice (its first answer was "try later") may stand twice in one group.
    unique = {item.message.id: item for item in reversed(items)}
    firsts = [item for item in items if unique[item.message.id] is item]
    numbers: dict[str, int] = dict(insert(connection, "message", _MESSAGE, map(_message_row, firsts), _NEW_ONLY))
    new = [(numbers[item.message.id], item) for item in firsts if item.message.id in numbers]
    _add_parts(connection, new)
    if len(new) == len(items):
        return [item.outcome for item in items]
    written = {id(item) for _, item in new}
    return [item.outcome if id(item) in written else _first_outcome(connection, item.message) for item in items]


def record_all(connection: Connection, items: Sequence[Recorded]) -> list[Outcome]:
    """Write what is new of several messages, or nothing; return for each the outcome that stands.

    Raises:
        Rejected: J409.
    """
    standing: list[Outcome] = []
    for result in record(connection, items):
        if isinstance(result, Failure):
            raise result.error
        standing.append(result)
    return standing


def _message_row(item: Recorded) -> Row:
    message, outcome = item.message, item.outcome
    codes = sorted({finding.code for finding in outcome.findings})
    return (
        message.id,
        message.endpoint,
        message.party,
        message.service,
        message.purpose,
        message.sender_id,
        message.correlation_id,
        to_micros(message.received_at),
        message.media_type,
        message.digest,
        message.registry_set,
        outcome.state,
        to_micros(outcome.decided_at),
        outcome.mapping,
        outcome.document,
        f" {' '.join(codes)} " if codes else "",
        message.line,
    )


def _add_parts(connection: Connection, new: Sequence[tuple[int, Recorded]]) -> None:
    contents = ((number, item.sealed_outcome, item.sealed_body) for number, item in new)
    insert(connection, "content", "message_seq, outcome, body", contents)
    cases = ((case, number) for number, item in new for case in dict.fromkeys(item.outcome.cases))
    insert(connection, "message_case", "number, message_seq", cases)
    insert(connection, "splitting", "message_seq", ((number,) for number, item in new if item.outcome.rows))
    add_deliveries(
        connection,
        [(number, item.outcome.decided_at, delivery) for number, item in new for delivery in item.outcome.deliveries],
    )


def _first_outcome(connection: Connection, message: Message) -> Outcome | Failure:
    """Return what was decided about the message that stands in this one's place."""
    known = connection.execute(_SAME_ID, (message.id,)).fetchone()
    if known is None:
        known = connection.execute(_SAME_SENDER, (message.sender_id, message.party, message.endpoint)).fetchone()
    seq, digest, party, endpoint = known
    if (digest, party, endpoint) != (message.digest, message.party, message.endpoint):
        return Failure(Rejected("J409", "this id was used for other content", where=message.endpoint))
    sealed = connection.execute("SELECT outcome FROM content WHERE message_seq = ?", (seq,)).fetchone()[0]
    return open_outcome(sealed)

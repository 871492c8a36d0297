"""Keep and decide: the hot path, many messages in one statement per table."""

from collections.abc import Sequence
from typing import Final

import msgspec

from hub_core.errors import Rejected
from hub_core.journal import attaching, repeating
from hub_core.journal.bodies import Contents, OrderKey, Vault
from hub_core.journal.dropping import refuse_dropped
from hub_core.journal.engines.connection import Connection
from hub_core.journal.engines.statements import Row, insert
from hub_core.journal.failpoints import reach
from hub_core.journal.gathering import Failure
from hub_core.journal.instants import to_micros
from hub_core.journal.ordering import add_deliveries
from hub_core.journal.outcomes import decode_outcome, encode_outcome
from hub_core.journal.scheduling import move
from hub_core.message import Delivery, Message, Outcome
from hub_core.persons import file_key
from hub_core.ports.schedule import Position

_MESSAGE: Final = (
    "id, endpoint, party, service, purpose, sender_id, correlation_id, received_at, media_type, digest, registry_set, "
    "state, decided_at, mapping, codes, line, envelope, seal_key"
)
# A message that stands already is left alone; those that were written come back with their numbers.
_NEW_ONLY: Final = " ON CONFLICT DO NOTHING RETURNING id, seq"
_KNOWN: Final = (
    "SELECT m.id, m.digest, m.party, m.endpoint, m.envelope, coalesce(c.outcome, r.outcome), coalesce(c.sealed, 1) "
    "FROM message m LEFT JOIN content c ON c.message_seq = m.seq LEFT JOIN receipt r ON r.message_seq = m.seq WHERE "
)
_SAME_SENDER: Final = f"{_KNOWN}m.sender_id = ? AND m.party = ? AND m.endpoint = ?"
_SAME_ID: Final = f"{_KNOWN}m.id = ?"
_ALSO_FOUND_BY: Final = (
    "INSERT INTO message_person (person, message_seq) SELECT ?, m.seq FROM message m "
    "JOIN content c ON c.message_seq = m.seq WHERE m.id = ? ON CONFLICT DO NOTHING"
)
#: What other processes are told when there is a file whose rows are to become messages.
FILES: Final = "files"


class Recorded(msgspec.Struct, frozen=True):
    """A message and its decision, sealed and ready to be written.

    Attributes:
        row: of the table message.
        body: sealed, like ``kept``, the outcome.
        cases: keyed hashes, like ``persons``.
        order_keys: one per delivery.
        attachments: file and sealed facts of each.
        row_key: keyed hash, of a row that was not refused.
    """

    message: Message
    outcome: Outcome
    row: Row
    kept: bytes
    body: bytes
    cases: list[str]
    persons: list[str]
    order_keys: list[OrderKey]
    sender: str | None
    digest: bytes
    attachments: list[tuple[str, bytes]]
    row_key: str | None

    @property
    def key_id(self) -> str:
        """Of the key that sealed the envelope."""
        return str(self.row[-1])

    @property
    def size(self) -> int:
        """Bytes that it brings."""
        return len(self.kept) + len(self.body)

    def added(self, number: int) -> list[tuple[int, int, Delivery, OrderKey]]:
        """Return its deliveries, given the number of its row."""
        at = to_micros(self.outcome.decided_at)
        pairs = zip(self.outcome.deliveries, self.order_keys, strict=True)
        return [(number, at, delivery, key) for delivery, key in pairs]


class Standing(msgspec.Struct, frozen=True):
    """What was decided the first time, still sealed."""

    message_id: str
    envelope: bytes
    outcome: bytes
    sealed: int

    def opened(self, vault: Vault) -> Outcome:
        """Return the first outcome."""
        contents = vault.contents(self.message_id, self.envelope)
        return decode_outcome(contents.read(b"outcome", self.outcome, sealed=self.sealed))


def prepare(message: Message, outcome: Outcome, vault: Vault) -> Recorded:
    """Encode and seal, in the caller's thread: what cannot be encoded fails there, alone."""
    envelope = vault.enclose(message, outcome)
    contents = Contents(message.id, envelope)
    sender = None if message.sender_id is None else vault.token("sender", message.sender_id)
    digest = vault.digest(message.digest)
    return Recorded(
        message=message,
        outcome=outcome,
        row=_message_row(message, outcome, (sender, digest), vault, vault.seal(message.id, envelope)),
        kept=contents.seal(b"outcome", encode_outcome(outcome)),
        body=contents.seal(b"body", message.body),
        cases=vault.tokens("case", outcome.cases),
        persons=vault.tokens("person", outcome.persons + ((file_key(message.name),) if message.name else ())),
        order_keys=[vault.order_key(contents, delivery.order_key) for delivery in outcome.deliveries],
        sender=sender,
        digest=digest,
        attachments=attaching.seal(message.attachments, contents) if message.attachments else [],
        row_key=repeating.token_of(message, outcome, vault),
    )


def record(connection: Connection, items: Sequence[Recorded]) -> list[Outcome | Standing | Failure]:
    """Write what is new; for the rest return what was decided the first time, or the conflict.

    Raises:
        KeyDropped: J503, the key that sealed them was taken out of use.
    """
    # The same message handed in twice (its first answer was "try later") may stand twice in one group.
    unique = {item.message.id: item for item in reversed(items)}
    firsts = [item for item in items if unique[item.message.id] is item]
    numbers: dict[str, int] = dict(insert(connection, "message", _MESSAGE, (it.row for it in firsts), _NEW_ONLY))
    new = [(numbers[item.message.id], item) for item in firsts if item.message.id in numbers]
    refuse_dropped(connection, {item.key_id for _, item in new})
    _add_parts(connection, new)
    if len(new) == len(items):
        return [item.outcome for item in items]
    connection.vouch()  # the first answer may have been "not known to be kept"
    written = {id(item) for _, item in new}
    return [item.outcome if id(item) in written else _standing(connection, item) for item in items]


def record_all(connection: Connection, items: Sequence[Recorded]) -> list[Outcome | Standing]:
    """Write what is new of several messages, or nothing; return for each what stands.

    Raises:
        Rejected: J409.
    """
    standing: list[Outcome | Standing] = []
    for result in record(connection, items):
        if isinstance(result, Failure):
            raise result.error
        standing.append(result)
    return standing


def take_in(connection: Connection, items: Sequence[Recorded], position: Position) -> list[Outcome | Standing | None]:
    """Write what is new of what was polled, and where it came from, or nothing; see ``Journal.take_in``.

    Raises:
        Rejected: J421, J423.
    """
    move(connection, position)
    return [None if isinstance(result, Failure) else result for result in record(connection, items)]


def _message_row(
    message: Message, outcome: Outcome, hashes: tuple[str | None, bytes], vault: Vault, sealed: tuple[bytes, str]
) -> Row:
    codes = sorted({finding.code for finding in outcome.findings})
    sender, digest = hashes
    return (
        message.id,
        message.endpoint,
        message.party,
        message.service,
        message.purpose,
        sender,
        vault.conversation(message.correlation_id, message.id),
        to_micros(message.received_at),
        "",
        digest,
        message.registry_set,
        str(outcome.state),
        to_micros(outcome.decided_at),
        outcome.mapping,
        f" {' '.join(codes)} " if codes else "",
        message.line,
        *sealed,
    )


def _add_parts(connection: Connection, new: Sequence[tuple[int, Recorded]]) -> None:
    contents = ((number, item.kept, item.body, 1) for number, item in new)
    insert(connection, "content", "message_seq, outcome, body, sealed", contents)
    cases = ((case, number) for number, item in new for case in item.cases)
    insert(connection, "message_case", "number, message_seq", cases)
    # Hashes come in no order: sorted, those that share a page of the index follow one another.
    persons = sorted((person, number) for number, item in new for person in item.persons)
    insert(connection, "message_person", "person, message_seq", persons)
    attaching.add(connection, ((number, item.attachments) for number, item in new if item.attachments))
    if files := [(number,) for number, item in new if item.outcome.rows]:
        insert(connection, "splitting", "message_seq", files)
        connection.announce(FILES)
    repeating.note_repeats(connection, [(number, it.row_key, it.outcome) for number, it in new if it.row_key])
    reach("after-message-before-deliveries")
    ordered = [(number, item) for number, item in new if item.order_keys]
    add_deliveries(connection, [added for number, item in ordered for added in item.added(number)])


def _standing(connection: Connection, item: Recorded) -> Standing | Failure:
    """Return what was decided about the message that stands in this one's place."""
    message = item.message
    known = connection.execute(_SAME_ID, (message.id,)).fetchone()
    if known is None:
        known = connection.execute(_SAME_SENDER, (item.sender, message.party, message.endpoint)).fetchone()
    message_id, *same = known[:4]
    if same != [item.digest, message.party, message.endpoint]:
        return Failure(Rejected("J409", "this id was used for other content", where=message.endpoint))
    if message.name:  # the same file, perhaps under another name: it is found by each of them
        for person in item.persons:
            connection.execute(_ALSO_FOUND_BY, (person, message_id))
    return Standing(message_id, *known[4:])

"""What the journal shows of itself: plain values for whoever looks."""

from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from hub_core.message import Delivery, DeliveryState, Outcome, State
from hub_core.trace import Trace

REJECTED: Final = "D401"
DISCARDED: Final = "D402"
REPAIRED: Final = "D403"
# Codes of deliveries that a person closed, to a word.
_CLOSED: Final = {
    REJECTED: "rejected",
    DISCARDED: "discarded",
    REPAIRED: "repaired",
}


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which messages to list; ``None`` asks for nothing, everything given must hold.

    Attributes:
        code: of a finding, or of a delivery's last failure.
        mapping: that read it: its id, or ``id@hash``.
        since: received then or later.
        until: received before then.
        sender_id: the partner's own id.
        file: name of the file that a message came in, whatever its capitals and blanks.
        case: case number named in the record.
        person: number of a person named in the record, as ``scheme:number``, such as ``ro.cnp:2850415123450``.
        correlation_id: of the conversation; the message that began it is left out.
        before: only messages accepted before this id: the last one of the page before.
        after: only messages accepted after this id, and the oldest of them first; empty: from the oldest on.
        rows: rows of files only, or all but those.
    """

    state: State | None = None
    party: str | None = None
    endpoint: str | None = None
    code: str | None = None
    mapping: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    sender_id: str | None = None
    file: str | None = None
    case: str | None = None
    person: str | None = None
    correlation_id: str | None = None
    before: str | None = None
    after: str | None = None
    rows: bool | None = None
    limit: Annotated[int, Meta(ge=1, le=1000)] = 50


class MessageRow(msgspec.Struct, frozen=True, kw_only=True):
    """A message as lists show it: no bytes, no values.

    Attributes:
        state: where it stands now.
        codes: of its findings, each once, sorted.
        cases: case numbers that its record names.
        line: of a row of a file, see ``Message``.
        trace: that its sender named.
        repairs: id of the message whose corrected copy it is.
        name: of the file that it came in.
    """

    id: str
    endpoint: str
    party: str
    service: str
    purpose: str
    sender_id: str | None
    correlation_id: str
    received_at: datetime
    media_type: str
    digest: bytes
    registry_set: int
    state: State
    decided_at: datetime
    mapping: str | None
    document: str | None
    codes: tuple[str, ...]
    cases: tuple[str, ...] = ()
    line: int | None = None
    trace: Trace | None = None
    repairs: str | None = None
    name: str | None = None


class Rows(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the rows of a file.

    Attributes:
        states: how many stand in which state; states without rows are left out.
        last_line: of the rows that are messages by now; 0: none is.
        complete: all of them are.
    """

    states: dict[State, int]
    last_line: int
    complete: bool


class Kept(msgspec.Struct, frozen=True):
    """A message and what was decided about it; ``outcome.state`` is as decided, ``message.state`` as it stands now.

    Attributes:
        purged_at: when its contents were purged; the outcome says nothing of persons then.
    """

    message: MessageRow
    outcome: Outcome
    purged_at: datetime | None = None


#: What is purged: all that is kept of messages, or their contents only.
PurgePart = Literal["messages", "bodies"]


class PurgeStep(msgspec.Struct, frozen=True, kw_only=True):
    """What one step of purging did.

    Attributes:
        done: messages of which something was deleted.
        last: number of the last message that it looked at.
        freed: files of attachments that no message has any more, for the caller to remove.
    """

    done: int
    last: int
    freed: tuple[str, ...] = ()


class Purgeable(msgspec.Struct, frozen=True, kw_only=True):
    """What purging would find.

    Attributes:
        count: messages.
        first: number of the first of them; ``None``: there is none.
    """

    count: int
    first: int | None


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One try to deliver.

    Attributes:
        number: 1 for the first; begins anew when an operator tries a parked delivery again.
        step: ``sent``, ``failed``, ``in-doubt`` or ``parked``.
    """

    number: int
    started_at: datetime
    ended_at: datetime
    step: str
    code: str | None
    detail: str


class DeliveryRow(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery, where it stands, and what was tried.

    Attributes:
        attempts: begun so far.
        lease_until: until when a worker holds it; ``None`` if nobody does.
        superseded: a later delivery to the same endpoint took its place.
        history: ended attempts, oldest first.
    """

    delivery: Delivery
    state: DeliveryState
    attempts: int
    lease_until: datetime | None
    settled_at: datetime | None
    code: str | None
    detail: str
    reference: str | None
    superseded: bool
    history: tuple[Attempt, ...]

    @property
    def standing(self) -> str:
        """Its state; of one that waits no longer, why: ``rejected``, ``discarded``, ``repaired`` or ``replaced``."""
        return _CLOSED.get(self.code or "", "replaced") if self.superseded else self.state.value


class ParkedGroup(msgspec.Struct, frozen=True, kw_only=True):
    """What was given up for one cause and waits for a person.

    Attributes:
        id: short, and the same as long as there is such a cause.
        endpoint: where it should have gone; where it came in, if it was parked as it was decided.
        code: why.
        mapping: that read the messages; empty: none did.
        rule: ``file:line`` in the mapping that writes for the endpoint, or that mapping, which made no document; empty:
            it was something else.
        decided: it was parked as it was decided, by a defect of the hub; otherwise a delivery was given up.
        count: deliveries, or messages where ``decided``.
        oldest: when the first of them was parked.
        newest: when the last of them was parked.
        example: id of the oldest message.
    """

    id: str
    endpoint: str
    code: str
    mapping: str
    rule: str = ""
    decided: bool
    count: int
    oldest: datetime
    newest: datetime
    example: str


class ParkedRow(msgspec.Struct, frozen=True, kw_only=True):
    """One delivery, or one message as it was decided, that waits for a person.

    Attributes:
        key: id of the delivery, or of the message; lists are in its order.
        delivery: without its order key; ``None``: the message itself is parked.
    """

    key: str
    message_id: str
    delivery: Delivery | None
    parked_at: datetime


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """The journal in numbers.

    Attributes:
        messages: per state; states without messages are there with 0.
        open_deliveries: to send or to send again.
        oldest_open: since when the oldest of them waits.
        newest: when the last message was received.
    """

    messages: dict[State, int]
    open_deliveries: int
    oldest_open: datetime | None
    newest: datetime | None


class Judged(msgspec.Struct, frozen=True):
    """What was decided about a message when it came; ``refused``: by the hub, not by a person later."""

    id: str
    at: datetime
    refused: bool
    codes: tuple[str, ...]


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """What of one endpoint is not settled for good.

    Attributes:
        waiting: to send or to send again, or being sent.
        oldest: since when the oldest waits that needs no person before it can go.
        in_doubt: of those that wait, how many wait for a person; the first ``in_doubt_since``.
        parked: given up.
    """

    endpoint: str
    waiting: int = 0
    oldest: datetime | None = None
    in_doubt: int = 0
    in_doubt_since: datetime | None = None
    parked: int = 0

"""What flows through the hub: arrivals, messages, findings, outcomes, deliveries. Frozen values, no behaviour."""

from datetime import datetime
from enum import StrEnum

import msgspec

from hub_core.attachments.attachment import Attachment
from hub_core.course import Course
from hub_core.trace import Trace


class Severity(StrEnum):
    """How much a finding matters: ``ERROR`` refuses the message, the others let it pass."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing the hub noticed about a message. Never holds a value of the message.

    Attributes:
        code: from ``hub_core.codes``.
        text: what is wrong, for a person.
        at: canonical path, such as ``birth.date`` or ``insurance[0].period.start``.
        source: path in the document as received; ``line`` in it (XML: counted by the parser; JSON: where known).
        rule: ``file:line`` of the mapping rule.
        help: what to do about it, where the catalogue's words are too general.
    """

    code: str
    severity: Severity
    text: str
    at: str | None = None
    source: str | None = None
    line: int | None = None
    rule: str | None = None
    help: str | None = None


class Leaf(msgspec.Struct, frozen=True):
    """A value of the document that no rule of its mapping names: kept, not dropped."""

    path: str
    value: str


class Caller(msgspec.Struct, frozen=True):
    """Who calls: the institution that a key or certificate is bound to, and the name of what was shown."""

    institution: str
    key: str


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """What an adapter hands to the hub: identity checked, size checked, nothing parsed.

    Attributes:
        endpoint: name of the inbound endpoint.
        caller: the authenticated sender.
        body: the bytes as received.
        media_type: from ``Content-Type``, without parameters; empty if not sent.
        sender_id: the sender's own id of this message, where it comes outside of the body (``Idempotency-Key``).
        purpose: from ``Punte-Purpose``; ``None`` if not sent.
        correlation_id: ties an answer to its question; ``None`` starts a new conversation.
        attachments: that the body refers to; ``name``: of the file that it came in.
    """

    endpoint: str
    caller: Caller
    body: bytes
    media_type: str = ""
    sender_id: str | None = None
    purpose: str | None = None
    correlation_id: str | None = None
    attachments: tuple[Attachment, ...] = ()
    name: str | None = None


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message as the journal keeps it: the bytes as received, and all that is known about their arrival.

    Attributes:
        id: UUIDv7, given by the hub; also the reference in every answer.
        party: institution that sent it.
        digest: SHA-256 of ``body``.
        registry_set: number of the registry set in force when it arrived.
        line: of a row: where it stands in its file, from 1; the file began the conversation. ``None``: no row.
        trace: that its sender named.
        repairs: id of the message whose corrected copy it is.
        attachments: that the body refers to; ``name``: of the file that it came in, sealed, found by its keyed hash.
        row_key: of a row: what tells it from every other row of such files, where something does.
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
    body: bytes
    digest: bytes
    registry_set: int
    line: int | None = None
    trace: Trace | None = None
    repairs: str | None = None
    attachments: tuple[Attachment, ...] = ()
    name: str | None = None
    row_key: str | None = None


class State(StrEnum):
    """Where a message stands.

    ``REFUSED`` invalid, kept with its findings. ``ACCEPTED`` decided, nothing to deliver.
    ``DELIVERING`` at least one delivery is open. ``DELIVERED`` all sent. ``PARKED`` at least one given up.
    """

    REFUSED = "refused"
    ACCEPTED = "accepted"
    DELIVERING = "delivering"
    DELIVERED = "delivered"
    PARKED = "parked"


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One message for one target.

    Attributes:
        id: UUIDv7; sent to the partner as the idempotency key, the same in every attempt.
        route: name of the route that chose the target.
        order_key: deliveries of one endpoint with the same key are sent one after the other; ``None``: any order.
    """

    id: str
    message_id: str
    route: str
    endpoint: str
    order_key: str | None
    due_at: datetime


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What the hub decided about one message, once.

    Attributes:
        mapping: ``id@hash`` of the mapping that read it; ``None`` if it was refused before.
        document: kind of document, such as ``P2000`` or ``insuredResponse``.
        record: canonical record as JSON; ``None`` if refused, then ``unmapped`` holds the leaves, which else are in it.
        cases: case numbers named in the record, for looking messages up.
        persons: numbers of persons named in it, as ``scheme:number``, for the same.
        rows: of a file: how many messages of their own come out of it.
    """

    message_id: str
    state: State
    decided_at: datetime
    mapping: str | None = None
    document: str | None = None
    record: bytes | None = None
    findings: tuple[Finding, ...] = ()
    unmapped: tuple[Leaf, ...] = ()
    cases: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    rows: int | None = None


class DeliveryState(StrEnum):
    """Where a delivery stands.

    ``IN_DOUBT``: sent, answer lost; the same key is sent again, or a person says whether the partner has it.
    """

    READY = "ready"
    IN_DOUBT = "in-doubt"
    SENT = "sent"
    PARKED = "parked"


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What a partner gave back for a delivery: their number for it, if any."""

    reference: str | None = None
    detail: str = ""


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A call that was turned away at the door: kept in a bounded list, without its body.

    Attributes:
        party: institution, if the key was good.
        reference: the id that the caller was given.
    """

    reference: str
    at: datetime
    endpoint: str
    code: str
    party: str | None = None
    detail: str = ""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a message's history.

    Attributes:
        step: ``received``, ``refused``, ``decided``, ``sent``, ``failed``, ``in-doubt``, ``parked``,
            ``revealed``, ``replayed``, ``answered``, ``split``, ``settled``, ``retried``, ``rejected``, ``discarded``.
        by: the worker, or the operator who did it.
        endpoint: of an attempt, or an act on one delivery: where it goes.
        attempt: 1 for the first, like ``began``, when it began, and ``course``: of an attempt.
        replay: id of the replay.
    """

    message_id: str
    at: datetime
    step: str
    by: str = "hub"
    code: str | None = None
    detail: str = ""
    endpoint: str | None = None
    attempt: int | None = None
    began: datetime | None = None
    course: Course = Course()
    replay: str | None = None

"""The edges of the engine: what it needs from outside, and what each promises.

Async are exactly: the ASGI front of an adapter, ``Target.send``, ``Source.ask``, and the journal's writes, which
return after COMMIT. Everything else is plain functions.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Protocol

import msgspec

from hub_core.directory import Direction, Directory, Endpoint
from hub_core.document import Document
from hub_core.journal.entries import Counts, DeliveryRow, Filter, Kept, MessageRow
from hub_core.message import (
    Arrival,
    Caller,
    Claimed,
    Delivery,
    Entry,
    Finding,
    Message,
    Outcome,
    Receipt,
    Refusal,
    Settlement,
)

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]


class Clock(Protocol):
    """The time; aware, UTC."""

    def now(self) -> datetime:
        """Return the present instant."""
        ...


class Journal(Protocol):
    """The record of truth for messages. Writes are durable when they return."""

    async def record(self, message: Message, outcome: Outcome) -> Outcome:
        """Keep a message and what was decided about it, in one transaction.

        Called many times at once; calls are committed in groups. A new message returns ``outcome`` itself. The same
        ``(party, endpoint, sender_id)`` with the same digest returns the first outcome and changes nothing.

        Raises:
            Rejected: J409, same id with other content.
            TryLater: J503, nothing was kept.
        """
        ...

    async def refuse(self, refusal: Refusal) -> None:
        """Note a call that was turned away; the list is bounded, the oldest go."""
        ...

    async def claim(
        self,
        *,
        limit: int,
        lease: timedelta,
        now: datetime,
        per_endpoint: int | None = None,
        held: Mapping[str, int] | None = None,
    ) -> list[Claimed]:
        """Take up to ``limit`` due deliveries: READY or IN_DOUBT and due, or with an ended lease.

        Of the open deliveries of one endpoint with one order key only the oldest is ever given out. A parked
        delivery is not open: it lets the next one of its key pass.

        Args:
            limit: most deliveries to take.
            lease: how long they are held.
            now: the present instant.
            per_endpoint: most deliveries of one endpoint, together with those that ``held`` counts.
            held: deliveries that the caller holds already, per endpoint.
        """
        ...

    async def next_due(self, *, besides: Collection[str] = ()) -> datetime | None:
        """Return when the next delivery can be claimed, leaving out some endpoints; ``None``: nothing waits."""
        ...

    async def take_back(self, *, now: datetime) -> int:
        """Take back, as in doubt, what workers of an earlier run still hold; return how many.

        Called once, before this process claims anything.
        """
        ...

    async def settle(self, settlement: Settlement) -> bool:
        """Write down how an attempt ended. False: somebody else holds the delivery now; nothing was changed."""
        ...

    async def note(self, entry: Entry) -> None:
        """Add a line to a message's history (an operator's act)."""
        ...

    async def redeliver(self, deliveries: Sequence[Delivery], entry: Entry) -> None:
        """Deliver a decided message again, with the entry that says who did it and why.

        A new id adds a delivery (replay), which takes the place of a parked one to the same endpoint. The id of a
        parked delivery tries that one again, with its own idempotency key.

        Raises:
            Rejected: J404 no such message; J412 the delivery of that id is not parked.
        """
        ...


class JournalView(Protocol):
    """The journal for whoever looks; never changes anything. Plain functions, one consistent state per call."""

    def messages(self, wanted: Filter | None = None) -> list[MessageRow]:
        """Return messages that fit, newest first."""
        ...

    def message(self, message_id: str) -> Kept | None:
        """Return a message and its decision."""
        ...

    def body(self, message_id: str) -> bytes:
        """Return the bytes as received.

        Raises:
            Rejected: J404.
        """
        ...

    def entries(self, message_id: str) -> list[Entry]:
        """Return a message's history, oldest first.

        Raises:
            Rejected: J404.
        """
        ...

    def deliveries(self, message_id: str) -> list[DeliveryRow]:
        """Return a message's deliveries with their attempts, in the order they were added.

        Raises:
            Rejected: J404.
        """
        ...

    def receipt_of(self, delivery_id: str) -> Receipt | None:
        """Return what the partner gave back for a delivery; ``None`` unless it was sent."""
        ...

    def refusals(self, limit: int = 50) -> list[Refusal]:
        """Return calls that were turned away, newest first."""
        ...

    def counts(self) -> Counts:
        """Return the journal in numbers."""
        ...


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """What a target is given to send.

    Attributes:
        key: idempotency key; the same in every attempt.
        record: canonical record as JSON.
    """

    key: str
    message_id: str
    correlation_id: str
    party: str
    service: str
    record: bytes


class Target(Protocol):
    """An outbound endpoint that takes messages."""

    async def send(self, sent: Sent) -> Receipt:
        """Hand one message to the partner and return once they have taken it.

        Called several times at once, and again with the same key after any doubt. Ends within the timeout.

        Raises:
            TryLater: the partner may accept later (no connection, 429, 503; ``in_doubt`` if the answer was lost).
            Rejected: they will never accept this message (400, schema fault).
        """
        ...

    async def close(self) -> None:
        """Give connections back. Called once, when the endpoint is no longer registered or the hub stops."""
        ...


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What a source is asked: one person, on a date, under a request number, for a purpose."""

    cnp: str
    on: date
    request: str
    purpose: str


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The bytes that a source answered, as received."""

    body: bytes
    media_type: str


class Source(Protocol):
    """An ``ASK`` endpoint: a question goes out, an answer comes back in the same exchange."""

    async def ask(self, question: Question) -> Answer:
        """Put one question. Ends within the endpoint's timeout; cancelled when the query's deadline passes.

        Raises:
            TryLater: not reachable, busy, or answer lost (asking again does no harm).
            Rejected: the partner's fault, or an answer that is no answer.
        """
        ...

    async def close(self) -> None:
        """Give connections back."""
        ...


class Services(Protocol):
    """What the hub gives to an adapter's front."""

    def directory(self) -> Directory:
        """Return the registry set in force."""
        ...

    def authenticate(self, headers: Mapping[str, str]) -> Caller:
        """Return who calls, from the headers ``punte-key`` or ``authorization: Basic`` (lower-case names).

        Raises:
            Refused: A401.
        """
        ...

    async def accept(self, arrival: Arrival) -> Outcome:
        """Run the whole flow for one arrival; see ``hub_core.hub``. Returns after COMMIT.

        An outcome with ``State.REFUSED`` was kept with its findings: answer with its first error.

        Raises:
            Refused: no access right; a refusal without body was kept.
            Rejected: J409.
            TryLater: nothing was accepted.
        """
        ...

    async def turn_away(self, *, endpoint: str, code: str, party: str | None = None) -> str:
        """Keep a bounded note of a refused call and return the reference to answer with."""
        ...


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One setting of an adapter, for documentation and checks: a field of ``Endpoint``."""

    name: str
    description: str
    required: bool = False


class Spec(msgspec.Struct, frozen=True, kw_only=True):
    """What an adapter says about itself; documentation and ``apply`` read it.

    Attributes:
        kinds: document kinds that it opens.
        directions: what its endpoints can be.
        promises: what it promises and what not, in one paragraph.
    """

    name: str
    summary: str
    kinds: tuple[str, ...]
    directions: tuple[Direction, ...]
    settings: tuple[Setting, ...]
    promises: str


class Adapter(Protocol):
    """How bytes of one protocol travel. Found by the entry point group ``punte.adapters``."""

    @property
    def spec(self) -> Spec:
        """What the adapter is and can."""
        ...

    def open(self, body: bytes) -> Document:
        """Parse and unwrap; pure, so that replay, ``why`` and ``read`` see what the live flow saw.

        Raises:
            Rejected: a code of family B or V, with line and column where they are known.
        """
        ...

    def check(self, name: str, endpoint: Endpoint) -> None:
        """Check an endpoint at registration, reading its contract.

        Raises:
            ConfigError: what is wrong, and the mend.
        """
        ...

    def validate(self, endpoint: Endpoint, document: Document) -> list[Finding]:
        """Validate a document against the endpoint's contract; returns findings, empty if it is valid."""
        ...

    def front(self, services: Services) -> AsgiApp:
        """Return the ASGI app that serves this adapter's inbound endpoints below ``/<adapter>/<endpoint>``."""
        ...

    def target(self, name: str, endpoint: Endpoint) -> Target:
        """Return the target of an ``OUT`` endpoint.

        Raises:
            ConfigError: the adapter has no outbound side.
        """
        ...

    def source(self, name: str, endpoint: Endpoint) -> Source:
        """Return the source of an ``ASK`` endpoint.

        Raises:
            ConfigError: the adapter cannot ask.
        """
        ...

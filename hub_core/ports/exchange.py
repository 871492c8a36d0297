"""Partners: a target takes messages, a source answers questions."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Protocol

import msgspec

from hub_core.attachments.attachment import Enclosed
from hub_core.document import Document
from hub_core.message import Caller, Receipt


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """What a target is given to send.

    Attributes:
        key: idempotency key; the same in every attempt.
        record: canonical record as JSON.
        document: that a mapping wrote of it for this partner; ``None``: the partner gets the record.
        attachments: to which the record refers, by their references.
    """

    key: str
    message_id: str
    correlation_id: str
    party: str
    service: str
    record: bytes
    document: Document | None = None
    attachments: Mapping[str, Enclosed] = MappingProxyType({})


class Target(Protocol):
    """An outbound endpoint that takes messages."""

    async def send(self, sent: Sent) -> Receipt:
        """Hand one message to the partner and return once they have taken it.

        Called several times at once, and again with the same key after any doubt. Ends within the timeout.

        Raises:
            TryLater: the partner may accept later (no connection, 429, 503; ``in_doubt`` if the answer was lost).
            ConfigError: the endpoint is not what is registered (redirect, 401): trying later, once it is mended.
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


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller asks who expects a document of its contract.

    Attributes:
        query: of the registry.
        cnp: of the person.
        on: the day the question is about; ``None``: today.
        writes: id of the mapping that writes the answer.
    """

    caller: Caller
    query: str
    purpose: str | None
    cnp: str
    on: date | None
    writes: str


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What the sources say, as a document of the caller's contract; ``reference`` is that of the question."""

    reference: str
    document: Document

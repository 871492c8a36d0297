"""Partners whose lists are fetched, because they do not send: the part of an adapter that polls.

How far a list was taken in is a position: words of the partner, or of the adapter, that the hub keeps in the
transaction which keeps what was in the list. Whatever is handed over twice is recognised by its id.
"""

from typing import Protocol, runtime_checkable

import msgspec

from hub_core.directory import Endpoint
from hub_core.message import Finding


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One document of a list, as it stands there.

    Attributes:
        sender_id: the partner's own id of it, where the protocol carries it outside the body, or a fingerprint;
            ``None``: the hub takes one of the bytes.
        name: of the file that it came in; it may name a person: messages are found by it, and it is shown like one.
        answers: ``Receipt.reference`` of the delivery that it answers: it then belongs to that conversation.
    """

    body: bytes
    media_type: str = ""
    sender_id: str | None = None
    name: str | None = None
    answers: str | None = None


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """The next part of a list.

    Attributes:
        items: at most 1,000, in the order of the list.
        after: position behind them; at most 500 characters, never a value of a person.
        more: there is something behind it now.
        withheld: documents in the list that the partner does not let be read; they are asked for again each time.
    """

    items: tuple[Item, ...]
    after: str
    more: bool = False
    withheld: int = 0


class Poller(Protocol):
    """An endpoint whose list is fetched."""

    async def poll(self, position: str | None) -> Batch:
        """Return what stands behind a position; ``None``: the beginning. Ends within the endpoint's timeout.

        What was handed over with a position is durable once this is called with it: a queue may now be told so.

        Raises:
            TryLater: not reachable, busy, or answer lost. ConfigError: wrong address or credentials.
            Rejected: the answer is no list.
        """
        ...

    async def close(self) -> None:
        """Give connections back."""
        ...


class Became(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a file of rows that was fetched.

    Attributes:
        refused: nothing of it counts.
        rows: that it has.
        refused_rows: of them.
        findings: about the file.
        faults: of its refused rows, in their order, then what is told of others; each has its line.
    """

    refused: bool
    rows: int = 0
    refused_rows: int = 0
    findings: tuple[Finding, ...] = ()
    faults: tuple[Finding, ...] = ()

    @property
    def summary(self) -> str:
        """One line for people.

        >>> Became(refused=False, rows=3, refused_rows=1).summary
        '2 of 3 rows taken, 1 refused'
        """
        if self.refused:
            return "nothing of this file counts"
        taken = self.rows - self.refused_rows
        return f"{taken:,} of {self.rows:,} rows taken, {self.refused_rows:,} refused"


@runtime_checkable
class Replies(Protocol):
    """What a poller has, besides, whose partner is told what became of each file."""

    async def unanswered(self) -> tuple[str, ...]:
        """Return the sender ids of the files that were handed over and have no reply yet."""
        ...

    async def reply(self, sender_id: str, became: Became) -> None:
        """Tell the partner; called again after a crash, with the same."""
        ...


@runtime_checkable
class Looks(Protocol):
    """What a poller or a ``Filing`` has, besides, that can look at the partner without taking or leaving anything."""

    async def look(self) -> str:
        """Say what was seen, for people; never a value of a document, nor a name of a file.

        Raises:
            TryLater, ConfigError: it cannot be used.
        """
        ...


@runtime_checkable
class Polls(Protocol):
    """What an adapter has, besides, whose ``Spec`` says that it polls."""

    def poller(self, name: str, endpoint: Endpoint) -> Poller:
        """Return what fetches the list of an ``IN`` endpoint with ``poll``; called outside of the event loop."""
        ...

"""The journal's writing side; the reading side is a port of its own."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from hub_core.filed import Closed, FileAnswer, SetAside
from hub_core.journal.entries import ParkedRow, PurgePart, PurgeStep
from hub_core.journal.replays import Replay
from hub_core.message import Delivery, Entry, Message, Outcome, Refusal
from hub_core.outbox import Claimed, Pause, Settlement
from hub_core.ports.schedule import Position


class Journal(Protocol):
    """The record of truth for messages. Writes are durable when they return."""

    async def record(self, message: Message, outcome: Outcome) -> Outcome:
        """Keep a message and what was decided about it, in one transaction.

        Called many times at once; calls are committed in groups. A new message returns ``outcome``
        itself. The same ``(party, endpoint, sender_id)`` with the same digest returns the first outcome and changes
        nothing.

        Raises:
            Rejected: J409, same id with other content.
            TryLater: J503, it is not known to be kept: handed in again, it gets the outcome that stands.
        """
        ...

    async def record_all(self, decided: Sequence[tuple[Message, Outcome]]) -> list[Outcome]:
        """Keep messages with their decisions, in this order, all or none; return for each what ``record`` would.

        Raises:
            Rejected: J409, one of the ids was used for other content.
            TryLater: J503, they are not known to be kept.
        """
        ...

    async def take_in(self, decided: Sequence[tuple[Message, Outcome]], position: Position) -> list[Outcome | None]:
        """Keep what was polled, like ``record_all``, and in the same transaction how far the list was taken in.

        ``None`` for what was left out because its id was used for other content: nobody is there to be told, and the
        list must not stand still for it.

        Raises:
            Rejected: J421, another poll took more in meanwhile; J423, another process has begun the run's job.
            TryLater: J503, they are not known to be kept.
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
        rooms: Mapping[str, int] | None = None,
        held: Collection[Claimed] = (),
    ) -> list[Claimed]:
        """Take up to ``limit`` due deliveries: READY or IN_DOUBT and due, or with an ended lease.

        Of the open deliveries of one endpoint with one order key only the oldest is ever given out. A parked
        delivery is not open: it lets the next one of its key pass, unless it was settled as one that holds it.
        Nothing is taken of an endpoint that is paused.

        Args:
            limit: most deliveries to take.
            lease: how long they are held.
            now: the present instant.
            rooms: most deliveries of an endpoint; of one that is not named, ``limit``.
            held: what the caller holds already and works on; it is held on to. With ``limit=0`` this is all that
                happens.
        """
        ...

    async def next_due(self, *, besides: Collection[str] = ()) -> datetime | None:
        """Return when the next delivery can be claimed, leaving out some endpoints; ``None``: nothing waits.

        What waits for the end of a pause can be claimed then; what waits for a person cannot.
        """
        ...

    async def take_back(self, *, now: datetime) -> int:
        """Take back, as in doubt, what workers that are gone still hold; return how many.

        Called once, before this process claims anything. A journal of one process takes back everything, one that
        several share only what has a lease that ended.
        """
        ...

    async def settle(self, settlement: Settlement) -> bool:
        """Write down how an attempt ended. False: somebody else holds the delivery now; nothing was changed."""
        ...

    async def settle_doubt(self, delivery_id: str, entry: Entry, *, sent: bool) -> None:
        """Write down what a person found out about a delivery in doubt that nobody is sending just now.

        ``sent``: the partner has it; otherwise it is sent again, at once and with its own key.

        Raises:
            Rejected: J404 no such message; J413 the delivery is not in doubt.
        """
        ...

    async def set_aside(self, items: Sequence[SetAside], *, at: datetime) -> None:
        """Park deliveries that no file can carry; those that wait no longer are left alone."""
        ...

    async def close_file(self, file: Closed) -> None:
        """Write a file down as it will be written, with the deliveries that are its rows.

        They stay open and wait for nothing else.

        Raises:
            Rejected: J422, another process closed a file of this endpoint meanwhile, or took one of the rows.
        """
        ...

    async def settle_file(self, endpoint: str, number: int, *, at: datetime) -> None:
        """Settle the rows of a file that lies there whole as sent, some at a time; again changes nothing."""
        ...

    async def answer_file(self, endpoint: str, number: int, answer: FileAnswer, *, at: datetime, by: str) -> int:
        """Write down what a partner says of a file of which every row is settled; return how many rows were parked.

        Rows that it refused are parked (D206), with its words, unless they went into another file since. The same
        answer again changes nothing.
        """
        ...

    async def close_parked(self, row: ParkedRow, entry: Entry, *, refused: bool) -> None:
        """Close what was given up without delivery, because a person says so; nothing is deleted.

        What it held back flows. Where nothing else of the message was sent or is open, it is ``REFUSED`` with
        ``refused``, and ``ACCEPTED`` without.

        Raises:
            Rejected: J404 no such message; J412 it is not parked.
        """
        ...

    async def pause(self, pause: Pause) -> None:
        """Let nothing more go to an endpoint; takes the place of a pause in force."""
        ...

    async def resume(self, endpoint: str, *, at: datetime, by: str, reason: str) -> bool:
        """End the pause of an endpoint. False: none was in force; nothing was changed."""
        ...

    async def note(self, entry: Entry) -> None:
        """Add a line to a message's history (an operator's act)."""
        ...

    async def split(self, entry: Entry) -> None:
        """Write down, with a line in its history, that all rows of a file are kept; again changes nothing.

        Raises:
            Rejected: J404 no such message.
        """
        ...

    async def purge(self, part: PurgePart, *, before: datetime, at: datetime, after: int = 0) -> PurgeStep:
        """Delete the bodies, or all that is kept, of the next messages that are closed and were received before.

        Closed: nothing of it is open, waits for a person or is still to be split into rows. Of a message without its
        body nothing says of whom it was; handed in again, it gets the first outcome, but for its record. One that is
        deleted as a whole would be new.

        Args:
            part: what to delete.
            before: received earlier than this.
            at: the present instant.
            after: number of a message: it looks at a bounded number of those that came later.
        """
        ...

    async def redeliver(self, deliveries: Sequence[Delivery], entry: Entry, outcome: Outcome | None = None) -> None:
        """Deliver what was given up again, with the entry that says who did it and why.

        A new id adds a delivery, which takes the place of a parked one to the same endpoint and carries ``outcome``,
        where that is not what was decided first. The id of a parked delivery tries that one again, with its own
        idempotency key.

        Raises:
            Rejected: J404 no such message; J410 its contents were purged; J412 the delivery of that id is not parked.
        """
        ...

    async def repair(self, copy: Message, outcome: Outcome, entry: Entry) -> Outcome:
        """Keep a corrected copy and close the message of ``entry``, in one transaction; return the outcome that stands.

        What was given up of the first is closed (D403); where that held its line, the copy takes its place. The same
        copy again changes nothing.

        Raises:
            Rejected: J404 no such message; J409 it was repaired by other content; J416 a delivery of it is on its way;
                J417 one is in doubt.
        """
        ...

    async def replay(self, replays: Sequence[Replay]) -> list[str | None]:
        """Deliver messages again, in this order and all in one transaction; return for each why it was left alone.

        ``None``: done. J410: its contents were purged. J415: it took part in this replay before. J416: a delivery to
        one of the endpoints is on its way. J417: one is in doubt. A new delivery takes the place of what was given up
        or is in doubt at its endpoint, also in its line; one under its own id joins its line anew, and is the first
        where it was the first.

        Raises:
            Rejected: J404 no such message; J410 the contents of one are purged just now.
        """
        ...

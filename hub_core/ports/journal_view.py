"""The journal's reading side."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Protocol

from hub_core.attachments.attachment import Attachment
from hub_core.errors import PunteError
from hub_core.filed import Candidate, Collecting, FiledRow, Unwritten
from hub_core.journal.entries import (
    Counts,
    DeliveryRow,
    Filter,
    Judged,
    Kept,
    MessageRow,
    ParkedGroup,
    ParkedRow,
    Purgeable,
    PurgePart,
    Queue,
    Rows,
)
from hub_core.journal.replays import Replay, Whole
from hub_core.message import Entry, Outcome, Receipt, Refusal
from hub_core.outbox import Pause


class JournalView(Protocol):
    """The journal for whoever looks; never changes anything. Plain functions, one consistent state per call."""

    def messages(self, wanted: Filter | None = None) -> list[MessageRow]:
        """Return messages that fit, newest first; with ``after`` the oldest first."""
        ...

    def how_many(self, wanted: Filter) -> int:
        """Return how many messages fit, whatever the limit."""
        ...

    def message(self, message_id: str) -> Kept | None:
        """Return a message and its decision."""
        ...

    def latest(self, message_id: str) -> Outcome | None:
        """Return what was decided last: by a replay, or first; ``None``: no such message."""
        ...

    def whole(self, message_ids: Sequence[str]) -> list[Whole | PunteError]:
        """Return all that is kept of messages, in this order: as many from the front as go into memory together.

        At least one; what is not there (J404), or cannot be opened, is the error in its place.
        """
        ...

    def hindered(self, replays: Sequence[Replay]) -> list[str | None]:
        """Return for each replay why ``Journal.replay`` would leave its message alone; ``None``: it would not.

        Raises:
            Rejected: J404.
        """
        ...

    def body(self, message_id: str) -> bytes:
        """Return the bytes as received.

        Raises:
            Rejected: J404; J410 they were purged.
        """
        ...

    def attachments(self, message_id: str) -> tuple[Attachment, ...]:
        """Return what came with a message in files of its own; nothing once its contents were purged.

        Raises:
            Rejected: J404.
        """
        ...

    def unnamed(self, files: Iterable[str]) -> list[str]:
        """Return those files of attachments that no message has."""
        ...

    def entries(self, message_id: str) -> list[Entry]:
        """Return a message's history, oldest first.

        Raises:
            Rejected: J404.
        """
        ...

    def first_in_line(self, delivery_id: str) -> str | None:
        """Return the message whose delivery a delivery waits behind; ``None``: it is the first of its order key."""
        ...

    def deliveries(self, message_id: str) -> list[DeliveryRow]:
        """Return a message's deliveries with their attempts, in the order they were added.

        Raises:
            Rejected: J404.
        """
        ...

    def unsplit(self) -> list[str]:
        """Return the files whose rows are not all messages yet, oldest first."""
        ...

    def rows(self, message_id: str) -> Rows:
        """Return what became of the rows of a file; of any other message, that there are none."""
        ...

    def receipt_of(self, delivery_id: str) -> Receipt | None:
        """Return what the partner gave back for a delivery; ``None`` unless it was sent."""
        ...

    def conversation_of(self, receipt: str, endpoints: Collection[str]) -> str | None:
        """Return the correlation id of what got a receipt at one of some endpoints; ``None``: nothing did."""
        ...

    def refusals(self, limit: int = 50) -> list[Refusal]:
        """Return calls that were turned away, newest first."""
        ...

    def judged(self, endpoint: str, *, until: datetime, limit: int) -> list[Judged]:
        """Return how the newest messages were decided that an endpoint had received until then, newest first.

        Costs what ``limit`` rows cost, whatever else is kept.
        """
        ...

    def counts(self) -> Counts:
        """Return the journal in numbers."""
        ...

    def parked(self, message_id: str | None = None) -> list[ParkedGroup]:
        """Return what was given up and waits for a person, by endpoint, code and mapping; or of one message only."""
        ...

    def parked_in(
        self,
        group: ParkedGroup,
        *,
        message_id: str | None = None,
        until: datetime | None = None,
        after: str = "",
        limit: int = 50,
    ) -> list[ParkedRow]:
        """Return what a group holds, the oldest first.

        Args:
            group: which cause.
            message_id: of this message only.
            until: parked then or before.
            after: the last key of the page before.
            limit: most rows.
        """
        ...

    def purgeable(self, part: PurgePart, *, before: datetime, after: int = 0) -> Purgeable:
        """Return of how many messages after a number ``Journal.purge`` would delete something, and the first."""
        ...

    def queues(self) -> list[Queue]:
        """Return what is not settled for good, by endpoint in the order of the names."""
        ...

    def failed_last(self, endpoint: str) -> str | None:
        """Return the message whose attempt at an endpoint failed last, of what is not settled for good."""
        ...

    def pauses(self, endpoint: str | None = None) -> list[Pause]:
        """Return the pauses that nobody ended, by endpoint; of a named endpoint the last 50, newest first."""
        ...

    def collecting(self, endpoint: str) -> Collecting:
        """Return what waits at an endpoint for a file."""
        ...

    def candidates(self, endpoint: str, *, after: int, limit: int) -> tuple[list[Candidate], int | None]:
        """Return deliveries that may go into a file, oldest first, and behind which to go on; ``None``: that is all.

        Left out is what waits behind a parked one that holds its order key.
        """
        ...

    def unwritten(self, endpoint: str) -> Unwritten | None:
        """Return the closed file of an endpoint of which not every row is settled; at most one is there."""
        ...

    def filed(self, endpoint: str) -> list[FiledRow]:
        """Return the last files of an endpoint, newest first."""
        ...

    def filed_as(self, name: str, endpoints: Collection[str]) -> FiledRow | None:
        """Return the file of a name at one of some endpoints; ``None``: there is none, or two have one."""
        ...

    def filed_with(self, delivery_id: str) -> FiledRow | None:
        """Return the file of which a delivery is a row; ``None``: of none."""
        ...

    def repeated(self, file_id: str, *, limit: int) -> list[tuple[int, str]]:
        """Return line and words of the rows of a file that came before in another one, in their order."""
        ...

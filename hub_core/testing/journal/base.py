"""What the parts of the journal's suite share."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

import pytest

from hub_core.message import Delivery, DeliveryState, Entry, Message
from hub_core.outbox import Claimed, Settlement
from hub_core.ports import Journal, JournalView, Schedule
from hub_core.testing.builders import NOW, a_delivery, a_message, an_outcome

MINUTE: Final = timedelta(minutes=1)
LEASE: Final = timedelta(minutes=5)


class AnyJournal(Journal, JournalView, Schedule, Protocol):
    """All ports of one journal."""


class JournalSuite:
    """Opens a fresh journal for each test."""

    def open(self, folder: Path) -> AbstractContextManager[AnyJournal]:
        """Open the journal that lies in ``folder``, or a new one; leaving the context closes it."""
        raise NotImplementedError

    def stored(self, journal: AnyJournal) -> list[str]:
        """Return every value that the journal has stored as text; of bytes each stands for one character."""
        raise NotImplementedError

    @pytest.fixture
    def journal(self, tmp_path: Path) -> Iterator[AnyJournal]:
        with self.open(tmp_path) as journal:
            yield journal


async def keep(journal: AnyJournal, *, order_key: str | None = None, **facts: object) -> Delivery:
    """Keep a new message with one delivery; ``facts`` are of the delivery."""
    message = a_message()
    delivery = a_delivery(message, order_key=order_key, **facts)
    await journal.record(message, an_outcome(message, delivery))
    return delivery


async def keep_bare(journal: AnyJournal, **facts: object) -> Message:
    """Keep a message without deliveries; ``facts`` are of the message."""
    message = a_message(**facts)
    await journal.record(message, an_outcome(message))
    return message


async def claim(
    journal: AnyJournal, *, limit: int = 100, lease: timedelta = LEASE, now: datetime = NOW
) -> list[Claimed]:
    """Claim whatever is due."""
    return await journal.claim(limit=limit, lease=lease, now=now)


async def claimed_ids(journal: AnyJournal, *, limit: int = 100, now: datetime = NOW) -> list[str]:
    """Claim and return the deliveries' ids."""
    return [claimed.delivery.id for claimed in await claim(journal, limit=limit, now=now)]


def ended(claimed: Claimed, state: DeliveryState, **facts: object) -> Settlement:
    """Return a settlement of an attempt, ended now."""
    return Settlement(delivery_id=claimed.delivery.id, fence=claimed.fence, state=state, **{"at": NOW, **facts})  # type: ignore[arg-type] # a test builder


async def send(journal: AnyJournal, claimed: Claimed) -> bool:
    """Settle an attempt as sent."""
    return await journal.settle(ended(claimed, DeliveryState.SENT))


async def park(journal: AnyJournal, claimed: Claimed, *, holds: bool = False) -> bool:
    """Settle an attempt as given up."""
    settlement = ended(claimed, DeliveryState.PARKED, code="D301", detail="last: D101", holds=holds)
    return await journal.settle(settlement)


async def doubt(journal: AnyJournal, claimed: Claimed) -> bool:
    """Settle an attempt as one whose answer was lost, for a person to settle."""
    return await journal.settle(ended(claimed, DeliveryState.IN_DOUBT, code="D104"))


async def fail(journal: AnyJournal, claimed: Claimed, *, again: datetime) -> bool:
    """Settle an attempt as failed, to be tried again."""
    return await journal.settle(ended(claimed, DeliveryState.READY, code="D101", due_at=again))


def by_operator(message_id: str) -> Entry:
    """Return the entry of a replay."""
    return Entry(message_id=message_id, at=NOW, step="replayed", by="operator", detail="asked for by the partner")

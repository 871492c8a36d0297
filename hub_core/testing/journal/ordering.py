"""The journal's suite: order per key."""

import asyncio

from hub_core.testing.builders import NOW, a_delivery, a_message, an_outcome
from hub_core.testing.journal.base import (
    LEASE,
    MINUTE,
    AnyJournal,
    JournalSuite,
    by_operator,
    claim,
    claimed_ids,
    fail,
    keep,
    park,
    send,
)


class Ordering(JournalSuite):
    """Of the open deliveries of one endpoint with one order key only the oldest is given out."""

    async def test_only_the_oldest_of_a_key_is_given_out(self, journal: AnyJournal) -> None:
        first = await keep(journal, order_key="p1")
        await keep(journal, order_key="p1")
        assert await claimed_ids(journal) == [first.id]
        assert await claimed_ids(journal) == []

    async def test_the_next_of_a_key_follows_when_the_one_before_is_sent(self, journal: AnyJournal) -> None:
        deliveries = [await keep(journal, order_key="p1") for _ in range(3)]
        for delivery in deliveries:
            (claimed,) = await claim(journal)
            assert claimed.delivery.id == delivery.id
            await send(journal, claimed)
        assert await claimed_ids(journal) == []

    async def test_one_that_waits_for_its_next_attempt_holds_its_key_back(self, journal: AnyJournal) -> None:
        first = await keep(journal, order_key="p1")
        await keep(journal, order_key="p1")
        (claimed,) = await claim(journal)
        await fail(journal, claimed, again=NOW + MINUTE)
        assert await claimed_ids(journal) == []
        assert await claimed_ids(journal, now=NOW + MINUTE) == [first.id]

    async def test_one_whose_lease_ended_holds_its_key_back(self, journal: AnyJournal) -> None:
        first = await keep(journal, order_key="p1")
        await keep(journal, order_key="p1")
        await claim(journal)
        assert await claimed_ids(journal, now=NOW + LEASE) == [first.id]

    async def test_one_that_is_due_later_holds_its_key_back(self, journal: AnyJournal) -> None:
        await keep(journal, order_key="p1", due_at=NOW + MINUTE)
        await keep(journal, order_key="p1")
        assert await claimed_ids(journal) == []

    async def test_a_parked_delivery_lets_the_next_of_its_key_pass(self, journal: AnyJournal) -> None:
        await keep(journal, order_key="p1")
        second = await keep(journal, order_key="p1")
        (claimed,) = await claim(journal)
        await park(journal, claimed)
        assert await claimed_ids(journal) == [second.id]

    async def test_other_keys_and_no_key_pass(self, journal: AnyJournal) -> None:
        await keep(journal, order_key="p1")
        await claim(journal)
        await keep(journal, order_key="p1")
        passing = [await keep(journal, order_key=key) for key in ("p2", None, None)]
        assert sorted(await claimed_ids(journal)) == sorted(delivery.id for delivery in passing)

    async def test_the_same_key_at_another_endpoint_passes(self, journal: AnyJournal) -> None:
        await keep(journal, order_key="p1")
        await claim(journal)
        other = await keep(journal, order_key="p1", endpoint="other-out")
        assert await claimed_ids(journal) == [other.id]

    async def test_order_holds_among_messages_of_one_commit(self, journal: AnyJournal) -> None:
        messages = [a_message() for _ in range(8)]
        deliveries = [a_delivery(message, order_key="p1") for message in messages]
        await asyncio.gather(
            *(journal.record(one, an_outcome(one, mine)) for one, mine in zip(messages, deliveries, strict=True))
        )
        for delivery in deliveries:
            (claimed,) = await claim(journal)
            assert claimed.delivery.id == delivery.id
            await send(journal, claimed)

    async def test_a_key_is_free_again_after_its_last_delivery(self, journal: AnyJournal) -> None:
        await keep(journal, order_key="p1")
        (claimed,) = await claim(journal)
        await send(journal, claimed)
        later = await keep(journal, order_key="p1")
        assert await claimed_ids(journal) == [later.id]

    async def test_it_says_behind_which_message_a_delivery_stands(self, journal: AnyJournal) -> None:
        first, second = [await keep(journal, order_key="p1") for _ in range(2)]
        assert journal.first_in_line(first.id) is None
        assert journal.first_in_line(second.id) == first.message_id
        (claimed,) = await claim(journal)
        assert journal.first_in_line(second.id) == first.message_id
        await park(journal, claimed, holds=True)
        assert journal.first_in_line(second.id) == first.message_id
        await journal.redeliver([first], by_operator(first.message_id))
        (claimed,) = await claim(journal)
        await send(journal, claimed)
        assert journal.first_in_line(second.id) is None

    async def test_a_long_line_of_one_key_does_not_hide_other_deliveries(self, journal: AnyJournal) -> None:
        for _ in range(20):
            await keep(journal, order_key="p1", due_at=NOW - MINUTE)
        other = await keep(journal)
        assert other.id in await claimed_ids(journal, limit=2)

    async def test_a_parked_one_tried_again_waits_for_the_open_one_of_its_key(self, journal: AnyJournal) -> None:
        first = await keep(journal, order_key="p1")
        await keep(journal, order_key="p1")
        (claimed,) = await claim(journal)
        await park(journal, claimed)
        (second,) = await claim(journal)
        await journal.redeliver([first], by_operator(first.message_id))
        assert await claimed_ids(journal) == []
        await send(journal, second)
        assert await claimed_ids(journal) == [first.id]

"""The journal's suite: claiming and settling deliveries."""

import asyncio
from datetime import datetime, timedelta

from hub_core.errors import Rejected
from hub_core.message import DeliveryState, State
from hub_core.outbox import Claimed
from hub_core.testing.builders import NOW, a_delivery, a_message, an_outcome
from hub_core.testing.journal.base import (
    LEASE,
    MINUTE,
    AnyJournal,
    JournalSuite,
    claim,
    claimed_ids,
    ended,
    fail,
    keep,
    park,
    send,
)


class Sending(JournalSuite):
    """``Journal.claim``, ``settle``, ``next_due``, ``take_back``."""

    async def test_a_due_delivery_is_given_out_once(self, journal: AnyJournal) -> None:
        delivery = await keep(journal)
        assert await claimed_ids(journal) == [delivery.id]
        assert await claimed_ids(journal) == []

    async def test_a_claim_brings_what_has_to_be_sent(self, journal: AnyJournal) -> None:
        message = a_message(correlation_id="c-1", party="ro.cnas", service="insured-person")
        delivery = a_delivery(message, order_key="p1")
        await journal.record(message, an_outcome(message, delivery, record=b'{"a":1}'))
        (claimed,) = await claim(journal)
        assert claimed.delivery == delivery
        assert (claimed.record, claimed.correlation_id) == (b'{"a":1}', "c-1")
        assert (claimed.party, claimed.service) == ("ro.cnas", "insured-person")
        assert (claimed.attempt, claimed.lease_until) == (1, NOW + LEASE)
        assert (claimed.since, claimed.in_doubt) == (NOW, False)

    async def test_a_delivery_is_not_given_out_before_it_is_due(self, journal: AnyJournal) -> None:
        delivery = await keep(journal, due_at=NOW + MINUTE)
        assert await claimed_ids(journal) == []
        assert await claimed_ids(journal, now=NOW + MINUTE) == [delivery.id]

    async def test_the_longest_due_go_first_and_no_more_than_asked_for(self, journal: AnyJournal) -> None:
        late = await keep(journal, due_at=NOW - MINUTE)
        later = await keep(journal, due_at=NOW - 3 * MINUTE, endpoint="other-out")
        await keep(journal, due_at=NOW)
        assert await claimed_ids(journal, limit=2) == [later.id, late.id]

    async def test_workers_that_claim_at_once_never_get_the_same_delivery(self, journal: AnyJournal) -> None:
        deliveries = {(await keep(journal)).id for _ in range(12)}
        answers = await asyncio.gather(*(claimed_ids(journal, limit=3) for _ in range(8)))
        given = [one for answer in answers for one in answer]
        assert sorted(given) == sorted(deliveries)

    async def test_a_claimed_delivery_comes_back_when_its_lease_ends(self, journal: AnyJournal) -> None:
        delivery = await keep(journal)
        (first,) = await claim(journal)
        assert await claimed_ids(journal, now=NOW + LEASE - MINUTE) == []
        (second,) = await claim(journal, now=NOW + LEASE)
        assert second.delivery.id == delivery.id
        assert (second.attempt, second.in_doubt) == (2, True)
        assert second.fence > first.fence

    async def test_a_worker_whose_lease_was_given_on_changes_nothing(self, journal: AnyJournal) -> None:
        delivery = await keep(journal)
        (first,) = await claim(journal)
        (second,) = await claim(journal, now=NOW + LEASE)
        assert not await park(journal, first)
        assert await send(journal, second)
        assert [row.state for row in journal.deliveries(delivery.message_id)] == [DeliveryState.SENT]

    async def test_a_late_settlement_counts_while_nobody_else_holds_the_delivery(self, journal: AnyJournal) -> None:
        delivery = await keep(journal)
        (claimed,) = await claim(journal)
        assert await journal.settle(ended(claimed, DeliveryState.SENT, at=NOW + 2 * LEASE))
        assert await claimed_ids(journal, now=NOW + 2 * LEASE) == []
        assert journal.deliveries(delivery.message_id)[0].state is DeliveryState.SENT

    async def test_an_attempt_is_settled_once(self, journal: AnyJournal) -> None:
        await keep(journal)
        (claimed,) = await claim(journal)
        assert await send(journal, claimed)
        assert not await park(journal, claimed)

    async def test_a_failed_delivery_comes_back_when_it_is_due_again(self, journal: AnyJournal) -> None:
        delivery = await keep(journal)
        (claimed,) = await claim(journal)
        await fail(journal, claimed, again=NOW + MINUTE)
        assert await claimed_ids(journal) == []
        (again,) = await claim(journal, now=NOW + MINUTE)
        assert (again.delivery.id, again.attempt) == (delivery.id, 2)

    async def test_a_delivery_in_doubt_comes_back_under_the_same_id(self, journal: AnyJournal) -> None:
        delivery = await keep(journal)
        (claimed,) = await claim(journal)
        await journal.settle(ended(claimed, DeliveryState.IN_DOUBT, code="D103", due_at=NOW + MINUTE))
        assert journal.deliveries(delivery.message_id)[0].state is DeliveryState.IN_DOUBT
        assert await claimed_ids(journal, now=NOW + MINUTE) == [delivery.id]

    async def test_a_sent_delivery_never_comes_back(self, journal: AnyJournal) -> None:
        await keep(journal)
        (claimed,) = await claim(journal)
        await send(journal, claimed)
        assert await claimed_ids(journal, now=NOW + 100 * LEASE) == []

    async def test_a_parked_delivery_never_comes_back_by_itself(self, journal: AnyJournal) -> None:
        await keep(journal)
        (claimed,) = await claim(journal)
        await park(journal, claimed)
        assert await claimed_ids(journal, now=NOW + 100 * LEASE) == []

    async def test_no_endpoint_gets_more_than_its_room(self, journal: AnyJournal) -> None:
        for _ in range(4):
            await keep(journal, endpoint="slow")
        other = await keep(journal, endpoint="quick")
        claims = await journal.claim(limit=9, lease=LEASE, now=NOW, rooms={"slow": 2})
        assert sorted(claimed.delivery.endpoint for claimed in claims) == ["quick", "slow", "slow"]
        assert other.id in {claimed.delivery.id for claimed in claims}

    async def test_an_endpoint_without_room_gets_nothing(self, journal: AnyJournal) -> None:
        await keep(journal, endpoint="slow", due_at=NOW - MINUTE)
        await keep(journal, endpoint="quick")
        claims = await journal.claim(limit=9, lease=LEASE, now=NOW, rooms={"slow": 0, "quick": 1})
        assert [claimed.delivery.endpoint for claimed in claims] == ["quick"]

    async def test_what_a_worker_says_it_holds_stays_its_own(self, journal: AnyJournal) -> None:
        await keep(journal)
        (claimed,) = await claim(journal)
        for minutes in range(1, 20):
            assert await journal.claim(limit=9, lease=LEASE, now=NOW + minutes * MINUTE, held=[claimed]) == []
        assert await claimed_ids(journal, now=NOW + 20 * MINUTE) == []
        assert await send(journal, claimed)

    async def test_what_was_given_on_is_not_held_by_saying_so(self, journal: AnyJournal) -> None:
        await keep(journal)
        (first,) = await claim(journal)
        (second,) = await claim(journal, now=NOW + LEASE)
        await journal.claim(limit=0, lease=20 * LEASE, now=NOW + LEASE, held=[first])
        (third,) = await claim(journal, now=NOW + 2 * LEASE)
        assert third.fence > second.fence > first.fence

    async def test_what_was_settled_is_not_held_by_saying_so(self, journal: AnyJournal) -> None:
        await keep(journal)
        (claimed,) = await claim(journal)
        await fail(journal, claimed, again=NOW + MINUTE)
        await journal.claim(limit=0, lease=LEASE, now=NOW + MINUTE, held=[claimed])
        assert len(await claim(journal, now=NOW + MINUTE)) == 1

    async def test_the_journal_knows_when_the_next_delivery_is_due(self, journal: AnyJournal) -> None:
        assert await journal.next_due() is None
        await keep(journal, due_at=NOW + 3 * MINUTE)
        await keep(journal, due_at=NOW + 2 * MINUTE, endpoint="full")
        assert await journal.next_due() == NOW + 2 * MINUTE
        assert await journal.next_due(besides={"full"}) == NOW + 3 * MINUTE
        assert await journal.next_due(besides={"full", "ministry-out"}) is None

    async def test_what_is_held_is_next_due_when_its_lease_ends(self, journal: AnyJournal) -> None:
        await keep(journal)
        await claim(journal)
        assert await journal.next_due() == NOW + LEASE

    async def test_what_a_clock_that_was_ahead_put_off_waits_from_now_on(self, journal: AnyJournal) -> None:
        ahead = NOW + timedelta(days=12 * 365)
        delivery = await keep(journal)
        (claimed,) = await claim(journal, now=ahead)
        await journal.settle(ended(claimed, DeliveryState.READY, at=ahead, due_at=ahead + MINUTE, code="D101"))
        await journal.take_back(now=NOW)
        assert await claimed_ids(journal, now=NOW) == []
        assert await claimed_ids(journal, now=NOW + MINUTE) == [delivery.id]

    async def test_what_a_worker_that_is_gone_held_is_taken_back_as_in_doubt(self, journal: AnyJournal) -> None:
        delivery = await keep(journal)
        await keep(journal, due_at=NOW + 2 * LEASE)
        (claimed,) = await claim(journal)
        assert await journal.take_back(now=NOW + LEASE) == 1
        assert journal.deliveries(delivery.message_id)[0].state is DeliveryState.IN_DOUBT
        assert not await send(journal, claimed)
        assert await claimed_ids(journal, now=NOW + LEASE) == [delivery.id]

    async def test_what_was_held_in_two_ends_of_a_worker_is_given_out_one_at_a_time(self, journal: AnyJournal) -> None:
        suspects = [await keep(journal) for _ in range(3)]
        now = await _end_workers(journal, 2)
        fresh = await keep(journal, due_at=now)
        first = await claim(journal, now=now)
        assert {one.delivery.id for one in first} == {suspects[0].id, fresh.id}
        assert {one.delivery.id: one.lost for one in first} == {suspects[0].id: 2, fresh.id: 0}
        later = now + timedelta(seconds=1)
        assert await journal.claim(limit=9, lease=LEASE, now=later, held=first) == []
        assert await send(journal, first[0])
        second = await claim(journal, now=now + 2 * timedelta(seconds=1))
        assert [one.delivery.id for one in second] == [suspects[1].id]

    async def test_after_one_end_of_a_worker_nothing_is_suspected(self, journal: AnyJournal) -> None:
        kept = [await keep(journal) for _ in range(3)]
        now = await _end_workers(journal, 1)
        assert [one.delivery.id for one in await claim(journal, now=now)] == [one.id for one in kept]

    async def test_an_attempt_that_ended_clears_of_suspicion(self, journal: AnyJournal) -> None:
        await keep(journal)
        now = await _end_workers(journal, 2)
        (claimed,) = await claim(journal, now=now)
        await fail(journal, claimed, again=now)
        (again,) = await claim(journal, now=now)
        assert (claimed.lost, again.lost) == (2, 0)

    async def test_a_message_is_delivering_until_its_last_delivery_is_sent(self, journal: AnyJournal) -> None:
        first, second = await _claim_two_of_one(journal)
        await send(journal, first)
        assert journal.messages()[0].state is State.DELIVERING
        await send(journal, second)
        assert journal.messages()[0].state is State.DELIVERED

    async def test_a_message_is_parked_as_soon_as_one_delivery_is(self, journal: AnyJournal) -> None:
        first, second = await _claim_two_of_one(journal)
        await park(journal, first)
        assert journal.messages()[0].state is State.PARKED
        await send(journal, second)
        assert journal.messages()[0].state is State.PARKED

    async def test_a_conflicting_message_sends_nothing(self, journal: AnyJournal) -> None:
        first, rival = a_message(sender_id="7", body=b"one"), a_message(sender_id="7", body=b"other")
        await journal.record(first, an_outcome(first))
        answers = await asyncio.gather(
            journal.record(rival, an_outcome(rival, a_delivery(rival))), return_exceptions=True
        )
        assert isinstance(answers[0], Rejected)
        assert await claimed_ids(journal) == []


async def _claim_two_of_one(journal: AnyJournal) -> list[Claimed]:
    """Keep a message with two deliveries and claim both."""
    message = a_message()
    targets = [a_delivery(message, endpoint=name) for name in ("one", "two")]
    await journal.record(message, an_outcome(message, *targets))
    return await claim(journal)


async def _end_workers(journal: AnyJournal, times: int) -> datetime:
    """Claim everything, and end as a worker that was killed, as often as asked; return the present time."""
    now = NOW
    for _ in range(times):
        await claim(journal, now=now)
        now += LEASE
        await journal.take_back(now=now)
    return now

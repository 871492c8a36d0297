"""The journal's suite: endpoints that are paused, keys that are held back, deliveries that wait for a person."""

from datetime import datetime

import msgspec
import pytest

from hub_core.clock import new_id
from hub_core.errors import Rejected
from hub_core.journal.entries import Queue
from hub_core.message import Delivery, DeliveryState, Entry, State
from hub_core.outbox import Claimed, Pause
from hub_core.testing.builders import NOW, a_delivery, a_message, an_outcome
from hub_core.testing.journal.base import (
    LEASE,
    MINUTE,
    AnyJournal,
    JournalSuite,
    by_operator,
    claim,
    claimed_ids,
    doubt,
    ended,
    fail,
    keep,
    park,
    send,
)

OUT = "ministry-out"


def a_pause(*, endpoint: str = OUT, at: datetime = NOW, until: datetime | None = None) -> Pause:
    """Return a pause that somebody asks for."""
    return Pause(endpoint=endpoint, at=at, by="clerk", reason="their database moves", until=until)


def found_out(delivery: Delivery) -> Entry:
    """Return the entry of a person who settles a doubt."""
    said = "asked by telephone"
    return Entry(
        message_id=delivery.message_id, at=NOW, step="settled", by="clerk", detail=said, endpoint=delivery.endpoint
    )


async def keep_in_doubt(journal: AnyJournal, *, order_key: str | None = None) -> Delivery:
    """Keep a message whose only delivery is in doubt and waits for a person."""
    delivery = await keep(journal, order_key=order_key)
    (claimed,) = await claim(journal)
    await doubt(journal, claimed)
    return delivery


async def one(journal: AnyJournal) -> Claimed:
    """Claim what must be the only due delivery."""
    (claimed,) = await claim(journal)
    return claimed


class Endpoints(JournalSuite):
    """``Journal.pause``, ``resume``, ``settle_doubt``; settlements that hold; ``JournalView.queues``, ``pauses``."""

    async def test_a_number_of_a_person_in_a_reason_is_not_kept(self, journal: AnyJournal) -> None:
        begun = msgspec.structs.replace(a_pause(), reason="she asked, 2850415123450")
        await journal.pause(begun)
        await journal.resume(OUT, at=NOW, by="clerk", reason="285 0415 123450 is served")
        (kept,) = journal.pauses(OUT)
        assert (kept.reason, kept.resumed_reason) == ("she asked, …50", "…50 is served")

    async def test_nothing_is_taken_of_a_paused_endpoint(self, journal: AnyJournal) -> None:
        await keep(journal)
        other = await keep(journal, endpoint="other-out")
        await journal.pause(a_pause())
        assert await claimed_ids(journal, now=NOW + 100 * LEASE) == [other.id]
        assert await journal.next_due(besides={"other-out"}) is None

    async def test_a_pause_ends_by_itself(self, journal: AnyJournal) -> None:
        delivery = await keep(journal)
        await journal.pause(a_pause(until=NOW + MINUTE))
        assert await claimed_ids(journal) == []
        assert await journal.next_due() == NOW + MINUTE
        assert await claimed_ids(journal, now=NOW + MINUTE) == [delivery.id]

    async def test_a_delivery_that_is_due_after_the_pause_waits_for_its_own_time(self, journal: AnyJournal) -> None:
        await keep(journal, due_at=NOW + 3 * MINUTE)
        await journal.pause(a_pause(until=NOW + MINUTE))
        assert await journal.next_due() == NOW + 3 * MINUTE

    async def test_what_is_under_way_when_a_pause_begins_is_settled(self, journal: AnyJournal) -> None:
        await keep(journal)
        claimed = await one(journal)
        await journal.pause(a_pause())
        assert await send(journal, claimed)

    async def test_a_resumed_endpoint_gets_what_waited(self, journal: AnyJournal) -> None:
        delivery = await keep(journal)
        await journal.pause(a_pause())
        assert await journal.resume(OUT, at=NOW + MINUTE, by="chief", reason="they are back")
        assert await claimed_ids(journal) == [delivery.id]
        (pause,) = journal.pauses(OUT)
        assert (pause.by, pause.reason) == ("clerk", "their database moves")
        assert (pause.resumed_at, pause.resumed_by, pause.resumed_reason) == (NOW + MINUTE, "chief", "they are back")
        assert journal.pauses() == []

    async def test_what_is_not_paused_is_not_resumed(self, journal: AnyJournal) -> None:
        assert not await journal.resume(OUT, at=NOW, by="chief", reason="?")
        await journal.pause(a_pause(until=NOW + MINUTE))
        assert not await journal.resume(OUT, at=NOW + MINUTE, by="chief", reason="it is over")

    async def test_a_new_pause_takes_the_place_of_the_one_in_force(self, journal: AnyJournal) -> None:
        await keep(journal)
        await journal.pause(a_pause(until=NOW + MINUTE))
        await journal.pause(a_pause(at=NOW + MINUTE / 2))
        assert await claimed_ids(journal, now=NOW + LEASE) == []
        assert journal.pauses() == [a_pause(at=NOW + MINUTE / 2)]
        assert [pause.until for pause in journal.pauses(OUT)] == [None, NOW + MINUTE]

    async def test_a_parked_delivery_that_holds_keeps_the_later_ones_of_its_key_back(self, journal: AnyJournal) -> None:
        await keep(journal, order_key="p1")
        await keep(journal, order_key="p1")
        await park(journal, await one(journal), holds=True)
        await keep(journal, order_key="p1")
        assert await claimed_ids(journal, now=NOW + 100 * LEASE) == []

    async def test_one_without_order_key_holds_nothing(self, journal: AnyJournal) -> None:
        await keep(journal)
        await park(journal, await one(journal), holds=True)
        second = await keep(journal)
        assert await claimed_ids(journal) == [second.id]

    async def test_one_that_held_its_key_is_the_first_when_it_is_tried_again(self, journal: AnyJournal) -> None:
        first = await keep(journal, order_key="p1")
        second = await keep(journal, order_key="p1")
        await park(journal, await one(journal), holds=True)
        await journal.redeliver([first], by_operator(first.message_id))
        claimed = await one(journal)
        assert claimed.delivery.id == first.id
        await send(journal, claimed)
        assert await claimed_ids(journal) == [second.id]

    async def test_a_replay_stands_in_the_line_where_the_one_stood_that_held_it(self, journal: AnyJournal) -> None:
        first = await keep(journal, order_key="p1")
        second = await keep(journal, order_key="p1")
        await park(journal, await one(journal), holds=True)
        again = a_delivery(a_message(id=first.message_id), order_key="p1")
        await journal.redeliver([again], by_operator(first.message_id))
        claimed = await one(journal)
        assert claimed.delivery.id == again.id
        await send(journal, claimed)
        assert await claimed_ids(journal) == [second.id]

    async def test_the_age_of_one_that_is_tried_again_counts_anew(self, journal: AnyJournal) -> None:
        parked = await keep(journal)
        await park(journal, await one(journal))
        again = a_delivery(a_message(id=parked.message_id), id=parked.id, due_at=NOW + MINUTE)
        await journal.redeliver([again], by_operator(parked.message_id))
        (claimed,) = await claim(journal, now=NOW + MINUTE)
        assert claimed.since == NOW + MINUTE

    async def test_a_doubt_without_due_time_waits_for_a_person(self, journal: AnyJournal) -> None:
        await keep_in_doubt(journal)
        assert await claimed_ids(journal, now=NOW + 100 * LEASE) == []
        assert await journal.next_due() is None
        assert journal.queues() == [Queue(endpoint=OUT, waiting=1, in_doubt=1, in_doubt_since=NOW)]

    async def test_what_stands_behind_a_doubt_is_not_the_oldest_that_can_go(self, journal: AnyJournal) -> None:
        await keep_in_doubt(journal, order_key="p1")
        await keep(journal, order_key="p1")
        (queue,) = journal.queues()
        assert (queue.waiting, queue.oldest) == (2, None)
        await keep(journal)
        (queue,) = journal.queues()
        assert (queue.waiting, queue.oldest) == (3, NOW)

    async def test_a_replay_lets_go_of_every_key_that_its_parked_deliveries_held(self, journal: AnyJournal) -> None:
        message = a_message()
        both = [a_delivery(message, order_key=key) for key in ("p1", "p2")]
        await journal.record(message, an_outcome(message, *both))
        for claimed in await claim(journal):
            await park(journal, claimed, holds=True)
        waiting = await keep(journal, order_key="p2")
        again = a_delivery(message, order_key="p1")
        await journal.redeliver([again], by_operator(message.id))
        assert set(await claimed_ids(journal)) == {again.id, waiting.id}

    async def test_a_doubt_holds_its_key_back(self, journal: AnyJournal) -> None:
        first = await keep_in_doubt(journal, order_key="p1")
        second = await keep(journal, order_key="p1")
        assert await claimed_ids(journal) == []
        await journal.settle_doubt(first.id, found_out(first), sent=True)
        assert await claimed_ids(journal) == [second.id]

    async def test_a_person_says_that_the_partner_has_it(self, journal: AnyJournal) -> None:
        delivery = await keep_in_doubt(journal)
        await journal.settle_doubt(delivery.id, found_out(delivery), sent=True)
        assert journal.deliveries(delivery.message_id)[0].state is DeliveryState.SENT
        assert journal.messages()[0].state is State.DELIVERED
        assert journal.entries(delivery.message_id)[-1] == found_out(delivery)

    async def test_a_person_says_that_the_partner_does_not_have_it(self, journal: AnyJournal) -> None:
        delivery = await keep_in_doubt(journal)
        await journal.settle_doubt(delivery.id, found_out(delivery), sent=False)
        claimed = await one(journal)
        assert (claimed.delivery.id, claimed.in_doubt) == (delivery.id, False)

    async def test_what_is_not_in_doubt_is_not_settled_by_a_person(self, journal: AnyJournal) -> None:
        delivery = await keep(journal)
        for begin in (None, claim):
            if begin is not None:
                await begin(journal)
            with pytest.raises(Rejected) as raised:
                await journal.settle_doubt(delivery.id, found_out(delivery), sent=True)
            assert raised.value.code == "J413"
        assert [entry.step for entry in journal.entries(delivery.message_id)] == ["received", "decided"]

    async def test_a_doubt_that_is_being_sent_again_is_not_settled_by_a_person(self, journal: AnyJournal) -> None:
        delivery = await keep(journal)
        claimed = await one(journal)
        await journal.settle(ended(claimed, DeliveryState.IN_DOUBT, code="D103", due_at=NOW))
        await claim(journal)
        with pytest.raises(Rejected):
            await journal.settle_doubt(delivery.id, found_out(delivery), sent=True)

    async def test_the_doubt_of_an_unknown_message_is_not_settled(self, journal: AnyJournal) -> None:
        delivery = await keep_in_doubt(journal)
        with pytest.raises(Rejected) as raised:
            await journal.settle_doubt(delivery.id, found_out(a_delivery(a_message(id=new_id()))), sent=True)
        assert raised.value.code == "J404"

    async def test_the_message_that_failed_last_at_an_endpoint_is_found_until_it_is_sent(
        self, journal: AnyJournal
    ) -> None:
        await keep(journal)
        assert journal.failed_last(OUT) is None
        first = await one(journal)
        await fail(journal, first, again=NOW + MINUTE)
        await keep(journal, endpoint="elsewhere")
        assert (journal.failed_last(OUT), journal.failed_last("elsewhere")) == (first.delivery.message_id, None)
        parked = await keep(journal)
        for claimed in await claim(journal):
            if claimed.delivery.id == parked.id:
                await journal.settle(ended(claimed, DeliveryState.PARKED, code="D201", at=NOW + MINUTE))
        assert journal.failed_last(OUT) == parked.message_id

    async def test_queues_count_what_is_not_settled_for_good(self, journal: AnyJournal) -> None:
        assert journal.queues() == []
        await keep(journal, endpoint="b-out")
        await park(journal, await one(journal))
        await keep(journal, endpoint="b-out")
        await fail(journal, await one(journal), again=NOW + MINUTE)
        await keep(journal, endpoint="c-out")
        await send(journal, await one(journal))
        await keep(journal, endpoint="a-out")
        await keep(journal, endpoint="a-out")
        assert journal.queues() == [
            Queue(endpoint="a-out", waiting=2, oldest=NOW),
            Queue(endpoint="b-out", waiting=1, oldest=NOW, parked=1),
        ]

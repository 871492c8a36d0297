"""The journal's suite: replays."""

from collections.abc import Callable, Sequence
from hashlib import shake_256

import pytest

from hub_core.errors import PunteError
from hub_core.journal.entries import Filter
from hub_core.journal.replays import Replay, Whole
from hub_core.journal.whole import MOST_BYTES
from hub_core.message import Delivery, DeliveryState, Entry, State
from hub_core.testing.builders import NOW, a_delivery, a_message, an_outcome
from hub_core.testing.journal.base import (
    AnyJournal,
    JournalSuite,
    claim,
    claimed_ids,
    doubt,
    keep,
    keep_bare,
    park,
    send,
)

RECORD = b'{"name":{"family":"Popescu"}}'


def a_replay(*deliveries: Delivery, **facts: object) -> Replay:
    """Return a replay of the message of these deliveries."""
    entry = Entry(message_id=deliveries[0].message_id, at=NOW, step="replayed", by="ana", detail="ticket 4711")
    return Replay(**{"id": "r1", "entry": entry, "deliveries": deliveries} | facts)  # type: ignore[arg-type] # a builder


def anew(delivery: Delivery, **facts: object) -> Delivery:
    """Return a new delivery to where another one goes."""
    kept = {"endpoint": delivery.endpoint, "order_key": delivery.order_key}
    return a_delivery(a_message(id=delivery.message_id), **kept | facts)


async def sent(journal: AnyJournal, **facts: object) -> Delivery:
    """Keep a message and send it."""
    delivery = await keep(journal, **facts)  # type: ignore[arg-type] # passed on
    (claimed,) = await claim(journal)
    await send(journal, claimed)
    return delivery


async def doubtful(journal: AnyJournal, **facts: object) -> Delivery:
    """Keep a message whose answer was lost."""
    delivery = await keep(journal, **facts)  # type: ignore[arg-type] # passed on
    (claimed,) = await claim(journal)
    await doubt(journal, claimed)
    return delivery


def wholes(found: Sequence[Whole | PunteError]) -> list[Whole]:
    """Return those messages that are there."""
    return [one for one in found if isinstance(one, Whole)]


class Replaying(JournalSuite):
    """``Journal.replay``, ``JournalView.whole``, ``hindered``, ``latest`` and ``how_many``."""

    async def test_what_was_sent_is_sent_again_under_a_new_key(self, journal: AnyJournal) -> None:
        again = anew(await sent(journal))
        assert await journal.replay([a_replay(again)]) == [None]
        assert await claimed_ids(journal) == [again.id]
        assert journal.entries(again.message_id)[-1].step == "replayed"

    async def test_the_same_replay_twice_does_nothing_new(self, journal: AnyJournal) -> None:
        first = await sent(journal)
        await journal.replay([a_replay(anew(first))])
        (claimed,) = await claim(journal)
        await send(journal, claimed)
        assert await journal.replay([a_replay(anew(first))]) == ["J415"]
        assert await claim(journal) == []
        assert [entry.replay for entry in journal.entries(first.message_id)].count("r1") == 1

    async def test_one_message_twice_in_one_replay_is_replayed_once(self, journal: AnyJournal) -> None:
        first = await sent(journal)
        assert await journal.replay([a_replay(anew(first)), a_replay(anew(first))]) == [None, "J415"]
        assert len(await claim(journal)) == 1

    async def test_another_replay_of_the_same_message_is_done(self, journal: AnyJournal) -> None:
        first = await sent(journal)
        await journal.replay([a_replay(anew(first))])
        (claimed,) = await claim(journal)
        await send(journal, claimed)
        assert await journal.replay([a_replay(anew(first), id="r2")]) == [None]

    async def test_what_is_on_its_way_is_left_alone(self, journal: AnyJournal) -> None:
        first = await keep(journal)
        assert await journal.replay([a_replay(anew(first))]) == ["J416"]
        await claim(journal)
        assert await journal.replay([a_replay(anew(first))]) == ["J416"]
        assert [row.delivery.id for row in journal.deliveries(first.message_id)] == [first.id]

    async def test_what_is_on_its_way_to_another_endpoint_hinders_nothing(self, journal: AnyJournal) -> None:
        first = await keep(journal, endpoint="one")
        assert await journal.replay([a_replay(anew(first, endpoint="two"))]) == [None]

    async def test_what_is_in_doubt_is_left_alone_unless_it_is_asked_for(self, journal: AnyJournal) -> None:
        first = await doubtful(journal)
        assert await journal.replay([a_replay(anew(first))]) == ["J417"]
        assert await claim(journal) == []
        again = anew(first)
        assert await journal.replay([a_replay(again, also_in_doubt=True)]) == [None]
        assert await claimed_ids(journal) == [again.id]
        assert [row.standing for row in journal.deliveries(first.message_id)] == ["replaced", "ready"]

    async def test_what_is_in_doubt_is_repeated_under_its_own_key(self, journal: AnyJournal) -> None:
        first = await doubtful(journal)
        assert await journal.replay([a_replay(first, also_in_doubt=True)]) == [None]
        assert await claimed_ids(journal) == [first.id]

    async def test_a_look_says_what_would_hinder(self, journal: AnyJournal) -> None:
        first = await doubtful(journal)
        assert journal.hindered([a_replay(anew(first))]) == ["J417"]
        assert journal.hindered([a_replay(anew(first), also_in_doubt=True)]) == [None]
        await journal.replay([a_replay(anew(first), also_in_doubt=True)])
        assert journal.hindered([a_replay(anew(first))]) == ["J415"]
        assert journal.hindered([a_replay(anew(first), id="r2")]) == ["J416"]

    async def test_what_was_sent_is_sent_again_under_its_own_key(self, journal: AnyJournal) -> None:
        first = await sent(journal)
        assert await journal.replay([a_replay(first)]) == [None]
        assert journal.messages()[0].state is State.DELIVERING
        (claimed,) = await claim(journal)
        assert (claimed.delivery.id, claimed.attempt) == (first.id, 1)
        assert await send(journal, claimed)
        assert journal.messages()[0].state is State.DELIVERED

    async def test_it_carries_what_the_replay_decided(self, journal: AnyJournal) -> None:
        first = await sent(journal)
        message = a_message(id=first.message_id)
        decided = an_outcome(message, record=RECORD, mapping="cnas.insured-person/1@beef")
        await journal.replay([a_replay(anew(first), outcome=decided)])
        (claimed,) = await claim(journal)
        assert claimed.record == RECORD
        assert journal.latest(first.message_id) == decided
        kept = journal.message(first.message_id)
        assert kept is not None
        assert kept.outcome.record != RECORD

    async def test_without_a_replay_the_latest_decision_is_the_first(self, journal: AnyJournal) -> None:
        first = await sent(journal)
        kept = journal.message(first.message_id)
        assert kept is not None
        assert journal.latest(first.message_id) == kept.outcome
        assert journal.latest("nobody") is None

    async def test_a_refused_message_is_delivered_once_it_is_understood(self, journal: AnyJournal) -> None:
        message = a_message()
        await journal.record(message, an_outcome(message, state=State.REFUSED, record=None))
        delivery = a_delivery(message)
        await journal.replay([a_replay(delivery, outcome=an_outcome(message, record=RECORD))])
        (claimed,) = await claim(journal)
        assert claimed.record == RECORD
        await send(journal, claimed)
        assert journal.messages()[0].state is State.DELIVERED

    async def test_what_is_replayed_in_order_goes_out_in_order(self, journal: AnyJournal) -> None:
        firsts = [await sent(journal, order_key="p1") for _ in range(3)]
        again = [anew(first) for first in firsts]
        await journal.replay([a_replay(delivery) for delivery in again])
        for delivery in again:
            (claimed,) = await claim(journal)
            assert claimed.delivery.id == delivery.id
            await send(journal, claimed)

    async def test_it_takes_the_place_of_a_doubt_at_the_head_of_its_line(self, journal: AnyJournal) -> None:
        first = await doubtful(journal, order_key="p1")
        second = await keep(journal, order_key="p1")
        again = anew(first)
        await journal.replay([a_replay(again, also_in_doubt=True)])
        (claimed,) = await claim(journal)
        assert claimed.delivery.id == again.id
        await send(journal, claimed)
        assert await claimed_ids(journal) == [second.id]

    async def test_a_doubt_that_is_replaced_in_another_line_frees_its_own(self, journal: AnyJournal) -> None:
        first = await doubtful(journal, order_key="p1")
        second = await keep(journal, order_key="p1")
        again = anew(first, order_key="p2")
        await journal.replay([a_replay(again, also_in_doubt=True)])
        assert sorted(await claimed_ids(journal)) == sorted([again.id, second.id])

    async def test_under_its_own_key_it_waits_behind_what_is_on_its_way(self, journal: AnyJournal) -> None:
        first = await sent(journal, order_key="p1")
        second = await keep(journal, order_key="p1")
        await journal.replay([a_replay(first)])
        assert await claimed_ids(journal) == [second.id]

    async def test_what_was_given_up_is_replaced(self, journal: AnyJournal) -> None:
        first = await keep(journal)
        (claimed,) = await claim(journal)
        await park(journal, claimed)
        await journal.replay([a_replay(anew(first))])
        assert journal.parked() == []
        assert [row.state for row in journal.deliveries(first.message_id)] == [
            DeliveryState.PARKED,
            DeliveryState.READY,
        ]

    async def test_messages_are_read_as_a_whole_in_the_order_they_are_asked_for(self, journal: AnyJournal) -> None:
        first = await sent(journal)
        bare = await keep_bare(journal, body=b"<bare/>")
        found = journal.whole([bare.id, first.message_id, "nobody"])
        assert [one.code if isinstance(one, PunteError) else one.kept.message.id for one in found] == [
            bare.id,
            first.message_id,
            "J404",
        ]
        assert wholes(found)[0].message == bare
        assert [delivery.id for delivery in wholes(found)[1].deliveries] == [first.id]

    async def test_a_whole_message_has_what_was_decided_last(self, journal: AnyJournal) -> None:
        first = await sent(journal)
        decided = an_outcome(a_message(id=first.message_id), record=RECORD, mapping="cnas.insured-person/1@beef")
        (before,) = wholes(journal.whole([first.message_id]))
        await journal.replay([a_replay(anew(first), outcome=decided)])
        (after,) = wholes(journal.whole([first.message_id]))
        assert (before.latest, after.latest) == (before.kept.outcome, decided)

    @pytest.mark.parametrize("made", [bytes, shake_256().digest], ids=["easily compressed", "not compressed"])
    async def test_no_more_messages_are_read_at_once_than_go_into_memory_but_one_always_is(
        self, journal: AnyJournal, made: Callable[[int], bytes]
    ) -> None:
        large = [await keep_bare(journal, body=made(size)) for size in (MOST_BYTES // 2, MOST_BYTES, 10)]
        ids = [message.id for message in large]
        assert [one.message for one in wholes(journal.whole(ids))] == large[:1]
        assert [one.message for one in wholes(journal.whole(ids[1:]))] == large[1:2]

    async def test_replays_of_one_line_take_the_place_of_what_holds_it(self, journal: AnyJournal) -> None:
        first, second = [await sent(journal, order_key="p1") for _ in range(2)]
        held = await doubtful(journal, order_key="p1")
        again = [anew(one) for one in (first, second, held)]
        await journal.replay([a_replay(one, also_in_doubt=True) for one in again])
        order = []
        for _ in again:
            (claimed,) = await claim(journal)
            order.append(claimed.delivery.id)
            await send(journal, claimed)
        assert order == [again[2].id, again[0].id, again[1].id]

    async def test_messages_are_counted_and_found_by_the_mapping_that_read_them(self, journal: AnyJournal) -> None:
        for mapping in ("a/1@00", "a/1@11", "a/10@00"):
            message = a_message()
            await journal.record(message, an_outcome(message, mapping=mapping))
        await keep_bare(journal)
        assert journal.how_many(Filter()) == 4
        assert journal.how_many(Filter(mapping="a/1", limit=1)) == 2
        assert [row.mapping for row in journal.messages(Filter(mapping="a/1@11"))] == ["a/1@11"]

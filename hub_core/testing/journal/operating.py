"""The journal's suite: what operators do."""

import pytest

from hub_core.clock import new_id
from hub_core.errors import Rejected
from hub_core.message import DeliveryState, Entry, State
from hub_core.testing.builders import NOW, a_delivery, a_message
from hub_core.testing.journal.base import (
    AnyJournal,
    JournalSuite,
    by_operator,
    claim,
    claimed_ids,
    keep,
    keep_bare,
    park,
    send,
)


class Operating(JournalSuite):
    """``Journal.note`` and ``redeliver``."""

    async def test_a_note_stands_in_the_history(self, journal: AnyJournal) -> None:
        message = await keep_bare(journal)
        note = Entry(message_id=message.id, at=NOW, step="revealed", by="clerk", detail="complaint 12")
        await journal.note(note)
        assert journal.entries(message.id)[-1] == note

    async def test_an_attempt_stands_in_the_history_with_where_and_when(self, journal: AnyJournal) -> None:
        delivery = await keep(journal)
        (claimed,) = await claim(journal)
        await send(journal, claimed)
        last = journal.entries(delivery.message_id)[-1]
        assert (last.step, last.endpoint, last.attempt, last.began) == ("sent", delivery.endpoint, 1, NOW)

    async def test_nothing_is_noted_about_an_unknown_message(self, journal: AnyJournal) -> None:
        with pytest.raises(Rejected) as raised:
            await journal.note(by_operator(new_id()))
        assert raised.value.code == "J404"

    async def test_a_replay_adds_deliveries_and_says_who_did_it(self, journal: AnyJournal) -> None:
        message = await keep_bare(journal)
        again = a_delivery(message)
        entry = by_operator(message.id)
        await journal.redeliver([again], entry)
        assert await claimed_ids(journal) == [again.id]
        assert journal.entries(message.id)[-1] == entry
        assert journal.messages()[0].state is State.DELIVERING

    async def test_a_replay_takes_the_place_of_the_parked_delivery(self, journal: AnyJournal) -> None:
        parked = await keep(journal)
        (claimed,) = await claim(journal)
        await park(journal, claimed)
        again = a_delivery(a_message(id=parked.message_id))
        await journal.redeliver([again], by_operator(parked.message_id))
        assert journal.messages()[0].state is State.DELIVERING
        (claimed,) = await claim(journal)
        await send(journal, claimed)
        assert journal.messages()[0].state is State.DELIVERED
        assert [row.standing for row in journal.deliveries(parked.message_id)] == ["replaced", "sent"]
        assert journal.parked() == []

    async def test_a_replay_to_one_endpoint_leaves_what_is_parked_at_another(self, journal: AnyJournal) -> None:
        parked = await keep(journal, endpoint="one")
        (claimed,) = await claim(journal)
        await park(journal, claimed)
        again = a_delivery(a_message(id=parked.message_id), endpoint="two")
        await journal.redeliver([again], by_operator(parked.message_id))
        assert journal.messages()[0].state is State.PARKED

    async def test_a_parked_delivery_is_tried_again_with_its_own_key(self, journal: AnyJournal) -> None:
        parked = await keep(journal)
        (claimed,) = await claim(journal)
        await park(journal, claimed)
        await journal.redeliver([parked], by_operator(parked.message_id))
        assert journal.messages()[0].state is State.DELIVERING
        (again,) = await claim(journal)
        assert (again.delivery.id, again.attempt) == (parked.id, 1)
        assert again.fence > claimed.fence
        assert not await send(journal, claimed)
        assert await send(journal, again)
        assert journal.messages()[0].state is State.DELIVERED

    async def test_what_is_not_parked_is_not_tried_again(self, journal: AnyJournal) -> None:
        delivery = await keep(journal)
        with pytest.raises(Rejected) as raised:
            await journal.redeliver([delivery], by_operator(delivery.message_id))
        assert raised.value.code == "J412"
        (claimed,) = await claim(journal)
        await send(journal, claimed)
        with pytest.raises(Rejected):
            await journal.redeliver([delivery], by_operator(delivery.message_id))
        assert journal.deliveries(delivery.message_id)[0].state is DeliveryState.SENT

    async def test_a_delivery_is_not_moved_to_another_message(self, journal: AnyJournal) -> None:
        parked, other = await keep(journal), await keep_bare(journal)
        (claimed,) = await claim(journal)
        await park(journal, claimed)
        with pytest.raises(Rejected):
            await journal.redeliver([a_delivery(other, id=parked.id)], by_operator(other.id))

    async def test_a_replay_is_all_or_nothing(self, journal: AnyJournal) -> None:
        message = await keep_bare(journal)
        with pytest.raises(Rejected) as raised:
            await journal.redeliver([a_delivery(message), a_delivery(a_message())], by_operator(message.id))
        assert raised.value.code == "J404"
        assert await claimed_ids(journal) == []
        assert [entry.step for entry in journal.entries(message.id)] == ["received", "decided"]

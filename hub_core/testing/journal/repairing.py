"""The journal's suite: corrected copies."""

import msgspec
import pytest

from hub_core.errors import Rejected
from hub_core.message import Entry, Message, Outcome, State
from hub_core.testing.builders import NOW, a_delivery, a_message, an_outcome
from hub_core.testing.journal.base import AnyJournal, JournalSuite, claim, claimed_ids, doubt, keep, park, send


def the_copy(first: str, *, order_key: str | None = None, body: bytes = b"<mended/>") -> tuple[Message, Outcome]:
    """Return the corrected copy of a message, and its decision."""
    copy = a_message(id=f"{first[:-4]}aaaa", body=body, repairs=first)
    return copy, an_outcome(copy, a_delivery(copy, order_key=order_key))


def act(first: str) -> Entry:
    """Return the line that a repair leaves."""
    return Entry(message_id=first, at=NOW, step="repaired", by="ana", detail="wrong date")


class Repairing(JournalSuite):
    """``Journal.repair``."""

    async def given_up(self, journal: AnyJournal, *, holds: bool = False, order_key: str | None = None) -> str:
        """Keep a message that was given up."""
        delivery = await keep(journal, order_key=order_key)
        (claimed,) = await claim(journal)
        await park(journal, claimed, holds=holds)
        return delivery.message_id

    async def test_the_copy_is_a_message_of_its_own_and_the_first_is_closed(self, journal: AnyJournal) -> None:
        first = await self.given_up(journal)
        copy, outcome = the_copy(first)
        assert await journal.repair(copy, outcome, act(first)) is outcome
        states = {row.id: (row.state, row.repairs) for row in journal.messages()}
        assert states == {first: (State.ACCEPTED, None), copy.id: (State.DELIVERING, first)}
        assert journal.parked() == []
        assert [row.standing for row in journal.deliveries(first)] == ["repaired"]
        assert journal.entries(first)[-1] == act(first)
        assert await claimed_ids(journal) == [outcome.deliveries[0].id]

    async def test_the_same_copy_again_changes_nothing(self, journal: AnyJournal) -> None:
        first = await self.given_up(journal)
        copy, outcome = the_copy(first)
        await journal.repair(copy, outcome, act(first))
        again = msgspec.structs.replace(outcome, deliveries=(a_delivery(copy),))
        assert await journal.repair(copy, again, act(first)) == outcome
        assert len(await claim(journal)) == 1
        assert [entry.step for entry in journal.entries(first)].count("repaired") == 1

    async def test_another_copy_is_refused(self, journal: AnyJournal) -> None:
        first = await self.given_up(journal)
        await journal.repair(*the_copy(first), act(first))
        with pytest.raises(Rejected) as raised:
            await journal.repair(*the_copy(first, body=b"<other/>"), act(first))
        assert raised.value.code == "J409"

    async def test_a_refused_message_stays_refused(self, journal: AnyJournal) -> None:
        message = a_message()
        await journal.record(message, an_outcome(message, state=State.REFUSED, record=None))
        await journal.repair(*the_copy(message.id), act(message.id))
        kept = journal.message(message.id)
        assert kept is not None
        assert kept.message.state is State.REFUSED

    async def test_what_was_sent_can_be_corrected(self, journal: AnyJournal) -> None:
        first = await keep(journal)
        (claimed,) = await claim(journal)
        await send(journal, claimed)
        await journal.repair(*the_copy(first.message_id), act(first.message_id))
        kept = journal.message(first.message_id)
        assert kept is not None
        assert kept.message.state is State.DELIVERED
        assert len(await claim(journal)) == 1

    async def test_what_is_on_its_way_is_not_repaired_and_nothing_is_kept(self, journal: AnyJournal) -> None:
        first = await keep(journal)
        with pytest.raises(Rejected) as raised:
            await journal.repair(*the_copy(first.message_id), act(first.message_id))
        assert raised.value.code == "J416"
        assert [row.id for row in journal.messages()] == [first.message_id]

    async def test_what_is_in_doubt_is_not_repaired(self, journal: AnyJournal) -> None:
        first = await keep(journal)
        (claimed,) = await claim(journal)
        await doubt(journal, claimed)
        with pytest.raises(Rejected) as raised:
            await journal.repair(*the_copy(first.message_id), act(first.message_id))
        assert raised.value.code == "J417"

    async def test_the_copy_goes_before_what_its_first_held_back(self, journal: AnyJournal) -> None:
        first = await self.given_up(journal, holds=True, order_key="p1")
        waiting = await keep(journal, order_key="p1")
        copy, outcome = the_copy(first, order_key="p1")
        await journal.repair(copy, outcome, act(first))
        (claimed,) = await claim(journal)
        assert claimed.delivery.id == outcome.deliveries[0].id
        await send(journal, claimed)
        assert await claimed_ids(journal) == [waiting.id]

    async def test_a_copy_of_another_key_frees_the_line_of_its_first(self, journal: AnyJournal) -> None:
        first = await self.given_up(journal, holds=True, order_key="p1")
        waiting = await keep(journal, order_key="p1")
        copy, outcome = the_copy(first, order_key="p2")
        await journal.repair(copy, outcome, act(first))
        assert sorted(await claimed_ids(journal)) == sorted([waiting.id, outcome.deliveries[0].id])

    async def test_an_unknown_message_is_not_repaired(self, journal: AnyJournal) -> None:
        with pytest.raises(Rejected) as raised:
            await journal.repair(*the_copy("019a8f3c-1111-7abc-8def-000000000000"), act("nobody"))
        assert raised.value.code == "J404"

"""The journal's suite: files that the hub writes."""

from datetime import timedelta
from typing import Final

import pytest

from hub_core.errors import Rejected
from hub_core.filed import Closed, Collecting, SetAside, Unwritten
from hub_core.journal.entries import Filter, Replay
from hub_core.message import DeliveryState, State
from hub_core.testing.builders import NOW
from hub_core.testing.journal.base import MINUTE, AnyJournal, JournalSuite, by_operator, claimed_ids, keep

TOWN: Final = "town-hall"
BODY: Final = b"POPESCU;957,50\r\n"


async def wait(journal: AnyJournal, count: int, *, order_key: str | None = None) -> list[str]:
    """Keep messages that wait for a file; return the ids of their deliveries."""
    return [(await keep(journal, endpoint=TOWN, order_key=order_key)).id for _ in range(count)]


def waiting(journal: AnyJournal, *, after: int = 0, limit: int = 100) -> list[str]:
    """Return the ids of the deliveries that may go into the next file."""
    return [one.delivery_id for one in journal.candidates(TOWN, after=after, limit=limit)[0]]


def a_file(*ids: str, number: int = 1) -> Closed:
    """Return a file with these rows below a line of titles."""
    return Closed(
        endpoint=TOWN, number=number, name=f"list-{number}.csv", body=BODY, delivery_ids=ids, first_line=2, at=NOW
    )


class Filing(JournalSuite):
    """``collecting``, ``candidates``, ``set_aside``, ``close_file``, ``settle_file``."""

    async def test_what_waits_for_a_file_is_counted_with_its_age(self, journal: AnyJournal) -> None:
        assert journal.collecting(TOWN) == Collecting()
        await wait(journal, 2)
        found = journal.collecting(TOWN)
        assert found.count == 2
        assert found.oldest is not None

    async def test_what_waits_comes_in_its_order_page_by_page(self, journal: AnyJournal) -> None:
        ids = await wait(journal, 5)
        first, after = journal.candidates(TOWN, after=0, limit=3)
        assert after is not None
        second, end = journal.candidates(TOWN, after=after, limit=3)
        assert [one.delivery_id for one in (*first, *second)] == ids
        assert end is None

    async def test_what_waits_carries_its_record(self, journal: AnyJournal) -> None:
        await wait(journal, 1)
        ((one,), _) = journal.candidates(TOWN, after=0, limit=1)
        assert one.record.startswith(b"{")
        assert one.fault is None

    async def test_all_of_one_order_key_go_into_one_file(self, journal: AnyJournal) -> None:
        ids = await wait(journal, 3, order_key="case-1")
        assert waiting(journal) == ids

    async def test_what_a_parked_one_of_its_key_holds_is_left_out(self, journal: AnyJournal) -> None:
        held = await wait(journal, 2, order_key="case-1")
        (free,) = await wait(journal, 1)
        await journal.set_aside([SetAside(delivery_id=held[0], code="F116", detail="", holds=True)], at=NOW)
        assert waiting(journal) == [free]

    async def test_what_no_file_can_carry_is_parked_with_its_code(self, journal: AnyJournal) -> None:
        (bad, good) = await wait(journal, 2)
        await journal.set_aside([SetAside(delivery_id=bad, code="F116", detail="too long")], at=NOW)
        assert waiting(journal) == [good]
        (group,) = journal.parked()
        assert (group.code, group.endpoint, group.count) == ("F116", TOWN, 1)

    async def test_what_is_set_aside_twice_is_parked_once(self, journal: AnyJournal) -> None:
        (bad,) = await wait(journal, 1)
        for _ in range(2):
            await journal.set_aside([SetAside(delivery_id=bad, code="F116", detail="")], at=NOW)
        (group,) = journal.parked()
        assert group.count == 1

    async def test_a_closed_file_stays_as_it_was_closed(self, journal: AnyJournal) -> None:
        ids = await wait(journal, 2)
        await journal.close_file(a_file(*ids))
        assert journal.unwritten(TOWN) == Unwritten(endpoint=TOWN, number=1, name="list-1.csv", body=BODY)

    async def test_the_rows_of_a_closed_file_wait_for_nothing_else(self, journal: AnyJournal) -> None:
        ids = await wait(journal, 2)
        (later,) = await wait(journal, 1)
        await journal.close_file(a_file(*ids))
        assert waiting(journal) == [later]
        assert await claimed_ids(journal, now=NOW + timedelta(days=1)) == [later]

    async def test_a_number_is_given_once(self, journal: AnyJournal) -> None:
        one, two = await wait(journal, 2)
        await journal.close_file(a_file(one))
        with pytest.raises(Rejected) as refused:
            await journal.close_file(a_file(two))
        assert refused.value.code == "J422"
        assert waiting(journal) == [two]

    async def test_no_number_is_left_out(self, journal: AnyJournal) -> None:
        (one,) = await wait(journal, 1)
        with pytest.raises(Rejected, match="J422"):
            await journal.close_file(a_file(one, number=2))
        assert journal.filed(TOWN) == []

    async def test_a_message_is_a_row_of_one_file(self, journal: AnyJournal) -> None:
        ids = await wait(journal, 2)
        await journal.close_file(a_file(*ids))
        with pytest.raises(Rejected, match="J422"):
            await journal.close_file(a_file(ids[1], number=2))

    async def test_the_rows_of_a_written_file_are_sent_and_say_where_they_stand(self, journal: AnyJournal) -> None:
        ids = await wait(journal, 2)
        await journal.close_file(a_file(*ids))
        await journal.settle_file(TOWN, 1, at=NOW + MINUTE)
        second = journal.messages(Filter(limit=1))[0]
        (row,) = journal.deliveries(second.id)
        assert (row.state, row.detail, row.attempts) == (DeliveryState.SENT, "row 3 of list-1.csv", 1)
        assert row.reference == "list-1.csv:3"
        assert second.state is State.DELIVERED
        sent = journal.entries(second.id)[-1]
        assert (sent.step, sent.detail, sent.endpoint) == ("sent", "row 3 of list-1.csv", TOWN)
        assert journal.unwritten(TOWN) is None
        assert journal.collecting(TOWN).count == 0

    async def test_a_file_is_settled_once_however_often_that_is_said(self, journal: AnyJournal) -> None:
        ids = await wait(journal, 2)
        await journal.close_file(a_file(*ids))
        for minutes in (1, 2):
            await journal.settle_file(TOWN, 1, at=NOW + MINUTE * minutes)
        ((row,), message) = journal.filed(TOWN), journal.messages(Filter(limit=1))[0]
        assert (row.number, row.name, row.lines, row.written_at) == (1, "list-1.csv", 2, NOW + MINUTE)
        assert [entry.step for entry in journal.entries(message.id)].count("sent") == 1

    async def test_the_next_of_a_key_goes_on_when_its_file_is_written(self, journal: AnyJournal) -> None:
        first = await wait(journal, 1, order_key="case-1")
        await journal.close_file(a_file(*first))
        later = await wait(journal, 1, order_key="case-1")
        await journal.settle_file(TOWN, 1, at=NOW)
        assert await claimed_ids(journal, now=NOW + timedelta(days=1)) == later

    async def test_what_is_delivered_again_goes_into_the_next_file(self, journal: AnyJournal) -> None:
        delivery = await keep(journal, endpoint=TOWN)
        await journal.close_file(a_file(delivery.id))
        await journal.settle_file(TOWN, 1, at=NOW)
        again = Replay(id="r-1", entry=by_operator(delivery.message_id), deliveries=(delivery,))
        assert await journal.replay([again]) == [None]
        assert waiting(journal) == [delivery.id]

    async def test_a_row_of_a_closed_file_cannot_be_delivered_again_yet(self, journal: AnyJournal) -> None:
        delivery = await keep(journal, endpoint=TOWN)
        await journal.close_file(a_file(delivery.id))
        again = Replay(id="r-1", entry=by_operator(delivery.message_id), deliveries=(delivery,))
        assert await journal.replay([again]) == ["J416"]

    async def test_the_bytes_of_a_closed_file_are_sealed(self, journal: AnyJournal) -> None:
        await journal.close_file(a_file(*await wait(journal, 1)))
        assert not [value for value in self.stored(journal) if "POPESCU" in value]

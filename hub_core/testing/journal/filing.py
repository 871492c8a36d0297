"""The journal's suite: files that the hub writes."""

from datetime import timedelta
from typing import Final

import msgspec
import pytest

from hub_core.errors import Rejected
from hub_core.filed import Closed, Collecting, Early, FileAnswer, RowRefused, SetAside, Unwritten
from hub_core.journal.entries import Filter
from hub_core.journal.replays import Replay
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


async def send_file(journal: AnyJournal, count: int) -> list[str]:
    """Write a file of so many rows; return the ids of its messages in their order."""
    kept = [await keep(journal, endpoint=TOWN) for _ in range(count)]
    await journal.close_file(a_file(*(one.id for one in kept)))
    await journal.settle_file(TOWN, 1, at=NOW)
    return [one.message_id for one in kept]


async def answer(journal: AnyJournal, *lines: int, refused: bool = False) -> int:
    """Take in what the town hall says of its file."""
    rows = tuple(RowRefused(line=line, told=f"POPESCU in line {line}") for line in lines)
    said = FileAnswer(rows=rows, refused=refused, told="not whole" if refused else "")
    return await journal.answer_file(TOWN, 1, said, at=NOW + MINUTE, by="town")


class Filing(JournalSuite):
    """``collecting``, ``candidates``, ``set_aside``, ``close_file``, ``settle_file``, ``answer_file``."""

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

    async def test_a_file_before_its_time_says_who_wanted_it_and_so_do_its_messages(self, journal: AnyJournal) -> None:
        early = Early(by="ana", reason="the month ends")
        delivery = await keep(journal, endpoint=TOWN)
        await journal.close_file(msgspec.structs.replace(a_file(delivery.id), early=early))
        await journal.settle_file(TOWN, 1, at=NOW)
        assert [file.early for file in journal.filed(TOWN)] == [early]
        sent = journal.entries(delivery.message_id)[-1]
        assert (sent.by, sent.detail) == ("ana", "row 2 of list-1.csv, written before its time: the month ends")

    async def test_rows_that_the_partner_refuses_are_parked_with_its_words(self, journal: AnyJournal) -> None:
        first, second = await send_file(journal, 2)
        assert await answer(journal, 3) == 1
        assert [journal.messages(Filter())[at].state for at in (0, 1)] == [State.PARKED, State.DELIVERED]
        (row,) = journal.deliveries(second)
        told = "POPESCU in line 3"
        assert (row.state, row.code, row.detail) == (DeliveryState.PARKED, "D206", told)
        assert row.reference == "list-1.csv:3"
        assert [attempt.step for attempt in row.history] == ["sent"]
        last = journal.entries(second)[-1]
        assert (last.step, last.by, last.code, last.detail) == ("parked", "town", "D206", told)
        assert journal.entries(first)[-1].step == "sent"

    async def test_the_words_of_partners_are_sealed(self, journal: AnyJournal) -> None:
        await send_file(journal, 1)
        await answer(journal, 2)
        assert not [value for value in self.stored(journal) if "POPESCU" in value]

    async def test_a_file_says_what_the_partner_said_of_it(self, journal: AnyJournal) -> None:
        (first, _) = await send_file(journal, 2)
        (delivery,) = journal.deliveries(first)
        file = journal.filed_with(delivery.delivery.id)
        assert (file and file.answered_at, file and file.answer) == (None, "")
        await answer(journal, 3)
        file = journal.filed_with(delivery.delivery.id)
        assert (file and file.answered_at, file and file.answer) == (NOW + MINUTE, "1 of 2 rows refused")

    async def test_of_a_file_that_is_refused_all_rows_are_parked(self, journal: AnyJournal) -> None:
        await send_file(journal, 3)
        assert await answer(journal, 3, refused=True) == 3
        (group,) = journal.parked()
        assert (group.code, group.count) == ("D206", 3)
        assert journal.filed(TOWN)[0].answer == "refused as a whole"

    async def test_the_same_answer_again_parks_nothing_that_went_on_since(self, journal: AnyJournal) -> None:
        await send_file(journal, 1)
        await answer(journal, 2)
        (row,) = journal.parked_in(journal.parked()[0])
        assert row.delivery is not None
        await journal.redeliver([row.delivery], by_operator(row.message_id))
        assert await answer(journal, 2) == 0
        assert waiting(journal) == [row.key]

    async def test_lines_that_are_no_rows_are_left_alone(self, journal: AnyJournal) -> None:
        await send_file(journal, 1)
        assert await answer(journal, 1, 900) == 0

    async def test_a_file_is_found_by_its_name_at_one_endpoint(self, journal: AnyJournal) -> None:
        await send_file(journal, 1)
        found = journal.filed_as("list-1.csv", {TOWN, "elsewhere"})
        assert (found and found.number) == 1
        assert journal.filed_as("list-1.csv", {"elsewhere"}) is None
        assert journal.filed_as("list-2.csv", {TOWN}) is None
        (other,) = [(await keep(journal, endpoint="elsewhere")).id]
        await journal.close_file(msgspec.structs.replace(a_file(other), endpoint="elsewhere"))
        assert journal.filed_as("list-1.csv", {TOWN, "elsewhere"}) is None

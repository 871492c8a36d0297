"""The journal's suite: what was given up, by cause, and how people close it."""

from collections import Counter
from datetime import datetime

import pytest

from hub_core.clock import new_id
from hub_core.errors import Rejected
from hub_core.journal.entries import ParkedGroup, ParkedRow
from hub_core.message import Delivery, DeliveryState, Entry, Finding, Message, Severity, State
from hub_core.testing.builders import NOW, a_delivery, a_message, an_outcome
from hub_core.testing.journal.base import (
    MINUTE,
    AnyJournal,
    JournalSuite,
    by_operator,
    claim,
    claimed_ids,
    ended,
    keep,
    park,
    send,
)

OUT = "ministry-out"


def closed_by(row: ParkedRow) -> Entry:
    """Return the entry of a person who closes what was given up."""
    to = row.delivery.endpoint if row.delivery else None
    return Entry(message_id=row.message_id, at=NOW, step="rejected", by="clerk", detail="not for them", endpoint=to)


async def keep_parked(
    journal: AnyJournal,
    *,
    code: str = "D201",
    at: datetime = NOW,
    holds: bool = False,
    rule: str = "",
    **facts: object,
) -> Delivery:
    """Keep a message whose only delivery was given up; ``facts`` are of the delivery."""
    delivery = await keep(journal, **facts)  # type: ignore[arg-type] # passed on
    (claimed,) = await claim(journal)
    await journal.settle(ended(claimed, DeliveryState.PARKED, at=at, code=code, holds=holds, rule=rule))
    return delivery


async def keep_defect(journal: AnyJournal) -> Message:
    """Keep a message that was parked as it was decided."""
    message = a_message()
    finding = Finding(code="D302", severity=Severity.ERROR, text="unexpected failure")
    await journal.record(message, an_outcome(message, state=State.PARKED, findings=(finding,)))
    return message


def only_row(journal: AnyJournal) -> ParkedRow:
    """Return what must be the only thing that was given up."""
    (group,) = journal.parked()
    (row,) = journal.parked_in(group)
    return row


def keys(journal: AnyJournal, group: ParkedGroup, **which: object) -> list[str]:
    """Return the keys of what a group holds."""
    return [row.key for row in journal.parked_in(group, **which)]  # type: ignore[arg-type] # passed on


class Parking(JournalSuite):
    """``JournalView.parked``, ``parked_in``; ``Journal.close_parked``."""

    async def test_where_nothing_was_given_up_there_is_no_group(self, journal: AnyJournal) -> None:
        delivery = await keep(journal)
        assert journal.parked() == journal.parked(delivery.message_id) == []

    async def test_what_was_given_up_is_grouped_by_its_cause(self, journal: AnyJournal) -> None:
        first = await keep_parked(journal)
        await keep_parked(journal, at=NOW + MINUTE)
        await keep_parked(journal, code="D301")
        await keep_parked(journal, endpoint="b-out")
        groups = journal.parked()
        assert sorted((group.endpoint, group.code, group.count) for group in groups) == [
            ("b-out", "D201", 1),
            (OUT, "D201", 2),
            (OUT, "D301", 1),
        ]
        (group,) = (group for group in groups if group.count == 2)
        assert (group.oldest, group.newest, group.example) == (NOW, NOW + MINUTE, first.message_id)
        assert not group.decided

    async def test_each_rule_that_could_not_be_written_is_a_cause_of_its_own(self, journal: AnyJournal) -> None:
        rules = ["cnas/insured-person.yaml:18", "cnas/insured-person.yaml:18", "cnas/insured-person.yaml:41", ""]
        for rule in rules:
            await keep_parked(journal, code="M402", rule=rule)
        groups = {group.rule: group for group in journal.parked()}
        assert {rule: group.count for rule, group in groups.items()} == Counter(rules)
        assert len({group.id for group in groups.values()}) == len(groups)
        assert len(keys(journal, groups[rules[0]])) == rules.count(rules[0])

    async def test_a_cause_keeps_its_id_and_no_two_share_one(self, journal: AnyJournal) -> None:
        await keep_parked(journal)
        (before,) = journal.parked()
        await keep_parked(journal)
        await keep_parked(journal, code="D301")
        ids = {group.code: group.id for group in journal.parked()}
        assert ids["D201"] == before.id != ids["D301"]

    async def test_a_message_that_a_defect_parked_is_a_group_of_where_it_came_in(self, journal: AnyJournal) -> None:
        message = await keep_defect(journal)
        (group,) = journal.parked()
        assert (group.decided, group.endpoint, group.code) == (True, message.endpoint, "D302")
        assert only_row(journal).delivery is None

    async def test_what_a_group_holds_is_listed_page_by_page(self, journal: AnyJournal) -> None:
        wanted = [(await keep_parked(journal)).id for _ in range(3)]
        await keep_parked(journal, endpoint="b-out")
        (group,) = (group for group in journal.parked() if group.endpoint == OUT)
        first = keys(journal, group, limit=2)
        assert first + keys(journal, group, after=first[-1]) == sorted(wanted)

    async def test_what_was_given_up_later_can_be_left_out(self, journal: AnyJournal) -> None:
        first = await keep_parked(journal)
        await keep_parked(journal, at=NOW + MINUTE)
        (group,) = journal.parked()
        assert keys(journal, group, until=NOW) == [first.id]

    async def test_one_message_can_be_asked_for(self, journal: AnyJournal) -> None:
        first, second = await keep_parked(journal), await keep_parked(journal)
        (group,) = journal.parked(second.message_id)
        assert (group.count, group.example) == (1, second.message_id)
        assert keys(journal, group, message_id=second.message_id) == [second.id]
        assert group.id == journal.parked(first.message_id)[0].id

    async def test_what_is_listed_can_be_tried_again(self, journal: AnyJournal) -> None:
        parked = await keep_parked(journal, order_key="p1")
        delivery = only_row(journal).delivery
        assert delivery is not None
        await journal.redeliver([delivery], by_operator(parked.message_id))
        (claimed,) = await claim(journal)
        assert (claimed.delivery.id, claimed.delivery.order_key) == (parked.id, "p1")
        assert journal.parked() == []

    @pytest.mark.parametrize(("refused", "state"), [(True, State.REFUSED), (False, State.ACCEPTED)])
    async def test_a_person_closes_what_was_given_up(self, journal: AnyJournal, *, refused: bool, state: State) -> None:
        parked = await keep_parked(journal)
        row = only_row(journal)
        await journal.close_parked(row, closed_by(row), refused=refused)
        assert journal.parked() == []
        assert journal.messages()[0].state is state
        assert journal.entries(parked.message_id)[-1] == closed_by(row)
        (delivery,) = journal.deliveries(parked.message_id)
        assert delivery.standing == ("rejected" if refused else "discarded")
        assert [attempt.code for attempt in delivery.history] == ["D201"]
        assert await claimed_ids(journal) == []

    @pytest.mark.parametrize(("refused", "state"), [(True, State.REFUSED), (False, State.ACCEPTED)])
    async def test_a_person_closes_what_a_defect_parked(
        self, journal: AnyJournal, *, refused: bool, state: State
    ) -> None:
        await keep_defect(journal)
        row = only_row(journal)
        await journal.close_parked(row, closed_by(row), refused=refused)
        assert journal.parked() == []
        assert journal.messages()[0].state is state

    async def test_what_another_partner_has_stays_delivered(self, journal: AnyJournal) -> None:
        message = a_message()
        both = [a_delivery(message, endpoint=name) for name in ("one", "two")]
        await journal.record(message, an_outcome(message, *both))
        one, two = await claim(journal)
        await send(journal, one)
        await park(journal, two)
        row = only_row(journal)
        await journal.close_parked(row, closed_by(row), refused=True)
        assert journal.messages()[0].state is State.DELIVERED

    async def test_what_is_closed_holds_its_key_no_longer(self, journal: AnyJournal) -> None:
        await keep_parked(journal, order_key="p1", holds=True)
        second = await keep(journal, order_key="p1")
        assert await claimed_ids(journal) == []
        row = only_row(journal)
        await journal.close_parked(row, closed_by(row), refused=False)
        assert await claimed_ids(journal) == [second.id]

    async def test_closing_what_did_not_hold_its_key_lets_nothing_overtake(self, journal: AnyJournal) -> None:
        await keep_parked(journal, order_key="p1")
        row = only_row(journal)
        second = await keep(journal, order_key="p1")
        assert await claimed_ids(journal) == [second.id]
        await keep(journal, order_key="p1")
        await journal.close_parked(row, closed_by(row), refused=False)
        assert await claimed_ids(journal) == []

    async def test_what_is_not_parked_any_more_is_not_closed(self, journal: AnyJournal) -> None:
        parked = await keep_parked(journal)
        row = only_row(journal)
        await journal.close_parked(row, closed_by(row), refused=False)
        with pytest.raises(Rejected) as raised:
            await journal.close_parked(row, closed_by(row), refused=True)
        assert raised.value.code == "J412"
        assert journal.messages()[0].state is State.ACCEPTED
        assert len(journal.entries(parked.message_id)) == 4

    async def test_a_defect_is_closed_once(self, journal: AnyJournal) -> None:
        await keep_defect(journal)
        row = only_row(journal)
        await journal.close_parked(row, closed_by(row), refused=True)
        with pytest.raises(Rejected) as raised:
            await journal.close_parked(row, closed_by(row), refused=False)
        assert raised.value.code == "J412"

    async def test_nothing_of_an_unknown_message_is_closed(self, journal: AnyJournal) -> None:
        row = ParkedRow(key="x", message_id=new_id(), delivery=None, parked_at=NOW)
        with pytest.raises(Rejected) as raised:
            await journal.close_parked(row, closed_by(row), refused=True)
        assert raised.value.code == "J404"

    async def test_what_was_closed_can_be_replayed(self, journal: AnyJournal) -> None:
        parked = await keep_parked(journal)
        row = only_row(journal)
        await journal.close_parked(row, closed_by(row), refused=True)
        again = a_delivery(a_message(id=parked.message_id))
        await journal.redeliver([again], by_operator(parked.message_id))
        (claimed,) = await claim(journal)
        await send(journal, claimed)
        assert journal.messages()[0].state is State.DELIVERED

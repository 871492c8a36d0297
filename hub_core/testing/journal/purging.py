"""What is old goes, if it is closed: bodies sooner, what is left of messages later."""

from datetime import datetime, timedelta

import pytest

from hub_core.errors import Rejected
from hub_core.journal.entries import Filter, PurgePart
from hub_core.message import DeliveryState, Message, Outcome, State
from hub_core.outbox import Claimed
from hub_core.testing.builders import NOW, a_delivery, a_message, an_outcome
from hub_core.testing.journal.base import (
    AnyJournal,
    JournalSuite,
    by_operator,
    claim,
    claimed_ids,
    doubt,
    ended,
    keep_bare,
    park,
    send,
)
from hub_core.testing.journal.filing import TOWN, a_file
from hub_core.testing.journal.splitting import keep_file

DAY = timedelta(days=1)
OLD = NOW - 100 * DAY
CUT = NOW - 90 * DAY


class Purging(JournalSuite):
    """``purge``, ``purgeable``."""

    async def test_bodies_of_old_closed_messages_go_and_those_of_younger_ones_stay(self, journal: AnyJournal) -> None:
        old, young = await keep_bare(journal, received_at=OLD), await keep_bare(journal)
        assert await purge(journal, "bodies") == 1
        with pytest.raises(Rejected) as raised:
            journal.body(old.id)
        assert raised.value.code == "J410"
        assert journal.body(young.id) == young.body

    async def test_a_message_received_just_then_stays(self, journal: AnyJournal) -> None:
        await keep_bare(journal, received_at=CUT)
        assert await purge(journal, "bodies") == await purge(journal, "messages") == 0

    async def test_without_its_body_a_message_still_tells_what_became_of_it(self, journal: AnyJournal) -> None:
        message = await keep_sent(journal)
        await purge(journal, "bodies")
        kept = journal.message(message.id)
        assert kept is not None
        assert (kept.message.state, kept.message.document) == (State.DELIVERED, "insuredResponse")
        assert (kept.outcome.record, kept.outcome.mapping) == (None, "cnas.insured-person/1@0f3a")
        assert kept.purged_at == NOW
        assert [entry.step for entry in journal.entries(message.id)] == ["received", "decided", "sent", "purged"]
        (delivery,) = journal.deliveries(message.id)
        assert (delivery.state, delivery.delivery.order_key) == (DeliveryState.SENT, None)

    async def test_the_same_message_again_is_answered_as_the_first_time_but_for_its_record(
        self, journal: AnyJournal
    ) -> None:
        message = a_message(sender_id="7", received_at=OLD)
        first = an_outcome(message, cases=("C-1",), persons=("ro.cnp:2850415123450",))
        await journal.record(message, first)
        await purge(journal, "bodies")
        again = a_message(sender_id="7")
        standing = await journal.record(again, an_outcome(again, mapping="newer"))
        assert (standing.message_id, standing.mapping) == (first.message_id, first.mapping)
        assert (standing.record, standing.cases, standing.persons) == (None, (), ())
        with pytest.raises(Rejected):
            await journal.record(other := a_message(sender_id="7", body=b"other"), an_outcome(other))

    async def test_persons_and_cases_find_nothing_that_was_purged(self, journal: AnyJournal) -> None:
        person = "ro.cnp:2850415123450"
        message = a_message(received_at=OLD)
        await journal.record(message, an_outcome(message, cases=("C-1",), persons=(person,)))
        assert [row.id for row in journal.messages(Filter(person=person, case="C-1"))] == [message.id]
        await purge(journal, "bodies")
        assert journal.messages(Filter(person=person)) == journal.messages(Filter(case="C-1")) == []
        assert journal.messages()[0].cases == ()

    async def test_the_name_of_a_file_is_purged_with_its_body_and_stays_so(self, journal: AnyJournal) -> None:
        message = a_message(received_at=OLD, sender_id="7", name="lista.csv")
        await journal.record(message, an_outcome(message))
        await purge(journal, "bodies")
        again = a_message(sender_id="7", name="lista.csv")
        await journal.record(again, an_outcome(again))
        assert journal.messages(Filter(file="lista.csv")) == []
        assert [row.name for row in journal.messages()] == [None]

    async def test_what_is_open_in_doubt_or_given_up_keeps_everything(self, journal: AnyJournal) -> None:
        open_, doubted, parked = [await keep_delivery(journal) for _ in range(3)]
        await doubt(journal, (await claim_of(journal, doubted)))
        await park(journal, (await claim_of(journal, parked)))
        assert await purge(journal, "bodies") == await purge(journal, "messages") == 0
        assert {journal.body(message.id) for message in (open_, doubted, parked)} == {b"<insured/>"}

    async def test_what_a_person_closed_goes_too(self, journal: AnyJournal) -> None:
        message = await keep_delivery(journal)
        await park(journal, await claim_of(journal, message))
        (group,) = journal.parked()
        (row,) = journal.parked_in(group)
        await journal.close_parked(row, by_operator(message.id), refused=True)
        assert await purge(journal, "messages") == 1

    async def test_a_file_whose_rows_are_not_all_messages_stays(self, journal: AnyJournal) -> None:
        file = await keep_file(journal)
        assert await purge(journal, "bodies", before=NOW + DAY) == 0
        assert journal.body(file.id)

    async def test_what_has_no_body_any_more_is_not_delivered_again(self, journal: AnyJournal) -> None:
        message = await keep_sent(journal)
        await purge(journal, "bodies")
        with pytest.raises(Rejected) as raised:
            await journal.redeliver([a_delivery(message)], by_operator(message.id))
        assert raised.value.code == "J410"
        assert journal.counts().open_deliveries == 0

    async def test_of_a_message_that_is_deleted_nothing_is_left(self, journal: AnyJournal) -> None:
        message = await keep_sent(journal, sender_id="7")
        assert await purge(journal, "messages") == 1
        assert journal.message(message.id) is None
        assert journal.messages() == []
        assert self.stored(journal) == []

    async def test_bodies_and_messages_are_deleted_one_after_the_other(self, journal: AnyJournal) -> None:
        await keep_sent(journal)
        assert (await purge(journal, "bodies"), await purge(journal, "bodies")) == (1, 0)
        assert (await purge(journal, "messages"), await purge(journal, "messages")) == (1, 0)
        assert self.stored(journal) == []

    async def test_after_that_the_same_id_is_a_new_message(self, journal: AnyJournal) -> None:
        await keep_bare(journal, sender_id="7", received_at=OLD)
        await purge(journal, "messages")
        message = a_message(sender_id="7", body=b"other")
        assert await journal.record(message, outcome := an_outcome(message)) is outcome

    async def test_written_files_are_forgotten_but_for_the_last_one_of_an_endpoint(self, journal: AnyJournal) -> None:
        await keep_written(journal, 1, written_at=OLD)
        await keep_written(journal, 2, written_at=OLD)
        await purge(journal, "messages")
        assert [file.number for file in journal.filed(TOWN)] == [2]
        await keep_written(journal, 3, written_at=NOW)
        await purge(journal, "messages")
        assert [file.number for file in journal.filed(TOWN)] == [3]

    async def test_steps_are_short_and_begin_where_the_one_before_ended(self, journal: AnyJournal) -> None:
        await journal.record_all([old() for _ in range(150)])
        step = await journal.purge("bodies", before=CUT, at=NOW)
        assert 0 < step.done <= 100
        assert (await journal.purge("bodies", before=CUT, at=NOW, after=step.last)).last > step.last
        assert await purge(journal, "bodies") < 150 - step.done
        assert await purge(journal, "messages") == 150

    async def test_old_messages_behind_many_that_stay_are_found(self, journal: AnyJournal) -> None:
        waiting = [a_message(received_at=OLD) for _ in range(130)]
        await journal.record_all([(message, an_outcome(message, a_delivery(message))) for message in waiting])
        await keep_bare(journal, received_at=OLD)
        assert (journal.purgeable("bodies", before=CUT).count, await purge(journal, "bodies")) == (1, 1)

    async def test_what_would_go_is_counted_before(self, journal: AnyJournal) -> None:
        await keep_sent(journal)
        await keep_bare(journal)
        await keep_delivery(journal)
        assert (journal.purgeable("messages", before=CUT).count, journal.purgeable("bodies", before=CUT).count) == (
            1,
            1,
        )
        await purge(journal, "bodies")
        assert (journal.purgeable("messages", before=CUT).count, journal.purgeable("bodies", before=CUT).count) == (
            1,
            0,
        )

    async def test_the_order_of_a_key_is_kept_when_its_first_messages_are_gone(self, journal: AnyJournal) -> None:
        await keep_sent(journal, order_key="p1")
        second, third = [await keep_delivery(journal, order_key="p1") for _ in range(2)]
        await purge(journal, "messages")
        assert [one.delivery.message_id for one in await claim(journal)] == [second.id]
        assert await claimed_ids(journal) == []
        assert third.id != second.id

    async def test_a_row_whose_first_message_is_gone_did_not_come_before(self, journal: AnyJournal) -> None:
        await keep_sent(journal, row_key="POPESCU", line=2, endpoint="lists")
        assert await purge(journal, "messages") == 1
        file = await keep_file(journal)
        again = a_message(correlation_id=file.id, row_key="POPESCU", line=2, endpoint="lists")
        await journal.record(again, an_outcome(again))
        assert journal.repeated(file.id, limit=10) == []


def old() -> tuple[Message, Outcome]:
    """Return an old message and what was decided about it."""
    message = a_message(received_at=OLD)
    return message, an_outcome(message)


async def keep_delivery(journal: AnyJournal, *, order_key: str | None = None, **facts: object) -> Message:
    """Keep an old message with one delivery."""
    message = a_message(received_at=OLD, **facts)
    await journal.record(message, an_outcome(message, a_delivery(message, order_key=order_key)))
    return message


async def claim_of(journal: AnyJournal, message: Message) -> Claimed:
    """Claim the delivery of a message, and give back the others."""
    claims = {claimed.delivery.message_id: claimed for claimed in await claim(journal)}
    wanted = claims.pop(message.id)
    for claimed in claims.values():
        await journal.settle(ended(claimed, DeliveryState.READY, due_at=NOW))
    return wanted


async def keep_sent(journal: AnyJournal, *, order_key: str | None = None, **facts: object) -> Message:
    """Keep an old message with one delivery that was sent."""
    message = await keep_delivery(journal, order_key=order_key, **facts)
    (claimed,) = await claim(journal)
    await send(journal, claimed)
    return message


async def keep_written(journal: AnyJournal, number: int, *, written_at: datetime) -> None:
    """Keep an old message that was sent as the one row of a file."""
    message = a_message(received_at=OLD)
    delivery = a_delivery(message, endpoint=TOWN)
    await journal.record(message, an_outcome(message, delivery))
    await journal.close_file(a_file(delivery.id, number=number))
    await journal.settle_file(TOWN, number, at=written_at)


async def purge(journal: AnyJournal, part: PurgePart, *, before: datetime = CUT) -> int:
    """Purge to the end; return of how many messages something was deleted."""
    done, after = 0, 0
    while (first := journal.purgeable(part, before=before, after=after).first) is not None:
        step = await journal.purge(part, before=before, at=NOW, after=first - 1)
        done, after = done + step.done, step.last
    return done

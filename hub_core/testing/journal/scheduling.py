"""The journal's suite: scheduled runs, and positions in polled lists."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from hub_core.errors import Rejected
from hub_core.ports import Position, Run
from hub_core.ports.schedule import LOST
from hub_core.testing.builders import NOW, a_message, an_outcome
from hub_core.testing.journal.base import MINUTE, AnyJournal, JournalSuite

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
JOB = "certificates"


def stepped(before: str | None, after: str) -> Position:
    """Return a step through a list."""
    return Position(endpoint="register", before=before, after=after, at=NOW)


class Scheduling(JournalSuite):
    """``Schedule``, and ``take_in``."""

    async def test_a_job_that_never_ran_is_due(self, journal: AnyJournal) -> None:
        assert await journal.begin_run(JOB, at=NOW, every=DAY)
        assert journal.runs() == [Run(job=JOB, begun_at=NOW)]

    async def test_a_run_is_begun_once(self, journal: AnyJournal) -> None:
        begun = [await journal.begin_run(JOB, at=NOW + MINUTE * number, every=DAY) for number in range(3)]
        assert begun == [True, False, False]

    async def test_a_job_is_due_again_when_its_time_has_passed(self, journal: AnyJournal) -> None:
        await journal.begin_run(JOB, at=NOW, every=DAY)
        await journal.end_run(Run(job=JOB, begun_at=NOW, ended_at=NOW + MINUTE))
        assert not await journal.begin_run(JOB, at=NOW + DAY - MINUTE, every=DAY)
        assert await journal.begin_run(JOB, at=NOW + DAY, every=DAY)

    async def test_several_missed_runs_are_caught_up_once(self, journal: AnyJournal) -> None:
        await journal.begin_run(JOB, at=NOW, every=DAY)
        await journal.end_run(Run(job=JOB, begun_at=NOW, ended_at=NOW))
        assert await journal.begin_run(JOB, at=NOW + DAY * 10, every=DAY)
        assert not await journal.begin_run(JOB, at=NOW + DAY * 10 + MINUTE, every=DAY)

    async def test_a_run_that_lost_its_process_is_begun_again(self, journal: AnyJournal) -> None:
        await journal.begin_run(JOB, at=NOW, every=DAY)
        assert not await journal.begin_run(JOB, at=NOW + LOST - MINUTE, every=DAY)
        assert await journal.begin_run(JOB, at=NOW + LOST, every=DAY)

    async def test_a_run_that_lost_its_process_writes_nothing_into_the_next(self, journal: AnyJournal) -> None:
        await journal.begin_run(JOB, at=NOW, every=DAY)
        await journal.begin_run(JOB, at=NOW + LOST, every=DAY)
        assert not await journal.end_run(Run(job=JOB, begun_at=NOW, ended_at=NOW + DAY, detail="late"))
        assert journal.runs() == [Run(job=JOB, begun_at=NOW + LOST)]

    async def test_a_run_that_began_in_the_future_holds_nothing_up(self, journal: AnyJournal) -> None:
        await journal.begin_run(JOB, at=NOW + DAY * 3650, every=DAY)
        assert await journal.begin_run(JOB, at=NOW, every=DAY)

    async def test_a_fault_does_not_hide_when_all_was_well(self, journal: AnyJournal) -> None:
        await journal.begin_run(JOB, at=NOW, every=MINUTE)
        well = Run(job=JOB, begun_at=NOW, ended_at=NOW, well_at=NOW, detail="2 looked at", figures={"here": 30.5})
        assert await journal.end_run(well)
        assert journal.runs() == [well]
        await journal.begin_run(JOB, at=NOW + DAY, every=MINUTE)
        bad = Run(job=JOB, begun_at=NOW + DAY, ended_at=NOW + DAY, well_at=NOW, code="R403")
        await journal.end_run(bad)
        assert journal.runs() == [bad]

    async def test_jobs_do_not_stand_in_each_others_way(self, journal: AnyJournal) -> None:
        assert [await journal.begin_run(job, at=NOW, every=DAY) for job in ("purge", JOB)] == [True, True]
        assert [run.job for run in journal.runs()] == [JOB, "purge"]

    async def test_a_run_is_begun_again_once_its_lease_is_over_and_by_one_only(self, journal: AnyJournal) -> None:
        await journal.begin_run(JOB, at=NOW, every=DAY, lease=SECOND)
        begun = [
            await journal.begin_run(JOB, at=at, every=DAY, lease=SECOND)
            for at in (NOW + SECOND / 2, NOW + SECOND, NOW + SECOND)
        ]
        assert begun == [False, True, False]

    async def test_a_run_whose_lease_is_renewed_is_left_alone_but_not_beyond_its_time(
        self, journal: AnyJournal
    ) -> None:
        await journal.begin_run(JOB, at=NOW, every=DAY, lease=SECOND)
        assert await journal.renew_run(JOB, begun_at=NOW, until=NOW + DAY)
        assert journal.runs() == [Run(job=JOB, begun_at=NOW, lease_until=NOW + DAY)]
        assert not await journal.begin_run(JOB, at=NOW + LOST - SECOND, every=DAY)
        assert await journal.begin_run(JOB, at=NOW + LOST, every=DAY)

    @pytest.mark.parametrize("what", ["overtaken", "ended"])
    async def test_a_lease_is_renewed_for_the_last_run_alone_and_while_it_is_under_way(
        self, journal: AnyJournal, what: str
    ) -> None:
        await journal.begin_run(JOB, at=NOW, every=DAY, lease=SECOND)
        if what == "overtaken":
            await journal.begin_run(JOB, at=NOW + SECOND, every=DAY, lease=SECOND)
        else:
            await journal.end_run(Run(job=JOB, begun_at=NOW, ended_at=NOW))
        assert not await journal.renew_run(JOB, begun_at=NOW, until=NOW + DAY)

    async def test_a_run_without_a_lease_has_not_that_of_the_one_before(self, journal: AnyJournal) -> None:
        await journal.begin_run(JOB, at=NOW, every=MINUTE, lease=SECOND)
        await journal.end_run(Run(job=JOB, begun_at=NOW, ended_at=NOW))
        await journal.begin_run(JOB, at=NOW + MINUTE, every=MINUTE)
        assert journal.runs() == [Run(job=JOB, begun_at=NOW + MINUTE, well_at=NOW)]
        assert not await journal.begin_run(JOB, at=NOW + 2 * MINUTE, every=MINUTE)

    async def test_what_was_polled_and_the_position_are_written_together(self, journal: AnyJournal) -> None:
        assert journal.position("register") is None
        message = a_message()
        await journal.take_in([(message, an_outcome(message))], stepped(None, "page 1"))
        await journal.take_in([], stepped("page 1", "page 2"))
        assert journal.position("register") == "page 2"
        assert [row.id for row in journal.messages()] == [message.id]

    @pytest.mark.parametrize("before", [None, "page 0"])
    async def test_of_two_polls_of_the_same_step_the_second_keeps_nothing(
        self, journal: AnyJournal, before: str | None
    ) -> None:
        await journal.take_in([], stepped(None, "page 1"))
        message = a_message()
        with pytest.raises(Rejected) as raised:
            await journal.take_in([(message, an_outcome(message))], stepped(before, "page 2"))
        assert raised.value.code == "J421"
        assert journal.messages() == []
        assert journal.position("register") == "page 1"

    async def test_a_run_whose_job_was_begun_again_keeps_nothing_more(self, journal: AnyJournal) -> None:
        slow, next_ = Run(job=JOB, begun_at=NOW), Run(job=JOB, begun_at=NOW + MINUTE)
        await journal.begin_run(JOB, at=slow.begun_at, every=DAY, lease=SECOND)
        await journal.take_in([], replace(stepped(None, "page 1"), run=slow))
        await journal.begin_run(JOB, at=next_.begun_at, every=DAY, lease=SECOND)
        message = a_message()
        with pytest.raises(Rejected) as raised:
            await journal.take_in([(message, an_outcome(message))], replace(stepped("page 1", "page 2"), run=slow))
        assert raised.value.code == "J423"
        assert (journal.messages(), journal.position("register")) == ([], "page 1")
        await journal.take_in([(message, an_outcome(message))], replace(stepped("page 1", "page 2"), run=next_))
        assert journal.position("register") == "page 2"

    async def test_a_run_that_has_ended_keeps_nothing_more(self, journal: AnyJournal) -> None:
        run = Run(job=JOB, begun_at=NOW)
        await journal.begin_run(JOB, at=NOW, every=DAY)
        await journal.end_run(replace(run, ended_at=NOW))
        with pytest.raises(Rejected, match="J423"):
            await journal.take_in([], replace(stepped(None, "page 1"), run=run))

    async def test_a_changed_document_of_a_known_id_is_left_out_and_the_list_goes_on(self, journal: AnyJournal) -> None:
        first, other = a_message(sender_id="7", body=b"one"), a_message(sender_id="7", body=b"other")
        again, new = a_message(sender_id="7", body=b"one"), a_message(sender_id="8", body=b"new")
        outcome = await journal.record(first, an_outcome(first))
        polled = [(message, an_outcome(message)) for message in (other, again, new)]
        assert await journal.take_in(polled, stepped(None, "page 1")) == [None, outcome, polled[2][1]]
        assert journal.position("register") == "page 1"
        assert {row.id for row in journal.messages()} == {first.id, new.id}

    async def test_a_short_job_that_still_runs_is_not_begun_beside_itself(self, journal: AnyJournal) -> None:
        await journal.begin_run(JOB, at=NOW, every=MINUTE)
        assert not await journal.begin_run(JOB, at=NOW + 2 * MINUTE, every=MINUTE)
        assert not await journal.begin_run(JOB, at=NOW + 2 * MINUTE, every=MINUTE, lost=3 * MINUTE)
        assert await journal.begin_run(JOB, at=NOW + 3 * MINUTE, every=MINUTE, lost=3 * MINUTE)

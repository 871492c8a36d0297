"""The journal's suite: how the newest messages of an endpoint were decided."""

from datetime import datetime

from hub_core.message import DeliveryState, Entry, Finding, Message, Severity, State
from hub_core.testing.builders import NOW, a_message, an_outcome
from hub_core.testing.journal.base import MINUTE, AnyJournal, JournalSuite, claim, ended, keep, keep_bare

FATAL = Finding(code="M201", severity=Severity.ERROR, text="required value missing")


async def refuse(journal: AnyJournal, *, at: datetime = NOW, **facts: object) -> Message:
    """Keep a message that is refused when it comes."""
    message = a_message(received_at=at, **facts)
    await journal.record(message, an_outcome(message, state=State.REFUSED, findings=(FATAL,), record=None))
    return message


class Judging(JournalSuite):
    """``JournalView.judged``."""

    async def test_the_newest_messages_of_an_endpoint_are_told_newest_first(self, journal: AnyJournal) -> None:
        old, refused = await keep_bare(journal), await refuse(journal)
        await refuse(journal, endpoint="elsewhere")
        told = journal.judged("cnas-in", until=NOW, limit=9)
        assert [(it.id, it.refused, it.codes) for it in told] == [(refused.id, True, ("M201",)), (old.id, False, ())]
        assert [it.id for it in journal.judged("cnas-in", until=NOW, limit=1)] == [refused.id]

    async def test_what_came_later_is_left_out(self, journal: AnyJournal) -> None:
        then = await keep_bare(journal)
        await refuse(journal, at=NOW + MINUTE)
        assert [(it.id, it.at) for it in journal.judged("cnas-in", until=NOW, limit=9)] == [(then.id, NOW)]
        assert journal.judged("cnas-in", until=NOW - MINUTE, limit=9) == []

    async def test_what_came_later_is_left_out_though_the_clock_was_set_back_after_it(
        self, journal: AnyJournal
    ) -> None:
        await refuse(journal, at=NOW + MINUTE)
        then = await keep_bare(journal)
        assert [it.id for it in journal.judged("cnas-in", until=NOW, limit=9)] == [then.id]

    async def test_what_a_person_rejected_was_not_refused_when_it_came(self, journal: AnyJournal) -> None:
        await keep(journal)
        (claimed,) = await claim(journal)
        await journal.settle(ended(claimed, DeliveryState.PARKED, code="D201"))
        defect = a_message()
        finding = Finding(code="D302", severity=Severity.ERROR, text="unexpected failure")
        await journal.record(defect, an_outcome(defect, state=State.PARKED, findings=(finding,), record=None))
        for group in journal.parked():
            for row in journal.parked_in(group):
                entry = Entry(message_id=row.message_id, at=NOW, step="rejected", by="ana", detail="agreed")
                await journal.close_parked(row, entry, refused=True)
        assert [row.state for row in journal.messages()] == [State.REFUSED, State.REFUSED]
        assert [it.refused for it in journal.judged("cnas-in", until=NOW, limit=9)] == [False, False]

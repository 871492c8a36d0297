"""Files whose rows become messages of their own."""

import pytest

from hub_core.errors import Rejected
from hub_core.journal.entries import Filter
from hub_core.message import Entry, Message, State
from hub_core.testing.builders import NOW, a_delivery, a_message, an_outcome
from hub_core.testing.journal.base import AnyJournal, JournalSuite, keep_bare


class Splitting(JournalSuite):
    """``split``, ``unsplit``, ``rows``, ``repeated``."""

    async def test_a_file_with_rows_waits_to_be_split(self, journal: AnyJournal) -> None:
        await keep_bare(journal)
        first, second = await keep_file(journal), await keep_file(journal)
        assert journal.unsplit() == [first.id, second.id]

    async def test_a_file_without_rows_waits_for_nothing(self, journal: AnyJournal) -> None:
        file = await keep_file(journal, rows=0)
        assert journal.unsplit() == []
        assert journal.rows(file.id).complete

    async def test_the_outcome_of_a_file_holds_the_number_of_its_rows(self, journal: AnyJournal) -> None:
        file = await keep_file(journal, rows=7)
        kept = journal.message(file.id)
        assert kept is not None
        assert kept.outcome.rows == 7

    async def test_rows_tell_how_far_their_file_is_and_in_which_state_they_stand(self, journal: AnyJournal) -> None:
        file = await keep_file(journal)
        await keep_row(journal, file, 2)
        await keep_row(journal, file, 3, state=State.REFUSED)
        await keep_row(journal, file, 4, deliver=True)
        rows = journal.rows(file.id)
        assert rows.states == {State.ACCEPTED: 1, State.REFUSED: 1, State.DELIVERING: 1}
        assert rows.last_line == 4
        assert not rows.complete

    async def test_a_split_file_waits_no_more_and_has_a_line_in_its_history(self, journal: AnyJournal) -> None:
        file = await keep_file(journal)
        await journal.split(done(file))
        await journal.split(done(file))
        assert journal.unsplit() == []
        assert journal.rows(file.id).complete
        assert [entry.step for entry in journal.entries(file.id)] == ["received", "decided", "split"]

    async def test_several_messages_are_kept_in_their_order(self, journal: AnyJournal) -> None:
        messages = [a_message() for _ in range(100)]
        await journal.record_all([(message, an_outcome(message, a_delivery(message))) for message in messages])
        assert [row.id for row in journal.messages(Filter(limit=1000))] == [row.id for row in reversed(messages)]
        assert journal.counts().open_deliveries == 100

    async def test_several_messages_are_kept_all_or_none(self, journal: AnyJournal) -> None:
        first = await keep_bare(journal, sender_id="7")
        conflicting = a_message(sender_id="7", body=b"other")
        with pytest.raises(Rejected) as raised:
            await journal.record_all([(message, an_outcome(message)) for message in (a_message(), conflicting)])
        assert raised.value.code == "J409"
        assert [row.id for row in journal.messages()] == [first.id]

    async def test_the_same_row_again_is_the_first_one(self, journal: AnyJournal) -> None:
        file = await keep_file(journal)
        row = await keep_row(journal, file, 2)
        await journal.record_all([(row, an_outcome(row, state=State.REFUSED))])
        assert journal.rows(file.id).states == {State.ACCEPTED: 1}

    async def test_a_row_keeps_its_line_and_is_found_by_its_file(self, journal: AnyJournal) -> None:
        file = await keep_file(journal)
        row = await keep_row(journal, file, 2)
        assert [(one.id, one.line) for one in journal.messages(Filter(correlation_id=file.id))] == [(row.id, 2)]

    async def test_lists_show_rows_only_or_none_of_them(self, journal: AnyJournal) -> None:
        file = await keep_file(journal)
        row = await keep_row(journal, file, 2)
        assert [one.id for one in journal.messages(Filter(rows=True))] == [row.id]
        assert [one.id for one in journal.messages(Filter(rows=False))] == [file.id]
        assert {one.id for one in journal.messages(Filter())} == {row.id, file.id}

    async def test_a_message_that_is_no_file_has_no_rows(self, journal: AnyJournal) -> None:
        message = await keep_bare(journal)
        assert journal.rows(message.id).states == {}
        assert journal.rows(message.id).complete

    async def test_a_row_that_comes_again_in_another_file_is_kept_and_names_the_first(
        self, journal: AnyJournal
    ) -> None:
        file, later = await keep_file(journal), await keep_file(journal)
        first = await keep_row(journal, file, 2, key="POPESCU")
        await keep_row(journal, later, 4, key="IONESCU")
        again = await keep_row(journal, later, 5, key="POPESCU")
        told = f"the same row came before: {first.id}"
        assert journal.repeated(file.id, limit=10) == []
        assert journal.repeated(later.id, limit=10) == [(5, told)]
        entry = journal.entries(again.id)[-1]
        assert (entry.step, entry.code, entry.detail) == ("repeated", "F128", told)

    async def test_rows_of_one_file_and_of_one_commit_may_be_the_same_as_well(self, journal: AnyJournal) -> None:
        file = await keep_file(journal)
        rows = [a_message(correlation_id=file.id, line=line, row_key="POPESCU") for line in (2, 3, 4)]
        await journal.record_all([(row, an_outcome(row)) for row in rows])
        assert [line for line, _ in journal.repeated(file.id, limit=10)] == [3, 4]
        assert [line for line, _ in journal.repeated(file.id, limit=1)] == [3]

    async def test_a_row_that_was_refused_may_come_again(self, journal: AnyJournal) -> None:
        file, later = await keep_file(journal), await keep_file(journal)
        await keep_row(journal, file, 2, key="POPESCU", state=State.REFUSED)
        await keep_row(journal, later, 2, key="POPESCU")
        assert journal.repeated(later.id, limit=10) == []

    async def test_the_same_row_of_another_endpoint_is_another_one(self, journal: AnyJournal) -> None:
        file = await keep_file(journal)
        for line, endpoint in ((2, "lists"), (3, "others")):
            row = a_message(correlation_id=file.id, line=line, row_key="POPESCU", endpoint=endpoint)
            await journal.record(row, an_outcome(row))
        assert journal.repeated(file.id, limit=10) == []

    async def test_a_row_that_is_kept_again_after_a_crash_did_not_come_again(self, journal: AnyJournal) -> None:
        file = await keep_file(journal)
        row = a_message(correlation_id=file.id, line=2, row_key="POPESCU")
        for _ in range(2):
            await journal.record(row, an_outcome(row))
        assert journal.repeated(file.id, limit=10) == []
        assert not [value for value in self.stored(journal) if "POPESCU" in value]


async def keep_file(journal: AnyJournal, rows: int = 3) -> Message:
    """Keep a file that has so many rows."""
    file = a_message()
    await journal.record(file, an_outcome(file, rows=rows, record=None))
    return file


async def keep_row(
    journal: AnyJournal,
    file: Message,
    line: int,
    *,
    state: State = State.ACCEPTED,
    deliver: bool = False,
    key: str | None = None,
) -> Message:
    """Keep the row of a line."""
    row = a_message(correlation_id=file.id, line=line, row_key=key)
    deliveries = [a_delivery(row)] if deliver else []
    await journal.record(row, an_outcome(row, *deliveries, state=State.DELIVERING if deliver else state))
    return row


def done(file: Message) -> Entry:
    """Return the entry of a file that is split."""
    return Entry(message_id=file.id, at=NOW, step="split", detail="3 rows")

"""The journal's suite: keeping and deciding."""

import asyncio
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from hub_core.errors import Rejected, TryLater
from hub_core.journal.entries import Filter
from hub_core.message import Finding, Leaf, Severity, State
from hub_core.testing.builders import a_delivery, a_message, an_outcome
from hub_core.testing.journal.base import AnyJournal, JournalSuite, claim, keep, keep_bare, send
from hub_core.trace import Trace

EVERY_BYTE = bytes(range(256))


class Keeping(JournalSuite):
    """``Journal.record``: one decision per message."""

    async def test_a_new_message_returns_the_very_outcome_it_was_given(self, journal: AnyJournal) -> None:
        message = a_message()
        outcome = an_outcome(message)
        assert await journal.record(message, outcome) is outcome

    async def test_the_trace_of_a_message_is_kept_and_given_to_the_worker(self, journal: AnyJournal) -> None:
        trace = Trace("0af7651916cd43dd8448eb211c80319c", "01", "sender=t61rcWkgMzE")
        message = a_message(trace=trace)
        await journal.record(message, an_outcome(message, a_delivery(message)))
        (claimed,) = await claim(journal)
        assert claimed.trace == trace
        assert [row.trace for row in journal.messages()] == [trace]

    async def test_the_same_id_and_bytes_return_the_first_outcome(self, journal: AnyJournal) -> None:
        first, again = a_message(sender_id="7"), a_message(sender_id="7")
        outcome = await journal.record(first, an_outcome(first))
        assert await journal.record(again, an_outcome(again, mapping="newer")) == outcome

    async def test_the_first_outcome_comes_back_byte_for_byte(self, journal: AnyJournal) -> None:
        first, again = a_message(sender_id="7"), a_message(sender_id="7")
        outcome = an_outcome(
            first,
            a_delivery(first, order_key="p1"),
            record='{"name":"Ștefăniță"}'.encode(),
            findings=(Finding(code="M204", severity=Severity.WARNING, text="unknown code", at="sex", line=3),),
            unmapped=(Leaf("a/b", "ț"),),
            cases=("2024/17",),
        )
        await journal.record(first, outcome)
        repeated = await journal.record(again, an_outcome(again))
        assert msgspec.msgpack.encode(repeated) == msgspec.msgpack.encode(outcome)

    async def test_the_first_outcome_stays_as_it_was_decided(self, journal: AnyJournal) -> None:
        first, again = a_message(sender_id="7"), a_message(sender_id="7")
        outcome = an_outcome(first, a_delivery(first))
        await journal.record(first, outcome)
        for claimed in await claim(journal):
            await send(journal, claimed)
        assert await journal.record(again, an_outcome(again)) == outcome

    async def test_a_repetition_gets_the_first_outcome_however_late_it_comes(self, journal: AnyJournal) -> None:
        first = a_message(sender_id="7")
        late = a_message(sender_id="7", received_at=first.received_at + timedelta(days=365))
        outcome = await journal.record(first, an_outcome(first))
        assert await journal.record(late, an_outcome(late)) == outcome

    async def test_a_repetition_adds_neither_message_nor_delivery(self, journal: AnyJournal) -> None:
        for _ in range(3):
            message = a_message(sender_id="7")
            await journal.record(message, an_outcome(message, a_delivery(message)))
        assert len(journal.messages()) == 1
        assert len(await claim(journal)) == 1

    async def test_the_same_id_with_other_bytes_is_a_conflict(self, journal: AnyJournal) -> None:
        await keep_bare(journal, sender_id="7", body=b"one")
        with pytest.raises(Rejected) as raised:
            await keep_bare(journal, sender_id="7", body=b"other")
        assert raised.value.code == "J409"

    async def test_a_conflict_leaves_the_first_message_standing(self, journal: AnyJournal) -> None:
        first = await keep_bare(journal, sender_id="7", body=b"one")
        with pytest.raises(Rejected):
            await keep_bare(journal, sender_id="7", body=b"other")
        assert [row.id for row in journal.messages()] == [first.id]
        assert journal.body(first.id) == b"one"

    async def test_without_an_id_of_the_sender_each_arrival_is_a_new_message(self, journal: AnyJournal) -> None:
        await keep_bare(journal)
        await keep_bare(journal)
        assert len(journal.messages()) == 2

    @pytest.mark.parametrize("other", [{"party": "ro.anaf"}, {"endpoint": "other-in"}])
    async def test_an_id_is_the_senders_own_at_one_endpoint(self, journal: AnyJournal, other: dict[str, str]) -> None:
        await keep_bare(journal, sender_id="7", body=b"one")
        await keep_bare(journal, sender_id="7", body=b"other", **other)
        assert len(journal.messages()) == 2

    async def test_the_same_message_handed_in_twice_is_kept_once(self, journal: AnyJournal) -> None:
        message = a_message()
        outcome = await journal.record(message, an_outcome(message))
        assert await journal.record(message, an_outcome(message, mapping="newer")) == outcome
        assert len(journal.messages()) == 1

    async def test_duplicates_that_come_at_once_are_decided_once(self, journal: AnyJournal) -> None:
        copies = [a_message(sender_id="7") for _ in range(20)]
        outcomes = await asyncio.gather(*(journal.record(copy, an_outcome(copy)) for copy in copies))
        assert {outcome.message_id for outcome in outcomes} == {journal.messages()[0].id}
        assert len(journal.messages()) == 1

    async def test_one_message_handed_in_many_times_at_once_is_kept_once(self, journal: AnyJournal) -> None:
        message = a_message()
        outcome = an_outcome(message, a_delivery(message))
        outcomes = await asyncio.gather(*(journal.record(message, outcome) for _ in range(5)))
        assert outcomes == [outcome] * 5
        assert len(await claim(journal)) == 1

    async def test_of_conflicting_messages_that_come_at_once_exactly_one_stands(self, journal: AnyJournal) -> None:
        rivals = [a_message(sender_id="7", body=b"%d" % number) for number in range(5)]
        answers = await asyncio.gather(
            *(journal.record(rival, an_outcome(rival)) for rival in rivals), return_exceptions=True
        )
        assert [isinstance(answer, Rejected) for answer in answers].count(False) == 1
        assert len(journal.messages()) == 1

    async def test_a_conflict_harms_no_neighbour(self, journal: AnyJournal) -> None:
        await keep_bare(journal, sender_id="7", body=b"one")
        others = [keep_bare(journal) for _ in range(10)]
        answers = await asyncio.gather(
            *others[:5], keep_bare(journal, sender_id="7", body=b"x"), *others[5:], return_exceptions=True
        )
        assert [type(answer) for answer in answers].count(Rejected) == 1
        assert len(journal.messages()) == 11

    async def test_many_at_once_each_get_their_own_outcome(self, journal: AnyJournal) -> None:
        messages = [a_message(sender_id=str(number)) for number in range(200)]
        outcomes = await asyncio.gather(*(journal.record(one, an_outcome(one)) for one in messages))
        assert [outcome.message_id for outcome in outcomes] == [message.id for message in messages]

    async def test_what_was_answered_can_be_read_at_once(self, journal: AnyJournal) -> None:
        message = a_message()
        outcome = await journal.record(message, an_outcome(message))
        kept = journal.message(message.id)
        assert kept is not None
        assert kept.outcome == outcome

    async def test_a_refused_message_is_kept_with_its_findings(self, journal: AnyJournal) -> None:
        message = a_message()
        finding = Finding(code="V101", severity=Severity.ERROR, text="element not expected", line=2)
        outcome = an_outcome(message, state=State.REFUSED, mapping=None, record=None, findings=(finding,))
        await journal.record(message, outcome)
        kept = journal.message(message.id)
        assert kept is not None
        assert kept.outcome.findings == (finding,)
        assert kept.message.codes == ("V101",)

    @pytest.mark.parametrize("body", [b"", EVERY_BYTE, EVERY_BYTE * 8192], ids=["empty", "every byte", "2 MiB"])
    async def test_a_body_comes_back_byte_for_byte(self, journal: AnyJournal, body: bytes) -> None:
        message = await keep_bare(journal, body=body)
        assert journal.body(message.id) == body

    @pytest.mark.parametrize("text", ["ș'\"; DROP TABLE message; --", "%_\\", "\u202e\u200b🧾", "a\x00b"])
    async def test_any_text_is_kept_as_it_is(self, journal: AnyJournal, text: str) -> None:
        message = await keep_bare(journal, sender_id=text)
        assert [row.id for row in journal.messages(Filter(sender_id=text))] == [message.id]

    async def test_everything_is_there_after_closing_and_opening(self, tmp_path: Path) -> None:
        with self.open(tmp_path) as journal:
            delivery = await keep(journal)
            first = await keep_bare(journal, sender_id="7", body=b"one")
        with self.open(tmp_path) as journal:
            assert {row.id for row in journal.messages()} == {delivery.message_id, first.id}
            assert [claimed.delivery for claimed in await claim(journal)] == [delivery]
            with pytest.raises(Rejected):
                await keep_bare(journal, sender_id="7", body=b"other")

    async def test_a_closed_journal_accepts_nothing(self, tmp_path: Path) -> None:
        with self.open(tmp_path) as journal:
            pass
        with pytest.raises(TryLater) as raised:
            await keep_bare(journal)
        assert raised.value.code == "J503"

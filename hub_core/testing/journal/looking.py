"""The journal's suite: the reading side."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from hub_core.clock import new_id
from hub_core.course import Course, Hold
from hub_core.errors import Rejected
from hub_core.journal.entries import Filter
from hub_core.message import DeliveryState, Finding, Receipt, Refusal, Severity, State
from hub_core.testing.builders import NOW, a_delivery, a_message, an_outcome
from hub_core.testing.journal.base import (
    LEASE,
    MINUTE,
    AnyJournal,
    JournalSuite,
    claim,
    ended,
    fail,
    keep,
    keep_bare,
    park,
    send,
)

WARNING = Finding(code="M204", severity=Severity.WARNING, text="unknown code")
FATAL = Finding(code="V101", severity=Severity.ERROR, text="element not expected")


class Looking(JournalSuite):
    """``JournalView``."""

    @pytest.mark.parametrize(
        ("message", "outcome", "wanted"),
        [
            ({}, {"state": State.REFUSED}, {"state": State.REFUSED}),
            ({"party": "ro.anaf"}, {}, {"party": "ro.anaf"}),
            ({"endpoint": "anaf-in"}, {}, {"endpoint": "anaf-in"}),
            ({}, {"findings": (WARNING, FATAL)}, {"code": "M204"}),
            ({"received_at": NOW + MINUTE}, {}, {"since": NOW + MINUTE}),
            ({"received_at": NOW - MINUTE}, {}, {"until": NOW}),
            ({"sender_id": "7"}, {}, {"sender_id": "7"}),
            ({"correlation_id": "c-1"}, {}, {"correlation_id": "c-1"}),
            ({}, {"cases": ("2024/17", "2024/17", "2024/18")}, {"case": "2024/17"}),
            ({}, {"persons": ("ro.cnp:2850415123450", "ro.cid:7")}, {"person": "ro.cnp:2850415123450"}),
            ({"party": "ro.anaf", "sender_id": "7"}, {}, {"party": "ro.anaf", "sender_id": "7"}),
        ],
        ids=lambda facts: "+".join(facts) or "-",
    )
    async def test_messages_are_found_by(
        self, journal: AnyJournal, message: dict[str, Any], outcome: dict[str, Any], wanted: dict[str, Any]
    ) -> None:
        await keep_bare(journal)
        sought = a_message(**message)
        await journal.record(sought, an_outcome(sought, **outcome))
        await keep_bare(journal)
        assert [row.id for row in journal.messages(Filter(**wanted))] == [sought.id]

    async def test_messages_are_found_by_the_code_of_a_failed_delivery(self, journal: AnyJournal) -> None:
        await keep_bare(journal)
        delivery = await keep(journal)
        (claimed,) = await claim(journal)
        await fail(journal, claimed, again=NOW + MINUTE)
        assert [row.id for row in journal.messages(Filter(code="D101"))] == [delivery.message_id]

    @pytest.mark.parametrize("code", ["%", "M2%", "_204", "204", "M204 V101", "' OR 1=1"])
    async def test_a_pattern_is_no_code(self, journal: AnyJournal, code: str) -> None:
        message = a_message()
        await journal.record(message, an_outcome(message, findings=(WARNING, FATAL)))
        assert journal.messages(Filter(code=code)) == []

    async def test_all_that_is_asked_for_must_hold(self, journal: AnyJournal) -> None:
        await keep_bare(journal, party="ro.anaf")
        assert journal.messages(Filter(party="ro.anaf", endpoint="nowhere")) == []

    async def test_what_came_after_a_message_comes_oldest_first(self, journal: AnyJournal) -> None:
        first, second, third = [(await keep_bare(journal)).id for _ in range(3)]
        assert [row.id for row in journal.messages(Filter(after=first))] == [second, third]
        assert [row.id for row in journal.messages(Filter(after=first, limit=1))] == [second]

    async def test_a_conversation_is_found_without_the_message_that_began_it(self, journal: AnyJournal) -> None:
        question = a_message()
        question = msgspec.structs.replace(question, correlation_id=question.id)
        await journal.record(question, an_outcome(question))
        answer = await keep_bare(journal, correlation_id=question.id)
        await keep_bare(journal)
        assert [row.id for row in journal.messages(Filter(correlation_id=question.id))] == [answer.id]

    async def test_messages_come_newest_first_and_page_by_page(self, journal: AnyJournal) -> None:
        ids = [(await keep_bare(journal)).id for _ in range(5)]
        first = journal.messages(Filter(limit=2))
        second = journal.messages(Filter(limit=9, before=first[-1].id))
        assert [row.id for row in [*first, *second]] == ids[::-1]

    async def test_a_row_tells_everything_but_the_bytes(self, journal: AnyJournal) -> None:
        message = a_message(sender_id="7", registry_set=3)
        await journal.record(message, an_outcome(message, findings=(FATAL, WARNING, WARNING)))
        (row,) = journal.messages()
        shared = [field for field in row.__struct_fields__ if hasattr(message, field)]
        assert {field: getattr(row, field) for field in shared} == {field: getattr(message, field) for field in shared}
        assert (row.state, row.document, row.codes) == (State.ACCEPTED, "insuredResponse", ("M204", "V101"))

    async def test_an_unknown_message_is_named_as_such(self, journal: AnyJournal) -> None:
        assert journal.message(new_id()) is None
        for look in (journal.body, journal.entries, journal.deliveries):
            with pytest.raises(Rejected) as raised:
                look(new_id())
            assert raised.value.code == "J404"

    async def test_history_tells_every_step_in_order(self, journal: AnyJournal) -> None:
        delivery = await keep(journal)
        (claimed,) = await claim(journal)
        await fail(journal, claimed, again=NOW + MINUTE)
        (claimed,) = await claim(journal, now=NOW + MINUTE)
        await send(journal, claimed)
        steps = [(entry.step, entry.code) for entry in journal.entries(delivery.message_id)]
        assert steps == [("received", None), ("decided", None), ("failed", "D101"), ("sent", None)]

    async def test_the_history_of_a_refused_message_names_its_first_error(self, journal: AnyJournal) -> None:
        message = a_message()
        await journal.record(message, an_outcome(message, state=State.REFUSED, findings=(WARNING, FATAL)))
        steps = [(entry.step, entry.code) for entry in journal.entries(message.id)]
        assert steps == [("received", None), ("refused", "V101")]

    async def test_a_delivery_tells_its_attempts(self, journal: AnyJournal) -> None:
        delivery = await keep(journal)
        (claimed,) = await claim(journal)
        await fail(journal, claimed, again=NOW + MINUTE)
        (claimed,) = await claim(journal, now=NOW + MINUTE)
        await journal.settle(ended(claimed, DeliveryState.PARKED, at=NOW + 2 * MINUTE, code="D201", detail="400"))
        (row,) = journal.deliveries(delivery.message_id)
        assert (row.state, row.attempts, row.code, row.detail) == (DeliveryState.PARKED, 2, "D201", "400")
        assert [(one.number, one.step, one.code) for one in row.history] == [
            (1, "failed", "D101"),
            (2, "parked", "D201"),
        ]
        assert (row.history[1].started_at, row.history[1].ended_at) == (NOW + MINUTE, NOW + 2 * MINUTE)

    async def test_an_attempt_without_an_end_is_told_as_in_doubt(self, journal: AnyJournal) -> None:
        delivery = await keep(journal)
        await claim(journal)
        await claim(journal, now=NOW + LEASE)
        (row,) = journal.deliveries(delivery.message_id)
        assert [(one.number, one.step, one.code) for one in row.history] == [(1, "in-doubt", "D103")]
        assert (row.attempts, row.lease_until) == (2, NOW + 2 * LEASE)

    async def test_the_partners_receipt_is_kept(self, journal: AnyJournal) -> None:
        delivery = await keep(journal)
        assert journal.receipt_of(delivery.id) is None
        (claimed,) = await claim(journal)
        await journal.settle(ended(claimed, DeliveryState.SENT, reference="R-17", detail="202"))
        assert journal.receipt_of(delivery.id) == Receipt(reference="R-17", detail="202")

    async def test_a_receipt_leads_to_the_conversation_of_what_got_it_at_one_of_these_endpoints(
        self, journal: AnyJournal
    ) -> None:
        message = a_message(correlation_id="c-1")
        delivery = a_delivery(message)
        await journal.record(message, an_outcome(message, delivery))
        (claimed,) = await claim(journal)
        await journal.settle(ended(claimed, DeliveryState.SENT, reference="R-17", detail="202"))
        assert journal.conversation_of("R-17", {delivery.endpoint}) == "c-1"
        assert journal.conversation_of("R-17", {"other"}) is None
        assert journal.conversation_of("R-18", {delivery.endpoint}) is None

    async def test_what_held_an_attempt_back_and_what_its_phases_took_are_kept(self, journal: AnyJournal) -> None:
        delivery = await keep(journal)
        (claimed,) = await claim(journal)
        course = Course({"connect": 3, "first byte": 45}, (Hold("breaker", NOW, NOW + MINUTE, "D101"),))
        await journal.settle(ended(claimed, DeliveryState.READY, due_at=NOW + MINUTE, course=course))
        await claim(journal, now=NOW + MINUTE)
        assert [entry.course for entry in journal.entries(delivery.message_id)] == [Course(), Course(), course]

    async def test_refusals_come_newest_first(self, journal: AnyJournal) -> None:
        refusals = [Refusal(reference=str(number), at=NOW, endpoint="cnas-in", code="A401") for number in range(3)]
        for refusal in refusals:
            await journal.refuse(refusal)
        assert journal.refusals(2) == [refusals[2], refusals[1]]

    async def test_what_a_refused_caller_wrote_is_cut(self, journal: AnyJournal) -> None:
        await journal.refuse(Refusal(reference="1", at=NOW, endpoint="x" * 10_000, code="A401", detail="y" * 10_000))
        (refusal,) = journal.refusals()
        assert len(refusal.endpoint) + len(refusal.detail) <= 1000

    async def test_counts_tell_states_and_what_waits_or_is_parked(self, journal: AnyJournal) -> None:
        await keep_bare(journal)
        await keep(journal, endpoint="one")
        (claimed,) = await claim(journal)
        await park(journal, claimed)
        message = a_message()
        waiting = a_delivery(message, due_at=NOW + 9 * LEASE)
        await journal.record(message, an_outcome(message, waiting, decided_at=NOW + MINUTE))
        counts = journal.counts()
        assert {state: count for state, count in counts.messages.items() if count} == {
            State.ACCEPTED: 1,
            State.PARKED: 1,
            State.DELIVERING: 1,
        }
        assert set(counts.messages) == set(State)
        assert (counts.open_deliveries, counts.oldest_open, counts.newest) == (1, NOW + MINUTE, NOW)

    async def test_an_empty_journal_counts_nothing(self, journal: AnyJournal) -> None:
        counts = journal.counts()
        assert (counts.open_deliveries, counts.oldest_open, counts.newest) == (0, None, None)
        assert sum(counts.messages.values()) == 0

    async def test_instants_keep_their_microseconds(self, journal: AnyJournal) -> None:
        instant = NOW + timedelta(microseconds=123_457)
        message = await keep_bare(journal, received_at=instant)
        kept = journal.message(message.id)
        assert kept is not None
        assert kept.message.received_at == instant

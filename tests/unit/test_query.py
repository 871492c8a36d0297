import asyncio
from datetime import date, timedelta

import msgspec
import pytest

from hub_core.asking.query import SourceVerdict, Taken, ask, judge
from hub_core.canonical import Beneficiary
from hub_core.codes import CODES
from hub_core.directory import Query
from hub_core.errors import Rejected, TryLater
from hub_core.message import Finding, Severity
from hub_core.ports import Answer, Question
from hub_core.reading import Reading, Verdict
from hub_core.testing.records import a_cnp, a_name

CNP, OTHER = "2850415123450", "1800101123457"
QUESTION = Question(cnp=CNP, on=date(2025, 11, 3), request="17", purpose="benefit-review")


def about(*cnps, **fields):
    return Beneficiary(identifiers=tuple(map(a_cnp, cnps)), **fields)


def found(record):
    return Reading(verdict=Verdict.RECORD, record=record, findings=(), unmapped=())


def without(verdict, code="M302"):
    finding = Finding(code=code, severity=Severity.ERROR, text="as the mapping says")
    return Reading(verdict=verdict, record=None, findings=(finding,), unmapped=())


class Speaks:
    """A source that does what it was made for: answers, raises, or is silent for ever."""

    def __init__(self, does):
        self.does = does
        self.asked = []
        self.begun = asyncio.Event()
        self.let_go = False

    async def ask(self, question):
        self.asked.append(question)
        self.begun.set()
        if isinstance(self.does, Exception):
            raise self.does
        if self.does == "silence":
            try:
                await asyncio.Event().wait()
            finally:
                self.let_go = True
        return Answer(body=b"", media_type="text/xml")

    async def close(self):
        pass


async def query(deadline=5.0, take=None, precedence=None, **does):
    sources = {name: Speaks(it) for name, it in does.items()}
    alarms = []

    async def read(name, _answer):
        return Taken(reading=does[name], message_id=f"message-of-{name}")

    result = await ask(
        Query(service="s", sources=tuple(does), deadline=timedelta(seconds=deadline), precedence=precedence or {}),
        QUESTION,
        sources,
        institutions={name: f"{name}-house" for name in does},
        take=take or read,
        alarm=lambda name, error: alarms.append((name, error)),
    )
    return result, {answer.endpoint: answer for answer in result.answers}, sources, alarms


async def test_every_source_answers_side_by_side_and_there_is_one_view():
    result, answers, sources, _ = await query(dgep=found(about(CNP, name=a_name())), cnas=found(about(CNP)))
    assert [(it.endpoint, it.institution, it.verdict) for it in result.answers] == [
        ("dgep", "dgep-house", "record"),
        ("cnas", "cnas-house", "record"),
    ]
    assert answers["dgep"].message_id == "message-of-dgep"
    assert result.merged.origins["name"].source == "dgep"
    assert result.complete
    assert [source.asked for source in sources.values()] == [[QUESTION], [QUESTION]]


async def test_precedence_comes_from_the_registry():
    a, b = about(CNP, name=a_name("A")), about(CNP, name=a_name("B"))
    result, *_ = await query(a=found(a), b=found(b), precedence={"name": ("b",)})
    assert result.merged.record.name.family == "B"


@pytest.mark.parametrize(
    ("does", "verdict", "code"),
    [
        (without(Verdict.NONE), "none", "Q104"),
        (without(Verdict.FAILED), "failed", "Q102"),
        (without(Verdict.LATER), "failed", "Q102"),
        (without(Verdict.REFUSED), "refused", "Q107"),
        (TryLater("D101", "no connection"), "unreachable", "Q103"),
        (Rejected("D202", "fault Server"), "failed", "Q102"),
    ],
)
async def test_a_source_without_record_is_named_with_its_reason(does, verdict, code):
    result, answers, *_ = await query(dgep=found(about(CNP)), cnas=does)
    assert (answers["cnas"].verdict, answers["cnas"].code) == (verdict, code)
    assert answers["cnas"].findings[0].code == code
    assert answers["cnas"].record is None
    assert result.complete is (verdict == "none")
    assert result.merged.record.identifiers


async def test_findings_of_the_reading_are_kept_beside_the_reason():
    _, answers, *_ = await query(cnas=without(Verdict.FAILED, "M301"))
    assert [finding.code for finding in answers["cnas"].findings] == ["Q102", "M301"]


async def test_a_silent_source_is_late_and_harms_no_other():
    result, answers, sources, _ = await query(deadline=0.05, dgep=found(about(CNP)), cnas="silence")
    assert (answers["cnas"].verdict, answers["cnas"].code) == ("late", "Q101")
    assert answers["dgep"].verdict == "record"
    assert not result.complete
    assert sources["cnas"].let_go


async def test_all_sources_are_asked_at_once():
    together = asyncio.Barrier(3)

    class Meets:
        async def ask(self, question):
            await together.wait()
            return Answer(body=b"", media_type="")

        async def close(self):
            pass

    async def take(_name, _answer):
        return Taken(reading=found(about(CNP)))

    names = ("a", "b", "c")
    result = await ask(
        Query(service="s", sources=names),
        QUESTION,
        {name: Meets() for name in names},
        institutions=dict.fromkeys(names, "x"),
        take=take,
        alarm=lambda *_: None,
    )
    assert result.complete


async def test_keeping_the_answer_counts_towards_the_deadline():
    async def never(_name, _answer):
        await asyncio.Event().wait()

    _, answers, *_ = await query(deadline=0.05, take=never, cnas=found(about(CNP)))
    assert answers["cnas"].verdict == "late"


async def test_an_answer_that_cannot_be_kept_is_not_used():
    async def full(_name, _answer):
        raise TryLater("J503", "the journal cannot be written")

    _, answers, *_ = await query(take=full, cnas=found(about(CNP)))
    assert (answers["cnas"].verdict, answers["cnas"].code) == ("failed", "J503")


async def test_a_defect_of_one_source_raises_the_alarm_and_harms_no_other():
    defect = KeyError("2850415123450")
    result, answers, _, alarms = await query(dgep=found(about(CNP)), cnas=defect)
    assert alarms == [("cnas", defect)]
    assert (answers["cnas"].verdict, answers["cnas"].code) == ("failed", "D302")
    assert answers["dgep"].verdict == "record"
    assert CNP not in repr(answers["cnas"])
    assert not result.complete


async def test_an_answer_about_another_person_is_not_used_and_not_shown():
    result, answers, *_ = await query(dgep=found(about(CNP)), anpis=found(about(OTHER, name=a_name("SECRET"))))
    assert (answers["anpis"].verdict, answers["anpis"].code) == ("refused", "Q105")
    assert answers["anpis"].message_id == "message-of-anpis"
    assert "SECRET" not in msgspec.json.encode(result).decode()
    assert not result.complete


async def test_an_answer_that_does_not_say_about_whom_is_not_used():
    _, answers, *_ = await query(anaf=found(about(name=a_name())))
    assert (answers["anaf"].verdict, answers["anaf"].code) == ("refused", "Q106")


async def test_an_answer_under_a_former_number_of_the_person_is_used():
    _, answers, *_ = await query(dgep=found(about(CNP, OTHER)), anpis=found(about(OTHER)))
    assert answers["anpis"].verdict == "record"


async def test_only_a_source_that_names_the_person_asked_for_can_vouch_for_another_number():
    _, answers, *_ = await query(a=found(about(CNP)), b=found(about(OTHER, "3")), c=found(about("3")))
    assert [it.verdict for it in answers.values()] == ["record", "refused", "refused"]


async def test_not_known_under_one_of_several_numbers_is_marked():
    _, answers, *_ = await query(dgep=found(about(CNP, OTHER)), anpis=without(Verdict.NONE))
    assert answers["anpis"].verdict == "none"
    assert [finding.code for finding in answers["anpis"].findings] == ["Q104", "M302", "Q108"]


async def test_the_order_in_which_answers_came_changes_nothing():
    result, *_ = await query(a=found(about(CNP, name=a_name("A"))), b=found(about(CNP, name=a_name("B"))))
    asked = Query(service="s", sources=("a", "b"))
    assert judge(asked, CNP, result.answers[::-1]) == judge(asked, CNP, result.answers) == result


async def test_without_any_record_there_is_no_view():
    result, *_ = await query(dgep=without(Verdict.NONE))
    assert result.merged is None
    assert result.complete


async def test_a_query_that_is_given_up_lets_its_sources_go():
    source = Speaks("silence")

    async def take(_name, _answer):
        raise AssertionError

    task = asyncio.create_task(
        ask(
            Query(service="s", sources=("a",)), QUESTION, {"a": source}, institutions={"a": "x"}, take=take, alarm=print
        )
    )
    await source.begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert source.let_go


def test_every_code_of_a_query_is_in_the_catalogue():
    assert {f"Q10{n}" for n in range(1, 9)} | {"Q201"} <= CODES.keys()
    assert {str(verdict) for verdict in SourceVerdict} == {"record", "none", "failed", "late", "unreachable", "refused"}

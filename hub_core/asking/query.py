"""One question about one person to several institutions at once: who answered what, and one view of it.

A source that is late, silent or fails is named with its reason; only an answer that says so means "not known here".
An answer about another person is not used and not shown.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from hub_core.asking.agreement import cnps_of
from hub_core.asking.merge import Merged, merge
from hub_core.canonical import Beneficiary
from hub_core.directory import Query
from hub_core.errors import PunteError, TryLater
from hub_core.message import Finding, Severity
from hub_core.ports import Answer, Question, Source
from hub_core.reading import Reading, Verdict

ABOUT_ANOTHER: Final = "Q105"
ABOUT_NOBODY: Final = "Q106"
OTHER_NUMBER: Final = "Q108"


class SourceVerdict(StrEnum):
    """How a source did.

    ``RECORD`` it answered with a record. ``NONE`` it answered that it does not know the person.
    ``FAILED`` it reported a failure of its own. ``LATE`` the deadline passed. ``UNREACHABLE`` no answer came.
    ``REFUSED`` it answered, and the answer cannot be used.
    """

    RECORD = "record"
    NONE = "none"
    FAILED = "failed"
    LATE = "late"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that was read, and the message under which its bytes are kept; ``None`` where none is kept."""

    reading: Reading
    message_id: str | None = None


class SourceAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What one source said.

    Attributes:
        code: why there is no record; ``None`` if there is one.
        findings: all about this answer; never with a value of it.
        seconds: until it was there, or given up.
        message_id: where its bytes are kept; ``None`` if none came.
    """

    endpoint: str
    institution: str
    verdict: SourceVerdict
    record: Beneficiary | None = None
    code: str | None = None
    findings: tuple[Finding, ...] = ()
    seconds: float = 0.0
    message_id: str | None = None


class QueryResult(msgspec.Struct, frozen=True, kw_only=True):
    """Answers side by side, and the view.

    Attributes:
        answers: one per source, in the order of the registry.
        merged: ``None`` if no source has a record.
        complete: every source answered: with a record, or that it does not know the person.
    """

    answers: tuple[SourceAnswer, ...]
    merged: Merged | None
    complete: bool


Take = Callable[[str, Answer], Awaitable[Taken]]
Alarm = Callable[[str, BaseException], None]

GRACE: Final = 0.2  # seconds that a cancelled source gets to let go; the query does not wait for it any longer
# Verdict of a reading that holds no record -> verdict of the source, code, what it means.
_WITHOUT_RECORD: Final = {
    Verdict.NONE: (SourceVerdict.NONE, "Q104", "it does not know the person"),
    Verdict.FAILED: (SourceVerdict.FAILED, "Q102", "it reported a failure of its own"),
    Verdict.LATER: (SourceVerdict.FAILED, "Q102", "it is busy and asks to try later"),
    Verdict.REFUSED: (SourceVerdict.REFUSED, "Q107", "its answer cannot be read"),
}


async def ask(
    query: Query,
    question: Question,
    sources: Mapping[str, Source],
    *,
    institutions: Mapping[str, str],
    take: Take,
    alarm: Alarm,
) -> QueryResult:
    """Ask every source of a query in parallel, and return what was there at the deadline.

    Args:
        query: whom to ask, how long, and whose word counts.
        question: the same for all.
        sources: by endpoint, at least those that the query names.
        institutions: whose endpoint it is.
        take: keeps an answer and reads it, within the deadline as well.
        alarm: told of every unexpected exception; that source then counts as failed, the others are not harmed.
    """
    tasks = {
        name: asyncio.create_task(_ask_one(name, institutions[name], sources[name], question, take))
        for name in query.sources
    }
    started = time.monotonic()
    try:
        await asyncio.wait(tasks.values(), timeout=query.deadline.total_seconds())
    finally:
        if late := [task for task in tasks.values() if task.cancel()]:
            await asyncio.wait(late, timeout=GRACE)
    seconds = time.monotonic() - started
    answers = [_outcome(name, institutions[name], task, seconds, alarm) for name, task in tasks.items()]
    return judge(query, question.cnp, answers)


def judge(query: Query, cnp: str, answers: Sequence[SourceAnswer]) -> QueryResult:
    """Set aside what is not about the person asked for, and merge the rest; pure, whatever order answers come in.

    A number counts as the person's if it is the one asked for, or if a source gives both as numbers of one person:
    a register may still know somebody by a former CNP. A source that does not know the number asked for, while there
    is another, has not said that it does not know the person.
    """
    answers = sorted(answers, key=lambda answer: query.sources.index(answer.endpoint))
    claimed = [cnps_of(answer.record) for answer in answers if answer.record is not None]
    numbers = frozenset({cnp}).union(*(own for own in claimed if cnp in own))
    checked = tuple(_about(answer, numbers) for answer in answers)
    records = {answer.endpoint: answer.record for answer in checked if answer.record is not None}
    return QueryResult(
        answers=checked,
        merged=merge(records, query.precedence) if records else None,
        complete=all(answer.verdict in {SourceVerdict.RECORD, SourceVerdict.NONE} for answer in checked),
    )


def _outcome(
    name: str, institution: str, task: asyncio.Task[SourceAnswer], seconds: float, alarm: Alarm
) -> SourceAnswer:
    if not task.done() or task.cancelled():
        text = "it had not answered when the deadline passed"
        return _without(name, institution, SourceVerdict.LATE, "Q101", text, seconds)
    if (defect := task.exception()) is not None:
        alarm(name, defect)
        text = "unexpected failure while asking it"
        return _without(name, institution, SourceVerdict.FAILED, "D302", text, seconds)
    return task.result()


async def _ask_one(name: str, institution: str, source: Source, question: Question, take: Take) -> SourceAnswer:
    started = time.monotonic()

    def without(verdict: SourceVerdict, code: str, text: str) -> SourceAnswer:
        return _without(name, institution, verdict, code, text, time.monotonic() - started)

    try:
        answer = await source.ask(question)
    except TryLater as error:
        return without(SourceVerdict.UNREACHABLE, "Q103", f"{error.code} {error.text}")
    except PunteError as error:
        return without(SourceVerdict.FAILED, "Q102", f"{error.code} {error.text}")
    try:
        taken = await take(name, answer)
    except PunteError as error:
        # What could not be kept is not used: nobody could ever say where its values came from.
        return without(SourceVerdict.FAILED, error.code, error.text)
    seconds = time.monotonic() - started
    return _read(name, institution, taken, seconds)


def _read(name: str, institution: str, taken: Taken, seconds: float) -> SourceAnswer:
    reading = taken.reading
    if reading.record is None:
        verdict, code, text = _WITHOUT_RECORD[reading.verdict]
        answer = _without(name, institution, verdict, code, text, seconds)
        return msgspec.structs.replace(answer, findings=answer.findings + reading.findings, message_id=taken.message_id)
    return SourceAnswer(
        endpoint=name,
        institution=institution,
        verdict=SourceVerdict.RECORD,
        record=reading.record,
        findings=reading.findings,
        seconds=seconds,
        message_id=taken.message_id,
    )


def _without(name: str, institution: str, verdict: SourceVerdict, code: str, text: str, seconds: float) -> SourceAnswer:
    severity = Severity.INFO if verdict is SourceVerdict.NONE else Severity.WARNING
    finding = Finding(code=code, severity=severity, text=f"{name}: {text}")
    return SourceAnswer(
        endpoint=name, institution=institution, verdict=verdict, code=code, findings=(finding,), seconds=seconds
    )


def _about(answer: SourceAnswer, numbers: frozenset[str]) -> SourceAnswer:
    """Return the answer; without its record if that is about another person, or does not say about whom."""
    if answer.verdict is SourceVerdict.NONE and len(numbers) > 1:
        text = f"{answer.endpoint}: the person has another number, by which it was not asked"
        other = Finding(code=OTHER_NUMBER, severity=Severity.WARNING, text=text)
        return msgspec.structs.replace(answer, findings=(*answer.findings, other))
    if answer.record is None or cnps_of(answer.record) & numbers:
        return answer
    if cnps_of(answer.record):
        code, text = ABOUT_ANOTHER, "its answer is about another person"
    else:
        code, text = ABOUT_NOBODY, "its answer names no CNP of the person"
    without = _without(answer.endpoint, answer.institution, SourceVerdict.REFUSED, code, text, answer.seconds)
    return msgspec.structs.replace(without, message_id=answer.message_id)

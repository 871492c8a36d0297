"""A question of an institution to others, as messages: the question and every answer are kept, under one conversation.

``query`` asks and merges; here the right is checked, the bytes are kept, and the result gets its reference.
"""

import hashlib
import logging
from collections.abc import Awaitable, Callable
from datetime import date
from functools import partial
from typing import Final

import msgspec

from hub_core.accepting.hub import Hub
from hub_core.asking.merge import Origin
from hub_core.asking.query import QueryResult, SourceAnswer, Taken, ask
from hub_core.canonical import Beneficiary
from hub_core.canonical.identifiers.cnp import LENGTH as CNP_LENGTH
from hub_core.directory import Directory, Endpoint
from hub_core.directory.access import allow
from hub_core.errors import Refused, Rejected
from hub_core.message import Caller, Finding, Message, Outcome, State
from hub_core.persons import person_key
from hub_core.ports import Answer, Clock, Question, Source
from hub_core.trace import current

log = logging.getLogger("punte.inquiry")
REQUEST_NUMBERS: Final = 1_000_000_000
ANSWERED: Final = "answered"  # the step that names the messages of the answers that were used
ENDPOINT: Final = "query:"  # the endpoint of a question is this and the name of the query


class Inquired(msgspec.Struct, frozen=True, kw_only=True):
    """What came back.

    Attributes:
        id: reference of the question; the answers are kept under it as their correlation id.
        complete: every source answered: with a record, or that it does not know the person.
        merged: one view of all records; ``None`` if no source has one.
        origins: canonical path of the view to the source and the place in that source's record.
        sources: one answer per source, side by side.
        findings: contradictions between the sources.
    """

    id: str
    complete: bool
    merged: Beneficiary | None
    origins: dict[str, Origin]
    sources: tuple[SourceAnswer, ...]
    findings: tuple[Finding, ...]


class Inquiry:
    """Asks the sources of a query on behalf of an institution."""

    def __init__(
        self,
        hub: Hub,
        *,
        directory: Callable[[], Directory],
        source: Callable[[str, Endpoint], Awaitable[Source]],
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._hub = hub
        self._directory = directory
        self._source = source
        self._clock = clock
        self._new_id = new_id

    async def ask(
        self, name: str, *, caller: Caller, cnp: str, on: date | None = None, purpose: str | None = None
    ) -> Inquired:
        """Put one question to every source of a query and return what was there at its deadline.

        Args:
            name: of the query.
            caller: on whose behalf; needs an access right to the query's service.
            cnp: of the person.
            on: the day the question is about; today if not given.
            purpose: see ``access.allow``.

        Raises:
            Refused: A404 no such query; A403, A405, A406 no right.
            Rejected: W400, this cannot be a CNP; nobody was asked.
            TryLater: J503, the question cannot be kept; nobody was asked.
        """
        directory = self._directory()
        query = directory.queries.get(name)
        if query is None:
            raise Refused("A404", "no query of this name is registered")
        purpose = allow(directory, caller, query.service, purpose)
        if not (len(cnp) == CNP_LENGTH and cnp.isascii() and cnp.isdecimal()):
            raise Rejected("W400", "a CNP has thirteen digits", where="cnp")
        asked = self._asked(name, caller, query.service, purpose, cnp, on, directory.number)
        await self._hub.keep(asked, _kept(asked, cnp))
        question = Question(
            cnp=cnp, on=on or asked.received_at.date(), request=_request_number(asked.id), purpose=purpose
        )

        async def take(endpoint: str, answer: Answer) -> Taken:
            return await self._take(directory, endpoint, answer, asked, cnp)

        result = await ask(
            query,
            question,
            {name: _Opening(partial(self._source, name, directory.endpoints[name])) for name in query.sources},
            institutions={source: directory.endpoints[source].institution for source in query.sources},
            take=take,
            alarm=_alarm,
        )
        # An answer may be kept after the deadline has passed: what was used is written down, so that ``why`` can tell.
        used = [answer.message_id for answer in result.answers if answer.message_id]
        await self._hub.note(asked.id, ANSWERED, " ".join(used))
        return inquired(asked.id, result)

    async def _take(self, directory: Directory, name: str, answer: Answer, asked: Message, cnp: str) -> Taken:
        endpoint = directory.endpoints[name]
        message = msgspec.structs.replace(
            asked,
            id=self._new_id(),
            endpoint=name,
            party=endpoint.institution,
            service=endpoint.service,
            received_at=self._clock.now(),
            media_type=answer.media_type,
            body=answer.body,
            digest=hashlib.sha256(answer.body).digest(),
        )
        outcome, reading = self._hub.judge_answer(message, directory)
        # An answer is about the person asked for, whatever stands in it, and even if it cannot be read.
        persons = tuple(dict.fromkeys((person_key("ro.cnp", cnp), *outcome.persons)))
        await self._hub.keep(message, msgspec.structs.replace(outcome, persons=persons))
        return Taken(reading=reading, message_id=message.id)

    def _asked(
        self, name: str, caller: Caller, service: str, purpose: str, cnp: str, on: date | None, registry_set: int
    ) -> Message:
        now, message_id = self._clock.now(), self._new_id()
        body = msgspec.json.encode({"cnp": cnp, "on": on or now.date()})
        return Message(
            id=message_id,
            endpoint=f"{ENDPOINT}{name}",
            party=caller.institution,
            service=service,
            purpose=purpose,
            sender_id=None,
            correlation_id=message_id,
            received_at=now,
            media_type="application/json",
            body=body,
            digest=hashlib.sha256(body).digest(),
            registry_set=registry_set,
            trace=current(),
        )


class _Opening:
    """A source that is opened when it is asked: one that cannot be fails by itself, and the others are asked."""

    def __init__(self, opened: Callable[[], Awaitable[Source]]) -> None:
        self._opened = opened

    async def ask(self, question: Question) -> Answer:
        """Ask it, once it is open."""
        source = await self._opened()
        return await source.ask(question)

    async def close(self) -> None:
        """Leave it open: it is kept for the next question."""


def _kept(asked: Message, cnp: str) -> Outcome:
    """Return what is decided about a question: it is kept, and found by the person."""
    return Outcome(
        message_id=asked.id,
        state=State.ACCEPTED,
        decided_at=asked.received_at,
        document="question",
        persons=(person_key("ro.cnp", cnp),),
    )


def _request_number(message_id: str) -> str:
    """Return the question's number for registers that want a short one: the last digits of its id, nine of them."""
    return f"{int(message_id.replace('-', ''), 16) % REQUEST_NUMBERS:09d}"


def inquired(reference: str, result: QueryResult) -> Inquired:
    """Return a query's result with its reference."""
    merged = result.merged
    return Inquired(
        id=reference,
        complete=result.complete,
        merged=merged.record if merged else None,
        origins=merged.origins if merged else {},
        sources=result.answers,
        findings=merged.findings if merged else (),
    )


def _alarm(endpoint: str, error: BaseException) -> None:
    log.error("query.defect", extra={"endpoint": endpoint}, exc_info=error)

"""The whole flow of one message: allow -> open -> validate -> map -> check -> route -> decide -> keep.

Everything between the arrival and the journal is a plain function of the bytes and of one registry set, so that a
message can be judged again at any time from its kept bytes.
"""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date
from functools import partial

import msgspec

from hub_core.access import allow
from hub_core.canonical import Beneficiary
from hub_core.canonical.incoming import read_record
from hub_core.canonical.persons import persons_in
from hub_core.directory import Direction, Directory, Endpoint
from hub_core.document import Document
from hub_core.errors import PunteError, Refused, Rejected
from hub_core.mapping import MappingSet, value_at
from hub_core.message import Arrival, Delivery, Entry, Finding, Message, Outcome, Refusal, Severity, State
from hub_core.ports import Adapter, Clock, Journal, Split, Splits
from hub_core.reading import Reading, Verdict
from hub_core.routing import select

log = logging.getLogger("punte.hub")
MAX_ID = 255  # characters of a sender's id, as in the header Idempotency-Key
Opened = Document | Split | Rejected


class Hub:
    """Accepts arrivals, decides about each exactly once, and answers after COMMIT."""

    def __init__(
        self,
        *,
        directory: Callable[[], Directory],
        mappings: Callable[[], MappingSet],
        adapters: Mapping[str, Adapter],
        journal: Journal,
        clock: Clock,
        new_id: Callable[[], str],
        wake: Callable[[], None],
        kept: Callable[[Message, Outcome], None] | None = None,
    ) -> None:
        """Take the parts; ``kept`` is told of every new decision once it is on disk, and must not take long."""
        self._directory = directory
        self._mappings = mappings
        self._adapters = adapters
        self._journal = journal
        self._clock = clock
        self._new_id = new_id
        self._wake = wake
        self._kept = kept

    async def accept(self, arrival: Arrival) -> Outcome:
        """Run the whole flow for one arrival; see ``ports.Services.accept`` for what is raised."""
        directory = self._directory()
        try:
            endpoint = self._endpoint(arrival.endpoint, directory)
            purpose = allow(directory, arrival.caller, endpoint.service, arrival.purpose)
        except Refused as fault:
            fault.reference = await self.turn_away(
                endpoint=arrival.endpoint, code=fault.code, party=arrival.caller.institution
            )
            raise
        opened = await self._opened(arrival, directory)
        try:
            own_id = sender_id(arrival, endpoint, opened)
        except Rejected as fault:
            own_id, opened = None, fault
        message = self._message(arrival, endpoint, purpose, own_id, directory.number)
        outcome = self.judge(message, opened, directory)
        return await self.keep(message, outcome)

    async def keep(self, message: Message, outcome: Outcome) -> Outcome:
        """Write a message and its outcome; the outcome that stands is the first one."""
        first = await self._journal.record(message, outcome)
        if first is outcome:
            self._tell(message, outcome)
        return first

    async def keep_all(self, decided: Sequence[tuple[Message, Outcome]]) -> None:
        """Write messages and their outcomes in this order, all or none."""
        firsts = await self._journal.record_all(decided)
        for (message, outcome), first in zip(decided, firsts, strict=True):
            if first is outcome:
                self._tell(message, outcome)

    def _tell(self, message: Message, outcome: Outcome) -> None:
        """Say what is new: it is on disk."""
        if outcome.deliveries:
            self._wake()
        if self._kept is not None:
            self._kept(message, outcome)

    async def note(self, message_id: str, step: str, detail: str) -> None:
        """Add a line to a message's history."""
        await self._journal.note(Entry(message_id=message_id, at=self._clock.now(), step=step, detail=detail))

    async def turn_away(self, *, endpoint: str, code: str, party: str | None = None) -> str:
        """Keep a bounded note of a refused call and return the reference to answer with."""
        refusal = Refusal(reference=self._new_id(), at=self._clock.now(), endpoint=endpoint, code=code, party=party)
        await self._journal.refuse(refusal)
        return refusal.reference

    def judge(self, message: Message, opened: Opened, directory: Directory) -> Outcome:
        """Decide about a message: pure but for the time and the ids of its deliveries."""
        return self._guarded(message, opened, directory)[0]

    def judge_answer(self, message: Message, directory: Directory) -> tuple[Outcome, Reading]:
        """Decide about what a source answered; the reading holds why there is no record, if there is none.

        No route sees it: what was asked for one purpose is not passed on for another.
        """
        opened = self.open(message.endpoint, message.body, directory)
        return self._guarded(message, opened, msgspec.structs.replace(directory, routes={}))

    def open(self, endpoint: str, body: bytes, directory: Directory) -> Document | Rejected:
        """Parse and unwrap bytes as the adapter of their endpoint does on arrival."""
        try:
            return self._adapters[directory.endpoints[endpoint].adapter].open(body)
        except Rejected as fault:
            return fault

    async def _opened(self, arrival: Arrival, directory: Directory) -> Opened:
        """Open an arrival, or see that it is a whole file; reading a large one does not hold up the others."""
        endpoint = directory.endpoints[arrival.endpoint]
        adapter = self._adapters[endpoint.adapter]
        if not isinstance(adapter, Splits):
            return self.open(arrival.endpoint, arrival.body, directory)
        try:
            return await asyncio.to_thread(adapter.split, endpoint, arrival.body)
        except Rejected as fault:
            return fault

    def _guarded(self, message: Message, opened: Opened, directory: Directory) -> tuple[Outcome, Reading]:
        """Judge, and park what fails by a defect of ours.

        It is kept, an operator sees it, and the sender is not asked to repeat what would fail again.
        """
        try:
            return self._judge(message, opened, directory)
        except PunteError:
            raise
        except Exception:
            log.exception("message.defect", extra={"reference": message.id})
            defect = Finding(code="D302", severity=Severity.ERROR, text="unexpected failure while reading the message")
            reading = _unread((defect,))
            return self._decider(message)(state=State.PARKED, findings=(defect,)), reading

    def _judge(self, message: Message, opened: Opened, directory: Directory) -> tuple[Outcome, Reading]:
        decide = self._decider(message)
        endpoint = directory.endpoints[message.endpoint]
        if isinstance(opened, Rejected):
            reading = _unread(as_findings(opened))
            return decide(state=State.REFUSED, findings=reading.findings), reading
        if isinstance(opened, Split):
            reading = Reading(verdict=Verdict.NONE, record=None, findings=opened.findings, unmapped=())
            rows = decide(state=State.ACCEPTED, document=opened.document, findings=opened.findings, rows=opened.count)
            return rows, reading
        faults = self._adapters[endpoint.adapter].validate(endpoint, opened)
        if faults:
            reading = _unread(tuple(faults))
            return decide(state=State.REFUSED, document=opened.name, findings=reading.findings), reading
        mapping, reading = self.read(opened, endpoint.mappings, on=message.received_at.astimezone(UTC).date())
        decide = partial(decide, document=opened.name, mapping=mapping, unmapped=reading.unmapped)
        if reading.record is None:
            state = State.ACCEPTED if reading.verdict is Verdict.NONE else State.REFUSED
            return decide(state=state, findings=reading.findings), reading
        deliveries, unrouted = self._route(message, reading.record, directory)
        outcome = decide(
            state=State.DELIVERING if deliveries else State.ACCEPTED,
            record=msgspec.json.encode(reading.record),
            findings=reading.findings + unrouted,
            cases=tuple(case.number for case in reading.record.cases if case.number),
            persons=persons_in(reading.record),
            deliveries=deliveries,
        )
        return outcome, reading

    def read(self, document: Document, allowed: tuple[str, ...], *, on: date) -> tuple[str | None, Reading]:
        """Turn a document into a canonical record with the mapping that its content asks for."""
        if document.dialect == "CANONICAL":
            return None, read_record(document.root, on=on)
        mapping = self._mappings().find(document, allowed)
        if mapping is None:
            missing = Finding(code="V302", severity=Severity.ERROR, text=f"no mapping reads a {document.name}")
            return None, Reading(verdict=Verdict.REFUSED, record=None, findings=(missing,), unmapped=())
        return mapping.version, mapping.read(document, on=on)

    def _endpoint(self, name: str, directory: Directory) -> Endpoint:
        """Return an inbound endpoint; a new registry set may have dropped it while the body was being read."""
        endpoint = directory.endpoints.get(name)
        if endpoint is None or endpoint.direction is not Direction.IN:
            raise Refused("A404", "no service of this name takes messages here")
        return endpoint

    def _message(
        self, arrival: Arrival, endpoint: Endpoint, purpose: str, own_id: str | None, registry_set: int
    ) -> Message:
        message_id = self._new_id()
        return Message(
            id=message_id,
            endpoint=arrival.endpoint,
            party=arrival.caller.institution,
            service=endpoint.service,
            purpose=purpose,
            sender_id=own_id,
            correlation_id=arrival.correlation_id or message_id,
            received_at=self._clock.now(),
            media_type=arrival.media_type,
            body=arrival.body,
            digest=hashlib.sha256(arrival.body).digest(),
            registry_set=registry_set,
        )

    def _route(
        self, message: Message, record: Beneficiary, directory: Directory
    ) -> tuple[tuple[Delivery, ...], tuple[Finding, ...]]:
        choices = select(directory, message.service, record)
        if not choices and directory.routes:
            return (), (Finding(code="R301", severity=Severity.INFO, text="no route wants this message"),)
        return tuple(
            Delivery(
                id=self._new_id(),
                message_id=message.id,
                route=choice.route,
                endpoint=choice.endpoint,
                order_key=choice.order_key,
                due_at=message.received_at,
            )
            for choice in choices
        ), ()

    def _decider(self, message: Message) -> Callable[..., Outcome]:
        return partial(Outcome, message_id=message.id, decided_at=self._clock.now())


def _unread(findings: tuple[Finding, ...]) -> Reading:
    return Reading(verdict=Verdict.REFUSED, record=None, findings=findings, unmapped=())


def sender_id(arrival: Arrival, endpoint: Endpoint, opened: Opened) -> str | None:
    """Return the sender's own id of the message, from the place that the endpoint declares.

    Raises:
        Rejected: B110, it is too long or holds characters that cannot be printed. It is not cut: that would make one
            message of two.
    """
    match endpoint.message_id:
        case None:
            return None
        case "header":
            return arrival.sender_id
        case "wsa":
            found = opened.message_id if isinstance(opened, Document) else None
        case path:
            found = value_at(opened, path) if isinstance(opened, Document) else None
    if found is not None and (len(found) > MAX_ID or not found.isprintable()):
        raise Rejected("B110", f"a message id has at most {MAX_ID} printable characters")
    return found


def as_findings(fault: PunteError) -> tuple[Finding, ...]:
    """Return the findings that an error stands for: those it carries, or itself as one."""
    return fault.findings or (Finding(code=fault.code, severity=Severity.ERROR, text=fault.text),)

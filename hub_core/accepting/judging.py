"""Deciding about a message: open -> validate -> map -> check -> route.

A plain function of the bytes, of the mappings and of one registry set, so that a message can be judged again at any
time from its kept bytes. Nothing is written and nobody is called.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, date
from functools import partial

import msgspec

from hub_core.canonical import Beneficiary
from hub_core.canonical.incoming import read_record
from hub_core.canonical.persons import persons_in
from hub_core.directory import Directory, Endpoint
from hub_core.document import Document
from hub_core.errors import PunteError, Rejected
from hub_core.mapping import MappingSet
from hub_core.message import Delivery, Finding, Message, Outcome, Severity, State
from hub_core.ports import Adapter, Clock, Split
from hub_core.reading import Reading, Verdict
from hub_core.routing import select
from hub_core.security.masking import mask_numbers

log = logging.getLogger("punte.hub")
#: What an adapter made of bytes; a finding: it failed as no adapter may.
Opened = Document | Split | Rejected | Finding


class Judge:
    """Decides about messages; keeps nothing."""

    def __init__(
        self,
        *,
        mappings: Callable[[], MappingSet],
        adapters: Mapping[str, Adapter],
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._mappings = mappings
        self._adapters = adapters
        self._clock = clock
        self._new_id = new_id

    def judge(self, message: Message, opened: Opened, directory: Directory) -> Outcome:
        """Decide about a message: pure but for the time and the ids of its deliveries."""
        return self._guarded(message, opened, directory)[0]

    def judge_answer(self, message: Message, directory: Directory) -> tuple[Outcome, Reading]:
        """Decide about what a source answered; the reading holds why there is no record, if there is none.

        No route sees it: what was asked for one purpose is not passed on for another.
        """
        opened = self.open(message.endpoint, message.body, directory)
        return self._guarded(message, opened, msgspec.structs.replace(directory, routes={}))

    def open(self, endpoint: str, body: bytes, directory: Directory) -> Document | Rejected | Finding:
        """Parse and unwrap bytes as the adapter of their endpoint does on arrival."""
        registered = directory.endpoints[endpoint]
        try:
            return self._adapters[registered.adapter].open(body, registered.in_band)
        except Rejected as fault:
            return fault
        except PunteError:
            raise
        except Exception as error:  # noqa: BLE001 - packages of others bring adapters: none may lose what was brought
            return failing(registered.adapter, "opening", error)

    def _guarded(self, message: Message, opened: Opened, directory: Directory) -> tuple[Outcome, Reading]:
        """Judge, and park what fails by a defect of ours or of an adapter.

        It is kept, an operator sees it, and the sender is not asked to repeat what would fail again.
        """
        if isinstance(opened, Finding):
            return self._parked(message, opened)
        try:
            return self._judge(message, opened, directory)
        except PunteError:
            raise
        except Exception:
            # A defect of ours must not lose what a sender brought: it is kept, and waits for a person.
            log.exception("message.defect", extra={"reference": message.id})
            defect = Finding(code="D302", severity=Severity.ERROR, text="unexpected failure while reading the message")
            return self._parked(message, defect)

    def _parked(self, message: Message, defect: Finding) -> tuple[Outcome, Reading]:
        return self._decider(message)(state=State.PARKED, findings=(defect,)), _unread((defect,))

    def _judge(
        self, message: Message, opened: Document | Split | Rejected, directory: Directory
    ) -> tuple[Outcome, Reading]:
        decide = self._decider(message)
        endpoint = directory.endpoints[message.endpoint]
        if isinstance(opened, Rejected):
            reading = _unread(as_findings(opened))
            return decide(state=State.REFUSED, findings=reading.findings), reading
        if isinstance(opened, Split):
            reading = Reading(verdict=Verdict.NONE, record=None, findings=opened.findings, unmapped=())
            rows = decide(state=State.ACCEPTED, document=opened.document, findings=opened.findings, rows=opened.count)
            return rows, reading
        faults = self._validated(endpoint, opened)
        if isinstance(faults, Finding):
            return self._parked(message, faults)
        if faults:
            reading = _unread(tuple(faults))
            return decide(state=State.REFUSED, document=opened.name, findings=reading.findings), reading
        mapping, reading = self.read(opened, endpoint.mappings, on=message.received_at.astimezone(UTC).date())
        decide = partial(decide, document=opened.name, mapping=mapping)
        if reading.record is None:
            state = State.ACCEPTED if reading.verdict is Verdict.NONE else State.REFUSED
            return decide(state=state, findings=reading.findings, unmapped=reading.unmapped), reading
        deliveries, unrouted = self.route(message, reading.record, directory)
        outcome = decide(
            state=State.DELIVERING if deliveries else State.ACCEPTED,
            record=msgspec.json.encode(reading.record),
            findings=reading.findings + unrouted,
            cases=tuple(case.number for case in reading.record.cases if case.number),
            persons=persons_in(reading.record),
            deliveries=deliveries,
        )
        return outcome, reading

    def _validated(self, endpoint: Endpoint, document: Document) -> list[Finding] | Finding:
        """Return the faults of a document; a finding: its adapter failed."""
        try:
            return self._adapters[endpoint.adapter].validate(endpoint, document)
        except PunteError:
            raise
        except Exception as error:  # noqa: BLE001 - as open
            return failing(endpoint.adapter, "validating", error)

    def read(self, document: Document, allowed: tuple[str, ...], *, on: date) -> tuple[str | None, Reading]:
        """Turn a document into a canonical record with the mapping that its content asks for."""
        if document.dialect == "CANONICAL":
            return None, read_record(document.root, on=on)
        mapping = self._mappings().find(document, allowed)
        if mapping is None:
            missing = Finding(
                code="V302", severity=Severity.ERROR, text=f"no mapping reads a {mask_numbers(document.name)}"
            )
            return None, Reading(verdict=Verdict.REFUSED, record=None, findings=(missing,), unmapped=())
        return mapping.version, mapping.read(document, on=on)

    def route(
        self, message: Message, record: Beneficiary, directory: Directory
    ) -> tuple[tuple[Delivery, ...], tuple[Finding, ...]]:
        """Return a delivery for each target that the routes choose for a record; else the finding that says so."""
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


def failing(adapter: str, doing: str, error: Exception) -> Finding:
    """Return what stands with a message whose adapter failed in a way that is not among its errors; log it."""
    log.error("adapter.defect", exc_info=error, extra={"adapter": adapter, "doing": doing})
    text = f"the adapter {adapter} failed while {doing} the message: {type(error).__name__}"
    return Finding(code="D302", severity=Severity.ERROR, text=text)


def as_findings(fault: PunteError) -> tuple[Finding, ...]:
    """Return the findings that an error stands for: those it carries, or itself as one."""
    return fault.findings or (Finding(code=fault.code, severity=Severity.ERROR, text=fault.text),)

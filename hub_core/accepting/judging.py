"""Deciding about a message: open -> validate -> map -> check -> route.

A plain function of the bytes, of the mappings and of one registry set, so that a message can be judged again at any
time from its kept bytes. Nothing is written and nobody is called.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, date
from typing import Final

import msgspec

from hub_core.canonical import Beneficiary
from hub_core.canonical.incoming import read_record
from hub_core.canonical.persons import persons_in
from hub_core.directory import Directory, Endpoint
from hub_core.directory.routing import select
from hub_core.document import Document
from hub_core.errors import PunteError, Rejected
from hub_core.mapping import MappingSet
from hub_core.mapping.missing import missing
from hub_core.message import Delivery, Finding, Message, Outcome, Severity, State
from hub_core.ports import Adapter, Clock, Split
from hub_core.reading import Reading, Verdict

log = logging.getLogger("punte.hub")
#: What an adapter made of bytes; a finding: it failed as no adapter may.
Opened = Document | Split | Rejected | Finding
_UNROUTED: Final = (Finding(code="R301", severity=Severity.INFO, text="no route wants this message"),)
_encode: Final = msgspec.json.Encoder().encode


class Understood(msgspec.Struct, frozen=True, kw_only=True):
    """What a message says, before it is decided what follows.

    Attributes:
        document: kind of document; ``None``: it could not be opened.
        mapping: ``id@hash`` of the mapping that read it.
        rows: of a whole file: how many it holds.
        defect: it could not be read by a fault of ours or of an adapter: it waits for a person.
    """

    reading: Reading
    document: str | None = None
    mapping: str | None = None
    rows: int | None = None
    defect: bool = False


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
        return self.decide(message, self.understand(message, opened, directory), directory)

    def judge_answer(self, message: Message, directory: Directory) -> tuple[Outcome, Reading]:
        """Decide about what a source answered; the reading holds why there is no record, if there is none.

        No route sees it: what was asked for one purpose is not passed on for another.
        """
        opened = self.open(message.endpoint, message.body, directory)
        understood = self.understand(message, opened, directory)
        outcome = self.decide(message, understood, msgspec.structs.replace(directory, routes={}))
        return outcome, _unread(outcome.findings) if outcome.state is State.PARKED else understood.reading

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

    def understand(self, message: Message, opened: Opened, directory: Directory) -> Understood:
        """Validate and read a message: the first half of judging it."""
        if isinstance(opened, Finding):
            return _defective(opened)
        try:
            return self._understood(message, opened, directory.endpoints[message.endpoint])
        except PunteError:
            raise
        except Exception as error:  # noqa: BLE001 - as decide
            return _defective(_defect_in(message, error))

    def decide(self, message: Message, understood: Understood, directory: Directory) -> Outcome:
        """Say what follows from what a message says: the second half of judging it.

        What fails by a defect of ours or of an adapter is parked: it is kept, an operator sees it, and the sender is
        not asked to repeat what would fail again.
        """
        try:
            return self._decision(message, understood, directory)
        except PunteError:
            raise
        except Exception as error:  # noqa: BLE001 - a defect of ours must not lose what a sender brought
            return self._decision(message, _defective(_defect_in(message, error)), directory)

    def _understood(self, message: Message, opened: Document | Split | Rejected, endpoint: Endpoint) -> Understood:
        if isinstance(opened, Rejected):
            return Understood(reading=_unread(as_findings(opened)))
        if isinstance(opened, Split):
            reading = Reading(verdict=Verdict.NONE, record=None, findings=opened.findings, unmapped=())
            return Understood(reading=reading, document=opened.document, rows=opened.count)
        faults = self._validated(endpoint, opened)
        if isinstance(faults, Finding):
            return _defective(faults)
        if faults:
            return Understood(reading=_unread(tuple(faults)), document=opened.name)
        mapping, reading = self.read(opened, endpoint.mappings, on=message.received_at.astimezone(UTC).date())
        return Understood(reading=reading, document=opened.name, mapping=mapping)

    def _decision(self, message: Message, understood: Understood, directory: Directory) -> Outcome:
        reading, record = understood.reading, understood.reading.record
        deliveries: tuple[Delivery, ...] = ()
        unrouted: tuple[Finding, ...] = ()
        if record is not None:
            deliveries, unrouted = self.route(message, record, directory)
            state = State.DELIVERING if deliveries else State.ACCEPTED
        elif understood.defect:
            state = State.PARKED
        else:
            state = State.ACCEPTED if reading.verdict is Verdict.NONE else State.REFUSED
        return Outcome(
            message_id=message.id,
            state=state,
            decided_at=self._clock.now(),
            mapping=understood.mapping,
            document=understood.document,
            record=None if record is None else _encode(record),
            findings=reading.findings + unrouted,
            unmapped=reading.unmapped if record is None else (),  # type: ignore[arg-type]  # leaves, without a record
            cases=() if record is None else tuple([case.number for case in record.cases if case.number]),
            persons=() if record is None else persons_in(record),
            deliveries=deliveries,
            rows=understood.rows,
        )

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
            fault = Finding(code="V302", severity=Severity.ERROR, text=missing(self._mappings(), document, allowed))
            return None, _unread((fault,))
        return mapping.version, mapping.read(document, on=on)

    def route(
        self, message: Message, record: Beneficiary, directory: Directory
    ) -> tuple[tuple[Delivery, ...], tuple[Finding, ...]]:
        """Return a delivery for each target that the routes choose for a record; else the finding that says so."""
        choices = select(directory, message.service, record)
        if not choices:
            return (), _UNROUTED if directory.routes else ()
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


def _unread(findings: tuple[Finding, ...]) -> Reading:
    return Reading(verdict=Verdict.REFUSED, record=None, findings=findings, unmapped=())


def _defective(defect: Finding) -> Understood:
    return Understood(reading=_unread((defect,)), defect=True)


def _defect_in(message: Message, error: Exception) -> Finding:
    """Return what stands with a message on which the hub itself failed; log the error."""
    log.error("message.defect", exc_info=error, extra={"reference": message.id})
    return Finding(code="D302", severity=Severity.ERROR, text="unexpected failure while reading the message")


def failing(adapter: str, doing: str, error: Exception) -> Finding:
    """Return what stands with a message whose adapter failed in a way that is not among its errors; log it."""
    log.error("adapter.defect", exc_info=error, extra={"adapter": adapter, "doing": doing})
    text = f"the adapter {adapter} failed while {doing} the message: {type(error).__name__}"
    return Finding(code="D302", severity=Severity.ERROR, text=text)


def as_findings(fault: PunteError) -> tuple[Finding, ...]:
    """Return the findings that an error stands for: those it carries, or itself as one."""
    return fault.findings or (Finding(code=fault.code, severity=Severity.ERROR, text=fault.text),)

"""A hub for suites of adapters, in memory: it knows one institution, keeps what it accepts, and maps nothing.

It stands for ``ports.Services`` and keeps its promises: identity by key, access rights, the first outcome for the same
id, a conflict for other content under it, refusals with a reference.
"""

import hashlib
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from hub_core.accepting.admission import Admission
from hub_core.accepting.judging import as_findings
from hub_core.attachments.folder import Folder
from hub_core.clock import new_id
from hub_core.directory import Access, Directory, Endpoint, Institution
from hub_core.directory.access import allow
from hub_core.errors import Refused, Rejected, TryLater
from hub_core.message import Arrival, Caller, Finding, Outcome, Refusal, State
from hub_core.ports import Adapter, Asked, Found, Line, Place
from hub_core.security.keys import digest_of, new_key, presented, same
from hub_core.testing.builders import NOW
from hub_core.trace import Trace, current

INSTITUTION = "ro.partner"
PURPOSE = "benefit-review"


class MemoryServices:
    """One institution with one key, and the endpoints that a suite names.

    Attributes:
        key: what a caller must show.
        admission: what may be under way at once.
        journal_is_down: makes every acceptance fail with J503.
        arrivals: what was accepted or kept as refused, in order.
        refusals: what was turned away.
    """

    def __init__(
        self, adapter: Adapter, endpoints: Mapping[str, Endpoint], *, fixed_purpose: str | None = PURPOSE
    ) -> None:
        self._adapter = adapter
        services = {endpoint.service for endpoint in endpoints.values()}
        self._directory = Directory(
            number=1,
            institutions={INSTITUTION: Institution(name="A partner")},
            endpoints=dict(endpoints),
            access={
                service: Access(
                    institution=INSTITUTION, service=service, purposes=(PURPOSE,), fixed_purpose=fixed_purpose
                )
                for service in services
            },
        )
        self._outcomes: dict[tuple[str, str], tuple[bytes, Outcome]] = {}
        self.key = new_key()
        self.admission = Admission()
        self.journal_is_down = False
        self.arrivals: list[Arrival] = []
        self.refusals: list[Refusal] = []
        self.traces: list[Trace | None] = []

    def directory(self) -> Directory:
        """Return the one registry set."""
        return self._directory

    def authenticate(self, headers: Mapping[str, str], line: Line) -> Caller:  # noqa: ARG002 - as the port has it
        """Return the one institution; raises Refused A401 for any other key."""
        if not same(presented(headers), digest_of(self.key)):
            raise Refused("A401", "unknown key")
        return Caller(institution=INSTITUTION, key="suite")

    def certified(self, headers: Mapping[str, str], line: Line) -> Caller | None:  # noqa: ARG002 - as the port has it
        """Return nobody: it knows no certificates."""
        return None

    def admit(self, caller: Caller, size: int) -> AbstractContextManager[Place]:
        """Hold room for a call."""
        return self.admission.admit(caller.institution, size)

    async def accept(self, arrival: Arrival) -> Outcome:
        """Allow, open, validate, keep."""
        endpoint = self._directory.endpoints[arrival.endpoint]
        try:
            allow(self._directory, arrival.caller, endpoint.service, arrival.purpose)
        except Refused as fault:
            fault.reference = await self.turn_away(endpoint=arrival.endpoint, code=fault.code, party=INSTITUTION)
            raise
        if self.journal_is_down:
            raise TryLater("J503", "the journal is not available")
        digest = hashlib.sha256(arrival.body).digest()
        known = self._outcomes.get((arrival.endpoint, arrival.sender_id or ""))
        if known is not None and known[0] != digest:
            raise Rejected("J409", "the same id with other content")
        if known is not None:
            return known[1]
        outcome = self._decide(endpoint, arrival.body)
        self.arrivals.append(arrival)
        self.traces.append(current())
        if arrival.sender_id is not None:
            self._outcomes[arrival.endpoint, arrival.sender_id] = digest, outcome
        return outcome

    async def ask(self, asked: Asked) -> Found:
        """Know no query."""
        raise Refused("A404", f"no query {asked.query} is registered")

    def attachments(self) -> Folder:
        """Return a folder in which nothing can be kept."""
        return Folder(Path("nowhere"))

    def public_address(self) -> str:
        """Return an address that nothing listens on."""
        return "http://hub.invalid"

    async def turn_away(self, *, endpoint: str, code: str, party: str | None = None) -> str:
        """Keep a note and return its reference."""
        refusal = Refusal(reference=new_id(), at=NOW, endpoint=endpoint, code=code, party=party)
        self.refusals.append(refusal)
        return refusal.reference

    def _decide(self, endpoint: Endpoint, body: bytes) -> Outcome:
        findings: tuple[Finding, ...]
        try:
            document = self._adapter.open(body)
        except Rejected as fault:
            findings = as_findings(fault)
        else:
            findings = tuple(self._adapter.validate(endpoint, document))
        state = State.REFUSED if findings else State.ACCEPTED
        return Outcome(message_id=new_id(), state=state, decided_at=NOW, findings=findings)

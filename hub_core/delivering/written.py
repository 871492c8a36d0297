"""Delivering what a mapping writes: the partner gets a document of its own instead of the canonical record."""

from collections.abc import Sequence
from datetime import UTC

import msgspec

from hub_core.canonical import Beneficiary
from hub_core.errors import Rejected
from hub_core.mapping.compiled import CompiledMapping
from hub_core.message import Finding, Receipt, Severity
from hub_core.ports import Clock, Sent, Target

_records = msgspec.json.Decoder(Beneficiary)


class WritingTarget:
    """Writes each record as the partner's document, and hands that to the partner's target.

    Args:
        target: of the endpoint.
        mapping: that writes; must not be one that only reads.
        clock: the day of writing.
    """

    def __init__(self, target: Target, mapping: CompiledMapping, clock: Clock) -> None:
        self._target = target
        self._mapping = mapping
        self._clock = clock

    async def send(self, sent: Sent) -> Receipt:
        """Hand one message over; see ``hub_core.ports.Target``.

        Raises:
            Rejected: M4xx, no document that the contract takes can be made of the record.
            ConfigError: M113, the mapping only reads.
        """
        writing = self._mapping.write(_records.decode(sent.record), on=self._clock.now().astimezone(UTC).date())
        if writing.body is None or writing.document is None:
            raise unwritten(writing.findings, self._mapping)
        receipt = await self._target.send(
            msgspec.structs.replace(sent, document=msgspec.structs.replace(writing.document, body=writing.body))
        )
        lost = sum(one.severity is Severity.WARNING for one in writing.findings)
        told = f"written by {self._mapping.version}" + (f", {lost} values have no place in it" if lost else "")
        return msgspec.structs.replace(receipt, detail=f"{receipt.detail}, {told}")

    async def close(self) -> None:
        """Give connections back."""
        await self._target.close()


def unwritten(findings: Sequence[Finding], mapping: CompiledMapping) -> Rejected:
    """Return what says why a mapping made no document: the first fault that names its rule, else the first."""
    faults = [one for one in findings if one.severity is Severity.ERROR]
    first = next((one for one in faults if one.rule), faults[0])
    told = msgspec.structs.replace(first, rule=first.rule or mapping.id)
    return Rejected(first.code, first.text, findings=[told])

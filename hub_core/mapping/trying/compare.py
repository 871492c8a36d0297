"""What differs between two readings of one document, field by field.

A reading is compared as what it says: its verdict, every value of its record, every unmapped leaf, every finding.
Lists are compared element by element, in their order.
"""

import re
from collections.abc import Iterable
from itertools import islice
from typing import Any, Final

import msgspec

from hub_core.message import Finding, Outcome, State
from hub_core.reading import Reading, Verdict

VERDICT: Final = "verdict"
FINDING: Final = "finding "
UNMAPPED: Final = "unmapped "
_INDEX: Final = re.compile(r"\[\d+\]")
_COMPARED: Final = frozenset("CM")  # families of findings that come from a mapping and its record
_MOST: Final = 199  # findings of one reading that are compared: no more are kept of a message


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What one reading said.

    Attributes:
        verdict: ``record``, ``none`` or ``refused``.
        record: JSON of the canonical record; ``None`` unless the verdict is ``record``.
        findings: code and canonical path of each that came from mapping and record, sorted.
    """

    verdict: str
    record: bytes | None
    findings: tuple[str, ...]


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One place where two readings differ.

    Attributes:
        at: canonical path with indexes; or ``verdict``, ``finding CODE PATH``, ``unmapped SOURCE PATH``.
        before: as text; ``None``: was not there. Personal: mask before showing.
        after: the same, now.
    """

    at: str
    before: str | None
    after: str | None

    @property
    def kind(self) -> str:
        """``added``, ``removed`` or ``changed``."""
        return "added" if self.before is None else "removed" if self.after is None else "changed"

    @property
    def field(self) -> str:
        """The place without indexes: the same for all elements of a list."""
        return _INDEX.sub("[]", self.at)


def told_by(reading: Reading) -> Told:
    """Return what a reading said."""
    none = reading.verdict is Verdict.NONE
    return Told(
        verdict="record" if reading.record is not None else "none" if none else "refused",
        record=msgspec.json.encode(reading.record) if reading.record is not None else None,
        findings=_findings(reading.findings),
    )


def told_in(outcome: Outcome) -> Told:
    """Return what was said when a message was decided."""
    refused = outcome.state in {State.REFUSED, State.PARKED}
    return Told(
        verdict="record" if outcome.record is not None else "refused" if refused else "none",
        record=outcome.record,
        findings=_findings(outcome.findings),
    )


def differences(before: Told, after: Told) -> list[Difference]:
    """Return every place where two readings differ; none if they say the same."""
    if before == after:
        return []
    old, new = _facts(before), _facts(after)
    return [
        Difference(at=at, before=old.get(at), after=new.get(at))
        for at in sorted(old.keys() | new.keys())
        if old.get(at) != new.get(at)
    ]


def leaves(value: Any) -> dict[str, str]:
    """Return every leaf of JSON data by its canonical path.

    >>> leaves({"name": {"family": "A"}, "emails": ["b"]})
    {'name.family': 'A', 'emails[0]': 'b'}
    """
    found: dict[str, str] = {}
    _collect(value, "", found)
    return found


def _collect(value: Any, at: str, found: dict[str, str]) -> None:
    if isinstance(value, dict):
        front = f"{at}." if at else ""
        for key, item in value.items():
            _collect(item, front + key, found)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _collect(item, f"{at}[{index}]", found)
    else:
        found[at] = str(value)


def _facts(told: Told) -> dict[str, str]:
    record = msgspec.json.decode(told.record) if told.record is not None else {}
    unmapped = record.pop("unmapped", ())
    return {
        VERDICT: told.verdict,
        **leaves(record),
        **{f"{UNMAPPED}{leaf['path']}": leaf["value"] for leaf in unmapped},
        **{f"{FINDING}{finding}": "there" for finding in told.findings},
    }


def _findings(findings: Iterable[Finding]) -> tuple[str, ...]:
    first = islice((one for one in findings if one.code[0] in _COMPARED), _MOST)
    told = {f"{one.code} {one.at or ''}".rstrip() for one in first}
    return tuple(sorted(told))

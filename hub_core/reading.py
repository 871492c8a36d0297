"""What comes out of reading one document with one mapping."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import msgspec

from hub_core.canonical import Beneficiary, Unmapped
from hub_core.message import Finding, Leaf, Severity

MAX_FINDINGS: Final = 200  # that one reading lists; more are counted only


class Verdict(StrEnum):
    """What the document says about itself.

    ``RECORD`` it holds a record. ``NONE`` the source knows nothing of the person (an answer, not a failure).
    ``FAILED`` the source reports an error of its own. ``LATER`` the source is busy. ``REFUSED`` it does not fit.
    """

    RECORD = "record"
    NONE = "none"
    FAILED = "failed"
    LATER = "later"
    REFUSED = "refused"


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """Record, findings and unmapped leaves of one document.

    Attributes:
        record: ``None`` unless the verdict is ``RECORD``.
        findings: in the order of the document, at most ``MAX_FINDINGS``, J201 (how many more there are) and M205.
        unmapped: every leaf that no rule names: those of the record, where there is one.
    """

    verdict: Verdict
    record: Beneficiary | None
    findings: tuple[Finding, ...]
    unmapped: tuple[Leaf | Unmapped, ...]


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """Where one canonical value came from.

    Attributes:
        at: canonical path, with indexes.
        source: path in the document as received, with indexes; ``None`` for ``const`` and ``derive``.
        line: line in the document as received, where known.
        raw: value as received; personal: mask before showing.
        codec: codecs applied, as written in the rule.
        codes: code list and version, where one was used.
        rule: ``file:line`` of the rule.
        mapping: ``id@hash``.
    """

    at: str
    source: str | None
    line: int | None
    raw: str | None
    codec: str | None
    codes: str | None
    rule: str
    mapping: str


def bounded(findings: Sequence[Finding], unlisted: int = 0) -> tuple[Finding, ...]:
    """Return at most ``MAX_FINDINGS`` findings, errors before others; J201 then says how many are left out.

    Args:
        findings: in any order, which is kept.
        unlisted: findings that were only counted already.
    """
    kept = list(findings)
    if len(kept) > MAX_FINDINGS:
        errors_first = sorted(range(len(kept)), key=lambda number: kept[number].severity is not Severity.ERROR)
        kept = [findings[number] for number in sorted(errors_first[:MAX_FINDINGS])]
    rest = len(findings) - len(kept) + unlisted
    if rest:
        kept.append(Finding(code="J201", severity=Severity.INFO, text=f"{rest} more findings were left out"))
    return tuple(kept)


def all_told(findings: list[Finding], unlisted: int, unmapped: int) -> tuple[Finding, ...]:
    """Return at most as many findings as one reading tells, and the number of values that are not mapped."""
    told = bounded(findings, unlisted) if findings or unlisted else ()
    if not unmapped:
        return told
    text = f"{unmapped} value{'s' if unmapped > 1 else ''} of the document {'are' if unmapped > 1 else 'is'} not mapped"
    return (*told, Finding(code="M205", severity=Severity.INFO, text=text))

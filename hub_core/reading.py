"""What comes out of reading one document with one mapping."""

from enum import StrEnum

import msgspec

from hub_core.canonical import Beneficiary
from hub_core.message import Finding, Leaf


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
        findings: all of them, in the order of the document.
        unmapped: every leaf that no rule names; also in ``record.unmapped``.
    """

    verdict: Verdict
    record: Beneficiary | None
    findings: tuple[Finding, ...]
    unmapped: tuple[Leaf, ...]


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

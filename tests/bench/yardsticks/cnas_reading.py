"""The reading of CNAS's answer by hand: one pass, and the very ``Reading`` that ``cnas.insured-person/1`` gives.

What the hub itself would use is used: its codecs, its model, its check of the record. So the ratio to the mapping says
what being generated from rules costs. ``one_pass`` is the same as a service of its own, which trusts the contract.
"""

from datetime import date
from typing import Any, Final

import msgspec
from lxml import etree

from hub_core.canonical import Beneficiary, Unmapped
from hub_core.canonical.faults import check
from hub_core.canonical.values import Code
from hub_core.mapping.codecs import BadValue, chain
from hub_core.message import Finding, Leaf, Severity
from hub_core.reading import Reading, Verdict, bounded
from tests.bench.yardsticks import cnas

_NS: Final = f"{{{cnas.NAMESPACE}}}"
_INSURED, _CATEGORIES, _CATEGORY = f"{_NS}insured", f"{_NS}categories", f"{_NS}category"
_ROLE: Final = Code(list="person-role@1", code="insured")
_OPEN: Final = Code(list="period-end@1", code="open")
_KINDS: Final = {text: msgspec.convert(kind, Code) for text, kind in cnas.KINDS.items()}
_STATES: Final = {
    state: {
        "1": {"insured": {"state": Code(list="insurance-state@1", code="insured", text="1")}},
        "2": {"insured": {"state": Code(list="insurance-state@1", code="not-insured", text="2")}},
        "3": {"vital_status": Code(list="vital-status@1", code="deceased", text="3")},
    }[state]
    for state in cnas.STATES
}
_PERSON: Final = frozenset({"pid", "cid", "state"})
_ROW: Final = frozenset({"code", "validFrom", "validTo"})
_day, _cnp = chain("date").parse, chain("cnp").parse


class Pass:
    """What one pass finds besides the record."""

    def __init__(self) -> None:
        self.left: dict[str, str] = {}
        self.found: list[Finding] = []

    def say(self, code: str, at: str, source: str, text: str, element: etree._Element) -> None:
        """Refuse the document."""
        line = element.sourceline
        self.found.append(Finding(code=code, severity=Severity.ERROR, text=text, at=at, source=source, line=line))

    def leave(self, element: etree._Element, at: str) -> None:
        """Keep all leaves of an element that nothing names, and below it."""
        for name, value in element.items():
            if value.strip():  # type: ignore[arg-type]  # parsed names and values are text
                self.left[f"{at}/@{name}"] = value.strip()  # type: ignore[assignment,str-bytes-safe]
        self.children(element, at)
        if element.text and element.text.strip():
            self.left[at] = element.text.strip()

    def children(self, element: etree._Element, at: str) -> None:
        """Keep all leaves of the children of an element."""
        names = [child.tag.replace(_NS, "c:") for child in element]  # type: ignore[union-attr]  # no comments
        numbers: dict[str, int] = {}
        for child, name in zip(element, names, strict=True):
            number = numbers.get(name, 0)
            numbers[name] = number + 1
            self.leave(child, f"{at}/{name}[{number}]" if names.count(name) > 1 else f"{at}/{name}")


def read(root: etree._Element, *, on: date) -> Reading:
    """Read the root of an inner document with state 1, 2 or 3."""
    seen = Pass()
    insured = root[0]
    get = insured.get
    pid, cid = get("pid"), get("cid")
    record: dict[str, Any] = {"role": _ROLE, "exchange": {"system": "CNAS", "type": "insuredResponse"}}
    record |= _STATES[get("state", "")]
    if len(insured.attrib) > (pid is not None) + (cid is not None) + 1:
        _odd(insured, _PERSON, "c:insured", seen)
    identifiers = []
    if pid is not None and (pid := pid.strip()):
        try:
            identifiers.append({"value": _cnp(pid), "scheme": "ro.cnp"})
        except BadValue as bad:
            at = "identifiers[0].value"
            seen.say("M202", at, "c:insured/@pid", f"not readable as cnp ({bad})", insured)
    else:
        seen.say("M201", "identifiers[0].value", "c:insured/@pid", "c:insured/@pid is missing or blank", insured)
    if cid is not None and (cid := cid.strip()):
        identifiers.append({"value": cid, "scheme": "ro.cid"})
    record["identifiers"] = identifiers
    for part in insured:
        if part.tag != _CATEGORIES:
            seen.leave(part, "c:insured/" + part.tag.replace(_NS, "c:"))  # type: ignore[union-attr]
        elif insurance := _insurance(part, seen):
            record["insurance"] = insurance
    return _reading(record, seen, on)


def _odd(element: etree._Element, known: frozenset[str], at: str, seen: Pass) -> None:
    for name, value in element.items():
        if name not in known and value.strip():  # type: ignore[arg-type]
            seen.left[f"{at}/@{name}"] = value.strip()  # type: ignore[assignment,str-bytes-safe]


def _insurance(categories: etree._Element, seen: Pass) -> list[dict[str, Any]]:  # noqa: C901 (calls cost time)
    insurance: list[dict[str, Any]] = []
    for index, row in enumerate(categories):
        if row.tag != _CATEGORY:
            seen.leave(row, f"c:insured/c:categories/{row.tag}")  # type: ignore[str-bytes-safe]
            continue
        get = row.get
        code, start, end = get("code"), get("validFrom"), get("validTo")
        if len(row.attrib) > (code is not None) + (start is not None) + (end is not None) or len(row):
            _odd(row, _ROW, f"c:insured/c:categories/c:category[{index}]", seen)
            seen.children(row, f"c:insured/c:categories/c:category[{index}]")
        insured: dict[str, Any] = {}
        if code and (code := code.strip()):
            insured["kind"] = _KINDS.get(code) or Code(list="cnas-category@1", text=code)
        period: dict[str, Any] = {}
        if start and (start := start.strip()) and start not in cnas.NO_START:
            try:
                period["start"] = _day(start)
            except BadValue as bad:
                _bad_day(bad, "start", "validFrom", insurance, row, index, seen)
        if end and (end := end.strip()) and end != cnas.NO_END:
            try:
                period["end"] = _day(end)
            except BadValue as bad:
                _bad_day(bad, "end", "validTo", insurance, row, index, seen)
        elif period:
            period["open"] = _OPEN
        if period:
            insured["period"] = period
        if insured:
            insurance.append(insured)
    return insurance


def _bad_day(
    bad: BadValue, name: str, attribute: str, insurance: list[Any], row: etree._Element, index: int, seen: Pass
) -> None:
    number = f"[{index}]" if len(row.getparent()) > 1 else ""  # type: ignore[arg-type]  # it has one
    source = f"c:insured/c:categories/c:category{number}/@{attribute}"
    seen.say("M202", f"insurance[{len(insurance)}].period.{name}", source, f"not readable as date ({bad})", row)


def _reading(record: dict[str, Any], seen: Pass, on: date) -> Reading:
    """Make the record, check it, and say what was found."""
    left, findings = seen.left, seen.found
    unmapped = tuple([Leaf(path, value) for path, value in left.items()])
    made = None
    if not findings:
        if unmapped:
            record["unmapped"] = [Unmapped(path=path, value=value) for path, value in left.items()]
        made = msgspec.convert(record, Beneficiary)
        findings = check(made, on=on)
    told = bounded(findings)
    if unmapped:
        text = f"{len(unmapped)} value{'s' if len(unmapped) > 1 else ''} of the document "
        text += f"{'are' if len(unmapped) > 1 else 'is'} not mapped"
        told = (*told, Finding(code="M205", severity=Severity.INFO, text=text))
    verdict = Verdict.REFUSED if made is None else Verdict.RECORD
    return Reading(verdict=verdict, record=made, findings=told, unmapped=unmapped)

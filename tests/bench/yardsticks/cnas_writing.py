"""The writing of CNAS's answer by hand: the document that ``cnas.insured-person/1`` writes for the same record."""

from typing import Final

from lxml import etree

from hub_core.canonical import Beneficiary
from hub_core.canonical.values import Code
from tests.bench.yardsticks.cnas import KINDS, NAMESPACE

_NS: Final = f"{{{NAMESPACE}}}"
_ATTRIBUTES: Final = {"ro.cnp": "pid", "ro.cid": "cid"}
_TEXTS: Final = {kind["code"]: text for text, kind in KINDS.items()}
_STATES: Final = {"insured": "1", "not-insured": "2"}
_DECEASED: Final = "3"


def write(record: Beneficiary) -> bytes:
    """Return the inner document of a record that names its person."""
    root = etree.Element(f"{_NS}insuredResponse", nsmap={"c": NAMESPACE})
    insured = etree.SubElement(root, f"{_NS}insured")
    for identifier in record.identifiers:
        attribute = _ATTRIBUTES.get(identifier.scheme or "")
        if attribute is not None and insured.get(attribute) is None:
            insured.set(attribute, identifier.value)
    insured.set("state", _state(record))
    if record.insurance:
        categories = etree.SubElement(insured, f"{_NS}categories")
        for one in record.insurance:
            row = etree.SubElement(categories, f"{_NS}category")
            row.set("code", _word(one.kind))
            period = one.period
            if period is not None:
                if period.start is not None:
                    row.set("validFrom", period.start.isoformat())
                if period.end is not None:
                    row.set("validTo", period.end.isoformat())
    body: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return body


def _state(record: Beneficiary) -> str:
    if record.vital_status is not None and record.vital_status.code == "deceased":
        return _DECEASED
    state = record.insured.state if record.insured is not None else None
    return _STATES.get(state.code or "", "") if state is not None else ""


def _word(kind: Code | None) -> str:
    if kind is None:
        return ""
    return kind.text if kind.text is not None else _TEXTS.get(kind.code or "", "")

"""The map by hand, one pass over the tree: record, findings and unmapped leaves of an answer of CNAS.

The same as the shipped mapping ``cnas.insured-person/1`` and the check of the record give; a test holds them equal.
"""

from datetime import date
from typing import Final

from lxml import etree

from tests.bench.yardsticks.cnas import (
    DATE_LENGTH,
    EXCHANGE,
    KINDS,
    NAMESPACE,
    NO_END,
    NO_START,
    OPEN,
    ROLE,
    STATES,
    Json,
    Read,
    backwards,
    check_cnp,
    day_of,
    kind_of,
    left_over,
    no_pid,
)

_CATEGORIES: Final = f"{{{NAMESPACE}}}categories"
_STATE: Final = "c:insured/c:states/c:state"


def read(root: etree._Element, *, on: date) -> Read:
    """Map the root of a valid inner document with state 1, 2 or 3, judged on a day."""
    insured = root[0]
    doubts: list[Json] = []
    unmapped: list[Json] = []
    record: Json = {"exchange": EXCHANGE, "role": ROLE, **STATES[insured.get("state", "")]}
    pid, cid = insured.get("pid"), insured.get("cid")
    if pid is not None:
        check_cnp(pid, on, doubts)
        record["identifiers"] = identifiers = [{"value": pid, "scheme": "ro.cnp"}]
        if cid is not None:
            identifiers.append({"value": cid, "scheme": "ro.cid"})
    for part in insured:
        if part.tag == _CATEGORIES:
            if insurance := _insurance(part, doubts):
                record["insurance"] = insurance
        else:
            _leave(part, unmapped)
    if pid is None:
        return Read(None, [no_pid()], unmapped)
    if unmapped:
        record["unmapped"] = unmapped
        doubts.append(left_over(len(unmapped)))
    return Read(record, doubts, unmapped)


def _insurance(categories: etree._Element, doubts: list[Json]) -> list[Json]:  # noqa: C901 (calls cost time here)
    insurance: list[Json] = []
    for category in categories:
        get = category.get
        code, start, end = get("code", ""), get("validFrom"), get("validTo")
        period: Json = {}
        if start is not None:
            if len(start) != DATE_LENGTH:
                start = day_of(start)
            if start not in NO_START:
                period["start"] = start
        if end is not None and len(end) != DATE_LENGTH:
            end = day_of(end)
        if end is not None and end != NO_END:
            if period and end < start:  # type: ignore[operator]  # there is a start in it
                doubts.append(backwards(len(insurance)))
            period["end"] = end
        elif period:
            period["open"] = OPEN
        kind = KINDS.get(code) or kind_of(code)
        if kind is None:
            if period:
                insurance.append({"period": period})
        else:
            insurance.append({"kind": kind, "period": period} if period else {"kind": kind})
    return insurance


def _leave(states: etree._Element, unmapped: list[Json]) -> None:
    several = len(states) > 1
    for index, state in enumerate(states):
        at = f"{_STATE}[{index}]/@" if several else f"{_STATE}/@"
        for name, value in state.items():
            unmapped.append({"path": f"{at}{name}", "value": value})  # type: ignore[str-bytes-safe]  # names are text

"""The same map with one XPath per field: precompiled (the usual advice), or as text each time (the usual code)."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any, Final

from lxml import etree

from tests.bench.yardsticks.cnas import (
    EXCHANGE,
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

# Any: what an XPath gives depends on its text.
Select = Callable[[etree._Element, str], Any]

_NS: Final = {"c": NAMESPACE}
_PID: Final = "string(c:insured/@pid)"
_CID: Final = "string(c:insured/@cid)"
_STATE: Final = "string(c:insured/@state)"
_CATEGORY: Final = "c:insured/c:categories/c:category"
_MARK: Final = "c:insured/c:states/c:state"
_CODE: Final = "string(@code)"
_START: Final = "string(@validFrom)"
_END: Final = "string(@validTo)"
_LEAVES: Final = "@*"

_COMPILED: Final = {
    path: etree.XPath(path, namespaces=_NS)
    for path in (_PID, _CID, _STATE, _CATEGORY, _MARK, _CODE, _START, _END, _LEAVES)
}


def _precompiled(element: etree._Element, path: str) -> Any:
    return _COMPILED[path](element)


def _as_text(element: etree._Element, path: str) -> Any:
    return element.xpath(path, namespaces=_NS)


def _read(root: etree._Element, *, on: date, select: Select) -> Read:
    doubts: list[Json] = []
    record: Json = {"exchange": EXCHANGE, "role": ROLE, **STATES[select(root, _STATE)]}
    pid, cid = select(root, _PID), select(root, _CID)
    if pid:
        check_cnp(pid, on, doubts)
        record["identifiers"] = [{"value": str(pid), "scheme": "ro.cnp"}]
        if cid:
            record["identifiers"].append({"value": str(cid), "scheme": "ro.cid"})
    insurance: list[Json] = []
    for category in select(root, _CATEGORY):
        if item := _item(category, select, len(insurance), doubts):
            insurance.append(item)
    if insurance:
        record["insurance"] = insurance
    unmapped = _unmapped(root, select)
    if not pid:
        return Read(None, [no_pid()], unmapped)
    if unmapped:
        record["unmapped"] = unmapped
        doubts.append(left_over(len(unmapped)))
    return Read(record, doubts, unmapped)


def _item(category: etree._Element, select: Select, index: int, doubts: list[Json]) -> Json:
    item: Json = {}
    if kind := kind_of(select(category, _CODE)):
        item["kind"] = kind
    period: Json = {}
    start, end = str(select(category, _START)), str(select(category, _END))
    if start and (start := day_of(start)) not in NO_START:
        period["start"] = start
    if end and (end := day_of(end)) != NO_END:
        if period and end < start:
            doubts.append(backwards(index))
        period["end"] = end
    elif period:
        period["open"] = OPEN
    return item | ({"period": period} if period else {})


def _unmapped(root: etree._Element, select: Select) -> list[Json]:
    marks = select(root, _MARK)
    several = len(marks) > 1
    return [
        {"path": f"{_MARK}[{index}]/@{leaf.attrname}" if several else f"{_MARK}/@{leaf.attrname}", "value": str(leaf)}
        for index, mark in enumerate(marks)
        for leaf in select(mark, _LEAVES)
    ]


read_precompiled = partial(_read, select=_precompiled)
read_as_text = partial(_read, select=_as_text)

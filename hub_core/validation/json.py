"""JSON, strict: one meaning for one document, or none.

Python's own parser keeps the last of two equal keys, takes ``NaN`` and integers that others round. Here they are
faults, so that the hub and the partner can never read one document differently. Source: RFC 8259 and RFC 7493 (I-JSON).
"""

import codecs
import json
from typing import Any, Final

from hub_core.errors import Rejected
from hub_core.validation.json_scan import MAX_INTEGER, Scan
from hub_core.validation.limits import DEFAULT, Limits, place, rejected


def parse_json(body: bytes, *, limits: Limits = DEFAULT) -> Any:
    """Return the value: dict, list, str, int, float, bool or None. A UTF-8 byte order mark is tolerated.

    Raises:
        Rejected: B103 malformed, B104 duplicate key, B105 number out of range, B106 not UTF-8, B107 too deep or
            too many values, B109 empty; ``where`` is ``line:column``.
    """
    plain = body.removeprefix(codecs.BOM_UTF8)
    if not plain.strip():
        raise Rejected("B109", "the body is empty")
    try:
        text = plain.decode()
    except UnicodeDecodeError as error:
        before = plain[: error.start].decode(errors="replace")
        line, column = place(before, len(before))
        raise rejected("B106", "not UTF-8", line=line, column=column) from None
    if _quick(text, limits):
        try:
            value = _DECODER.decode(text)
        except (_Doubt, ValueError, RecursionError):
            pass  # the scan says what is wrong, and where
        else:
            if _within(value, limits.depth):
                return value
    return Scan(text, limits).document()


def _quick(text: str, limits: Limits) -> bool:
    """Tell whether the fast parser may try: few enough values, and no escape that may be half a character."""
    # Every value but the first of its list or object follows a comma; the first follows a bracket.
    parts = text.count(",") + text.count("[") + text.count("{")
    return parts < limits.parts and "\\ud" not in text and "\\uD" not in text


class _Doubt(Exception):
    """The fast parser met something that only the scan may judge."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Doubt
    return found


def _integer(text: str) -> int:
    if len(text) > len(str(-MAX_INTEGER)) or abs(int(text)) > MAX_INTEGER:
        raise _Doubt
    return int(text)


def _float(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise _Doubt
    return value


def _constant(_: str) -> Any:
    raise _Doubt


_LEVELS: Final = frozenset({dict, list})
_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant
)


def _within(value: Any, depth: int) -> bool:
    """Tell whether a value has at most ``depth`` levels of lists and objects."""
    level = [value] if type(value) in _LEVELS else []
    for _ in range(depth):
        if not level:
            return True
        level = [
            inner
            for outer in level
            for inner in (outer.values() if type(outer) is dict else outer)
            if type(inner) in _LEVELS
        ]
    return not level

"""What a test of a mapping expects, held against what came out."""

from collections.abc import Sequence
from typing import Any

import msgspec

from hub_core.mapping.language.rules import Test
from hub_core.mapping.reading import jsonplaces
from hub_core.message import Severity
from hub_core.reading import Reading, Verdict
from hub_core.yaml import Mapping, Node, Scalar
from hub_core.yaml import Sequence as Listed


def unfulfilled(test: Test, reading: Reading) -> list[str]:
    """Return where a reading is not what a test expects of it."""
    found: list[str] = []
    wanted = Verdict(test.verdict) if test.verdict else None if test.error else Verdict.RECORD
    if (reading.verdict is not wanted) if wanted else (reading.record is not None):
        said = ", ".join(f"{one.code} at {one.at or one.source}" for one in _loud(reading))
        shown = f" ({said})" if said else ""
        found.append(f"verdict: expected {wanted or 'no record'}, found {reading.verdict}{shown}")
    if test.error:
        found += _error(test.error, reading)
    if test.findings is not None:
        codes = {one.code for one in reading.findings}
        if "M205" not in test.findings:
            codes.discard("M205")
        if codes != set(test.findings):
            found.append(f"findings: expected {sorted(set(test.findings))}, found {sorted(codes)}")
    if test.unmapped is not None:
        paths = {leaf.path for leaf in reading.unmapped}
        found += [f"unmapped: {path} expected, not found" for path in sorted(set(test.unmapped) - paths)]
        found += [f"unmapped: {path} not expected" for path in sorted(paths - set(test.unmapped))]
    if test.expect is not None and reading.record is not None:
        found += differences(test.expect, msgspec.json.decode(msgspec.json.encode(reading.record)), "")
    return found


def _loud(reading: Reading) -> Sequence[Any]:
    return [one for one in reading.findings if one.severity is Severity.ERROR]


def _error(wanted: tuple[str | None, str | None], reading: Reading) -> list[str]:
    code, at = wanted
    found = [(one.code, one.at) for one in reading.findings]
    if any((code in {None, one}) and (at in {None, place}) for one, place in found):
        return []
    shown = ", ".join(f"{one} at {place}" for one, place in found) or "none"
    return [f"error: expected {code or 'any code'} at {at or 'any place'}, found {shown}"]


def differences(expected: Node, found: Any, path: str) -> list[str]:
    """Return where a record differs from what a test expects of it; what the test does not name is not compared."""
    if isinstance(expected, Scalar):
        return _scalar(expected, found, path)
    if isinstance(expected, Mapping):
        if not isinstance(found, dict):
            return [f"{path or 'record'}: expected an object, found {_shown(found)}"]
        return [
            line
            for key, value in expected.items.items()
            for line in differences(value, found.get(key), f"{path}.{key}" if path else key)
        ]
    assert isinstance(expected, Listed)  # noqa: S101 - the only kind left
    if not isinstance(found, list):
        return [f"{path}: expected {len(expected.items)} elements, found {_shown(found)}"]
    missing = len(expected.items) - len(found)
    lines = [f"{path}: {missing} more elements expected"] if missing > 0 else []
    for index, (one, other) in enumerate(zip(expected.items, found, strict=False)):
        lines += differences(one, other, f"{path}[{index}]")
    return lines


def _scalar(expected: Scalar, found: Any, path: str) -> list[str]:
    if not expected.text:  # no record holds an empty text
        return [] if found is None else [f"{path}: expected nothing, found {_shown(found)}"]
    same = not isinstance(found, (dict, list)) and found is not None and jsonplaces.plain_text(found) == expected.text
    return [] if same else [f"{path}: expected {expected.text!r}, found {_shown(found)}"]


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    return f"{len(value)} entries" if isinstance(value, (dict, list)) else repr(value)

"""Reads the ``tests:`` of a mapping file."""

from typing import Final

from hub_core import yaml
from hub_core.codes import CODES
from hub_core.mapping.language.rulereader import entries, one_of, strings, text
from hub_core.mapping.language.rules import Test
from hub_core.reading import Verdict
from hub_core.yaml import Faults, Mapping, Node, Scalar, Sequence

_KEYS: Final = {
    "name", "in", "on", "document", "line", "request", "set", "remove", "expect", "error", "findings", "unmapped",
    "verdict", "round_trip",
}  # fmt: skip


def read_tests(node: Node | None, faults: Faults) -> tuple[Test, ...]:
    """Return the tests of a mapping file; faults are collected."""
    if node is None:
        return ()
    if not isinstance(node, Sequence):
        faults.add(
            node, "tests: takes a list", mend="write - {name: ..., in: fixtures/x.xml, expect: {...}}", code="M110"
        )
        return ()
    tests: list[Test] = []
    names: set[str] = set()
    for item in node.items:
        if not isinstance(item, Mapping):
            faults.add(item, "a test is expected", mend="write {name: ..., in: ..., expect: {...}}", code="M110")
            continue
        test = _test(item, faults)
        if test.name in names:
            faults.add(item, f"two tests are named {test.name!r}", mend="give each its own name", code="M110")
        names.add(test.name)
        tests.append(test)
    return tuple(tests)


def _test(node: Mapping, faults: Faults) -> Test:
    for key in node.items.keys() - _KEYS:
        faults.add(node.keys[key], f"unknown key {key!r} in a test", mend=yaml.closest(key, _KEYS), code="M102")
    findings = node.items.get("findings")
    unmapped = node.items.get("unmapped")
    if not node.items.keys() & {"expect", "error", "findings", "unmapped", "verdict", "round_trip"}:
        mend = "add expect:, error:, findings:, unmapped:, verdict: or round_trip:"
        faults.add(node, "the test expects nothing", mend=mend, code="M110")
    return Test(
        node=node,
        name=text(node, "name", faults, required="name: and what the test shows"),
        fixture=text(node, "in", faults, required="in: fixtures/file.xml"),
        on=text(node, "on", faults) or None,
        document=text(node, "document", faults) or None,
        line=text(node, "line", faults) or None,
        request=text(node, "request", faults) or None,
        set=tuple((path, value.text) for path, value in entries(node.items.get("set"), faults)),
        remove=tuple(item.text for item in strings(node.items.get("remove"), faults)),
        expect=node.items.get("expect"),
        error=_error(node.items.get("error"), faults),
        findings=None if findings is None else tuple(item.text for item in _codes(findings, faults)),
        unmapped=None if unmapped is None else tuple(item.text for item in strings(unmapped, faults)),
        verdict=one_of(node, "verdict", tuple(Verdict), faults),
        round_trip=one_of(node, "round_trip", ("exact", "normal"), faults),
    )


_SEEN: Final = ("M2", "M3", "M4", "C")  # families of what a test can meet


def _codes(node: Node, faults: Faults) -> tuple[Scalar, ...]:
    codes = strings(node, faults)
    for code in codes:
        if code.text not in CODES:
            known = [one for one in CODES if one.startswith(_SEEN)]
            faults.add(code, f"no code {code.text!r}", mend=yaml.closest(code.text, known), code="M110")
    return codes


def _error(node: Node | None, faults: Faults) -> tuple[str | None, str | None] | None:
    if node is None:
        return None
    if isinstance(node, Scalar):
        _codes(node, faults)
        return node.text, None
    if not isinstance(node, Mapping) or not node.items.keys() <= {"code", "at"}:
        faults.add(node, "error: has another form", mend="write error: {code: M204, at: sex}", code="M110")
        return None
    found = dict(entries(node, faults))
    if "code" in found:
        _codes(found["code"], faults)
    code, at = (found[key].text if key in found else None for key in ("code", "at"))
    return code, at

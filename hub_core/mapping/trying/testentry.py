"""A captured document as a fixture, and as an entry of ``tests:`` in the text of a mapping file."""

import json
import re
from typing import Any, Final

import msgspec

from hub_core import yaml
from hub_core.errors import ConfigError
from hub_core.mapping.trying.capture import Captured
from hub_core.reading import Verdict
from hub_core.rows.single import DIALECT as ROWS
from hub_core.yaml import Mapping, Sequence

# Computed by the hub, or told by keys of their own.
_LEFT_OUT: Final = frozenset({"normal", "unmapped"})
# Raw in JSON, but not in a line of YAML.
_BREAKS: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_TOP_LEVEL: Final = re.compile(r"[^\s#-]")


def entry_of(captured: Captured, *, name: str, fixture: str) -> str:
    """Return the entry that says of a captured document all that its reading says; without indentation."""
    reading, document = captured.reading, captured.document
    lines = [f"- name: {_yaml(name)}", f"  in: {_yaml(fixture)}", f"  on: {_yaml(captured.on.isoformat())}"]
    if document.kind == "json" and document.dialect != ROWS:
        lines.append(f"  document: {_yaml(document.name)}")
    if reading.verdict is not Verdict.RECORD:
        lines.append(f"  verdict: {reading.verdict.value}")
    if reading.record is not None:
        lines.append("  expect:")
        record = _expected(msgspec.json.decode(msgspec.json.encode(reading.record)))
        lines += [f"    {field}: {_yaml(value)}" for field, value in record.items()]
    codes = sorted({one.code for one in reading.findings} - {"M205"})
    lines.append(f"  findings: {_yaml(codes)}")
    lines.append(f"  unmapped: {_yaml([leaf.path for leaf in reading.unmapped])}")
    return "\n".join(lines)


def with_test(text: str, entry: str, *, file: str) -> str:
    """Return the text of a mapping file with one more test at the end of its list.

    Raises:
        ConfigError: M101, no YAML; M110, the tests are not written as a list of lines.
    """
    node = yaml.parse(text, file=file)
    tests = node.items.get("tests") if isinstance(node, Mapping) else None
    lines = text.rstrip("\n").split("\n")
    if tests is None:
        return "\n".join([*lines, "tests:", *_indented(entry, 2)]) + "\n"
    if not isinstance(tests, Sequence) or not lines[tests.line - 1].lstrip().startswith("-"):
        mend = "write each test on lines of its own, beginning with -"
        raise ConfigError("M110", "the tests are not a list of lines", where=yaml.where(tests), mend=mend)
    end = next((at for at in range(tests.line, len(lines)) if _TOP_LEVEL.match(lines[at])), len(lines))
    while end > tests.line and not lines[end - 1].strip():
        end -= 1
    return "\n".join([*lines[:end], *_indented(entry, tests.column - 1), *lines[end:]]) + "\n"


def _indented(entry: str, blanks: int) -> list[str]:
    return [" " * blanks + line for line in entry.split("\n")]


def _expected(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _expected(inner) for key, inner in value.items() if key not in _LEFT_OUT}
    return [_expected(one) for one in value] if isinstance(value, list) else value


def _yaml(value: Any) -> str:
    """Return JSON, which is YAML too, on one line."""
    text = json.dumps(value, ensure_ascii=False)
    return _BREAKS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)

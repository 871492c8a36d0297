"""Where every value came from: laws over every shipped fixture and every real SED."""

import html
import json
import re
from datetime import date
from pathlib import Path

import msgspec
import pytest

from hub_core.errors import PunteError
from hub_core.mapping.reading.lines import located
from hub_core.mapping.trying.compare import leaves
from hub_core.places import MAPPINGS
from registry.offline.reading import open_reader

ON = date(2025, 1, 1)
READER = open_reader()
FIXTURES = sorted(path for path in MAPPINGS.rglob("fixtures/*") if path.suffix in {".xml", ".json"})


def explained(body):
    """Return reading, fast reading and origins of a document; ``None`` if nothing reads it."""
    try:
        document = READER.open(body)
    except PunteError:
        return None
    mapping = READER.mappings.find(document)
    if mapping is None:
        return None
    reading, values = mapping.explain(document, on=ON)
    return reading, mapping.read(document, on=ON), located(values, body, document)


def check(body):
    """Hold the laws against one document; return how many values were explained."""
    found = explained(body)
    if found is None:
        return 0
    reading, fast, values = found
    assert reading == fast
    if reading.record is None:
        return 0
    every_leaf_has_an_origin(reading.record, {value.at for value in values})
    lines = body.decode().splitlines()
    for value in values:
        if value.source is not None:
            it_stands_there(value, lines)
    return len(values)


def every_leaf_has_an_origin(record, explained_paths):
    data = json.loads(msgspec.json.encode(record))
    for bookkeeping in ("unmapped", "gaps"):  # they name their own places
        data.pop(bookkeeping, None)
    bare = [path for path in leaves(data) if not explained_paths & set(ancestors(path))]
    assert bare == []


def ancestors(path):
    ends = [match.start() for match in re.finditer(r"[.\[]", path)]
    return [path, *(path[:end] for end in ends)]


def it_stands_there(value, lines):
    assert value.line is not None, value.at
    joined = (value.codec or "").startswith("join(")
    parts = re.split("[-.]", value.raw) if joined else [value.raw]
    here = html.unescape(lines[value.line - 1]) if len(parts) == 1 else "\n".join(lines)
    for part in parts:
        written = {part, json.dumps(part, ensure_ascii=False)[1:-1], json.dumps(part)[1:-1]}
        assert any(one in here for one in written), (value.at, value.source, value.line)


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: str(path.relative_to(MAPPINGS)))
def test_every_value_of_a_fixture_leads_to_its_place_line_and_rule(path: Path) -> None:
    assert explained(path.read_bytes()) is not None
    check(path.read_bytes())


@pytest.mark.shared
def test_every_value_of_every_real_sed_leads_to_its_place_line_and_rule(shared: Path) -> None:
    counted = [check(path.read_bytes()) for path in sorted((shared / "eessi").rglob("*.json"))]
    assert sum(map(bool, counted)) > 80
    assert sum(counted) > 3000

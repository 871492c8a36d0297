"""Every shipped mapping: its own tests, and reading with provenance says the same as reading."""

from datetime import date
from pathlib import Path

import msgspec
import pytest

from hub_core.errors import ConfigError
from hub_core.mapping import load, user_cache
from hub_core.mapping.trying.tests import fixture, run_test
from hub_core.places import MAPPINGS

ON = date(2025, 1, 1)

try:
    SHIPPED = load(cache=user_cache()).all
    FAULTS = []
except ConfigError as error:
    SHIPPED = ()
    FAULTS = [f"{one.rule}: {one.code} {one.text}; {one.help}" for one in error.findings]

CASES = [pytest.param(mapping, test, id=f"{mapping.id}: {test.name}") for mapping in SHIPPED for test in mapping.tests]
EACH = pytest.mark.parametrize("mapping", [pytest.param(mapping, id=mapping.id) for mapping in SHIPPED])


def test_every_mapping_file_can_be_read():
    assert FAULTS == []


@pytest.mark.parametrize(("mapping", "case"), CASES)
def test_a_mapping_does_what_its_own_test_says(mapping, case):
    assert run_test(mapping, case, MAPPINGS).differences == ()


@pytest.mark.parametrize(("mapping", "case"), CASES)
def test_reading_with_provenance_says_the_same_as_reading(mapping, case):
    document = fixture(mapping, case, MAPPINGS)
    reading, provenance = mapping.explain(document, on=ON)
    assert reading == mapping.read(document, on=ON)
    if reading.record is not None:
        record = msgspec.json.decode(msgspec.json.encode(reading.record))
        assert all(_found(record, one.at) is not None for one in provenance)


def _found(record, path):
    for step in path.split("."):
        name, _, index = step.partition("[")
        record = record.get(name)
        if index and record is not None:
            record = record[int(index.rstrip("]"))]
        if record is None:
            return None
    return record


@EACH
def test_every_mapping_has_tests(mapping):
    assert mapping.tests


@EACH
def test_every_fixture_of_a_mapping_is_used(mapping):
    folder = (MAPPINGS / mapping.file).parent
    used = {
        str(Path(test.fixture)) for other in SHIPPED if (MAPPINGS / other.file).parent == folder for test in other.tests
    }
    there = {str(path.relative_to(folder)) for path in (folder / "fixtures").glob("*") if path.is_file()}
    assert there <= used


@EACH
def test_every_expected_record_in_a_file_is_used(mapping):
    folder = (MAPPINGS / mapping.file).parent
    others = [other for other in SHIPPED if (MAPPINGS / other.file).parent == folder]
    used = {getattr(test.expect, "text", None) for other in others for test in other.tests}
    assert {str(path.relative_to(folder)) for path in (folder / "records").glob("*")} <= used


def test_no_two_mappings_have_the_same_hash():
    assert len({mapping.hash for mapping in SHIPPED}) == len(SHIPPED)

"""The shipped mapping and the map by hand give the same: else the ratio between them would say nothing."""

import msgspec
import pytest

from hub_core.mapping import MappingSet, load_files
from hub_core.reading import Reading, Verdict
from tests.bench.documents import documents
from tests.bench.kept import kept_files
from tests.bench.micro import ON, fastest, hand_written_maps, read_shipped, shipped_map
from tests.bench.yardsticks.cnas import NotReadError
from tests.bench.yardsticks.one_pass import read
from tests.bench.yardsticks.opening import inner
from tests.bench.yardsticks.test_maps import CORNERS, categories


@pytest.fixture(scope="module")
def mappings() -> MappingSet:
    return load_files(kept_files())


def shipped(mappings: MappingSet, document: str) -> Reading:
    return read_shipped(mappings, inner(document.encode()), on=ON)


def as_json(value):
    return msgspec.json.decode(msgspec.json.encode(value))


@pytest.mark.parametrize(
    "document",
    [*documents(40, seed=3), *(document for name, document in CORNERS.items() if name != "no pid")],
)
def test_record_findings_and_unmapped_leaves_are_the_same(mappings, document):
    reading = shipped(mappings, document)
    by_hand = read(inner(document.encode()), on=ON)
    assert as_json(reading.record) == by_hand.record
    assert as_json(reading.findings) == by_hand.findings
    assert as_json(reading.unmapped) == by_hand.unmapped


def test_what_one_refuses_the_other_refuses(mappings):
    no_pid = CORNERS["no pid"]
    reading = shipped(mappings, no_pid)
    by_hand = read(inner(no_pid.encode()), on=ON)
    assert (reading.verdict, by_hand.record) == (Verdict.REFUSED, None)
    assert [finding.code for finding in reading.findings] == [finding["code"] for finding in by_hand.findings]

    no_date = categories('code="PFA" validFrom="12020-01-01"')
    assert shipped(mappings, no_date).verdict is Verdict.REFUSED
    with pytest.raises(NotReadError):
        read(inner(no_date.encode()), on=ON)


def test_every_map_is_timed():
    maps = hand_written_maps() | shipped_map()
    times = fastest(maps, rounds=2)
    assert list(times) == list(maps)
    assert all(0 < time < 1e6 for time in times.values())

"""The source that fills places without a look writes what the source that looks at each of them writes."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings

from hub_core.mapping import CompiledMapping
from hub_core.mapping.writing import OutWriter
from hub_core.testing.mapping.documents import DrawnDocuments
from hub_core.testing.strategies import records
from tests.shipped import SHIPPED

ON = date(2025, 1, 1)
CASES = 40
MAPPINGS = [pytest.param(one, id=one.id) for one in SHIPPED.all if one.way == "both"]
some = settings(deadline=None, max_examples=CASES, suppress_health_check=list(HealthCheck))


def careful_writer(mapping: CompiledMapping) -> OutWriter:
    return mapping.writer(lambda _: (mapping.out.compiled(careful=True), False))


NAMES = ("cnas.insured-person/1", "dgep.person/1", "eessi.native.p2200/1", "eessi.neessi.u002/1")
WRITERS = [(one, careful_writer(one)) for one in SHIPPED.all if one.id in NAMES]


def told(writing) -> list[tuple]:
    return sorted((one.code, one.at or "", one.text) for one in writing.findings)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("mapping", MAPPINGS)
def test_the_direct_source_says_what_the_careful_source_says(mapping: CompiledMapping) -> None:
    careful = careful_writer(mapping)

    @some
    @given(DrawnDocuments(mapping).strategy())
    def law(document) -> None:
        record = mapping.read(document, on=ON).record
        if record is not None:
            direct, other = mapping.write(record, on=ON), careful.write(record, on=ON)
            assert told(direct) == told(other)
            assert (direct.body is None) == (other.body is None)

    law()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("mapping", MAPPINGS)
def test_joining_elements_is_only_tried_where_it_makes_a_difference(mapping: CompiledMapping) -> None:
    @some
    @given(DrawnDocuments(mapping).strategy())
    def law(document) -> None:
        record = mapping.read(document, on=ON).record
        if record is not None:
            (tree, out), (loose, _) = (mapping.out.tree(record, on=ON, loose=one) for one in (False, True))
            assert out.torn or tree == loose

    law()


@settings(some, max_examples=20)
@given(records())
def test_of_any_record_both_sources_say_the_same(record) -> None:
    for mapping, careful in WRITERS:
        assert told(mapping.write(record, on=ON)) == told(careful.write(record, on=ON))

"""What every mapping of both directions promises, over documents drawn from its contract and over any record."""

import json
import logging
import re
from collections import Counter
from datetime import date

import msgspec
import pytest
from hypothesis import HealthCheck, given, note, settings
from lxml import etree

from hub_core.canonical.values import Code
from hub_core.document import Document
from hub_core.mapping import CompiledMapping
from hub_core.mapping.trying.coverage import Exercised, values
from hub_core.testing.mapping.documents import FAULTS, DrawnDocuments
from hub_core.testing.strategies import records
from tests.laws.leaves import Leaves
from tests.shipped import SHIPPED

log = logging.getLogger("punte.laws")
ON = date(2025, 1, 1)
CASES = 1000
WHOLE = 200  # hold everything: a rule that is not carried beside others shows in the first few
SHARE = 0.95
LEFT_OUT = 0.2  # of the cases, at most
MAPPINGS = [pytest.param(one, id=one.id) for one in SHIPPED.all if one.way == "both"]
# About how the record came and what no rule named; worked out from other fields.
NOT_WRITTEN = {"exchange", "unmapped", "normal"}
many = settings(deadline=None, max_examples=CASES, suppress_health_check=list(HealthCheck))
some = settings(many, max_examples=WHOLE)


class Shown:
    """A document, made a text only where a case fails."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def __repr__(self) -> str:
        if self._document.kind == "xml":
            return etree.tostring(self._document.root, encoding="unicode")
        return json.dumps(self._document.root, ensure_ascii=False)


def says(record) -> object:
    """Return what a record says: lists without order, gaps once and without numbers, of coded values the code."""

    def pure(value, name=""):
        if isinstance(value, dict):
            if value.get("code") and value.keys() <= {"list", "code", "text"}:
                return value["list"], value["code"]
            return frozenset((key, pure(one, key)) for key, one in value.items() if key not in NOT_WRITTEN)
        if isinstance(value, list | tuple):
            said = Counter(map(pure, value))
            return frozenset(said) if name == "gaps" else frozenset(said.items())
        return "".join(part for part in value if not part.isdigit()) if name == "at" else value

    return pure(msgspec.to_builtins(record))


def tell(record_property, line: str) -> None:
    record_property("statistics", line)
    log.warning(line)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("mapping", MAPPINGS)
def test_a_document_that_was_read_is_written_back_leaf_by_leaf(mapping: CompiledMapping, record_property) -> None:
    drawn, exercised = DrawnDocuments(mapping), Exercised(mapping)
    leaves = Leaves(mapping, drawn.uses)
    counts = {"whole": 0, "declared": 0, "left out": 0}

    @many
    @given(drawn.strategy())
    def law(document) -> None:
        note(Shown(document))
        assert mapping.contract.faults(document.root) == []
        reading, provenance = mapping.explain(document, on=ON)
        if reading.record is None or any(one.code in FAULTS for one in reading.findings):
            counts["left out"] += 1  # it contradicts itself
            return
        exercised.add(reading, provenance)
        writing = mapping.write(reading.record, on=ON)
        declared = {one.at for one in writing.findings if one.code == "M408"}
        assert [(one.code, one.at, one.text) for one in writing.findings if one.at not in declared] == []
        note(Shown(writing.document))
        assert mapping.contract.faults(writing.document.root) == []
        counts["declared" if declared else "whole"] += 1
        if not declared:
            assert says(mapping.read(writing.document, on=ON).record) == says(reading.record)
            assert leaves.compared(document, reading.unmapped, writing.document) == []

    law()
    rules, texts = drawn.reachable()
    found = exercised.coverage()
    missed = set(found.rules.missed) & rules, set(found.codes.missed) & texts
    shares = [1 - len(out) / len(of) if of else 1 for out, of in zip(missed, (rules, texts), strict=True)]
    shown_shares = f"rules hit {shares[0]:.1%} of {len(rules)}, code texts {shares[1]:.1%} of {len(texts)}"
    tell(record_property, f"{mapping.id}: {counts}; {shown_shares}")
    assert min(shares) >= SHARE, sorted(missed[0] | missed[1])
    assert counts["left out"] <= LEFT_OUT * sum(counts.values())


@pytest.mark.timeout(900)
@pytest.mark.parametrize("mapping", MAPPINGS)
def test_a_record_of_all_fields_that_a_mapping_names_is_read_back_the_same(
    mapping: CompiledMapping, record_property
) -> None:
    drawn = DrawnDocuments(mapping)
    counts = {"whole": 0, "declared": 0, "left out": 0}

    @some
    @given(drawn.whole())
    def law(document) -> None:
        record = mapping.read(document, on=ON).record
        if record is None:
            counts["left out"] += 1
            return
        note(record)
        writing = mapping.write(record, on=ON)
        declared = {one.at for one in writing.findings if one.code == "M408"}
        assert [(one.code, one.at, one.text) for one in writing.findings if one.at not in declared] == []
        counts["declared" if declared else "whole"] += 1
        assert declared or says(mapping.read(writing.document, on=ON).record) == says(record)

    law()
    tell(record_property, f"{mapping.id}: {counts}")
    assert counts["left out"] <= LEFT_OUT * sum(counts.values())


@pytest.mark.timeout(900)
@pytest.mark.parametrize("mapping", MAPPINGS)
def test_of_any_record_writing_says_what_it_does_not_carry(mapping: CompiledMapping) -> None:
    codes = {
        re.sub(r"\[[^\]]+\]", "[]", path): [Code(list=value.codes.shown, code=code) for code in value.codes.entries]
        for path, value in values(mapping.plan)
        if value.codes is not None
    }

    @many
    @given(records(codes))
    def law(record) -> None:
        writing = mapping.write(record, on=ON)
        told = [one.at for one in writing.findings if one.at]
        if writing.document is None:
            assert any(one.severity == "error" for one in writing.findings)
            return
        assert mapping.contract.faults(writing.document.root) == []
        back = mapping.read(writing.document, on=ON)
        for path in differing(plain_record(record), plain_record(back.record)):
            assert any(path == one or path.startswith((f"{one}.", f"{one}[")) or one.startswith(path) for one in told)

    law()


def plain_record(record) -> dict:
    return json.loads(msgspec.json.encode(record))


def differing(one, other, path="") -> list[str]:
    """Return the places of the first value that the second one does not hold: found apart from the engine's own."""
    if isinstance(one, dict):
        if set(one) <= {"list", "code", "text"} and "list" in one:
            same = isinstance(other, dict) and one.get("code") == other.get("code") and one["list"] == other["list"]
            return [] if same and ("code" in one or one.get("text") == other.get("text")) else [path]
        other = other if isinstance(other, dict) else {}
        return [
            place
            for key, value in one.items()
            if key not in NOT_WRITTEN | {"gaps"}
            for place in differing(value, other.get(key), f"{path}.{key}" if path else key)
        ]
    if isinstance(one, list):
        others = other if isinstance(other, list) else []
        lost = [index for index, value in enumerate(one) if not any(not differing(value, it) for it in others)]
        return [f"{path}[{index}]" for index in lost]
    return [] if one == other else [path]

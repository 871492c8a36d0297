"""What every mapping of both directions promises, over documents drawn from its contract and over any record."""

import json
import logging
import os
from datetime import date

import msgspec
import pytest
from hypothesis import HealthCheck, given, note, settings
from lxml import etree

from hub_core.document import Document
from hub_core.mapping import CompiledMapping, load
from hub_core.mapping.coverage import Exercised
from hub_core.testing.mapping_documents import FAULTS, DrawnDocuments
from hub_core.testing.strategies import records

log = logging.getLogger("punte.laws")
ON = date(2025, 1, 1)
# Of a mapping in every run; those of the widest contracts are slow, and PUNTE_LAWS=all draws as many for them.
CASES = 1000
WIDE_CASES = CASES if os.environ.get("PUNTE_LAWS") == "all" else 40
ANY_CASES = CASES if os.environ.get("PUNTE_LAWS") == "all" else 40
SHARE = 0.95
MAPPINGS = [pytest.param(one, id=one.id) for one in load().all if one.way == "both"]
# About how the record came and what no rule named; worked out from other fields.
LEFT_OUT = {"exchange", "unmapped", "normal"}
ABOUT_NOBODY = {"exchange", "unmapped", "gaps", "role"}
many = settings(deadline=None, suppress_health_check=list(HealthCheck))


def shown(document: Document) -> str:
    if document.kind == "xml":
        return etree.tostring(document.root, encoding="unicode")
    return json.dumps(document.root, ensure_ascii=False)


def says(record) -> object:
    """Return what a record says: lists without order, paths of gaps without numbers, of coded values the code."""

    def pure(value, name=""):
        if isinstance(value, dict):
            if value.keys() <= {"list", "code", "text"} and value.get("code"):
                return {"list": value["list"], "code": value["code"]}
            return {key: pure(one, key) for key, one in value.items() if key not in LEFT_OUT}
        if isinstance(value, list | tuple):
            return sorted((pure(one) for one in value), key=lambda one: json.dumps(one, sort_keys=True))
        return "".join(part for part in value if not part.isdigit()) if name == "at" else value

    return pure(json.loads(msgspec.json.encode(record)))


def about_somebody(record) -> bool:
    return any(getattr(record, name) not in (None, ()) for name in record.__struct_fields__ if name not in ABOUT_NOBODY)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("mapping", MAPPINGS)
def test_a_record_that_was_read_is_written_whole_and_read_back(mapping: CompiledMapping, record_property) -> None:
    drawn, exercised = DrawnDocuments(mapping), Exercised(mapping)
    counts = {"whole": 0, "declared": 0, "left out": 0}

    @settings(many, max_examples=WIDE_CASES if drawn.wide else CASES)
    @given(drawn.strategy())
    def law(document) -> None:
        note(shown(document))
        reading, provenance = mapping.explain(document, on=ON)
        faulty = reading.record is None or any(one.code in FAULTS for one in reading.findings)
        if faulty or not about_somebody(reading.record):
            counts["left out"] += 1
            return
        exercised.add(reading, provenance)
        writing = mapping.write(reading.record, on=ON)
        declared = {one.at for one in writing.findings if one.code == "M408"}
        assert [(one.code, one.at, one.text) for one in writing.findings if one.at not in declared] == []
        back = mapping.read(writing.document, on=ON)
        counts["declared" if declared else "whole"] += 1
        assert declared or says(back.record) == says(reading.record)

    law()
    rules, texts = drawn.reachable()
    found = exercised.coverage()
    missed = set(found.rules.missed) & rules, set(found.codes.missed) & texts
    shares = [1 - len(out) / len(of) if of else 1 for out, of in zip(missed, (rules, texts), strict=True)]
    line = (
        f"{mapping.id}: {counts}; rules hit {shares[0]:.1%} of {len(rules)}, code texts {shares[1]:.1%} of {len(texts)}"
    )
    record_property("statistics", line)
    log.warning(line)
    assert drawn.wide or min(shares) >= SHARE, sorted(missed[0] | missed[1])


@pytest.mark.timeout(900)
@pytest.mark.parametrize("mapping", MAPPINGS)
def test_of_any_record_writing_says_what_it_does_not_carry(mapping: CompiledMapping) -> None:
    @settings(many, max_examples=ANY_CASES)
    @given(records())
    def law(record) -> None:
        writing = mapping.write(record, on=ON)
        told = [one.at for one in writing.findings if one.at]
        if writing.document is None:
            assert any(one.severity == "error" for one in writing.findings)
            return
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
            if key not in LEFT_OUT | {"gaps"}
            for place in differing(value, other.get(key), f"{path}.{key}" if path else key)
        ]
    if isinstance(one, list):
        others = other if isinstance(other, list) else []
        lost = [index for index, value in enumerate(one) if not any(not differing(value, it) for it in others)]
        return [f"{path}[{index}]" for index in lost]
    return [] if one == other else [path]

"""What the mappings of the benchmark give is what the maps by hand give: else ratios between them would say nothing."""

import copy
import json
from typing import Any

import msgspec
import pytest
from lxml import etree

from hub_core.places import MAPPINGS, SCHEMAS
from hub_core.reading import Reading
from hub_core.validation import load_json_schema
from tests.bench import mapping
from tests.bench.documents import documents
from tests.bench.mapping import CNAS, U002, document_of, mappings, records, sed, xml
from tests.bench.micro import ON, fastest
from tests.bench.seds import seds
from tests.bench.yardsticks import cnas_reading, cnas_writing, others, u002_reading, u002_writing
from tests.bench.yardsticks.opening import inner
from tests.bench.yardsticks.test_maps import CORNERS, categories

FIXTURE = json.loads((MAPPINGS / "eessi" / "fixtures" / "neessi-u002.json").read_text(encoding="utf-8"))


def told(reading: Reading) -> dict[str, Any]:
    """Return a reading without the lines of rules, and without the order of what was found."""
    plain = msgspec.json.decode(msgspec.json.encode(reading))
    for finding in plain["findings"]:
        finding["rule"] = finding["line"] = None
    plain["findings"].sort(key=str)
    plain["unmapped"].sort(key=str)
    if plain["record"]:
        plain["record"].get("unmapped", []).sort(key=str)
    return plain


def canonical(body: bytes) -> bytes:
    """Return an XML document in its canonical form, where the order of attributes says nothing."""
    return etree.tostring(etree.fromstring(body), method="c14n")


def changed(path: str, value: Any) -> dict[str, Any]:
    """Return the document of the mapping's own tests with another value at a path."""
    document = copy.deepcopy(FIXTURE)
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place = document
    for step in way:
        place = place[step]
    place[last] = value
    return document


ANSWERS = {
    **{str(number): document for number, document in enumerate(documents(30, seed=3))},
    **CORNERS,
    "no day": categories('code="PFA" validFrom="12020-01-01"'),
}
CLAIMS = {
    **{str(number): document for number, document in enumerate(seds(30, seed=3))},
    "that of the mapping's tests": FIXTURE,
    "nothing": {},
    "one object in place of a list": changed("lokaleSakIder", {"saksnummer": "U-1", "land": "RO"}),
    "a number in place of a text": changed("lokaleSakIder.0.saksnummer", 55),
    "a text in place of an object": changed("perioderAnsattMedForsikring.0.arbeidsgiver", "Montaj"),
    "a key that nobody knows": changed("bruker.personInfo.yrke", {"navn": ["welder", " "]}),
    "a code that nobody knows": changed("bruker.personInfo.kjoenn", "X"),
    "two countries that differ": changed("lokaleSakIder.0.land", "RO"),
    "a country that is none": changed("lokaleSakIder.0.landkode", "XXX"),
    "an income without currency": changed("perioderAnsattUtenForsikring.0.inntektOgTimer.0.valuta", None),
    "children and relatives": changed(
        "barn", [{"personInfo": {"fornavn": "Mara", "pin": {"identifikator": "1", "land": "NO"}}, "alder": 7}]
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_the_mapping_of_xml_reads_what_the_map_by_hand_reads(name: str) -> None:
    source = ANSWERS[name].encode()
    by_mapping = mappings()[CNAS].read(xml(inner(source)), on=ON)
    assert told(by_mapping) == told(cnas_reading.read(inner(source), on=ON))


@pytest.mark.parametrize("name", CLAIMS)
def test_the_mapping_of_json_reads_what_the_map_by_hand_reads(name: str) -> None:
    by_mapping = mappings()[U002].read(sed(CLAIMS[name]), on=ON)
    assert told(by_mapping) == told(u002_reading.read(CLAIMS[name], on=ON))


def test_the_mapping_of_xml_writes_what_the_map_by_hand_writes() -> None:
    for record in records(CNAS, 30):
        ours, by_hand = document_of(mappings()[CNAS], record), cnas_writing.write(record)
        assert canonical(ours) == canonical(by_hand)


def test_the_mapping_of_json_writes_what_the_map_by_hand_writes() -> None:
    for record in records(U002, 30):
        ours, by_hand = document_of(mappings()[U002], record), u002_writing.write(record)
        assert json.loads(ours) == json.loads(by_hand)


def test_documents_are_valid_and_show_what_maps_have_to_do() -> None:
    schema = load_json_schema(SCHEMAS / "eessi" / "neessi-u002.schema.json")
    read = [u002_reading.read(document, on=ON) for document in seds(40)]
    assert not [fault for document in seds(40) for fault in schema.faults(document)]
    assert {"C202", "C301", "M201", "M202", "M205"} <= {finding.code for one in read for finding in one.findings}
    assert all(len(one.unmapped) >= 12 for one in read)


def test_other_ways_give_the_same_values() -> None:
    document = seds(1)[0]
    values = others.by_jmespath(document)
    assert values == others.by_glom(document)
    last = {key: value for key, value in values["insurance"].pop().items() if value is not None}
    assert values | {"insurance": [*values["insurance"], last]} == others.by_jsonata(document)  # it leaves out nulls
    record = u002_reading.read(document, on=ON).record
    assert record is not None
    assert record.name is not None
    assert values["family"] == record.name.family
    assert values["insurance"][0]["start"] == str(record.insurance[0].period.start)  # type: ignore[union-attr]
    answer = documents(1)[0].encode()
    insured = cnas_reading.read(inner(answer), on=ON).record
    assert insured is not None
    assert len(others.by_xslt(inner(answer)).getroot()) == len(insured.insurance)


def test_every_job_is_timed_and_every_goal_told() -> None:
    micro = fastest(mapping.jobs(), rounds=1)
    assert all(0 < time < 1e6 for time in micro.values())
    assert [goal.name for goal in mapping.goals(micro) if goal.bound] == [
        "reading XML: mapping through hand",
        "reading JSON: mapping through hand",
        "writing XML: mapping through hand",
        "writing JSON: mapping through hand",
        "XSD through parse and map",
        "JSON Schema through parse and map",
    ]

"""What tests of a mapping exercise, in figures and by name."""

import json

from hub_core.mapping.trying.coverage import Exercised
from hub_core.mapping.trying.tests import run_test

FIELDS = """
name.family: {at: <name>}
sex: {at: <sex>, as: upper, codes: sex}
birth.date: {at: <born>, as: partial_date, when: {<kind>: person}}
identifiers[scheme=x].value: {at: <id>}
father: {at: <dad>, use: person}
children[]: {each: <child>, use: person}
emails[]: {each: <mail>}
"""
BLOCK = "blocks: {person: {name.given: {at: <first>}}}"
BODY = {"name": "Popa", "sex": "m", "id": "7", "child": [{"first": "Ana"}], "mail": ["a@b.ro"]}


def covered(bench, body, expect="{}"):
    tests = f"tests: [{{name: one, in: body.json, expect: {expect}}}]"
    mapping = bench.mapping(FIELDS, top=f"{BLOCK}\n{tests}")
    (bench.folder / "body.json").write_text(json.dumps(body))
    exercised = Exercised(mapping)
    result = run_test(mapping, mapping.tests[0], bench.folder, exercised=exercised)
    return exercised.coverage(), result


def test_a_field_is_exercised_where_a_value_of_the_record_came_from_its_rule(of_json):
    coverage, _ = covered(of_json, BODY)
    assert coverage.fields.missed == ("birth.date", "father.name.given")
    assert (coverage.fields.of, coverage.fields.hit) == (8, 6)


def test_a_rule_of_a_block_is_exercised_wherever_it_was_used(of_json):
    coverage, _ = covered(of_json, BODY)
    (missed,) = coverage.rules.missed
    lines = (of_json.folder / "test.yaml").read_text().split("\n")
    assert "birth.date" in lines[int(missed.partition(":")[2]) - 1]


def test_texts_of_code_lists_are_looked_up_as_the_rule_reads_them(of_json):
    coverage, _ = covered(of_json, BODY)
    assert coverage.codes.missed == ("test-sex@1: m", "test-sex@1: F")


def test_a_faulty_value_exercises_its_rule_and_no_field(of_json):
    coverage, result = covered(of_json, BODY | {"born": "soon", "kind": "person"})
    assert not result.passed
    assert coverage.rules.missed == ()
    assert "birth.date" in coverage.fields.missed


def test_an_empty_document_exercises_nothing(of_json):
    coverage, _ = covered(of_json, {})
    assert (coverage.fields.hit, coverage.rules.hit, coverage.codes.hit) == (0, 0, 0)


def test_taking_in_what_is_exercised_changes_no_result(of_json):
    assert covered(of_json, BODY, expect="{name: {family: Rusu}}")[1].differences == (
        "name.family: expected 'Rusu', found 'Popa'",
    )


def test_what_a_test_expects_may_stand_in_a_file_of_its_own(of_json):
    (of_json.folder / "record.json").write_text('{"name": {"family": "Rusu"}, "emails": ["a@b.ro"]}')
    assert covered(of_json, BODY, expect="record.json")[1].differences == (
        "name.family: expected 'Rusu', found 'Popa'",
    )
    (of_json.folder / "record.json").write_text("[]")
    assert covered(of_json, BODY, expect="record.json")[1].differences == (
        "the test cannot run: record.json holds no record",
    )
    assert covered(of_json, BODY, expect="none.json")[1].differences == (
        "the test cannot run: no file none.json beside the mapping",
    )


def test_a_code_counts_as_written_where_a_test_goes_both_ways(of_json):
    top = "direction: both\ntests: [{name: one, in: body.json, round_trip: normal}]"
    mapping = of_json.mapping("sex: {at: <sex>, codes: sex}", top=top)
    (of_json.folder / "body.json").write_text('{"sex": "M"}')
    exercised = Exercised(mapping)
    assert run_test(mapping, mapping.tests[0], of_json.folder, exercised=exercised).differences == ()
    assert exercised.coverage().written.missed == ("test-sex@1: female",)


def test_a_mapping_that_only_reads_has_nothing_to_write(of_json):
    coverage, _ = covered(of_json, BODY)
    assert coverage.written.of == 0

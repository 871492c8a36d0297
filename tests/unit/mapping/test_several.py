"""Several values or objects where one is expected: nothing is chosen by chance, nothing is lost."""

import pytest

from hub_core.errors import ConfigError

FLAG = "faulty: flag"


def codes(reading):
    return [finding.code for finding in reading.findings if finding.code != "M205"]


def test_a_part_of_a_joined_text_that_has_several_values_is_a_fault(bench):
    rule = "name.full: {derive: 'join(\" \", <first>, <last>)'}"
    reading = bench.read(rule, {"first": ["Ana", "Ion"], "last": "Popa"}, top=FLAG)
    assert codes(reading) == ["M203"]
    assert reading.record.name is None
    assert bench.left(reading) == ["first", "first", "last"]


def test_equal_values_of_a_joined_part_are_one(bench):
    rule = "name.full: {derive: 'join(\" \", <first>, <last>)'}"
    reading = bench.read(rule, {"first": ["Ana", " Ana "], "last": "Popa"})
    assert (reading.record.name.full, reading.unmapped) == ("Ana Popa", ())


def test_what_lies_in_an_object_where_a_joined_part_is_expected_is_left(bench):
    rule = "name.full: {derive: 'join(\" \", <first>, <last>)'}"
    reading = bench.read(rule, {"first": {"x": "Ana"}, "last": "Popa"})
    assert (reading.record.name.full, bench.left(reading)) == ("Popa", ["first.x"])


def test_a_condition_holds_if_one_of_several_values_is_meant(bench):
    rule = "name.family: {at: <name>, when: {<kind>: one}}"
    reading = bench.read(rule, {"name": "Popa", "kind": ["two", "one"]})
    assert reading.record.name.family == "Popa"
    assert bench.left(reading) == ["kind", "kind"]


def test_what_lies_below_the_place_of_a_condition_is_left(bench):
    rule = "name.family: {at: <name>, when: {<kind>: one}}"
    reading = bench.read(rule, {"name": "Popa", "kind": ["one", {"x": "two"}]})
    assert (reading.record.name.family, bench.left(reading)) == ("Popa", ["kind.x"])


def test_what_lies_below_a_place_that_no_rule_took_is_left(bench):
    rules = "name.family:\n  - {at: <maiden>, when: {<form>: old}}\n  - {at: <last>}"
    reading = bench.read(rules, {"maiden": {"x": "Ene"}, "last": "Popa"})
    assert (reading.record.name.family, bench.left(reading)) == ("Popa", ["maiden.x"])


def test_several_different_objects_for_one_place_are_all_left(bench):
    rule = "spouse: {at: <partner>, fields: {name.family: {at: <name>}}}"
    reading = bench.read(rule, {"partner": [{"name": "Popa"}, {"name": "Rusu"}]}, top=FLAG)
    assert codes(reading) == ["M203"]
    assert reading.record.spouse is None
    assert bench.left(reading) == ["partner.name", "partner.name"]


def test_equal_objects_for_one_place_are_one(bench):
    rule = "spouse: {at: <partner>, fields: {name.family: {at: <name>}}}"
    reading = bench.read(rule, {"partner": [{"name": "Popa"}, {"name": "Popa", "age": "7"}]})
    assert (reading.record.spouse.name.family, bench.left(reading)) == ("Popa", ["partner.age"])


def test_codes_agree_in_whatever_words_they_are_written(bench):
    rule = "sex: {any: [<a>, <b>], codes: sex}"
    reading = bench.read(rule, {"a": "M", "b": "m"})
    assert (reading.record.sex.code, reading.record.sex.text) == ("male", "M")
    assert (codes(reading), reading.unmapped) == ([], ())


def test_texts_that_are_no_codes_agree_only_if_they_are_equal(bench):
    rule = "sex: {any: [<a>, <b>], codes: sex, unmapped: keep}"
    assert codes(bench.read(rule, {"a": "x", "b": "x"})) == []
    assert codes(bench.read(rule, {"a": "x", "b": "y"})) == ["M203"]
    assert codes(bench.read(rule, {"a": "M", "b": "F"})) == ["M203"]


@pytest.mark.parametrize(
    "origin", ["any: [<a>, <b>]", "const: x", "derive: document()", "derive: 'join(\"\", <a>, <b>)'"]
)
def test_a_list_of_plain_values_takes_one_path(bench, origin):
    with pytest.raises(ConfigError) as refused:
        bench.mapping(f"emails[]: {{{origin}}}")
    assert [finding.code for finding in refused.value.findings] == ["M103"]
    assert "list of rules" in refused.value.findings[0].help


@pytest.mark.parametrize("chosen", ["where: {<kind>: note}", "when: {<kind>: present}"])
def test_what_is_ignored_stays_so_where_a_condition_leaves_it_out(bench, chosen):
    rule = f"notes[]: {{each: <entry>, {chosen}, fields: {{text: {{at: <text>}}}}}}"
    reading = bench.read(rule, {"entry": [{"text": "x", "other": "y"}]}, top="ignore: {<entry>: not wanted}")
    assert reading.unmapped == ()

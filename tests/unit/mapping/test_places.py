"""Several places for one field, and several rules for one target."""

from hub_core.message import Severity
from hub_core.reading import Verdict
from tests.unit.mapping.told import codes, only


def test_the_first_present_place_counts_and_all_that_agree_are_mapped(bench):
    reading = bench.read("name.family: {any: [<a>, <b>, <c>]}", {"b": "Popa", "c": "Popa"})
    assert reading.record.name.family == "Popa"
    assert reading.findings == ()


def test_a_place_that_says_something_else_is_kept_and_reported(bench):
    reading = bench.read("name.family: {any: [<a>, <b>]}", {"a": "Popa", "b": "Rusu"})
    assert reading.record.name.family == "Popa"
    assert [(leaf.path, leaf.value) for leaf in reading.unmapped] == [("b", "Rusu")]
    assert only(reading, "M203").severity is Severity.WARNING


def test_each_place_may_have_its_own_codec(bench):
    fields = "addresses[]: {each: <.>, fields: {country: {any: [<a>, {at: <b>, as: country3}], as: country}}}"
    assert bench.read(fields, {"b": "NOR"}).record.addresses[0].country == "NO"
    agreeing = bench.read(fields, {"a": "NO", "b": "NOR"})
    assert agreeing.findings == ()


def test_a_place_that_cannot_be_read_gives_way_to_the_next(bench):
    reading = bench.read("birth.date: {any: [<a>, <b>], as: partial_date}", {"a": "x", "b": "1980"}, top="faulty: flag")
    assert reading.record.birth.date == "1980"
    assert bench.left(reading) == ["a"]


def test_a_scalar_rule_takes_the_one_value_of_a_list(bench):
    for body in ({"a": ["Popa"]}, {"a": ["", "Popa"]}, {"a": ["Popa", "Popa"]}):
        assert bench.read("name.family: {at: <a>}", body).record.name.family == "Popa"


def test_several_different_values_where_one_is_expected_are_a_fault(bench):
    reading = bench.read("name.family: {at: <a>}", {"a": ["Popa", "Rusu"]})
    assert (codes(reading)[0], reading.verdict) == ("M203", Verdict.REFUSED)
    flagged = bench.read("name.family: {at: <a>, faulty: flag}", {"a": ["Popa", "Rusu"]})
    assert flagged.record.name is None
    assert [leaf.value for leaf in flagged.unmapped] == ["Popa", "Rusu"]


def test_a_list_on_the_way_to_a_scalar_is_entered(bench):
    fields = "name.family: {at: <p.f>}\nname.given: {at: <p.g>}"
    reading = bench.read(fields, {"p": [{"f": "Popa"}, {"f": "Popa", "g": "Ana"}]})
    assert (reading.record.name.family, reading.record.name.given) == ("Popa", "Ana")
    assert codes(bench.read(fields, {"p": [{"f": "Popa"}, {"f": "Rusu"}]}))[0] == "M203"


def test_rules_of_one_target_are_tried_in_their_order(bench):
    fields = """
name.family:
  - {at: <a>, when: {<k>: old}}
  - {at: <b>}
  - {const: NOBODY}
name.given: {at: <g>}
"""
    assert bench.read(fields, {"k": "old", "a": "A", "b": "B"}).record.name.family == "A"
    assert bench.read(fields, {"k": "new", "a": "A", "b": "B"}).record.name.family == "B"
    assert bench.read(fields, {"k": "old", "a": "", "b": "B"}).record.name.family == "B"
    assert bench.read(fields, {"g": "Ana"}).record.name.family == "NOBODY"
    assert bench.read(fields, {}).record.name is None


def test_a_rule_that_came_too_late_leaves_its_value_unmapped(bench):
    reading = bench.read("name.family: [{at: <a>}, {at: <b>}]", {"a": "A", "b": "B"})
    assert [leaf.path for leaf in reading.unmapped] == ["b"]


def test_lists_of_several_rules_are_appended_in_the_order_of_the_rules(bench):
    fields = "notes[]: [{each: '<b[]>', fields: {text: {at: <t>}}}, {each: '<a[]>', fields: {text: {at: <t>}}}]"
    reading = bench.read(fields, {"a": [{"t": "3"}], "b": [{"t": "1"}, {"t": "2"}]})
    assert [note.text for note in reading.record.notes] == ["1", "2", "3"]

"""Conditions and filters: which rules hold, which elements are meant."""

import pytest

from tests.unit.mapping.told import PERSON


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ("{<k>: one}", True), ("{<k>: two}", False), ("{<k>: [two, one]}", True), ("{<k>: present}", True),
        ("{<k>: absent}", False), ("{<none>: absent}", True), ("{<none>: present}", False),
        ("{<empty>: present}", False), ("{<deep>: present}", True), ("{<k>: one, <none>: present}", False),
        ("{<k>: one, <deep.down>: here}", True),
    ],
)  # fmt: skip
def test_a_rule_holds_only_when_all_its_conditions_hold(bench, when, holds):
    body = {"k": " one ", "empty": {"x": "", "y": [None]}, "deep": {"down": "here"}, "v": "Popa"}
    reading = bench.read(f"name.family: {{at: <v>, when: {when}}}", body)
    assert (reading.record.name is not None) is holds
    assert ("v" in bench.left(reading)) is not holds


def test_a_literal_that_holds_names_its_leaf_and_presence_does_not(bench):
    assert bench.left(bench.read("name.family: {at: <v>, when: {<k>: one}}", {"k": "one", "v": "A"})) == []
    assert bench.left(bench.read("name.family: {at: <v>, when: {<k>: one}}", {"k": "two", "v": "A"})) == ["k", "v"]
    assert bench.left(bench.read("name.family: {at: <v>, when: {<k>: present}}", {"k": "one", "v": "A"})) == ["k"]


def test_a_condition_of_an_object_looks_from_where_its_rule_stands(bench):
    fields = "spouse: {at: <s>, when: {<k>: yes}, fields: {name.family: {at: <f>}}}"
    assert bench.read(fields, {"k": "yes", "s": {"f": "A"}}).record.spouse.name.family == "A"
    reading = bench.read(fields, {"k": "no", "s": {"f": "A"}})
    assert (reading.record.spouse, bench.left(reading)) == (None, ["k", "s.f"])


def test_where_chooses_among_the_elements(bench):
    fields = "notes[]: {each: '<n[]>', where: {<k>: good}, fields: {text: {at: <t>}}}"
    reading = bench.read(fields, {"n": [{"k": "good", "t": "1"}, {"k": "bad", "t": "2"}]})
    assert [note.text for note in reading.record.notes] == ["1"]
    assert bench.left(reading) == ["n.k", "n.t"]


def test_what_several_rules_of_one_place_leave_is_unmapped_once(bench):
    fields = """
notes[]: {each: '<n[]>', where: {<k>: note}, fields: {text: {at: <t>}}}
emails[]: {each: '<n[].m>', as: text}
cases[]: {each: '<n[]>', where: {<k>: [case, both]}, fields: {number: {at: <t>}}}
"""
    body = {"n": [{"k": "note", "t": "1"}, {"k": "case", "t": "2", "m": "a@x.test"}, {"k": "none", "t": "3", "x": "4"}]}
    reading = bench.read(fields, body)
    assert [note.text for note in reading.record.notes] == ["1"]
    assert [case.number for case in reading.record.cases] == ["2"]
    assert reading.record.emails == ("a@x.test",)
    assert sorted(leaf.value for leaf in reading.unmapped) == ["3", "4", "none"]


def test_where_of_a_block_that_joins_looks_from_the_place_of_the_block(bench):
    fields = '".": [{use: person, at: <p>, where: {<k>: good}}, {use: person, where: {<q>: present}}]'
    assert bench.read(fields, {"p": {"k": "good", "f": "A"}}, top=PERSON).record.name.family == "A"
    reading = bench.read(fields, {"p": {"k": "bad", "f": "A"}}, top=PERSON)
    assert (reading.record.name, bench.left(reading)) == (None, ["p.f", "p.k"])
    assert bench.read(fields, {"f": "A"}, top=PERSON).record.name is None
    assert bench.read(fields, {"f": "A", "q": "1"}, top=PERSON).record.name.family == "A"


def test_what_a_failing_condition_inside_an_element_leaves_is_unmapped(bench):
    fields = """
relatives[]:
  each: <.>
  fields:
    name.given: {at: <g>}
    ".": {use: person, at: <p>, when: {<x>: "2"}}
    addresses[]: {each: <y>, when: {<x>: "2"}, fields: {street: {at: <s>}}}
    emails[]: {each: <m>, when: {<x>: "1"}}
"""
    body = {"g": "G", "x": "1", "p": {"f": "A"}, "y": {"s": "S"}, "m": "a@x.test"}
    assert bench.left(bench.read(fields, body, top=PERSON)) == ["p.f", "y.s"]
    assert bench.left(bench.read(fields, {**body, "x": "2"}, top=PERSON)) == ["m"]


def test_filters_choose_among_the_elements(bench):
    fields = "notes[]: {each: '<n[k=good][]>', fields: {text: {at: <t>}}}\nname.family: {at: '<n[k=name].t>'}"
    body = {"n": [{"k": "good", "t": "1"}, {"k": "name", "t": "Popa"}, {"k": "bad", "t": "2"}, {"k": "good", "t": "3"}]}
    reading = bench.read(fields, body)
    assert [note.text for note in reading.record.notes] == ["1", "3"]
    assert reading.record.name.family == "Popa"
    assert sorted(leaf.value for leaf in reading.unmapped) == ["2", "bad"]

"""Objects, lists of them, and the blocks that make them."""

import pytest

from hub_core.message import Severity
from hub_core.reading import Verdict
from tests.unit.mapping.told import PERSON, codes, only


@pytest.mark.parametrize("body", [{"n": [{"t": "x"}]}, {"n": {"t": "x"}}])
def test_one_object_and_a_list_of_one_are_the_same(bench, body):
    reading = bench.read("notes[]: {each: '<n[]>', fields: {text: {at: <t>}}}", body)
    assert [note.text for note in reading.record.notes] == ["x"]


def test_inner_lists_of_an_each_path_are_flattened(bench):
    body = {"a": [{"n": [{"t": "1"}, {"t": "2"}]}, {"n": {"t": "3"}}, {}]}
    reading = bench.read("notes[]: {each: '<a[].n[]>', fields: {text: {at: <t>}}}", body)
    assert [note.text for note in reading.record.notes] == ["1", "2", "3"]


def test_each_over_plain_values_makes_plain_elements(bench):
    reading = bench.read("emails[]: {each: '<m[]>', as: text}", {"m": ["a@x.test", " ", "b@x.test"]})
    assert reading.record.emails == ("a@x.test", "b@x.test")


def test_a_point_is_the_element_itself(bench):
    reading = bench.read("notes[]: {each: '<n[]>', fields: {text: {at: <.>}, about: {const: memo}}}", {"n": ["x", ""]})
    assert [(note.text, note.about) for note in reading.record.notes] == [("x", "memo")]


def test_an_empty_element_is_none(bench):
    fields = "notes[]: {each: '<n[]>', fields: {text: {at: <t>}, about: {const: memo}}}"
    assert bench.read(fields, {"n": [{"t": ""}, {"t": "x"}]}).record.notes[0].text == "x"


def test_constants_alone_make_no_person(bench):
    fields = "spouse: {at: <s>, fields: {name.family: {at: <f>}, relation: {const: male, codes: role}}}"
    assert bench.read(fields, {"s": {"f": ""}}).record.spouse is None
    assert bench.read(fields, {"s": {"f": "Popa"}}).record.spouse.relation.code == "male"


def test_an_object_of_constants_is_there_with_its_parent(bench):
    reading = bench.read("exchange.system: {const: TEST}\nexchange.type: {derive: document()}", {})
    assert reading.record.exchange.system == "TEST"
    assert reading.record.exchange.type == ("T" if bench.kind == "json" else "root")


def test_the_request_that_a_document_answers_can_be_taken(bench):
    fields = "exchange: {fields: {system: {const: TEST}, request: {derive: request()}}}"
    assert (
        bench.read(
            "exchange.system: {const: T}\nexchange.request: {derive: request()}", {}, request="42"
        ).record.exchange.request
        == "42"
    )
    assert bench.read(fields, {}).record is not None


def test_a_selector_names_an_element_and_joins_it(bench):
    fields = """
identifiers[scheme=ro.cnp].value: {at: <a>}
identifiers[scheme=ro.cnp].country: {const: RO}
identifiers[scheme=ro.cid].value: {at: <b>}
"""
    reading = bench.read(fields, {"b": "7", "a": "1"})
    assert [(one.scheme, one.value, one.country) for one in reading.record.identifiers] == [
        ("ro.cnp", "1", "RO"),
        ("ro.cid", "7", None),
    ]
    assert len(bench.read(fields, {"b": "7"}).record.identifiers) == 1


def test_a_selector_of_a_coded_field_names_its_list(bench):
    fields = "addresses[use=role:male].street: {at: <s>}\naddresses[use=role:female].street: {at: <t>}"
    first, second = bench.read(fields, {"s": "Str. Mare", "t": "Str. Mică"}).record.addresses
    assert (first.use.list, first.use.code, second.use.code) == ("sex@1", "male", "female")


def test_a_name_gets_its_normal_form(bench):
    name = bench.read("name.family: {at: <f>}\nname.given: {at: <g>}", {"f": "Şerban", "g": "Ana"}).record.name
    assert (name.family, name.normal.family, name.normal.key) == ("Şerban", "Șerban", "ANA SERBAN")


def test_an_object_without_a_field_that_it_cannot_be_without_is_left_out(bench):
    fields = "incomes[]: {each: '<i[]>', fields: {gross.amount: {at: <n>, as: decimal}, gross.currency: {at: <c>, as: currency}, month: {at: <m>, as: month}}}"
    body = {"i": [{"c": "NOK", "m": "2024-01"}]}
    reading = bench.read(fields, body, top="faulty: flag")
    assert (reading.record.incomes[0].gross, reading.record.incomes[0].month) == (None, "2024-01")
    assert bench.left(reading) == ["i.c"]
    assert (only(reading, "M201").at, only(reading, "M201").severity) == ("incomes[0].gross.amount", Severity.WARNING)
    assert bench.read(fields, body).verdict is Verdict.REFUSED


def test_several_different_objects_where_one_is_expected_are_a_fault(bench):
    fields = "spouse: {at: <s>, fields: {name.family: {at: <f>}}}"
    assert bench.read(fields, {"s": [{"f": "A"}, {"f": "A"}, {"f": ""}]}).record.spouse.name.family == "A"
    assert codes(bench.read(fields, {"s": [{"f": "A"}, {"f": "B"}]}))[0] == "M203"


def test_a_block_is_used_at_several_places(bench):
    fields = "father: {use: person, at: <dad>}\nmother: {use: person, at: <mum>}\nchildren[]: {each: '<kids[]>', use: person}"
    body = {"dad": {"f": "A"}, "mum": {"f": "B"}, "kids": [{"g": "C"}, {"g": "D", "x": "9"}]}
    reading = bench.read(fields, body, top=PERSON)
    record = reading.record
    assert (record.father.name.family, record.mother.name.family) == ("A", "B")
    assert [child.name.given for child in record.children] == ["C", "D"]
    assert bench.left(reading) == ["kids.x"]


def test_fields_are_added_to_a_block(bench):
    fields = "children[]: {each: '<kids[]>', use: person, fields: {relation: {const: male, codes: role}, sex: {at: <s>, codes: sex}}}"
    (child,) = bench.read(fields, {"kids": [{"g": "C", "s": "F"}]}, top=PERSON).record.children
    assert (child.relation.code, child.sex.code, child.name.given) == ("male", "female", "C")


def test_a_point_as_target_joins_the_fields_of_a_block_to_the_object(bench):
    fields = '".": [{use: person, at: <p>}, {use: person, at: <q>}]\nsex: {at: <p.s>, codes: sex}'
    record = bench.read(fields, {"p": {"f": "A", "g": "", "s": "M"}, "q": {"g": "G"}}, top=PERSON).record
    assert (record.name.family, record.name.given, record.sex.code) == ("A", "G", "male")


def test_targets_inside_an_object_join_what_a_block_made_of_it(bench):
    fields = """
spouse: {use: person, at: <s>}
spouse.name.given: {at: <other>}
spouse.name.middle: {at: <middle>}
spouse.emails[]: {at: <mail>}
"""
    body = {"s": {"f": "A", "g": "G"}, "other": "H", "middle": "I", "mail": "a@x.test"}
    reading = bench.read(fields, body, top=PERSON)
    name = reading.record.spouse.name
    assert (name.family, name.given, name.middle) == ("A", "G", "I")
    assert reading.record.spouse.emails == ("a@x.test",)
    assert bench.left(reading) == ["other"]


@pytest.mark.parametrize("more", ["", "\nname.family: {at: <.>}"])
def test_an_element_made_where_a_plain_value_stands_reads_it(bench, more):
    rule = 'spouse: {at: <b>, fields: {"addresses[]": {each: <.>, fields: {locality: {at: <.>}}}}}'
    reading = bench.read(rule + more, {"b": ["Cluj"]})
    assert [one.locality for one in reading.record.spouse.addresses] == ["Cluj"]
    assert reading.unmapped == ()


def test_fields_beside_a_block_leave_the_plain_value_that_the_block_reads(bench):
    top = "blocks:\n  p: {name.family: {at: <.>}}"
    rule = "father: {use: p, at: <b>, fields: {birth.place.locality: {at: <a>}}}"
    assert bench.read(rule, {"b": "Popa"}, top=top).record.father.name.family == "Popa"
    assert bench.left(bench.read(rule, {"b": {"a": "Cluj", "c": "x"}}, top=top)) == ["b.c"]


def test_fields_beside_a_block_read_a_plain_value_that_the_block_does_not(bench):
    top = "blocks:\n  p: {name.family: {at: <a>}}"
    rule = "father: {use: p, at: <b>, fields: {birth.place.locality: {at: <.>}}}"
    reading = bench.read(rule, {"b": "Cluj"}, top=top)
    assert (reading.record.father.birth.place.locality, reading.unmapped) == ("Cluj", ())

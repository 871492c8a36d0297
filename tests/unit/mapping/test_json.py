"""What only JSON has: numbers, booleans, nested lists, keys with any characters."""

from decimal import Decimal

import pytest

from hub_core.document import Document
from hub_core.mapping import value_at
from hub_core.reading import MAX_FINDINGS


def test_numbers_and_booleans_are_read_as_their_text(of_json):
    fields = """
households[]: {each: h, fields: {size: {at: n, as: integer}}}
debts[]: {each: d, fields: {balance.amount: {at: a, as: decimal}, balance.currency: {const: RON}}}
insurance[]: {each: i, fields: {uncertain: {at: u, as: 'yes_no("true", "false")'}}}
name.family: {at: f}
"""
    record = of_json.read(fields, {"h": {"n": 3}, "d": {"a": 12.5}, "i": {"u": False}, "f": 0}).record
    assert record.households[0].size == 3
    assert record.debts[0].balance.amount == Decimal("12.5")
    assert record.insurance[0].uncertain is False
    assert record.name.family == "0"


def test_unmapped_numbers_and_booleans_are_kept_as_json_writes_them(of_json):
    reading = of_json.read("name.family: {at: f}", {"a": True, "b": 1, "c": 2.5, "d": None, "e": 10**400})
    assert {leaf.path: leaf.value for leaf in reading.unmapped} == {
        "a": "true",
        "b": "1",
        "c": "2.5",
        "e": "1" + "0" * 400,
    }


def test_an_index_stands_where_there_is_a_list(of_json):
    body = {"a": {"b": "1"}, "c": [{"d": "2"}], "e": ["3", ["4"]]}
    reading = of_json.read("name.family: {at: f}", body)
    assert [leaf.path for leaf in reading.unmapped] == ["a.b", "c[0].d", "e[0]", "e[1][0]"]


def test_keys_with_other_characters_are_quoted(of_json):
    fields = """name.family: {at: 'a."Sector Components/H010".f'}\nname.given: {at: '" 3"'}"""
    body = {"a": {"Sector Components/H010": {"f": "Popa", "x y": "1"}}, " 3": "Ana"}
    reading = of_json.read(fields, body)
    assert (reading.record.name.family, reading.record.name.given) == ("Popa", "Ana")
    assert [leaf.path for leaf in reading.unmapped] == ['a."Sector Components/H010"."x y"']


def test_lists_in_lists_are_flattened(of_json):
    reading = of_json.read("notes[]: {each: n, fields: {text: {at: t}}}", {"n": [[{"t": "1"}], [{"t": "2"}, None]]})
    assert [note.text for note in reading.record.notes] == ["1", "2"]


def test_an_element_that_is_sometimes_plain_is_read_both_ways(of_json):
    fields = "citizenships[]: {each: 'c[]', fields: {country: {any: [land, '.'], as: country}}}"
    record = of_json.read(fields, {"c": ["RO", {"land": "NO"}]}).record
    assert [one.country for one in record.citizenships] == ["RO", "NO"]


def test_findings_name_the_place_with_indexes(of_json):
    fields = "insurance[]: {each: 'a[].p[]', fields: {period.start: {at: from, as: date}}}"
    reading = of_json.read(fields, {"a": [{"p": []}, {"p": [{"from": "2020-01-01"}, {"from": "x"}]}]})
    assert (reading.findings[0].source, reading.findings[0].at) == ("a[1].p[1].from", "insurance[1].period.start")


@pytest.mark.parametrize("body", [[], "text", 7, None, [{"f": "Popa"}]])
def test_a_root_that_is_no_object_is_read_without_harm(of_json, body):
    reading = of_json.read("name.family: {at: f}", body)
    assert reading.record is not None


def test_an_object_that_stands_where_texts_are_expected_is_unmapped(of_json):
    reading = of_json.read("emails[]: {each: 'm[]', as: text}", {"m": ["a@x.test", {"b": "c"}]})
    assert reading.record.emails == ("a@x.test",)
    assert [(leaf.path, leaf.value) for leaf in reading.unmapped] == [("m[1].b", "c")]


@pytest.mark.parametrize(
    ("path", "value"),
    [("a.b", "x"), ("c[].d", "1"), ("c[1].d", "2"), ("c[k=z].d", "2"), ("none.b", None), ("a", None), ("a/b", None)],
)
def test_one_value_can_be_found_by_its_path(path, value):
    body = {"a": {"b": " x "}, "c": [{"d": 1}, {"d": 2, "k": "z"}]}
    assert value_at(Document(kind="json", root=body, name="T"), path) == value


def test_of_very_many_findings_the_first_are_listed_and_the_others_counted(of_json):
    fields = "insurance[]: {each: p, fields: {period.start: {at: from, as: date}}}"
    reading = of_json.read(fields, {"p": [{"from": "x"}] * 1200})
    assert [finding.code for finding in reading.findings[-2:]] == ["M202", "J201"]
    assert len(reading.findings) == MAX_FINDINGS + 1
    assert str(1200 - MAX_FINDINGS) in reading.findings[-1].text


def test_of_very_many_findings_warnings_never_hide_an_error(of_json):
    fields = "name.family: {at: z, need: required}\ninsurance[]: {each: p, faulty: flag, fields: {period.start: {at: from, as: date}}}"
    reading = of_json.read(fields, {"p": [{"from": "x"}] * 1200}, top="faulty: refuse")
    assert "M201" in [finding.code for finding in reading.findings]

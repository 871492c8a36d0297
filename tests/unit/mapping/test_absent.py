"""What is not there, is not told or cannot be read: blank values, tokens, gaps, faults."""

from datetime import date
from decimal import Decimal

import pytest

from hub_core.message import Severity
from hub_core.reading import Verdict
from tests.unit.mapping.told import codes, only


@pytest.mark.parametrize("blank", [None, "", "  \n", {}, []])
def test_a_blank_value_is_absent_and_no_finding(bench, blank):
    reading = bench.read("name.family: {at: <a>}\nname.given: {at: <b>}", {"a": blank, "b": "Ana"})
    assert reading.record.name.family is None
    assert reading.record.name.given == "Ana"
    assert reading.findings == ()
    assert reading.unmapped == ()


def test_a_place_that_is_not_there_is_absent(bench):
    reading = bench.read("name.family: {at: <x.y.z>}\nname.given: {at: <b>}", {"b": "Ana"})
    assert reading.record.name.family is None


def test_text_loses_outer_white_space_only(bench):
    reading = bench.read("name.family: {at: <a>}", {"a": "  Ion  Popa \n"})
    assert reading.record.name.family == "Ion  Popa"


def test_a_blank_value_never_hides_a_present_one(bench):
    reading = bench.read("name.family: {any: [<a>, <b>]}", {"a": " ", "b": "Popa"})
    assert reading.record.name.family == "Popa"
    assert reading.unmapped == ()


def test_an_unknown_value_never_hides_a_present_one(bench):
    reading = bench.read("name.family: {any: [<a>, <b>], unknown: ['?']}", {"a": "?", "b": "Popa"})
    assert reading.record.name.family == "Popa"
    assert reading.record.gaps == ()


@pytest.mark.parametrize("body", [{}, {"a": " "}, {"a": None}])
def test_a_required_value_that_is_missing_refuses_the_document(bench, body):
    reading = bench.read("birth.date: {at: <a>, as: partial_date, need: required}", body)
    assert reading.verdict is Verdict.REFUSED
    assert reading.record is None
    found = only(reading, "M201")
    assert (found.severity, found.at, found.source) == (Severity.ERROR, "birth.date", "a")
    assert found.rule == "test.yaml:7"


def test_in_a_mapping_that_flags_a_missing_required_value_is_a_warning(bench):
    reading = bench.read("name.family: {at: <a>, need: required}", {}, top="faulty: flag")
    assert only(reading, "M201").severity is Severity.WARNING
    assert reading.record is not None


def test_a_required_value_of_an_element_is_asked_for_only_where_there_is_an_element(bench):
    fields = "notes[]: {each: '<n[]>', fields: {text: {at: <t>, need: required}, about: {at: <a>}}}"
    assert bench.read(fields, {"n": [{"t": "", "a": ""}]}).record.notes == ()
    reading = bench.read(fields, {"n": [{"t": "x"}, {"t": "", "a": "y"}]})
    assert only(reading, "M201").at == "notes[1].text"


def test_a_value_that_cannot_be_read_is_not_reported_as_missing_too(bench):
    reading = bench.read("birth.date: {at: <a>, as: partial_date, need: required}", {"a": "x"})
    assert codes(reading) == ["M202"]


def test_a_value_that_its_codec_cannot_read_refuses_the_document(bench):
    reading = bench.read("death.date: {at: <a.b>, as: partial_date}", {"a": {"b": "yesterday"}})
    found = only(reading, "M202")
    assert reading.verdict is Verdict.REFUSED
    assert (found.severity, found.at) == (Severity.ERROR, "death.date")
    assert found.source == bench.translated("<a.b>")
    assert "yesterday" not in repr(found)


A_DAY = "insurance[]: {each: '<n[]>', fields: {period.start: {at: <a>, as: date}}}"


@pytest.mark.parametrize("text", ["2024-02-29", " 2024-02-29\n", "2024-02-29Z", "2024-02-29+02:00"])
def test_a_day_is_read_with_blanks_around_it_and_with_a_zone_behind_it(bench, text):
    reading = bench.read(A_DAY, {"n": [{"a": text}]})
    assert reading.record.insurance[0].period.start == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2023-02-29", "date.day"),
        ("2023-02-29Z", "date.day"),
        ("0000-01-01", "date.day"),
        ("2024-W05-3", "date.day"),
        ("2024010199", "date.day"),
        ("\u0662\u0660\u0662\u0664-01-01", "date.day"),
        ("20240229", "date.form"),
        ("29.2.2024", "date.form"),
    ],
)
def test_what_is_no_day_is_refused_with_the_reason(bench, text, why):
    reading = bench.read(A_DAY, {"n": [{"a": text}]})
    assert only(reading, "M202").text == f"not readable as date ({why})"


def test_flag_leaves_the_field_out_and_keeps_the_value(bench):
    reading = bench.read("death.date: {at: <a>, as: partial_date}", {"a": "yesterday"}, top="faulty: flag")
    assert reading.record.death is None
    assert codes(reading) == ["M202", "M205"]
    assert only(reading, "M202").severity is Severity.WARNING
    assert [(leaf.path, leaf.value) for leaf in reading.unmapped] == [("a", "yesterday")]


def test_a_rule_says_for_itself_what_happens_to_faulty_values(bench):
    fields = "death.date: {at: <a>, as: partial_date, faulty: flag}\nbirth.date: {at: <b>, as: partial_date}"
    assert bench.read(fields, {"a": "x"}).record is not None
    assert bench.read(fields, {"b": "x"}).record is None
    assert bench.read(fields.replace("flag", "refuse"), {"a": "x"}, top="faulty: flag").record is None


def test_all_faults_of_a_document_are_reported_at_once(bench):
    fields = """
birth.date: {at: <a>, as: partial_date}
death.date: {at: <b>, as: partial_date}
sex: {at: <c>, codes: sex}
name.family: {at: <d>, need: required}
"""
    reading = bench.read(fields, {"a": "x", "b": "y", "c": "z"})
    assert sorted(codes(reading)) == ["M201", "M202", "M202", "M204"]


def test_spill_keeps_what_cannot_be_read_in_a_text_of_the_same_object(bench):
    fields = """
benefits[]:
  each: <b[]>
  fields:
    amounts[]:
      each: <a[]>
      fields:
        value.amount: {at: <n>, as: decimal, spill: text}
        value.currency: {const: NOK}
"""
    body = {"b": [{"a": [{"n": "12.5"}, {"n": "34d42"}]}]}
    reading = bench.read(fields, body, top="faulty: flag")
    first, second = reading.record.benefits[0].amounts
    assert (first.value.amount, second.value, second.text) == (Decimal("12.5"), None, "34d42")
    assert codes(reading) == ["M202"]
    assert only(reading, "M202").at == "benefits[0].amounts[1].value.amount"
    assert reading.unmapped == ()


def test_an_absent_token_means_that_nothing_is_there(bench):
    reading = bench.read("death.date: {at: <a>, as: partial_date, absent: ['01.01.1900']}", {"a": " 01.01.1900 "})
    assert reading.record.death is None
    assert reading.findings == ()
    assert reading.unmapped == ()


def test_an_end_that_is_absent_is_open_where_the_rule_says_so(bench):
    fields = """
insurance[]:
  each: <p[]>
  fields:
    period.start: {at: <from>, as: date}
    period.end: {at: <to>, as: date, absent: [open, "9999-12-31"]}
"""
    days = [
        {"from": "2020-01-01"},
        {"from": "2020-01-01", "to": "9999-12-31"},
        {"from": "2020-01-01", "to": "2021-01-01"},
    ]
    first, second, third = bench.read(fields, {"p": days}).record.insurance
    assert first.period.open.list == second.period.open.list == "period-end@1"
    assert first.period.open.code == second.period.open.code == "open"
    assert third.period.open is None
    assert third.period.end == date(2021, 1, 1)


def test_open_alone_makes_no_period(bench):
    fields = "insurance[]: {each: '<p[]>', fields: {days: {at: <d>, as: decimal}, period.end: {at: <to>, as: date, absent: open}}}"
    (only_days,) = bench.read(fields, {"p": [{"d": "3"}, {}]}).record.insurance
    assert only_days.period is None


def test_an_end_that_cannot_be_read_is_not_open(bench):
    fields = """
insured.as_of: {at: <x>, as: date}
insurance[]: {each: '<p[]>', fields: {period.start: {at: <from>, as: date}, period.end: {at: <to>, as: date, absent: open, faulty: flag}}}
"""
    fields = fields.replace("insured.as_of: {at: <x>, as: date}\n", "")
    (one,) = bench.read(fields, {"p": [{"from": "2020-01-01", "to": "soon"}]}).record.insurance
    assert one.period.open is None


@pytest.mark.parametrize("why", ["unknown", "withheld"])
def test_a_token_for_what_is_not_told_leaves_a_gap(bench, why):
    reading = bench.read(f"birth.place.locality: {{at: <a>, {why}: [Unknown]}}", {"a": "Unknown"})
    (gap,) = reading.record.gaps
    assert (gap.at, gap.why, gap.text) == ("birth.place.locality", why, "Unknown")
    assert reading.record.birth is None
    assert reading.unmapped == ()


def test_what_two_places_do_not_know_is_one_gap(bench):
    fields = """
birth.place.locality:
  - {at: <a>, unknown: Unknown}
  - {at: <b>, unknown: Unknown}
"""
    reading = bench.read(fields, {"a": "Unknown", "b": "Unknown"})
    assert [gap.at for gap in reading.record.gaps] == ["birth.place.locality"]


def test_gaps_of_elements_that_were_left_out_are_one_each(bench):
    fields = "children[]: {each: '<c[]>', fields: {birth.date: {at: <b>, as: partial_date, unknown: ['?']}}}"
    reading = bench.read(fields, {"c": [{"b": "?"}, {"b": "?"}]})
    assert len(reading.record.gaps) == 2


def test_a_gap_in_an_element_names_its_index(bench):
    fields = "children[]: {each: '<c[]>', fields: {name.given: {at: <g>}, birth.date: {at: <b>, as: partial_date, unknown: ['?']}}}"
    reading = bench.read(fields, {"c": [{"g": ""}, {"g": "A", "b": "2001"}, {"g": "B", "b": "?"}]})
    assert [gap.at for gap in reading.record.gaps] == ["children[1].birth.date"]

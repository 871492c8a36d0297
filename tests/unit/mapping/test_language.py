"""Joined values, what no rule names, answers."""

import pytest

from hub_core.message import Severity
from hub_core.reading import Verdict
from tests.unit.mapping.told import PERSON, codes, only


def test_join_leaves_blank_parts_out_with_their_separator(bench):
    fields = "name.full: {derive: 'join(\" \", <a>, <b>, <c>)'}"
    assert bench.read(fields, {"a": "Ana", "b": " ", "c": "Popa"}).record.name.full == "Ana Popa"
    assert bench.read(fields, {"a": "", "b": None}).record.name is None


def test_a_codec_may_follow_a_join(bench):
    fields = "incomes[]: {each: '<i[]>', fields: {month: {derive: 'join(\"-\", <y>, <m>)', as: month}}}"
    assert bench.read(fields, {"i": [{"y": "2025", "m": "9"}]}).record.incomes[0].month == "2025-09"


def test_every_leaf_that_no_rule_names_is_unmapped(bench):
    body = {"a": "Popa", "b": "1", "c": {"d": ["2", {"e": "3"}], "f": ""}}
    reading = bench.read("name.family: {at: <a>}", body)
    assert sorted(leaf.value for leaf in reading.unmapped) == ["1", "2", "3"]
    assert [(one.path, one.value) for one in reading.record.unmapped] == [
        (leaf.path, leaf.value) for leaf in reading.unmapped
    ]
    assert codes(reading) == ["M205"]
    assert only(reading, "M205").severity is Severity.INFO
    assert "3" in only(reading, "M205").text


def test_a_fully_mapped_document_has_no_finding(bench):
    assert bench.read("name.family: {at: <a>}", {"a": "Popa"}).findings == ()


def test_what_is_ignored_with_a_reason_is_not_unmapped(bench):
    top = "ignore: {<photo>: not needed, <n.secret>: not needed}"
    fields = "notes[]: {each: '<n[]>', fields: {text: {at: <t>}}}"
    body = {"photo": {"data": "xx"}, "n": [{"t": "1", "secret": {"x": "y"}}, {"t": "2", "other": "z"}]}
    reading = bench.read(fields, body, top=top)
    assert [leaf.value for leaf in reading.unmapped] == ["z"]


def test_an_ignored_place_inside_a_shared_block_is_ignored_only_where_it_says(bench):
    fields = "father: {use: person, at: <dad>}\nmother: {use: person, at: <mum>}"
    body = {"dad": {"f": "A", "x": "1"}, "mum": {"f": "B", "x": "2"}}
    reading = bench.read(fields, body, top=PERSON + "ignore: {<dad.x>: not needed}")
    assert [leaf.value for leaf in reading.unmapped] == ["2"]


def test_a_plain_value_where_an_object_is_expected_is_unmapped(bench):
    fields = "name.family: {at: <p.f>}\nnotes[]: {each: '<n[]>', fields: {text: {at: <t>}}}"
    reading = bench.read(fields, {"p": "plain", "n": ["word", {"t": "x"}]})
    assert sorted(leaf.value for leaf in reading.unmapped) == ["plain", "word"]


def test_an_object_where_a_plain_value_is_expected_is_no_value_and_unmapped(bench):
    reading = bench.read("name.family: {any: [<a.b>, <a>]}\nname.given: {at: <g>}", {"a": {"b": "x"}, "g": {"h": "y"}})
    assert reading.record.name.family == "x"
    assert reading.record.name.given is None
    assert [leaf.value for leaf in reading.unmapped] == ["y"]


ANSWER = """
answer:
  at: <status>
  code: <reason>
  failed: {"-1": the register reports an error}
  none: {"0": not known to the register}
  later: {"9": maintenance}
"""


@pytest.mark.parametrize(
    ("status", "verdict", "code"),
    [("-1", Verdict.FAILED, "M301"), ("0", Verdict.NONE, "M302"), ("9", Verdict.LATER, "M303")],
)
def test_an_answer_says_for_itself_when_it_holds_no_record(bench, status, verdict, code):
    reading = bench.read("name.family: {at: <a>, need: required}", {"status": status, "reason": "E-17"}, top=ANSWER)
    assert (reading.verdict, reading.record, codes(reading)) == (verdict, None, [code])
    assert "E-17" in reading.findings[0].text
    assert reading.findings[0].source == "status"


def test_an_answer_with_another_status_is_read(bench):
    reading = bench.read("name.family: {at: <a>}", {"status": "1", "a": "Popa"}, top=ANSWER)
    assert (reading.verdict, reading.record.name.family, reading.unmapped) == (Verdict.RECORD, "Popa", ())


def test_words_in_the_place_of_a_code_are_not_repeated(bench):
    body = {"status": "-1", "reason": "no such person: Ana Popa"}
    assert "Popa" not in bench.read("name.family: {at: <a>}", body, top=ANSWER).findings[0].text


def test_a_value_that_the_model_refuses_is_a_finding_and_no_crash(bench):
    reading = bench.read("households[]: {each: <h>, fields: {size: {at: <n>, as: integer}}}", {"h": {"n": "0"}})
    found = only(reading, "M206")
    assert (reading.verdict, found.at, found.severity) == (Verdict.REFUSED, "households[0].size", Severity.ERROR)

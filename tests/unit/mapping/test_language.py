"""What mapping files mean: each sentence of the language, for XML and for JSON."""

from datetime import date
from decimal import Decimal

import pytest

from hub_core.message import Severity
from hub_core.reading import Verdict


def codes(reading):
    return [finding.code for finding in reading.findings]


def only(reading, code):
    (found,) = [finding for finding in reading.findings if finding.code == code]
    return found


# Blank values ------------------------------------------------------------------------------------------------


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


# Required values ---------------------------------------------------------------------------------------------


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


# Faulty values -----------------------------------------------------------------------------------------------


def test_a_value_that_its_codec_cannot_read_refuses_the_document(bench):
    reading = bench.read("death.date: {at: <a.b>, as: partial_date}", {"a": {"b": "yesterday"}})
    found = only(reading, "M202")
    assert reading.verdict is Verdict.REFUSED
    assert (found.severity, found.at) == (Severity.ERROR, "death.date")
    assert found.source == bench.translated("<a.b>")
    assert "yesterday" not in repr(found)


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


# Tokens ------------------------------------------------------------------------------------------------------


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


# Several places ----------------------------------------------------------------------------------------------


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


# Code lists --------------------------------------------------------------------------------------------------


def test_a_code_keeps_its_list_and_the_text_as_received(bench):
    sex = bench.read("sex: {at: <s>, codes: sex}", {"s": " m "}).record.sex
    assert (sex.list, sex.code, sex.text) == ("sex@1", "male", "m")


def test_an_unknown_code_is_refused_kept_or_flagged(bench):
    refused = bench.read("sex: {at: <s>, codes: sex}", {"s": "9"})
    assert (refused.record, only(refused, "M204").at) == (None, "sex")
    kept = bench.read("sex: {at: <s>, codes: sex, unmapped: keep}", {"s": "9"})
    assert (kept.record.sex.code, kept.record.sex.text, kept.findings) == (None, "9", ())
    flagged = bench.read("sex: {at: <s>, codes: sex, unmapped: flag}", {"s": "9"})
    assert (flagged.record.sex.code, flagged.record.sex.text) == (None, "9")
    assert only(flagged, "M204").severity is Severity.WARNING
    assert flagged.unmapped == ()


def test_a_mapping_that_flags_also_flags_unknown_codes(bench):
    assert bench.read("sex: {at: <s>, codes: sex}", {"s": "9"}, top="faulty: flag").record.sex.text == "9"


def test_a_code_list_may_fill_a_text(bench):
    fields = "citizenships[]: {each: '<c[]>', fields: {country: {at: <l>, codes: country}}}"
    assert bench.read(fields, {"c": [{"l": "Norge"}]}).record.citizenships[0].country == "NO"
    reading = bench.read(fields, {"c": [{"l": "Norge"}, {"l": "Danmark"}]}, top="faulty: flag")
    assert len(reading.record.citizenships) == 1
    assert bench.left(reading) == ["c.l"]


def test_codecs_may_stand_before_a_code_list(bench):
    sex = bench.read("sex: {at: <s>, as: upper, codes: sex}", {"s": "f"}).record.sex
    assert (sex.code, sex.text) == ("female", "f")


def test_a_constant_code_has_no_text(bench):
    role = bench.read("role: {const: male, codes: sex}", {}).record.role
    assert (role.list, role.code, role.text) == ("sex@1", "male", None)


# Objects and lists -------------------------------------------------------------------------------------------


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


# Blocks ------------------------------------------------------------------------------------------------------

PERSON = """
blocks:
  person:
    name.family: {at: <f>}
    name.given: {at: <g>}
    birth.date: {at: <b>, as: partial_date}
"""


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


# Conditions --------------------------------------------------------------------------------------------------


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


# Derived values ----------------------------------------------------------------------------------------------


def test_join_leaves_blank_parts_out_with_their_separator(bench):
    fields = "name.full: {derive: 'join(\" \", <a>, <b>, <c>)'}"
    assert bench.read(fields, {"a": "Ana", "b": " ", "c": "Popa"}).record.name.full == "Ana Popa"
    assert bench.read(fields, {"a": "", "b": None}).record.name is None


def test_a_codec_may_follow_a_join(bench):
    fields = "incomes[]: {each: '<i[]>', fields: {month: {derive: 'join(\"-\", <y>, <m>)', as: month}}}"
    assert bench.read(fields, {"i": [{"y": "2025", "m": "9"}]}).record.incomes[0].month == "2025-09"


# Nothing is dropped ------------------------------------------------------------------------------------------


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


# Answers -----------------------------------------------------------------------------------------------------

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

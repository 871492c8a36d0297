"""Values that are looked up in code lists."""

from hub_core.message import Severity
from tests.unit.mapping.told import only


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

"""Code lists in force: a text means what it meant on the day that the record speaks of."""

from datetime import date

import pytest
from msgspec.structs import replace

from hub_core.canonical import Beneficiary
from hub_core.canonical.person import Birth
from hub_core.canonical.values import Code
from hub_core.errors import ConfigError
from tests.unit.mapping.conftest import ON

HEAD = "title: test\nsource: made for tests\n"
STATES = """
codes:
  active: {in: [A], valid: {until: 2019-12-31}}
  paid: {in: [A, P], out: P, why: A was given a new meaning, valid: {from: 2020-01-01}}
  ended: {in: [E]}
"""
RULE = "vital_status: {at: <state>, codes: state}"


@pytest.fixture
def dated(bench):
    def write(name, text, valid=""):
        body = f"list: {name}\n{HEAD}{f'valid: {valid}' if valid else ''}\n{text.strip()}\n"
        (bench.folder / "codes" / f"{name}.yaml").write_text(body)

    write("state@1", STATES)
    write("phase@1", "codes:\n  old: {in: [X]}\n", "{from: 2010-01-01, until: 2019-12-31}")
    write("phase@2", "codes:\n  new: {in: [X]}\n  more: {in: [Y]}\n", "{from: 2020-01-01, until: 2022-12-31}")
    return bench


def mapping(bench, codes, *, dated="dated: {at: <day>}", rule=RULE, faulty="flag"):
    bench.write(rule, top=f"{dated}\nfaulty: {faulty}")
    path = bench.folder / "test.yaml"
    path.write_text(bench.translated(path.read_text().replace("codes: {sex:", f"codes: {{state: {codes}, sex:")))
    return bench.load().all[0]


def read(bench, codes, body, **more):
    on = more.pop("on", ON)
    found = mapping(bench, codes, **more)
    document = bench.document(body)
    reading = found.read(document, on=on)
    explained, provenance = found.explain(document, on=on)
    assert explained == reading
    return reading, {one.at: one.codes for one in provenance}


def codes(reading):
    return [finding.code for finding in reading.findings if finding.code.startswith("M") and finding.code != "M205"]


@pytest.mark.parametrize(("day", "code"), [("2019-12-31", "active"), ("2020-01-01", "paid"), ("1950-01-01", "active")])
def test_a_text_means_what_it_meant_on_the_record_s_date(dated, day, code):
    reading, _ = read(dated, "state@1", {"state": "A", "day": day})
    assert (reading.record.vital_status.code, codes(reading)) == (code, [])


def test_a_code_out_of_force_is_told_from_one_that_never_was(dated):
    reading, _ = read(dated, "state@1", {"state": "P", "day": "2019-06-01"})
    assert codes(reading) == ["M208"]
    assert (reading.record.vital_status.code, reading.record.vital_status.text) == (None, "P")
    assert codes(read(dated, "state@1", {"state": "Q", "day": "2019-06-01"})[0]) == ["M204"]


def test_a_code_out_of_force_refuses_the_document_where_faults_do(dated):
    reading, _ = read(dated, "state@1", {"state": "P", "day": "2019-06-01"}, faulty="refuse")
    assert (reading.record, codes(reading)) == (None, ["M208"])


def test_a_list_without_version_is_the_one_in_force(dated):
    for day, code, version in [("2015-01-01", "old", "phase@1"), ("2021-01-01", "new", "phase@2")]:
        reading, used = read(dated, "phase", {"state": "X", "day": day})
        value = reading.record.vital_status
        assert (value.code, value.list, used["vital_status"]) == (code, version, version)


def test_a_list_with_its_version_is_that_version_on_every_day(dated):
    reading, used = read(dated, "phase@1", {"state": "X", "day": "2021-01-01"})
    assert (reading.record.vital_status.code, used["vital_status"]) == ("old", "phase@1")


@pytest.mark.parametrize("day", ["2009-12-31", "2023-01-01"])
def test_where_no_version_is_in_force_no_code_is(dated, day):
    reading, _ = read(dated, "phase", {"state": "X", "day": day})
    assert codes(reading) == ["M208"]
    assert reading.record.vital_status.code is None


def test_a_text_of_a_later_version_is_not_yet_in_force(dated):
    assert codes(read(dated, "phase", {"state": "Y", "day": "2015-01-01"})[0]) == ["M208"]


def test_without_a_date_the_day_of_reading_decides(dated):
    for on, code in [(date(2019, 5, 1), "active"), (date(2024, 5, 1), "paid")]:
        assert read(dated, "state@1", {"state": "A"}, dated="", on=on)[0].record.vital_status.code == code
        assert read(dated, "state@1", {"state": "A"}, on=on)[0].record.vital_status.code == code


def test_the_date_is_read_with_its_codec(dated):
    top = "dated: {at: <day>, as: 'date(\"%d.%m.%Y\")'}"
    assert (
        read(dated, "state@1", {"state": "A", "day": "31.12.2019"}, dated=top)[0].record.vital_status.code == "active"
    )


@pytest.mark.parametrize(("day", "code"), [("soon", "M202"), (["2019-01-01", "2021-01-01"], "M203")])
def test_a_date_that_cannot_be_read_is_a_fault(dated, day, code):
    reading, _ = read(dated, "state@1", {"state": "E", "day": day}, faulty="refuse")
    assert (reading.record, codes(reading)) == (None, [code])
    reading, _ = read(dated, "state@1", {"state": "E", "day": day})
    assert (reading.record.vital_status.code, codes(reading)) == ("ended", [code])


def test_the_place_of_the_date_is_not_mapped_by_being_named(dated):
    reading, _ = read(dated, "state@1", {"state": "E", "day": "2020-01-01"})
    assert dated.left(reading) == ["day"]


def test_lists_in_force_are_looked_up_in_plain_fields_and_several_places_too(dated):
    rule = "addresses[]: {each: <a>, fields: {street: {any: [<x>, <y>], codes: state}}}"
    reading, _ = read(dated, "state@1", {"a": [{"x": "A", "y": "P"}], "day": "2021-01-01"}, rule=rule)
    assert (reading.record.addresses[0].street, codes(reading)) == ("paid", [])


def test_lists_without_days_are_plain_tables(dated):
    assert "in_force" not in mapping(dated, "kind@1").python()
    assert "in_force" in mapping(dated, "state@1").python()


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ("a: {in: [A], valid: {until: 2020-01-01}}\n  b: {in: [A], valid: {from: 2020-01-01}}", "read as two codes"),
        ("a: {in: [A], valid: {from: 2020-01-02, until: 2020-01-01}}", "ends before it begins"),
        ("a: {in: [A], valid: {from: yesterday}}", "not a date"),
    ],
)
def test_days_of_a_list_that_contradict_each_other_are_refused(dated, entries, words):
    (dated.folder / "codes" / "bad@1.yaml").write_text(f"list: bad@1\n{HEAD}codes:\n  {entries}\n")
    with pytest.raises(ConfigError) as refused:
        mapping(dated, "bad@1")
    assert words in refused.value.findings[0].text


@pytest.mark.parametrize(("top", "code"), [("dated: {at: <d>, as: upper}", "M105"), ("dated: {as: date}", "M103"),
                                           ("dated: {at: <d>, as: nothing}", "M105"), ("dated: {at: 'a//b'}", "M107")])  # fmt: skip
def test_a_date_of_another_form_is_refused(dated, top, code):
    with pytest.raises(ConfigError) as refused:
        mapping(dated, "state@1", dated=top)
    assert [finding.code for finding in refused.value.findings] == [code]


def test_a_list_of_no_version_at_all_is_refused_with_the_nearest_name(dated):
    with pytest.raises(ConfigError) as refused:
        mapping(dated, "phases")
    assert "phase" in refused.value.findings[0].help


# Writing -----------------------------------------------------------------------------------------------------


def written(bench, codes, on, *, code, version):
    found = mapping(bench, codes, dated="direction: both\ndated: {at: <day>}")
    record = Beneficiary(vital_status=Code(list=version, code=code))
    writing = found.write(record, on=on)
    return found.read(writing.document, on=on).record.vital_status, [(one.code, one.at) for one in writing.findings]


@pytest.mark.parametrize(
    ("codes", "version", "code", "on"),
    [
        ("state@1", "state@1", "ended", ON),
        ("state@1", "state@1", "paid", date(2021, 1, 1)),
        ("state@1", "state@1", "active", date(2019, 12, 31)),
        ("phase", "phase@2", "new", date(2021, 1, 1)),
    ],
)
def test_a_code_in_force_on_the_day_of_writing_is_read_back_as_the_same(dated, codes, version, code, on):
    back, told = written(dated, codes, on, code=code, version=version)
    assert (back.code, back.list, told) == (code, version, [])


def test_a_code_that_is_not_in_force_on_the_day_of_writing_is_not_written(dated):
    back, told = written(dated, "state@1", date(2020, 1, 1), code="active", version="state@1")
    assert back is None
    assert told == [("M402", "vital_status")]


def test_a_code_of_an_earlier_version_is_not_written_as_one_of_the_newest(dated):
    back, told = written(dated, "phase", date(2021, 1, 1), code="old", version="phase@1")
    assert back is None
    assert told == [("M402", "vital_status")]


@pytest.mark.parametrize(("year", "version", "code"), [(2015, 1, "old"), (2021, 2, "new")])
def test_the_code_is_written_that_was_in_force_on_the_day_that_the_document_says(dated, year, version, code):
    rules = f"{RULE}\nbirth.date: {{at: <day>, as: partial_date}}"
    found = mapping(dated, "phase", dated="direction: both\ndated: {at: <day>}", rule=rules)
    record = Beneficiary(birth=Birth(date=f"{year}-05-01"), vital_status=Code(list=f"phase@{version}", code=code))
    writing = found.write(record, on=date(2030, 1, 1))
    assert writing.findings == ()
    assert found.read(writing.document, on=ON).record == record_with_text(record, "X")


def record_with_text(record, text):
    """Return a record whose coded value says how a source wrote it."""
    return replace(record, vital_status=replace(record.vital_status, text=text))

"""The committed schema is the model's, admits every record, and names every fault without its value."""

import json

import jsonschema
import msgspec
import pytest
from hypothesis import given

from hub_core.canonical import Beneficiary, schema
from hub_core.canonical.schema import MAX_FAULTS, MAX_NODES, components, record_faults
from hub_core.testing.records import a_record
from hub_core.testing.strategies import records

COMMITTED = json.loads(schema.FILE.read_text(encoding="utf-8"))
JUDGE = jsonschema.Draft202012Validator(COMMITTED, format_checker=jsonschema.FormatChecker())


def as_json(record: Beneficiary):
    return json.loads(msgspec.json.encode(record))


def faults(data) -> list[tuple[str | None, str]]:
    found = record_faults(data)
    assert {finding.code for finding in found} <= {"C101"}
    return [(finding.at, finding.text) for finding in found]


def test_the_committed_file_is_current():
    assert schema.main(["--check"]) == 0


def test_a_stale_file_is_noticed_and_written_again(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(schema, "FILE", tmp_path / "canonical" / "beneficiary-1.schema.json")
    assert schema.main(["--check"]) == 1
    assert "run: python -m hub_core.canonical.schema" in capsys.readouterr().err
    assert schema.main([]) == 0
    assert schema.main(["--check"]) == 0


def test_it_is_a_schema_of_draft_2020_12():
    jsonschema.Draft202012Validator.check_schema(COMMITTED)
    assert COMMITTED["$id"] == "urn:punte:schema:canonical:beneficiary:1"


def test_descriptions_of_the_model_reach_the_schema():
    assert COMMITTED["$defs"]["Identifier"]["properties"]["value"]["description"].startswith("Number as received")
    assert all("description" in definition for definition in COMMITTED["$defs"].values())


def test_no_property_lacks_a_description_of_its_own():
    silent = [
        f"{name}.{field}"
        for name, definition in COMMITTED["$defs"].items()
        for field, said in definition["properties"].items()
        if not said.get("description", "").endswith(".")
    ]
    assert silent == []


def test_the_built_record_passes_both_validators():
    assert record_faults(as_json(a_record())) == []
    JUDGE.validate(as_json(a_record()))


@given(records())
def test_any_record_survives_json(record):
    assert msgspec.json.decode(msgspec.json.encode(record), type=Beneficiary) == record


@given(records())
def test_the_schema_admits_any_record(record):
    assert record_faults(as_json(record)) == []
    JUDGE.validate(as_json(record))


@pytest.mark.parametrize(
    ("data", "at", "text"),
    [
        ([], None, "wrong JSON type"),
        ({"nmae": {}}, "nmae", "no such field"),
        ({"birth": {"dat": "1985"}}, "birth.dat", "no such field"),
        ({"birth": {"date": 1985}}, "birth.date", "wrong JSON type"),
        ({"birth": {"date": "15.04.1985"}}, "birth.date", "does not have the form"),
        ({"birth": {"date": "1985\n"}}, "birth.date", "does not have the form"),
        ({"children": [{}, {"sex": {"code": "male"}}]}, "children[1].sex.list", "required field is missing"),
        ({"households": [{"size": 0}]}, "households[0].size", "too small"),
        ({"documents": [{"issued": "2023-02-30"}]}, "documents[0].issued", "not a calendar date"),
        ({"documents": [{"issued": "0000-02-20"}]}, None, "no such date or number"),
        ({"debts": [{"balance": {"amount": 1.5, "currency": "RON"}}]}, "debts[0].balance.amount", "wrong JSON type"),
        ({"debts": [{"balance": {"amount": "NaN", "currency": "RON"}}]}, "debts[0].balance.amount", "the form"),
        ({"debts": [{"balance": {"amount": "1E999999", "currency": "RON"}}]}, "debts[0].balance.amount", "the form"),
    ],
)
def test_a_fault_has_its_path_and_a_reason(data, at, text):
    ((found_at, found_text),) = faults(data)
    assert found_at == at
    assert text in found_text


def test_all_faults_are_found_at_once():
    data = {"birth": {"date": "x", "place": 1}, "sex": {"code": "m"}, "emails": [1, "a", 2]}
    assert sorted(at for at, _ in faults(data)) == ["birth.date", "birth.place", "emails[0]", "emails[2]", "sex.list"]


def test_no_value_and_no_value_in_the_place_of_a_name_is_repeated():
    text = repr(record_faults({"2850415123450": 1, "birth": {"date": "SECRET"}, "sex": "SECRET", "emails": {"S": 1}}))
    assert "2850415123450" not in text
    assert "SECRET" not in text


def test_the_number_of_faults_is_bounded():
    assert len(faults({"emails": [1] * (MAX_NODES - 1)})) == MAX_FAULTS + 1


def test_a_huge_faulty_record_costs_no_more_than_its_first_fault():
    found = faults({"emails": [1] * 200_000})
    assert [at for at, _ in found] == ["emails[0]", None]


def test_data_nested_without_end_is_refused():
    data: dict = {}
    inner = data
    for _ in range(5000):
        inner["birth"] = inner = {}
    ((at, text),) = faults(data)
    assert at is None
    assert "too deeply" in text


def test_components_refer_to_each_other_where_the_template_says():
    parts = components("#/components/schemas/{name}")
    assert parts["Beneficiary"]["properties"]["name"]["anyOf"][0] == {"$ref": "#/components/schemas/Name"}

"""JSON Schemas in several files."""

import json
from pathlib import Path
from typing import Any

import pytest

from hub_core.contract.checking import check
from hub_core.contract.jsonschema import json_root
from hub_core.errors import ConfigError
from hub_core.validation import load_json_schema
from hub_core.validation.json_files import MAX_FILES, read_json_schema

PERSON = {
    "$id": "https://agency.invalid/person.json",
    "type": "object",
    "properties": {
        "name": {"$ref": "#/$defs/name"},
        "home": {"$ref": "../address.json"},
        "default": {"type": "string"},
    },
    "required": ["name"],
    "$defs": {"name": {"type": "string", "maxLength": 5}},
}
ADDRESS = {
    "type": "object",
    "properties": {"town": {"type": "string"}, "of": {"$ref": "parts/person.json#/$defs/name"}},
}
CASE = {"type": "object", "properties": {"person": {"$ref": "parts/person.json"}, "again": {"$ref": "#"}}}


@pytest.fixture
def case(tmp_path: Path) -> Path:
    (tmp_path / "parts").mkdir()
    for name, schema in {"case.json": CASE, "parts/person.json": PERSON, "address.json": ADDRESS}.items():
        (tmp_path / name).write_text(json.dumps(schema), encoding="utf-8")
    return tmp_path / "case.json"


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"person": {"name": "Ana", "home": {"town": "Cluj", "of": "Ion"}}}, None),
        ({"person": {"name": "Anastasia"}}, "person.name"),
        ({"person": {"name": "Ana", "home": {"of": "Anastasia"}}}, "person.home.of"),
        ({"person": {}}, "person"),
        ({"again": {"person": {"name": 5}}}, "again.person.name"),
    ],
)
def test_what_a_schema_refers_to_in_other_files_counts(case: Path, document: Any, path: str | None) -> None:
    assert [one.source for one in load_json_schema(case).faults(document)] == ([path] if path else [])


def test_mappings_find_the_places_of_other_files(case: Path) -> None:
    root, _ = json_root(case, case.parent)
    assert root.children["person"].children["home"].children["town"].leaf is not None


def test_a_schema_of_one_file_stays_as_it_is(tmp_path: Path) -> None:
    schema = {
        "$id": "https://a.invalid/x",
        "properties": {"a": {"$ref": "#/$defs/b"}},
        "$defs": {"b": {"const": {"$ref": "x.json"}}},
    }
    (tmp_path / "a.json").write_text(json.dumps(schema), encoding="utf-8")
    assert read_json_schema(tmp_path / "a.json", tmp_path) == schema


@pytest.mark.parametrize(
    "reference",
    [
        "http://127.0.0.1:9/x.json",
        "file:///etc/passwd",
        "//127.0.0.1/x.json",
        "../outside.json",
        "/etc/passwd",
        "missing.json",
        "parts",
        "parts/person.json#anchor",
        "a\0b.json",
        "x" * 5_000,
    ],
)
def test_a_reference_out_of_the_folder_or_to_nothing_is_refused_with_its_file(case: Path, reference: str) -> None:
    (case.parent.parent / "outside.json").write_text("{}", encoding="utf-8")
    (case.parent / "address.json").write_text(json.dumps({"properties": {"a": {"$ref": reference}}}), encoding="utf-8")
    with pytest.raises(ConfigError, match="leads nowhere") as refused:
        read_json_schema(case, case.parent)
    assert (refused.value.code, refused.value.where) == ("V401", str(case.parent / "address.json"))
    admission = check(case, case.parent)
    assert [(found.code, found.file) for found in admission.findings] == [("V507", "address.json")]


def test_the_files_of_a_schema_are_bounded(tmp_path: Path) -> None:
    for number in range(MAX_FILES + 1):
        body = {"properties": {"a": {"$ref": f"{number + 1}.json"}}}
        (tmp_path / f"{number}.json").write_text(json.dumps(body), encoding="utf-8")
    with pytest.raises(ConfigError, match=f"more than {MAX_FILES} files"):
        read_json_schema(tmp_path / "0.json", tmp_path)


def test_another_file_that_is_no_schema_is_named(case: Path) -> None:
    (case.parent / "address.json").write_text("[1]", encoding="utf-8")
    assert [found.file for found in check(case, case.parent).findings] == ["address.json"]

"""JSON Schema: what is admitted, what is found, and what is never repeated or fetched."""

import json
from pathlib import Path
from typing import Any

import pytest

from hub_core.errors import ConfigError
from hub_core.validation import load_json_schema
from hub_core.validation.json_schema import MAX_FINDINGS

CASE = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "cnp": {"type": "string", "pattern": "^[0-9]{13}$"},
        "sex": {"enum": ["M", "F"]},
        "born": {"type": "string", "format": "date"},
        "children": {"type": "array", "items": {"$ref": "#/$defs/child"}, "maxItems": 99},
    },
    "required": ["cnp"],
    "additionalProperties": False,
    "$defs": {"child": {"type": "object", "properties": {"cnp": {"type": "string"}}, "required": ["cnp"]}},
}


def load(tmp_path: Path, schema: Any) -> Any:
    path = tmp_path / "case.json"
    path.write_text(schema if isinstance(schema, str) else json.dumps(schema), encoding="utf-8")
    return load_json_schema(path)


def test_a_valid_value_has_no_findings(tmp_path: Path) -> None:
    assert load(tmp_path, CASE).faults({"cnp": "2850415123458", "children": [{"cnp": ""}]}) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"cnp": "285"}, "cnp: the value does not fit the pattern (pattern)"),
        ({}, ".: a required member is missing: cnp (required)"),
        ({"cnp": "2850415123458", "sex": "X"}, "sex: the value is not in the list (enum)"),
        ({"cnp": "2850415123458", "born": "15.04.1985"}, "born: the value is not of the named format (format)"),
        ({"cnp": "2850415123458", "ionescu": 1}, ".: a member that is not allowed (additionalProperties)"),
        (
            {"cnp": "2850415123458", "children": [{"cnp": ""}, {}]},
            "children[1]: a required member is missing: cnp (required)",
        ),
        ({"cnp": 2850415123458}, "cnp: the value is of the wrong type (type)"),
        ([], ".: the value is of the wrong type (type)"),
    ],
)
def test_a_fault_is_told_by_path_and_rule(tmp_path: Path, value: Any, text: str) -> None:
    (found,) = load(tmp_path, CASE).faults(value)
    assert (found.code, found.text) == ("V202", text)


def test_no_finding_repeats_a_value_or_a_name_that_the_sender_made_up(tmp_path: Path) -> None:
    open_ended = {"additionalProperties": {"type": "object", "additionalProperties": {"type": "integer"}}}
    found = load(tmp_path, open_ended).faults({"IONESCU": {"MARIA": "ELENA"}})
    assert [one.source for one in found] == ["*.*"]
    assert "IONESCU" not in str(found)


def test_findings_are_bounded(tmp_path: Path) -> None:
    value = {"cnp": "2850415123458", "children": [{}] * 90}
    assert len(load(tmp_path, CASE).faults(value)) == MAX_FINDINGS


@pytest.mark.parametrize("reference", ["http://127.0.0.1:9/x.json", "file:///etc/passwd", "other.json", "#/$defs/none"])
def test_a_reference_that_leaves_the_file_is_refused(tmp_path: Path, reference: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load(tmp_path, {"$ref": reference})
    assert refused.value.code == "V401"


@pytest.mark.parametrize("schema", [{"type": 12}, {"required": "cnp"}, [], "{", '{"type": "object", "type": "array"}'])
def test_what_is_no_schema_is_refused(tmp_path: Path, schema: Any) -> None:
    with pytest.raises(ConfigError) as refused:
        load(tmp_path, schema)
    assert refused.value.code == "V401"
    assert refused.value.where.endswith("case.json")


def test_a_schema_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        load_json_schema(tmp_path / "none.json")

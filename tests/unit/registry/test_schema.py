import json
from pathlib import Path

import jsonschema
import pytest
import yaml

import hub_demo
from hub_core.places import SCHEMAS
from registry.sets.schema import registry_schema, rendered

COUNTRY = Path(hub_demo.__file__).parent / "country"


@pytest.fixture(scope="module")
def validator():
    jsonschema.Draft202012Validator.check_schema(registry_schema())
    return jsonschema.Draft202012Validator(registry_schema())


def test_the_schema_that_lies_in_the_project_is_the_one_that_the_types_give():
    assert (SCHEMAS / "hub" / "registry.schema.json").read_bytes() == rendered()


@pytest.mark.parametrize("file", sorted(COUNTRY.glob("*.yaml")), ids=lambda file: file.name)
def test_the_files_of_the_demo_are_valid(validator, file):
    assert [error.message for error in validator.iter_errors(yaml.safe_load(file.read_text()))] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"institution": {}},
        {"institutions": {"CNAS": {"name": "x"}}},
        {"institutions": {"cnas": {"name": "x", "colour": "blue"}}},
        {"endpoints": {"a": {"institution": "x"}}},
        {"queries": {"a": {"service": "s", "sources": "x", "deadline": "soon"}}},
        {"endpoints": {"a": {"credentials": {"kind": "bearer", "secret": "hunter2"}}}},
    ],
)
def test_what_the_hub_refuses_is_invalid(validator, wrong):
    assert list(validator.iter_errors(wrong))


def test_every_field_of_the_guide_is_described():
    endpoint = json.loads(rendered())["$defs"]["Endpoint"]["properties"]
    assert "refused before they are read" in endpoint["max_body_bytes"]["description"]

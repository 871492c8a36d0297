"""The JSON Schema of mapping files: current, and true for every file that is shipped."""

import jsonschema
import pytest

from hub_core import yaml
from hub_core.mapping.language import schema
from hub_core.mapping.language.rulereader import KEYS
from hub_core.places import MAPPINGS, SCHEMAS

FILES = [path for path in sorted(MAPPINGS.rglob("*.yaml")) if "codes" not in path.parts]
VALIDATOR = jsonschema.Draft202012Validator(schema.schema())


def test_the_shipped_schema_is_the_current_one():
    assert (SCHEMAS / "hub" / "mapping.schema.json").read_text(encoding="utf-8") == schema.rendered()


def test_the_schema_knows_the_keys_of_a_rule():
    assert set(schema.schema()["$defs"]["rule"]["properties"]) == set(KEYS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(MAPPINGS)))
def test_every_shipped_mapping_file_is_valid_by_the_schema(path):
    VALIDATOR.validate(yaml.plain(yaml.load(path)))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"mapping": "a/1"},
        {"blocks": {"b": {"name.family": "text"}}},
        {"blocks": {"b": {"name.family": {"att": "a"}}}},
    ],
)
def test_other_files_are_not_valid(body):
    assert not VALIDATOR.is_valid(body)

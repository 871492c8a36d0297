"""The schemas of SEDs say what real documents hold: derived again, they are the same."""

import csv
from pathlib import Path

import pytest

from schemas.eessi import derive

PATHS = Path(__file__).parents[4] / "shared" / "real" / "eessi" / "PATHS.tsv"


@pytest.mark.shared
@pytest.mark.skipif(not PATHS.exists(), reason="the real documents are not beside the project")
def test_the_shipped_schemas_are_those_derived_from_the_paths() -> None:
    shipped = {path.name: path.read_text(encoding="utf-8") for path in derive.HERE.glob("*.schema.json")}
    assert derive.derived(PATHS) == shipped


def test_every_schema_of_a_sed_says_what_it_is_worth() -> None:
    for path in derive.HERE.glob("*.schema.json"):
        assert "No public schema of SEDs exists" in path.read_text(encoding="utf-8")


def test_every_added_place_has_a_reason() -> None:
    with (derive.HERE / "additions.tsv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert all(row["reason"] for row in rows)


def test_places_that_stand_with_and_without_a_list_allow_both(tmp_path: Path) -> None:
    lines = ["format\tpath\tdocs\tjson_types\tsed_types", "NAV\ta.b\t1\tstr:1\tZ1", "NAV\ta[].b\t2\tstr:2\tZ1"]
    (tmp_path / "p.tsv").write_text("\n".join(lines), encoding="utf-8")
    schema = derive.schemas(derive.read(tmp_path / "p.tsv"))["nav-envelope.schema.json"]
    assert [part["type"] for part in schema["properties"]["a"]["anyOf"]] == ["array", "object"]
    assert "at least 2 real documents" in schema["$comment"]

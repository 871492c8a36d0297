"""All real SEDs become records with every person, birth date, identifier and case number, held against a table.

The table (``seds/``) was made by reading the documents, not by running the hub.
"""

import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from hub_demo.feed import feed
from hub_demo.stage import Stage

pytestmark = pytest.mark.shared

# Six filler documents say a word where a date belongs: no record can hold it as a date; it must stand in `unmapped`.
DATE = re.compile(r"\d{4}(-\d\d){0,2}")
ROOT = Path(__file__).resolve().parents[2]
TABLE = Path(__file__).parent / "seds"
EXPECTED: dict[str, Any] = {
    name: row
    for dialect in ("nav", "native", "neessi")
    for name, row in json.loads((TABLE / f"expected.{dialect}.json").read_text(encoding="utf-8")).items()
}
REFUSED = json.loads((TABLE / "refused.json").read_text(encoding="utf-8"))
CONTAINER = {
    "insured": ("",),
    "spouse": ("spouse", "relatives"),
    "child": ("children", "relatives"),
    "survivor": ("survivor",),
    "guardian": ("guardian",),
    "other": ("relatives", "children", "survivor", "spouse"),
    "father": ("father",),
    "mother": ("mother",),
}


@pytest.fixture(scope="module")
def read(shared: Path) -> dict[str, dict[str, Any]]:
    """Read every document with the command line, as an integrator would."""
    folder = shared / "eessi"
    done = subprocess.run(
        [sys.executable, "-m", "cli", "read", "--json", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr  # some of the documents are no SEDs
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {str(Path(line["file"]).resolve().relative_to(folder.resolve())): line for line in lines}


def persons(record: dict[str, Any], at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every person of a record with the name of the place that holds it."""
    yield at, record
    for place in ("father", "mother", "spouse", "survivor", "guardian"):
        if record.get(place):
            yield from persons(record[place], place)
    for place in ("children", "relatives"):
        for person in record.get(place, []):
            yield from persons(person, place)


def wanted(person: dict[str, Any]) -> dict[str, Any]:
    """Return what a record must say about a person of the table."""
    doubtful = person.get("doubtful", ())
    asked = {
        "family": person["family"],
        "given": person["given"],
        "full": person.get("full_name"),
        "birth_date": person["birth_date"],
        "family_at_birth": person.get("family_at_birth"),
        "given_at_birth": person.get("given_at_birth"),
        "death_date": person.get("death_date"),
    }
    return {
        key: value
        for key, value in asked.items()
        if value is not None and key not in doubtful and (not key.endswith("_date") or DATE.fullmatch(value))
    }


def said(person: dict[str, Any]) -> dict[str, Any]:
    """Return what a record says about a person, in the words of the table."""
    name, birth_name = person.get("name", {}), person.get("birth_name", {})
    values = {
        "family": name.get("family"),
        "given": name.get("given"),
        "full": name.get("full"),
        "birth_date": person.get("birth", {}).get("date"),
        "family_at_birth": birth_name.get("family"),
        "given_at_birth": birth_name.get("given"),
        "death_date": person.get("death", {}).get("date"),
    }
    return {key: value for key, value in values.items() if value is not None}


def numbers(person: dict[str, Any]) -> set[str]:
    return {identifier["value"] for identifier in person.get("identifiers", [])}


def leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    elif value is not None:
        yield str(value)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_sed_becomes_a_record(name: str, read: dict[str, dict[str, Any]]) -> None:
    assert read[name]["record"] is not None, read[name]["findings"]
    exchange = read[name]["record"]["exchange"]
    assert (exchange["type"], exchange["dialect"]) == (EXPECTED[name]["sed"], EXPECTED[name]["dialect"])


@pytest.mark.parametrize("name", EXPECTED)
def test_every_person_is_there_with_names_birth_date_and_identifiers(
    name: str, read: dict[str, dict[str, Any]]
) -> None:
    record = read[name]["record"]
    found = list(persons(record))
    for person in EXPECTED[name]["persons"]:
        if "same_as" in person:
            continue
        own = {i["value"] for i in person["identifiers"] if i.get("kind") not in {"benefit", "decision", "other"}}
        matching = [
            place
            for place, candidate in found
            if place in CONTAINER[person["role"]]
            and wanted(person).items() <= said(candidate).items()
            and own <= numbers(candidate)
        ]
        assert matching, f"{person['role']} at {person['path']}: {wanted(person)} {own}"


@pytest.mark.parametrize("name", EXPECTED)
def test_every_case_number_is_there(name: str, read: dict[str, dict[str, Any]]) -> None:
    record = read[name]["record"]
    cases = {(case.get("number"), case.get("institution", {}).get("id")) for case in record.get("cases", [])}
    for case in EXPECTED[name]["cases"]:
        if case.get("kind") is None:
            assert (case["number"], case["institution_id"]) in cases
        elif case["number"] is not None:
            assert case["number"] in set(leaves(record))


@pytest.mark.parametrize("name", EXPECTED)
def test_nothing_else_of_a_person_gets_lost(name: str, read: dict[str, dict[str, Any]]) -> None:
    everywhere = set(leaves(read[name]["record"]))
    row = EXPECTED[name]
    second = [p for p in row["persons"] if "same_as" in p]
    expected = {value for p in second for value in (*wanted(p).values(), *(i["value"] for i in p["identifiers"]))}
    expected |= {p["birth_date"] for p in row["persons"] if p["birth_date"] is not None}
    expected |= {i["value"] for p in row["persons"] for i in p["identifiers"]}
    expected |= {identifier["value"] for identifier in row.get("loose_identifiers", [])}
    expected |= {mention["name"] for mention in row.get("mentions", [])}
    lost = {value for value in expected if value not in everywhere and not any(value in leaf for leaf in everywhere)}
    assert lost == set()


@pytest.mark.parametrize("name", REFUSED["unparseable"])
def test_what_is_no_json_is_refused_with_line_and_column(name: str, read: dict[str, dict[str, Any]]) -> None:
    place = REFUSED["unparseable"][name]
    (finding,) = read[name]["findings"]
    assert read[name]["record"] is None
    assert finding["code"] == "B103"
    assert finding["line"] == place["line"]
    assert f"line {place['line']}, column {place['column']}" in finding["text"]


@pytest.mark.parametrize("name", REFUSED["not a SED"])
def test_what_is_no_sed_is_called_so(name: str, read: dict[str, dict[str, Any]]) -> None:
    assert read[name]["record"] is None
    assert [finding["code"] for finding in read[name]["findings"]] == ["V301"]
    assert "not a SED" in read[name]["findings"][0]["text"]


def test_through_the_running_hub_the_same_files_are_accepted_and_every_file_is_kept(stage: Stage, shared: Path) -> None:
    fed = feed(shared / "eessi", stage.caller("eessi-ap"), Console(file=io.StringIO()))
    assert {one.file for one in fed if one.accepted} == set(EXPECTED)
    refused = {one.file: one.code for one in fed if not one.accepted}
    assert refused == dict.fromkeys(REFUSED["unparseable"], "B103") | dict.fromkeys(REFUSED["not a SED"], "V301")
    for one in fed:
        kept = stage.desk.call("message", {"id": one.reference})
        assert kept["message"]["size"] == (shared / "eessi" / one.file).stat().st_size

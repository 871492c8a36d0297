"""The command that says what a new contract breaks."""

import json
import shutil
from pathlib import Path

import pytest

from hub_core.places import MAPPINGS, SCHEMAS

OLD = SCHEMAS / "partners" / "cnas" / "GetInsuredResponse.xsd"
COUNTRY = Path(__file__).parents[3] / "hub_demo" / "country"


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """Return a folder of work with a registry and one mapping."""
    shutil.copytree(COUNTRY, tmp_path / "work" / "registry")
    shutil.copytree(MAPPINGS / "cnas", tmp_path / "work" / "mappings" / "cnas")
    return tmp_path / "work"


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """Return the same contract, of which an attribute has another name."""
    path = tmp_path / OLD.name
    path.write_text(OLD.read_text(encoding="utf-8").replace('name="validFrom"', 'name="since"'), encoding="utf-8")
    return path


def test_what_breaks_is_told_with_its_place_its_mapping_and_who_works_with_it(punte, new, work):
    done = punte("contract", "diff", OLD, new, "--as", "answer", "--from", work)
    assert done.code == 1
    for said in (
        "breaking renamed renamed to since",
        "breaks who reads it",
        "siui:insured/siui:categories/siui:category/@validFrom of insuredResponse",
        "old GetInsuredResponse.xsd:61, new GetInsuredResponse.xsd:61",
        "mapping cnas/insured-person.yaml:",
        "endpoints cnas-answers, cnas-insured",
    ):
        assert said in done.out
    assert "1 of 1 change breaks somebody" in done.err


def test_json_says_the_same(punte, new, work):
    done = punte("contract", "diff", OLD, new, "--as", "answer", "--from", work, "--json")
    told = json.loads(done.out)
    assert (done.code, told["breaking"]) == (1, 1)
    (change,) = told["changes"]
    assert (change["verdict"], change["readers"], change["writers"]) == ("breaking", True, False)
    assert change["old"] == {"file": "GetInsuredResponse.xsd", "line": 61}
    assert {line["mapping"] for line in change["mappings"]} == {"cnas.insured-person/1"}
    assert [one["endpoint"] for one in change["consumers"]] == ["cnas-answers", "cnas-insured"]


def test_a_contract_is_no_change_of_itself(punte):
    done = punte("contract", "diff", OLD, OLD)
    assert (done.code, done.out) == (0, "")
    assert "nothing became another" in done.err


def test_a_file_is_not_held_against_a_folder(punte, tmp_path):
    assert punte("contract", "diff", OLD, tmp_path).code == 2


def test_a_contract_that_is_refused_is_told(punte, tmp_path):
    broken = tmp_path / "broken.xsd"
    broken.write_text("<none/>", encoding="utf-8")
    done = punte("contract", "diff", OLD, broken)
    assert done.code == 1
    assert "V401" in done.err

"""What lint says, to people, to programs, to code review; and which files it looks at."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.app import app
from hub_core.lint import lint
from hub_core.mapping.selection import root_of
from hub_core.places import MAPPINGS

RUNNER = CliRunner()
WRONG = ("cnas/insured-person.yaml", "c:insured/@cid", "c:insured/@cidd")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped mappings with one slip."""
    root = tmp_path / "mappings"
    shutil.copytree(MAPPINGS, root)
    file, right, wrong = WRONG
    text = (root / file).read_text(encoding="utf-8")
    (root / file).write_text(text.replace(right, wrong), encoding="utf-8")
    return root


def test_a_finding_is_one_line_with_place_code_and_mend(folder: Path) -> None:
    result = RUNNER.invoke(app, ["mapping", "lint", str(folder)])
    assert result.exit_code == 1
    line = next(line for line in result.stdout.splitlines() if " L101 " in line)
    assert line.startswith(f"{folder / WRONG[0]}:19:")
    assert line.endswith("; write 'c:insured/@cid' instead")


def test_files_without_findings_end_with_0() -> None:
    result = RUNNER.invoke(app, ["mapping", "lint", str(MAPPINGS / "anaf")])
    assert result.exit_code == 0
    assert result.stdout == ""


def test_a_path_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    assert RUNNER.invoke(app, ["mapping", "lint", str(tmp_path / "nothing.yaml")]).exit_code == 2


def test_programs_get_the_replacement(folder: Path) -> None:
    result = RUNNER.invoke(app, ["mapping", "lint", str(folder), "--format", "json"])
    told = json.loads(result.stdout)
    finding = next(one for one in told["findings"] if one["code"] == "L101")
    assert told["files"] > 50
    assert finding["file"].endswith(WRONG[0])
    assert finding["severity"] == "error"
    assert (finding["replacement"]["old"], finding["replacement"]["new"]) == ("@cidd", "@cid")
    assert finding["end_column"] - finding["column"] == len("@cidd")


def test_code_review_gets_rules_results_and_fixes(folder: Path) -> None:
    result = RUNNER.invoke(app, ["mapping", "lint", str(folder), "--format", "sarif"])
    (run,) = json.loads(result.stdout)["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    found = next(one for one in run["results"] if one["ruleId"] == "L101")
    assert rules[found["ruleIndex"]] == "L101"
    (location,) = found["locations"]
    assert location["physicalLocation"]["region"]["startLine"] == 19
    (change,) = found["fixes"][0]["artifactChanges"]
    assert change["replacements"][0]["insertedContent"]["text"] == "@cid"


def test_faults_of_loading_are_told_with_the_others(folder: Path) -> None:
    file = folder / "anaf" / "income.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("name.given:", "name.givn:"), encoding="utf-8")
    found = lint([folder], root=folder)
    fault = next(one for one in found if one.code == "M104")
    assert fault.replacement
    assert (fault.replacement.old, fault.replacement.new) == ("givn", "given")
    assert "L101" in {one.code for one in found}


def test_a_file_elsewhere_uses_the_blocks_and_lists_of_the_root(tmp_path: Path, folder: Path) -> None:
    file = tmp_path / "draft.yaml"
    shutil.copy(MAPPINGS / "eessi" / "nav-p8000.yaml", file)
    codes = {one.code for one in lint([file], root=folder)}
    assert codes == {"L181"}  # its documents stayed behind


def test_the_root_is_the_folder_with_code_lists_around_the_files(folder: Path, tmp_path: Path) -> None:
    assert root_of(folder / "anaf" / "income.yaml") == folder
    assert root_of(tmp_path / "x.yaml") == MAPPINGS


def test_it_is_told_how_many_fields_are_read_by_registered_functions(folder: Path) -> None:
    file = folder / "anaf" / "income.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("as: comma_below", "as: fn.firm"), encoding="utf-8")
    told = RUNNER.invoke(app, ["mapping", "lint", str(folder), "--format", "json"])
    assert json.loads(told.stdout)["functions"] == {"fn.firm": 1}
    shown = RUNNER.invoke(app, ["mapping", "lint", str(folder)])
    assert "1 field read by 1 registered function" in shown.stderr

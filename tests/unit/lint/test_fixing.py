"""``punte mapping lint --fix``: what needs no choice is written, after it was shown; the rest is left and said."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.app import app
from hub_core.places import MAPPINGS, SCHEMAS

RUNNER = CliRunner()
CNAS = "cnas/insured-person.yaml"
DGEP = "dgep/person.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The mappings of two agencies, with all that they need."""
    for name in ("cnas", "dgep", "codes"):
        shutil.copytree(MAPPINGS / name, tmp_path / "mappings" / name)
    return tmp_path / "mappings"


def change(path: Path, *changes: tuple[str, str]) -> str:
    """Write changes into a file and return what stood there."""
    text = before = path.read_text("utf-8")
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    path.write_text(text, "utf-8")
    return before


def fix(folder: Path, *more: str):
    return RUNNER.invoke(
        app, ["mapping", "lint", str(folder / "cnas"), str(folder / "dgep"), "--schemas", str(SCHEMAS), "--fix", *more]
    )


def test_slips_are_mended_and_the_difference_is_shown(folder: Path) -> None:
    cnas = change(folder / CNAS, ("c:insured/@cid", "c:insured/@cidd"), ("insurance[]:", "insurance:"))
    dgep = change(folder / DGEP, ("number: {at: NR}", "number: {at: AP}"), ("flat: {at: AP}", "flat: {at: NR}"))
    result = fix(folder, "--yes")
    assert (result.exit_code, result.stdout) == (0, "")
    assert '-  identifiers[scheme=ro.cid].value: {at: "c:insured/@cidd"}' in result.stderr
    assert "made 4 changes in 2 files" in result.stderr
    assert (folder / CNAS).read_text("utf-8") == cnas
    assert (folder / DGEP).read_text("utf-8") == dgep


def test_the_ends_of_lines_stay_what_they_are(folder: Path) -> None:
    change(folder / CNAS, ("c:insured/@cid", "c:insured/@cidd"))
    body = (folder / CNAS).read_bytes().replace(b"\n", b"\r\n")
    (folder / CNAS).write_bytes(body)
    assert fix(folder, "--yes").exit_code == 0
    assert (folder / CNAS).read_bytes() == body.replace(b"@cidd", b"@cid")


def test_where_nobody_can_be_asked_nothing_is_written(folder: Path) -> None:
    change(folder / CNAS, ("c:insured/@cid", "c:insured/@cidd"))
    wrong = (folder / CNAS).read_text("utf-8")
    result = fix(folder)
    assert result.exit_code == 2
    assert "add --yes" in result.stderr
    assert (folder / CNAS).read_text("utf-8") == wrong


def test_what_needs_a_choice_is_left_and_said(folder: Path) -> None:
    """The rule for a required field may be another one than lint thinks of."""
    change(folder / DGEP, ('      value: {at: ".", as: cnp}\n', ""))
    wrong = (folder / DGEP).read_text("utf-8")
    result = fix(folder, "--yes", "--json")
    assert result.exit_code == 1
    assert "nothing can be mended without a choice" in result.stderr
    assert {one.get("replacement", {}).get("sure") for one in json.loads(result.stdout)["findings"]} <= {None, False}
    assert (folder / DGEP).read_text("utf-8") == wrong


def test_a_replacement_that_brings_up_something_new_is_not_made(folder: Path) -> None:
    """Two paths are misspelt; of one the name that is nearest is read already."""
    change(folder / CNAS, ("c:insured/@cid", "c:insured/@cidd"))
    change(folder / DGEP, ("building: {at: BL, as: comma_below}", "building: {at: NRR, as: comma_below}"))
    result = fix(folder, "--yes")
    assert result.exit_code == 1
    assert "made 1 change in 1 file" in result.stderr
    assert "c:insured/@cidd" not in (folder / CNAS).read_text("utf-8")
    assert "NRR" in (folder / DGEP).read_text("utf-8")

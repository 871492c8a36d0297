"""The page of lint cannot lie: each wrong snippet gives the finding below it, the right one gives none."""

import re
from pathlib import Path

import pytest

from hub_core.codes import CODES
from hub_core.lint import LintFinding, lint
from hub_core.places import MAPPINGS, ROOT

TEXT = (ROOT / "docs" / "reference" / "lint.md").read_text(encoding="utf-8")
FENCES = dict(re.findall(r"^```\w+ (contract|codes|mapping|document)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))
CASES = re.findall(
    r"^### (L\d+)[^\n]*\n.*?^```yaml wrong\n(.*?)^```\n.*?^```text\n(.*?)\n```\n.*?^```yaml right\n(.*?)^```$",
    TEXT,
    re.MULTILINE | re.DOTALL,
)


def findings(folder: Path, *, wrong: str = "", right: str = "") -> list[LintFinding]:
    """Return what lint says of the page's files, with one snippet in the place of another."""
    files = {
        "schemas/x.xsd": FENCES["contract"],
        "mappings/x.yaml": FENCES["mapping"],
        "mappings/codes/x-sex@1.yaml": FENCES["codes"],
        "mappings/fixtures/person.xml": FENCES["document"],
        "mappings/codes/sex@1.yaml": (MAPPINGS / "codes" / "sex@1.yaml").read_text(encoding="utf-8"),
    }
    if "more.yaml" in wrong:
        files["mappings/more.yaml"] = "blocks:\n  more:\n    number: {at: x:number}\n"
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace(right, wrong) if right else text, encoding="utf-8")
    paths = [folder / "mappings" / "x.yaml", folder / "mappings" / "codes"]
    return lint(paths, root=folder / "mappings", schemas=folder / "schemas")


@pytest.mark.parametrize(("code", "wrong", "says", "right"), CASES, ids=[case[0] for case in CASES])
def test_a_wrong_snippet_gives_the_finding_below_it(
    tmp_path: Path, code: str, wrong: str, says: str, right: str
) -> None:
    whole = FENCES["mapping"] + FENCES["codes"]
    assert whole.count(right) == 1
    said = [
        f"{one.line}:{one.column} {one.code} {one.message}; {one.mend}"
        for one in findings(tmp_path, wrong=wrong, right=right)
    ]
    assert says in [line.partition(" ")[2] for line in said], said
    assert says.startswith(code)


def test_the_right_files_give_no_finding(tmp_path: Path) -> None:
    assert findings(tmp_path) == []


def test_the_page_shows_every_code_of_lint() -> None:
    assert {case[0] for case in CASES} == {code for code in CODES if code.startswith("L")}


@pytest.mark.parametrize(("code", "wrong", "says", "right"), CASES, ids=[case[0] for case in CASES])
def test_a_replacement_that_is_applied_mends_the_fault(
    tmp_path: Path, code: str, wrong: str, says: str, right: str
) -> None:
    for one in findings(tmp_path, wrong=wrong, right=right):
        if one.code != code or one.replacement is None or "write" not in one.mend:
            continue
        path = tmp_path / "mappings" / one.file
        lines = path.read_text(encoding="utf-8").split("\n")
        change = one.replacement
        line, at = lines[change.line - 1], change.column - 1
        assert line[at:].startswith(change.old)
        lines[change.line - 1] = line[:at] + change.new + line[at + len(change.old) :]
        path.write_text("\n".join(lines), encoding="utf-8")
        folder = tmp_path / "mappings"
        after = lint([folder / "x.yaml", folder / "codes"], root=folder, schemas=tmp_path / "schemas")
        assert one.code not in {other.code for other in after}

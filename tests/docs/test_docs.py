"""Documentation that cannot lie: its commands run, its links lead somewhere, its reference is current."""

import os
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PUNTE = (sys.executable, "-m", "cli")


def commands(page: Path) -> list[str]:
    """Return the command lines of a page's console blocks."""
    blocks = re.findall(r"```console\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]


TOLD = [page for page in PAGES if commands(page)]


@pytest.mark.parametrize("page", TOLD, ids=lambda page: page.name)
def test_the_commands_of_a_page_run_one_after_the_other(page: Path, guide: dict[str, str]) -> None:
    for line in commands(page):
        words = shlex.split(expand(line, guide))
        if words[0] == "cat":
            shown_in_time(Path(words[1]))
            continue
        assert words[0] in {"punte", "cp"}
        done = subprocess.run(
            [*PUNTE, *words[1:]] if words[0] == "punte" else words,
            cwd=ROOT,
            env={**os.environ, **guide},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, line + done.stdout + done.stderr
        assert (done.stdout + done.stderr).strip() or words[0] == "cp", line


def shown_in_time(file: Path, patience: float = 30) -> None:
    """Look at a file that the hub is about to write."""
    deadline = time.monotonic() + patience
    while not file.exists():
        assert time.monotonic() < deadline, f"{file.name} was not written"
        time.sleep(0.05)
    assert file.read_text(encoding="utf-8").strip()


def expand(line: str, guide: dict[str, str]) -> str:
    return re.sub(r"\$([A-Z_]+)", lambda match: guide[match[1]], line)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_generated_reference_is_current() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli.reference", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_readme_opens_with_its_two_commands() -> None:
    first = re.search(r"```\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert first is not None
    assert [line.split("#")[0].strip() for line in first[1].splitlines()] == ["make demo", "make test"]

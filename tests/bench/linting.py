"""How long fifty mappings take to lint: the shipped ones and copies of them under other ids."""

import re
import shutil
import time
from pathlib import Path
from typing import Final

from hub_core.lint import run
from hub_core.places import MAPPINGS, SCHEMAS

MAPPINGS_LINTED: Final = 50
_ID: Final = re.compile(r"^(mapping: [^\n/]+)/(\d+)$", re.MULTILINE)


def fifty(folder: Path) -> Path:
    """Return a folder with the shipped code lists, blocks and tests, and with fifty mappings."""
    root = folder / "mappings"
    shutil.copytree(MAPPINGS, root)
    shipped = [path for path in sorted(root.rglob("*.yaml")) if _ID.search(path.read_text(encoding="utf-8"))]
    for number in range(MAPPINGS_LINTED - len(shipped)):
        path = shipped[number % len(shipped)]
        # Another major version: no two mappings of one version may read one document.
        major = 2 + number // len(shipped)
        text = _ID.sub(rf"\1/{major}", path.read_text(encoding="utf-8"))
        path.with_stem(f"{path.stem}-{major}").write_text(text, encoding="utf-8")
    return root


def fastest_lint(folder: Path, *, rounds: int) -> float:
    """Return the smallest time of linting fifty mappings, in seconds of one core."""
    root = fifty(folder)
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        result = run([root], root=root, schemas=SCHEMAS)
        best = min(best, time.process_time() - start)
        if result.findings:
            raise AssertionError("what is shipped has findings")
    return best

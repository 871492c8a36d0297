"""Faults that were written by hand from the reference alone, put into a copy of all mappings, and what the lint says.

``python -m tests.lint.second.faults`` prints the table and what escapes; ``third`` behind it takes the faults of
``tests/lint/third``; ``--all`` also prints what was found.

*found*, *right line*, *mended* are as in ``tests.lint.proof``; *named* is a mend in words that holds one of the words
that the fault names in ``faults.yaml``.
"""

import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, Final

import msgspec
import yaml

from hub_core.lint import lint
from tests.lint.equivalence import PARSE, PROJECT
from tests.lint.proof import WORKERS, Result, escapes, place_of, replaced, table, tries

FOLDER: Final = Path(__file__).parents[1]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A text that stands once in a file, and what stands there then; ``file`` is relative to the project."""

    file: str
    old: str
    new: str


class Fault(Change, frozen=True, kw_only=True):
    """One fault; ``faults.yaml`` says what its parts mean."""

    name: str
    kind: str
    wrong: str
    known: str
    mend: tuple[str, ...]
    before: tuple[Change, ...] = ()
    within: str | None = msgspec.field(default=None, name="in")
    line: str | tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """The file in which a person would say that the fault is."""
        return self.within or self.file

    def lines(self, clean: str, faulty: str) -> set[int]:
        """Return the lines on which a person would say so, of the text of ``place`` before and after."""
        lines = faulty.splitlines()
        if self.line:
            words = (self.line,) if isinstance(self.line, str) else self.line
            return {number for number, line in enumerate(lines, 1) if any(word in line for word in words)}
        blocks = SequenceMatcher(None, clean.splitlines(), lines, autojunk=False).get_opcodes()
        return {number + 1 for kind, _, _, first, last in blocks if kind != "equal" for number in range(first, last)}


def faults(name: str = "second") -> list[Fault]:
    """Return all faults of ``tests/lint/<name>``, in the order of the file."""
    return msgspec.convert(yaml.safe_load((FOLDER / name / "faults.yaml").read_text("utf-8")), list[Fault])


def found(known: Sequence[Fault], *, workers: int = WORKERS) -> list[Result]:
    """Return what the lint says of some faults, in their order; the files as shipped have no findings."""
    with ProcessPoolExecutor(workers) as pool:
        parts = list(pool.map(_part, [known[first::workers] for first in range(workers)]))
    return [parts[number % workers][number // workers] for number in range(len(known))]


def _part(known: Sequence[Fault]) -> list[Result]:
    with tempfile.TemporaryDirectory(prefix="punte-lint-") as folder:
        root = Path(folder)
        for name in ("mappings", "schemas"):
            shutil.copytree(PROJECT / name, root / name)
        return [_result(fault, root) for fault in known]


@contextmanager
def put(fault: Fault, root: Path) -> Iterator[None]:
    """Write the fault into a copy of the project, and afterwards the files as they were."""
    changes = (*fault.before, fault)
    texts = {change.file: (root / change.file).read_text("utf-8") for change in changes}
    try:
        for change in changes:
            text = (root / change.file).read_text("utf-8")
            assert text.count(change.old) == 1, fault.name
            (root / change.file).write_text(text.replace(change.old, change.new), "utf-8")
        yield
    finally:
        for file, text in texts.items():
            (root / file).write_text(text, "utf-8")


def _concerned(fault: Fault, root: Path) -> list[Path]:
    """Return what has to be linted to see a fault: all of it, or what does not share blocks with others.

    That is the folder of one agency, or the documents of one dialect, and the code lists.
    """
    mappings = root / "mappings"
    kind, name, *rest = Path(fault.file).parts
    if kind == "schemas" and name == "partners":
        return [mappings / rest[0], mappings / "codes"]
    if kind == "mappings" and name not in ("codes", "eessi"):
        return [mappings / name, mappings / "codes"]
    if name == "eessi" and "blocks" not in fault.file and kind == "mappings":
        dialect = Path(fault.file).name.partition("-")[0]
        return [mappings / "codes", *(root / "mappings" / "eessi").glob(f"{dialect}-[!be]*.yaml")]
    return [mappings]


def _lint(paths: Sequence[Path], root: Path) -> list[Any]:
    return list(lint(paths, root=root / "mappings", schemas=root / "schemas", parse=PARSE))


def _result(fault: Fault, root: Path) -> Result:
    place = root / fault.place
    clean = place.read_text("utf-8")
    paths = _concerned(fault, root)
    with put(fault, root):
        lines = fault.lines(clean, place.read_text("utf-8"))
        said = _lint(paths, root)
        right = [one for one in said if place_of(one.file, root) == place and one.line in lines]
        first = right + [one for one in said if one not in right]
        return Result(
            operator=fault.kind, label=f"{fault.name}: {fault.wrong}", loads=not any(one.code[0] in "MF" for one in said),
            found=bool(said), right=bool(right), mended=any(_mends(some, paths, root) for some in tries(first)),
            named=any(_names(one, fault) for one in first),
            said=tuple(f"{one.file}:{one.line} {one.code} {one.message}; {one.mend}" for one in first),
        )  # fmt: skip


def _mends(findings: Sequence[Any], paths: Sequence[Path], root: Path) -> bool:
    with replaced(findings, root) as fits:
        return fits and not _lint(paths, root)


def _names(finding: Any, fault: Fault) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", finding.mend) for word in fault.mend)


if __name__ == "__main__":
    RESULTS = found(faults(*(word for word in sys.argv[1:] if word != "--all")))
    for shown in (*table(RESULTS), *escapes(RESULTS)):
        sys.stdout.write(shown + "\n")
    if "--all" in sys.argv:
        for one in RESULTS:
            sys.stdout.write("\n".join((one.label, *(f"      {line}" for line in one.said), "")))

"""The proof of the lint: every mutant is put into a copy of its mapping, and the lint is asked.

``python -m tests.lint.proof`` prints the table and what escapes; ``--all`` also what was found, line by line.

For each mutant: *found*, the lint says something that it does not say of the clean files; *right line*, it says so on
the changed line, or on the line that the mutant contradicts (``Mutant.lines``, ``Mutant.words``); *mended*, a
replacement that it offers makes all new findings vanish, or all that it offers together do, as where two lines
changed places or a name is used on many, or what it offers then, a few times over; *named*, a mend in words that names what stood there.
"""

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

import msgspec

from hub_core.lint import lint
from hub_core.yaml import Mapping, Scalar
from tests.lint.choice import CAP, chosen
from tests.lint.equivalence import PARSE, Stage, stages
from tests.lint.mutant import OPERATORS, File, Mutant

WORKERS: Final = 2
WORD: Final = re.compile(r"[\w\-]{2,}")
OFFERS: Final = 3  # replacements that are tried for one mutant
STEPS: Final = 3  # times that all are made
_FOLDERS: Final[list[tempfile.TemporaryDirectory[str]]] = []  # live as long as their process


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What the lint said of one mutant.

    Attributes:
        loads: nothing but the lint would have noticed.
        said: code, place, words and mend of the new findings.
    """

    operator: str
    label: str
    loads: bool
    found: bool
    right: bool
    mended: bool
    named: bool
    said: tuple[str, ...]


def prove(cap: int = CAP, *, workers: int = WORKERS) -> list[Result]:
    """Return what the lint says of the mutants, so many of each operator, operators in their order."""
    with ProcessPoolExecutor(workers) as pool:
        return [result for each in pool.map(partial(_operator, cap), OPERATORS) for result in each]


def _operator(cap: int, name: str) -> list[Result]:
    return [_result(mutant, stage) for mutant, stage in chosen(name, _stages(), cap)]


@cache
def _stages() -> dict[str, Stage]:
    _FOLDERS.append(tempfile.TemporaryDirectory(prefix="punte-lint-"))
    return stages(Path(_FOLDERS[-1].name))


@cache
def _clean(root: Path) -> Counter[tuple[str, int, str]]:
    return Counter(map(_key, _lint(root)))


def _lint(root: Path) -> Sequence[Any]:
    return lint([root / "mappings"], root=root / "mappings", schemas=root / "schemas", parse=PARSE)


def _key(finding: Any) -> tuple[str, int, str]:
    return finding.file, finding.line, finding.code


def _left(root: Path) -> list[Any]:
    """Return the findings that the clean files do not have, wherever they stand: a mend may add a line."""
    known = Counter((file, code) for file, _, code in _clean(root).elements())
    found = []
    for finding in _lint(root):
        known[finding.file, finding.code] -= 1
        if known[finding.file, finding.code] < 0:
            found.append(finding)
    return found


def _new(root: Path, mutant: Mutant) -> list[Any]:
    """Return the findings that the clean files do not have; what stands below an added line has moved."""
    known = Counter(_moved(key, mutant) for key in _clean(root).elements())
    found = []
    for finding in _lint(root):
        known[_key(finding)] -= 1
        if known[_key(finding)] < 0:
            found.append(finding)
    return found


def _moved(key: tuple[str, int, str], mutant: Mutant) -> tuple[str, int, str]:
    file, line, code = key
    below = not mutant.before and mutant.file.endswith(file) and line >= mutant.line
    return file, line + below, code


def _result(mutant: Mutant, stage: Stage) -> Result:
    _clean(stage.root)
    with stage.changed(mutant):
        loads = stage.compiled() is not None
        found = _new(stage.root, mutant)
        right = [finding for finding in found if _is_right(finding, mutant, stage)]
        first = right + [finding for finding in found if finding not in right]
        return Result(
            operator=mutant.operator, label=mutant.label, loads=loads, found=bool(found), right=bool(right),
            mended=any(_mends(some, stage) for some in tries(first)) or _mended_step_by_step(mutant, stage),
            named=any(_names(finding, mutant) for finding in first),
            said=tuple(f"{one.file}:{one.line}:{one.column} {one.code} {_text(one)}; {one.mend}" for one in first),
        )  # fmt: skip


def _text(finding: Any) -> str:
    return str(getattr(finding, "text", "") or getattr(finding, "message", ""))


def place_of(name: str, root: Path) -> Path:
    """Return the file that a finding names, below the mappings or below the contracts."""
    places = (root / "mappings" / name, root / "schemas" / name, root / name)
    return next((place for place in places if place.is_file()), places[0])


def _is_right(finding: Any, mutant: Mutant, stage: Stage) -> bool:
    path = place_of(finding.file, stage.root)
    if path == stage.root / mutant.file and finding.line in {mutant.line, *mutant.lines}:
        return True
    if mutant.entry and path.parent.name == "codes" and mutant.entry in finding.mend:
        return True
    if not mutant.words or not path.is_file():
        return False
    lines = path.read_text("utf-8").splitlines()
    line = lines[finding.line - 1] if 0 < finding.line <= len(lines) else ""
    words = (*mutant.words, *(f"codes: {short}" for short in _shorts(path, mutant.words)))
    return any(re.search(_word(word), line) for word in words)


def _word(word: str) -> str:
    """Return the pattern of a whole word; one that ends with a sign, as a prefix does, may go on."""
    return rf"(?<![\w\-]){re.escape(word)}" + (r"(?![\w\-])" if word[-1].isalnum() else "")


def _shorts(path: Path, words: Sequence[str]) -> Iterator[str]:
    """Yield the short names that a file has for the code lists among some words."""
    codes = File(path.name, path.read_text("utf-8")).entry("codes") if path.suffix == ".yaml" else None
    for short, name in codes.items.items() if isinstance(codes, Mapping) else ():
        if isinstance(name, Scalar) and name.text in words:
            yield short


def offers(findings: Sequence[Any]) -> Iterator[Any]:
    """Yield the findings whose replacements are tried: each replacement once, and not too many."""
    seen = []
    for finding in findings:
        if finding.replacement is not None and finding.replacement not in seen and len(seen) < OFFERS:
            seen.append(finding.replacement)
            yield finding


@contextmanager
def replaced(findings: Sequence[Any], root: Path) -> Iterator[bool]:
    """Write the replacements of some findings, and afterwards the files as they were; yields whether all fit."""
    files: dict[Path, list[Any]] = {}
    for finding in findings:
        files.setdefault(place_of(finding.file, root), []).append(finding.replacement)
    before = {path: path.read_text("utf-8") for path in files}
    fits = True
    try:
        for path, offers_of in files.items():
            lines = before[path].splitlines(keepends=True)
            # From the end of a line to its start: what stands before is not moved.
            for offer in sorted(offers_of, key=lambda one: (one.line, -one.column)):
                line, end = lines[offer.line - 1], offer.column - 1 + len(offer.old)
                fits = fits and line.startswith(offer.old, offer.column - 1)
                lines[offer.line - 1] = line[: offer.column - 1] + offer.new + line[end:]
            path.write_text("".join(lines), "utf-8")
        yield fits
    finally:
        for path, text in before.items():
            path.write_text(text, "utf-8")


def tries(findings: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Yield what is tried: each replacement by itself, not too many, then all that are offered, one for each place."""
    yield from ([finding] for finding in offers(findings))
    if len(some := together(findings)) > 1:
        yield some


def together(findings: Sequence[Any]) -> list[Any]:
    """Return the findings whose replacements can be made at once: one for each place."""
    found: dict[tuple[str, int, int], Any] = {}
    for finding in findings:
        if finding.replacement is not None:
            found.setdefault((finding.file, finding.replacement.line, finding.replacement.column), finding)
    return list(found.values())


def _mends(findings: Sequence[Any], stage: Stage) -> bool:
    """Tell whether no new finding is left after the replacements."""
    with replaced(findings, stage.root) as fits:
        return fits and not _left(stage.root)


def _mended_step_by_step(mutant: Mutant, stage: Stage) -> bool:
    """Tell whether all replacements mend it, and those that are offered then."""
    with ExitStack() as made:
        found = _new(stage.root, mutant)
        for _ in range(STEPS if found else 0):
            made.enter_context(replaced(together(found), stage.root))
            found = _left(stage.root)
            if not found:
                return True
    return False


def _names(finding: Any, mutant: Mutant) -> bool:
    """Tell whether the mend names what stood there, or a word of it that is gone.

    Where the fault lies between two files, what the other one says now is as good a mend.
    """
    before, after = (set(WORD.findall(text)) for text in (f"{mutant.before} {mutant.original}", mutant.after))
    words = before - after if mutant.file.startswith("mappings/") and "/codes/" not in mutant.file else before ^ after
    return any(
        re.search(rf"(?<![\w\-]){re.escape(word)}(?![\w\-])", finding.mend) for word in {mutant.original, *words}
    )


def share(part: int, whole: int) -> str:
    """Return a share in percent."""
    return f"{100 * part / whole:.1f} %" if whole else "-"


def table(results: Sequence[Result]) -> Iterator[str]:
    """Yield a line per operator, and the sums."""
    yield f"{'operator':42} mutants  found  right  mended  named  seen by lint only"
    names = list(dict.fromkeys(result.operator for result in results))
    for name, group in [
        *((name, [one for one in results if one.operator == name]) for name in names),
        ("all", results),
    ]:
        found = sum(one.found for one in group)
        hints = sum(one.mended for one in group), sum(one.named and not one.mended for one in group)
        counts = len(group), found, sum(one.right for one in group), *hints, sum(one.loads for one in group)
        yield "{:42} {:7} {:6} {:6} {:7} {:6} {:8}".format(name, *counts)
    quiet = [one for one in results if one.loads]
    found = sum(one.found for one in results)
    yield f"found {share(found, len(results))}; of those that load {share(sum(one.found for one in quiet), len(quiet))}"
    yield f"right line {share(sum(one.right for one in results), found)} of those found"
    hinted = sum(one.mended or one.named for one in results)
    yield f"mended {share(sum(one.mended for one in results), found)}, mended or named {share(hinted, found)}"


def escapes(results: Sequence[Result]) -> Iterator[str]:
    """Yield what was not found, found elsewhere, or found without a hint that helps."""
    for title, group in (
        ("not found", [one for one in results if not one.found]),
        ("found on another line", [one for one in results if one.found and not one.right]),
        (
            "without a hint that mends or names it",
            [one for one in results if one.found and not (one.mended or one.named)],
        ),
    ):
        yield f"{title}: {len(group)}"
        for one in group:
            yield f"  {one.label}"
            yield from (f"      {line}" for line in one.said[:3])


if __name__ == "__main__":
    RESULTS = prove()
    for shown in (*table(RESULTS), *escapes(RESULTS)):
        sys.stdout.write(shown + "\n")
    if "--all" in sys.argv:
        for one in RESULTS:
            sys.stdout.write("\n".join((one.label, *(f"      {line}" for line in one.said), "")))

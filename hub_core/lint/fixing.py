"""Replacements that findings offer, made where lint then has less to say and nothing new.

They are tried in a copy of the folder: all together, since some only mend in pairs; where that brings up something new,
one after the other. Replacements of which a person has to choose are left out.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from hub_core.lint.finding import LintFinding, Replacement
from hub_core.lint.linting import Result, run

MAX_TRIED: Final = 40  # replacements that are tried one by one

_Said = Counter[tuple[str, str, str]]
_Offers = Sequence[tuple[str, Replacement]]


class Fix(msgspec.Struct, frozen=True, kw_only=True):
    """One file that is mended; ``changes``: number of replacements."""

    file: str
    before: str
    after: str
    changes: int


def fixes(result: Result, paths: Sequence[Path], *, root: Path, schemas: Path) -> tuple[Fix, ...]:
    """Return how files would be mended; see ``run`` for the arguments. Nothing is written.

    Files outside of ``root`` are left alone.
    """
    folder = root.resolve()
    offered = _offered(result.findings, folder)
    inside = [path.resolve() for path in paths if path.resolve().is_relative_to(folder)]
    if not offered or len(inside) < len(paths):
        return ()
    before = {file: (folder / file).read_bytes().decode() for file, _ in offered}  # ends of lines stay what they are
    with TemporaryDirectory(prefix="punte-lint-") as name:
        copy = Path(name) / "mappings"
        shutil.copytree(folder, copy)

        def after(offers: _Offers) -> _Said:
            for file, text in before.items():
                mended = replaced(text, [change for name, change in offers if name == file])
                (copy / file).write_bytes(mended.encode())
            return _said(run([copy / path.relative_to(folder) for path in inside], root=copy, schemas=schemas))

        made = _chosen(offered, _said(result), after)
    return tuple(
        Fix(file=file, before=text, after=replaced(text, changes), changes=len(changes))
        for file, text in sorted(before.items())
        if (changes := [change for name, change in made if name == file])
    )


def _chosen(offered: _Offers, said: _Said, after: Callable[[_Offers], _Said]) -> _Offers:
    """Return the replacements that mend: all, or those that do so one after the other."""
    if _better(after(offered), said):
        return offered
    made: list[tuple[str, Replacement]] = []
    for offer in offered[:MAX_TRIED] if len(offered) > 1 else ():
        if _better(now := after([*made, offer]), said):
            made.append(offer)
            said = now
    return made


def _better(now: _Said, before: _Said) -> bool:
    """Whether less is said than before, and nothing new."""
    return now.total() < before.total() and not now - before


def replaced(text: str, changes: Iterable[Replacement]) -> str:
    r"""Return a text with replacements made; of two that overlap the later one on the line counts.

    >>> replaced("at: a\n", [Replacement(line=1, column=5, old="a", new="b")])
    'at: b\n'
    """
    lines = text.splitlines(keepends=True)
    ends: dict[int, int] = {}
    for one in sorted(changes, key=lambda one: (one.line, -one.column)):
        line, start = lines[one.line - 1], one.column - 1
        end = start + len(one.old)
        if line.startswith(one.old, start) and end <= ends.get(one.line, len(line)):
            lines[one.line - 1] = line[:start] + one.new + line[end:]
            ends[one.line] = start
    return "".join(lines)


def _offered(findings: Iterable[LintFinding], folder: Path) -> _Offers:
    """Return the replacements that need no choice: one for each place, and none where two are offered."""
    found: dict[tuple[str, int, int], set[Replacement]] = {}
    for one in findings:
        change = one.replacement
        if change is not None and change.sure and (folder / one.file).is_file():
            found.setdefault((one.file, change.line, change.column), set()).add(change)
    return [(place[0], next(iter(changes))) for place, changes in found.items() if len(changes) == 1]


def _said(result: Result) -> _Said:
    return Counter((one.file, one.code, one.message) for one in result.findings)

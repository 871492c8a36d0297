"""All checks over some files."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from hub_core import yaml
from hub_core.lint.cardinality import Cardinality
from hub_core.lint.codelists import CodeLists
from hub_core.lint.conditions import Conditions
from hub_core.lint.coverage import Coverage
from hub_core.lint.doubles import Doubles
from hub_core.lint.finding import Findings, LintFinding
from hub_core.lint.listfiles import ListFiles
from hub_core.lint.literals import Literals
from hub_core.lint.loaded import Loaded
from hub_core.lint.mappingtests import Tests
from hub_core.lint.missed import Missed
from hub_core.lint.paths import Paths
from hub_core.lint.swaps import Swaps
from hub_core.lint.unused import Unused, functions
from hub_core.lint.values import Values
from hub_core.lint.votes import Votes
from hub_core.lint.walk import Walker, every
from hub_core.lint.world import World, look
from hub_core.lint.written import Written
from hub_core.places import MAPPINGS, SCHEMAS
from hub_core.yaml import Mapping, Parse


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What came of linting.

    Attributes:
        files: number of files that were looked at.
        functions: number of rules that each registered function reads for, by its name.
    """

    files: int
    findings: tuple[LintFinding, ...]
    functions: dict[str, int] = {}


def lint(
    paths: Sequence[Path], *, root: Path = MAPPINGS, schemas: Path = SCHEMAS, parse: Parse = yaml.parse
) -> list[LintFinding]:
    """Return what is wrong with mapping files; see ``run``."""
    return list(run(paths, root=root, schemas=schemas, parse=parse).findings)


def run(paths: Sequence[Path], *, root: Path = MAPPINGS, schemas: Path = SCHEMAS, parse: Parse = yaml.parse) -> Result:
    """Return what is wrong with mapping files, code lists and files of blocks, by file and line.

    Args:
        paths: files, or folders of them, inside or outside of ``root``.
        root: folder in which blocks and code lists are looked up.
        schemas: folder of the contracts.
        parse: as ``yaml.parse``; somebody who asks about the same files again and again may remember what it gave.

    Raises:
        ConfigError: M101, a file or folder cannot be read.
    """
    with _without_collection():
        world = look(paths, root, schemas, parse)
        findings, loaded = Findings(world.texts), Loaded(world)
        _check(world, findings, loaded)
        found = loaded.findings()
    found += [one for one in findings.found.values() if one.file in world.linted]
    found.sort(key=lambda one: (one.file, one.line, one.column, one.code))
    return Result(files=len(world.linted), findings=tuple(found), functions=functions(world))


@contextmanager
def _without_collection() -> Iterator[None]:
    """Everything that is made lives until the end: looking for garbage takes a fifth of the time and finds none."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _check(world: World, findings: Findings, loaded: Loaded) -> None:
    votes = Votes()
    paths, values = Paths(findings, world.block_files), Values(findings, votes)
    literals, missed = Literals(findings, votes, world.lists), Missed(findings, votes)
    cardinality, conditions = Cardinality(findings, votes), Conditions(findings, votes)
    doubles, swaps, written = Doubles(findings, votes), Swaps(findings, votes), Written(findings)
    lists, coverage, tests = CodeLists(world, findings, votes), Coverage(findings), Tests(world, findings)
    for subject in world.subjects:
        walker = Walker(subject)
        visits = every(walker.walk())
        named = [path for path, _ in (*subject.file.ignore, *subject.file.fixed)]
        ignored = [walker.read(path, path.text, walker.root(), "known") for path in named]
        known = [*walker.known, *(read for read in ignored if read)]
        loaded.look_at(visits)
        paths.look_at(subject, visits, known)
        cardinality.look_at(visits)
        values.look_at(visits)
        if subject.file.dated and (
            day := walker.read(subject.file.dated.at, subject.file.dated.at.text, walker.root(), "known")
        ):
            values.look_at_date(day, subject.file.dated.codec)
            known.append(day)
        literals.look_at(visits)
        literals.look_at_answer(subject, walker.known[:1])
        conditions.look_at(visits)
        missed.look_at(visits)
        doubles.look_at(visits)
        swaps.look_at(visits)
        table = subject.file.node.items.get("answer")
        status = walker.known[0] if walker.known else None
        if isinstance(table, Mapping):
            conditions.look_at_answer(visits, status, subject.file.answer, table)
        answer = subject.file.answer
        tokens = [*answer.failed, *answer.none, *answer.later] if answer else []
        lists.look_at(visits, [(read, tokens) for read in walker.known[:1]])
        written.look_at(subject, walker, visits)
        coverage.look_at(subject, walker, visits)
        tests.look_at(subject)
    ListFiles(world, findings, lists.seen).look_at()
    Unused(findings).look_at(world)
    paths.finish()
    votes.finish()

"""``punte mapping test``: do the mappings do what their own tests say, and what do the tests not look at?"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text
from rich.tree import Tree

from cli import screen
from cli.faults import Exit
from cli.options import Json, Root, Schemas, mappings_of
from cli.screen import Column

if TYPE_CHECKING:
    from hub_core.mapping.compiled import CompiledMapping
    from hub_core.mapping.trying.coverage import Coverage, Share
    from hub_core.mapping.trying.tests import TestResult

COLUMNS = (
    Column("MAPPING"),
    Column("FIELDS", right=True),
    Column("RULES", right=True),
    Column("TEXTS READ", right=True),
    Column("CODES WRITTEN", right=True),
)
NAMES = 8  # of what no test exercises, on a terminal


def run(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATH...", help="Mapping files or folders; left out: all of the folder of mappings."),
    ] = None,
    *,
    coverage: Annotated[bool, typer.Option("--coverage", help="Name what no test exercises.")] = False,
    root: Root = None,
    schemas: Schemas = None,
    as_json: Json = False,
) -> None:
    """Run the tests in mapping files.

    With --coverage also count the canonical fields, the rules, the texts of code lists that are read and the codes that
    are written back, and name those that no test exercises. Ends with 1 if a test failed.
    """
    chosen = _mappings(paths or [mappings_of(root)], root, schemas)
    done = [_tested(mapping, folder, coverage=coverage) for folder, mapping in chosen]
    results = [result for mapping_results, _ in done for result in mapping_results]
    covered = [one for _, one in done if one is not None]
    failed = sum(not result.passed for result in results)
    if as_json:
        screen.as_json(_plain(results, covered, failed))
    else:
        _show(results)
        if covered:
            _show_coverage(covered)
        passed = len(results) - failed
        screen.note(f"{passed} passed, {failed} failed" if results else "no tests there: write tests: in the mapping")
    if failed:
        raise typer.Exit(Exit.ATTENTION)


def _mappings(paths: Sequence[Path], root: Path | None, schemas: Path | None) -> "list[tuple[Path, CompiledMapping]]":
    """Return the mappings of some paths, each with the folder that its names start from."""
    from hub_core.mapping import user_cache
    from hub_core.mapping.selection import load_selected, mapping_files, root_of

    roots: dict[Path, list[Path]] = {}
    for file in mapping_files(paths):
        roots.setdefault(root or root_of(file), []).append(file)
    return [
        (folder, mapping)
        for folder, chosen in roots.items()
        for mapping in load_selected(chosen, root=folder, schemas=schemas, cache=user_cache()).all
    ]


def _tested(mapping: "CompiledMapping", root: Path, *, coverage: bool) -> "tuple[list[TestResult], Coverage | None]":
    from hub_core.mapping.trying.coverage import Exercised
    from hub_core.mapping.trying.tests import run_test

    exercised = Exercised(mapping) if coverage else None
    results = [run_test(mapping, one, root, exercised=exercised) for one in mapping.tests]
    return results, exercised.coverage() if exercised else None


def _plain(results: "Sequence[TestResult]", covered: "Sequence[Coverage]", failed: int) -> dict[str, Any]:
    import msgspec

    plain = {"passed": len(results) - failed, "failed": failed, "tests": msgspec.to_builtins(results)}
    return plain | ({"coverage": msgspec.to_builtins(covered)} if covered else {})


def _show(results: "Sequence[TestResult]") -> None:
    """Print one tree per mapping; in a pipe one line per test, and one for each difference."""
    trees: dict[str, Tree] = {}
    for result in results:
        name = Text.assemble(("ok   " if result.passed else "FAIL ", screen.STYLES["ok" if result.passed else "FAIL"]))
        name.append(screen.clean(result.name)).append(f"  {screen.clean(result.where)}", "dim")
        if not screen.out().is_terminal:
            screen.show(name)
            for line in result.differences:
                screen.show(Text(f"       {screen.clean(line)}"))
            continue
        tree = trees.setdefault(result.mapping, Tree(Text(result.mapping, "bold"), guide_style="dim"))
        branch = tree.add(name)
        for line in result.differences:
            branch.add(_difference(line))
    for tree in trees.values():
        screen.show(tree)


def _difference(line: str) -> Text:
    """Return a difference with what was found in red and what was expected in green."""
    place, colon, rest = screen.clean(line).partition(": expected ")
    wanted, comma, found = rest.rpartition(", found ")
    if not colon or not comma:
        return Text(screen.clean(line), "red")
    return Text.assemble((place, "cyan"), ": expected ", (wanted, "green"), ", found ", (found, "red"))


def _show_coverage(covered: "Sequence[Coverage]") -> None:
    screen.heading("What the tests exercise")
    shares = {
        "fields": "fields",
        "rules": "rules",
        "codes": "texts of code lists",
        "written": "codes that could be written",
    }
    rows = [(one.mapping, *(_figure(getattr(one, name)) for name in shares)) for one in covered]
    screen.table(COLUMNS, rows, empty="")
    for one in covered:
        for name, title in shares.items():
            missed = getattr(one, name).missed
            if missed:
                screen.heading(f"{one.mapping}: {title} that no test exercises: {len(missed)}")
                shown = missed[:NAMES] if screen.out().is_terminal and len(covered) > 1 else missed
                for path in shown:
                    screen.show(Text(f"  {screen.clean(path)}"))
                if len(shown) < len(missed):
                    screen.note(f"  and {len(missed) - len(shown)} more (name the mapping alone, or --json)")


def _figure(share: "Share") -> str:
    percent = f"{share.hit / share.of:>4.0%}" if share.of else "   -"
    return f"{share.hit}/{share.of} {percent}"

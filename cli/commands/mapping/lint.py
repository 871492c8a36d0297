"""``punte mapping lint``: what is wrong with mapping files."""

from difflib import unified_diff
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from cli import screen
from cli.faults import Exit
from cli.options import Json, Root, Schemas, Yes, ask
from hub_core.places import MAPPINGS

if TYPE_CHECKING:
    from collections.abc import Callable

    from hub_core.lint import Fix, LintFinding, Result


class Format(StrEnum):
    """How findings are written."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


def lint(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", exists=True, help="Mapping files and code lists; folders are walked."),
    ],
    *,
    style: Annotated[Format, typer.Option("--format", help="How findings are written.")] = Format.TEXT,
    root: Root = None,
    schemas: Schemas = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Write what is to be written instead, where it needs no choice; asks first.")
    ] = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Say what is wrong with mapping files: held against the contract, the code lists and the model.

    One line per finding, file:line:column CODE message; what to write instead. With --format sarif for code review.
    --fix shows the difference, asks, and says what is left. Ends with 1 if there is a finding.
    """
    from hub_core.lint import fixes, run
    from hub_core.lint.formats import as_json as json_of
    from hub_core.lint.formats import as_sarif
    from hub_core.mapping.selection import root_of, schemas_of

    folder = root or root_of(*paths)
    contracts = schemas or schemas_of(folder)
    result = run(paths, root=folder, schemas=contracts)

    def shown(file: str) -> str:
        path = next((one for one in (folder / file, MAPPINGS / file) if one.exists()), folder / file).resolve()
        here = Path.cwd()
        return path.relative_to(here).as_posix() if path.is_relative_to(here) else path.as_posix()

    if fix and (made := fixes(result, paths, root=folder, schemas=contracts)):
        _write(made, folder, shown, ask_first=not yes)
        result = run(paths, root=folder, schemas=contracts)
    elif fix and result.findings:
        screen.note("nothing can be mended without a choice")
    if as_json or style is Format.JSON:
        screen.as_json(json_of(result, shown))
    elif style is Format.SARIF:
        screen.as_json(as_sarif(result, shown))
    else:
        _print(result, shown)
    if result.findings:
        raise typer.Exit(Exit.ATTENTION)


def _write(made: "tuple[Fix, ...]", folder: Path, shown: "Callable[[str], str]", *, ask_first: bool) -> None:
    """Show the difference and write the files."""
    for one in made:
        name = screen.clean(shown(one.file))
        lines = unified_diff(one.before.splitlines(), one.after.splitlines(), name, name, n=0, lineterm="")
        for line in lines:
            colour = {"+": "green", "-": "red"}.get(line[:1], "dim")
            screen.err().print(Text(screen.clean(line), style=colour), soft_wrap=True)
    changes = sum(one.changes for one in made)
    said = f"{changes} change{'s'[: changes != 1]} in {len(made)} file{'s'[: len(made) != 1]}"
    if ask_first:
        ask(f"Make {said}?")
    for one in made:
        (folder / one.file).write_bytes(one.after.encode())
    screen.note(f"made {said}")


def _print(result: "Result", shown: "Callable[[str], str]") -> None:
    for finding in result.findings:
        screen.out().print(_line(finding, shown(finding.file)), soft_wrap=True)
    count, files = len(result.findings), len({one.file for one in result.findings})
    of = f"{result.files} file{'s'[: result.files != 1]}"
    said = f"{count} finding{'s'[: count != 1]} in {files} of {of}" if count else f"no findings in {of}"
    fields, functions = sum(result.functions.values()), len(result.functions)
    more = f"; {fields} field{'s'[: fields != 1]} read by {functions} registered function{'s'[: functions != 1]}"
    screen.note(said + more)


def _line(finding: "LintFinding", file: str) -> Text:
    place = f"{screen.clean(file)}:{finding.line}:{finding.column} "
    line = Text.assemble((place, "cyan"), (f"{finding.code} ", "bold"), screen.clean(finding.message))
    return line.append(f"; {screen.clean(finding.mend)}", "dim")

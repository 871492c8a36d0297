"""``punte mapping lint``: what is wrong with mapping files."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from cli import screen
from cli.faults import Exit
from cli.options import Json, Root, Schemas
from hub_core.places import MAPPINGS

if TYPE_CHECKING:
    from collections.abc import Callable

    from hub_core.lint import LintFinding, Result


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
    as_json: Json = False,
) -> None:
    """Say what is wrong with mapping files: held against the contract, the code lists and the model.

    One line per finding, file:line:column CODE message; what to write instead. With --format sarif for code review.
    Ends with 1 if there is a finding.
    """
    from hub_core.lint import run
    from hub_core.lint.formats import as_json as json_of
    from hub_core.lint.formats import as_sarif
    from hub_core.mapping.selection import root_of, schemas_of

    folder = root or root_of(*paths)
    result = run(paths, root=folder, schemas=schemas or schemas_of(folder))

    def shown(file: str) -> str:
        path = next((one for one in (folder / file, MAPPINGS / file) if one.exists()), folder / file).resolve()
        here = Path.cwd()
        return path.relative_to(here).as_posix() if path.is_relative_to(here) else path.as_posix()

    if as_json or style is Format.JSON:
        screen.as_json(json_of(result, shown))
    elif style is Format.SARIF:
        screen.as_json(as_sarif(result, shown))
    else:
        _print(result, shown)
    if result.findings:
        raise typer.Exit(Exit.ATTENTION)


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

"""Options and arguments that several commands share, spelt once."""

import re
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import completion, screen
from cli.faults import Exit


def folder(name: str, told: str) -> Any:
    """Return an option that takes an existing folder; ``told`` is its help."""
    return typer.Option(name, metavar="DIR", exists=True, file_okay=False, help=told)


def row_or_message(text: str | None) -> str | None:
    """Return the id of a message; that of a row follows from its file and its line."""
    file, colon, line = (text or "").partition(":")
    if not colon:
        return text
    if not re.fullmatch(r"[0-9a-f-]{36}", file) or not re.fullmatch(r"[1-9][0-9]{0,8}", line):
        raise typer.BadParameter("write the reference of a message, or FILE:LINE with that of a file")
    from hub_core.clock import row_id

    return row_id(file, int(line))


Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Reveal = Annotated[
    bool,
    typer.Option("--reveal", help="Show personal values; needs --reason and leaves an entry in the history."),
]
Reason = Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why you do this; kept in the history.")]
MessageId = Annotated[
    str,
    typer.Argument(
        metavar="ID",
        help="Reference of the message; FILE:LINE: the row of a file.",
        autocompletion=completion.messages,
        callback=row_or_message,
    ),
]
ReadBy = Annotated[
    str,
    typer.Option(
        "--as",
        metavar="MAPPING",
        help="Id of the mapping that reads them; left out: by their content.",
        autocompletion=completion.mappings,
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Root = Annotated[
    Path | None,
    folder(
        "--root",
        "Folder of the mappings; left out: the nearest around the files, or around you, that has codes/ or is "
        "called mappings, else the shipped one. Code lists and blocks that it lacks are the shipped ones.",
    ),
]
Schemas = Annotated[
    Path | None,
    folder(
        "--schemas",
        "Folder of the contracts; left out: schemas/ beside the folder of the mappings, else the shipped one.",
    ),
]

SchemasAround = Annotated[
    Path | None,
    folder("--schemas", "Folder around FILE that it may import from; left out: its own."),
]


def mappings_of(root: Path | None) -> Path:
    """Return the folder of mappings that is meant: the one named, beside or around, else the shipped one."""
    from hub_core.mapping.selection import root_here

    return root or root_here()


def check_reveal(*, reveal: bool, reason: str | None) -> None:
    """Refuse to show personal values without a reason.

    Raises:
        typer.BadParameter: exit code 2.
    """
    if reveal and not (reason or "").strip():
        raise typer.BadParameter("--reveal shows personal values: add --reason TEXT", param_hint="--reveal")


def ask(question: str) -> None:
    """Ask a person.

    Raises:
        typer.BadParameter: exit code 2, nobody sits there. typer.Exit: they said no.
    """
    if not sys.stdin.isatty():
        raise typer.BadParameter("nobody can be asked here: add --yes", param_hint="--yes")
    if not typer.confirm(question, err=True):
        screen.note("nothing was changed")
        raise typer.Exit(Exit.ATTENTION)

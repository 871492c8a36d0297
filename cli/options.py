"""Options and arguments that several commands share, spelt once."""

from typing import Annotated

import typer

from cli import completion

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Reveal = Annotated[
    bool,
    typer.Option("--reveal", help="Show personal values; needs --reason and leaves an entry in the history."),
]
Reason = Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why you do this; kept in the history.")]
MessageId = Annotated[
    str, typer.Argument(metavar="ID", help="Reference of the message.", autocompletion=completion.messages)
]


def check_reveal(*, reveal: bool, reason: str | None) -> None:
    """Refuse to show personal values without a reason.

    Raises:
        typer.BadParameter: exit code 2.
    """
    if reveal and not (reason or "").strip():
        raise typer.BadParameter("--reveal shows personal values: add --reason TEXT", param_hint="--reveal")

"""How people say which messages they mean: options that several commands share, and what may stand in them."""

import sys
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from cli import completion
from hub_core.persons import is_cnp

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

State = Annotated[
    str | None,
    typer.Option(
        "--state",
        metavar="STATE",
        help="Where it stands: accepted, delivering, delivered, refused, parked.",
        autocompletion=completion.states,
    ),
]
Party = Annotated[
    str | None,
    typer.Option("--party", metavar="NAME", help="Institution that sent it.", autocompletion=completion.institutions),
]
Endpoint = Annotated[
    str | None,
    typer.Option("--endpoint", metavar="NAME", help="Endpoint it came in by.", autocompletion=completion.endpoints),
]
Code = Annotated[
    str | None,
    typer.Option(
        "--code", metavar="CODE", help="Code among its findings, such as M201.", autocompletion=completion.codes
    ),
]
Since = Annotated[
    str | None,
    typer.Option(
        "--since", metavar="TIME", help="Received at or after: 2025-11-21, 2025-11-21T09:30, or 30m, 2h, 7d ago."
    ),
]
Until = Annotated[
    str | None, typer.Option("--until", metavar="TIME", help="Received before; the same forms as --since.")
]
SenderId = Annotated[str | None, typer.Option("--sender-id", metavar="ID", help="The sender's own id of the message.")]
File = Annotated[
    str | None,
    typer.Option("--file", metavar="NAME", help="Name of the file that it came in; capitals and blanks do not count."),
]
RowsOf = Annotated[
    str | None,
    typer.Option("--rows-of", metavar="ID", help="Rows of this file.", autocompletion=completion.messages),
]
Conversation = Annotated[
    str | None,
    typer.Option(
        "--conversation",
        metavar="ID",
        help="What came after the message that began this conversation.",
        autocompletion=completion.messages,
    ),
]
Rows = Annotated[bool | None, typer.Option("--rows/--no-rows", help="Rows of files only, or all but those.")]
Person = Annotated[
    str | None,
    typer.Option(
        "--person",
        metavar="SCHEME:NUMBER",
        help="Person named in the message, such as ro.cnp:2850415123450; - reads it from standard input.",
    ),
]
Case = Annotated[str | None, typer.Option("--case", metavar="NUMBER", help="Case number named in the message.")]
Only = Annotated[
    list[str] | None,
    typer.Option(
        "--filter",
        metavar="NAME=VALUE",
        help=f"Which messages; all given must hold: {', '.join(completion.FILTERS)}.",
        autocompletion=completion.filters,
    ),
]


def instant(text: str | None, option: str, *, ahead: bool = False) -> str | None:
    """Return a time that a person wrote as ISO 8601 with offset; without one it is local.

    A span such as ``2h`` lies behind, or with ``ahead`` before us.

    Raises:
        typer.BadParameter: exit code 2.
    """
    if text is None:
        return None
    try:
        if text[:-1].isdecimal() and text[-1] in _UNITS:
            span = timedelta(**{_UNITS[text[-1]]: int(text[:-1])})
            given = datetime.now().astimezone() + (span if ahead else -span)
        else:
            given = datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError):
        raise typer.BadParameter("write 2025-11-21, 2025-11-21T09:30 or 30m, 2h, 7d", param_hint=option) from None
    return given.isoformat()


def person(text: str | None) -> str | None:
    """Return whom a person asks for; exit code 2 if that can be nobody's number."""
    if text == "-":
        text = sys.stdin.readline().strip()
    if text is not None and ":" not in text and not is_cnp(text):
        raise typer.BadParameter("write SCHEME:NUMBER, such as ro.cnp:2850415123450", param_hint="--person")
    return text


def known_state(text: str | None) -> str | None:
    """Return a state that a message can be in.

    Raises:
        typer.BadParameter: exit code 2, it is none.
    """
    if text is not None and text not in completion.states(""):
        raise typer.BadParameter(f"one of: {', '.join(completion.states(''))}", param_hint="state")
    return text


def wanted(pairs: list[str]) -> dict[str, Any]:
    """Return what ``NAME=VALUE`` pairs ask for, as the desk takes it.

    Raises:
        typer.BadParameter: exit code 2.
    """
    given: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not value or name not in completion.FILTERS or name in given:
            text = f"write NAME=VALUE, each name once: {', '.join(completion.FILTERS)}"
            raise typer.BadParameter(text, param_hint="--filter")
        given[name] = value
    if "rows-of" in given:
        given |= {"correlation_id": given.pop("rows-of"), "rows": True}
    if "code" in given:
        given["code"] = given["code"].upper()
    known_state(given.get("state"))
    times = {name: instant(given.get(name), "--filter") for name in ("since", "until")}
    return given | {name: time for name, time in times.items() if time is not None}


def now() -> str:
    """Return the present instant as ISO 8601 with offset."""
    return datetime.now().astimezone().isoformat()

"""``punte messages``: find messages, look at one, watch them arrive."""

import sys
import time
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer
from rich.text import Text

from cli import completion, desk, screen
from cli.message_view import show_message
from cli.options import Json, MessageId, Reason, Reveal, check_reveal
from cli.screen import Column
from hub_core.persons import is_cnp

app = typer.Typer(no_args_is_help=True, help="Find messages, look at one, watch them arrive.")

COLUMNS = (
    Column("ID"),
    Column("RECEIVED"),
    Column("STATE"),
    Column("DOCUMENT", drop=1),
    Column("PARTY", drop=3),
    Column("ENDPOINT", drop=4),
    Column("CODES", drop=2),
    Column("CASES", drop=5),
)
TAIL_WIDTHS = (36, 23, 10, 16, 10, 14, 0)  # lines that come one by one cannot be measured together
MOST = 1000
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

StateOption = Annotated[
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
CodeOption = Annotated[
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
RowsOf = Annotated[
    str | None,
    typer.Option("--rows-of", metavar="ID", help="Rows of this file.", autocompletion=completion.messages),
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


@app.command("list")
def list_(
    *,
    state: StateOption = None,
    party: Party = None,
    endpoint: Endpoint = None,
    code: CodeOption = None,
    since: Since = None,
    until: Until = None,
    sender_id: SenderId = None,
    case: Case = None,
    person: Person = None,
    rows_of: RowsOf = None,
    rows: Rows = None,
    before: Annotated[
        str | None, typer.Option("--before", metavar="ID", help="Older than this message: the next page.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, max=MOST, help="At most so many.")] = 50,
    as_json: Json = False,
) -> None:
    """List messages, newest first; filters combine."""
    found = desk.call(
        "messages",
        state=_known_state(state),
        party=party,
        endpoint=endpoint,
        code=code.upper() if code else None,
        since=instant(since, "--since"),
        until=instant(until, "--until"),
        sender_id=sender_id,
        case=case,
        person=_person(person),
        correlation_id=rows_of,
        rows=rows if rows_of is None else True,
        before=before,
        limit=limit,
    )
    if as_json:
        screen.as_json(found)
        return
    asked = (state, party, endpoint, code, since, until, sender_id, case, person, rows_of, before)
    filtered = any(asked) or rows is not None
    empty = (
        "no message fits these filters" if filtered else "no messages yet; send one: punte send FILE --endpoint NAME"
    )
    screen.table(COLUMNS, [_row(row) for row in found], empty=empty)
    if len(found) == limit:
        screen.note(f"there may be more: punte messages list --before {found[-1]['id']}")


@app.command()
def show(
    message_id: MessageId,
    *,
    reveal: Reveal = False,
    reason: Reason = None,
    as_json: Json = False,
) -> None:
    """Show one message: what was decided, where it went, its record."""
    check_reveal(reveal=reveal, reason=reason)
    more = {"reveal": True, "reason": reason, "by": desk.operator()} if reveal else {}
    answer = desk.call("message", id=message_id, **more)
    if as_json:
        screen.as_json(answer)
    else:
        show_message(answer, revealed=reveal)


@app.command()
def settle(
    message_id: MessageId,
    *,
    sent: Annotated[bool, typer.Option("--sent/--not-sent", help="Whether the partner has it; else it is sent again.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="How you know; kept in the history.")],
    endpoint: Annotated[
        str | None,
        typer.Option(
            "--endpoint", metavar="NAME", help="Which partner, if several are.", autocompletion=completion.outbound
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say whether the partner has a message whose answer was lost (D104)."""
    answer = desk.call("settle", id=message_id, sent=sent, endpoint=endpoint, reason=reason, by=desk.operator())
    if as_json:
        screen.as_json(answer)
        return
    word = "has it" if sent else "does not have it: it is sent again"
    screen.show(Text.assemble(f"{answer['endpoint']} {word}; the message is ", screen.state(answer["state"])))


@app.command()
def tail(
    *,
    state: StateOption = None,
    party: Party = None,
    endpoint: Endpoint = None,
    code: CodeOption = None,
    last: Annotated[
        int, typer.Option("--last", metavar="N", min=0, max=MOST, help="Begin with so many that are there.")
    ] = 10,
    every: Annotated[
        float, typer.Option("--every", metavar="SECONDS", min=0.1, help="Seconds between two looks.")
    ] = 1.0,
    as_json: Json = False,
) -> None:
    """Watch messages arrive until Ctrl+C.

    Oldest first; with --json one object per line.
    """
    wanted = {
        "state": _known_state(state),
        "party": party,
        "endpoint": endpoint,
        "code": code.upper() if code else None,
    }
    rows = list(reversed(desk.call("messages", limit=max(last, 1), **wanted)))
    newest = rows[-1]["id"] if rows else None
    rows = rows[len(rows) - last :] if last < len(rows) else rows
    _header(as_json=as_json)
    while True:
        for row in rows:
            _line(row, as_json=as_json)
        time.sleep(every)
        rows = _later(newest, wanted)
        newest = rows[-1]["id"] if rows else newest


def _later(newest: str | None, wanted: dict[str, Any]) -> list[dict[str, Any]]:
    if newest is None:
        return list(reversed(desk.call("messages", limit=MOST, **wanted)))
    rows: list[dict[str, Any]] = desk.call("messages", after=newest, limit=MOST, **wanted)
    return rows


def instant(text: str | None, option: str, *, ahead: bool = False) -> str | None:
    """Return a time that a person wrote as ISO 8601 with offset; without one it is local.

    A span such as ``2h`` lies behind, or with ``ahead`` before us.

    Raises:
        typer.BadParameter: exit code 2.
    """
    if text is None:
        return None
    try:
        if text[:-1].isdecimal() and text[-1] in UNITS:
            span = timedelta(**{UNITS[text[-1]]: int(text[:-1])})
            given = datetime.now().astimezone() + (span if ahead else -span)
        else:
            given = datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError):
        raise typer.BadParameter("write 2025-11-21, 2025-11-21T09:30 or 30m, 2h, 7d", param_hint=option) from None
    return given.isoformat()


def _person(text: str | None) -> str | None:
    """Return whom a person asks for; exit code 2 if that can be nobody's number."""
    if text == "-":
        text = sys.stdin.readline().strip()
    if text is not None and ":" not in text and not is_cnp(text):
        raise typer.BadParameter("write SCHEME:NUMBER, such as ro.cnp:2850415123450", param_hint="--person")
    return text


def _known_state(text: str | None) -> str | None:
    if text is not None and text not in completion.states(""):
        raise typer.BadParameter(f"one of: {', '.join(completion.states(''))}", param_hint="--state")
    return text


def _row(row: dict[str, Any]) -> tuple[Any, ...]:
    return (
        row["id"],
        screen.local(row["received_at"]),
        screen.state(row["state"]),
        _document(row),
        row["party"],
        row["endpoint"],
        " ".join(row.get("codes", ())),
        " ".join(row.get("cases", ())),
    )


def _document(row: dict[str, Any]) -> str | None:
    """Return what a message is; of a row also its line."""
    line = row.get("line")
    document: str | None = row.get("document")
    return document if line is None else f"{document or 'row'}:{line}"


def _header(*, as_json: bool) -> None:
    if not as_json:
        screen.note("watching; Ctrl+C ends")


def _line(row: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(screen.json_text(row), flush=True)
        return
    line = Text()
    for cell, width in zip(_row(row), TAIL_WIDTHS, strict=False):
        text = cell if isinstance(cell, Text) else Text(screen.clean(cell or "-"))
        line.append(text).append(" " * max(0, width - text.cell_len) + "  ")
    line.rstrip()
    screen.out().print(line, no_wrap=True, overflow="ellipsis", crop=True)
    sys.stdout.flush()

"""``punte messages``: find messages, look at one, watch them arrive."""

import base64
import os
import sys
import time
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from cli import desk, files, filters, screen
from cli.commands.settling import settle
from cli.faults import Exit
from cli.message_view import show_message, show_repair, show_steps
from cli.options import Json, MessageId, Reason, Reveal, check_reveal
from cli.screen import Column
from hub_core.errors import ConfigError, PunteError

app = typer.Typer(no_args_is_help=True, help="Find messages, look at one, watch them arrive.")

COLUMNS = (
    Column("ID"),
    Column("RECEIVED"),
    Column("STATE"),
    Column("DOCUMENT", drop=3),
    Column("PARTY", drop=2),
    Column("ENDPOINT", drop=4),
    Column("CODES", drop=1),
    Column("CASES", drop=5),
)
TAIL_WIDTHS = (36, 23, 10, 16, 10, 14, 0)  # lines that come one by one cannot be measured together
MOST = 1000


@app.command("list")
def list_(
    *,
    state: filters.State = None,
    party: filters.Party = None,
    endpoint: filters.Endpoint = None,
    code: filters.Code = None,
    since: filters.Since = None,
    until: filters.Until = None,
    sender_id: filters.SenderId = None,
    case: filters.Case = None,
    person: filters.Person = None,
    file: filters.File = None,
    conversation: filters.Conversation = None,
    rows_of: filters.RowsOf = None,
    rows: filters.Rows = None,
    before: Annotated[
        str | None, typer.Option("--before", metavar="ID", help="Older than this message: the next page.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, max=MOST, help="At most so many.")] = 50,
    as_json: Json = False,
) -> None:
    """List messages, newest first; filters combine."""
    if rows_of and conversation:
        raise typer.BadParameter("name a file or a conversation", param_hint="--rows-of")
    wanted: dict[str, Any] = {
        "state": filters.known_state(state),
        "party": party,
        "endpoint": endpoint,
        "code": code.upper() if code else None,
        "since": filters.instant(since, "--since"),
        "until": filters.instant(until, "--until"),
        "sender_id": sender_id,
        "case": case,
        "person": filters.person(person),
        "file": file,
        "correlation_id": rows_of or conversation,
        "rows": rows if rows_of is None else True,
        "before": before,
    }
    found = desk.call("messages", limit=limit, **wanted)
    if as_json:
        screen.as_json(found)
        return
    filtered = any(value is not None for value in wanted.values())
    none = "no message fits these filters" if filtered else "no messages yet; send one: punte send FILE --endpoint NAME"
    screen.table(COLUMNS, [_row(row) for row in found], empty=none)
    if len(found) == limit:
        screen.note(f"there may be more: the same command with --before {found[-1]['id']}")


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
def timeline(message_id: MessageId, *, as_json: Json = False) -> None:
    """Show what happened to one message in the order of time, and what it waits for now.

    Steps, attempts with what each took, acts of people with their reasons, pauses that held it back.
    """
    answer = desk.call("timeline", id=message_id)
    if as_json:
        screen.as_json(answer)
        return
    screen.facts((("message", Text(answer["message"], "bold")), ("state", screen.state(answer["state"]))))
    show_steps(answer["steps"], answer["now"])


app.command()(settle)


@app.command()
def repair(
    message_id: MessageId,
    *,
    corrected: Annotated[
        Path,
        typer.Option(
            "--with",
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="Corrected document, as its sender writes it.",
        ),
    ],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="What was wrong; kept in the history.")],
    as_json: Json = False,
) -> None:
    """Take a corrected copy in the place of a message, as if its sender had sent it now.

    The copy is a message of its own, linked to the first. What was given up of the first is closed.
    """
    body = base64.b64encode(corrected.read_bytes()).decode()
    answer = desk.call("repair", id=message_id, body=body, reason=reason, by=desk.operator())
    if as_json:
        screen.as_json(answer)
    else:
        show_repair(answer)
    if not answer["kept"]:
        raise typer.Exit(Exit.ATTENTION)


@app.command()
def attachment(
    message_id: MessageId,
    number: Annotated[int, typer.Argument(metavar="N", min=1, help="Which one, as punte messages show counts them.")],
    *,
    to: Annotated[
        Path, typer.Option("--to", metavar="FILE", dir_okay=False, help="File to write; one that is there stays.")
    ],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why you need it; kept in the history.")],
) -> None:
    """Write the content of an attachment into a file that only you can read.

    Leaves an entry in the history of the message.
    """
    piece = partial(desk.call, "attachment", id=message_id, number=number, reason=reason, by=desk.operator())
    first = piece(piece=0)
    try:
        descriptor = os.open(to, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file, files.bar("writing", first["pieces"]) as advance:
            file.write(base64.b64decode(first["content"]))
            advance(1)
            for part in range(1, first["pieces"]):
                file.write(base64.b64decode(piece(piece=part)["content"]))
                advance(1)
    except PunteError:
        to.unlink()  # a part of a content is none
        raise
    except OSError as error:
        raise ConfigError("W304", f"it cannot be written: {error.strerror}", where=str(to)) from error
    screen.note(f"{first['size']:,} bytes written to {to}")


@app.command()
def tail(
    *,
    state: filters.State = None,
    party: filters.Party = None,
    endpoint: filters.Endpoint = None,
    code: filters.Code = None,
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
        "state": filters.known_state(state),
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

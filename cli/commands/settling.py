"""``punte messages settle``: what a person found out about messages whose answers were lost."""

from collections.abc import Iterator
from typing import Annotated, Any, Final

import typer
from rich.text import Text

from cli import completion, desk, files, filters, screen
from cli.commands.parked import FAULTS, FAULTS_SHOWN
from cli.faults import Exit
from cli.options import Json, Yes, ask, row_or_message
from cli.screen import Column
from hub_core.errors import PunteError

DOUBTS: Final = (Column("MESSAGE"), Column("ENDPOINT"), Column("IN DOUBT SINCE"))
PAGE: Final = 1000
SHOWN: Final = 20


def _each(texts: list[str] | None) -> list[str]:
    return [str(row_or_message(text)) for text in texts or ()]


Ids = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="ID...",
        help="References of messages, or FILE:LINE; left out: what fits --filter and --endpoint.",
        autocompletion=completion.messages,
        callback=_each,
    ),
]
Endpoint = Annotated[
    str | None,
    typer.Option("--endpoint", metavar="NAME", help="In doubt at this partner.", autocompletion=completion.outbound),
]


def settle(
    message_ids: Ids = None,
    *,
    only: filters.Only = None,
    sent: Annotated[bool, typer.Option("--sent/--not-sent", help="Whether the partner has it; else it is sent again.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="How you know; kept in the history.")],
    endpoint: Annotated[
        str | None,
        typer.Option(
            "--endpoint", metavar="NAME", help="In doubt at this partner.", autocompletion=completion.outbound
        ),
    ] = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Say whether the partner has messages whose answers were lost (D104): one, several, or all that fit.

    Of several the count is shown first, and you are asked. What comes into doubt meanwhile is left alone.
    """
    if (message_ids and only) or not (message_ids or only or endpoint):
        raise typer.BadParameter("name messages, or --filter NAME=VALUE, or --endpoint NAME", param_hint="ID")
    if not reason.strip():
        raise typer.BadParameter("say how you know", param_hint="--reason")
    act = {"sent": sent, "endpoint": endpoint, "reason": reason, "by": desk.operator()}
    if message_ids and len(message_ids) == 1:
        _one(message_ids[0], act, as_json=as_json)
        return
    rows = [*_found(message_ids or [], filters.wanted(only or []), endpoint)]
    if not as_json:
        _list(rows)
    ids = [*dict.fromkeys(row["message"] for row in rows)]
    if ids and not yes:
        ask(f"{len(ids):,} {_becomes(len(ids), sent=sent)}. Go on?")
    done, faults = _many(ids, act)
    _told(done, faults, sent=sent, as_json=as_json)


def _one(message_id: str, act: dict[str, Any], *, as_json: bool) -> None:
    answer = desk.call("settle", id=message_id, **act)
    if as_json:
        screen.as_json(answer)
        return
    word = "has it" if act["sent"] else "does not have it: it is sent again"
    screen.show(Text.assemble(f"{answer['endpoint']} {word}; the message is ", screen.state(answer["state"])))


def _found(ids: list[str], wanted: dict[str, Any], endpoint: str | None) -> Iterator[dict[str, Any]]:
    """Yield what is in doubt, the oldest message first, page by page."""
    if ids:
        for begin in range(0, len(ids), PAGE):
            yield from desk.call("doubts", ids=ids[begin : begin + PAGE], endpoint=endpoint)["doubts"]
        return
    after: str | None = ""
    while after is not None:
        part = desk.call("doubts", filter=wanted | {"after": after, "limit": PAGE}, endpoint=endpoint)
        yield from part["doubts"]
        after = part["last"]


def _many(ids: list[str], act: dict[str, Any]) -> tuple[int, list[dict[str, Any]]]:
    """Settle one message after the other; return how many were, and why others were not."""
    faults = []
    with files.bar("settled", len(ids)) as advance:
        for message_id in ids:
            try:
                desk.call("settle", id=message_id, **act)
            except PunteError as fault:
                faults.append({"message": message_id, "code": fault.code, "text": fault.text})
            advance(1)
    return len(ids) - len(faults), faults


def _list(rows: list[dict[str, Any]]) -> None:
    shown = [(it["message"], it["endpoint"], screen.local(it["since"])) for it in rows[:SHOWN]]
    screen.table(DOUBTS, shown, empty="nothing of it is in doubt")
    if len(rows) > SHOWN:
        screen.note(f"and {len(rows) - SHOWN:,} more")


def _told(done: int, faults: list[dict[str, Any]], *, sent: bool, as_json: bool) -> None:
    if as_json:
        screen.as_json({"done": done, "faults": faults})
    else:
        screen.table(FAULTS, [(it["message"], it["code"], it["text"]) for it in faults[:FAULTS_SHOWN]], empty="")
        rest = f", {len(faults):,} could not be and stay as they are" if faults else ""
        screen.show(Text(f"{done:,} {_becomes(done, sent=sent)}{rest}"))
    if faults:
        raise typer.Exit(Exit.ATTENTION)


def _becomes(count: int, *, sent: bool) -> str:
    be = "is" if count == 1 else "are"
    return f"{be} settled as sent" if sent else f"{be} sent again"

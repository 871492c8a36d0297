"""``punte replay``: judge a kept message again, and deliver what comes out."""

from typing import Annotated, Any

import typer

from cli import desk, screen
from cli.commands.why import shown
from cli.options import Json, MessageId
from cli.screen import Column

CHANGES = (Column("AT"), Column("BEFORE", wrap=True), Column("NOW", wrap=True))


def replay(
    message_id: MessageId,
    *,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why you do this; kept in the history.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would differ and where it would go.")
    ] = False,
    pinned: Annotated[
        bool, typer.Option("--pinned", help="With the mapping that decided about it, not with the one in force.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Judge a kept message again from its bytes, and deliver what comes out.

    The record before and now are compared; --dry-run stops there.
    """
    by = desk.operator()
    answer = desk.call("replay", id=message_id, reason=reason, dry_run=dry_run, pinned=pinned or None, by=by)
    if as_json:
        screen.as_json(answer)
    else:
        _show(answer)


def _show(answer: dict[str, Any]) -> None:
    screen.facts(
        (
            ("message", answer["message"]),
            ("state now", screen.state(answer["state"])),
            ("mapping before", answer["before"]),
            ("mapping now", answer["now"]),
        )
    )
    screen.heading("What differs")
    rows = [(it["at"], shown(it["before"]) or "-", shown(it["after"]) or "-") for it in answer["changes"]]
    screen.table(CHANGES, rows, empty="nothing: the record is the same as before")
    targets = ", ".join(f"{it['endpoint']} (route {it['route']})" for it in answer["deliveries"]) or "nobody"
    done = "is delivered again to" if answer["sent"] else "would be delivered to"
    screen.heading(f"It {done}: {targets}")

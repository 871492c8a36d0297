"""``punte schedule``: what the hub does by itself, when it did it, and what it found."""

from typing import Any

import typer
from rich.text import Text

from cli import desk, screen
from cli.faults import Exit
from cli.options import Json
from cli.screen import Column

COLUMNS = (
    Column("JOB"),
    Column("STATE"),
    Column("EVERY", right=True, drop=3),
    Column("LAST RUN", drop=1),
    Column("NEXT", drop=2),
    Column("CODE"),
    Column("FOUND", wrap=True),
)


def schedule(*, as_json: Json = False) -> None:
    """Show the jobs that run on a schedule: certificates, contracts, purging, lists that are fetched.

    Ends with 1 if one of them needs a human, as status does: it found what does not pass by itself, or did not run.
    """
    jobs: list[dict[str, Any]] = desk.call("schedule")
    if as_json:
        screen.as_json(jobs)
    else:
        screen.table(COLUMNS, [_row(it) for it in jobs], empty="")
    if any(it.get("needs_human") for it in jobs):
        raise typer.Exit(Exit.ATTENTION)


def _row(it: dict[str, Any]) -> list[str | Text | None]:
    state = screen.state(it["state"])
    last, due = screen.local(it["begun_at"]), screen.local(it["due_at"])
    return [it["job"], state, it["every"], last, due, it["code"], it["detail"]]

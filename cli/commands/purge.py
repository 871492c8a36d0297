"""``punte purge``: delete what was kept long enough."""

from typing import Annotated, Any, Final

import typer
from rich.text import Text

from cli import desk, files, screen
from cli.options import Json, Yes, ask
from cli.screen import Column

COLUMNS = (Column("WHAT"), Column("KEPT"), Column("RECEIVED BEFORE"), Column("MESSAGES", right=True))
WHAT: Final = {"bodies": "bodies and records", "messages": "all that is left"}


def purge(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Delete what was kept long enough (PUNTE_KEEP_BODIES, PUNTE_KEEP_METADATA, in days).

    Only messages that are closed: nothing of them is open or waits for a person. Without its body a message still
    says when it came and what became of it, and the same message is not accepted a second time.
    """
    plan = desk.call("purgeable")
    total = sum(part["count"] for part in plan)
    if not as_json:
        screen.table(COLUMNS, [_row(part) for part in plan], empty="")
    if dry_run or not total:
        if as_json:
            screen.as_json({"parts": plan, "done": None if dry_run else {part["part"]: 0 for part in plan}})
        elif not total:
            screen.show(Text("nothing is old enough"))
        return
    if not yes:
        ask(f"{sum(part['count'] for part in plan):,} deletions cannot be undone. Go on?")
    with files.bar("deleting", total) as advance:
        done = {part["part"]: _all_of(part["part"], advance) for part in plan}
    if as_json:
        screen.as_json({"parts": plan, "done": done})
    else:
        told = ", ".join(f"{WHAT[part]} of {count:,} messages" for part, count in done.items())
        screen.show(Text(f"deleted: {told}"))


def _all_of(part: str, advance: Any) -> int:
    done = 0
    step: dict[str, Any] = {"after": 0}
    while step["after"] is not None:
        step = desk.call("purge", part=part, after=step["after"], by=desk.operator())
        advance(step["done"])
        done += step["done"]
    return done


def _row(part: dict[str, Any]) -> tuple[Any, ...]:
    kept = f"{part['days']:,} days" if part["days"] else "for ever"
    before = screen.local(part["before"]) if part["before"] else ""
    return (WHAT[part["part"]], kept, before, f"{part['count']:,}")

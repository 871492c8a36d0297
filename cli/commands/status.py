"""``punte status``: is all well, and if not, what waits for a human?"""

from typing import Any

import typer
from rich.text import Text

from cli import desk, screen
from cli.commands.endpoints import show_endpoints
from cli.faults import Exit
from cli.options import Json
from cli.screen import Column

REFUSALS = (Column("CODE"), Column("PARTY"), Column("COUNT", right=True), Column("LAST"))
ORDER = ("accepted", "delivering", "delivered", "refused", "parked")


def status(*, as_json: Json = False) -> None:
    """Show what runs, what is kept, and what is stuck since when.

    Ends with 1 if something needs a human, so that monitoring can ask it.
    """
    answer = desk.call("status")
    if as_json:
        screen.as_json(answer)
    else:
        _show(answer)
    if answer["needs_human"]:
        raise typer.Exit(Exit.ATTENTION)


def _show(answer: dict[str, Any]) -> None:
    waiting = answer["open"]
    screen.facts(
        (
            ("hub", _hub(answer)),
            ("registry set", str(answer["registry_set"] or "none yet: punte init, then punte apply")),
            ("messages", _counts(answer["messages"])),
            ("last message", screen.local(answer["last_message_at"])),
            ("to deliver", _waiting(waiting)),
            ("files to split", str(answer.get("files_open") or "") or None),
            ("scheduled", _scheduled(answer.get("scheduled", []))),
        )
    )
    if answer["stuck"]:
        screen.heading("Waiting for you")
        for it in answer["stuck"]:
            _show_stuck(it)
    if answer.get("endpoints"):
        screen.heading("Endpoints that do not flow, or wait for you")
        show_endpoints(answer["endpoints"], empty="")
        screen.note("all of them: punte endpoint list")
    if answer["refusals"]:
        screen.heading("Turned away at the door")
        rows = [
            (it["code"], it["party"] or "unknown", f"{it['count']:,}", screen.local(it["newest"]))
            for it in answer["refusals"]
        ]
        screen.table(REFUSALS, rows, empty="")
    verdict = ("needs a human", "bold red") if answer["needs_human"] else ("all is well", "green")
    screen.show(Text.assemble("\n", verdict))


def _show_stuck(it: dict[str, Any]) -> None:
    """Print what is stuck, where, since when and why; below, the command to begin with."""
    count = f" {it['count']:,}" if it["where"] else ""
    where = f" for {it['where']}" if it["where"] else ""
    since = f" since {screen.local(it['since'])}" if it["since"] else ""
    screen.show(Text.assemble((it["what"], "bold red"), screen.clean(count + where + since)))
    screen.show(Text(f"    {screen.clean(it['why'])}"))
    screen.show(Text(f"    {screen.clean(it['command'])}", "cyan"))


def _hub(answer: dict[str, Any]) -> Text:
    if not answer["running"]:
        return Text(f"none that answers (version {answer['version']})", "bold red")
    since = screen.local(answer["started_at"])
    return Text.assemble(("running", "green"), f" at {answer['address']} since {since}, version {answer['version']}")


def _counts(counts: dict[str, int]) -> Text:
    counts = {name: count for name, count in counts.items() if count}
    if not counts:
        return Text("none yet: punte send FILE --endpoint NAME")
    known = [name for name in ORDER if name in counts] + sorted(counts.keys() - set(ORDER))
    parts = [Text.assemble(screen.state(name), f" {counts[name]:,}") for name in known]
    return Text(", ").join(parts)


def _scheduled(jobs: list[dict[str, Any]]) -> str:
    """Say what the hub did by itself last."""
    if not jobs:
        return ""
    last = max(jobs, key=lambda it: str(it["begun_at"]))
    count = "1 job" if len(jobs) == 1 else f"{len(jobs)} jobs"
    return f"{count}, last {last['job']} at {screen.local(last['begun_at'])}; punte schedule"


def _waiting(waiting: dict[str, Any]) -> str:
    if not waiting["count"]:
        return "nothing"
    return f"{waiting['count']:,}, the oldest since {screen.local(waiting['oldest'])}"

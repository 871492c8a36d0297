"""``punte endpoint``: what is registered, what flows to partners, what is held back and why; pausing and resuming."""

from typing import Annotated, Any

import typer
from rich.text import Text

from cli import completion, desk, filters, screen
from cli.commands import onboarding, partnerpage
from cli.endpoint_view import show_registered
from cli.options import Json
from cli.screen import Column

app = typer.Typer(no_args_is_help=True, help="Connect partners; see what flows to them; pause and resume it.")
app.command()(onboarding.new)
app.command()(onboarding.check)
app.command()(partnerpage.page)

ENDPOINTS = (
    Column("ENDPOINT"),
    Column("INSTITUTION", drop=3),
    Column("STATE"),
    Column("UNTIL", drop=1),
    Column("WHY", wrap=True),
    Column("BY", drop=4),
    Column("UNDER WAY", right=True, drop=5),
    Column("WAITING", right=True),
    Column("OLDEST", drop=2),
    Column("IN DOUBT", right=True),
    Column("PARKED", right=True),
)
PAUSES = (
    Column("FROM"),
    Column("BY"),
    Column("WHY", wrap=True),
    Column("UNTIL"),
    Column("RESUMED"),
    Column("BY WHOM AND WHY", wrap=True),
)
FILES = (
    Column("NUMBER", right=True),
    Column("FILE"),
    Column("ROWS", right=True),
    Column("CLOSED", drop=1),
    Column("WRITTEN"),
    Column("ANSWER"),
    Column("EARLY BY", drop=2),
    Column("WHY", drop=3, wrap=True),
)

AnyName = Annotated[
    str, typer.Argument(metavar="NAME", help="Name of the endpoint.", autocompletion=completion.endpoints)
]
Name = Annotated[
    str, typer.Argument(metavar="NAME", help="Name of the outbound endpoint.", autocompletion=completion.outbound)
]
Why = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why you do this; kept with the pause.")]


@app.command("list")
def list_(*, as_json: Json = False) -> None:
    """List outbound endpoints: what waits, since when, and what holds it back."""
    answer = desk.call("endpoints")
    if as_json:
        screen.as_json(answer)
    else:
        show_endpoints(answer, empty="no outbound endpoints yet; register one: see punte apply")
        _name_others({row["endpoint"] for row in answer})


@app.command()
def show(name: AnyName, *, as_json: Json = False) -> None:
    """Show one endpoint: what is registered, who may call it, where it leads, what came last and what waits.

    Of an outbound one also what holds it back, and who paused it when and why.
    """
    answer = desk.call("endpoint", name=name)
    if as_json:
        screen.as_json(answer)
        return
    show_registered(answer["registered"])
    if "endpoint" in answer:
        screen.heading("What flows")
        _show(answer)


@app.command()
def pause(
    name: Name,
    *,
    reason: Why,
    until: Annotated[
        str | None,
        typer.Option(
            "--until", metavar="TIME", help="When it ends by itself: 2025-11-21T18:00, or in 30m, 2h, 7d. Else: resume."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Let nothing more go to an endpoint; its messages wait, what is under way ends."""
    ends = filters.instant(until, "--until", ahead=True)
    answer = desk.call("endpoint_pause", name=name, reason=reason, until=ends, by=desk.operator())
    if as_json:
        screen.as_json(answer)
    else:
        _show(answer)


@app.command()
def resume(name: Name, *, reason: Why, as_json: Json = False) -> None:
    """Let everything flow again: ends a pause, and a break after failures."""
    answer = desk.call("endpoint_resume", name=name, reason=reason, by=desk.operator())
    if as_json:
        screen.as_json(answer)
        return
    _show(answer)
    ended = {"the pause ended": answer["pause_ended"], "it is no longer left alone": answer["breaker_closed"]}
    told = [text for text, true in ended.items() if true]
    screen.note("; ".join(told) or "nothing to resume: it was neither paused nor left alone")


def _name_others(shown: set[str]) -> None:
    """Name the endpoints by which something comes in or is asked."""
    others = [name for name in desk.call("names")["endpoints"] if name not in shown]
    if others:
        screen.note(f"others: {', '.join(others)}; punte endpoint show NAME")


def show_endpoints(rows: list[dict[str, Any]], *, empty: str) -> None:
    """Print how endpoints stand."""
    screen.table(ENDPOINTS, [_row(row) for row in rows], empty=empty)


def _row(row: dict[str, Any]) -> tuple[Any, ...]:
    return (
        row["endpoint"],
        row["institution"],
        screen.state(row["state"]),
        screen.local(row["until"]),
        row["why"],
        row["by"],
        _count(row["under_way"]),
        _count(row["waiting"]),
        screen.local(row["oldest"]),
        _count(row["in_doubt"]),
        _count(row["parked"]),
    )


def _count(number: int) -> str:
    return f"{number:,}" if number else ""


def _show(answer: dict[str, Any]) -> None:
    show_endpoints([answer["endpoint"]], empty="")
    if "files" in answer:
        _show_files(answer)
    if failure := answer.get("failure"):
        _show_failure(failure)
    if not answer["pauses"]:
        return
    screen.heading("Pauses, the newest first")
    rows = [
        (
            screen.local(it["at"]),
            it["by"],
            it["reason"],
            screen.local(it["until"]) or "somebody resumes it",
            screen.local(it["resumed_at"]) or "-",
            ": ".join(filter(None, (it["resumed_by"], it["resumed_reason"]))) or "-",
        )
        for it in answer["pauses"]
    ]
    screen.table(PAUSES, rows, empty="")


def _show_failure(it: dict[str, Any]) -> None:
    """Print when and why an attempt failed last, and the message to look at."""
    screen.heading("The last failure of what is not sent")
    why = Text.assemble((f"{it['code']} ", "bold red"), screen.clean(it["text"]))
    screen.facts((("when", screen.local(it["at"])), ("why", why), ("message", it["message"])))
    screen.note(f"all of it: punte messages timeline {it['message']}")


def _show_files(answer: dict[str, Any]) -> None:
    """Print which files were written, and where they go."""
    screen.heading(f"Files into {screen.clean(answer['folder'] or '')}, the newest first")
    show_files(answer["files"], empty="none yet: a file is written when it is due and something waits")


def show_files(files: list[dict[str, Any]], *, empty: str) -> None:
    """Print files that the hub writes, and who let them be written before their time."""
    screen.table(FILES, [_file(it) for it in files], empty=empty)


def _file(it: dict[str, Any]) -> tuple[str | None, ...]:
    early = it.get("early") or {"by": "", "reason": ""}
    written = screen.local(it["written_at"]) or "not yet"
    closed = screen.local(it["closed_at"])
    rows, answer = f"{it['lines']:,}", it.get("answer")
    return str(it["number"]), it["name"], rows, closed, written, answer, early["by"], early["reason"]

"""``punte torture``: kill hubs at random while messages flow, then compare the books."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cli import screen
from cli.faults import Exit
from cli.options import Json
from cli.screen import Column

if TYPE_CHECKING:
    from hub_torture.plan import Plan
    from hub_torture.report import Limits, Report

VERDICTS = (Column("PROMISE"), Column("CHECKED", right=True), Column("BROKEN", right=True), Column("VERDICT"))
NODES: Final = 2  # hubs on one server


class Engine(StrEnum):
    """What the journal lies on."""

    SQLITE = "sqlite"
    POSTGRES = "postgres"


def torture(
    *,
    engine: Annotated[Engine, typer.Option("--engine", help="One hub on a file, or two on a server.")] = Engine.SQLITE,
    messages: Annotated[int, typer.Option("--messages", metavar="N", min=100, help="How many are sent.")] = 2000,
    kills: Annotated[int, typer.Option("--kills", metavar="N", min=0, help="How many processes are killed.")] = 10,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="The same seed gives the same schedule.")] = 1,
    recovery: Annotated[
        float,
        typer.Option("--recovery", metavar="SECONDS", min=0.1, help="Longest time without accepting after a kill."),
    ] = 2.0,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", dir_okay=False, help="Write the report there, as JSON.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Kill hubs while messages flow and partners misbehave; then see that every promise was kept.

    Runs in a temporary folder with processes of its own. Ends with 1 if a promise was broken; the folder is kept then.
    """
    from datetime import timedelta

    import msgspec

    from hub_torture.plan import Plan
    from hub_torture.report import Limits

    server = engine is Engine.POSTGRES
    plan = Plan(messages=messages, kills=kills, seed=seed, server=server, nodes=NODES if server else 1)
    found, folder = _run(plan, Limits(recovery=timedelta(seconds=recovery)))
    if report is not None:
        report.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    if as_json:
        screen.as_json(msgspec.to_builtins(found))
    else:
        _show(found, engine)
    if not found.kept:
        screen.note(f"ledgers, journal and logs are kept: {folder}")
        raise typer.Exit(Exit.ATTENTION)
    shutil.rmtree(folder)


def _run(plan: "Plan", limits: "Limits") -> "tuple[Report, Path]":
    import asyncio

    import uvloop

    from hub_torture.run import torture as run

    folder = Path(tempfile.mkdtemp(prefix="punte-torture-"))
    try:
        with _progress(plan.messages) as tell, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(run(plan, folder, limits=limits, tell=tell)), folder
    except BaseException:
        screen.note(f"what there is lies in {folder}")
        raise


@contextmanager
def _progress(messages: int) -> Iterator[Callable[[str, int], None]]:
    """Return what is told of progress; on a terminal a bar runs."""
    console = screen.err()
    if not console.is_terminal:
        yield lambda _step, _count: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("starting", total=messages)
        yield lambda step, count: progress.update(task, description=step, completed=min(count, messages))


def _kills(found: "Report") -> str:
    server = f", {found.server_kills} of the server" if found.plan.server else ""
    return f"{found.kills} of hubs{server}" + (f"; {found.freezes} stopped and overtaken" if found.freezes else "")


def _accepting(found: "Report") -> str | None:
    if not found.recoveries:
        return None
    server = f"; the server itself {max(found.server_recoveries):.2f} s" if found.server_recoveries else ""
    return f"after {max(found.recoveries):.2f} s at most{server}"


def _show(found: "Report", engine: Engine) -> None:
    plan = found.plan
    screen.facts(
        (
            ("engine", f"{engine}, {plan.nodes} hub{'s'[: plan.nodes > 1]}, seed {plan.seed}"),
            ("messages", f"{found.accepted} accepted: {found.delivered} delivered, {found.parked} parked"),
            ("refused", f"{found.refused}, as they should be"),
            ("deliveries", f"{found.taken} taken, {found.repeated} of them again under the same key"),
            ("kills", _kills(found)),
            ("accepting again", _accepting(found)),
            ("memory", f"{found.memory // 1_000_000} MB at most"),
            ("time", f"{found.seconds:.0f} s"),
        )
    )
    rows = [
        (one.promise, str(one.checked), str(one.broken), screen.state("kept" if one.kept else "BROKEN"))
        for one in found.verdicts
    ]
    screen.heading("Promises")
    screen.table(VERDICTS, rows, empty="")
    for one in found.verdicts:
        for example in one.examples:
            screen.note(f"{one.promise}: {example}")

"""``punte file write``: the file that would be due later, now."""

from typing import Annotated, Any

import typer

from cli import completion, desk, files, screen
from cli.commands.endpoints import show_files
from cli.faults import Exit
from cli.options import Json, Yes, ask
from cli.screen import Column

UNFIT = (Column("MESSAGES", right=True), Column("CODE"), Column("FITS INTO NO FILE", wrap=True))

Name = Annotated[
    str, typer.Argument(metavar="ENDPOINT", help="Outbound endpoint with collect:.", autocompletion=completion.outbound)
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why you do this; kept with the file.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be written.")]


def write(name: Name, *, reason: Reason = "", dry_run: DryRun = False, yes: Yes = False, as_json: Json = False) -> None:
    """Write what waits for the next file of an endpoint now, before its time.

    Says first how many messages wait, what the file would be called, and what fits into none. Where more wait than one
    file holds, several are written. The files, and each of their messages, say who let them be written early and why.
    Ends with 1 if something is left that is in no file.
    """
    if not dry_run and not reason.strip():
        raise typer.BadParameter("say why", param_hint="--reason")
    draft = desk.call("file_draft", name=name)
    if dry_run and as_json:
        screen.as_json(draft)
    elif not as_json:
        _show(draft)
    if dry_run:
        raise typer.Exit(Exit.ATTENTION if draft["unfit"] else Exit.DONE)
    if draft["waiting"] and not yes:
        ask(f"{draft['waiting']:,} {'is' if draft['waiting'] == 1 else 'are'} written now. Go on?")
    _write(name, draft["waiting"], reason, as_json=as_json)


def _write(name: str, waiting: int, reason: str, *, as_json: bool) -> None:
    """Write file after file until all of what waited is written; what comes meanwhile waits for its time."""
    written: dict[int, dict[str, Any]] = {}
    rows, left = 0, waiting
    with files.bar("writing", waiting) as advance:
        while rows < waiting:
            part = desk.call("file_write", name=name, reason=reason, by=desk.operator())
            left, file = part["waiting"], part["file"]
            if file is None or file["number"] in written:
                break
            written[file["number"]] = file
            rows += file["lines"]
            advance(file["lines"])
    shown = [*written.values()]
    if as_json:
        screen.as_json({"files": shown, "rows": rows, "waiting": left})
    elif waiting:
        show_files(shown, empty="no file was written")
    if rows < waiting:
        screen.note(f"{waiting - rows:,} are in no file: punte parked; punte endpoint show {name}")
        raise typer.Exit(Exit.ATTENTION)


def _show(draft: dict[str, Any]) -> None:
    if not draft["waiting"]:
        screen.note(f"nothing waits at {draft['endpoint']}: there is no file to write")
        return
    closed = draft["closed"]
    screen.facts(
        (
            ("messages", f"{draft['waiting']:,}, the oldest since {screen.local(draft['oldest'])}"),
            (
                "endpoint",
                f"{draft['state']}, until {until}" if (until := screen.local(draft["until"])) else draft["state"],
            ),
            ("not there yet", closed and f"{closed['name']}, rows: {closed['lines']:,}; is tried again first"),
            ("next file", draft["name"] and f"{draft['name']}, rows: {draft['rows']:,}"),
        )
    )
    rows = [(f"{it['count']:,}", it["code"], it["detail"]) for it in draft["unfit"]]
    if rows:
        screen.table(UNFIT, rows, empty="")

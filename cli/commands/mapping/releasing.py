"""``punte mapping releases``, ``shadow``, ``promote``, ``rollback``: what reads, and how it is changed."""

from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.text import Text

from cli import completion, desk, screen
from cli.options import Json
from cli.screen import Column

HISTORY = (Column("RELEASE", right=True), Column("ACT"), Column("AT"), Column("BY"), Column("REASON", wrap=True))
FIELDS = (
    Column("MESSAGES", right=True),
    Column("FIELD", wrap=True),
    Column("KIND"),
    Column("MAPPING", drop=1),
    Column("FOR EXAMPLE", drop=2),
)
SIGNS: Final = {"added": ("+", "green"), "changed": ("~", "yellow"), "removed": ("-", "red")}
STATUS, STOP = "status", "stop"

Why = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why you do this; kept in the history.")]
Whole = Annotated[bool, typer.Option("--whole", help="The folder is all there is: what it lacks goes out of force.")]


def releases(*, as_json: Json = False) -> None:
    """List what was done with mapping releases, newest first, and say which is in force."""
    answer = desk.call("mapping_releases")
    if as_json:
        screen.as_json(answer)
        return
    _standing(answer)
    if answer["history"]:
        screen.heading("History")
    rows = [(str(it["release"]), it["act"], screen.local(it["at"]), it["by"], it["reason"]) for it in answer["history"]]
    screen.table(HISTORY, rows, empty="no release yet: the hub makes the first one when it starts")
    if answer["folder_is_in_force"] is False:
        screen.note("what was delivered with the hub differs from what is in force: punte doctor says in which files")


def shadow(
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            help="Mapping file, folder, or number of a release; or status, or stop.",
            autocompletion=completion.shadow,
        ),
    ] = STATUS,
    *,
    whole: Whole = False,
    reason: Why = "",
    as_json: Json = False,
) -> None:
    """Let new mappings read live messages beside those in force, without effect, and count what would differ.

    WHAT becomes a release: its files take their places among those in force. Nothing is delivered twice and nothing is
    decided by it. Without WHAT, or with status: what was counted so far.
    """
    if what == STATUS:
        _status(as_json=as_json)
        return
    if what == STOP:
        answer = desk.call("mapping_shadow_stop", by=desk.operator(), reason=reason)
        told = "nothing runs in shadow any more"
    else:
        answer = desk.call("mapping_shadow", **given(what, whole=whole), by=desk.operator(), reason=reason)
        told = f"release {answer['shadow']} runs in shadow beside release {answer['in_force']}"
        told += "" if answer["running"] else " as soon as the hub runs"
    _show(answer, told, as_json=as_json)


def promote(
    what: Annotated[
        str | None,
        typer.Argument(metavar="WHAT", help="Mapping file, folder, or number of a release; default: the shadow."),
    ] = None,
    *,
    whole: Whole = False,
    reason: Why = "",
    as_json: Json = False,
) -> None:
    """Put new mappings in force: the next message is read by them, and each message by one release only.

    By default the release that runs in shadow. The files of WHAT take their places among those in force; with --whole a
    folder is all there is. punte mapping rollback returns to what was in force before.
    """
    named = {} if what is None else given(what, whole=whole)
    answer = desk.call("mapping_promote", **named, by=desk.operator(), reason=reason)
    _show(answer, f"release {answer['in_force']} is in force", as_json=as_json)


def rollback(*, reason: Why = "", as_json: Json = False) -> None:
    """Return to the mappings that were in force before."""
    answer = desk.call("mapping_rollback", by=desk.operator(), reason=reason)
    _show(answer, f"release {answer['in_force']} is in force again", as_json=as_json)


def given(what: str, *, whole: bool) -> dict[str, Any]:
    """Return the arguments of a verb for what a person named: a release, a folder or a file.

    Raises:
        typer.BadParameter: it is none of them.
        ConfigError: M101, a file cannot be read.
    """
    from hub_core import yaml
    from hub_core.mapping import gather
    from hub_core.mapping.files import bytes_of
    from hub_core.mapping.selection import lists_of, root_of

    path = Path(what)
    if what.isdecimal() and not path.exists():
        return {"release": int(what)}
    if not path.exists():
        raise typer.BadParameter(f"there is no file, folder or release {what}")
    files = gather([path]) if path.is_dir() else {str(path.resolve()): bytes_of(path, what)}
    if not files:
        raise typer.BadParameter(f"no mapping below {what}")
    parts = {"files": files, "beside": lists_of(root_of(path))}
    texts = {key: {name: yaml.text_of(body, file=name) for name, body in some.items()} for key, some in parts.items()}
    return {**texts, "whole": whole and path.is_dir()}


def _standing(answer: dict[str, Any]) -> None:
    shadow = answer["shadow"] and str(answer["shadow"])
    number = answer["in_force"]
    screen.facts((("in force", number and f"release {number}"), ("in shadow", shadow and f"release {shadow}")))


def _status(*, as_json: bool) -> None:
    answer = desk.call("mapping_releases")
    shown = {name: answer[name] for name in ("in_force", "shadow", "counted")}
    if as_json:
        screen.as_json(shown)
        return
    _standing(answer)
    counted = answer["counted"]
    if counted is None:
        stands = "it reads as soon as the hub runs" if answer["shadow"] else "nothing runs in shadow"
        screen.note(f"{stands}; begin with: punte mapping shadow FOLDER")
        return
    _counted(counted)


def _counted(counted: dict[str, Any]) -> None:
    skipped = f"{counted['skipped']:,} skipped, too many at once" if counted["skipped"] else None
    screen.facts(
        (
            ("since", screen.local(counted["since"])),
            ("compared", f"{counted['compared']:,} messages, {counted['different']:,} of them differ"),
            ("waiting", f"{counted['waiting']:,}" if counted["waiting"] else None),
            ("", skipped),
            ("", f"{counted['failed']:,} could not be read by it" if counted["failed"] else None),
        )
    )
    screen.heading("What would change")
    rows = [
        (f"{it['messages']:,}", it["field"], it["kind"], it["mapping"], " ".join(it["examples"][:1]))
        for it in counted["fields"]
    ]
    screen.table(FIELDS, rows, empty="nothing so far")


def show_changes(changes: list[dict[str, str]]) -> None:
    """Print which mappings differ between two sets."""
    for change in changes:
        sign, style = SIGNS[change["action"]]
        screen.show(Text.assemble((f"{sign} ", style), (screen.clean(change["mapping"]), "bold")))


def _show(answer: dict[str, Any], told: str, *, as_json: bool) -> None:
    if as_json:
        screen.as_json(answer)
        return
    show_changes(answer["changes"])
    if answer.get("counted"):
        _counted(answer["counted"])
    screen.show(Text(told, "bold"))

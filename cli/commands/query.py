"""``punte query``: what do several institutions know about one person?"""

import sys
from datetime import datetime
from typing import Annotated, Any, Final

import typer
from rich.text import Text

from cli import completion, desk, screen
from cli.faults import Exit
from cli.findings import show_findings
from cli.options import Json, Reason, Reveal, check_reveal
from cli.screen import Column
from cli.tree import leaves

SOURCES = (
    Column("SOURCE"),
    Column("INSTITUTION", drop=2),
    Column("ANSWER"),
    Column("CODE"),
    Column("SECONDS", right=True, drop=1),
    Column("MESSAGE", drop=3),
)
# Said of the document or made by the hub itself: nothing to compare.
NOT_COMPARED: Final = ("exchange", "unmapped", "gaps")
MADE_BY_THE_HUB: Final = ".normal."
CONTRADICTION: Final = "Q201"


Name = Annotated[str, typer.Argument(metavar="NAME", help="Query of the registry.", autocompletion=completion.queries)]
Cnp = Annotated[str, typer.Argument(metavar="CNP", help="Whose; - reads it from standard input.")]
Purpose = Annotated[str, typer.Option("--purpose", metavar="TEXT", help="Why; an access right must name it.")]
OnBehalf = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="INSTITUTION",
        help="On whose behalf; default: the only one that may.",
        autocompletion=completion.institutions,
    ),
]
On = Annotated[
    datetime | None,
    typer.Option("--on", metavar="DATE", formats=["%Y-%m-%d"], help="The day it is about; default: today."),
]


def query(
    name: Name,
    cnp: Cnp,
    *,
    purpose: Purpose,
    institution: OnBehalf = None,
    on: On = None,
    reveal: Reveal = False,
    reason: Reason = None,
    as_json: Json = False,
) -> None:
    """Ask several institutions about one person, each over its own protocol.

    Shows their records side by side and one merged view; contradictions stay visible. Ends with 1 if a source was
    late, silent or failed: that is never taken for "no".
    """
    check_reveal(reveal=reveal, reason=reason)
    answer = desk.call(
        "query",
        name=name,
        cnp=sys.stdin.readline().strip() if cnp == "-" else cnp,
        on=on.date().isoformat() if on else None,
        purpose=purpose,
        institution=institution,
        by=desk.operator(),
        reason=reason,
        reveal=reveal or None,
    )
    if as_json:
        screen.as_json(answer)
    else:
        _show(answer)
    if not answer["complete"]:
        raise typer.Exit(Exit.ATTENTION)


def _show(answer: dict[str, Any]) -> None:
    _sources(answer)
    contradicted = [it["at"] for it in answer["findings"] if it["code"] == CONTRADICTION and it.get("at")]
    _side_by_side(answer["sources"], contradicted)
    _merged(answer, contradicted)
    show_findings(_findings(answer))
    if answer["merged"]:
        screen.note("")
        screen.note(f"where a value came from: punte why {answer['id']} FIELD")


def _sources(answer: dict[str, Any]) -> None:
    rows = [
        (
            it["endpoint"],
            it["institution"],
            _verdict(it["verdict"]),
            it["code"] or "-",
            "-" if it["seconds"] is None else f"{it['seconds']:.2f}",
            it["message_id"] or "-",
        )
        for it in answer["sources"]
    ]
    screen.table(SOURCES, rows, empty="the query names no source")
    if not answer["complete"]:
        missing = [it["endpoint"] for it in answer["sources"] if it["verdict"] not in {"record", "none"}]
        line = Text.assemble(
            ("incomplete: ", "bold red"), f"no answer from {', '.join(missing)}; this does not mean no"
        )
        screen.show(line)


def _verdict(verdict: str) -> Text:
    style = {"record": "green", "none": "", "later": "yellow"}.get(verdict, "red")
    return Text({"none": "not known there"}.get(verdict, verdict), style)


def _side_by_side(sources: list[dict[str, Any]], contradicted: list[str]) -> None:
    """Print the fields that several sources tell, or tell differently."""
    told = {it["endpoint"]: _values(it["record"]) for it in sources if it["record"]}
    paths = list(dict.fromkeys(path for values in told.values() for path in values))
    shared = [path for path in paths if sum(path in values for values in told.values()) > 1]
    if not shared:
        return
    screen.heading("Told by more than one")
    columns = (Column(""), Column("FIELD"), *(Column(name.upper(), wrap=True) for name in told))
    rows = []
    for path in shared:
        differs = _under(path, contradicted)
        style = "red" if differs else ""
        cells = [Text(values.get(path, "-"), style) for values in told.values()]
        rows.append((Text("≠" if differs else " ", "bold red"), Text(path, style), *cells))
    screen.table(columns, rows, empty="")
    if contradicted:
        screen.note("≠ the sources contradict each other; nothing was overwritten")


def _merged(answer: dict[str, Any], contradicted: list[str]) -> None:
    screen.heading("Merged view")
    of = {path: origin["source"] for path, origin in answer["origins"].items()}
    rows = [
        (Text("≠" if _under(path, contradicted) else " ", "bold red"), path, value, _source_of(path, of))
        for path, value in _values(answer["merged"] or {}).items()
    ]
    columns = (Column(""), Column("FIELD"), Column("VALUE", wrap=True), Column("FROM"))
    knows_nobody = all(source["verdict"] == "none" for source in answer["sources"])
    screen.table(
        columns, rows, empty="no source knows this person" if knows_nobody else "no record: nobody said anything yet"
    )


def _findings(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the contradictions, and what each source's answer gave rise to, with the source's name."""
    of_sources = [
        it | {"source": f"{source['endpoint']} {it.get('source') or ''}".strip()}
        for source in answer["sources"]
        for it in source["findings"]
    ]
    return [*answer["findings"], *of_sources]


def _values(record: dict[str, Any]) -> dict[str, str]:
    told = {name: value for name, value in record.items() if name not in NOT_COMPARED}
    return {path: value for path, value in leaves(told) if MADE_BY_THE_HUB not in path} if told else {}


def _source_of(path: str, sources: dict[str, str]) -> str:
    """Return the source of the nearest field at or above a path."""
    fitting = [at for at in sources if _under(path, [at])]
    return sources[max(fitting, key=len)] if fitting else "-"


def _under(path: str, places: list[str]) -> bool:
    """Return whether a path is one of the places, or lies below one."""
    return any(path == place or (path.startswith(place) and path[len(place)] in ".[") for place in places)

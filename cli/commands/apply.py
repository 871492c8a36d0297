"""``punte apply``: put a registry set in force, look at what would change, go back."""

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from cli import desk, screen
from cli.options import Json
from cli.screen import Column

SIGNS = {"added": ("+", "green"), "changed": ("~", "yellow"), "removed": ("-", "red")}
HISTORY = (
    Column("NUMBER", right=True),
    Column("STATE"),
    Column("APPLIED"),
    Column("BY"),
    Column("NOTE", wrap=True),
    Column("CONTRACTS THAT CHANGED", wrap=True, drop=1),
)


def apply(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="DIR", help="Folder of the registry's YAML files.", exists=True, file_okay=False),
    ] = None,
    *,
    plan: Annotated[bool, typer.Option("--plan", help="Only show what would change.")] = False,
    history: Annotated[bool, typer.Option("--history", help="List the sets applied so far.")] = False,
    rollback: Annotated[
        int | None, typer.Option("--rollback", metavar="N", min=1, help="Bring set N back, as a new set.")
    ] = None,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="Why; kept in the history.")] = "",
    as_json: Json = False,
) -> None:
    """Put the registry files of a folder in force, all or nothing.

    A faulty set changes nothing; each fault is named with file, line, column and mend. Works on the running hub
    without a pause. Every message keeps the number of the set that judged it.
    """
    _check_usage(folder, plan=plan, history=history, rollback=rollback)
    if history:
        _history(desk.call("sets"), as_json=as_json)
        return
    if rollback is not None:
        answer = desk.call("rollback", number=rollback, by=desk.operator(), reason=note)
    else:
        answer = _send(folder or Path(), note, plan=plan)
    if as_json:
        screen.as_json(answer)
    else:
        _show(answer, plan=plan)


def _check_usage(folder: Path | None, *, plan: bool, history: bool, rollback: int | None) -> None:
    acts = [folder is not None, history, rollback is not None]
    if sum(acts) != 1:
        raise typer.BadParameter("name a folder, or --history, or --rollback N")
    if plan and folder is None:
        raise typer.BadParameter("--plan goes with a folder", param_hint="--plan")


def _send(folder: Path, note: str, *, plan: bool) -> dict[str, Any]:
    from registry.sets.reading import gather

    files = {name: _text(body, f"{folder}/{name}") for name, body in gather(folder).items()}
    where = str(folder.resolve())  # contracts written as ./file lie there
    answer: dict[str, Any] = (
        desk.call("plan", files=files, folder=where)
        if plan
        else desk.call("apply", files=files, folder=where, note=note, by=desk.operator())
    )
    return answer


def _text(body: bytes, name: str) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        from hub_core import yaml

        yaml.parse(body, file=name, code="R101")  # says at which line and column
        raise


def _show(answer: dict[str, Any], *, plan: bool) -> None:
    for change in answer["changes"]:
        sign, style = SIGNS[change["action"]]
        screen.show(Text.assemble((f"{sign} ", style), f"{change['kind']}: ", (screen.clean(change["name"]), "bold")))
        for field in change["fields"] if change["action"] == "changed" else ():
            screen.show(Text(f"    {screen.clean(_field(field))}"))
    _warnings(answer["findings"])
    counted = Counter(change["action"] for change in answer["changes"])
    told = ", ".join(f"{counted[action]} {action}" for action in SIGNS if counted[action]) or "no change"
    done = "this is a plan: nothing was applied" if plan else f"registry set {answer['number']} is in force"
    screen.show(Text(f"{told}; {done}", "bold"))


def _field(field: dict[str, Any]) -> str:
    return f"{field['at']}: {_short(field['before'])} -> {_short(field['after'])}"


def _contract(change: dict[str, Any]) -> str:
    (digest,) = change["fields"]
    return f"{change['name']} {digest['before']} -> {digest['after']}"


def _short(value: Any) -> str:
    import json

    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)


def _warnings(findings: list[dict[str, Any]]) -> None:
    for finding in findings:
        place = finding.get("rule") or finding.get("at") or "-"
        line = Text.assemble((f"{screen.clean(place)}: ", "cyan"), screen.state(finding["severity"]))
        line.append(f": {finding['code']} {screen.clean(finding['text'])}")
        if finding.get("help"):
            line.append(f"\n    {screen.clean(finding['help'])}")
        screen.err().print(line)


def _history(sets: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        screen.as_json(sets)
        return
    rows = []
    for one in sets:
        state = Text("in force", "green") if one["current"] else "past"
        contracts = ", ".join(_contract(change) for change in one["contracts"])
        rows.append((str(one["number"]), state, screen.local(one["applied_at"]), one["by"], one["note"], contracts))
    screen.table(HISTORY, rows, empty="no set applied yet; begin with: punte init DIR, then punte apply DIR")

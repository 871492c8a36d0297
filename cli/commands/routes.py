"""``punte route explain``: why does a message go where it goes?"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from cli import completion, desk, screen
from cli.options import Json
from hub_core.errors import Rejected

app = typer.Typer(no_args_is_help=True, help="Where messages go.")


@app.callback()
def _group() -> None:
    """Where messages go."""


@app.command()
def explain(
    what: Annotated[
        str,
        typer.Argument(metavar="ID|FILE", help="A kept message, or a document.", autocompletion=completion.messages),
    ],
    *,
    service: Annotated[
        str | None,
        typer.Option(
            "--service",
            metavar="NAME",
            help="Service that the file would come by.",
            autocompletion=completion.services,
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say for each route whether it chooses a message, and why or why not."""
    if Path(what).is_file():
        if service is None:
            raise typer.BadParameter("a file needs the service it would come by", param_hint="--service")
        answer = desk.call("route_explain", record=_record(Path(what)), service=service)
    else:
        answer = desk.call("route_explain", id=what)
    if as_json:
        screen.as_json(answer)
    else:
        _show(answer)


def _record(path: Path) -> Any:
    import msgspec

    from registry.offline.reading import open_reader

    reading = open_reader().read_file(path, on=datetime.now(UTC).date())
    if reading.record is None:
        first = reading.findings[0]
        raise Rejected(first.code, first.text, where=str(path), findings=reading.findings)
    return msgspec.json.decode(msgspec.json.encode(reading.record))


def _show(answer: list[dict[str, Any]]) -> None:
    if not answer:
        screen.note("no routes are registered: every message is kept and goes nowhere")
    for route in answer:
        sign, style = ("yes", "bold green") if route["chosen"] else ("no ", "dim")
        target = f" -> {', '.join(route['to'])}" if route["chosen"] else ""
        line = Text.assemble((f"{sign} ", style), (screen.clean(route["route"]), "bold"), screen.clean(target))
        screen.show(line.append(f"  {screen.clean(route['why'])}"))
        for condition in route["conditions"]:
            word, colour = ("holds", "green") if condition["held"] else ("fails", "red")
            count = condition["count"]
            there = "nothing there" if not count else f"{count} value{'s' if count > 1 else ''} there"
            text = f"  {condition['at']} {condition['test']} ({there})"
            screen.show(Text.assemble((f"    {word}", colour), screen.clean(text)))
        if route["chosen"] and route["order_key"] is not None:
            order = "kept in order by its key" if route["order_key"] else "its order key is missing: in any order"
            screen.show(Text(f"    {order}"))

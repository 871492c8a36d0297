"""``punte adapter``: which adapters there are, what they can, and a new one to begin with."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import completion, screen
from cli.commands.partnerpage import Markdown, Out, hand_out
from cli.faults import Exit
from cli.options import Json
from cli.screen import Column

if TYPE_CHECKING:
    from adapters.kit.load import Adapters
    from cli.promises import Promise
    from hub_core.ports import Spec

app = typer.Typer(no_args_is_help=True, help="Look at adapters; begin and check one of your own.")

LIST = (
    Column("ADAPTER"),
    Column("STATE"),
    Column("PACKAGE", drop=2),
    Column("CAN"),
    Column("SUMMARY", wrap=True, drop=1),
)
CAN = (Column("IT CAN"), Column("AT ENDPOINTS WITH"), Column("", wrap=True))
FIELDS = (Column("FIELD"), Column(""), Column("MEANING", wrap=True))
SETTINGS = (Column("SETTING"), Column("HOLDS"), Column("DEFAULT"), Column("MEANING", wrap=True))
PROMISES = (Column("PROMISE", wrap=True), Column(""), Column("WHAT WAS SEEN", wrap=True))

Name = Annotated[str, typer.Argument(metavar="NAME", help="Of an adapter.", autocompletion=completion.adapters)]


@app.callback()
def adapter() -> None:
    """Look at adapters; begin and check one of your own."""


@app.command("list")
def list_(*, as_json: Json = False) -> None:
    """List the installed adapters, and those that cannot be used with the reason.

    Ends with 1 if one cannot be used.
    """
    from adapters.kit.load import load_adapters

    adapters = load_adapters(report=lambda _: None).load()
    rows = [_row(name, adapters) for name in adapters]
    broken = [
        {"adapter": name, "state": "quarantined", "code": fault.code, "why": fault.text, "where": fault.where}
        for name, fault in adapters.quarantined.items()
    ]
    if as_json:
        screen.as_json([*rows, *broken])
    else:
        cells: list[Any] = [
            (row["adapter"], screen.state("ok"), row["package"], ", ".join(row["can"]), row["summary"]) for row in rows
        ]
        cells += [
            (row["adapter"], screen.state("FAIL"), row["where"], "", f"{row['code']} {row['why']}") for row in broken
        ]
        screen.table(LIST, cells, empty="no adapters")
        screen.note("what one can: punte adapter show NAME")
    if broken:
        raise typer.Exit(Exit.ATTENTION)


@app.command()
def show(name: Name, *, as_json: Json = False) -> None:
    """Show what an adapter can, which fields of an endpoint count with it, and its own settings."""
    from adapters.kit.load import load_adapters, usable

    adapters = load_adapters(report=lambda _: None)
    spec = usable(adapters, name).spec
    settings = _settings(spec)
    if as_json:
        screen.as_json(_row(name, adapters) | {"promises": spec.promises, "settings": settings})
        return
    screen.facts(
        [
            ("adapter", spec.name),
            ("package", adapters.package(name)),
            ("opens", ", ".join(spec.kinds)),
            ("personal data", ", ".join(spec.personal)),
            ("", spec.summary),
        ]
    )
    screen.heading("It can")
    screen.table(
        CAN,
        [
            (one.name, f"direction: {one.direction}{', poll' if one.fetches else ''}", one.description)
            for one in spec.capabilities
        ],
        empty="nothing",
    )
    screen.heading("Fields of an endpoint that count")
    rows = [(one.name, "required" if one.required else "", one.description) for one in spec.fields]
    screen.table(FIELDS, rows, empty="those of every endpoint")
    if settings:
        screen.heading("Below settings:")
        screen.table(SETTINGS, [tuple(one.values()) for one in settings], empty="")
    screen.heading("What it promises, and what not")
    screen.show(screen.clean(spec.promises))


@app.command()
def page(*, out: Out = None, markdown: Markdown = False) -> None:
    """Write a page about every installed adapter: its state, what it can, its settings, what it is held against.

    One HTML file that needs nothing else, for screens and paper.
    """
    from adapters.kit.load import load_adapters
    from cli.pages.installed import installed
    from hub_web.partner import as_html, as_markdown

    made = installed(load_adapters(report=lambda _: None).load())
    hand_out(as_markdown(made) if markdown else as_html(made), out)


@app.command()
def schema() -> None:
    """Print the JSON Schema of registry files for editors, with the settings of every installed adapter."""
    from adapters.kit.load import load_adapters
    from registry.sets.schema import registry_schema

    adapters = load_adapters(report=lambda _: None).load()
    screen.as_json(registry_schema(adapter.spec for adapter in adapters.values()))


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of the adapter: small letters and digits.")],
    *,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="DIR", help="Left out: a folder of its name, here.")
    ] = None,
    polls: Annotated[
        bool, typer.Option("--polls", help="One that hands in for a receipt, and polls, reads and commits the answers.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Write the package of a new adapter: it runs, keeps every promise of the kit, and waits for what is yours."""
    from cli.scaffold import write

    folder = out or Path(f"punte-{name}")
    written = write(name, folder, polls=polls)
    if as_json:
        screen.as_json({"files": [str(path) for path in written]})
    else:
        for path in written:
            screen.show(str(path))
    screen.note(f"check it: punte adapter check {folder}; install it: pip install -e {folder}")


@app.command()
def check(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Package of an adapter.", exists=True, file_okay=False)],
    *,
    limit: Annotated[
        float, typer.Option("--limit", metavar="SECONDS", min=1, help="Longest time that a promise may take.")
    ] = 30,
    as_json: Json = False,
) -> None:
    """Hold an adapter against every promise of the port: settings, time-outs, hostile partners, secrets, memory.

    Runs the classes of DIR that inherit ``hub_core.testing.adapter.AdapterContract``, over real sockets. Ends with 1 if
    a promise is broken; one that hangs is, and the next one is tried.
    """
    from cli.files import bar
    from cli.promises import run

    with ExitStack() as stack:
        kept = run(folder, limit=limit, found=lambda count: stack.enter_context(bar("promises", count)))
    if as_json:
        screen.as_json([one._asdict() for one in kept])
    else:
        cells = [(one.promise, screen.state(_word(one)), one.seen) for one in kept]
        screen.table(PROMISES, cells, empty="no promise was looked at")
        broken = sum(not one.kept for one in kept)
        screen.note(f"{len(kept)} promises, {broken} broken")
    if not kept or not all(one.kept for one in kept):
        raise typer.Exit(Exit.ATTENTION)


def _word(promise: "Promise") -> str:
    if not promise.kept:
        return "BROKEN"
    return "note" if promise.seen else "ok"


def _row(name: str, adapters: "Adapters") -> dict[str, Any]:
    spec = adapters[name].spec
    return {
        "adapter": name,
        "state": "ok",
        "package": adapters.package(name),
        "can": [one.name for one in spec.capabilities],
        "summary": spec.summary,
    }


def _settings(spec: "Spec") -> list[dict[str, str]]:
    """Return the adapter's own settings, those of inner structs by their path."""
    if spec.settings is None:
        return []
    from cli.pages.registry import settings_of

    return [*settings_of(spec.settings)]

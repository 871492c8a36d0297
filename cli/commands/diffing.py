"""``punte contract diff``: what a partner's new contract would break, and for whom."""

from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text
from rich.tree import Tree

from cli import screen
from cli.faults import Exit
from cli.options import Json, folder
from cli.screen import Column

if TYPE_CHECKING:
    from hub_core.contract.changes import Change, Comparison, Use
    from hub_core.lint.touched import Line, Lines
    from registry.sets.consumers import Consumer

SHOWN = 3  # places and lines of one change on a terminal
WHAT = "WSDL, XML Schema or JSON Schema, or a folder of them."

CONSUMERS = (
    Column("ENDPOINT"),
    Column("INSTITUTION"),
    Column("OPERATION", drop=1),
    Column("ROUTES", wrap=True, drop=3),
    Column("QUERIES", wrap=True, drop=2),
    Column("CALLED BY", wrap=True),
    Column("BREAKING", right=True),
)


class Way(StrEnum):
    """Who writes the documents of a schema by itself: callers, the service, or either."""

    REQUEST = "request"
    ANSWER = "answer"
    DOCUMENT = "document"


Touched = tuple["Change", "list[Line]", "list[Consumer]"]


def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", exists=True, help=WHAT)],
    new: Annotated[Path, typer.Argument(metavar="NEW", exists=True, help=WHAT)],
    *,
    root: Annotated[
        Path | None, folder("--root", "The only folder that both may import from; left out: each its own.")
    ] = None,
    around: Annotated[
        Path | None,
        folder("--from", "Holds registry/ and mappings/; left out: where you are, else what is in force."),
    ] = None,
    way: Annotated[
        Way,
        typer.Option("--as", help="What the documents of a schema without operations are to callers; document: both."),
    ] = Way.DOCUMENT,
    as_json: Json = False,
) -> None:
    """Say what became another in a contract, whom it breaks, and which mappings and endpoints it touches.

    A change of a request breaks who sends it where something is asked for or refused that was not; a change of an
    answer breaks who reads it where something is left out or may come that could not. Elements and attributes that are
    new in an answer break nobody. Other prefixes, names of types, files or orders of declarations are no change.
    Nothing is loaded from the network. Ends with 1 if something breaks.
    """
    if old.is_dir() != new.is_dir():
        raise typer.BadParameter("name two files or two folders", param_hint="OLD NEW")
    from hub_core.contract.changes import compare

    found = compare(old, new, root=root, way=way.value)
    lines, consumers = _lines(around) if found.changes else None, _consumers(old, around) if found.changes else ()
    touched = [
        (change, lines.touched(change) if lines else [], [one for one in consumers if one.touched_by(change)])
        for change in found.changes
    ]
    if as_json:
        screen.as_json(_data(found, touched))
    else:
        _show(found, touched)
    if found.breaking:
        raise typer.Exit(Exit.ATTENTION)


def _lines(around: Path | None) -> "Lines":
    from cli.options import mappings_of
    from hub_core.lint.touched import Lines
    from hub_core.mapping.selection import schemas_of

    own = around / "mappings" if around else None
    where = mappings_of(own if own and own.is_dir() else None)
    return Lines(where, schemas_of(where))


def _consumers(old: Path, around: Path | None) -> "tuple[Consumer, ...]":
    """Return who works with the old contract, by a folder of registry files, else by the set in force."""
    from hub_core.errors import PunteError
    from hub_core.mapping.selection import schemas_of
    from hub_core.settings import from_environment
    from registry.parts import Parts
    from registry.sets.consumers import consumers_of
    from registry.sets.draft import draft_of
    from registry.sets.reading import gather

    where = (around or Path()) / "registry"
    where = around if around is not None and not where.is_dir() else where
    if any(where.glob("*.y*ml")):
        return consumers_of(old, draft_of(gather(where), folder=where.resolve(), schemas=schemas_of(where)).directory())
    try:
        return consumers_of(old, Parts(from_environment(), write=False).directory())
    except PunteError:
        return ()  # there is no hub here


def _data(found: "Comparison", touched: "list[Touched]") -> dict[str, Any]:
    import msgspec

    return {
        "old": found.old,
        "new": found.new,
        "breaking": found.breaking,
        "changes": [
            {
                "verdict": _verdict(change),
                **msgspec.to_builtins(change),
                "old": _place(change.old),
                "new": _place(change.new),
                "mappings": msgspec.to_builtins(lines),
                "consumers": msgspec.to_builtins(consumers),
            }
            for change, lines, consumers in touched
        ],
    }


def _verdict(change: "Change") -> str:
    return "breaking" if change.breaking else "compatible"


def _place(at: tuple[str, int]) -> dict[str, Any] | None:
    return {"file": at[0], "line": at[1] or None} if at[0] else None


def _show(found: "Comparison", touched: "list[Touched]") -> None:
    if not touched:
        screen.note("nothing became another that anybody could see")
        return
    title = Text.assemble((screen.clean(found.old), "bold"), " -> ", (screen.clean(found.new), "bold"))
    root = Tree(title, guide_style="dim")
    for change, lines, consumers in touched:
        _grow(root, change, lines, consumers)
    screen.show(root)
    _show_consumers(touched)
    count = len(touched)
    screen.note(f"{found.breaking} of {count} {'change breaks' if count == 1 else 'changes break'} somebody")


def _grow(root: Tree, change: "Change", lines: "list[Line]", consumers: "list[Consumer]") -> None:
    branch = root.add(
        Text.assemble(screen.state(_verdict(change)), " ", (change.kind, "bold"), " ", screen.clean(change.text))
    )
    if change.breaking:
        branch.add(Text(_whom(change), "yellow"))
    _some(branch, list(dict.fromkeys(filter(None, map(_at, change.uses)))), "cyan", more=change.more)
    said = [f"{label} {file}{f':{line}' if line else ''}" for label, (file, line) in _ends(change) if file]
    if said:
        branch.add(Text(screen.clean(", ".join(said)), "dim"))
    _some(branch, [f"mapping {one.file}:{one.line} {one.path} ({one.mapping})" for one in lines], "")
    if consumers:
        branch.add(Text(f"endpoints {', '.join(one.endpoint for one in consumers)}"))


def _ends(change: "Change") -> tuple[tuple[str, tuple[str, int]], ...]:
    return ("old", change.old), ("new", change.new)


def _whom(change: "Change") -> str:
    whom = ["who writes it"] if change.writers else []
    whom += ["who reads it"] if change.readers else []
    return f"breaks {' and '.join(whom)}"


def _at(use: "Use") -> str:
    """Return a place as people read it; empty for what concerns the whole contract."""
    local = use.root.rpartition("}")[2]
    document = f"{use.operation}: {use.way} {local}".rstrip() if use.operation else local
    if use.path == ".":
        return document if local else f"operation {use.operation}" if use.operation else ""
    return f"{use.path} of {document}" if document else use.path


def _some(branch: Tree, texts: list[str], style: str, *, more: int = 0) -> None:
    shown = texts[:SHOWN] if screen.out().is_terminal else texts
    for text in shown:
        branch.add(Text(screen.clean(text), style))
    rest = len(texts) - len(shown) + more
    if rest:
        branch.add(Text(f"and {rest} more", "dim"))


def _show_consumers(touched: "list[Touched]") -> None:
    breaking: Counter[Consumer] = Counter()
    for change, _, consumers in touched:
        breaking.update({one: int(change.breaking) for one in consumers})
    if breaking:
        screen.heading("Who works with it")
        screen.table(CONSUMERS, [_row(one, count) for one, count in breaking.items()], empty="")


def _row(one: "Consumer", breaking: int) -> tuple[str, ...]:
    lists = (", ".join(names) for names in (one.routes, one.queries, one.callers))
    return (one.endpoint, one.institution, one.operation, *lists, str(breaking or ""))

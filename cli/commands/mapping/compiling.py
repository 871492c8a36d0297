"""``punte mapping compile``: the Python source that mappings become."""

import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import completion, files, screen
from cli.options import Json, Root, Schemas, mappings_of
from cli.screen import Column
from hub_core.errors import ConfigError


class Direction(StrEnum):
    """Which way a mapping is run."""

    IN = "in"
    OUT = "out"


COLUMNS = (
    Column("MAPPING"),
    Column("HASH", drop=1),
    Column("LINES", right=True),
    Column("MS", right=True),
    Column("FROM"),
)


def compiling(
    show: Annotated[
        str | None,
        typer.Option(
            "--show",
            metavar="MAPPING",
            help="Print the source of this one: its id, or its file.",
            autocompletion=completion.mappings,
        ),
    ] = None,
    *,
    traced: Annotated[
        bool, typer.Option("--traced", help="With --show: the variant that writes down where values come from.")
    ] = False,
    direction: Annotated[
        Direction, typer.Option("--direction", help="With --show: the source of reading or of writing.")
    ] = Direction.IN,
    root: Root = None,
    schemas: Schemas = None,
    as_json: Json = False,
) -> None:
    """Compile all mappings of a folder and keep the result, or show the source of one.

    The source of reading is one pass over the document, then the record is built; that of writing fills the document
    from the record. Each value names its rule by file and line. A hub compiles before it opens its door, and keeps what
    it compiled in the user's cache folder.
    """
    if show is not None:
        if traced and direction is Direction.OUT:
            raise typer.BadParameter("writing has no traced variant", param_hint="--traced")
        _show(show, root, schemas, traced=traced, out=direction is Direction.OUT)
        return
    rows = _compiled(mappings_of(root), schemas)
    if as_json:
        screen.as_json(rows)
        return
    screen.table(
        COLUMNS,
        [(row["mapping"], row["hash"], str(row["lines"]), f"{row['ms']:.1f}", _origin(row)) for row in rows],
        empty=f"no mapping below {mappings_of(root)}",
    )


def _compiled(root: Path, schemas: Path | None) -> list[dict[str, Any]]:
    from hub_core.mapping import CompiledMapping, user_cache
    from hub_core.mapping.selection import load_folder

    def one(mapping: CompiledMapping) -> dict[str, Any]:
        begun = time.perf_counter()
        kept = mapping.prepare()
        if mapping.way != "in":
            kept = mapping.out.prepare() and kept
        took = round((time.perf_counter() - begun) * 1000, 1)
        lines = mapping.python().count("\n") + (mapping.python(out=True).count("\n") if mapping.way != "in" else 0)
        return {"mapping": mapping.id, "hash": mapping.hash, "lines": lines, "ms": took, "cached": kept}

    return list(files.with_progress("compiling", load_folder(root, schemas=schemas, cache=user_cache()).all, one))


def _origin(row: dict[str, Any]) -> str:
    return "cache" if row["cached"] else "rules"


def _show(name: str, root: Path | None, schemas: Path | None, *, traced: bool, out: bool) -> None:
    from hub_core.mapping.selection import load_folder, load_selected, root_of

    file = Path(name)
    if file.is_file():
        mapping = load_selected([file], root=root or root_of(file), schemas=schemas).all[0]
    elif (found := load_folder(mappings_of(root), schemas=schemas).get(name)) is not None:
        mapping = found
    else:
        raise ConfigError("M114", f"no mapping {name}", where=str(mappings_of(root)), mend="see: punte mapping list")
    source = mapping.python(traced=traced, out=out)
    if not screen.out().is_terminal:
        print(source)
        return
    from rich.syntax import Syntax

    screen.show(Syntax(source, "python", line_numbers=True, background_color="default"))

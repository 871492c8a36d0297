"""``punte file``: files of rows; those of others looked at before they are sent, the hub's own written at once."""

from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from cli import files, screen
from cli.commands import filewriting
from cli.faults import Exit
from cli.options import Json, ReadBy, Root, Schemas, mappings_of
from cli.screen import Column

if TYPE_CHECKING:
    from collections.abc import Callable

    from hub_core.mapping import CompiledMapping
    from registry.offline.filecheck import FileCheck
    from registry.offline.reading import OfflineReader

app = typer.Typer(no_args_is_help=True, help="Files of rows: would they be taken? Write one now.")
app.command()(filewriting.write)
SHOWN: Final = 20  # faults on a terminal; --json has all
COLUMNS = (
    Column("LINE", right=True),
    Column("COLUMN"),
    Column("CODE"),
    Column("WHAT IS WRONG", wrap=True),
    Column("WHAT TO DO", wrap=True),
)


@app.command()
def check(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Lists; folders are walked.")],
    *,
    mapping: ReadBy = "",
    root: Root = None,
    schemas: Schemas = None,
    as_json: Json = False,
) -> None:
    """Say whether files of rows would be taken, without a hub; nothing is kept or sent.

    Each file is held against its description, and each row is read with its mapping. Says which encoding was seen, how
    many rows there are, and for each faulty one its line, its column and what to do, as the reply of the hub would. No
    value of the file is shown. With --json one line per file: file, description, mapping, form, encoding, result, rows,
    refused_rows, findings, faults. Ends with 1 if a file or one of its rows would be refused.
    """
    from registry.offline.reading import open_reader

    reader, attention = open_reader(mappings_of(root), schemas), False
    named = _named(reader, mapping) if mapping else None
    for path in files.walk(paths):
        with ExitStack() as bars:

            def begin(rows: int, bars: ExitStack = bars) -> "Callable[[int], None]":
                return bars.enter_context(files.bar("checking", rows))

            found = reader.check_rows(path, named, on=datetime.now(UTC).date(), begin=begin)
        attention = attention or found.result == "refused" or found.refused_rows > 0
        if as_json:
            print(screen.json_text({"file": str(path), **_plain(found)}))
        else:
            _show(path, found)
    if attention:
        raise typer.Exit(Exit.ATTENTION)


def _named(reader: "OfflineReader", mapping: str) -> "CompiledMapping":
    from hub_core.rows.single import DIALECT

    found = reader.mappings.named(mapping)
    if found.source.dialect != DIALECT:
        raise typer.BadParameter("name a mapping of files of rows: source: {rows: ...}", param_hint="--as")
    return found


def _plain(found: "FileCheck") -> dict[str, Any]:
    import msgspec

    plain: dict[str, Any] = msgspec.to_builtins(found)
    return plain


def _show(path: Path, found: "FileCheck") -> None:
    screen.heading(str(path))
    taken = found.rows - found.refused_rows
    rows = (
        f"{found.rows:,}: {taken:,} would be taken, {found.refused_rows:,} refused" if found.result == "taken" else None
    )
    screen.facts(
        (
            ("result", screen.state(found.result)),
            ("held against", f"{found.description}, {found.form}" if found.description else None),
            ("mapping", found.mapping or None),
            ("encoding", found.encoding or None),
            ("rows", rows),
        )
    )
    told = [*found.findings, *found.faults]
    shown = told[:SHOWN] if screen.out().is_terminal else told
    table = [(str(one.line or ""), one.source or one.at, one.code, one.text, one.help) for one in shown]
    if table:
        screen.heading("Faults" if found.result == "refused" or found.faults else "Told")
        screen.table(COLUMNS, table, empty="")
    if len(shown) < len(told):
        screen.note(f"and {len(told) - len(shown):,} more (--json has all)")

"""``punte read``: what would the hub make of these files?"""

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
import typer

from cli import files, screen
from cli.faults import Exit
from cli.findings import show_findings, show_unmapped
from cli.options import Json, ReadBy, Root, Schemas, mappings_of
from cli.screen import Column
from cli.tree import show_record

if TYPE_CHECKING:
    from registry.offline.reading import FileReading

SHOWN_WHOLE: Final = 5  # files; of more than that a table is easier to read
COLUMNS = (
    Column("FILE"),
    Column("RESULT"),
    Column("MAPPING", drop=2),
    Column("FINDINGS", drop=1),
    Column("UNMAPPED", right=True, drop=3),
)


def read(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Documents; folders are walked.")],
    *,
    on: Annotated[
        datetime | None,
        typer.Option("--on", metavar="DATE", formats=["%Y-%m-%d"], help="Read them as of this day; default: today."),
    ] = None,
    mapping: ReadBy = "",
    root: Root = None,
    schemas: Schemas = None,
    reveal: Annotated[bool, typer.Option("--reveal", help="Show personal values.")] = False,
    as_json: Json = False,
) -> None:
    """Read documents without a hub and show what it would make of them; nothing is kept.

    SEDs, SOAP answers, flat files and canonical JSON are recognised by their content; each row of a flat file is a
    document, FILE:LINE. Prints the canonical record, findings and unmapped leaves. With --json one line per document,
    in the order given: file, mapping, record (null when refused; personal values are plain), findings, unmapped. Ends
    with 1 if a document was refused.
    """
    from registry.offline.reading import open_reader

    reader = open_reader(mappings_of(root), schemas)
    day = on.date() if on else datetime.now(UTC).date()
    documents = list(files.walk(paths))
    named = reader.mappings.named(mapping) if mapping else None
    found = files.with_progress("reading", documents, lambda path: list(reader.read_rows(path, on=day, mapping=named)))
    readings = chain.from_iterable(found)
    if as_json:
        refused = _print_lines(readings)
    elif len(documents) <= SHOWN_WHOLE and len(first := list(islice(readings, SHOWN_WHOLE + 1))) <= SHOWN_WHOLE:
        refused = _print_whole(iter(first), reveal=reveal)
    else:
        refused = _print_table(list(chain(first if len(documents) <= SHOWN_WHOLE else (), readings)))
    if refused:
        raise typer.Exit(Exit.ATTENTION)


def is_refused(reading: "FileReading") -> bool:
    """Return whether a document did not become a record, though it should have: an answer "not known" is none."""
    return reading.verdict not in {"record", "none"}


def line(reading: "FileReading") -> bytes:
    """Return the JSON line of one file."""
    shown = {name: getattr(reading, name) for name in ("file", "mapping", "record", "findings", "unmapped")}
    return screen.harmless(msgspec.json.encode(shown).decode()).encode() + b"\n"


def _print_lines(readings: Iterator["FileReading"]) -> bool:
    refused = False
    for reading in readings:
        sys.stdout.buffer.write(line(reading))
        refused = refused or is_refused(reading)
    sys.stdout.buffer.flush()
    return refused


def _print_whole(readings: Iterator["FileReading"], *, reveal: bool) -> bool:
    refused = False
    for reading in readings:
        _print_one(reading, reveal=reveal)
        refused = refused or is_refused(reading)
    return refused


def _print_one(reading: "FileReading", *, reveal: bool) -> None:
    from hub_core.security.masking import mask_text, masked

    data = msgspec.json.decode(line(reading))
    screen.heading(reading.file)
    result = "refused" if is_refused(reading) else reading.verdict.value
    screen.facts((("result", screen.state(result)), ("mapping", reading.mapping)))
    unmapped: Sequence[dict[str, Any]] = data["unmapped"]
    if not reveal:
        unmapped = [leaf | {"value": mask_text(leaf["value"])} for leaf in unmapped]
    if data["record"] is not None:
        title = "Record" if reveal else "Record (masked; --reveal shows it)"
        screen.show("")
        show_record(data["record"] if reveal else masked(data["record"]), title=title)
    show_findings(data["findings"])
    show_unmapped(unmapped)


def _print_table(readings: Sequence["FileReading"]) -> bool:
    rows = []
    for reading in readings:
        codes = " ".join(dict.fromkeys(finding.code for finding in reading.findings))
        result = "refused" if is_refused(reading) else reading.verdict.value
        mapping = (reading.mapping or "-").partition("@")[0]
        rows.append((reading.file, screen.state(result), mapping, codes, str(len(reading.unmapped))))
    screen.table(COLUMNS, rows, empty="no files there")
    refused = sum(map(is_refused, readings))
    screen.note(f"{len(readings) - refused} read, {refused} refused; a file named alone shows its record")
    return refused > 0

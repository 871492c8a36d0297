"""``punte write``: canonical records as a partner's document or flat file."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from cli import completion, files, screen
from cli.faults import Exit
from cli.options import Json, Root, Schemas, mappings_of

if TYPE_CHECKING:
    from hub_core.canonical import Beneficiary
    from hub_core.mapping import CompiledMapping
    from hub_core.mapping.writing import Writing

STDIN: Final = Path("-")
AROUND: Final = ("header", "trailer")
Values = dict[str, dict[str, str]]


def write(
    records: Annotated[
        list[Path],
        typer.Argument(
            metavar="RECORD.json...",
            help="Canonical records: one, or JSON lines as punte read --json prints them; -: stdin.",
        ),
    ],
    *,
    mapping: Annotated[
        str,
        typer.Option("--as", metavar="MAPPING", help="Id of the mapping.", autocompletion=completion.mappings),
    ],
    values: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="PLACE=VALUE", help="Flat file: what no record says, such as header.date=20251103."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the document there; default: standard output.")
    ] = None,
    root: Root = None,
    schemas: Schemas = None,
    strict: Annotated[bool, typer.Option("--strict", help="End with 1 if anything is not carried.")] = False,
    as_json: Json = False,
) -> None:
    """Write a record as a mapping's document, or many as its flat file, and say what is not carried, path by path.

    The document is read back and checked against the contract before it is given out; a flat file gets its header and
    its trailer with counts and sums. Ends with 1 if there is no document. With --json: mapping, document (null when
    there is none), findings.
    """
    from hub_core.mapping.selection import load_folder

    found = load_folder(mappings_of(root), schemas=schemas).named(mapping)
    writing = _writing(found, [*_records(records)], _values(values or []))
    findings = [_plain(one) for one in writing.findings]
    if as_json:
        text = writing.body.decode(errors="backslashreplace") if writing.body is not None else None
        screen.as_json({"mapping": found.version, "document": text, "findings": findings})
    else:
        if writing.body is not None:
            _give(writing.body, out, line_end=found.source.kind == "xml" or writing.document is not None)
        _tell(findings)
    if writing.body is None or (strict and findings):
        raise typer.Exit(Exit.ATTENTION)


def _writing(mapping: "CompiledMapping", records: "list[Beneficiary]", values: Values) -> "Writing":
    from hub_core.mapping.rowfiles import write_rows
    from hub_core.rows.single import DIALECT

    day = datetime.now(UTC).date()
    if mapping.source.dialect != DIALECT and not values and len(records) == 1:
        return mapping.write(records[0], on=day)
    with files.bar("writing", len(records)) as advance:

        def told() -> "Iterator[Beneficiary]":
            for record in records:
                yield record
                advance(1)

        return write_rows(mapping, told(), on=day, **{part: values.get(part, {}) for part in AROUND})


def _values(pairs: list[str]) -> Values:
    found: Values = {}
    for pair in pairs:
        place, mark, value = pair.partition("=")
        part, _, column = place.partition(".")
        if not mark or part not in AROUND or not column:
            raise typer.BadParameter("write header.COLUMN=VALUE or trailer.COLUMN=VALUE", param_hint="--set")
        found.setdefault(part, {})[column] = value
    return found


def _records(paths: list[Path]) -> "Iterator[Beneficiary]":
    """Yield the records of files: alone, as ``{"beneficiary": ...}``, or as ``punte read --json`` prints them."""
    for path in paths:
        body = sys.stdin.buffer.read() if path == STDIN else path.read_bytes()
        for number, data in enumerate(_values_in(body), 1):
            yield _record(data, f"{path}:{number}")


def _values_in(body: bytes) -> Iterator[Any]:
    """Yield the JSON values of a body: the whole of it, or one in each line."""
    from hub_core.errors import Rejected
    from hub_core.validation import parse_json

    lines = [line for line in body.splitlines() if line.strip()]
    try:
        first = parse_json(lines[0]) if len(lines) > 1 else None
    except Rejected:
        first = None
    if first is None:
        yield parse_json(body)
        return
    yield first
    yield from map(parse_json, lines[1:])


def _record(data: Any, where: str) -> "Beneficiary":
    from hub_core.canonical.incoming import read_record
    from hub_core.errors import Rejected

    for key in ("record", "beneficiary"):
        if isinstance(data, dict) and isinstance(data.get(key), dict):
            data = data[key]
    reading = read_record(data, on=datetime.now(UTC).date())
    if reading.record is None:
        raise Rejected("C101", f"{where} holds no canonical record", findings=reading.findings)
    return reading.record


def _give(body: bytes, out: Path | None, *, line_end: bool) -> None:
    """Give out the document; on standard output one that is no file of lines ends with one."""
    if out is not None:
        out.write_bytes(body)
        screen.note(f"written to {out}, {len(body)} bytes")
        return
    sys.stdout.buffer.write(body + (b"\n" if line_end else b""))
    sys.stdout.buffer.flush()


def _plain(finding: Any) -> dict[str, Any]:
    import msgspec

    plain: dict[str, Any] = msgspec.to_builtins(finding)
    return plain


def _tell(findings: list[dict[str, Any]]) -> None:
    """Print the findings on standard error: standard output is the document."""
    from rich.text import Text

    for it in findings:
        line = f"line {it['line']} " if it.get("line") else ""
        place = it.get("at") or it.get("source") or "-"
        screen.err().print(
            Text.assemble(
                screen.state(it["severity"]),
                f" {it['code']} {line}",
                (place, "bold"),
                f"  {screen.clean(it['text'])}",
            )
        )
    if not findings:
        screen.note("the document carries the whole record")

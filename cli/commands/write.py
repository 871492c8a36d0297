"""``punte write``: a canonical record as a partner's document."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import completion, screen
from cli.faults import Exit
from cli.options import Json, Root, Schemas
from hub_core.places import MAPPINGS


def write(
    record: Annotated[
        Path,
        typer.Argument(metavar="RECORD.json", help="A canonical record, or what punte read --json printed; -: stdin."),
    ],
    *,
    mapping: Annotated[
        str,
        typer.Option("--as", metavar="MAPPING", help="Id of the mapping.", autocompletion=completion.mappings),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the document there; default: standard output.")
    ] = None,
    root: Root = None,
    schemas: Schemas = None,
    strict: Annotated[bool, typer.Option("--strict", help="End with 1 if anything is not carried.")] = False,
    as_json: Json = False,
) -> None:
    """Write a record as a mapping's document and say, path by path, what it does not carry.

    The document is read back and checked against the contract before it is given out. Ends with 1 if there is none.
    With --json: mapping, document (null when there is none), findings.
    """
    from hub_core.mapping.selection import load_folder

    found = load_folder(root or MAPPINGS, schemas=schemas).named(mapping)
    writing = found.write(_record(record), on=datetime.now(UTC).date())
    findings = [_plain(one) for one in writing.findings]
    if as_json:
        text = writing.body.decode() if writing.body is not None else None
        screen.as_json({"mapping": found.version, "document": text, "findings": findings})
    else:
        if writing.body is not None:
            _give(writing.body, out)
        _tell(findings)
    if writing.body is None or (strict and findings):
        raise typer.Exit(Exit.ATTENTION)


def _record(path: Path) -> Any:
    """Return the record of a file: alone, as ``{"beneficiary": ...}``, or as ``punte read --json`` prints it."""
    from hub_core.canonical.incoming import read_record
    from hub_core.errors import Rejected
    from hub_core.validation import parse_json

    data = parse_json(sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes())
    for key in ("record", "beneficiary"):
        if isinstance(data, dict) and isinstance(data.get(key), dict):
            data = data[key]
    reading = read_record(data, on=datetime.now(UTC).date())
    if reading.record is None:
        raise Rejected("C101", f"{path} holds no canonical record", findings=reading.findings)
    return reading.record


def _give(body: bytes, out: Path | None) -> None:
    if out is not None:
        out.write_bytes(body)
        screen.note(f"written to {out}, {len(body)} bytes")
        return
    sys.stdout.buffer.write(body + b"\n")
    sys.stdout.buffer.flush()


def _plain(finding: Any) -> dict[str, Any]:
    import msgspec

    plain: dict[str, Any] = msgspec.to_builtins(finding)
    return plain


def _tell(findings: list[dict[str, Any]]) -> None:
    """Print the findings on standard error: standard output is the document."""
    from rich.text import Text

    for it in findings:
        place = it.get("at") or it.get("source") or "-"
        screen.err().print(
            Text.assemble(
                screen.state(it["severity"]), f" {it['code']} ", (place, "bold"), f"  {screen.clean(it['text'])}"
            )
        )
    if not findings:
        screen.note("the document carries the whole record")

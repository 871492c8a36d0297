"""Whether a file of rows would be taken, before anybody sends it: as the hub would judge it, and nothing is kept."""

import codecs
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Final, Literal

import msgspec

from hub_core.codes import CODES
from hub_core.errors import Rejected
from hub_core.mapping.compiled import CompiledMapping
from hub_core.mapping.rowfiles import description_of
from hub_core.message import Finding, Severity
from hub_core.rows import Description, Row, as_document, open_file
from hub_core.rows.packed import is_packed

MOST: Final = 100_000  # faults that are told
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class FileCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What would become of a file.

    Attributes:
        description: name of what it was held against; empty: nothing fits. ``mapping`` is what read its rows.
        encoding: that was seen, in words.
        result: a file that is taken may have refused rows.
        rows: all of them; ``refused_rows`` those with faults.
        findings: about the file as a whole.
        faults: of its rows, each with its line.
    """

    description: str = ""
    mapping: str = ""
    form: str = ""
    encoding: str = ""
    result: Literal["taken", "refused"]
    rows: int = 0
    refused_rows: int = 0
    findings: tuple[Finding, ...] = ()
    faults: tuple[Finding, ...] = ()


Bar = Callable[[int], Callable[[int], None]]


def check_file(body: bytes, mapping: CompiledMapping, *, on: date, begin: Bar) -> FileCheck:
    """Hold a file against the description of a mapping, and read each row with it.

    Args:
        body: of the file.
        mapping: of such files.
        on: day of reading.
        begin: told the number of rows; what it returns is told of each that was read.
    """
    description = description_of(mapping)
    check = FileCheck(
        description=description.name,
        mapping=mapping.version,
        form=f"{description.form} in a zip" if is_packed(body, description) else description.form,
        encoding=encoding_seen(body, description),
        result="refused",
    )
    try:
        file = open_file(body, description)
    except Rejected as fault:
        return msgspec.structs.replace(check, findings=mended(fault.findings))
    advance, refused, faults = begin(file.count), 0, list[Finding]()
    for row in file.rows():
        found = [*_faults(row, mapping, on)]
        refused += bool(found)
        faults += islice(found, max(0, MOST - len(faults)))
        advance(1)
    return msgspec.structs.replace(
        check,
        result="taken",
        rows=file.count,
        refused_rows=refused,
        findings=mended(file.findings),
        faults=mended(faults),
    )


def _faults(row: Row, mapping: CompiledMapping, on: date) -> Iterator[Finding]:
    try:
        reading = mapping.read(as_document(row, mapping.source.document or ""), on=on)
    except Rejected as fault:
        yield from fault.findings
        return
    for found in reading.findings:
        if found.severity is Severity.ERROR:
            yield found if found.line else msgspec.structs.replace(found, line=row.line)


def mended(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings each with what its sender is to do."""
    return tuple(one if one.help else msgspec.structs.replace(one, help=CODES[one.code].do) for one in findings)


def encoding_seen(body: bytes, description: Description) -> str:
    """Return how the letters of a file are written, as far as its bytes tell."""
    if is_packed(body, description):
        return "not looked at in a zip"
    if body.startswith(_UTF_16):
        return "UTF-16"
    seen = "UTF-8 with its mark" if body.startswith(codecs.BOM_UTF8) else "UTF-8"
    if body.isascii():
        return "plain ASCII: any encoding"
    try:
        body.decode()
    except UnicodeDecodeError:
        seen = "not UTF-8"
    if seen.startswith(description.encoding.upper()) or description.form == "xml":
        return seen
    return f"{seen}; read as {description.encoding}"

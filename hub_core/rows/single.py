"""One row as a message of its own: what was read from its line, with the header and the trailer of its file.

The bytes of the file are kept once, with the file; a row's own bytes are this JSON, so that it can be judged again
by itself at any time.
"""

from typing import Any, Final

import msgspec

from hub_core.document import Document
from hub_core.errors import Rejected
from hub_core.message import Finding, Severity
from hub_core.rows.model import Description, Row, Values
from hub_core.rows.reader import open_file
from hub_core.validation import parse_json

MEDIA_TYPE: Final = "application/vnd.punte.row+json"
DIALECT: Final = "ROWS"


class Fault(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why a row is refused."""

    code: str
    text: str
    column: str | None = None


class SingleRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The JSON of one row; ``rows`` is the name of the description."""

    rows: str
    line: int
    row: Values = {}
    header: Values | None = None
    trailer: Values | None = None
    faults: tuple[Fault, ...] = ()
    text: str = ""


_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(SingleRow).decode


def as_body(row: Row, name: str) -> bytes:
    """Return a row as bytes; the same row gives the same bytes."""
    faults = tuple([Fault(one.code, one.text, one.source) for one in row.faults])
    single = SingleRow(
        rows=name,
        line=row.line,
        row=row.values,
        header=row.header,
        trailer=row.trailer,
        faults=faults,
        text=row.text,
    )
    return _encode(single)


def open_row(body: bytes) -> Document:
    """Return the document of a row from its bytes; see ``as_body``.

    Raises:
        Rejected: B103 to B109, F115, these are not the bytes of one row; F102 to F107, F117, F119, F120, F122, what is
            wrong with the row.
    """
    single = _quick(body)
    if single is None:
        try:
            single = msgspec.convert(parse_json(body), SingleRow)
        except msgspec.ValidationError:
            raise Rejected("F115", "not one row of a flat file") from None
    if single.faults:
        findings = [
            Finding(code=one.code, severity=Severity.ERROR, text=one.text, source=one.column, line=single.line)
            for one in single.faults
        ]
        raise Rejected(findings[0].code, findings[0].text, where=f"line {single.line}", findings=findings)
    return _document(single)


def _quick(body: bytes) -> SingleRow | None:
    """Return a row that is written as the hub writes it; what a person has touched is read with every care."""
    try:
        single = _decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return single if _encode(single) == body else None


def as_document(row: Row, name: str) -> Document:
    """Return a row as mappings read it: JSON with the columns, and ``header`` and ``trailer`` beside them.

    Raises:
        Rejected: what is wrong with the row.
    """
    return open_row(as_body(row, name))


def row_in(body: bytes, description: Description, line: str | None = None) -> Document:
    """Return one row of a file: that of a line, else the first.

    Raises:
        Rejected: as ``read_file``; F115, there is no such row; what is wrong with the row.
    """
    file = open_file(body, description)
    row = next((one for one in file.rows() if line in {None, str(one.line)}), None)
    if row is None:
        raise Rejected("F115", "the file has no such row", where=f"line {line}")
    return as_document(row, description.name)


def _document(single: SingleRow) -> Document:
    root: dict[str, Any] = {**single.row}
    if single.header:
        root["header"] = single.header
    if single.trailer:
        root["trailer"] = single.trailer
    return Document(kind="json", root=root, name=single.rows, dialect=DIALECT, line=single.line)

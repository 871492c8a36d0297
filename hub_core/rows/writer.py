"""Rows to bytes: the inverse of the reader, proved by reading what was written."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from hub_core.errors import Rejected
from hub_core.message import Finding
from hub_core.rows.lines import csv_line, fault, written
from hub_core.rows.model import SUFFIXES, Description, Record, Values
from hub_core.rows.packed import pack
from hub_core.rows.reader import read_file
from hub_core.rows.xmltext import xml_file

_NOT_IN_XML: Final = "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"  # XML 1.0, section 2.2

# A function with its arguments, or the call of a program (DDE), behind what begins a formula: a sender's value would be
# run by a receiver's spreadsheet. No number and no name looks so.
_FORMULA: Final = r"\A\s*[=@+-].*(\w\(|\|)"


def write_file(
    rows: Sequence[Values], description: Description, *, header: Values | None = None, trailer: Values | None = None
) -> bytes:
    """Return the file that is read back as these rows, header and trailer.

    In an encoding without ``ș`` and ``ț`` they get the cedilla, as everybody writes them there (SR 13392:2004).

    Raises:
        Rejected: F116 with a finding for every value that the file cannot carry, by its line; or as ``read_file``.
    """
    letters = _letters(description.encoding)
    header, trailer, *rows = [_with(letters, values) for values in (header or {}, trailer or {}, *rows)]
    write = _elements if description.form == "xml" else _lines
    body = write(rows, description, header, trailer)
    if description.packed == "zip":
        body = pack({f"{description.name.rpartition('/')[2]}.{SUFFIXES[description.form]}": body})
    _check(body, description, rows, header, trailer)
    return body


@cache
def _letters(encoding: str) -> dict[int, int]:
    """Return which letters stand for those that an encoding does not have."""
    commas = "șȘțȚ"
    try:
        commas.encode(encoding)
    except UnicodeEncodeError:
        return str.maketrans(commas, "şŞţŢ")
    return {}


def _with(letters: Mapping[int, int], values: Values) -> Values:
    return {name: value.translate(letters) for name, value in values.items()} if letters else values


def _lines(rows: Sequence[Values], description: Description, header: Values, trailer: Values) -> bytes:
    parts: list[tuple[Values, Record]] = [(row, description.row) for row in rows]
    if description.header is not None:
        parts.insert(0, (header, description.header))
    if description.trailer is not None:
        parts.append((trailer, description.trailer))
    if description.form == "csv" and (column := _first([values for values, _ in parts], _FORMULA)):
        raise _refused([fault("F116", "a spreadsheet would run the value as a formula", None, column)])
    lines = [written(values, record, description) for values, record in parts]
    if description.titles:
        titles = [column.title or column.name for column in description.row.columns]
        lines.insert(0 if description.header is None else 1, csv_line(titles, description))
    end = "\r\n" if description.line_end == "crlf" else "\n"
    try:
        return "".join(f"{line}{end}" for line in lines).encode(description.encoding)
    except UnicodeEncodeError as error:
        number = error.object.count("\n", 0, error.start) + 1
        column = _first([values for values, _ in parts], re.escape(error.object[error.start]))
        text = f"a character that {description.encoding} does not have"
        raise _refused([fault("F116", text, number, column)]) from None


def _elements(rows: Sequence[Values], description: Description, header: Values, trailer: Values) -> bytes:
    try:
        return xml_file(rows, description, header=header, trailer=trailer)
    except ValueError:
        column = _first([header, *rows, trailer], _NOT_IN_XML)
        raise _refused([fault("F116", "a character that XML does not have", None, column)]) from None


def _check(
    body: bytes, description: Description, rows: Sequence[Values], header: Values | None, trailer: Values | None
) -> None:
    """Read what was written and compare."""
    found = read_file(body, description)
    if len(found.rows) != len(rows):
        column = _first(rows, "\n")
        raise _refused([fault("F116", "a value holds a line break, or the last row is blank", None, column)])
    faults = [one for row in found.rows for one in row.faults]
    for row, wanted in zip(found.rows, rows, strict=True):
        faults += [] if row.faults else _differences(row.values, wanted, row.line)
    if description.header is not None:
        faults += _differences(found.header or {}, header or {}, 1)
    if description.trailer is not None:
        faults += _differences(found.trailer or {}, trailer or {}, found.rows[-1].line + 1 if found.rows else None)
    if faults:
        raise _refused(faults)


def _differences(found: Values, wanted: Values, line: int | None) -> list[Finding]:
    names = dict.fromkeys([*found, *wanted])
    return [
        fault("F116", "the column cannot carry this value", line, name)
        for name in names
        if found.get(name, "") != wanted.get(name, "")
    ]


def _first(rows: Sequence[Values], letter: str) -> str | None:
    """Return the first column that holds such a letter, a regular expression."""
    return next((name for values in rows for name, value in values.items() if re.search(letter, value)), None)


def _refused(findings: Sequence[Finding]) -> Rejected:
    return Rejected("F116", findings[0].text, findings=findings)

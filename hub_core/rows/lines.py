"""Lines of a flat file: their text, their fields, and how those are written."""

import csv
import io
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Iterator
from itertools import repeat
from typing import BinaryIO, Final

from hub_core.errors import Rejected
from hub_core.message import Finding, Severity
from hub_core.rows.cells import Check, check_of, read_cell, scaled, unscaled, write_cell
from hub_core.rows.model import BadLine, Description, Record, Values
from hub_core.rows.trees import json_with

# What no text of a register holds: control characters but the tabulator. C1 comes from a wrong encoding.
_CONTROL: Final = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f]")
_ENDS: Final = b"\r\n"
_BOM: Final = b"\xef\xbb\xbf"
_UTF_16: Final = (BOM_UTF16_LE, BOM_UTF16_BE)
_UTF8: Final = frozenset({"utf-8", "ascii"})
_PART: Final = 64 * 1024  # bytes that are looked at in one go
#: As spreadsheets show numbers of twelve digits and more in a column that is too narrow, or no text.
_SHORTENED: Final = re.compile(r"\s*[0-9][.,][0-9]{1,14}E\+[0-9]{2}\s*")
_MOST_BLANK: Final = 100_000  # lines, one behind the other
_SEVERAL: Final = 2  # letters of two bytes: one may stand there by chance


def lines_of(stream: BinaryIO, description: Description) -> Iterator[bytes]:
    """Yield the lines, without their ends; empty lines at the end of the file are none.

    Of a line that is too long no more is held than what tells so.

    Raises:
        Rejected: F113, empty lines without end: a small zip holds a minute's work of them.
    """
    most = description.max_line + len(_ENDS) + 1
    blank, begin = 0, description.encoding == "utf-8"
    while line := stream.readline(most):
        text = line
        while not text.endswith(b"\n") and (text := stream.readline(most)):
            pass  # the rest of a line that is too long
        if begin:
            line, begin = line.removeprefix(_BOM), False
        line = line.removesuffix(b"\n").removesuffix(b"\r")
        if not line.strip(b"\r"):
            blank += 1  # a row of its own only where another one follows
            if blank > _MOST_BLANK:
                endless = f"more than {_MOST_BLANK:,} empty lines"
                raise Rejected("F113", endless, findings=(fault("F113", endless, None),))
            continue
        if blank:
            yield from repeat(b"", blank)
            blank = 0
        yield line


def other_encoding(start: bytes, stream: BinaryIO, description: Description) -> str | None:
    """Return the encoding that a file has instead of the described one: marked as such, or not by chance.

    Args:
        start: the first bytes, four or more where there are so many.
        stream: the others.
        description: of the file.
    """
    wanted, part = description.encoding, start
    if part.startswith(_UTF_16):
        return "UTF-16"
    if wanted in _UTF8 or description.form == "xml":
        return None
    if part.startswith(_BOM):
        return "UTF-8"
    decoder, letters = getincrementaldecoder("utf-8")(), 0
    try:
        while part:
            if not part.isascii() or decoder.getstate()[0]:  # half of a letter is left of the part before
                text = decoder.decode(part)
                letters += len(text) - len(text.encode("ascii", "ignore"))
            part = stream.read(_PART)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return None
    return "UTF-8" if letters >= _SEVERAL else None


def text_of(line: bytes, description: Description) -> str:
    """Return the text of a line.

    Raises:
        BadLine: F103, F104.
    """
    if len(line) > description.max_line:
        raise BadLine("F103", f"longer than {description.max_line:,} bytes")
    try:
        text = line.decode(description.encoding)
    except UnicodeDecodeError as error:
        raise BadLine("F104", f"byte {error.start + 1} is not {description.encoding}") from None
    if not text.isprintable() and (found := _CONTROL.search(text)):  # most are, and that is quickly told
        raise BadLine("F104", f"character {found.start() + 1} is a control character")
    return text


def values_in(text: str, record: Record, description: Description) -> Values:
    """Cut a line into the values of its columns, without its token.

    Raises:
        BadLine: F102, F103, F107, F117.
    """
    fields = _csv_fields(text, record, description) if description.form == "csv" else _fixed_fields(text, record)
    values = dict(zip(record.names, fields, strict=True))
    for column in record.scaled:
        values[column.name] = scaled(values[column.name], column)
    return values


def _csv_fields(text: str, record: Record, description: Description) -> list[str]:
    if description.quote not in text:
        fields = text.split(description.delimiter) if text else []
    else:
        reader = csv.reader([text], delimiter=description.delimiter, quotechar=description.quote, strict=True)
        try:
            fields = next(reader)
        except csv.Error:
            raise BadLine("F107", "quotes do not fit") from None
    if record.token:
        if fields[:1] != [record.token]:
            raise BadLine("F117", f"does not begin with {record.token!r}")
        del fields[0]
    if len(fields) != len(record.columns):
        raise BadLine("F102", f"{len(fields)} columns where {len(record.columns)} are expected")
    return fields


def _fixed_fields(text: str, record: Record) -> list[str]:
    if not text.startswith(record.token):
        raise BadLine("F117", f"does not begin with {record.token!r}")
    wanted = len(record.token) + sum(column.width for column in record.columns)
    if len(text) != wanted:
        raise BadLine("F103", f"{len(text)} characters where {wanted} are expected")
    fields, begin = [], len(record.token)
    for column in record.columns:
        fields.append(read_cell(text[begin : begin + column.width], column))
        begin += column.width
    return fields


Checks = tuple[tuple[str, bool, Check | None], ...]


def checks_of(record: Record) -> Checks:
    """Return what ``faults_of`` looks at, once for many lines: name, whether it is required, and its own check."""
    return tuple((column.name, column.required, check_of(column)) for column in record.columns)


def faults_of(values: Values, checks: Checks, line: int | None) -> tuple[Finding, ...]:
    """Return what is wrong with the values of a line, all of it: F105, F106."""
    found = []
    for name, required, check in checks:
        value = values[name]
        if not value or value.isspace():
            if required:
                found.append(fault("F105", "the column is blank", line, name))
        elif check is not None and (text := check(value)):
            found.append(fault("F106", text, line, name))
    return tuple(found)


def shortened(values: Values, record: Record, line: int) -> tuple[Finding, ...]:
    """Return a fault for every number that a spreadsheet wrote as ``2,85042E+12``: F119, its last digits are gone."""
    text = "a spreadsheet has shortened the number; its last digits are gone"
    return tuple(
        fault("F119", text, line, column.name) for column in record.columns if _SHORTENED.fullmatch(values[column.name])
    )


def fault(code: str, text: str, line: int | None, column: str | None = None) -> Finding:
    """Return an error of a line, and of a column where one is to blame."""
    return Finding(code=code, severity=Severity.ERROR, text=text, line=line, source=column)


def written(values: Values, record: Record, description: Description) -> str:
    """Return the text of a line; what does not fit is not looked at."""
    if description.form == "json-lines":
        return json_with(values, record).decode()
    cells = [unscaled(values.get(column.name, ""), column) for column in record.columns]
    if description.form == "csv":
        return csv_line([record.token, *cells] if record.token else cells, description)
    return record.token + "".join(write_cell(*pair) for pair in zip(cells, record.columns, strict=True))


def csv_line(cells: list[str], description: Description) -> str:
    """Return the line of some cells, quoted where they must be."""
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=description.delimiter, quotechar=description.quote, lineterminator="").writerow(cells)
    return buffer.getvalue()

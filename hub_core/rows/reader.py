"""Bytes to rows: a faulty row is one finding among good ones, a file that is not whole gives nothing."""

import io
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Final

import msgspec

from hub_core.errors import Rejected
from hub_core.message import Finding, Severity
from hub_core.rows.elements import Elements
from hub_core.rows.lines import checks_of, fault, faults_of, lines_of, shortened
from hub_core.rows.model import BadLine, Description, FlatFile, Row, Values
from hub_core.rows.packed import is_packed, members_of
from hub_core.rows.survey import Raw, Survey, Whole, read_values, rows_above

_MARK: Final = b"E+"  # in every number that a spreadsheet has shortened
_TOLD: Final = 1_000  # faults of the rows of a file that is refused for its counts
_CLIP: Final = 2_000  # bytes of a faulty line that are kept beside its findings; the whole file is kept anyway


def read_file(body: bytes, description: Description) -> FlatFile:
    """Read a whole file into memory; see ``open_file``.

    Raises:
        Rejected: as ``open_file``.
    """
    file = open_file(body, description)
    return FlatFile(rows=tuple(file.rows()), header=file.header, trailer=file.trailer, findings=file.findings)


def open_file(body: bytes, description: Description) -> "OpenFile":
    """See that a file is whole; its rows are read when they are asked for, one by one.

    Raises:
        Rejected: F102 to F107, F117, F120 or F122 in the header or trailer; F104 another encoding; F108 titles; F109,
            F110 no header or trailer; F111, F112 count or sum, with the first faulty rows; F113 too many rows; F103,
            F121 to F123 XML; F124 to F126 a zip. ``findings`` holds all; nothing of the file counts.
    """
    openers = members_of(body) if is_packed(body, description) else [partial(io.BytesIO, body)]
    files: list[Whole] = []
    rows, lines = description.max_rows, 0
    for opener in openers:
        survey = Survey(msgspec.structs.replace(description, max_rows=rows), before=lines)
        files.append(survey.file(opener))
        if files[-1].faults:
            raise _other_counts(files[-1], description)
        rows, lines = rows - files[-1].count, files[-1].below
    return OpenFile(files, description)


class OpenFile:
    """A file that is whole, or the members of a zip.

    Attributes:
        header: values, where there is one, and not several files; ``trailer`` likewise.
        findings: about the file, none of which refuses it.
        count: of its rows.
    """

    def __init__(self, files: Sequence[Whole], description: Description) -> None:
        self._files = files
        self._description = description
        self.count = sum(one.count for one in files)
        alone = len(files) == 1
        self.header: Values | None = files[0].header if alone else None
        self.trailer: Values | None = files[0].trailer if alone else None
        begins = () if alone else tuple(_begins(one, number, description) for number, one in enumerate(files, 1))
        self.findings = (*begins, *(found for one in files for found in one.findings))

    def rows(self) -> Iterator[Row]:
        """Yield the rows in the order of the file."""
        for one in self._files:
            yield from _rows_of(one, self._description)


def _rows_of(file: Whole, description: Description) -> Iterator[Row]:
    read = _Reader(file, description)
    with file.opener() as stream:
        raws: Iterator[Raw]
        if description.form == "xml":
            raws = iter(Elements(stream, description))
        else:
            raws = islice(lines_of(stream, description), rows_above(description), None)
        for number, raw in enumerate(islice(raws, file.count), file.above + 1):
            yield read.row(raw, number)


def _other_counts(file: Whole, description: Description) -> Rejected:
    """Return the error of a file whose counts or sums are others: whoever mends it is told of its rows at once."""
    of_rows = (found for row in _rows_of(file, description) for found in row.faults)
    first = file.faults[0]
    return Rejected(first.code, first.text, findings=[*file.faults, *islice(of_rows, _TOLD)])


def _begins(file: Whole, number: int, description: Description) -> Finding:
    """Return where a member of a zip begins: lines count on from one to the next."""
    line = file.above - rows_above(description) + 1
    return Finding(code="F127", severity=Severity.INFO, text=f"file {number} of the zip begins here", line=line)


class _Reader:
    """Reads the rows of one file; what is the same for all of them is made once."""

    def __init__(self, file: Whole, description: Description) -> None:
        self._file = file
        self._description = description
        self._checks = checks_of(description.row)
        self._cells = description.form in {"csv", "fixed"}

    def row(self, raw: Raw, number: int) -> Row:
        file, description = self._file, self._description
        try:
            values = read_values(raw, description.row, description)
        except BadLine as error:
            faults: tuple[Finding, ...] = (fault(error.code, str(error), number),)
            values = {}
        else:
            faults = faults_of(values, self._checks, number)
            # What stands in a cell stands in its line; in JSON and XML it may be written in other characters.
            marked = _MARK in (raw if self._cells else "".join(values.values()).encode("utf-8", "replace"))
            if marked and (eaten := shortened(values, description.row, number)):
                columns = {one.source for one in eaten}
                faults = eaten + tuple(one for one in faults if one.source not in columns)
            if not faults:
                return Row(line=number, values=values, header=file.header, trailer=file.trailer)
        text = _text(raw, description)
        return Row(line=number, values=values, header=file.header, trailer=file.trailer, faults=faults, text=text)


def _text(raw: Raw, description: Description) -> str:
    """Return the beginning of a faulty line; of an element what was read from it."""
    if isinstance(raw, dict):
        return msgspec.json.encode(raw)[:_CLIP].decode("utf-8", "ignore")
    return raw[:_CLIP].decode(description.encoding, "backslashreplace")

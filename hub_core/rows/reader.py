"""Bytes to rows: a faulty row is one finding among good ones, a file that is not whole gives nothing."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import Final

import msgspec

from hub_core.errors import Rejected
from hub_core.message import Finding, Severity
from hub_core.rows.cells import number_of
from hub_core.rows.lines import BadLine, fault, faults_of, fields_of, is_utf8, lines_of, shortened, text_of
from hub_core.rows.model import COUNT, Column, Description, FlatFile, Record, Row, Values

_UTF8: Final = frozenset({"utf-8", "ascii"})
_MARK: Final = b"E+"  # in every number that a spreadsheet has shortened
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
        Rejected: F102 to F107 or F117 in the header or trailer; F104 another encoding; F108 titles; F109, F110 no
            header or trailer; F111, F112 count or sum; F113 too many rows. ``findings`` holds all; nothing of the
            file counts.
    """
    return _Survey(description).file(body)


class OpenFile:
    """A file that is whole.

    Attributes:
        header: values, where there is one; ``trailer`` likewise.
        findings: about the file, none of which refuses it.
        count: of its rows.
    """

    def __init__(
        self,
        body: bytes,
        description: Description,
        *,
        count: int,
        header: Values | None,
        trailer: Values | None,
        findings: tuple[Finding, ...],
    ) -> None:
        self._body = body
        self._description = description
        self.count = count
        self.header = header
        self.trailer = trailer
        self.findings = findings

    def rows(self) -> Iterator[Row]:
        """Yield the rows in the order of the file."""
        first = _above(self._description)
        lines = islice(lines_of(self._body, self._description), first, first + self.count)
        return (_row(line, number, self._description) for number, line in enumerate(lines, first + 1))


class _Sum:
    """What a column of the rows adds up to, as far as its values can be read."""

    def __init__(self, column: Column) -> None:
        self.column = column
        self.total = Decimal()
        self.unknown = 0

    def add(self, values: Values) -> None:
        """Add the value of a row; ``values`` is empty where the row could not be cut."""
        text = values.get(self.column.name, "?")
        number = number_of(text, self.column) if text.strip() else Decimal()
        if number is None:
            self.unknown += 1
        else:
            self.total += number


class _Survey:
    """Looks through one file: its frame, the number of its rows, and what they add up to."""

    def __init__(self, description: Description) -> None:
        self.description = description
        self.faults: list[Finding] = []
        self.warnings: list[Finding] = []
        columns = {column.name: column for column in description.row.columns}
        told = [*_columns(description.header), *_columns(description.trailer)]
        self.sums = {column.sums: _Sum(columns[column.sums]) for column in told if column.sums}

    def file(self, body: bytes) -> OpenFile:
        self._encoding(body)
        lines = lines_of(body, self.description)
        above = _above(self.description)
        header = trailer = None
        if self.description.header is not None:
            header = self._frame(next(lines, None), 1, self.description.header, "F109", "the header is missing")
        if self.description.titles:
            self._titles(next(lines, None), above)
        count, last = self._count(lines)
        end = above + count + 1
        if self.description.trailer is not None:
            trailer = self._frame(last, end, self.description.trailer, "F110", "the trailer is missing")
        self._stop()
        self._compare(header, self.description.header, count, 1)
        self._compare(trailer, self.description.trailer, count, end)
        self._stop()
        return OpenFile(
            body, self.description, count=count, header=header, trailer=trailer, findings=tuple(self.warnings)
        )

    def _encoding(self, body: bytes) -> None:
        """Refuse a file in UTF-8 that should be something else: every letter with a mark would be another one."""
        wanted = self.description.encoding
        if wanted not in _UTF8 and is_utf8(body):
            self.faults.append(fault("F104", f"the file is UTF-8, and {wanted} is expected", None))
        self._stop()

    def _count(self, lines: Iterator[bytes]) -> tuple[int, bytes | None]:
        """Return the number of the rows, and the line behind them where a trailer should stand."""
        held: bytes | None = None
        count = 0
        for line in lines:
            row: bytes | None = line
            if self.description.trailer is not None:
                row, held = held, line
            if row is None:
                continue
            count += 1
            if count > self.description.max_rows:
                self.faults = [fault("F113", f"more than {self.description.max_rows:,} rows", None)]
                self._stop()
            if self.sums:
                self._add(row)
        return count, held

    def _add(self, line: bytes) -> None:
        try:
            values = _values(line, self.description.row, self.description)
        except BadLine:
            values = {}
        for one in self.sums.values():
            one.add(values)

    def _frame(self, line: bytes | None, number: int, record: Record, code: str, text: str) -> Values | None:
        """Return the values of the header or the trailer; without a token a line of another form is none."""
        if line is None:
            self.faults.append(fault(code, text, None))
            return None
        try:
            values = _values(line, record, self.description)
        except BadLine as error:
            missing = error.code == "F117" or not record.token
            found = fault(code, f"{text}: {error}", number) if missing else fault(error.code, str(error), number)
            self.faults.append(found)
            return None
        self.faults += faults_of(values, record, number)
        return values

    def _titles(self, line: bytes | None, number: int) -> None:
        columns = self.description.row.columns
        plain = Record(columns=tuple(Column(name=column.name) for column in columns))
        try:
            found = [] if line is None else [*_values(line, plain, self.description).values()]
        except BadLine as error:
            self.faults.append(fault("F108", f"the titles cannot be read: {error}", number))
            return
        wanted = [column.title or column.name for column in columns]
        for index, (title, one) in enumerate(zip([text.strip() for text in found] or [""], wanted, strict=False), 1):
            if title != one:
                self.faults.append(fault("F108", f"column {index} is not headed {one!r}", number, one))

    def _compare(self, values: Values | None, record: Record | None, count: int, line: int) -> None:
        """See that what the header or the trailer says about the rows is so."""
        for column in _columns(record) if values else ():
            told = number_of(values[column.name], column) if values else None
            if column.equals is None or told is None:
                continue
            if column.equals == COUNT:
                if told != count:
                    text = f"{count} rows are here, and the file says otherwise"
                    self._differs(fault("F111", text, line, column.name), column)
            else:
                self._compare_sum(told, column, self.sums[column.sums or ""], line)

    def _compare_sum(self, told: Decimal, column: Column, summed: _Sum, line: int) -> None:
        if summed.unknown:
            text = f"{summed.unknown} rows have no readable {summed.column.name}"
            self.warnings.append(
                Finding(code="F114", severity=Severity.WARNING, text=text, line=line, source=column.name)
            )
        elif summed.total != told:
            text = f"the sum of {summed.column.name} is another one"
            self._differs(fault("F112", text, line, column.name), column)

    def _differs(self, found: Finding, column: Column) -> None:
        if column.differs == "warn":
            self.warnings.append(msgspec.structs.replace(found, severity=Severity.WARNING))
        else:
            self.faults.append(found)

    def _stop(self) -> None:
        if self.faults:
            first = self.faults[0]
            raise Rejected(first.code, first.text, findings=self.faults)


def _above(description: Description) -> int:
    """Return how many lines stand before the rows."""
    return (description.header is not None) + description.titles


def _columns(record: Record | None) -> tuple[Column, ...]:
    return () if record is None else record.columns


def _values(line: bytes, record: Record, description: Description) -> Values:
    fields = fields_of(text_of(line, description), record, description)
    return {column.name: field for column, field in zip(record.columns, fields, strict=True)}


def _row(line: bytes, number: int, description: Description) -> Row:
    try:
        values = _values(line, description.row, description)
    except BadLine as error:
        faults: tuple[Finding, ...] = (fault(error.code, str(error), number),)
        values = {}
    else:
        faults = faults_of(values, description.row, number)
        if _MARK in line and (eaten := shortened(values, description.row, number)):
            columns = {one.source for one in eaten}
            faults = eaten + tuple(one for one in faults if one.source not in columns)
        if not faults:
            return Row(line=number, values=values)
    text = line[:_CLIP].decode(description.encoding, "backslashreplace")
    return Row(line=number, values=values, faults=faults, text=text)

"""Bytes to rows: a faulty row is one finding among good ones, a file that is not whole gives nothing."""

from collections.abc import Sequence
from decimal import Decimal
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
    """Read a whole file.

    Raises:
        Rejected: F102 to F107 or F117 in the header or trailer; F108 titles; F109, F110 no header or trailer; F111,
            F112 count or sum; F113 too many rows. ``findings`` holds all of them; nothing of the file counts.
    """
    return _Reader(description).read(body)


class _Reader:
    """Reads one file."""

    def __init__(self, description: Description) -> None:
        self.description = description
        self.faults: list[Finding] = []
        self.warnings: list[Finding] = []

    def read(self, body: bytes) -> FlatFile:
        self._encoding(body)
        lines = self._lines(body)
        first, last = 0, len(lines)
        header = trailer = None
        if self.description.header is not None:
            header = self._frame(lines, 0, self.description.header, "F109", "the header is missing")
            first = 1
        if self.description.titles:
            self._titles(lines, first)
            first += 1
        if self.description.trailer is not None:
            last = max(last - 1, first)
            trailer = self._frame(lines, last, self.description.trailer, "F110", "the trailer is missing")
        self._stop()
        rows = tuple(self._row(lines[index], index + 1) for index in range(first, last))
        if len(rows) > self.description.max_rows:
            self._too_many()
        self._compare(header, self.description.header, rows, 1)
        self._compare(trailer, self.description.trailer, rows, len(lines))
        self._stop()
        return FlatFile(rows=rows, header=header, trailer=trailer, findings=tuple(self.warnings))

    def _encoding(self, body: bytes) -> None:
        """Refuse a file in UTF-8 that should be something else: every letter with a mark would be another one."""
        wanted = self.description.encoding
        if wanted not in _UTF8 and is_utf8(body):
            self.faults.append(fault("F104", f"the file is UTF-8, and {wanted} is expected", None))
        self._stop()

    def _lines(self, body: bytes) -> list[bytes]:
        """Return the lines; one more than a file may have is enough to see that there are too many."""
        most = self.description.max_rows + 3
        lines: list[bytes] = []
        for line in lines_of(body, self.description):
            lines.append(line)
            if len(lines) > most:
                self._too_many()
        return lines

    def _too_many(self) -> None:
        self.faults = [fault("F113", f"more than {self.description.max_rows:,} rows", None)]
        self._stop()

    def _frame(self, lines: Sequence[bytes], index: int, record: Record, code: str, text: str) -> Values | None:
        """Return the values of the header or the trailer; without a token a line of another form is none."""
        if index >= len(lines):
            self.faults.append(fault(code, text, None))
            return None
        try:
            values = self._values(lines[index], record)
        except BadLine as error:
            missing = error.code == "F117" or not record.token
            found = fault(code, f"{text}: {error}", index + 1) if missing else fault(error.code, str(error), index + 1)
            self.faults.append(found)
            return None
        self.faults += faults_of(values, record, index + 1)
        return values

    def _titles(self, lines: Sequence[bytes], index: int) -> None:
        columns = self.description.row.columns
        plain = Record(columns=tuple(Column(name=column.name) for column in columns))
        try:
            found = [*self._values(lines[index], plain).values()] if index < len(lines) else []
        except BadLine as error:
            self.faults.append(fault("F108", f"the titles cannot be read: {error}", index + 1))
            return
        wanted = [column.title or column.name for column in columns]
        for number, (title, one) in enumerate(zip([text.strip() for text in found] or [""], wanted, strict=False), 1):
            if title != one:
                self.faults.append(fault("F108", f"column {number} is not headed {one!r}", index + 1, one))

    def _values(self, line: bytes, record: Record) -> Values:
        fields = fields_of(text_of(line, self.description), record, self.description)
        return {column.name: field for column, field in zip(record.columns, fields, strict=True)}

    def _row(self, line: bytes, number: int) -> Row:
        try:
            values = self._values(line, self.description.row)
        except BadLine as error:
            faults: tuple[Finding, ...] = (fault(error.code, str(error), number),)
            values = {}
        else:
            faults = faults_of(values, self.description.row, number)
            if _MARK in line and (eaten := shortened(values, self.description.row, number)):
                columns = {one.source for one in eaten}
                faults = eaten + tuple(one for one in faults if one.source not in columns)
            if not faults:
                return Row(line=number, values=values)
        text = line[:_CLIP].decode(self.description.encoding, "backslashreplace")
        return Row(line=number, values=values, faults=faults, text=text)

    def _compare(self, values: Values | None, record: Record | None, rows: Sequence[Row], line: int) -> None:
        """See that what the header or the trailer says about the rows is so."""
        for column in record.columns if record and values else ():
            told = number_of(values[column.name], column) if values else None
            if column.equals is None or told is None:
                continue
            if column.equals == COUNT:
                if told != len(rows):
                    text = f"{len(rows)} rows are here, and the file says otherwise"
                    self._differs(fault("F111", text, line, column.name), column)
            else:
                self._compare_sum(told, column, rows, line)

    def _compare_sum(self, told: Decimal, column: Column, rows: Sequence[Row], line: int) -> None:
        summed = next(one for one in self.description.row.columns if one.name == column.sums)
        numbers = [number_of(value, summed) if value.strip() else Decimal() for value in _column(rows, summed)]
        known = [number for number in numbers if number is not None]
        if len(known) < len(rows):
            text = f"{len(rows) - len(known)} rows have no readable {summed.name}"
            self.warnings.append(
                Finding(code="F114", severity=Severity.WARNING, text=text, line=line, source=column.name)
            )
        elif sum(known) != told:
            self._differs(fault("F112", f"the sum of {summed.name} is another one", line, column.name), column)

    def _differs(self, found: Finding, column: Column) -> None:
        if column.differs == "warn":
            self.warnings.append(msgspec.structs.replace(found, severity=Severity.WARNING))
        else:
            self.faults.append(found)

    def _stop(self) -> None:
        if self.faults:
            first = self.faults[0]
            raise Rejected(first.code, first.text, findings=self.faults)


def _column(rows: Sequence[Row], column: Column) -> list[str]:
    """Return the values of a column; of rows that could not be cut, something that is no number."""
    return [row.values[column.name] if row.values else "?" for row in rows]

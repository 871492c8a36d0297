"""Looks through one file before any of its rows counts: its frame, the number of its rows, what they add up to."""

from collections.abc import Iterator
from decimal import Decimal
from typing import BinaryIO

import msgspec

from hub_core.errors import Rejected
from hub_core.message import Finding, Severity
from hub_core.rows.cells import number_of
from hub_core.rows.elements import Elements
from hub_core.rows.lines import checks_of, fault, faults_of, lines_of, other_encoding, text_of, values_in
from hub_core.rows.model import COUNT, BadLine, Column, Description, Record, Values
from hub_core.rows.packed import MAGIC, Opener
from hub_core.rows.trees import Tree, tree_of, values_of

Raw = bytes | Tree  # a line, or an element


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is whole, but for what its counts and sums say.

    Attributes:
        opener: of its bytes.
        above: lines before its first row; in a zip also those of the members before it.
        count: of its rows.
        below: number of its last line or record.
        faults: counts and sums that are others than the file says: nothing of it counts.
    """

    opener: Opener
    above: int
    count: int
    below: int
    header: Values | None
    trailer: Values | None
    findings: tuple[Finding, ...]
    faults: tuple[Finding, ...]


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


class Survey:
    """Looks through one file: its frame, the number of its rows, and what they add up to."""

    def __init__(self, description: Description, *, before: int = 0) -> None:
        self.description = description
        self.before = before  # lines of other members of the same zip
        self.faults: list[Finding] = []
        self.warnings: list[Finding] = []
        columns = {column.name: column for column in description.row.columns}
        told = [*_columns(description.header), *_columns(description.trailer)]
        self.sums = {column.sums: _Sum(columns[column.sums]) for column in told if column.sums}

    def file(self, opener: Opener) -> Whole:
        """Return what is known of a file once it was looked through.

        Raises:
            Rejected: see ``hub_core.rows.open_file``.
        """
        with opener() as stream:
            self._encoding(stream)
        with opener() as stream:
            return self._elements(stream, opener) if self.description.form == "xml" else self._lines(stream, opener)

    def _lines(self, stream: BinaryIO, opener: Opener) -> Whole:
        lines = lines_of(stream, self.description)
        above = self.before + rows_above(self.description)
        header = trailer = None
        if self.description.header is not None:
            first = next(lines, None)
            header = self._frame(first, self.before + 1, self.description.header, "F109", "the header is missing")
        if self.description.titles:
            self._titles(next(lines, None), above)
        count, last = self._count(lines)
        below = above + count
        if self.description.trailer is not None:
            below += 1
            trailer = self._frame(last, below, self.description.trailer, "F110", "the trailer is missing")
        self._stop()
        self._compare(header, self.description.header, count, self.before + 1)
        self._compare(trailer, self.description.trailer, count, below)
        return self._whole(opener, above, count, below, header, trailer)

    def _elements(self, stream: BinaryIO, opener: Opener) -> Whole:
        elements = Elements(stream, self.description)
        count, _ = self._count(iter(elements), framed=False)
        header, trailer = self._around(elements.around)
        self._stop()
        self._compare(header, self.description.header, count, None)
        self._compare(trailer, self.description.trailer, count, None)
        return self._whole(opener, self.before, count, self.before + count, header, trailer)

    def _whole(
        self, opener: Opener, above: int, count: int, below: int, header: Values | None, trailer: Values | None
    ) -> Whole:
        return Whole(
            opener=opener,
            above=above,
            count=count,
            below=below,
            header=header,
            trailer=trailer,
            findings=tuple(self.warnings),
            faults=tuple(self.faults),
        )

    def _encoding(self, stream: BinaryIO) -> None:
        """Refuse a file in another encoding: every letter with a mark would be another one."""
        start = stream.read(len(MAGIC))
        if start == MAGIC:
            self.faults.append(fault("F124", "the file is a zip, and none is expected", None))
        elif other := other_encoding(start, stream, self.description):
            text = f"the file is {other}, and {self.description.encoding} is expected"
            self.faults.append(fault("F104", text, None))
        self._stop()

    def _around(self, tree: Tree) -> tuple[Values | None, Values | None]:
        """Return header and trailer of a file of elements: both are found by their paths."""
        records = [record for record in (self.description.header, self.description.trailer) if record is not None]
        both = Record(columns=tuple(column for record in records for column in record.columns))
        try:
            values = values_of(tree, both, self.description)
        except BadLine as error:
            self.faults.append(fault(error.code, str(error), None))
            return None, None
        return (
            self._part(values, self.description.header, "F109", "the header is missing"),
            self._part(values, self.description.trailer, "F110", "the trailer is missing"),
        )

    def _part(self, values: Values, record: Record | None, code: str, text: str) -> Values | None:
        if record is None:
            return None
        found = {column.name: values[column.name] for column in record.columns}
        self.faults += faults_of(found, checks_of(record), None) if any(found.values()) else [fault(code, text, None)]
        return found

    def _count(self, raws: Iterator[Raw], *, framed: bool = True) -> tuple[int, Raw | None]:
        """Return the number of the rows, and the line behind them where a trailer should stand."""
        held: Raw | None = None
        count = 0
        for line in raws:
            row: Raw | None = line
            if framed and self.description.trailer is not None:
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

    def _add(self, line: Raw) -> None:
        try:
            values = read_values(line, self.description.row, self.description)
        except BadLine:
            values = {}
        for one in self.sums.values():
            one.add(values)

    def _frame(self, line: Raw | None, number: int, record: Record, code: str, text: str) -> Values | None:
        """Return the values of the header or the trailer; without a token a line of another form is none."""
        if line is None:
            self.faults.append(fault(code, text, None))
            return None
        try:
            values = read_values(line, record, self.description)
        except BadLine as error:
            missing = error.code == "F117" or not record.token
            found = fault(code, f"{text}: {error}", number) if missing else fault(error.code, str(error), number)
            self.faults.append(found)
            return None
        self.faults += faults_of(values, checks_of(record), number)
        return values

    def _titles(self, line: Raw | None, number: int) -> None:
        columns = self.description.row.columns
        plain = Record(columns=tuple(Column(name=column.name) for column in columns))
        try:
            found = [] if line is None else [*read_values(line, plain, self.description).values()]
        except BadLine as error:
            self.faults.append(fault("F108", f"the titles cannot be read: {error}", number))
            return
        wanted = [column.title or column.name for column in columns]
        for index, (title, one) in enumerate(zip([text.strip() for text in found] or [""], wanted, strict=False), 1):
            if title != one:
                self.faults.append(fault("F108", f"column {index} is not headed {one!r}", number, one))

    def _compare(self, values: Values | None, record: Record | None, count: int, line: int | None) -> None:
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

    def _compare_sum(self, told: Decimal, column: Column, summed: _Sum, line: int | None) -> None:
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


def rows_above(description: Description) -> int:
    """Return how many lines stand before the rows; elements have none."""
    if description.form == "xml":
        return 0
    return (description.header is not None) + description.titles


def _columns(record: Record | None) -> tuple[Column, ...]:
    return () if record is None else record.columns


def read_values(raw: Raw, record: Record, description: Description) -> Values:
    """Return the values of a line or an element.

    Raises:
        BadLine: F102 to F104, F107, F117, F120, F122.
    """
    if isinstance(raw, dict):
        return values_of(raw, record, description)
    text = text_of(raw, description)
    if description.form == "json-lines":
        return values_of(tree_of(text), record, description)
    return values_in(text, record, description)

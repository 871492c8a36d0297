"""What a flat file looks like, and what was read from one."""

from functools import cached_property
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from hub_core.message import Finding

ENCODINGS: Final = (
    "utf-8", "ascii", "cp1250", "cp1252", "cp852", "iso-8859-1", "iso-8859-2", "iso-8859-15", "iso-8859-16",
)  # fmt: skip
MOST_ROWS: Final = 1_000_000
LONGEST_LINE: Final = 100_000
SUFFIXES: Final = {"csv": "csv", "fixed": "txt", "json-lines": "jsonl", "xml": "xml"}
NESTED: Final = ("json-lines", "xml")  # forms whose columns are found by their paths
COUNT: Final = "count"


class Column(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One column.

    Attributes:
        name: the name that mappings and findings use.
        path: JSON lines, XML: where it stands in its record, ``address/county``, ``@id``; empty: under its name.
        title: CSV: what stands in the line of titles; empty: the name.
        means: what it is, in words for those who fill it in.
        width: fixed width: characters.
        align: fixed width: where the value stands.
        pad: fixed width: what fills the rest, a blank or a zero (before numbers).
        required: a blank value is a fault.
        type: ``decimal`` with ``point`` or ``scale``, ``date`` with ``format``.
        point: sign before the fraction.
        scale: digits after a decimal sign that is not written: ``95750`` with 2 is read as ``957.50``.
        format: of dates, as Python's ``strftime`` writes it.
        pattern: Python regular expression for the whole value.
        enum: the only values allowed.
        max_length: most characters.
        equals: header and trailer: ``count`` of the rows, or ``sum(column)`` over them.
        differs: what follows where it does not: the file is refused, or says so and counts.
    """

    name: str
    path: str = ""
    title: str = ""
    means: str = ""
    width: Annotated[int, Meta(ge=0, le=LONGEST_LINE)] = 0
    align: Literal["left", "right"] = "left"
    pad: Literal[" ", "0"] = " "
    required: bool = False
    type: Literal["text", "integer", "decimal", "date"] = "text"
    point: Literal[".", ","] = "."
    scale: Annotated[int, Meta(ge=1, le=9)] | None = None
    format: str = "%Y-%m-%d"
    pattern: str | None = None
    enum: tuple[str, ...] = ()
    max_length: Annotated[int, Meta(ge=1)] | None = None
    equals: str | None = None
    differs: Literal["refuse", "warn"] = "refuse"

    @property
    def sums(self) -> str | None:
        """The column of the rows whose sum it holds."""
        return self.equals[4:-1] if self.equals and self.equals.startswith("sum(") else None


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """A kind of line, or of record.

    Attributes:
        token: what such a line begins with: CSV: its first field, fixed width: its first characters; JSON lines:
            ``key=value`` that it holds, not a column, or the ``key`` of a column that only it has. XML: the way from
            the root to the element that repeats.
        key: rows: columns that together tell one row from every other; a row that comes again is told.
    """

    columns: tuple[Column, ...]
    token: str = ""
    key: tuple[str, ...] = ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Those of the columns."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def scaled(self) -> tuple[Column, ...]:
        """The columns whose decimal sign is not written."""
        return tuple(column for column in self.columns if column.scale is not None)


class Description(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A flat file as it is described below ``schemas/``.

    Attributes:
        name: from the name of the file: ``anofm/monthly``.
        form: what one row is: a line of ``csv``, ``fixed`` or ``json-lines``, or an element of ``xml``.
        packed: ``zip``: such files lie in a zip; ``zip-or-plain``: they may, and are written without.
        namespace: XML: of all elements; those of another one are written ``{namespace}name``.
        others: JSON lines, XML: values that no column names are faults, or are skipped.
        quote: CSV: around values that hold a delimiter; doubled inside.
        titles: CSV: a line with the titles of the columns stands before the rows.
        line_end: as written; both are read.
        row, header, trailer: kinds of lines; the header is the first line, the trailer the last.
        max_rows: a file with more is refused.
        max_line: bytes; a longer line is a faulty row, a longer element refuses the file.
    """

    name: str
    encoding: str
    form: Literal["csv", "fixed", "json-lines", "xml"]
    row: Record
    header: Record | None = None
    trailer: Record | None = None
    delimiter: Literal[";", ",", "\t", "|"] = ";"
    quote: Literal['"', "'"] = '"'
    titles: bool = False
    line_end: Literal["crlf", "lf"] = "crlf"
    max_rows: Annotated[int, Meta(ge=1, le=MOST_ROWS)] = 100_000
    max_line: Annotated[int, Meta(ge=1, le=LONGEST_LINE)] = 10_000
    packed: Literal["zip", "zip-or-plain"] | None = None
    namespace: str = ""
    others: Literal["refuse", "skip"] = "refuse"

    @property
    def suffix(self) -> str:
        """How the names of such files end that the hub writes."""
        return "zip" if self.packed == "zip" else SUFFIXES[self.form]


Values = dict[str, str]  # text by name of column; blank: nothing stands there


class BadLine(ValueError):
    """A line or a record that cannot be cut into columns."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One row.

    Attributes:
        line: in the file, from 1; XML: number of the record. In a zip they count on from member to member.
        values: empty where the line could not be cut into columns.
        header: of its file, where there is one; ``trailer`` likewise.
        faults: why it is refused.
        text: the line itself, where it has faults; bytes that are no text as escapes.
    """

    line: int
    values: Values
    header: Values | None = None
    trailer: Values | None = None
    faults: tuple[Finding, ...] = ()
    text: str = ""

    def key(self, description: Description) -> str | None:
        """Return what tells this row from every other, as one text; ``None``: nothing does."""
        found = [self.values.get(name, "").strip() for name in description.row.key]
        return "\x1f".join(found) if any(found) and not self.faults else None


class FlatFile(msgspec.Struct, frozen=True, kw_only=True):
    """What was read from a file that is whole.

    Attributes:
        header: of the file; of a zip with several there is none; ``trailer`` likewise.
        findings: about the file, none of which refuses it.
    """

    rows: tuple[Row, ...]
    header: Values | None = None
    trailer: Values | None = None
    findings: tuple[Finding, ...] = ()

"""Flat files without a hub: which of the files that mappings describe it is, and its rows as documents."""

from collections.abc import Iterable, Iterator
from functools import cached_property

from hub_core.document import Document
from hub_core.errors import Rejected
from hub_core.mapping.compiled import CompiledMapping
from hub_core.mapping.rowfiles import description_of
from hub_core.message import Finding, Severity
from hub_core.rows import Description, FlatFile, Row, as_document, read_file
from hub_core.rows.model import NESTED
from hub_core.rows.single import DIALECT

NOT_KNOWN = "V301"


class FlatFiles:
    """The flat files that some mappings read."""

    def __init__(self, mappings: Iterable[CompiledMapping]) -> None:
        self._mappings = [one for one in mappings if one.source.dialect == DIALECT]

    @cached_property
    def descriptions(self) -> tuple[Description, ...]:
        """What such files look like; raises ``ConfigError`` (F101)."""
        found = {description_of(one).name: description_of(one) for one in self._mappings}
        return tuple(found.values())

    def opened(self, body: bytes) -> tuple[FlatFile, str]:
        """Return the file and the name of its description: that by which most rows are right.

        Raises:
            Rejected: V301, it is whole by none of them, or by two of them equally well.
        """
        files = [(file, one.name) for one in self.descriptions if (file := _whole(body, one))]
        counts = [sum(not row.faults for row in file.rows) for file, _ in files]
        best = max(counts, default=0)
        if not best:
            raise Rejected(NOT_KNOWN, "not a SED: neither JSON nor XML; nor a flat file that a mapping reads")
        if counts.count(best) > 1:
            names = ", ".join(name for count, (_, name) in zip(counts, files, strict=True) if count == best)
            raise Rejected(NOT_KNOWN, f"may be several flat files: {names}; name its mapping")
        return files[counts.index(best)]

    def knows(self, body: bytes) -> bool:
        """Tell whether a body that looks like one document of JSON or XML is a file of rows of a known form."""
        nested = [one for one in self.descriptions if one.form in NESTED and one.packed != "zip"]
        return any((file := _whole(body, one)) and any(not row.faults for row in file.rows) for one in nested)

    def mapping_of(self, body: bytes) -> CompiledMapping:
        """Return the mapping that reads a file.

        Raises:
            Rejected: V301, as ``opened``.
        """
        try:
            _, name = self.opened(body)
        except Rejected:
            text, mend = "no known file of rows, or not one row is right", "name the mapping of such files with --as"
            found = Finding(code=NOT_KNOWN, severity=Severity.ERROR, text=text, help=mend)
            raise Rejected(NOT_KNOWN, text, findings=(found,)) from None
        return next(one for one in self._mappings if description_of(one).name == name)


def rows_of(file: FlatFile, name: str) -> Iterator[tuple[Row, Document | Rejected]]:
    """Yield each row as mappings read it, or why it is refused."""
    for row in file.rows:
        try:
            yield row, as_document(row, name)
        except Rejected as fault:
            yield row, fault


def _whole(body: bytes, description: Description) -> FlatFile | None:
    try:
        return read_file(body, description)
    except Rejected:
        return None

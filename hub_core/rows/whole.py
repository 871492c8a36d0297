"""A whole file of rows that were written one by one: counts and sums are made here, and the file is read back."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from hub_core.errors import Rejected
from hub_core.message import Finding
from hub_core.rows.cells import number_of
from hub_core.rows.lines import fault
from hub_core.rows.model import COUNT, Column, Description, Record, Values
from hub_core.rows.writer import write_file


def whole_file(
    documents: Sequence[Mapping[str, Any]],
    description: Description,
    *,
    header: Values | None = None,
    trailer: Values | None = None,
) -> bytes:
    """Return the file of some rows.

    Args:
        documents: rows as mappings write them: the columns, and what they say of ``header`` and ``trailer``.
        description: of the file.
        header: values of the header that no row says, or says otherwise.
        trailer: the same of the trailer.

    Raises:
        Rejected: F118, two rows say different things of the header or the trailer; F116, a value does not fit; F1xx,
            the file could not be read.
    """
    first = 1 + (description.header is not None) + description.titles
    around: dict[str, Values] = {}
    conflicts: list[Finding] = []
    for part, given in (("header", header), ("trailer", trailer)):
        around[part] = _merged(part, documents, given or {}, first, conflicts)
    if conflicts:
        raise Rejected("F118", conflicts[0].text, findings=conflicts)
    names = [column.name for column in description.row.columns]
    rows = [{name: str(one.get(name) or "") for name in names} for one in documents]
    return write_file(
        rows,
        description,
        header=_complete(around["header"], description.header, rows, description),
        trailer=_complete(around["trailer"], description.trailer, rows, description),
    )


def _merged(
    part: str, documents: Sequence[Mapping[str, Any]], given: Values, first: int, conflicts: list[Finding]
) -> Values:
    """Return what all rows say of the header or the trailer; what is given counts more than they do."""
    found: Values = {}
    for line, one in enumerate(documents, first):
        for name, value in (one.get(part) or {}).items():
            if found.setdefault(name, value) != value and name not in given:
                text = "the rows are of different files: they do not agree on this value"
                conflicts.append(fault("F118", text, line, f"{part}.{name}"))
    return found | given


def _complete(values: Values, record: Record | None, rows: Sequence[Values], description: Description) -> Values:
    """Return the values of the header or the trailer with counts and sums."""
    made = dict(values)
    for column in record.columns if record else ():
        if column.equals == COUNT:
            made[column.name] = _shown(Decimal(len(rows)), column)
        elif column.sums:
            summed = next(one for one in description.row.columns if one.name == column.sums)
            numbers = (number_of(row[summed.name], summed) for row in rows if row[summed.name].strip())
            made[column.name] = _shown(sum((one for one in numbers if one is not None), Decimal()), column)
    return made


def _shown(number: Decimal, column: Column) -> str:
    """Return a number as the column says it: ``1000.00`` with a scale of 2, ``1000,5`` with a comma."""
    if column.scale is not None and number == round(number, column.scale):
        return f"{number:.{column.scale}f}"
    return f"{number:f}".replace(".", column.point)

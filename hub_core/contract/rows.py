"""What the description of a flat file allows: a row reads like JSON, so its columns are keys."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from hub_core.contract.place import LeafType, Place
from hub_core.message import Finding
from hub_core.rows.lines import checks_of, faults_of
from hub_core.rows.model import Column, Description, Record

# Days that every month has: whatever fits the pattern is a date.
_DATES: Final = {"%d": "(0[1-9]|1[0-9]|2[0-8])", "%m": "(0[1-9]|1[0-2])", "%Y": "(19|20)[0-9]{2}"}


def rows_root(description: Description) -> Place:
    """Return the place of a row; the header and the trailer beside its columns belong to its file."""
    around = {name: record for name in ("header", "trailer") if (record := getattr(description, name)) is not None}
    children = _columns(description.row) | {
        name: Place(name=name, expand=partial(_columns, record)) for name, record in around.items()
    }
    return Place(name="", expand=lambda: children)


def _columns(record: Record) -> dict[str, Place]:
    return {
        column.name: Place(name=column.name, required=column.required, leaf=_leaf(column)) for column in record.columns
    }


def _leaf(column: Column) -> LeafType:
    """Return the type of a column; decimals with a comma and dates of another form are texts with a pattern."""
    most = column.width or column.max_length
    if column.type == "decimal" and column.scale is not None:
        return LeafType(pattern=rf"(0|[1-9][0-9]*)\.[0-9]{{{column.scale}}}", max_length=most and most + 1)
    if column.type == "decimal" and column.point == ",":
        return LeafType(pattern=column.pattern or r"[+-]?[0-9]{1,18}(,[0-9]{1,9})?", max_length=most)
    if column.type == "date" and column.format != "%Y-%m-%d":
        pattern = "".join(_DATES.get(part, re.escape(part)) for part in re.findall("%.|.", column.format))
        return LeafType(pattern=pattern)
    return LeafType(kind=column.type, enum=column.enum, pattern=column.pattern, max_length=most)


def row_faults(description: Description, row: Mapping[str, Any]) -> list[Finding]:
    """Return what is wrong with the columns of a row as mappings read and write it."""
    values = {column.name: str(row.get(column.name) or "") for column in description.row.columns}
    return [*faults_of(values, checks_of(description.row), None)]

"""One value of one column: from its cell and back, and what can be wrong with it."""

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Final

from hub_core.rows.model import Column

_DIGITS: Final = re.compile(r"[0-9]{1,18}")
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL: Final = re.compile(r"[+-]?[0-9]{1,18}(?:[.][0-9]{1,9})?")
_DECIMAL_COMMA: Final = re.compile(r"[+-]?[0-9]{1,18}(?:,[0-9]{1,9})?")


def read_cell(cell: str, column: Column) -> str:
    """Return the value of a cell of fixed width: without what fills it; a cell of blanks only is blank.

    >>> read_cell("0042", Column(name="n", align="right", pad="0")), read_cell("AB  ", Column(name="t"))
    ('42', 'AB')
    """
    if not cell.strip(" "):
        return ""
    if column.align == "left":
        return cell.rstrip(" ")
    return cell.lstrip(column.pad) or column.pad


def write_cell(value: str, column: Column) -> str:
    """Return the cell of fixed width for a value; one that is too long stays so."""
    if not value:
        return " " * column.width
    return value.ljust(column.width) if column.align == "left" else value.rjust(column.width, column.pad)


def scaled(value: str, column: Column) -> str:
    """Return a number with its decimal sign where the file does not write it.

    >>> scaled("5", Column(name="n", scale=2)), scaled("", Column(name="n", scale=2))
    ('0.05', '')
    """
    if column.scale is None or not _DIGITS.fullmatch(value):
        return value
    digits = value.zfill(column.scale + 1)
    return f"{digits[: -column.scale]}.{digits[-column.scale :]}"


def unscaled(value: str, column: Column) -> str:
    """Return a number as the file writes it: the inverse of ``scaled``."""
    if column.scale is None or len(value.partition(".")[2]) != column.scale:
        return value
    return value.replace(".", "").lstrip("0") or "0"


def number_of(value: str, column: Column) -> Decimal | None:
    """Return a value as a number; ``None`` if it is none."""
    if column.scale is not None and not _DIGITS.fullmatch(unscaled(value, column)):
        return None
    plain = value if column.scale is not None or column.point == "." else value.replace(".", "?").replace(",", ".")
    return Decimal(plain) if _DECIMAL.fullmatch(plain) else None


Check = Callable[[str], str | None]


@cache
def check_of(column: Column) -> Check | None:
    """Return a function that says what is wrong with a value that is not blank; ``None``: nothing can be."""
    checks = [*_type_checks(column)]
    if column.pattern is not None:
        fullmatch = re.compile(column.pattern).fullmatch
        checks.append(lambda value: None if fullmatch(value) else "not of the form that the column has")
    if column.enum:
        allowed = frozenset(column.enum)
        checks.append(lambda value: None if value in allowed else "not one of the values of the column")
    if (most := column.max_length) is not None:
        checks.append(lambda value: f"longer than {most} characters" if len(value) > most else None)
    if len(checks) < 2:  # noqa: PLR2004 - one alone is asked directly
        return checks[0] if checks else None
    return lambda value: next((fault for check in checks if (fault := check(value))), None)


def _type_checks(column: Column) -> list[Check]:
    if column.type == "integer":
        return [lambda value: None if _INTEGER.fullmatch(value) else "not a whole number"]
    if column.type == "decimal":
        is_number = _is_number(column)
        return [lambda value: None if is_number(value) else "not a number"]
    if column.type == "date":
        return [lambda value: None if _is_date(value, column.format) else "not a date of this form"]
    return []


def _is_number(column: Column) -> Callable[[str], object]:
    """Return what tells whether ``number_of`` would read a value, without reading it."""
    if column.scale is not None:
        return lambda value: number_of(value, column) is not None
    return (_DECIMAL if column.point == "." else _DECIMAL_COMMA).fullmatch


@lru_cache(maxsize=4_096)  # the days of one file are few
def _is_date(value: str, form: str) -> bool:
    try:
        return datetime.strptime(value, form).strftime(form) == value  # noqa: DTZ007 - a day, not an instant
    except ValueError:
        return False

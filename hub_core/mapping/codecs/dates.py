"""Codecs of calendar dates, whole or as far as they are known.

Patterns know ``%d``, ``%m`` and ``%Y`` only: two digits, two digits, four digits.
"""

import calendar
import re
from datetime import date
from typing import Final

from hub_core.mapping.codecs.spec import BadParameters, BadValue, Codec, Example, Format, Parse

_ISO: Final = "%Y-%m-%d"
_ISO_LENGTH: Final = 10
from_iso: Final = date.fromisoformat
# ``read_iso`` in the source of a reader, where a plain day costs no call: {0} is the text, {1} reads all others. What
# ``from_iso`` refuses is ``NO_DAY``.
INLINE: Final = "from_iso({0}) if len({0}) == 10 and {0}[7] == '-' else {1}({0})"
NO_DAY: Final = "date.day"
# xsd:date may carry a zone; the day of the law is the day that is written.
_ZONED: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2})")
_GROUPS: Final = {"%d": "(?P<d>[0-9]{2})", "%m": "(?P<m>[0-9]{2})", "%Y": "(?P<Y>[0-9]{4})"}
_WIDTHS: Final = {"%d": 2, "%m": 2, "%Y": 4}
_PARTIAL: Final = re.compile(r"(?P<Y>[0-9]{4})(?:-(?P<m>[0-9]{2})(?:-(?P<d>[0-9]{2}))?)?")


def _pieces(pattern: str, wanted: set[str], known: str) -> list[str]:
    """Cut a pattern into its directives and the text between them."""
    pieces = [piece for piece in re.split(r"(%.)", pattern) if piece]
    directives = [piece for piece in pieces if piece.startswith("%")]
    if set(directives) != wanted or len(directives) != len(wanted):
        whole = pattern.replace("%y", "%Y")
        if whole != pattern and sorted(re.findall("%.", whole)) == sorted(wanted):
            raise BadParameters(f"write {whole!r} instead of {pattern!r}: a year has four digits")
        raise BadParameters(f"write a pattern of {known}, each once, such as {' '.join(sorted(wanted))!r}")
    return pieces


# Reading a day takes no longer than finding it among those that were read before, which fill the processor's cache.
def read_iso(text: str) -> date:
    """Return the day that an ISO 8601 date says, with or without zone."""
    # Of ten characters fromisoformat also reads 2024-W05-3 and 2024010199, which are no dates in any contract: neither
    # has a dash in this place.
    if len(text) == _ISO_LENGTH:
        if text[7] == "-":
            try:
                return from_iso(text)
            except ValueError:
                pass
        raise BadValue(NO_DAY)
    zoned = _ZONED.fullmatch(text)
    if zoned is None:
        raise BadValue("date.form")
    return read_iso(zoned[1])


def _date(pattern: str = _ISO) -> tuple[Parse, Format]:
    pieces = _pieces(pattern, {"%d", "%m", "%Y"}, "%d, %m and %Y")
    if pattern == _ISO:
        return read_iso, date.isoformat
    spans: dict[str, slice] = {}
    marks: list[tuple[slice, str]] = []
    length = 0
    for piece in pieces:
        width = _WIDTHS.get(piece, len(piece))
        if piece in _WIDTHS:
            spans[piece] = slice(length, length + width)
        else:
            marks.append((slice(length, length + width), piece))
        length += width
    year, month, day = spans["%Y"], spans["%m"], spans["%d"]

    def parse(text: str) -> date:
        if len(text) != length:
            raise BadValue("date.form")
        for span, mark in marks:
            if text[span] != mark:
                raise BadValue("date.form")
        try:
            return date.fromisoformat(f"{text[year]}-{text[month]}-{text[day]}")
        except ValueError:
            raise BadValue("date.day") from None

    def write(value: date) -> str:
        return (
            pattern.replace("%Y", f"{value.year:04}")
            .replace("%m", f"{value.month:02}")
            .replace("%d", f"{value.day:02}")
        )

    return parse, write


def _partial_text(year: str, month: str | None, day: str | None) -> str:
    """Return the known part; ``00`` stands for an unknown month or day, as registers write it."""
    if not month or month == "00":
        if day and day != "00":
            raise BadValue("partial_date.month")
        month = day = None
    if day == "00":
        day = None
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        raise BadValue("partial_date.day") from None
    return "-".join(part for part in (year, month, day) if part)


def _partial(*patterns: str) -> tuple[Parse, Format]:
    forms = [_PARTIAL] if not patterns else [_form(pattern) for pattern in patterns]

    def parse(text: str) -> str:
        for form in forms:
            if match := form.fullmatch(text):
                found = match.groupdict()
                return _partial_text(found["Y"], found.get("m"), found.get("d"))
        raise BadValue("partial_date.form")

    def write(value: str) -> str:
        if not patterns:
            return value
        parts = dict(zip(("%Y", "%m", "%d"), value.split("-"), strict=False))
        fitting = [p for p in patterns if set(re.findall("%.", p)) == set(parts)]
        text = fitting[0] if fitting else max(patterns, key=len)
        for directive in _WIDTHS:
            text = text.replace(directive, parts.get(directive, "00"))
        return text

    return parse, write


def _form(pattern: str) -> re.Pattern[str]:
    directives = re.findall("%.", pattern)
    if "%Y" not in directives or not set(directives) <= _GROUPS.keys() or len(set(directives)) != len(directives):
        raise BadParameters('write a pattern with %Y, and %m and %d where they are known, such as "%m.%Y"')
    if "%d" in directives and "%m" not in directives:
        raise BadParameters("a day without a month is no date: add %m")
    return re.compile("".join(_GROUPS.get(piece, re.escape(piece)) for piece in re.split("(%.)", pattern) if piece))


def _month_reader(pattern: str) -> re.Pattern[str]:
    pieces = _pieces(pattern, {"%m", "%Y"}, "%m and %Y")
    groups = {"%m": "(?P<m>[0-9]{1,2})", "%Y": "(?P<Y>[0-9]{4})"}
    return re.compile("".join(groups.get(piece, re.escape(piece)) for piece in pieces))


def _read_month(form: re.Pattern[str], text: str) -> tuple[int, int]:
    match = form.fullmatch(text)
    if match is None:
        raise BadValue("month.form")
    year, month = int(match["Y"]), int(match["m"])
    if not (1 <= month <= 12 and year >= 1):  # noqa: PLR2004 - months of a year
        raise BadValue("month.number")
    return year, month


def _month(pattern: str = "%Y-%m") -> tuple[Parse, Format]:
    form = _month_reader(pattern)

    def parse(text: str) -> str:
        year, month = _read_month(form, text)
        return f"{year:04}-{month:02}"

    def write(value: str) -> str:
        return pattern.replace("%Y", value[:4]).replace("%m", value[5:])

    return parse, write


def _month_first(pattern: str = "%Y-%m") -> tuple[Parse, Format]:
    form = _month_reader(pattern)
    return lambda text: date(*_read_month(form, text), 1), _month_writer(pattern)


def _month_last(pattern: str = "%Y-%m") -> tuple[Parse, Format]:
    form = _month_reader(pattern)

    def parse(text: str) -> date:
        year, month = _read_month(form, text)
        return date(year, month, calendar.monthrange(year, month)[1])

    return parse, _month_writer(pattern)


def _month_writer(pattern: str) -> Format:
    def write(value: date) -> str:
        return pattern.replace("%Y", f"{value.year:04}").replace("%m", f"{value.month:02}")

    return write


CODECS: Final = (
    Codec(
        name="date",
        gives="date",
        make=_date,
        doc="A calendar day, by default YYYY-MM-DD (a zone after it is cut off); refuses days that do not exist.",
        source="ISO 8601-1; XML Schema part 2, 3.3.9 (date).",
        examples=(
            Example("date", "2024-02-29", date(2024, 2, 29)),
            Example("date", "2024-02-29+02:00", date(2024, 2, 29), "2024-02-29"),
            Example("date", "2023-02-29", None),
            Example("date", "20240229", None),
            Example('date("%d.%m.%Y")', "15.04.1985", date(1985, 4, 15)),
            Example('date("%d.%m.%Y")', "5.4.1985", None),
            Example('date("%Y%m%d")', "19850415", date(1985, 4, 15)),
        ),
    ),
    Codec(
        name="partial_date",
        gives="partial date",
        make=_partial,
        doc="A date as far as it is known: by default YYYY, YYYY-MM or YYYY-MM-DD, else one of the patterns; "
        "00 stands for an unknown month or day. Nothing is completed by guessing.",
        source="SEMIC Core Person Vocabulary 2.1 (m8g:GenericDate).",
        examples=(
            Example("partial_date", "1950", "1950"),
            Example("partial_date", "1950-07", "1950-07"),
            Example("partial_date", "1950-00-00", "1950", "1950"),
            Example("partial_date", "1950-13", None),
            Example('partial_date("%m.%Y")', "07.1950", "1950-07"),
            Example('partial_date("%d.%m.%Y", "%Y")', "00.00.1950", "1950", "1950"),
        ),
    ),
    Codec(
        name="month",
        gives="month",
        make=_month,
        doc="A month of a year; the month may have one digit. Gives YYYY-MM.",
        source="ISO 8601-1 (calendar month).",
        examples=(
            Example('month("%m.%Y")', "03.2021", "2021-03"),
            Example("month", "2025-9", "2025-09", "2025-09"),
            Example("month", "2025-13", None),
        ),
    ),
    Codec(
        name="month_first",
        gives="date",
        make=_month_first,
        doc="The first day of a month: a right that runs in whole months begins there.",
        source="ISO 8601-1 (calendar month).",
        examples=(Example('month_first("%m.%Y")', "03.2021", date(2021, 3, 1)),),
    ),
    Codec(
        name="month_last",
        gives="date",
        make=_month_last,
        doc="The last day of a month: a right that runs in whole months ends there.",
        source="ISO 8601-1 (calendar month).",
        examples=(Example('month_last("%m.%Y")', "02.2024", date(2024, 2, 29)),),
    ),
)

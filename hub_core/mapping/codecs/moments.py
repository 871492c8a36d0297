"""Codecs of moments: a local time names its zone, the record keeps the instant."""

import re
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from hub_core.mapping.codecs.spec import BadParameters, BadValue, Codec, Example, Format, Parse

_DIRECTIVES: Final = {"%d": 2, "%m": 2, "%Y": 4, "%H": 2, "%M": 2, "%S": 2}
_NEEDED: Final = _DIRECTIVES.keys() - {"%S"}
_ZONED: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_WHICH: Final = {"earlier": 0, "later": 1}


def zone(name: str) -> ZoneInfo:
    """Return a time zone.

    Raises:
        BadParameters: this machine knows no zone of that name.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # not found, no name of a zone, a folder of zones
        mend = "write an IANA name such as Europe/Bucharest; zones come from the package tzdata of the system"
        raise BadParameters(f"no time zone {name!r}: {mend}") from None


def _moment(text: str) -> tuple[datetime, str]:
    """Return an instant in UTC and the digits of its second's fraction."""
    match = _ZONED.fullmatch(text)
    if match is None:
        local = "timestamp.zone" if _ZONED.fullmatch(f"{text}Z") else "timestamp.form"
        raise BadValue(local)
    offset = "+00:00" if match[4] == "Z" else match[4]
    try:
        return datetime.fromisoformat(f"{match[1]}T{match[2]}{offset}").astimezone(UTC), (match[3] or "").rstrip("0")
    except (ValueError, OverflowError):
        raise BadValue("timestamp.time") from None


def _written(moment: datetime, fraction: str = "") -> str:
    return f"{moment.replace(tzinfo=None).isoformat()}{'.' if fraction else ''}{fraction}Z"


def _timestamp(pattern: str = "", name: str = "", which: str = "") -> tuple[Parse, Format]:
    if not pattern:
        return lambda text: _written(*_moment(text)), str
    pieces = _pieces(pattern, name, which)
    form = re.compile("".join(_group(piece) for piece in pieces))
    there, fold = zone(name), _WHICH.get(which)

    def parse(text: str) -> str:
        match = form.fullmatch(text)
        if match is None:
            raise BadValue("timestamp.form")
        part = {key: int(digits) for key, digits in match.groupdict(default="0").items()}
        try:
            local = datetime(part["Y"], part["m"], part["d"], part["H"], part["M"], part.get("S", 0))  # noqa: DTZ001 - local
            return _written(_instant(local, there, fold))
        except (ValueError, OverflowError) as error:
            raise error if isinstance(error, BadValue) else BadValue("timestamp.time") from None

    def write(value: str) -> str:
        moment, fraction = _moment(value)
        local = moment.astimezone(there).replace(tzinfo=None)
        if fraction or (local.second and "%S" not in pieces):
            raise BadValue("timestamp.precision")
        if _instant(local, there, fold) != moment:
            raise BadValue("timestamp.other_hour")
        return "".join(_digits(local, piece) if piece in _DIRECTIVES else piece for piece in pieces)

    return parse, write


def _pieces(pattern: str, name: str, which: str) -> list[str]:
    """Cut a pattern into its directives and the text between them; check all parameters of a local time."""
    pieces = [piece for piece in re.split(r"(%.)", pattern) if piece]
    directives = [piece for piece in pieces if piece.startswith("%")]
    if not _NEEDED <= set(directives) <= _DIRECTIVES.keys() or len(set(directives)) != len(directives):
        raise BadParameters("write a pattern of %d, %m, %Y, %H, %M and perhaps %S, each once")
    if not name:
        raise BadParameters('a local time needs its zone: write timestamp("%d.%m.%Y %H:%M", "Europe/Bucharest")')
    if which and which not in _WHICH:
        raise BadParameters("of an hour that is there twice, write earlier or later")
    return pieces


def _group(piece: str) -> str:
    return f"(?P<{piece[1]}>[0-9]{{{_DIRECTIVES[piece]}}})" if piece in _DIRECTIVES else re.escape(piece)


def _digits(local: datetime, directive: str) -> str:
    order = ("%Y", "%m", "%d", "%H", "%M", "%S")
    return f"{local.timetuple()[order.index(directive)]:0{_DIRECTIVES[directive]}}"


def _instant(local: datetime, there: ZoneInfo, fold: int | None) -> datetime:
    """Return the one instant that a clock on the wall shows as ``local``."""
    both = [local.replace(tzinfo=there, fold=number).astimezone(UTC) for number in (0, 1)]
    shown = [moment for moment in both if moment.astimezone(there).replace(tzinfo=None) == local]
    if not shown:
        raise BadValue("timestamp.skipped")
    if shown[0] == shown[-1]:
        return shown[0]
    if fold is None:
        raise BadValue("timestamp.twice")
    return both[fold]


def _local_date(name: str) -> tuple[Parse, Format]:
    there = zone(name)

    def parse(text: str) -> date:
        try:
            return _moment(text)[0].astimezone(there).date()
        except OverflowError:
            raise BadValue("timestamp.time") from None

    def write(value: date) -> str:
        """Write the first instant of the day; where clocks skip midnight it is the hour after."""
        begins = datetime(value.year, value.month, value.day, tzinfo=there)
        try:
            return _written(begins.astimezone(UTC))
        except OverflowError:
            raise BadValue("timestamp.time") from None

    return parse, write


CODECS: Final = (
    Codec(
        name="timestamp",
        gives="instant",
        make=_timestamp,
        doc="A moment, as RFC 3339 in UTC. By default it reads RFC 3339 (xs:dateTime with its zone) and refuses a time "
        "without zone. With a pattern of %d, %m, %Y, %H, %M and perhaps %S and an IANA zone it reads a local time; it "
        "refuses an hour that clocks skip, and one that is there twice unless a third parameter says earlier or later. "
        "It writes only what it would read as the same moment.",
        source="RFC 3339, 5.6; XML Schema part 2, 3.3.7 (dateTime); IANA Time Zone Database.",
        examples=(
            Example("timestamp", "2024-03-15T10:30:00+02:00", "2024-03-15T08:30:00Z", "2024-03-15T08:30:00Z"),
            Example("timestamp", "2024-03-15T08:30:00.250Z", "2024-03-15T08:30:00.25Z", "2024-03-15T08:30:00.25Z"),
            Example("timestamp", "2024-03-15T10:30:00", None),
            Example('timestamp("%d.%m.%Y %H:%M", "Europe/Bucharest")', "15.03.2024 10:30", "2024-03-15T08:30:00Z"),
            Example('timestamp("%d.%m.%Y %H:%M", "Europe/Bucharest")', "27.10.2024 03:30", None),
            Example('timestamp("%d.%m.%Y %H:%M", "Europe/Bucharest")', "31.03.2024 03:30", None),
            Example(
                'timestamp("%d.%m.%Y %H:%M", "Europe/Bucharest", "earlier")', "27.10.2024 03:30", "2024-10-27T00:30:00Z"
            ),
            Example(
                'timestamp("%d.%m.%Y %H:%M", "Europe/Bucharest", "later")', "27.10.2024 03:30", "2024-10-27T01:30:00Z"
            ),
        ),
    ),
    Codec(
        name="local_date",
        gives="date",
        make=_local_date,
        doc="The calendar day on which a moment falls in an IANA zone; reads RFC 3339, and may follow timestamp. "
        "Writes the first moment of the day.",
        source="RFC 3339, 5.6; IANA Time Zone Database.",
        examples=(
            Example(
                'local_date("Europe/Bucharest")', "2024-03-15T22:30:00Z", date(2024, 3, 16), "2024-03-15T22:00:00Z"
            ),
            Example('local_date("Europe/Oslo")', "2024-03-15T22:30:00Z", date(2024, 3, 15), "2024-03-14T23:00:00Z"),
            Example('local_date("Europe/Oslo")', "2024-03-15T22:30:00", None),
        ),
    ),
)

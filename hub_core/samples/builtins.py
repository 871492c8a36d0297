"""Texts of the types that XML Schema brings with it.

Source: XML Schema Part 2, sections 3.2 and 3.3.
"""

import base64
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

_WORDS: Final = (
    "Ana", "Popa", "Ștefan", "Bjørn", "cerere", "ytelse", "Iași", "Tromsø", "pensie", "A & B", "copil", "søknad",
    "stradă", "nr. 7", "ianuarie",
)  # fmt: skip
_NAMES: Final = ("alfa", "beta", "gama", "delta", "omega")
_FIRST: Final = datetime(1990, 1, 1, tzinfo=UTC)
_SECONDS: Final = 45 * 365 * 86_400
LARGEST: Final = 100_000  # characters or octets of one value

# Least and greatest value of the integers that have one.
INTEGERS: Final[Mapping[str, tuple[int | None, int | None]]] = {
    "integer": (None, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-128, 127),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 255),
}
NUMBERS: Final = frozenset({*INTEGERS, "decimal", "float", "double"})
_FORMATS: Final[Mapping[str, str]] = {
    "dateTime": "%Y-%m-%dT%H:%M:%S",
    "dateTimeStamp": "%Y-%m-%dT%H:%M:%SZ",
    "date": "%Y-%m-%d",
    "time": "%H:%M:%S",
    "gYearMonth": "%Y-%m",
    "gYear": "%Y",
    "gMonthDay": "--%m-%d",
    "gMonth": "--%m",
    "gDay": "---%d",
}
_ZONED: Final = frozenset({"dateTime", "time"})


def moment(name: str, random: Random, years: tuple[int, int] | None) -> str:
    """Return a day or time.

    Args:
        name: of the type.
        random: where chance comes from.
        years: the first and the last that may be.
    """
    when = _FIRST + timedelta(seconds=random.randrange(_SECONDS))
    if years is not None:
        when = when.replace(year=min(max(random.randint(*sorted(years)), 1), 9999), day=min(when.day, 28))
    text = when.strftime(_FORMATS[name])
    if "%Y" in _FORMATS[name]:  # strftime writes years before 1000 short
        text = text.rjust(len(text) + 4 - len(text.partition("-")[0]), "0")
    return text + random.choice(("", "", "Z", ".25Z", "+02:00")) if name in _ZONED else text


def words(random: Random, least: int, most: int) -> str:
    """Return words of a length, without spaces at the ends or side by side."""
    length = random.randint(least, max(least, min(most, least + 24)))
    text = random.choice(_WORDS)
    while len(text) < length:
        text += f" {random.choice(_WORDS)}"
    text = text[:length]
    return text if text == text.strip() else text.rstrip() + "x" * (length - len(text.rstrip()))


def name(random: Random, least: int, most: int) -> str:
    """Return a name without colon."""
    text = random.choice(_NAMES) + str(random.randint(1, 999))
    return (text + "x" * (least - len(text)))[: max(most, 1)]


def octets(random: Random, least: int, most: int) -> bytes:
    """Return some bytes."""
    return random.randbytes(random.randint(least, max(least, min(most, least + 24))))


def _duration(random: Random, _least: int, _most: int) -> str:
    return random.choice(("P{}D", "P1Y{}M", "PT{}M", "-P{}D", "P{}Y")).format(random.randint(1, 11))


def _uri(random: Random, least: int, most: int) -> str:
    text = f"https://example.org/{name(random, 0, 20)}"
    return (text + "x" * (least - len(text))) if most >= len(text) else "x" * max(least, min(most, 4))


# By name of the type: a text of at least and at most so many characters (octets of binary values).
TEXTS: Final[Mapping[str, Callable[[Random, int, int], str]]] = {
    "string": words,
    "normalizedString": words,
    "token": words,
    "anySimpleType": words,
    "anyAtomicType": words,
    "untypedAtomic": words,
    "NMTOKEN": name,
    "Name": name,
    "NCName": name,
    "ID": name,
    "IDREF": name,
    "QName": name,
    "NOTATION": name,
    "language": lambda random, _least, most: random.choice(
        ("ro", "nb", "en-GB", "no")[: 2 if most < len("en-GB") else 4]
    ),
    "boolean": lambda random, _least, _most: random.choice(("true", "false")),
    "anyURI": _uri,
    "base64Binary": lambda random, least, most: base64.b64encode(octets(random, least, most)).decode(),
    "hexBinary": lambda random, least, most: octets(random, least, most).hex().upper(),
    "duration": _duration,
    "dayTimeDuration": lambda random, _least, _most: f"P{random.randint(1, 9)}DT{random.randint(1, 9)}H",
    "yearMonthDuration": lambda random, _least, _most: f"P{random.randint(1, 9)}Y{random.randint(1, 9)}M",
}
MOMENTS: Final = frozenset(_FORMATS)

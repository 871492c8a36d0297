"""CNP, the Romanian personal number: ``S AA LL ZZ JJ NNN C``.

Sources: Law 105/1996 and HG 295/2021 (structure); the weights are confirmed by ``stdnum.ro.cnp``.
Only the check digit agrees with python-stdnum 2.2. That module takes 1900 for residents' numbers (S 7 or 8, where
no century is written), so it refuses a foreigner born on 29.02.2000; it accepts dates in the future, the serial
000 and Bucharest's sectors 7 and 8 after their end; it refuses county 99. See the tests, one for each.

>>> on = date(2026, 1, 31)
>>> check("2850415123450", on=on).level.name
'PLAUSIBLE'
>>> [birth.isoformat() for birth in check("7200515123454", on=on).births]  # the century is not written in it
['1920-05-15', '2020-05-15']
>>> check("0000000000000", on=on).level.name
'NONE'
"""

from datetime import date
from operator import mul
from typing import Final, Literal

import msgspec

from hub_core.canonical.identifiers.level import Level

LENGTH: Final = 13
_WEIGHTS: Final = (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)
_WEIGHT_OF_ZEROS: Final = ord("0") * sum(_WEIGHTS)

# Residents (7, 8) got numbers from the 1990s on, so that nobody born before 1900 has one.
_CENTURIES: Final = {
    "1": (1900,), "2": (1900,), "3": (1800,), "4": (1800,), "5": (2000,), "6": (2000,),
    "7": (1900, 2000), "8": (1900, 2000),
}  # fmt: skip
# 01-39 counties, 40 Bucharest, 41-48 its sectors, 51 and 52 Călărași and Giurgiu, 70 any county, 80-83 newer
# ranges. 99 is not in the act; offices write it for "abroad", with right check digits.
_COUNTIES: Final = frozenset(f"{county:02}" for county in (*range(1, 49), 51, 52, 70, *range(80, 84), 99))
_ABOLISHED_SECTORS: Final = frozenset({"47", "48"})
_ABOLISHED_ON: Final = date(1979, 12, 19)


class Cnp(msgspec.Struct, frozen=True):
    """What a number says about itself.

    Attributes:
        text: without blanks.
        births: every date of birth that it can mean, oldest first; empty unless it is plausible.
        sex: as written in it; ``None`` where it is not a CNP.
    """

    text: str
    level: Level
    births: tuple[date, ...] = ()
    sex: Literal["male", "female"] | None = None


def compact(text: str) -> str:
    """Return the number without blanks.

    >>> compact(" 2 850415 123450 ")
    '2850415123450'
    """
    return "".join(text.split())


def check_digit(digits: str) -> str:
    """Return the last digit that belongs to the first twelve.

    >>> check_digit("285041512345")
    '0'
    """
    remainder = (sum(map(mul, _WEIGHTS, digits.encode())) - _WEIGHT_OF_ZEROS) % 11
    return "1" if remainder == 10 else str(remainder)  # noqa: PLR2004 (ten does not fit one digit)


def check(text: str, *, on: date) -> Cnp:
    """Check a number as of a day: births after ``on`` are not plausible.

    Numbers that begin with 9 are not CNPs with a date inside; see ``nif``.
    """
    number = compact(text)
    centuries = _CENTURIES.get(number[:1])
    if len(number) != LENGTH or centuries is None or not (number.isascii() and number.isdigit()):
        return Cnp(number, Level.NONE)
    sex: Literal["male", "female"] = "male" if number[0] in "1357" else "female"
    if check_digit(number[:12]) != number[12]:
        return Cnp(number, Level.FORMAT, (), sex)
    births = _births(number, centuries, on)
    return Cnp(number, Level.PLAUSIBLE if births else Level.CHECKSUM, births, sex)


def _births(number: str, centuries: tuple[int, ...], on: date) -> tuple[date, ...]:
    """Return the dates that can be true together with county and serial."""
    county = number[7:9]
    if county not in _COUNTIES or number[9:12] == "000":
        return ()
    last = min(on, _ABOLISHED_ON) if county in _ABOLISHED_SECTORS else on
    year, month, day = int(number[1:3]), int(number[3:5]), int(number[5:7])
    births = []
    for century in centuries:
        try:
            birth = date(century + year, month, day)
        except ValueError:  # such as 29 February 1900
            continue
        if birth <= last:
            births.append(birth)
    return tuple(births)

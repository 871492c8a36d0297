"""CUI (CIF), the Romanian number of an enterprise or institution: two to ten digits, the last a check digit.

Source: OUG 116/2009 and the register of taxpayers; the algorithm is python-stdnum's (``stdnum.ro.cui``), which is
right. ``RO`` before the number marks a payer of VAT and is not part of it.

>>> check("RO 185 472 90")
Cui(text='18547290', level=<Level.PLAUSIBLE: 3>, vat=True)
>>> check("18547291").level.name
'FORMAT'
"""

from typing import Final

import msgspec

from hub_core.canonical.identifiers.level import Level

MIN_LENGTH: Final = 2
MAX_LENGTH: Final = 10


class Cui(msgspec.Struct, frozen=True):
    """A number without prefix and blanks. Nothing is written inside, so a right check digit makes it plausible.

    Attributes:
        vat: it was written with ``RO``.
    """

    text: str
    level: Level
    vat: bool = False


def compact(text: str) -> str:
    """Return the number without blanks and without ``RO``.

    >>> compact("ro18547290")
    '18547290'
    """
    return "".join(text.split()).upper().removeprefix("RO")


def check(text: str) -> Cui:
    """Check a number."""
    number = compact(text)
    vat = text.lstrip()[:2].upper() == "RO"
    if not (MIN_LENGTH <= len(number) <= MAX_LENGTH and number.isascii() and number.isdigit() and number[0] != "0"):
        return Cui(number, Level.NONE, vat)
    from stdnum.ro import cui as stdnum_cui  # takes 30 ms, which no command should wait for at its start

    right = stdnum_cui.calc_check_digit(number[:-1]) == number[-1]
    return Cui(number, Level.PLAUSIBLE if right else Level.FORMAT, vat)

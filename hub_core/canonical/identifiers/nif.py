"""NIF, the tax number of persons without CNP: thirteen digits, the first a 9, nothing written inside.

Sources: Fiscal Procedure Code (Law 207/2015) art. 82; the tax authority's public schemas. No act that is published
gives a check digit, so only the format is judged. python-stdnum 2.2 has no module for it, and its ``ro.cnp``
refuses most NIFs because it looks for a date.

>>> check("9000000001236").level.name
'FORMAT'
>>> check("1850415123459").level.name
'NONE'
"""

from typing import Final

import msgspec

from hub_core.canonical.identifiers.level import Level

LENGTH: Final = 13


class Nif(msgspec.Struct, frozen=True):
    """A tax number without blanks, and the level that it reached: ``NONE`` or ``FORMAT``."""

    text: str
    level: Level


def compact(text: str) -> str:
    """Return the number without blanks."""
    return "".join(text.split())


def check(text: str) -> Nif:
    """Check a number."""
    number = compact(text)
    fits = len(number) == LENGTH and number[0] == "9" and number.isascii() and number.isdigit()
    return Nif(number, Level.FORMAT if fits else Level.NONE)

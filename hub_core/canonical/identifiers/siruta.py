"""SIRUTA, the Romanian code of counties, communes, towns and localities: one to six digits, the last a check digit.

Source: the register of the National Institute of Statistics; the algorithm was verified on its published codes.
python-stdnum has no module for it. The register holds at least one code that breaks the rule (86453), so that a
wrong check digit is a doubt, never a proof.

>>> check("1213").level.name  # Aiud; leading zeros get lost in files
'PLAUSIBLE'
>>> check("86453").level.name
'FORMAT'
"""

from typing import Final

import msgspec

from hub_core.canonical.identifiers.level import Level

MAX_LENGTH: Final = 6
_WEIGHTS: Final = (1, 2, 3, 5, 7)


class Siruta(msgspec.Struct, frozen=True):
    """A code without blanks and leading zeros. Nothing is written inside: a right check digit makes it plausible."""

    text: str
    level: Level


def compact(text: str) -> str:
    """Return the code without blanks and leading zeros.

    >>> compact(" 001213")
    '1213'
    """
    return "".join(text.split()).lstrip("0")


def check_digit(digits: str) -> str:
    """Return the last digit that belongs to the digits before it.

    The weights run from right to left, and the digits of each product are added, not the products.

    >>> check_digit("17931")  # 179310?
    '0'
    """
    products = (int(digit) * weight for digit, weight in zip(reversed(digits), _WEIGHTS, strict=False))
    return str((11 - sum(product // 10 + product % 10 for product in products) % 10) % 10)


def check(text: str) -> Siruta:
    """Check a code."""
    code = compact(text)
    if not (1 < len(code) <= MAX_LENGTH and code.isascii() and code.isdigit()):
        return Siruta(code, Level.NONE)
    return Siruta(code, Level.PLAUSIBLE if check_digit(code[:-1]) == code[-1] else Level.FORMAT)

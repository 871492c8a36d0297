"""IBAN, the international bank account number.

Sources: ISO 13616-1 (structure), ISO 7064 MOD 97-10 (check digits), and the IBAN registry as kept by python-stdnum
(``stdnum.iban``), which is right; it is asked only after our own look at length and characters, because it takes
letters of any script. Romania: ``RO``, two digits, four letters of the bank, sixteen letters or digits.

>>> check("ro49 AAAA 1B31 0075 9384 0000")
Iban(text='RO49AAAA1B31007593840000', level=<Level.PLAUSIBLE: 3>, country='RO')
>>> check("RO48AAAA1B31007593840000").level.name
'FORMAT'
"""

import re
from typing import Final

import msgspec

from hub_core.canonical.identifiers.level import Level

_SHAPE: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}")


class Iban(msgspec.Struct, frozen=True):
    """A number without blanks, in upper case. Plausible: its country's structure and own check digits fit.

    Attributes:
        country: first two letters; ``None`` where the format does not fit.
    """

    text: str
    level: Level
    country: str | None = None


def compact(text: str) -> str:
    """Return the number without blanks, in upper case."""
    return "".join(text.split()).upper()


def check(text: str) -> Iban:
    """Check a number."""
    number = compact(text)
    if not _SHAPE.fullmatch(number):
        return Iban(number, Level.NONE)
    from stdnum import iban as stdnum_iban  # takes 30 ms, which no command should wait for at its start
    from stdnum.exceptions import ValidationError
    from stdnum.iso7064 import mod_97_10

    country = number[:2]
    if mod_97_10.checksum(number[4:] + number[:4]) != 1:
        return Iban(number, Level.FORMAT, country)
    try:
        stdnum_iban.validate(number)
    except ValidationError:
        return Iban(number, Level.CHECKSUM, country)
    return Iban(number, Level.PLAUSIBLE, country)

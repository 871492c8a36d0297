"""Personal and fiscal numbers of the synthetic country, and their check digits.

Written apart from the hub's own validators on purpose: a simulated register that shared their code would
agree with their mistakes.

>>> cnp(sex_digit=2, born=date(1985, 4, 15), county=12, serial=345)
'2850415123450'
>>> cui(1854729)
'18547290'
"""

from datetime import date
from typing import Final

_CNP_WEIGHTS: Final = (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)
_CUI_WEIGHTS: Final = (7, 5, 3, 2, 1, 7, 5, 3, 2)
CNP_LENGTH: Final = 13
_NEW_CENTURY: Final = date(2000, 1, 1)


def _cnp_check(first_twelve: str) -> str:
    rest = sum(int(digit) * weight for digit, weight in zip(first_twelve, _CNP_WEIGHTS, strict=True)) % 11
    return "1" if rest == 10 else str(rest)  # noqa: PLR2004  10 has no digit of its own; the rule writes 1


def sex_digit(*, male: bool, born: date) -> int:
    """Return the first digit of a citizen's number: 1 and 2, since 2000 5 and 6."""
    return (1 if male else 2) + (4 if born >= _NEW_CENTURY else 0)


def cnp(*, sex_digit: int, born: date, county: int, serial: int) -> str:
    """Return the personal number: sex and century, birth date, county, serial 1 to 999, check digit."""
    first_twelve = f"{sex_digit}{born:%y%m%d}{county:02d}{serial:03d}"
    return first_twelve + _cnp_check(first_twelve)


def cnp_is_sound(text: str) -> bool:
    """Say whether the text is 13 digits with the right check digit, which is all the registers look at."""
    digits = len(text) == CNP_LENGTH and text.isascii() and text.isdigit()
    return digits and _cnp_check(text[:-1]) == text[-1]


def cui(base: int) -> str:
    """Return the fiscal number of a company: the base and its check digit."""
    padded = f"{base:09d}"
    total = sum(int(digit) * weight for digit, weight in zip(padded, _CUI_WEIGHTS, strict=True))
    return f"{base}{total * 10 % 11 % 10}"


def cid(serial: int) -> str:
    """Return an insured number of 20 digits, which says nothing about its holder."""
    return f"40{serial * 7_919_317 % 10**12:012d}{serial:06d}"

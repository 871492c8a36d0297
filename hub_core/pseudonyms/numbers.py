"""Personal and fiscal numbers: others of the same form, with check digits as right or wrong as they were."""

import re
from collections.abc import Callable
from datetime import date
from typing import Final

from hub_core.canonical.identifiers import Level, cnp, cui, iban, siruta
from hub_core.pseudonyms.days import Shift
from hub_core.pseudonyms.scramble import Scrambler

CNP_LENGTH: Final = 13
_COUNTIES: Final = 40  # those that need no look at the day of birth
_CENTURIES: Final = {"1": 1900, "2": 1900, "3": 1800, "4": 1800, "5": 2000, "6": 2000}
_FIRST_DIGITS: Final = {1700: 3, 1800: 3, 1900: 1, 2000: 5}
_TRIES: Final = 40  # of ten numbers one says a day by chance
_TURN: Final = 30  # of the two digits of a year: up to here of this century, where the number does not say
_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}")


class Numbers:
    """Makes pseudonyms of numbers whose form is known."""

    def __init__(self, scrambler: Scrambler, shift: Shift) -> None:
        self.scrambler = scrambler
        self.shift = shift

    def cnp(self, text: str) -> str:
        """Return another CNP: born as many days earlier as all dates move, same sex; county and serial are others."""
        if (day := _birth(text)) is None:
            return self._without_a_day(text)
        moved = self.shift.day(day)
        first = text[0]
        if first in _CENTURIES:
            first = str(_FIRST_DIGITS[moved.year // 100 * 100] + (first in "246"))
        head = f"{first}{moved:%y%m%d}"
        county, serial = int(text[7:9]), int(text[9:12])
        if 1 <= county <= _COUNTIES and serial:
            places = self.scrambler.permuted(f"cnp {head}", [county - 1, serial - 1], [_COUNTIES, 999])
            county, serial = places[0] + 1, places[1] + 1
        elif serial:
            serial = self.scrambler.permuted(f"cnp {head}", [serial - 1], [999])[0] + 1
        return self._checked(f"{head}{county:02d}{serial:03d}0", text, _level_of_cnp)

    def _without_a_day(self, text: str) -> str:
        """Return another number that says no day either."""
        made, wanted = text, _level_of_cnp(text)
        for _ in range(_TRIES):
            made = self._checked(made[0] + self.scrambler.digits(made[1:]), text, _level_of_cnp)
            if _level_of_cnp(made) == wanted:
                break
        return made

    def nif(self, text: str) -> str:
        """Return another NIF of a natural person."""
        return text[0] + self.scrambler.digits(text[1:])

    def cui(self, text: str) -> str:
        """Return another fiscal number of a company, with or without its country in front."""
        return self._checked(_by_runs(text, self.scrambler.digits), text, lambda one: cui.check(one).level)

    def siruta(self, text: str) -> str:
        """Return another number of a place."""
        return self._checked(_by_runs(text, self.scrambler.digits), text, lambda one: siruta.check(one).level)

    def iban(self, text: str) -> str:
        """Return another account of the same country; blanks stay where they were."""
        number = "".join(text.split())
        wanted = iban.check(number).level
        rest = re.sub("[A-Z]+", lambda run: self.scrambler.word(run[0]), number[4:])
        rest = re.sub("[0-9]+", lambda run: self.scrambler.digits(run[0]), rest)
        made = [_account(number, rest)]
        if rest[-2:].isdecimal():  # countries have check digits of their own inside
            made += [_account(number, f"{rest[:-2]}{tail:02d}") for tail in range(100)]
        letters = iter(next((one for one in made if iban.check(one).level == wanted), made[0]))
        return "".join(one if one.isspace() else next(letters) for one in text)

    def _checked(self, text: str, original: str, level: Callable[[str], Level]) -> str:
        """Return a number with the last digit with which it is as right as the original was."""
        wanted = level(original)
        candidates = [text[:-1] + digit for digit in "0123456789"]
        return next((one for one in candidates if level(one) == wanted and one != original), text)


def _account(number: str, rest: str) -> str:
    """Return an account whose check digits are right, or wrong as those of the number."""
    value = "".join(str(int(one, 36)) for one in f"{rest}{number[:2]}00")
    right = iban.check(number).level >= Level.CHECKSUM
    return number[:2] + (f"{98 - int(value) % 97:02d}" if right else number[2:4]) + rest


def is_iban(text: str) -> bool:
    """Tell whether a text can be the number of an account."""
    return bool(_IBAN.fullmatch("".join(text.split())))


def is_cnp(text: str) -> bool:
    """Tell whether digits have the form of a CNP."""
    return len(text) == CNP_LENGTH and text[0] in "12345678"


def is_nif(text: str) -> bool:
    """Tell whether digits have the form of a NIF."""
    return len(text) == CNP_LENGTH and text[0] == "9"


def _level_of_cnp(text: str) -> Level:
    return cnp.check(text, on=date.max).level


def _birth(text: str) -> date | None:
    century = _CENTURIES.get(text[0]) or (2000 if int(text[1:3]) <= _TURN else 1900)
    try:
        return date(century + int(text[1:3]), int(text[3:5]), int(text[5:7]))
    except ValueError:
        return None


def _by_runs(text: str, one: Callable[[str], str]) -> str:
    return re.sub("[0-9]+", lambda run: one(run[0]), text)

"""A text becomes another one: by what it is known to be, or else by what it looks like."""

import re
from typing import Final

from hub_core.pseudonyms.days import LEAST, MOST, Shift
from hub_core.pseudonyms.numbers import Numbers, is_cnp, is_iban, is_nif
from hub_core.pseudonyms.scramble import Scrambler

_YEAR: Final = re.compile(r"19\d\d|20\d\d")
_RUNS: Final = re.compile(r"[0-9]+|[^\W\d_]+")


class Pseudonyms:
    """Pseudonyms under one key: the same person has the same in every document.

    Args:
        key: secret of the hub.
        attempt: another number gives others, for documents that would read otherwise with the first ones.
    """

    def __init__(self, key: bytes, *, attempt: int = 0) -> None:
        self.scrambler = Scrambler(key + attempt.to_bytes(4))
        self.shift = Shift(LEAST + self.scrambler.number("days") % (MOST - LEAST))
        self.numbers = Numbers(self.scrambler, self.shift)

    def text(self, text: str) -> str:
        """Return a pseudonym for a text of which nothing is known."""
        return self.numbers.iban(text) if is_iban(text) else self.shift.in_text(text, self._runs)

    def amount(self, text: str) -> str:
        """Return other digits with the same signs between them; zero stays zero."""
        return re.sub("[0-9]+", lambda run: self.scrambler.digits(run[0]), text)

    def _runs(self, text: str) -> str:
        return _RUNS.sub(self._run, text)

    def _run(self, run: re.Match[str]) -> str:
        text = run[0]
        if not text.isascii() or not text.isdecimal():
            return self.scrambler.word(text)
        if is_cnp(text):
            return self.numbers.cnp(text)
        if is_nif(text):
            return self.numbers.nif(text)
        return self.shift.partial(text) if _YEAR.fullmatch(text) else self.scrambler.digits(text)

"""Letters and digits by a keyed permutation: no two texts of one form get the same pseudonym.

Each character moves within its alphabet (vowels, ``s`` and ``t``, other consonants, digits), by an amount that depends
on the key and on all other characters of the run: two passes, forward and back. Names from lists would read better, but
two persons could get one name, and a document would no longer read as before.

Case, length and marks stay: ``ȘERBAN`` and ``ŞERBAN`` keep comma and cedilla, and differ in nothing else.
"""

import unicodedata
from collections.abc import Sequence
from hashlib import blake2b
from typing import Final

ALPHABETS: Final = (
    "aeiou", "st", "bcdfghjklmnpqrvwxyz",
    "αεηιουω", "βγδζθκλμνξπρστφχψ",
    "аеиоуыэюя", "бвгдзйклмнпрстфхцчшщ",
)  # fmt: skip
KEPT: Final = frozenset("æøåßđłþðœ")  # letters that cannot be taken apart, and say which language it is
CHUNK: Final = 32  # characters that depend on each other; longer runs are cut, so that the work stays linear
# What a vowel with a mark becomes where its new letter does not take the mark.
MARKED: Final = {"a": "ă", "i": "î", "e": "é", "o": "ö", "u": "ü"}
_LETTERS: Final = {letter: (number, index) for number, one in enumerate(ALPHABETS) for index, letter in enumerate(one)}
_GOOD: Final = frozenset("ăâîșțşţáéíóúýöüőűäëïàèìòùêôûñçšžčćńśźřťďľĺėģķļņ")


class Scrambler:
    """A keyed permutation of texts.

    Args:
        key: secret; the same key gives the same pseudonyms.
    """

    def __init__(self, key: bytes) -> None:
        self._key = blake2b(key, digest_size=32).digest()

    def number(self, what: str) -> int:
        """Return a number that only the key tells."""
        return int.from_bytes(blake2b(what.encode("utf-8", "surrogatepass"), key=self._key, digest_size=8).digest())

    def permuted(self, kind: str, values: Sequence[int], sizes: Sequence[int]) -> list[int]:
        """Return numbers below the same sizes; different ones for different values, and never the same as given."""
        found = list(values)
        for order in (range(len(found)), range(len(found) - 1, -1, -1)):
            seen = f"{kind} {order.step} {list(sizes)}"
            for place in order:
                before = found[place]
                found[place] = (before + self.number(f"{seen} {place}")) % sizes[place]
                seen += f",{before}"
        if found == list(values) and (widest := max(range(len(sizes)), key=sizes.__getitem__, default=-1)) >= 0:
            found[widest] = (found[widest] + 1) % sizes[widest]
        return found

    def word(self, text: str) -> str:
        """Return another word for a run of letters."""
        return "".join(self._word(text[start : start + CHUNK]) for start in range(0, len(text), CHUNK))

    def digits(self, text: str) -> str:
        """Return other digits; zeros in front stay, and nothing else becomes one."""
        return "".join(self._digits(text[start : start + CHUNK]) for start in range(0, len(text), CHUNK))

    def _word(self, text: str) -> str:
        letters = [_taken_apart(one) for one in text]
        spots = [_spot(base) for base, _ in letters]
        moved = self.permuted("word", [index for _, index in spots], [_size(number) for number, _ in spots])
        return "".join(
            one if number < 0 else _put_together(ALPHABETS[number][index], mark, one)
            for one, (_, mark), (number, _), index in zip(text, letters, spots, moved, strict=True)
        )

    def _digits(self, text: str) -> str:
        bare = text.lstrip("0")
        if not bare:
            return text
        values = [int(bare[0]) - 1, *map(int, bare[1:])]
        first, *others = self.permuted("digits", values, [9] + [10] * (len(bare) - 1))
        return "0" * (len(text) - len(bare)) + "".join(map(str, [first + 1, *others]))


def _taken_apart(letter: str) -> tuple[str, str]:
    """Return the bare letter, small, and its mark."""
    small = letter.lower()
    if small in KEPT or len(small) != 1:
        return small, ""
    parts = unicodedata.normalize("NFD", small)
    return parts[0], parts[1:]


def _spot(base: str) -> tuple[int, int]:
    """Return alphabet and place of a letter; of a script that is not known, a Latin letter stands in."""
    if base in _LETTERS:
        return _LETTERS[base]
    if base in KEPT or len(base) != 1 or not base.isalpha():
        return -1, 0
    return 2, ord(base) % len(ALPHABETS[2])


def _size(number: int) -> int:
    return 1 if number < 0 else len(ALPHABETS[number])


def _put_together(base: str, mark: str, like: str) -> str:
    letter = unicodedata.normalize("NFC", base + mark)
    if mark and letter not in _GOOD:
        letter = MARKED.get(base, base)
    upper = letter.upper()
    return upper if like.isupper() and len(upper) == 1 else letter

r"""Texts that a regular expression of XML Schema matches.

Source: XML Schema Part 2, appendix F. Unlike in other dialects, ``^`` and ``$`` are letters like any other, an
expression matches the whole text, and classes can be subtracted: ``[a-z-[aeiou]]``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Final

from elementpath.regex import RegexError
from elementpath.regex.character_classes import CharacterClass

MAX_REPEAT: Final = 10_000  # of one piece of an expression
MAX_DEPTH: Final = 50  # of groups and subtracted classes
_COMMON: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_LETTERS: Final = "ăâîåæøéüßñ"  # those that libxml2 takes in names, too
_OTHER: Final = "-_.:,;/@+*()[]{}!?#%&=<>'\"\\|~^$`"
_SPACES: Final = " \t\n"
_POOLS: Final = (_COMMON, _LETTERS, _OTHER, _SPACES)
_LAST: Final = 0xFFFD  # of the characters that are looked at where no usual one is in a class

Member = Callable[[str], bool]


@dataclass(frozen=True)
class Characters:
    """One character out of a few."""

    usual: str
    other: str

    def text(self, random: Random, spread: int) -> str:
        """Return one of them, mostly a letter or digit."""
        if self.usual and (not self.other or spread == 0 or random.random() < 0.9):  # noqa: PLR2004 - a habit
            return random.choice(self.usual)
        return random.choice(self.other)


@dataclass(frozen=True)
class Repeat:
    """A piece with its quantifier; ``high`` is ``None`` where it is open."""

    atom: "Characters | Branches"
    low: int
    high: int | None

    def text(self, random: Random, spread: int) -> str:
        """Return at most ``spread`` repetitions more than there must be."""
        high = self.low + spread if self.high is None else min(self.high, self.low + spread)
        count = random.choice((self.low, high, random.randint(self.low, high)))
        return "".join(self.atom.text(random, spread) for _ in range(count))


@dataclass(frozen=True)
class Branches:
    """Alternatives, each a sequence of pieces."""

    branches: tuple[tuple[Repeat, ...], ...]

    def text(self, random: Random, spread: int) -> str:
        """Return a text of one of them."""
        return "".join(piece.text(random, spread) for piece in random.choice(self.branches))


@lru_cache(maxsize=4_096)
def parsed(pattern: str) -> Branches:
    """Return an expression, ready to make texts.

    Raises:
        ValueError: it is none of XML Schema, or larger than what is kept here.
    """
    parser = _Parser(pattern)
    found = parser.branches(0)
    if parser.at < len(pattern):
        raise ValueError("a bracket is closed that was not opened")
    return found


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def branches(self, depth: int) -> Branches:
        if depth > MAX_DEPTH:
            raise ValueError("the expression is too deep")
        found: list[tuple[Repeat, ...]] = []
        pieces: list[Repeat] = []
        while self.at < len(self.text) and self.text[self.at] != ")":
            if self.text[self.at] == "|":
                self.at += 1
                found.append(tuple(pieces))
                pieces = []
            else:
                pieces.append(self._piece(depth))
        return Branches((*found, tuple(pieces)))

    def _piece(self, depth: int) -> Repeat:
        atom = self._atom(depth)
        sign = self.text[self.at : self.at + 1]
        if sign in {"?", "*", "+"}:
            self.at += 1
            return Repeat(atom, 1 if sign == "+" else 0, 1 if sign == "?" else None)
        if sign != "{":
            return Repeat(atom, 1, 1)
        inside = self._until("}", self.at + 1)
        low, comma, high = inside.partition(",")
        least, most = int(low), int(high) if high else None if comma else int(low)
        if least > MAX_REPEAT or (most is not None and most < least):
            raise ValueError("a quantifier is out of bounds")
        return Repeat(atom, least, most)

    def _atom(self, depth: int) -> Characters | Branches:
        sign = self.text[self.at]
        if sign == "(":
            self.at += 1
            inner = self.branches(depth + 1)
            if self.at >= len(self.text):
                raise ValueError("a bracket is not closed")
            self.at += 1
            return inner
        if sign == "[":
            return _few(self._class(depth))
        if sign == ".":
            self.at += 1
            return _few(lambda letter: letter not in "\n\r")
        if sign == "\\":
            return _few(_member(self._escape()))
        if sign in "?*+{":
            raise ValueError("a quantifier follows nothing")
        self.at += 1
        return Characters(sign, "")

    def _escape(self) -> str:
        """Return an escape as written, and step over it."""
        start = self.at
        self.at += 2
        if self.text[start + 1 : start + 2] in {"p", "P"}:
            self._until("}", self.at)
        return self.text[start : self.at]

    def _until(self, sign: str, start: int) -> str:
        end = self.text.find(sign, start)
        if end < 0:
            raise ValueError(f"{sign} is missing")
        self.at = end + 1
        return self.text[start:end]

    def _class(self, depth: int) -> Member:
        """Read ``[...]`` with what is subtracted from it."""
        if depth > MAX_DEPTH:
            raise ValueError("the expression is too deep")
        self.at += 1
        negative = self.text[self.at : self.at + 1] == "^"
        self.at += negative
        written, taken = "", None
        while self.at < len(self.text) and self.text[self.at] != "]":
            if self.text[self.at : self.at + 2] == "-[":
                self.at += 1
                taken = self._class(depth + 1)
            elif self.text[self.at] == "\\":
                written += self._escape()
            else:
                written += self.text[self.at]
                self.at += 1
        if self.at >= len(self.text):
            raise ValueError("a class is not closed")
        self.at += 1
        member = _member(written)
        return lambda letter: member(letter) != negative and not (taken and taken(letter))


def _member(written: str) -> Member:
    try:
        found = CharacterClass(written)
    except RegexError as error:
        raise ValueError("a class of characters is wrong") from error
    inside, outside = found.positive, found.negative  # the class itself counts all its characters at every question
    return lambda letter: ord(letter) in inside or (bool(outside.codepoints) and ord(letter) not in outside)


def _few(member: Member) -> Characters:
    """Return some characters of a class, the usual ones apart."""
    pools = ["".join(filter(member, pool)) for pool in _POOLS]
    if any(pools[:3]):
        return Characters(pools[0], pools[1] + pools[2])
    found = pools[3] or next((chr(code) for code in range(0xA0, _LAST) if _good(code) and member(chr(code))), "")
    if not found:
        raise ValueError("no character is in a class")
    return Characters(found, "")


def _good(code: int) -> bool:
    return not 0xD800 <= code <= 0xDFFF  # noqa: PLR2004 - halves of surrogate pairs

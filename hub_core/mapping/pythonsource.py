"""Writes Python source: lines, indentation, names, and values bound to names.

Nothing of a mapping file ever becomes an identifier or bare source: texts enter through ``repr`` only, names are
counted here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

_FEW: Final = 3


class Writer:
    """Source in the making."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.namespace: dict[str, Any] = {}
        self.codecs: dict[str, str] = {}
        self.formats: dict[str, str] = {}
        self.constants: list[str] = []
        self._bound: dict[tuple[str, object], str] = {}
        self._counts: dict[str, int] = {}
        self._depth = 0

    def line(self, text: str) -> None:
        """Write one line at the present depth."""
        self.lines.append("    " * self._depth + text)

    def place(self) -> tuple[int, int]:
        """Return the present place, for ``insert``."""
        return len(self.lines), self._depth

    def insert(self, place: tuple[int, int], text: str) -> None:
        """Write one line at an earlier place; later places are no longer right."""
        number, depth = place
        self.lines.insert(number, "    " * depth + text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Write a head and indent what follows; an empty body becomes ``pass``."""
        self.line(head)
        before = len(self.lines)
        self._depth += 1
        yield
        if len(self.lines) == before:
            self.line("pass")
        self._depth -= 1

    @contextmanager
    def optional(self, line: str, head: str) -> Iterator[None]:
        """Write a line, if any, and a head, and indent what follows; all of it goes where the body is empty."""
        start = len(self.lines)
        if line:
            self.line(line)
        self.line(head)
        before = len(self.lines)
        self._depth += 1
        yield
        self._depth -= 1
        if len(self.lines) == before:
            del self.lines[start:]

    @contextmanager
    def same(self) -> Iterator[None]:
        """Write what follows at the present depth."""
        yield

    def name(self, letter: str) -> str:
        """Return a new name: the letter and a number."""
        self._counts[letter] = self._counts.get(letter, 0) + 1
        return f"{letter}{self._counts[letter]}"

    def literal(self, letter: str, source: str) -> str:
        """Return the name of a constant whose source is given (made by ``repr``, never text of a file)."""
        known = self._bound.get((letter, source))
        if known is None:
            known = self._bound[letter, source] = self.name(letter)
            self.constants.append(f"{known} = {source}")
        return known

    def bind(self, letter: str, value: Any, comment: str, *, key: object = None) -> str:
        """Return the name under which a value is bound; the comment says what it is."""
        identity = (letter, key if key is not None else id(value))
        known = self._bound.get(identity)
        if known is None:
            known = self._bound[identity] = self.name(letter)
            self.namespace[known] = value
            self.constants.append(f"# {known}: {comment!a}")
        return known

    def codec(self, text: str) -> str:
        """Return the name under which the reading side of codecs is bound, given as a rule writes them."""
        return self._side("F", text, self.codecs)

    def format(self, text: str) -> str:
        """Return the name under which the writing side of codecs is bound."""
        return self._side("W", text, self.formats)

    def _side(self, letter: str, text: str, side: dict[str, str]) -> str:
        known = self._bound.get((letter, text))
        if known is None:
            known = self._bound[letter, text] = self.name(letter)
            side[known] = text
            self.constants.append(f"# {known}: {text!a}")
        return known

    def words(self, letter: str, words: tuple[str, ...]) -> str:
        """Return the name of a set of texts."""
        ordered = sorted(set(words))
        return self.literal(letter, f"frozenset({{{', '.join(map(repr, ordered))}}})" if ordered else "frozenset()")

    def among(self, letter: str, words: tuple[str, ...]) -> str:
        """Return the expression of texts to look for one in: a few are compared sooner than one is hashed."""
        return repr(tuple(dict.fromkeys(words))) if len(words) <= _FEW else self.words(letter, words)

    def source(self) -> str:
        """Return the whole source: constants, then code."""
        return "\n".join([*self.constants, "", *self.lines, ""])

"""The texts that one leaf of a contract may hold, by number: 0 is the simplest, near numbers say different things."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from re import _constants, _parser  # type: ignore[attr-defined]  # the one parser of Python's expressions
from typing import Any, Final

from hub_core.contract.place import LeafType
from hub_core.mapping.binding.plan import Value
from hub_core.mapping.codecs import BadValue, Chain
from hub_core.mapping.writing.uses import Use

BITS: Final = 48  # of a number
_ATTEMPTS: Final = 24
_READ: Final = 7  # of so many texts and one that one says nothing, or is what a condition compares with
_ODD: Final = 0x5DEECE66D  # of the generator drand48: a number that did not fit leads to the next one
_LETTERS: Final = "aeiounrstlmcdpvABCDEILMNOPRSȘȚĂÎșțăâîşţøåæÆØé0123456789 .-/'"
_FIRST: Final = date(1961, 5, 20)
_DAYS: Final = 22_000
_COUNTRIES: Final = ("RO", "NO", "DE", "FR", "BG", "HU", "GR", "GB", "XK", "US", "SUHH")
_FORMS: Final = {
    "cnp": "[1-8][0-9]{12}", "cui": "[1-9][0-9]{5,7}", "iban": "RO[0-9]{2}[A-Z]{4}[0-9]{16}", "siruta": "[1-9][0-9]{4}",
}  # fmt: skip
_BLANKS: Final = 16  # of so many words one stands between blanks
_WORDS: Final = 4_096
_LONGEST: Final = 9
Texts = Callable[[int], str]


class LeafTexts:
    """Texts of one leaf.

    Args:
        leaf: what the contract says.
        use: what rules say.
        never: texts that would make the document say something else, such as that there is no record.
        said: it may not say that there is nothing.
    """

    def __init__(self, leaf: LeafType, use: Use | None, *, never: set[str], said: bool) -> None:
        self._leaf = leaf
        self._never = never
        self._nothing = {""}
        for value, _ in use.values if use else ():
            self._nothing.update(value.absent, value.unknown, value.withheld)
        if said:
            self._never = never | self._nothing
        self._pattern = re.compile(leaf.pattern) if leaf.pattern else None
        values = list(use.values) if use else []
        self._plain = _of_leaf(leaf)
        self._by_value = {value: _of_value(value, number, leaf) for value, number in values}
        free = [one for one in values if not one[0].checks] or values
        options = _READ * [self._by_value[value] for value, _ in free]
        tokens = {*(use.literals if use else ()), *self._nothing}
        words = sorted(word for word in tokens if self.fits(word))
        if words and options:
            options.append(lambda number: words[number % len(words)])
        self._options: list[Texts] = options or [self._plain]

    def text(self, number: int, *, words: tuple[str, ...] = (), value: Value | None = None, loud: bool = False) -> str:
        """Return a text.

        Args:
            number: of ``BITS`` bits.
            words: one of them, where it is allowed.
            value: a text that this rule reads.
            loud: it says something.

        Raises:
            ValueError: none was found that the contract takes.
        """
        allowed = [word for word in words if self.fits(word)]
        if allowed:
            return allowed[number % len(allowed)]
        options = [self._by_value[value]] if value in self._by_value else self._options
        for _ in range(_ATTEMPTS):
            rest, chosen = divmod(number, len(options))
            text = options[chosen](rest)
            if self.fits(text) and not (loud and text.strip() in self._nothing):
                return text
            number = _next(number)
        for _ in range(_ATTEMPTS):
            if self.fits(text := self._plain(number)):
                return text
            number = _next(number)
        raise ValueError(f"no text was found for {self._leaf}")

    def fits(self, text: str) -> bool:
        """Tell whether the contract takes a text, and the document still says what it should."""
        leaf = self._leaf
        if text in self._never or (leaf.enum and text not in leaf.enum):
            return False
        if not text.strip() and ("" in self._never or leaf.kind != "text" or leaf.json != "string"):
            return False
        if leaf.max_length is not None and len(text) > leaf.max_length:
            return False
        return len(text) >= leaf.min_length and (self._pattern is None or self._pattern.fullmatch(text) is not None)


def _next(number: int) -> int:
    return (number * _ODD + 11) % (1 << BITS)


def _of_leaf(leaf: LeafType) -> Texts:
    """Return texts that the contract takes."""
    if leaf.enum:
        return lambda number: leaf.enum[number % len(leaf.enum)]
    if leaf.pattern:
        return from_pattern(leaf.pattern)
    kinds: dict[str, Texts] = {
        "date": lambda number: _day(number).isoformat(),
        "integer": lambda number: str(number % 100),
        "decimal": lambda number: str(_decimal(number)),
        "boolean": lambda number: ("true", "false")[number % 2],
    }
    return kinds[leaf.kind] if leaf.kind in kinds else _words(leaf)


def _of_value(value: Value, number: int, leaf: LeafType) -> Texts:
    """Return texts that a rule reads at one of its places."""
    chain = value.origins[number].chain
    if value.codes is not None:
        codes = [str(chain.format(text)) for text in sorted(value.codes.table()) if not leaf.enum or text in leaf.enum]
        return lambda given: codes[given % len(codes)] if codes else ""
    if value.join is None and (leaf.enum or leaf.kind == "integer" or (chain.plain and leaf.pattern)):
        return _of_leaf(leaf)
    made = _KINDS.get(chain.gives)
    if made is not None:
        return lambda given: _written(chain, made(given), value.join, number)
    if chain.text in _FORMS:
        return from_pattern(_FORMS[chain.text])
    if chain.text.startswith("matching("):
        return from_pattern(chain.text[len('matching("') : -2])
    texts = _of_leaf(leaf)
    return texts if chain.plain else lambda given: _readable(chain, texts(given))


def _written(chain: Chain, value: Any, join: str | None, number: int) -> str:
    try:
        text = str(chain.format(value))
    except (ValueError, LookupError):
        return ""
    return text if join is None else text.split(join)[number]


def _readable(chain: Chain, text: str) -> str:
    try:
        chain.parse(text)
    except BadValue:
        return ""
    return text


def _day(number: int) -> date:
    return _FIRST + timedelta(days=number % _DAYS)


def _partial(number: int) -> str:
    rest, form = divmod(number, 8)
    return _day(rest).isoformat()[: {6: 7, 7: 4}.get(form, 10)]


def _decimal(number: int) -> Decimal:
    rest, form = divmod(number, 16)
    cents = Decimal(rest % 100_000_000) / 100
    return -cents if form == 15 else cents.quantize(Decimal(1)) if form > 12 else cents


_KINDS: Final[dict[str, Callable[[int], Any]]] = {
    "date": _day,
    "partial date": _partial,
    "month": lambda number: _day(number).isoformat()[:7],
    "decimal": _decimal,
    "integer": lambda number: number % 60,
    "yes/no": lambda number: number % 2 == 1,
    "country": lambda number: _COUNTRIES[number % len(_COUNTRIES)],
    "currency": lambda number: ("RON", "EUR", "NOK")[number % 3],
}


def _words(leaf: LeafType) -> Texts:
    most = max(min(leaf.max_length or _LONGEST, _LONGEST), 1)
    words = vocabulary(max(leaf.min_length, 1), most)
    return lambda number: words[number % len(words)]


@lru_cache(maxsize=64)
def vocabulary(least: int, most: int) -> tuple[str, ...]:
    """Return words of some lengths in letters of all partners, the shortest first; a few between blanks."""
    found = []
    for number in range(_WORDS):
        digits = _Digits(number * _ODD % (1 << BITS))
        length = least + digits.below(most - least + 1) if most > least else least
        text = "".join(_LETTERS[digits.below(len(_LETTERS))] for _ in range(length)).strip() or "x"
        found.append(f" {text} " if number % _BLANKS == _BLANKS - 1 else text)
    return tuple(found)


class _Digits:
    """A number as a row of choices; behind its end come more, but of 0 only zeros."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._rest = number

    def below(self, count: int) -> int:
        """Return the next choice among so many."""
        if self._rest < count:
            self._number = self._rest = _next(self._number) if self._number else 0
        self._rest, found = divmod(self._rest, count)
        return found


def from_pattern(pattern: str) -> Texts:
    """Return texts that match a regular expression; of what stands beside a place in the text it looks at nothing.

    Raises:
        ValueError: it holds something that cannot be turned into texts.
    """
    parts = [part for part in _parser.parse(pattern) if part[0] not in {_constants.AT, _constants.ASSERT_NOT}]
    for part in parts:
        _text(part, _Digits(0))
    return lambda number: "".join(_text(part, digits) for digits in [_Digits(number)] for part in parts)


def _text(part: Any, digits: _Digits) -> str:
    kind, what = part
    if kind is _constants.LITERAL:
        return chr(what)
    if kind is _constants.ANY:
        return _LETTERS[digits.below(len(_LETTERS))]
    if kind is _constants.IN:
        letters = [chr(code) for one, value in what for code in _codes(one, value)]
        return letters[digits.below(len(letters))]
    if kind is _constants.SUBPATTERN:
        return "".join(_text(one, digits) for one in what[-1])
    if kind is _constants.BRANCH:
        return "".join(_text(one, digits) for one in what[1][digits.below(len(what[1]))])
    if kind in {_constants.MAX_REPEAT, _constants.MIN_REPEAT}:
        least, most, inner = what
        times = least + digits.below(min(most, least + 3) - least + 1)
        return "".join(_text(one, digits) for _ in range(times) for one in inner)
    raise ValueError(f"no texts can be made of {kind}")


def _codes(kind: Any, value: Any) -> range:
    if kind is _constants.LITERAL:
        return range(value, value + 1)
    if kind is _constants.RANGE:
        return range(value[0], value[1] + 1)
    raise ValueError(f"no letters can be made of {kind}")

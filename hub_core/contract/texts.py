"""Texts that a contract allows at a place, for trying codecs on them."""

import re
from functools import lru_cache
from itertools import islice, product
from re import _constants, _parser  # type: ignore[attr-defined]  # the one parser of Python's expressions
from typing import Any, Final

from hub_core.contract import LeafType

MAX_VALUES: Final = 64  # of a pattern that is a list of words
MAX_LENGTH: Final = 4  # characters of such a word
LONGEST: Final = 24  # repetitions that are written out
_FIRST: Final = "1"  # 11.11.1111 is a day in every order
_KINDS: Final = {
    "integer": re.compile(r"[+-]?[0-9]+"),
    "decimal": re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"),
    "date": re.compile(r"-?[0-9]{4,}-[0-9]{2}-[0-9]{2}(?:Z|[+-][0-9]{2}:[0-9]{2})?"),
    "boolean": re.compile(r"true|false|0|1"),
}
_OF_KIND: Final = {"integer": ("11",), "decimal": ("11.5",), "date": ("2011-11-11",), "boolean": ("true", "false")}


def possible(leaf: LeafType, text: str) -> bool:
    """Tell whether a place can hold a text."""
    if leaf.enum:
        return text in {word.strip() for word in leaf.enum}
    form = _KINDS.get(leaf.kind)
    if form is not None and not form.fullmatch(text):
        return False
    if leaf.pattern is not None and not re.fullmatch(leaf.pattern, text):
        return False
    return leaf.min_length <= len(text) and (leaf.max_length is None or len(text) <= leaf.max_length)


def values(leaf: LeafType) -> tuple[str, ...]:
    """Return all texts of a place that allows only a few; empty where it allows many."""
    if leaf.enum:
        return tuple(word.strip() for word in leaf.enum)
    return _words(leaf.pattern) if leaf.pattern else ()


def longest(leaf: LeafType) -> tuple[str, ...]:
    """Return for each form that a place allows its longest text; empty where any text is allowed."""
    if found := values(leaf):
        return found
    if leaf.pattern:
        return _longest(leaf.pattern)
    return _OF_KIND.get(leaf.kind, ())


@lru_cache(maxsize=1_024)
def _words(pattern: str) -> tuple[str, ...]:
    found = list(islice(_all(_parsed(pattern)), MAX_VALUES + 1))
    texts = dict.fromkeys(text for text in found if text is not None and re.fullmatch(pattern, text))
    return () if len(found) > MAX_VALUES or None in found else tuple(texts)


@lru_cache(maxsize=1_024)
def _longest(pattern: str) -> tuple[str, ...]:
    texts = dict.fromkeys(_full(_parsed(pattern)))
    return tuple(text for text in texts if re.fullmatch(pattern, text))


def _parsed(pattern: str) -> list[Any]:
    try:
        return list(_parser.parse(pattern))
    except re.error:
        return [(_constants.ANY, None)]


def _all(parts: list[Any]) -> Any:
    """Yield every text of an expression; ``None`` once it allows more than can be listed."""
    if not parts:
        yield ""
        return
    for head in _each(parts[0]):
        if head is None:
            yield None
            return
        for tail in _all(parts[1:]):
            yield None if tail is None else head + tail


def _each(part: Any) -> Any:
    kind, what = part
    if kind is _constants.LITERAL:
        yield chr(what)
    elif kind is _constants.IN:
        yield from _characters(what) or (None,)
    elif kind is _constants.SUBPATTERN:
        yield from _all(list(what[-1]))
    elif kind is _constants.BRANCH:
        for branch in what[1]:
            yield from _all(list(branch))
    elif kind in {_constants.MAX_REPEAT, _constants.MIN_REPEAT} and what[1] <= MAX_LENGTH:
        for count in range(what[0], what[1] + 1):
            for pieces in product(*[list(islice(_all(list(what[2])), MAX_VALUES + 1))] * count):
                yield None if None in pieces else "".join(pieces)
    else:
        yield None


def _characters(what: list[Any]) -> list[str]:
    """Return the characters of a class; empty where they are too many."""
    found: list[str] = []
    for kind, value in what:
        if kind is _constants.LITERAL:
            found.append(chr(value))
        elif kind is _constants.RANGE and value[1] - value[0] < MAX_VALUES:
            found += [chr(code) for code in range(value[0], value[1] + 1)]
        else:
            return []
    return found


def _full(parts: list[Any]) -> list[str]:
    """Return the longest text of each alternative, with the digit 1 wherever it fits."""
    texts = [""]
    for part in parts:
        texts = [text + tail for text in texts for tail in _one(part)][:MAX_VALUES]
    return texts


def _one(part: Any) -> list[str]:
    kind, what = part
    match kind:
        case _constants.LITERAL:
            found = [chr(what)]
        case _constants.IN:
            characters = _characters(what)
            digit = _FIRST in characters or any(value is _constants.CATEGORY_DIGIT for _, value in what)
            found = [_FIRST] if digit else characters[:1] or ["A"]
        case _constants.SUBPATTERN:
            found = _full(list(what[-1]))
        case _constants.BRANCH:
            found = [text for branch in what[1] for text in _full(list(branch))]
        case _constants.MAX_REPEAT | _constants.MIN_REPEAT:
            # An open end stands once: that shows its form.
            count = what[1] if what[1] <= LONGEST else max(what[0], 1)
            found = [text * count for text in _full(list(what[2]))]
        case _constants.AT | _constants.ASSERT | _constants.ASSERT_NOT:
            found = [""]
        case _:
            found = ["A"]
    return found

"""A text that a simple type allows."""

import math
import re
from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import Any, Final

from xmlschema import XsdType

from hub_core.samples import builtins
from hub_core.samples.patterns import parsed

_XSD: Final = "{http://www.w3.org/2001/XMLSchema}"
_SPREADS: Final = (3, 1, 6, 0, 12, 30)  # how far open quantifiers of a pattern go, one attempt after the other
_TRIES: Final = 60
_YEAR: Final = re.compile(r"-?[0-9]{4,}")
_LISTS: Final = {"IDREFS": "IDREF", "NMTOKENS": "NMTOKEN", "ENTITIES": "ENTITY"}
_OPEN: Final = 1_000_000
_BOUNDS: Final = ("minInclusive", "minExclusive", "maxInclusive", "maxExclusive")


class NoText(ValueError):
    """No text was found that a type allows: it allows none, or hides it well."""


def builtin_of(simple: Any) -> str:
    """Return the local name of the type of XML Schema that a type was made from; of a list that of its items."""
    while simple is not None:
        if simple.is_list() and getattr(simple, "item_type", None) is not None:
            simple = simple.item_type
        elif (simple.name or "").startswith(_XSD):
            return str(_LISTS.get(simple.local_name, simple.local_name))
        else:
            simple = _before(simple)
    return "string"


def _before(simple: Any) -> Any:
    """Return the simple type that one was made from; types of simple content stand between some."""
    base = simple.base_type
    if base is None or base is simple or base.is_simple():
        return base if base is not simple else None
    return base.content if base.has_simple_content() else None


def text_of(simple: XsdType, random: Random) -> str:
    """Return a text of a simple type.

    Raises:
        NoText: none was found.
    """
    found = next((text for text in _candidates(simple, random) if simple.text_is_valid(text)), None)
    if found is None:
        raise NoText(f"no text was found of the type {simple.prefixed_name or builtin_of(simple)}")
    return found


def _candidates(simple: Any, random: Random) -> Iterator[str]:
    if enumerated := simple.get_facet(f"{_XSD}enumeration"):
        listed = [element.attrib["value"] for element in enumerated]
        yield from (random.choice(listed) for _ in range(_TRIES // 4))
        yield from listed
        return
    patterns = _patterns(simple)
    plain = builtin_of(simple) in builtins.NUMBERS | builtins.MOMENTS  # a usual value first, it reads better
    for attempt in range(_TRIES):
        spread = _SPREADS[attempt % len(_SPREADS)]
        if patterns and attempt < _TRIES * 3 // 4 and not (plain and attempt < len(_SPREADS)):
            yield from _matching(patterns[attempt // 2 % len(patterns)], random, spread)
        elif simple.is_list():
            yield _listed(simple, random)
        elif simple.is_union():
            yield from _members(simple, random)
        else:
            yield _atomic(simple, random)
    yield from (facet.elem.attrib["value"] for name in _BOUNDS if (facet := simple.get_facet(_XSD + name)) is not None)


def _patterns(simple: Any) -> list[list[str]]:
    """Return the patterns of a type and of those that it restricts; of the types of XML Schema the names are known."""
    found: list[list[str]] = []
    while simple is not None and not (simple.name or "").startswith(_XSD):
        if own := simple.facets.get(f"{_XSD}pattern"):
            found.append(list(own.regexps))
        simple = _before(simple)
    return found


def _matching(regexps: list[str], random: Random, spread: int) -> Iterator[str]:
    try:
        yield parsed(random.choice(regexps)).text(random, spread)
    except ValueError:
        return  # an expression that nobody can read allows what the validators let pass: the next attempts find it


def _listed(simple: Any, random: Random) -> str:
    kind = simple
    while getattr(kind, "item_type", None) is None:
        kind = kind.base_type
    least, most = _lengths(simple)
    count = random.randint(least, max(least, min(most, least + 3)))
    return " ".join(text_of(kind.item_type, random) for _ in range(count))


def _members(simple: Any, random: Random) -> Iterator[str]:
    while getattr(simple, "member_types", None) is None:
        simple = simple.base_type
    try:
        yield text_of(random.choice(simple.member_types), random)
    except NoText:
        return  # another member may have one


def _atomic(simple: Any, random: Random) -> str:
    kind = builtin_of(simple)
    if kind == "ENTITY":
        raise NoText("entities are declared in a DTD, and there is none")
    if kind in builtins.NUMBERS:
        return _number(simple, kind, random)
    if kind in builtins.MOMENTS:
        return builtins.moment(kind, random, _years(simple))
    least, most = _lengths(simple)
    return builtins.TEXTS.get(kind, builtins.words)(random, least, most)


def _lengths(simple: Any) -> tuple[int, int]:
    """Return the least and the greatest length; without a least one a text is not empty, if it may be so long."""
    least, most = None, None
    while simple is not None:  # a facet that is not said again stands at the type before
        least = simple.min_length if least is None else least
        most = simple.max_length if most is None else most
        simple = _before(simple)
    if least is not None and least > builtins.LARGEST:
        raise NoText("the least length is too large")
    most = builtins.LARGEST if most is None else most
    return min(1, most) if least is None else least, most


def _years(simple: Any) -> tuple[int, int] | None:
    bounds = [
        int(year[0])
        for name in _BOUNDS
        if (facet := simple.get_facet(_XSD + name)) is not None and (year := _YEAR.match(facet.elem.attrib["value"]))
    ]
    if not bounds:
        return None
    lowest = any(simple.get_facet(_XSD + name) is not None for name in _BOUNDS[:2])
    return min(bounds), max(bounds) if len(bounds) > 1 else bounds[0] + (40 if lowest else -40)


def _number(simple: Any, kind: str, random: Random) -> str:
    total = _facet(simple, "totalDigits", 15)
    places = 0 if kind in builtins.INTEGERS else random.randint(0, min(_facet(simple, "fractionDigits", 2), total))
    least, most = builtins.INTEGERS.get(kind, (None, None))
    low, high = _tighter(max, least, simple.min_value), _tighter(min, most, simple.max_value)
    scale, room = 10**places, 10**total - 1
    first = math.ceil(low * scale) if low is not None else None
    last = math.floor(high * scale) if high is not None else None
    if first is None:
        first = 0 if last is None or last >= 0 else last - _OPEN
    if last is None:
        last = first + _OPEN
    if simple.get_facet(f"{_XSD}totalDigits") is not None:
        first, last = max(first, -room), min(last, room)
    value = random.randint(first, max(first, last))
    return f"{Decimal(value).scaleb(-places):f}"


def _facet(simple: Any, name: str, otherwise: int) -> int:
    facet = simple.get_facet(_XSD + name)
    return otherwise if facet is None else int(facet.value)


def _tighter(choose: Any, *bounds: Any) -> Decimal | None:
    found = [Decimal(str(bound)) for bound in bounds if bound is not None and math.isfinite(bound)]
    return choose(found) if found else None

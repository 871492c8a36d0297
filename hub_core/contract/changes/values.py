"""What a text may be, old against new. Source: XML Schema 1.0 part 2, section 3 (hierarchy of built-in types)."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from hub_core.contract.changes.forms import Values
from hub_core.contract.changes.model import Delta

_ABOVE: Final[Mapping[str, str]] = {
    "string": "anySimpleType", "normalizedString": "string", "token": "normalizedString", "language": "token",
    "NMTOKEN": "token", "Name": "token", "NCName": "Name", "ID": "NCName", "IDREF": "NCName", "ENTITY": "NCName",
    "decimal": "string", "integer": "decimal", "float": "double", "double": "string",
    **dict.fromkeys(
        ("boolean", "dateTime", "date", "time", "duration", "gYear", "gYearMonth", "gMonth", "gMonthDay", "gDay",
         "base64Binary", "hexBinary", "anyURI", "QName", "NOTATION", "NMTOKENS", "IDREFS", "ENTITIES", "list", "union",
         "number", "null"), "string",
    ),
}  # fmt: skip
_BYTES: Final = {"byte": 8, "short": 16, "int": 32, "long": 64}
#: Smallest and largest number of each built-in type of integers.
INTEGERS: Final[Mapping[str, tuple[Decimal | None, Decimal | None]]] = {
    "integer": (None, None),
    "nonNegativeInteger": (Decimal(0), None),
    "positiveInteger": (Decimal(1), None),
    "nonPositiveInteger": (None, Decimal(0)),
    "negativeInteger": (None, Decimal(-1)),
    **{name: (Decimal(-(2 ** (bits - 1))), Decimal(2 ** (bits - 1) - 1)) for name, bits in _BYTES.items()},
    **{f"unsigned{name.title()}": (Decimal(0), Decimal(2**bits - 1)) for name, bits in _BYTES.items()},
}
#: Facets: kind of the change, what a missing one means, and whether a larger number allows more.
_FACETS: Final = {
    "min_length": ("length", "shortest", False),
    "max_length": ("length", "longest", True),
    "minimum": ("range", "smallest", False),
    "above": ("range", "more than", False),
    "maximum": ("range", "largest", True),
    "below": ("range", "less than", True),
    "digits": ("digits", "digits", True),
    "fraction": ("digits", "digits behind the point", True),
}
_SHOWN: Final = 5


def differences(old: Values, new: Values) -> Iterator[Delta]:
    """Yield what became another in what a text may be; text and flags only."""
    same = old.enum is not None and old.enum == new.enum
    if same and (_is_below(old.base, new.base) or _is_below(new.base, old.base)):
        return
    if _family(old) != _family(new):
        widens, narrows = not _is_below(_family(new), _family(old)), not _is_below(_family(old), _family(new))
        yield Delta(kind="type", text=f"{old.base} became {new.base}", narrows=narrows, widens=widens)
        return
    if _family(old) == "integer":
        yield from _integers(old, new)
    yield from _parts(old, new)
    yield from _enumerations(old, new)
    yield from _patterns(old, new)
    exact, exact_now = _exact(old), _exact(new)
    if exact and exact_now:
        if exact != exact_now:
            yield Delta(kind="length", text=f"exactly {exact} became exactly {exact_now}", narrows=True, widens=True)
        return
    for name in _FACETS:
        if not (_family(old) == "integer" and name in {"minimum", "maximum", "above", "below"}):
            yield from _facet(name, old.facets.get(name), new.facets.get(name))


def _family(values: Values) -> str:
    return "integer" if values.base in INTEGERS else values.base


def _is_below(name: str, other: str) -> bool:
    """Whether every text of one built-in type is one of the other."""
    here: str | None = "integer" if name in INTEGERS else name
    while here is not None:
        if here == other:
            return True
        here = _ABOVE.get(here)
    return False


def _bounds(values: Values) -> tuple[Decimal | None, Decimal | None]:
    """Return the smallest and the largest integer."""
    least, most = INTEGERS[values.base]
    for name, step in (("minimum", 0), ("above", 1)):
        if isinstance(said := values.facets.get(name), Decimal):
            least = said + step if least is None else max(least, said + step)
    for name, step in (("maximum", 0), ("below", 1)):
        if isinstance(said := values.facets.get(name), Decimal):
            most = said - step if most is None else min(most, said - step)
    return least, most


def _integers(old: Values, new: Values) -> Iterator[Delta]:
    (least, most), (least_now, most_now) = _bounds(old), _bounds(new)
    if (least, most) == (least_now, most_now):
        return
    low, low_now = (Decimal("-Infinity") if one is None else one for one in (least, least_now))
    high, high_now = (Decimal("Infinity") if one is None else one for one in (most, most_now))
    said = f"{_range(least, most)} became {_range(least_now, most_now)}"
    kind, text = ("range", said) if old.base == new.base else ("type", f"{old.base} became {new.base}: {said}")
    yield Delta(kind=kind, text=text, narrows=low_now > low or high_now < high, widens=low_now < low or high_now > high)


def _range(least: Decimal | None, most: Decimal | None) -> str:
    if least is None and most is None:
        return "any number"
    return f"{'' if least is None else least}..{'' if most is None else most}"


def _parts(old: Values, new: Values) -> Iterator[Delta]:
    if old.base == "list" and old.parts and new.parts:
        yield from differences(old.parts[0], new.parts[0])
    elif old.base == "union" and old.parts != new.parts:
        less = [one for one in old.parts if one not in new.parts]
        more = [one for one in new.parts if one not in old.parts]
        if less or more:
            yield Delta(
                kind="type", text="the types that a text may be of became others", narrows=bool(less), widens=bool(more)
            )


def _enumerations(old: Values, new: Values) -> Iterator[Delta]:
    if old.enum == new.enum:
        return
    if old.enum is None or new.enum is None:
        text = f"any text became {_listed(new.enum or ())}" if new.enum else "a list of texts became any text"
        yield Delta(kind="enumeration", text=text, narrows=old.enum is None, widens=new.enum is None)
        return
    gone, come = old.enum - new.enum, new.enum - old.enum
    if gone:
        yield Delta(kind="enumeration", text=f"no longer allowed: {_listed(gone)}", narrows=True, widens=False)
    if come:
        yield Delta(kind="enumeration", text=f"now allowed too: {_listed(come)}", narrows=False, widens=True)


def _listed(texts: "frozenset[str] | tuple[()]") -> str:
    shown = sorted(texts)
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    return ", ".join(repr(text[:40]) for text in shown[:_SHOWN]) + more


def _patterns(old: Values, new: Values) -> Iterator[Delta]:
    gone, come = old.patterns - new.patterns, new.patterns - old.patterns
    if not gone and not come:
        return
    if gone and come:
        text = f"the pattern {min(gone)[:60]} became {min(come)[:60]}"
    else:
        text = f"a pattern now: {min(come)[:60]}" if come else f"no pattern any more: {min(gone)[:60]}"
    yield Delta(kind="pattern", text=text, narrows=bool(come), widens=bool(gone))


def _exact(values: Values) -> Decimal | str | None:
    """Return the only length that a text may have; ``None``: there are several."""
    least = values.facets.get("min_length")
    return least if least == values.facets.get("max_length") else None


def _facet(name: str, old: Decimal | str | None, new: Decimal | str | None) -> Iterator[Delta]:
    if name == "min_length":
        old, new = old or Decimal(0), new or Decimal(0)
    if old == new:
        return
    kind, shown, larger_is_more = _FACETS[name]
    if old is None or new is None:
        text = f"{shown} {new} now" if old is None else f"no longer {shown} {old}"
        yield Delta(kind=kind, text=text, narrows=old is None, widens=new is None)
        return
    grew = str(new) > str(old) if isinstance(new, str) or isinstance(old, str) else new > old
    more = grew is larger_is_more
    yield Delta(kind=kind, text=f"{shown} {old} became {new}", narrows=not more, widens=more)

"""What one record says and another does not, place by place."""

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from hub_core.canonical.values import Code, Gap

# About the document, not about the person; computed; what no rule named.
_LEFT_OUT: Final = {"exchange", "normal", "unmapped"}


class Difference(msgspec.Struct, frozen=True):
    """One place at which two records differ.

    Attributes:
        at: canonical path in the first record; of what only the second says, in the second.
        owner: object of the first record that holds the place; an element of a list that is missing is its own owner.
        name: field of the owner; empty for an element.
        added: only the second record says something there.
    """

    at: str
    owner: Any
    name: str
    added: bool = False


def alike(one: Any, other: Any) -> bool:
    """Tell whether two values say the same: of coded values the code counts, of lists not the order."""
    return next(differences(one, other, "", None, ""), None) is None


def differences(one: Any, other: Any, at: str, owner: Any, name: str) -> Iterator[Difference]:
    """Yield where two values differ; what a record does not say is ``None`` or an empty list."""
    if one == other:
        return
    if one in (None, ()) or other in (None, ()):
        if one not in (None, ()) or other not in (None, ()):
            yield Difference(at, owner, name, added=one in (None, ()))
    elif isinstance(one, tuple):
        yield from _elements(one, other, at, owner, name)
    elif isinstance(one, msgspec.Struct) and not isinstance(one, Code | Gap):
        for field in one.__struct_fields__:
            if field not in _LEFT_OUT:
                path = f"{at}.{field}" if at else field
                yield from differences(getattr(one, field), getattr(other, field), path, one, field)
    elif _said(one) != _said(other):
        yield Difference(at, owner, name)


def _said(value: Any) -> Any:
    """Return what a value says: of codes the code, the text only where there is none."""
    match value:
        case Code():
            return value.list, value.code, None if value.code is not None else value.text
        case Gap():
            return _placeless(value.at), value.why, value.text
    return value


def _placeless(path: str) -> str:
    """Return a canonical path without the numbers of elements, whose order may be another one."""
    return re.sub(r"\[[0-9]+\]", "[]", path)


def _elements(one: tuple[Any, ...], other: tuple[Any, ...], at: str, owner: Any, name: str) -> Iterator[Difference]:
    """Compare lists without their order; what has no equal is compared with what is nearest."""
    rest = [element for index, element in enumerate(other) if not _said_before(other, index)]
    alone: list[tuple[int, Any]] = []
    for index, element in enumerate(one):
        if _said_before(one, index):
            continue
        found = next((number for number, same in enumerate(rest) if _same(element, same)), None)
        if found is None:
            alone.append((index, element))
        else:
            rest.pop(found)
    for index, element in alone:
        path = f"{at}[{index}]"
        if not rest or not isinstance(element, msgspec.Struct) or isinstance(element, Code):
            yield Difference(path, element if isinstance(element, msgspec.Struct) else owner, "")
            continue
        counts = [sum(1 for _ in differences(element, candidate, "", None, "")) for candidate in rest]
        nearest = rest.pop(counts.index(min(counts)))
        yield from differences(element, nearest, path, owner, name)
    for element in rest:
        yield Difference(f"{at}[{other.index(element)}]", owner, name, added=True)


def _said_before(elements: tuple[Any, ...], index: int) -> bool:
    """Tell whether a gap is the same as one before it: a text that nothing reads may stand at several places."""
    element = elements[index]
    return isinstance(element, Gap) and any(_same(element, before) for before in elements[:index])


def _same(one: Any, other: Any) -> bool:
    return one == other or alike(one, other)

"""Trees of values, the document before it is one: how places in them are reached, looked at, and put in order.

A tree is a dict by name (XML: ``{namespace}local``, ``@attribute``; JSON: keys). The values are texts, trees, and lists
of them where a place repeats; ``""`` is the own text of a place that holds more than that.
"""

from typing import Any, Final

from hub_core.canonical.values import Code

Tree = dict[str, Any]
# Name, whether it repeats, and the texts that the element must hold: (name, literal) by filter.
Hop = tuple[str, bool, tuple[tuple[str, str], ...]]
Hops = tuple[Hop, ...]
Words = tuple[str, dict[str, str], dict[str, str]]  # list, code by text, text by code
Spans = tuple[tuple[str, Words], ...]  # by the first day of each, as YYYY-MM-DD
Checks = tuple[tuple[Hops, tuple[str, ...], bool], ...]  # place, texts, whether anything is there
OWN: Final = ""


def reach(tree: Tree, hops: Hops) -> Tree:
    """Return the tree at a place, made where it is missing; of a place that repeats, the first that fits."""
    for name, many, filters in hops:
        below = tree.get(name)
        if filters:
            tree = _picked(tree, name, below, filters, many=many)
        elif below is None:
            made: Tree = {}
            tree[name] = [made] if many else made
            tree = made
        elif below.__class__ is dict:
            tree = below
        elif below.__class__ is list:
            if below[0].__class__ is not dict:
                below[0] = {OWN: below[0]}
            tree = below[0]
        else:
            tree[name] = tree = {OWN: below}
    return tree


def _picked(tree: Tree, name: str, below: Any, filters: tuple[tuple[str, str], ...], *, many: bool) -> Tree:
    """Return the element that passes filters; a list is made where there are several elements of a name."""
    found = below if below.__class__ is list else [] if below is None else [below]
    known: list[Tree] = [one for one in found if _passes(one, filters)]
    if known:
        return known[0]
    made: Tree = dict(filters)
    found.append(made)
    tree[name] = found if many or len(found) > 1 else made
    return made


def _passes(item: Any, filters: tuple[tuple[str, str], ...]) -> bool:
    return item.__class__ is dict and all(item.get(key) == literal for key, literal in filters)


def look(tree: Any, hops: Hops) -> list[Any]:
    """Return what stands at a place, without making anything."""
    found = [tree]
    for name, _, filters in hops:
        inner: list[Any] = []
        for one in found:
            below = one.get(name) if one.__class__ is dict else None
            items = below if below.__class__ is list else () if below is None else (below,)
            inner += [item for item in items if not filters or _passes(item, filters)]
        found = inner
    return found


def text_at(found: Any) -> str | None:
    """Return the own text of something in a tree."""
    if found.__class__ is dict:
        found = found.get(OWN)
    if found.__class__ is list:
        found = found[0] if found else None
    return None if found is None else str(found)


def same_code(value: Code | None, constant: Code) -> bool:
    """Tell whether a coded value is the one that a rule writes by itself."""
    return value is not None and value.code == constant.code and value.list == constant.list


def said(element: Any) -> frozenset[str]:
    """Return the fields of an element that say something."""
    names = getattr(element, "__struct_fields__", None)
    if names is None:
        return frozenset(getattr(element, "__dict__", ())) - {"used"}
    return frozenset(name for name in names if getattr(element, name) not in (None, ()))


def within(part: Any, whole: Any) -> bool:
    """Tell whether a tree says nothing that another one denies."""
    if part.__class__ is dict and whole.__class__ is dict:
        return all(within(value, whole[key]) for key, value in part.items() if key in whole)
    if part.__class__ is list and whole.__class__ is list:
        return all(any(within(one, other) for other in whole) for one in part)
    return bool(part == whole)


def join(whole: Tree, part: Tree) -> None:
    """Put into a tree what another one says besides."""
    for key, value in part.items():
        if key not in whole:
            whole[key] = value
        elif value.__class__ is dict and whole[key].__class__ is dict:
            join(whole[key], value)


def settle(tree: Tree, way: tuple[str, ...], depth: int) -> None:
    """Take out what was left empty on a way into a tree; a tree of its own text only becomes that text."""
    name = way[depth]
    found = tree.get(name)
    if found is None:
        return
    items = found if found.__class__ is list else [found]
    if depth + 1 < len(way):
        for item in items:
            if item.__class__ is dict:
                settle(item, way, depth + 1)
    left = [own(item) if item.__class__ is dict else item for item in items if item != {}]
    if not left:
        del tree[name]
    else:
        tree[name] = left if found.__class__ is list else left[0]


def own(tree: Tree) -> Any:
    """Return a tree, or its own text where that is all it holds."""
    return tree[OWN] if len(tree) == 1 and OWN in tree else tree


def settled(tree: Any) -> Any:
    """Return a tree without empty places, and with plain texts where a place holds nothing but its own text."""
    if tree.__class__ is list:
        return [one for item in tree if (one := settled(item)) not in ({}, [], None)]
    if tree.__class__ is not dict:
        return tree
    return own({key: one for key, value in tree.items() if (one := settled(value)) not in ({}, [], None)})

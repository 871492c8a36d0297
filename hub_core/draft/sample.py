"""A document that a contract allows, of synthetic values."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from lxml import etree

from hub_core.contract import LeafType, Place
from hub_core.draft.leaves import MAX_DEPTH
from hub_core.lint.samples import longest, possible

# What stands at a place whose meaning was guessed; nobody's data.
BY_FIELD: Final[Mapping[str, tuple[str, ...]]] = {
    "identifiers[scheme=ro.cnp].value": ("2850415123450",),
    "name.family": ("Popa",),
    "name.given": ("Ana",),
    "birth.date": ("1985-04-15", "15.04.1985"),
    "period.start": ("2024-01-01", "01.01.2024"),
    "period.end": ("2024-12-31", "31.12.2024"),
    "month": ("2024-01",),
}
_GENERAL: Final = ("Text", "1", "2024-01-01", "2024-01-01T00:00:00", "2024-01", "2024", "true")


def value_of(leaf: LeafType, wanted: tuple[str, ...] = ()) -> str:
    """Return a text that a place allows, one of those that are wanted if it may be."""
    tried = (*wanted, *leaf.enum[:1], *longest(leaf), *_GENERAL)
    found = next((text for text in tried if possible(leaf, text)), None)
    return found if found is not None else "x" * max(leaf.min_length, 1)


def document(root: Place, values: Mapping[int, str], prefixes: Mapping[str, str], *, whole: bool = True) -> Any:
    """Return the root element of a document.

    Args:
        root: of the contract.
        values: texts by the identity of the place that they stand at.
        prefixes: by namespace.
        whole: with everything that is optional; of alternatives the first.
    """
    element = etree.Element(root.name, nsmap={prefix: name for name, prefix in prefixes.items()})
    _fill(element, root, values, (root,), whole=whole)
    etree.indent(element)
    return element


def _fill(element: Any, place: Place, values: Mapping[int, str], way: tuple[Place, ...], *, whole: bool) -> None:
    if place.leaf is not None and not any(not name.startswith("@") for name in place.children):
        element.text = values.get(id(place)) or value_of(place.leaf)
    for child in _chosen(place, whole=whole):
        again = any((one.name, one.line) == (child.name, child.line) for one in way)
        if child.name.startswith("@"):
            element.set(child.name[1:], values.get(id(child)) or value_of(child.leaf or LeafType()))
        elif not (again and not child.required) and len(way) <= MAX_DEPTH:
            _fill(etree.SubElement(element, child.name), child, values, (*way, child), whole=whole)


def _chosen(place: Place, *, whole: bool) -> Iterator[Place]:
    taken: set[int] = set()
    for child in place.children.values():
        if child.choice is not None:
            if child.choice in taken:
                continue
            taken.add(child.choice)
        elif not (whole or child.required):
            continue
        yield child

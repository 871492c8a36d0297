"""A document that a contract allows, of synthetic values."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from lxml import etree

from hub_core.contract import LeafType, Place
from hub_core.contract.texts import longest, possible
from hub_core.draft.leaves import MAX_DEPTH, again

# What stands at a place whose meaning was guessed; nobody's data.
BY_FIELD: Final[Mapping[str, tuple[str, ...]]] = {
    "identifiers[scheme=ro.cnp].value": ("2850415123450",),
    "name.family": ("Popa",),
    "name.given": ("Ana",),
    "birth.date": ("1985-04-15", "15.04.1985"),
    "period.start": ("2024-01-01", "01.01.2024"),
    "period.end": ("2024-12-31", "31.12.2024"),
    "month": ("2024-01",),
    "iban": ("RO49AAAA1B31007593840000",),
}
_GENERAL: Final = (
    "Text", "1", "2024-01-01", "2024-01-01T00:00:00", "2024-01", "2024", "true", "01.01.2024", "20240101", "202401",
    "1.00", "1,00",
)  # fmt: skip
_JSON: Final[Mapping[str, Any]] = {"integer": int, "number": float, "boolean": "true".__eq__, "string": str}


def value_of(leaf: LeafType, wanted: tuple[str, ...] = ()) -> str:
    """Return a text that a place allows, one of those that are wanted if it may be."""
    tried = (*wanted, *leaf.enum[:1], *longest(leaf), *_GENERAL)
    found = next((text for text in tried if possible(leaf, text)), None)
    return found if found is not None else "x" * max(leaf.min_length, 1)


class Sample:
    """Makes documents of a contract.

    Args:
        values: texts by the identity of the place that they stand at.
        whole: with everything that is optional; of alternatives the first.
    """

    def __init__(self, values: Mapping[int, str], *, whole: bool = True) -> None:
        self.values = values
        self.whole = whole

    def element(self, root: Place, prefixes: Mapping[str, str]) -> Any:
        """Return the root element of an XML document; ``prefixes``: by namespace."""
        element = etree.Element(root.name, nsmap={prefix: name for name, prefix in prefixes.items()})
        self._fill(element, root, (root,))
        etree.indent(element)
        return element

    def tree(self, root: Place) -> dict[str, Any]:
        """Return the object of a JSON document, or of a row of a flat file."""
        return self._object(root, (root,))

    def _text(self, place: Place) -> str:
        return self.values.get(id(place)) or value_of(place.leaf or LeafType())

    def _fill(self, element: Any, place: Place, way: tuple[Place, ...]) -> None:
        if place.leaf is not None and not any(not name.startswith("@") for name in place.children):
            element.text = self._text(place)
        for child in self._chosen(place, way):
            if child.name.startswith("@"):
                element.set(child.name[1:], self._text(child))
            else:
                self._fill(etree.SubElement(element, child.name), child, (*way, child))

    def _object(self, place: Place, way: tuple[Place, ...]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for child in self._chosen(place, way):
            value: Any
            if child.children:
                value = self._object(child, (*way, child))
            elif child.leaf is not None:
                value = _JSON[child.leaf.json](self._text(child))
            else:
                value = {}
            made[child.name] = [value] if child.many else value
        return made

    def _chosen(self, place: Place, way: tuple[Place, ...]) -> Iterator[Place]:
        taken: set[int] = set()
        for child in place.children.values():
            if child.choice is not None:
                if child.choice in taken:
                    continue
                taken.add(child.choice)
            elif not (self.whole or child.required):
                continue
            if child.name.startswith("@") or (not (again(child, way) and not child.required) and len(way) <= MAX_DEPTH):
                yield child

"""The leaves of two documents, held against each other: apart from the engine, which compares records."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from hub_core.document import Document
from hub_core.mapping import CompiledMapping
from hub_core.mapping.codecs import BadValue
from hub_core.mapping.language.paths import parse_path
from hub_core.mapping.writing.uses import Uses
from hub_core.message import Leaf

Names = tuple[str, ...]
_ANYWHERE = "anywhere"


class Leaves:
    """What documents of one mapping say to its rules.

    Up to what the language declares: texts count as what their codec reads; a token of ``absent`` says nothing; a field
    that stands at several places is written at one of them, and said once; of the exchange nothing is written; what the
    contract requires is there though the record does not say it, and what a rule says by itself may be written. Where the contract allows anything it does not tell
    which leaf is whose: there the text alone counts.
    """

    def __init__(self, mapping: CompiledMapping, uses: Uses) -> None:
        assert mapping.contract is not None
        self._kind: Any = "xml" if mapping.source.kind == "xml" else "json"
        self._ns = mapping.source.ns
        self._root: Any = mapping.contract.root
        self._uses = uses
        self._alone: set[int] = set()
        self._keys = self._grouped()
        self._constant = {target.place for target in uses.targets if target.at in uses.constants}

    def _grouped(self) -> dict[int, int]:
        """Return a key for each place that rules read: one for all places of one field of the record."""
        fields: dict[str, set[int]] = {}
        for target in self._uses.targets:
            fields.setdefault(target.at, set()).add(target.place)
        groups: dict[int, set[int]] = {}
        for places in fields.values():
            joined = places.union(*(groups[place] for place in places if place in groups))
            groups.update(dict.fromkeys(joined, joined))
        for at, places in fields.items():
            if at.startswith("exchange."):
                for place in places:
                    groups[place].clear()
        self._alone = {place for place, group in groups.items() if len(group) == 1}
        return {place: min(group) for place, group in groups.items() if group}

    def compared(self, document: Document, unmapped: tuple[Leaf, ...], written: Document) -> list[tuple[Names, str]]:
        """Return what rules read in one of two documents and do not find in the other."""
        first, second = self._said(document, unmapped), self._said(written, ())
        added = [(names, text) for names, text in _beyond(second, first) if not self._given(self._place(names))]
        return _beyond(first, second) + added

    def _given(self, place: Any) -> bool:
        return place.required or id(place) in self._constant

    def _said(self, document: Document, unmapped: tuple[Leaf, ...]) -> dict[object, list[tuple[Names, str]]]:
        left = Counter((self._path(leaf.path), leaf.value.strip()) for leaf in unmapped)
        found: dict[object, list[tuple[Names, str]]] = {}
        for names, text in leaves(document):
            place = id(self._place(names))
            if left[names, text] > 0:
                left[names, text] -= 1
            elif place not in self._uses.by_place:
                found[_ANYWHERE, text] = []
            elif place in self._keys and not self._absent(place, text):
                said = found.setdefault((self._keys[place], self._meaning(place, text)), [])
                if place in self._alone or not said:
                    said.append((names, text))
        return found

    def _absent(self, place: int, text: str) -> bool:
        values = [value for value, _ in self._uses.by_place[place].values]
        if place not in self._alone and any(text in (*value.unknown, *value.withheld) for value in values):
            return True  # what one place does not know another one may say
        return all(text in value.absent for value in values)

    def _meaning(self, place: int, text: str) -> object:
        """Return what the first rule makes of a text that can read it."""
        for value, number in self._uses.by_place[place].values:
            try:
                return text if value.join is not None else value.origins[number].chain.parse(text)
            except BadValue:
                continue
        return text

    def _place(self, names: Names) -> Any:
        place = self._root
        for name in names:
            place = place.children.get(name) if place is not None else None
        return place

    def _path(self, path: str) -> Names:
        return tuple(str(step.name) for step in parse_path(path, self._kind, self._ns))


def _beyond(
    first: dict[object, list[tuple[Names, str]]], second: dict[object, list[tuple[Names, str]]]
) -> list[tuple[Names, str]]:
    """Return the leaves of which the first holds more than the second."""
    more = [leaf for key, said in first.items() for leaf in said[len(second.get(key, ())) :]]
    return [(names, text) for names, text in more if (_ANYWHERE, text) not in second]


def leaves(document: Document) -> Iterator[tuple[Names, str]]:
    """Yield the leaves that say something: the names down to each, and its text without blanks around."""
    found = _of_element(document.root, ()) if document.kind == "xml" else _of_value(document.root, ())
    for names, text in found:
        if text and text.strip():
            yield names, text.strip()


def _of_element(node: Any, names: Names) -> Iterator[tuple[Names, str | None]]:
    for name, text in node.attrib.items():
        yield (*names, f"@{name}"), text
    yield names, "".join([node.text or "", *(child.tail or "" for child in node)])
    for child in node:
        if isinstance(child.tag, str):
            yield from _of_element(child, (*names, child.tag))


def _of_value(value: Any, names: Names) -> Iterator[tuple[Names, str | None]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _of_value(inner, (*names, key))
    elif isinstance(value, list):
        for inner in value:
            yield from _of_value(inner, names)
    elif value is not None:
        yield names, str(value).lower() if isinstance(value, bool) else str(value)

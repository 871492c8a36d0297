"""What stands at the places of a contract in the documents of a mapping's own tests.

Of contracts that say only "text" these documents are all that is known about a place.
"""

from collections.abc import Iterable
from typing import Any, Final

from lxml import etree

from hub_core.contract import Place
from hub_core.contract.contract import below
from hub_core.mapping.language.paths import BadPath, parse_path
from hub_core.mapping.language.rules import MappingFile
from hub_core.mapping.reading.jsonplaces import plain_text

MAX_TEXTS: Final = 20  # of one place

Examples = dict[int, list[str]]  # by identity of the place
Strange = set[tuple[int, str]]  # identity of a place, and a key that stands there; empty: an object instead of a text


def examples(root: Place, documents: Iterable[Any]) -> tuple[Examples, Strange]:
    """Return the texts that are not blank, by place, and what the documents hold and the contract does not know."""
    found: Examples = {}
    strange: Strange = set()
    for document in documents:
        _xml(root, document, found) if etree.iselement(document) else _json(root, document, found, strange)
    return found, strange


def tried(root: Place, mapping: MappingFile) -> Examples:
    """Return the texts that tests put into their documents, where the test expects a record without faults."""
    found: Examples = {}
    for test in mapping.tests:
        if test.error is None and not any(code.startswith("M2") for code in test.findings or ()):
            for path, text in test.set:
                place = followed(root, mapping, path)
                if place is not None and place.leaf is not None:
                    _add(place, text.strip(), found)
    return found


def followed(root: Place, mapping: MappingFile, path: str) -> Place | None:
    """Return the place of a contract to which a path of a mapping leads."""
    try:
        steps = parse_path(path, mapping.source.kind, mapping.source.ns)
    except BadPath:
        return None
    place: Place | None = root
    for step in steps:
        place = below(place, step.name) if place is not None else None
    return place


def _add(place: Place, text: str, found: Examples) -> None:
    texts = found.setdefault(id(place), [])
    if text and text not in texts and len(texts) < MAX_TEXTS:
        texts.append(text)


def _xml(place: Place, element: Any, found: Examples) -> None:
    for name, value in element.attrib.items():
        if child := place.children.get(f"@{name}"):
            _add(child, value.strip(), found)
    if place.leaf is not None:
        _add(place, (element.text or "").strip(), found)
    for inner in element:
        if isinstance(inner.tag, str) and (child := place.children.get(inner.tag)):
            _xml(child, inner, found)


def _json(place: Place, value: Any, found: Examples, strange: Strange) -> None:
    if isinstance(value, list):
        for item in value:
            _json(place, item, found, strange)
    elif isinstance(value, dict):
        if place.leaf is not None and not place.children and value:
            strange.add((id(place), ""))
        for name, inner in value.items():
            if child := place.children.get(name):
                _json(child, inner, found, strange)
            elif not place.open:
                strange.add((id(place), name))
    elif value is not None:
        _add(place, plain_text(value).strip(), found)

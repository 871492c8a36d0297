"""All values of a document with their paths, and the same document with other values in their places."""

import copy
import re
from collections.abc import Callable
from typing import Any, Final

import msgspec
from lxml import etree

from hub_core.document import Document
from hub_core.mapping.compiled import CompiledMapping
from hub_core.mapping.language.paths import shown_key
from hub_core.mapping.reading.jsonplaces import plain_text

INDEX: Final = re.compile(r"\[\d+\]")
# A key that is no name: registers write days and numbers of persons there.
_TELLING_KEY: Final = re.compile(r"(?=.*\d)[\W\d_]{6,}|.*\d{9}.*", re.DOTALL)
_XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"


class Leaf(msgspec.Struct, frozen=True):
    """One value.

    Attributes:
        path: as readings show it.
        name: of the last step: key, tag, or ``@`` and the name of an attribute.
        text: as it stands there.
    """

    path: str
    name: str
    text: str


New = Callable[[Leaf], str]


def bare(document: Document) -> Document:
    """Return a document of its own, without comments and instructions: they hold whatever somebody wrote there."""
    root = copy.deepcopy(document.root)
    if document.kind == "xml":
        etree.strip_tags(root, etree.Comment, etree.ProcessingInstruction)
        root.tail = None
    return msgspec.structs.replace(document, root=root, message_id=None)


def replaced(
    mapping: CompiledMapping, document: Document, new: New, key: Callable[[str], str]
) -> tuple[Document, dict[str, str]]:
    """Return the document with new values, and the new path of each value whose path is another now.

    Args:
        mapping: the one that reads the document.
        document: stays as it is.
        new: gives the text for a value that is not blank.
        key: gives another name for a JSON key that is a number or a day.
    """
    paths: dict[str, str] = {}
    if document.kind == "xml":
        root = copy.deepcopy(document.root)
        _elements(mapping, document, root, new)
    else:
        root = _json(document.root, ("", ""), "", new, key, paths)
    return msgspec.structs.replace(document, root=root), paths


def _elements(mapping: CompiledMapping, document: Document, root: Any, new: New) -> None:
    place = mapping.places_of(document)
    for old, made in zip(document.root.iter(), root.iter(), strict=True):
        for name, text in old.attrib.items():
            if text.strip() and not name.startswith(_XSI):
                made.set(name, new(Leaf(place((old, name)), f"@{name}", text)))
        path = place((old, None))
        if old.text and old.text.strip():
            made.text = new(Leaf(path, old.tag, old.text))
        for child, made_child in zip(old, made, strict=True):
            if child.tail and child.tail.strip():
                made_child.tail = new(Leaf(path, old.tag, child.tail))


def _json(
    value: Any, at: tuple[str, str], name: str, new: New, key: Callable[[str], str], paths: dict[str, str]
) -> Any:
    """Return a value with other texts; ``at`` is its path, before and now."""
    if isinstance(value, dict):
        made = {}
        for old, inner in value.items():
            other = key(old) if _TELLING_KEY.fullmatch(old) else old
            below = tuple(
                f"{path}.{shown_key(one)}" if path else shown_key(one)
                for path, one in zip(at, (old, other), strict=True)
            )
            made[other] = _json(inner, (below[0], below[1]), old, new, key, paths)
        return made
    if isinstance(value, list):
        return [_json(one, (f"{at[0]}[{i}]", f"{at[1]}[{i}]"), name, new, key, paths) for i, one in enumerate(value)]
    paths[at[0]] = at[1]
    if isinstance(value, bool) or not (text := plain_text(value)):
        return value
    if isinstance(value, str):
        return new(Leaf(at[0], name, value))
    return _number(value, new(Leaf(at[0], name, text)))


def _number(value: float, text: str) -> int | float | str:
    """Return a number as JSON has it."""
    try:
        return type(value)(text)
    except (ValueError, OverflowError):
        return text

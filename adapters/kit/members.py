"""Places in documents of partners, JSON or XML, by the names that lead to them."""

from collections.abc import Mapping

from hub_core.document import Document


def at(document: Document, members: str) -> str | None:
    """Return the text at a place, such as ``MessageResponse.ResponseId``; ``None`` where there is no such place.

    A place that is there and says nothing (an empty element, ``null``) gives an empty text.
    In XML the names are local names of elements, the first that of the root itself or of one of its children; of
    repeated ones the first counts. In JSON they are members; numbers are told as they are written.
    """
    steps = members.split(".")
    return _in_xml(document, steps) if document.kind == "xml" else _in_json(document, steps)


def _in_xml(document: Document, steps: list[str]) -> str | None:
    node = document.root
    if node.tag.rpartition("}")[2] == steps[0]:
        steps = steps[1:]
    for step in steps:
        node = next((child for child in node.iterchildren("{*}" + step)), None)
        if node is None:
            return None
    return (node.text or "").strip()


def _in_json(document: Document, steps: list[str]) -> str | None:
    value = document.root
    for step in steps:
        if not isinstance(value, Mapping) or step not in value:
            return None
        value = value[step]
    if isinstance(value, bool) or not isinstance(value, str | int | None):
        return None
    return "" if value is None else str(value).strip()

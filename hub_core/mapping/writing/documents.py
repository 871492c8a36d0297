"""A filled tree as a document: bytes, and the same parsed."""

from typing import Any, Final

from lxml import etree

from hub_core.mapping.writing.outrun import Tree
from hub_core.mapping.writing.places import Where
from hub_core.mapping.writing.xmltext import XmlText

_DECLARATION: Final = "<?xml version='1.0' encoding='UTF-8'?>\n"


def element(name: str, tree: Tree, place: Where | None, prefixes: dict[str, str]) -> Any:
    """Return a tree as an element; see ``XmlText``.

    Raises:
        ValueError: a text holds characters that XML cannot (XML 1.0, 2.2).
    """
    return parsed(encoded(XmlText(name, place, prefixes).text(tree)))


def encoded(text: str) -> bytes:
    """Return the text of a document as bytes, in UTF-8 with declaration.

    Raises:
        ValueError: it holds half of a pair of surrogates.
    """
    return (_DECLARATION + text).encode()


def parsed(body: bytes) -> Any:
    """Return the root of a document of our own.

    Raises:
        ValueError: a text holds characters that XML cannot.
    """
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
    try:
        return etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError("characters that XML cannot hold") from error

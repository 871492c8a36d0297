"""A filled tree as the text of an XML document, in the order of the contract.

The text is put together directly: that takes a fraction of the time of building elements.
"""

import re
from typing import Any, Final

from hub_core.mapping.writing.outrun import OWN, Tree
from hub_core.mapping.writing.places import Where

_XML: Final = "http://www.w3.org/XML/1998/namespace"
_MARKUP: Final = re.compile("[&<>\r]").search
_QUOTED: Final = re.compile('[&<>"\t\n\r]').search
_CONTENT: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_ATTRIBUTE: Final = _CONTENT | str.maketrans({'"': "&quot;", "\t": "&#9;", "\n": "&#10;"})


class _Layout:
    """How what stands right below a place is written: attributes with the text before their values, then elements.

    ``order`` holds the elements of the contract, ``names`` all that it knows.
    """

    __slots__ = ("attributes", "elements", "names", "order")

    def __init__(self) -> None:
        self.attributes: dict[str, str] = {}
        self.elements: dict[str, _Element] = {}
        self.names: set[str] = {OWN}
        self.order: tuple[str, ...] = ()


class _Element:
    """One element: its tags, its place in the contract, and its layout, which is made when it is first written."""

    __slots__ = ("close", "layout", "place", "start")

    def __init__(self, start: str, close: str, place: Where | None) -> None:
        self.start = start
        self.close = close
        self.place = place
        self.layout: _Layout | None = None


class XmlText:
    """Writes documents of one root element.

    Args:
        name: of the root, as ``{namespace}local``.
        place: of the contract; ``None``: there is none, and what stands first in the tree comes first.
        prefixes: namespaces by prefix.
    """

    def __init__(self, name: str, place: Where | None, prefixes: dict[str, str]) -> None:
        self._prefixes = {uri: prefix for prefix, uri in reversed(prefixes.items()) if uri}
        self._root = self._element(name, place)
        self._root.start += "".join(f' xmlns:{prefix}="{_attribute(uri)}"' for uri, prefix in self._prefixes.items())

    def text(self, tree: Tree) -> str:
        """Return the document, without declaration."""
        parts: list[str] = []
        self._write(parts, self._root, tree)
        return "".join(parts)

    def _write(self, parts: list[str], one: _Element, tree: Any) -> None:
        if tree.__class__ is not dict:
            parts.append(f"{one.start}>{_content(tree)}{one.close}")
            return
        layout = one.layout or self._known(one)
        order = layout.order
        if not tree.keys() <= layout.names:
            order += self._others(layout, tree)
        parts.append(one.start)
        left = len(tree)
        for key, start in layout.attributes.items():
            if (text := tree.get(key)) is not None:
                parts.append(f'{start}{_attribute(text)}"')
                left -= 1
        if not left:
            parts.append("/>")
            return
        own = tree.get(OWN)
        parts.append(">" if own is None else f">{_content(own)}")
        for key in order:
            if (inner := tree.get(key)) is not None:
                for item in inner if inner.__class__ is list else (inner,):
                    self._write(parts, layout.elements[key], item)
        parts.append(one.close)

    def _others(self, layout: _Layout, tree: Tree) -> tuple[str, ...]:
        """Return the elements of a tree that the contract does not know, as they stand there."""
        others = [key for key in tree if key not in layout.names]
        for key in others:
            if key not in layout.elements and key not in layout.attributes:
                self._add(layout, key, None)
        return tuple(key for key in others if key in layout.elements)

    def _known(self, one: _Element) -> _Layout:
        layout = one.layout = _Layout()
        for key, place in ({} if one.place is None else one.place.children).items():
            self._add(layout, key, place)
        layout.order = tuple(layout.elements)
        layout.names |= layout.attributes.keys() | layout.elements.keys()
        return layout

    def _add(self, layout: _Layout, key: str, place: Where | None) -> None:
        if key.startswith("@"):
            name, declared = self._tag(key[1:], f"a{len(layout.attributes)}")
            layout.attributes[key] = f'{declared} {name}="'
        else:
            layout.elements[key] = self._element(key, place)

    def _element(self, name: str, place: Where | None) -> _Element:
        tag, declared = self._tag(name, "ns0")
        return _Element(f"<{tag}{declared}", f"</{tag}>", place)

    def _tag(self, name: str, other: str) -> tuple[str, str]:
        """Return a name with its prefix, and the declaration of another one where the mapping has none for it."""
        namespace, _, local = name.rpartition("}")
        namespace = namespace[1:]
        if not namespace:
            return local, ""
        if namespace == _XML:
            return f"xml:{local}", ""
        prefix = self._prefixes.get(namespace)
        if prefix is not None:
            return f"{prefix}:{local}", ""
        return f"{other}:{local}", f' xmlns:{other}="{_attribute(namespace)}"'


def _content(text: str) -> str:
    return text.translate(_CONTENT) if _MARKUP(text) else text


def _attribute(text: str) -> str:
    return text.translate(_ATTRIBUTE) if _QUOTED(text) else text

"""A filled tree as a document: an XML element in the order of the contract, or a JSON value."""

from typing import Any

from lxml import etree

from hub_core.mapping.out.outrun import OWN, Tree
from hub_core.mapping.out.places import Where


def element(name: str, tree: Tree, place: Where | None, prefixes: dict[str, str]) -> Any:
    """Return a tree as an element.

    Args:
        name: of the element, as ``{namespace}local``.
        tree: see ``outrun``.
        place: of the contract, which knows the order of what stands below.
        prefixes: namespaces by prefix.

    Raises:
        ValueError: a text holds characters that XML cannot (XML 1.0, 2.2).
    """
    root = etree.Element(name, nsmap={prefix: uri for prefix, uri in prefixes.items() if uri})
    _fill(root, tree, place)
    return root


def _fill(node: Any, tree: Any, place: Where | None) -> None:
    if tree.__class__ is not dict:
        node.text = tree
        return
    children = {} if place is None else place.children
    ranks = {key: number for number, key in enumerate(children)}
    for key in sorted(tree, key=lambda one: ranks.get(one, len(ranks))) if ranks else tree:
        value = tree[key]
        if key == OWN:
            node.text = value
        elif key.startswith("@"):
            node.set(key[1:], value)
        else:
            for one in value if value.__class__ is list else (value,):
                _fill(etree.SubElement(node, key), one, children.get(key))


def encoded(root: Any) -> bytes:
    """Return an element as bytes, in UTF-8 with declaration."""
    body: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return body

"""SOAP arrays as schemas see them: a sequence of ``item``.

A type that restricts ``soapenc:Array`` says what its items are in an attribute of WSDL, which no validator knows; its
particles are often missing. Source: WSDL 1.1, section 2.2; SOAP 1.1, section 5.4.2.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lxml import etree

from hub_core.contract.wsdl.documents import SchemaDoc
from hub_core.contract.wsdl.names import SOAP_ENCODING, Node, Unbound, W, X, qname

ARRAY: Final = f"{{{SOAP_ENCODING}}}Array"
_ANY: Final = f"{X}anyType"
_ITEM: Final = {"name": "item", "form": "unqualified", "minOccurs": "0", "maxOccurs": "unbounded", "nillable": "true"}


@dataclass(frozen=True)
class Array:
    """One array type.

    Attributes:
        node: its ``xs:complexType``.
        item: type of what it holds, ``{namespace}local``.
        brackets: one pair per dimension, as written.
    """

    node: Node
    item: str
    brackets: str


def of(doc: SchemaDoc) -> Iterator[Array]:
    """Yield the array types of a schema."""
    for node in doc.node.iter(f"{X}restriction", f"{X}extension"):
        content = node.getparent()
        kind = content.getparent() if content is not None else None
        if kind is not None and kind.tag == f"{X}complexType" and _name(node, node.get("base", "")) == ARRAY:
            yield Array(kind, *_items(node))


def _items(node: Node) -> tuple[str, str]:
    """Return the type of the items and the brackets behind it."""
    for attribute in node.iter(f"{X}attribute"):
        said = attribute.get(f"{W}arrayType")
        if said:
            name, bracket, rest = said.strip().partition("[")
            return _name(attribute, name) or _ANY, bracket + "".join(rest.split()) or "[]"
    for element in node.iter(f"{X}element"):
        if element.get("type"):
            return _name(element, element.get("type", "")) or _ANY, "[]"
    return _ANY, "[]"


def _name(node: Node, text: str) -> str:
    try:
        return qname(node, text)
    except Unbound:
        return ""


def fill(kind: Node, item: str, brackets: str) -> None:
    """Give a complex type a sequence of items, in place of what it says; arrays of arrays have arrays as items.

    Args:
        kind: the type.
        item: type of the items, with a prefix that is declared around it.
        brackets: one pair per dimension.
    """
    kept = {name: value for name in ("name", "abstract") if (value := kind.get(name))}
    kind.clear()
    kind.attrib.update(kept)
    levels = brackets.count("[")
    for level in range(levels):
        kind.set(f"{W}arrayType", item + "[]" * (levels - level))  # by this the encoding knows an array
        element = etree.SubElement(etree.SubElement(kind, f"{X}sequence"), f"{X}element", _ITEM)
        if level < levels - 1:
            kind = etree.SubElement(element, f"{X}complexType")
        else:
            element.set("type", item)

"""Values of an encoded body that stand elsewhere and are referred to, brought to where they belong.

Sources: SOAP 1.1 section 5.4.1, SOAP 1.2 part 2 section 3.1.5. Several references to one value multiply it, so what
comes out is bounded like a document that was received.
"""

from typing import Any, Final, cast

from lxml import etree

from adapters.soap.names import SOAP_12_ENCODING, SOAP_ENCODING
from hub_core.errors import Rejected
from hub_core.message import Finding, Severity
from hub_core.validation import Limits

MAX_CHARACTERS: Final = 20_000_000  # of all values together
_REF, _ID, _ROOT = f"{{{SOAP_12_ENCODING}}}ref", f"{{{SOAP_12_ENCODING}}}id", f"{{{SOAP_ENCODING}}}root"
_OWN: Final = frozenset({"id", "href", _REF, _ID, _ROOT})
_references: Final = etree.XPath("descendant::*[starts-with(@href, '#') or @e:ref]", namespaces={"e": SOAP_12_ENCODING})


def is_beside(child: etree._Element) -> bool:
    """Tell whether a child of a Body is no document but a value that others refer to."""
    return child.get(_ROOT) == "0" or (child.get("id") or child.get(_ID)) is not None


def gathered(body: etree._Element, document: etree._Element, *, limits: Limits | None = None) -> etree._Element:
    """Return the document of a Body with every value in its place; the same element if it refers to none.

    Raises:
        Rejected: V105, a reference leads nowhere, out of the message, or into itself; B107, too much comes out.
    """
    if not _references(document):
        return document
    return _Gathering(body, limits or Limits()).whole(document)


class _Gathering:
    """Copies one document."""

    def __init__(self, body: etree._Element, limits: Limits) -> None:
        self._limits = limits
        self._parts = 0
        self._characters = 0
        self._following: set[str] = set()
        self._targets: dict[str, etree._Element] = {}
        for element in body.iter(etree.Element):
            key = element.get("id") or element.get(_ID)
            if key and self._targets.setdefault(key, element) is not element:
                raise fault(element, "two values have one id")

    def whole(self, document: etree._Element) -> etree._Element:
        copy = etree.Element(document.tag, _told(document), nsmap=cast("Any", document.nsmap))
        self._inside(copy, document, 1)
        return copy

    def _value(self, parent: etree._Element, wire: etree._Element, depth: int) -> None:
        self._parts += 1
        if self._parts > self._limits.parts or depth > self._limits.depth:
            raise fault(wire, "too deep or too many values once references are followed", code="B107")
        key = _key(wire)
        if key is None:
            self._put(parent, wire, wire, depth)
            return
        target = self._targets.get(key)
        if target is None:
            raise fault(wire, "a reference leads to no value of this message")
        if key in self._following:
            raise fault(wire, "a value refers to itself")
        self._following.add(key)
        if _key(target) is None:
            self._put(parent, wire, target, depth)
        else:
            raise fault(wire, "a reference leads to another reference")
        self._following.discard(key)

    def _put(self, parent: etree._Element, wire: etree._Element, target: etree._Element, depth: int) -> None:
        # Names of types stand in values: what their prefixes mean must come along.
        copy = etree.SubElement(parent, wire.tag, _told(target) | _told(wire), nsmap=cast("Any", target.nsmap))
        copy.sourceline = line_of(target)
        self._inside(copy, target, depth)

    def _inside(self, copy: etree._Element, wire: etree._Element, depth: int) -> None:
        copy.text = wire.text
        self._characters += len(wire.text or "")
        if self._characters > MAX_CHARACTERS:
            raise fault(wire, "too many characters once references are followed", code="B107")
        for child in wire.iterchildren(etree.Element):
            self._value(copy, child, depth + 1)


def _told(wire: etree._Element) -> dict[str, str]:
    """Return the attributes that are no part of the referring."""
    return {str(name): str(value) for name, value in wire.attrib.items() if name not in _OWN}


def _key(wire: etree._Element) -> str | None:
    """Return the id of the value that is meant; ``None`` where it stands here."""
    href = wire.get("href")
    if href is None:
        return wire.get(_REF)
    if not href.startswith("#"):
        raise fault(wire, "a reference leads out of the message")
    return href[1:]


def line_of(element: etree._Element) -> Any:
    """Return the line of an element, 0 for one that was not read; its published type leaves the number out."""
    line: Any = element.sourceline
    return line or 0


def fault(element: etree._Element, text: str, *, code: str = "V105") -> Rejected:
    """Return the error for something in an encoded body, with its line."""
    line = line_of(element)
    finding = Finding(code=code, severity=Severity.ERROR, text=text, line=line)
    return Rejected(code, text, where=f"line {line}", findings=(finding,))

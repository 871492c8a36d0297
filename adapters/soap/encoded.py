"""The SOAP encoding: from a literal document to an encoded body, and back.

On the wire structs may come in any order, and every value may name its type. In the literal document each value stands
in the order of the schema, and names its type only where that is derived from the declared one. Arrays hold ``item``.

Sources: SOAP 1.1 section 5, SOAP 1.2 part 2 section 3; the habits of Apache Axis, .NET, PHP and SOAP::Lite.
"""

import re
from typing import Final

from lxml import etree

from adapters.soap.names import SOAP_11, SOAP_12, SOAP_12_ENCODING, SOAP_ENCODING, XSD, XSI
from adapters.soap.references import fault, line_of
from adapters.soap.shapes import ANY, ANY_SIMPLE, ANY_TYPE, ITEM, Field, Kind, Shape, Shapes, plain

_TYPE: Final = f"{{{XSI}}}type"
_NIL: Final = f"{{{XSI}}}nil"
_ENCODINGS: Final = (SOAP_ENCODING, SOAP_12_ENCODING)
_ARRAYS: Final = frozenset(f"{{{encoding}}}Array" for encoding in _ENCODINGS)
_QUALIFIED: Final = frozenset({f"{{{XSD}}}QName", f"{{{XSD}}}NOTATION"})
# Drafts of XML Schema that old stacks still write.
_INSTANCES: Final = (
    XSI,
    "http://www.w3.org/2000/10/XMLSchema-instance",
    "http://www.w3.org/1999/XMLSchema-instance",
)
_BASE64: Final = f"{{{XSD}}}base64Binary"
_SIZED: Final = re.compile(r"(?P<type>[^\[\]\s]+)(?P<nested>(?:\[,*\])*)\[(?P<size>[\d, ]*)\]")


class Encoded:
    """Reads and writes encoded bodies of one contract.

    Args:
        shapes: of its schema.
    """

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes

    def read(self, wire: etree._Element, name: str) -> etree._Element:
        """Return the literal document of a body element.

        Args:
            wire: with every value in its place (``references.gathered``).
            name: of the literal document; on the wire that of an answer carries no meaning.

        Raises:
            Rejected: V105, what is encoded cannot be read.
        """
        return _Reader(self._shapes).document(wire, self._shapes.element(name))

    def write(self, document: etree._Element, *, version: str = "1.1") -> etree._Element:
        """Return the body element that carries a valid literal document; it declares its encoding itself."""
        return _Writer(self._shapes, version).document(document)


class _Reader:
    """Reads one document whose values are all in their places."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes

    def document(self, wire: etree._Element, field: Field) -> etree._Element:
        document = etree.Element(field.name)
        document.sourceline = line_of(wire)
        self._content(document, wire, field.shape, depth=1)
        return document

    def _value(
        self, parent: etree._Element, wire: etree._Element, field: Field, *, depth: int, stated: str = ""
    ) -> None:
        """Add one value; ``stated`` is its type where it names none itself."""
        if _is_nil(wire):
            if field.nillable or not field.optional:
                value = etree.SubElement(parent, field.name)
                value.set(_NIL, "true")
                self._attributes(value, wire, field.shape)
            return
        shape, derived = self._typed(wire, field.shape, stated)
        declared = _prefix_in(wire, shape)
        if derived:
            namespace, local = _split(derived)
            value = etree.SubElement(parent, field.name, nsmap=declared | ({"t": namespace} if namespace else {}))
            value.set(_TYPE, f"t:{local}" if namespace else local)
        else:
            value = etree.SubElement(parent, field.name, nsmap=declared)
        value.sourceline = line_of(wire)
        self._content(value, wire, shape, depth=depth)

    def _content(self, value: etree._Element, wire: etree._Element, shape: Shape, *, depth: int) -> None:
        self._attributes(value, wire, shape)
        if shape.kind is Kind.ARRAY or (shape.kind is Kind.ANY and _is_array(wire)):
            self._items(value, wire, shape, depth)
        elif shape.kind is Kind.SIMPLE or len(wire) == 0:
            if len(wire):
                raise fault(wire, "a simple value holds an element")
            value.text = wire.text
        else:
            self._struct(value, wire, shape, depth)

    def _attributes(self, value: etree._Element, wire: etree._Element, shape: Shape) -> None:
        for key, told in wire.attrib.items():
            name = str(key)
            if name in shape.attributes or (None in shape.attributes and name.startswith("{") and not _ours(name)):
                value.set(name, told)

    def _struct(self, value: etree._Element, wire: etree._Element, shape: Shape, depth: int) -> None:
        children = list(wire.iterchildren(etree.Element))
        known = [(shape.fields.get(_split(child.tag)[1]), child) for child in children]
        if len(shape.fields) == len(known) == 1 and known[0][0] is None and not shape.open:
            # SOAP 1.1 section 7.1: the name of the one value that a procedure returns carries no meaning.
            known = [(next(iter(shape.fields.values())), children[0])] if depth == 1 else known
        if shape.ordered:
            known.sort(key=lambda one: one[0].place if one[0] else len(shape.fields))
        for field, child in known:
            self._value(
                value, child, field or Field(child.tag, ANY, nillable=True, optional=True, place=0), depth=depth + 1
            )

    def _items(self, value: etree._Element, wire: etree._Element, shape: Shape, depth: int) -> None:
        stated = self._stated(wire)
        field = shape.item if shape.kind is Kind.ARRAY else Field(ITEM, ANY, nillable=True, optional=True, place=0)
        for number, item in enumerate(wire.iterchildren(etree.Element)):
            position = _encoding(item, "position")
            if position is not None and position.strip("[] ") != str(number):
                raise fault(item, "an array leaves items out; send all of them")
            self._value(value, item, field, depth=depth + 1, stated=stated)

    def _stated(self, wire: etree._Element) -> str:
        """Return the type of items that an array states; empty where that says nothing new."""
        if (_encoding(wire, "offset") or "[0]").strip("[] ") != "0":
            raise fault(wire, "an array leaves items out; send all of them")
        size = wire.get(f"{{{SOAP_12_ENCODING}}}arraySize")
        if size is not None and len(size.split()) > 1:
            raise fault(wire, "an array has several dimensions")
        stated = _encoding(wire, "arrayType")
        if stated is None:
            return _resolved(wire, wire.get(f"{{{SOAP_12_ENCODING}}}itemType"))
        sized = _SIZED.fullmatch(stated.strip())
        if sized is None:
            raise fault(wire, "the type of an array cannot be read")
        if "," in sized["size"] + sized["nested"]:
            raise fault(wire, "an array has several dimensions")
        return "" if sized["nested"] else _resolved(wire, sized["type"])

    def _typed(self, wire: etree._Element, declared: Shape, stated: str) -> tuple[Shape, str]:
        """Return the shape of a value, and its type where the literal document must name it.

        A type that is not derived from the declared one is what stacks guess that know no contract: it says nothing.
        """
        told = next((told for instance in _INSTANCES if (told := wire.get(f"{{{instance}}}type"))), None)
        name = plain(_resolved(wire, told) or stated)
        if not name or name == declared.name or name in _ARRAYS:
            return declared, ""
        if (
            name == _BASE64
            and declared.kind is Kind.SIMPLE
            and _BASE64 not in declared.bases
            and declared.name != ANY_SIMPLE
        ):
            # SOAP::Lite writes so what is not ASCII and not told to be a string: no guess, the text is another one.
            raise fault(wire, "a text came as base64Binary; send it as the string that it is")
        shape = self._shapes.type(name)
        if shape is None or not (declared.kind is Kind.ANY or (declared.name and declared.name in shape.bases)):
            return declared, ""
        return shape, name


class _Writer:
    """Writes one body."""

    def __init__(self, shapes: Shapes, version: str) -> None:
        self._shapes = shapes
        self._soap = SOAP_12 if version == "1.2" else SOAP_11
        self._encoding = SOAP_12_ENCODING if version == "1.2" else SOAP_ENCODING

    def document(self, document: etree._Element) -> etree._Element:
        declared = {prefix: namespace for namespace, prefix in self._shapes.prefixes.items()}
        nsmap = declared | {"xsi": XSI, "soapenc": self._encoding}
        wire = etree.Element(document.tag, nsmap=nsmap)
        wire.set(f"{{{self._soap}}}encodingStyle", self._encoding)
        self._content(wire, document, self._shapes.element(document.tag).shape)
        return wire

    def _value(self, parent: etree._Element, value: etree._Element, shape: Shape) -> None:
        told = _resolved(value, value.get(_TYPE))
        if told:
            shape = self._shapes.type(told) or shape
        wire = etree.SubElement(parent, value.tag, nsmap=_prefix_in(value, shape))
        if value.get(_NIL) in ("true", "1"):
            wire.set(_NIL, "true")
            self._attributes(wire, value)
            return
        if shape.kind is Kind.ARRAY:
            self._sized(wire, shape, len(value))
        elif shape.name and (told or shape.name not in (ANY_TYPE, ANY_SIMPLE)):
            wire.set(_TYPE, self._shapes.prefixed(shape.name))
        self._content(wire, value, shape)

    def _sized(self, wire: etree._Element, shape: Shape, size: int) -> None:
        stated = shape.item.shape.stated
        name = stated.rstrip("[]")
        written = self._shapes.prefixed(name)
        if self._encoding == SOAP_12_ENCODING:
            if name == stated:  # SOAP 1.2 has no name for an array without one
                wire.set(f"{{{self._encoding}}}itemType", written)
            wire.set(f"{{{self._encoding}}}arraySize", str(size))
        else:
            wire.set(_TYPE, "soapenc:Array")
            wire.set(f"{{{self._encoding}}}arrayType", f"{written}{stated[len(name) :]}[{size}]")

    def _attributes(self, wire: etree._Element, value: etree._Element) -> None:
        for name, told in value.attrib.items():
            if name not in (_TYPE, _NIL):
                wire.set(name, told)

    def _content(self, wire: etree._Element, value: etree._Element, shape: Shape) -> None:
        self._attributes(wire, value)
        if len(value) == 0:
            wire.text = value.text
        for child in value.iterchildren(etree.Element):
            field = shape.fields.get(_split(child.tag)[1])
            self._value(wire, child, field.shape if field else ANY)


def _ours(name: str) -> bool:
    """Tell whether an attribute belongs to the encoding, not to the value."""
    return name[1:].startswith((SOAP_ENCODING, SOAP_12_ENCODING, SOAP_11, SOAP_12, *_INSTANCES))


def _is_nil(wire: etree._Element) -> bool:
    for instance in _INSTANCES:
        told = wire.get(f"{{{instance}}}nil") or wire.get(f"{{{instance}}}null")
        if told is not None:
            return told.strip() in ("true", "1")
    return False


def _is_array(wire: etree._Element) -> bool:
    if _encoding(wire, "arrayType") is not None or wire.get(f"{{{SOAP_12_ENCODING}}}itemType") is not None:
        return True
    return any(_resolved(wire, wire.get(f"{{{instance}}}type")) in _ARRAYS for instance in _INSTANCES)


def _prefix_in(value: etree._Element, shape: Shape) -> dict[str, str]:
    """Return the prefix that the text of a value uses, where it is a qualified name, with what it means there."""
    if not shape.bases & _QUALIFIED:
        return {}
    prefix = (value.text or "").strip().rpartition(":")[0]
    namespace = value.nsmap.get(prefix)
    return {prefix: namespace} if namespace else {}


def _encoding(wire: etree._Element, name: str) -> str | None:
    """Return an attribute of the encoding of SOAP 1.1."""
    told: str | None = wire.get(f"{{{SOAP_ENCODING}}}{name}")
    return told


def _resolved(element: etree._Element, told: str | None) -> str:
    """Return ``{namespace}local`` of a qualified name in a value; empty where there is none."""
    if not told:
        return ""
    prefix, _, local = told.strip().rpartition(":")
    namespace = element.nsmap.get(prefix or None)
    if prefix and namespace is None:
        raise fault(element, "a type has a prefix that stands for nothing")
    return f"{{{namespace}}}{local}" if namespace else local


def _split(name: str) -> tuple[str, str]:
    namespace, _, local = name.rpartition("}")
    return namespace[1:], local

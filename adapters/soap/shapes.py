"""What a schema says about each value of a literal document, compiled once for the SOAP encoding.

The schema is the rewritten one of a contract: an array type is a sequence of ``item`` whose ``complexType`` carries
the attribute ``wsdl:arrayType``.
"""

from collections.abc import Iterator
from enum import Enum
from typing import Any, Final

from adapters.soap.names import SOAP_12_ENCODING, SOAP_ENCODING, WSDL, XML, XSD, XSI

ANY_TYPE: Final = f"{{{XSD}}}anyType"
ANY_SIMPLE: Final = f"{{{XSD}}}anySimpleType"
ARRAY_TYPE: Final = f"{{{WSDL}}}arrayType"
ITEM: Final = "item"
_ENCODINGS: Final = (f"{{{SOAP_ENCODING}}}", f"{{{SOAP_12_ENCODING}}}")


class Kind(Enum):
    """How a value is built."""

    SIMPLE = "simple"
    STRUCT = "struct"
    ARRAY = "array"
    ANY = "any"


class Shape:
    """One type.

    Attributes:
        name: ``{namespace}local``; of an anonymous simple type the nearest named one, else empty.
        bases: names of the types that it is derived from, itself included.
        fields: its elements by local name, in the order of the schema.
        ordered: each element has one place, so that a struct can be brought into order; in ``xs:all`` none has.
        attributes: that it declares; ``None`` among them: any of other namespaces.
        open: it takes elements that it does not name.
    """

    __slots__ = ("attributes", "bases", "fields", "kind", "name", "open", "ordered")

    def __init__(self, kind: Kind, name: str = "", bases: frozenset[str] = frozenset()) -> None:
        self.kind = kind
        self.name = name
        self.bases = bases
        self.fields: dict[str, Field] = {}
        self.ordered = True
        self.attributes: frozenset[str | None] = frozenset()
        self.open = kind is Kind.ANY

    @property
    def item(self) -> "Field":
        """What an array holds."""
        return self.fields[ITEM]

    @property
    def stated(self) -> str:
        """The type as ``soapenc:arrayType`` names it for the items of an array, with brackets if they are arrays."""
        return f"{self.item.shape.stated}[]" if self.kind is Kind.ARRAY and not self.name else self.name or ANY_TYPE


ANY: Final = Shape(Kind.ANY, ANY_TYPE, frozenset({ANY_TYPE}))


class Field:
    """One element inside a type; ``place`` is where it stands in the order of the schema."""

    __slots__ = ("name", "nillable", "optional", "place", "shape")

    def __init__(self, name: str, shape: Shape, *, nillable: bool, optional: bool, place: int) -> None:
        self.name = name
        self.shape = shape
        self.nillable = nillable
        self.optional = optional
        self.place = place


class Shapes:
    """The types of one schema, compiled when they are first needed.

    Args:
        schema: an ``xmlschema.XMLSchema``.

    Attributes:
        prefixes: by namespace.
    """

    def __init__(self, schema: Any) -> None:
        self._schema = schema
        self._of: dict[int, Shape] = {}
        self._elements: dict[str, Field] = {}
        self._types: dict[str, Shape | None] = {}
        namespaces = sorted({XSD, *schema.maps.namespaces} - {"", XML, XSI})
        self.prefixes: Final = {name: "xsd" if name == XSD else f"n{number}" for number, name in enumerate(namespaces)}

    def element(self, name: str) -> Field:
        """Return a global element; raises KeyError."""
        found = self._elements.get(name)
        if found is None:
            found = self._elements[name] = self._field(self._schema.maps.elements[name], 0)
        return found

    def type(self, name: str) -> Shape | None:
        """Return a type by name; the simple types of the encoding are those of XML Schema.  ``None``: no such type."""
        name = plain(name)
        if name not in self._types:
            found = self._schema.maps.types.get(name)
            self._types[name] = None if found is None else self._shape(found)
        return self._types[name]

    def prefixed(self, name: str) -> str:
        """Return a name of the schema with the prefix that an encoded body declares."""
        namespace, _, local = name.rpartition("}")
        return f"{self.prefixes[namespace[1:]]}:{local}" if namespace else local

    def _field(self, element: Any, place: int) -> Field:
        return Field(
            element.name,
            self._shape(element.type),
            nillable=bool(element.nillable),
            optional=element.min_occurs == 0,
            place=place,
        )

    def _shape(self, kind: Any) -> Shape:
        shape = self._of.get(id(kind))
        if shape is None:
            shape = self._of[id(kind)] = self._begun(kind)
            if shape.kind in (Kind.STRUCT, Kind.ARRAY):
                self._fill(shape, kind)
        return shape

    def _begun(self, kind: Any) -> Shape:
        """Return a shape without its elements: a type may hold itself."""
        named = list(_named(kind))
        if kind.name == ANY_TYPE:
            return ANY
        if kind.is_simple() or kind.has_simple_content():
            shape = Shape(Kind.SIMPLE, plain(named[0]) if named else ANY_SIMPLE, frozenset(map(plain, named)))
        else:
            array = kind.elem is not None and kind.elem.get(ARRAY_TYPE) is not None
            shape = Shape(Kind.ARRAY if array else Kind.STRUCT, kind.name or "", frozenset(named))
        if not kind.is_simple():
            shape.attributes = frozenset(name for name in kind.attributes if not (name or "").startswith(_ENCODINGS))
        return shape

    def _fill(self, shape: Shape, kind: Any) -> None:
        for place, part in enumerate(kind.content.iter_elements()):
            if part.name is None:
                shape.open = True
                continue
            shape.ordered = shape.ordered and part.local_name not in shape.fields
            shape.fields.setdefault(part.local_name, self._field(part, place))
        free = kind.content.model == "all" or shape.open or _repeated(kind.content)
        shape.ordered = shape.ordered and not free


def plain(name: str) -> str:
    """Return the type of XML Schema that a simple type of the encoding stands for.

    >>> plain("{http://schemas.xmlsoap.org/soap/encoding/}base64")
    '{http://www.w3.org/2001/XMLSchema}base64Binary'
    """
    for encoding in _ENCODINGS:
        if name.startswith(encoding) and not name.endswith(("}Array", "}Struct")):
            local = name[len(encoding) :]
            return f"{{{XSD}}}{'base64Binary' if local == 'base64' else local}"
    return name


def _named(kind: Any) -> Iterator[str]:
    """Yield the names of a type and of those that it is derived from, the nearest first."""
    while kind is not None:
        if kind.name:
            yield kind.name
        kind = kind.base_type


def _repeated(group: Any) -> bool:
    """Tell whether a group, or one inside it, may come several times: its elements then have no fixed order."""
    if group.max_occurs != 1:
        return True
    return any(_repeated(part) for part in group if hasattr(part, "model"))

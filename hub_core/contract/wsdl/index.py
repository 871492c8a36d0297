"""What the schemas of a contract declare, by name, and what each qualified name in them means."""

from collections.abc import Iterator, Sequence
from typing import Final

from hub_core.contract.wsdl.documents import QNAMES, SchemaDoc, references
from hub_core.contract.wsdl.findings import Findings
from hub_core.contract.wsdl.names import XSD, Node, Unbound, X, full, qname, split, tag
from hub_core.validation.catalogue import STANDARDS

SPACES: Final = {
    "element": "element",
    "attribute": "attribute",
    "complexType": "type",
    "simpleType": "type",
    "group": "group",
    "attributeGroup": "attributeGroup",
}
BUILTIN: Final = frozenset(
    [
        "anyType",
        "anySimpleType",
        "string",
        "normalizedString",
        "token",
        "language",
        "Name",
        "NCName",
        "NMTOKEN",
        "NMTOKENS",
        "ID",
        "IDREF",
        "IDREFS",
        "ENTITY",
        "ENTITIES",
        "integer",
        "nonPositiveInteger",
        "negativeInteger",
        "nonNegativeInteger",
        "positiveInteger",
        "long",
        "int",
        "short",
        "byte",
        "unsignedLong",
        "unsignedInt",
        "unsignedShort",
        "unsignedByte",
        "decimal",
        "float",
        "double",
        "boolean",
        "duration",
        "dateTime",
        "date",
        "time",
        "gYearMonth",
        "gYear",
        "gMonthDay",
        "gDay",
        "gMonth",
        "hexBinary",
        "base64Binary",
        "anyURI",
        "QName",
        "NOTATION",
    ]
)
# What drafts of XML Schema, and stacks by mistake, call a type of it.
_RENAMED: Final = {
    "timeInstant": "dateTime",
    "timeDuration": "duration",
    "uriReference": "anyURI",
    "month": "gYearMonth",
    "year": "gYear",
    "ur-type": "anyType",
    "any": "anyType",
}
_BY_ATTRIBUTE: Final = {"substitutionGroup": "element", "refer": "identity"}

_STANDARD_FILES: Final = frozenset(STANDARDS.values())

Place = tuple[SchemaDoc, Node]


class Index:
    """The global components of some schemas.

    Attributes:
        declared: where each stands, by space and ``{namespace}local``.
        repeated: components that stand a second time with the same content.
    """

    def __init__(self, docs: Sequence[SchemaDoc], findings: Findings) -> None:
        self.docs = docs
        self.findings = findings
        self.declared: dict[tuple[str, str], Place] = {}
        self.repeated: set[Node] = set()
        self._local: dict[tuple[str, str], list[str]] = {}
        for doc in sorted(docs, key=is_standard):
            self.add(doc)

    def add(self, doc: SchemaDoc) -> None:
        """Take the components of a schema in; one that is declared differently elsewhere is an error."""
        repeated = []
        for node in _components(doc):
            space = SPACES.get(split(tag(node))[1]) if tag(node).startswith(X) else None
            if space is None or not node.get("name"):
                continue
            key = (space, full(doc.namespace, node.get("name", "").strip()))
            first = self.declared.setdefault(key, (doc, node))
            if first[1] is node and first[0] is doc:
                if not is_standard(doc):
                    self._local.setdefault((space, split(key[1])[1]), []).append(key[1])
                continue
            if doc.hidden:
                continue  # this one is what another schema redefines
            if is_standard(doc) or _shape(*first) == _shape(doc, node):
                repeated.append((first, node))
            else:
                there = "{}:{}".format(*first[0].at(first[1]))
                text = f"{space} {key[1]} is declared twice, and differently: also at {there}"
                self.findings.error("V506", doc.at(node), text, "keep one of the two")
        if repeated and is_standard(doc):
            self.repeated |= {node for _, node in repeated}
        elif repeated:
            self.repeated |= {node for _, node in repeated}
            other, node = repeated[0][0][0].file, repeated[0][1]
            text = f"{len(repeated)} declarations stand in {other} as well, with the same content; read once"
            self.findings.info("V523", doc.at(node), text)

    def has(self, space: str, name: str) -> bool:
        """Tell whether something is declared."""
        namespace, local = split(name)
        if namespace == XSD:
            return space == "type" and local in BUILTIN
        return (space, name) in self.declared

    def found(self, space: str, name: str, around: str) -> str | None:
        """Return what is declared that a name means; ``None``: nothing.

        Prefixes are often forgotten or mistaken: else it is what is so called in the namespace around it, else the only
        thing of the contract that is so called.
        """
        if self.has(space, name):
            return name
        namespace, local = split(name)
        if space == "type" and namespace == XSD and local in _RENAMED:
            return f"{X}{_RENAMED[local]}"
        if self.has(space, own := full(around, local)):
            return own
        others = self._local.get((space, local), [])
        return others[0] if len(others) == 1 else None

    def meant(self, doc: SchemaDoc, node: Node, text: str) -> str:
        """Return ``{namespace}local`` of a qualified name in a schema.

        Raises:
            Unbound: its prefix is not declared.
        """
        return _meant(doc, node, text)

    def resolve(self, doc: SchemaDoc) -> Iterator[tuple[Node, str, str, str]]:
        """Yield every reference of a schema: node, attribute, name as written, and what it means.

        What means nothing is an error, unless it is plain what was meant (``found``).
        """
        for node, attribute, text in references(doc.node):
            space = self.space(node, attribute)
            if space == "identity":
                continue
            try:
                name = _meant(doc, node, text)
            except Unbound as fault:
                self.findings.error("V505", doc.at(node), f"the prefix {fault} of {text} is not declared")
                continue
            found = name if _is_schema_of_schemas(node, name) else self.found(space, name, doc.namespace)
            if found is None:
                self.findings.error("V505", doc.at(node), f"{space} {name} is declared nowhere", "declare or import it")
                continue
            if found != name:
                said = f"{text} means {name}, which is nowhere; {found} is used"
                self.findings.warning("V534", doc.at(node), said, "write it with the prefix of its namespace")
            yield node, attribute, text, found

    def space(self, node: Node, attribute: str) -> str:
        """Return in which space the name in an attribute is looked up."""
        if attribute == "ref":
            return SPACES.get(split(tag(node))[1], "element")
        return _BY_ATTRIBUTE.get(attribute, "type")


def _components(doc: SchemaDoc) -> Iterator[Node]:
    """Yield what stands right below a schema, and what it redefines."""
    for node in doc.node:
        yield from node if node in doc.redefined else (node,)


def is_standard(doc: SchemaDoc) -> bool:
    """Tell whether a schema is of the catalogue: what a contract declares itself goes before it."""
    return doc.path in _STANDARD_FILES


def _is_schema_of_schemas(node: Node, name: str) -> bool:
    """Tell whether a reference is to ``xs:schema``, as .NET writes it for a DataSet."""
    return node.get("ref") is not None and name == f"{X}schema"


def _meant(doc: SchemaDoc, node: Node, text: str) -> str:
    name = qname(node, text)
    if doc.namespace and not name.startswith("{") and not doc.node.get("targetNamespace"):
        return full(doc.namespace, name)  # a schema without namespace takes that of its includer
    return name


def _shape(doc: SchemaDoc, node: Node) -> object:
    """Return a value that two declarations share if they say the same, however it is written."""
    forms = tuple(doc.node.get(name, "unqualified") for name in ("elementFormDefault", "attributeFormDefault"))
    return forms, _inner_shape(doc, node)


def _inner_shape(doc: SchemaDoc, node: Node) -> object:
    attributes = []
    for name, value in node.items():
        said: object = " ".join(value.split())
        if name in QNAMES or name == "memberTypes":
            try:
                said = tuple(_meant(doc, node, text) for text in value.split())
            except Unbound:
                said = value
        if not name.startswith("{") and name != "id":
            attributes.append((name, said))
    defaults = {("minOccurs", "1"), ("maxOccurs", "1"), ("nillable", "false"), ("abstract", "false")}
    children = [child for child in node if tag(child).startswith(X) and tag(child) != f"{X}annotation"]
    return (
        tag(node),
        tuple(sorted((one for one in attributes if one not in defaults), key=lambda one: one[0])),
        tuple(_inner_shape(doc, child) for child in children),
    )


def imports_of(names: Sequence[str], own: str) -> set[str]:
    """Return the namespaces that a schema must import to use some names."""
    return {split(name)[0] for name in names} - {own, XSD}

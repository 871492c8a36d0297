"""Faults of schemas that agencies publish and most stacks overlook: mended in the copy, each with a finding.

What a mend lets through was meant by the author or harms nobody; what no validator takes as it is written, is read as
most stacks write it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from lxml import etree

from hub_core.contract.wsdl.documents import SchemaDoc
from hub_core.contract.wsdl.findings import Findings
from hub_core.contract.wsdl.names import XSD, Node, X, split, tag

_OCCURS: Final = frozenset({"minOccurs", "maxOccurs"})
_ELEMENT: Final = _OCCURS | {
    *("id", "name", "ref", "type", "default", "fixed", "nillable", "abstract", "final", "block", "form"),
    "substitutionGroup",
}
_ALLOWED: Final[Mapping[str, frozenset[str]]] = {
    "element": _ELEMENT,
    "sequence": _OCCURS | {"id"},
    "choice": _OCCURS | {"id"},
    "complexType": frozenset({"id", "name", "abstract", "mixed", "final", "block"}),
    "simpleType": frozenset({"id", "name", "final"}),
    "attribute": frozenset({"id", "name", "ref", "type", "use", "default", "fixed", "form"}),
    "restriction": frozenset({"id", "base"}),
    "extension": frozenset({"id", "base"}),
}
_ATTRIBUTES: Final = (f"{X}attribute", f"{X}attributeGroup", f"{X}anyAttribute")
_PARTICLES: Final = (f"{X}sequence", f"{X}choice", f"{X}all", f"{X}group")
_HOLDERS: Final = (f"{X}complexType", f"{X}extension", f"{X}restriction")


def mend(doc: SchemaDoc, twin: Mapping[Node, Node], findings: Findings) -> None:
    """Mend the copy of a schema.

    Args:
        doc: as it was written.
        twin: the element of the copy for each of its elements.
        findings: told of every mend.
    """
    extensions = list(_extensions(doc))
    for node in _derived_alls(extensions):
        twin[node].tag = f"{X}sequence"
        text = "xs:all in a type that is extended or extends another; held to be in the order that is written"
        findings.warning("V537", doc.at(node), text, "mend the schema")
    for node in _greedy(doc, extensions):
        twin[node].set("namespace", "##other")
        text = "xs:any may take the element that follows; held to be for other namespaces"
        findings.warning("V537", doc.at(node), text, "mend the schema")
    for node, copy in twin.items():
        if not tag(node).startswith(X):
            continue
        for one in _MENDS:
            for text in one(node, copy):
                findings.warning("V537", doc.at(node), text, "mend the schema")


def _extensions(doc: SchemaDoc) -> Iterator[tuple[Node, Node]]:
    """Yield each ``xs:extension`` that adds elements to a type of the same schema, and that type."""
    kinds = {kind.get("name"): kind for kind in doc.node.iter(f"{X}complexType") if kind.get("name")}
    for one in doc.node.iter(f"{X}extension"):
        prefix, _, name = one.get("base", "").strip().rpartition(":")
        own = one.nsmap.get(prefix or None, "") == doc.namespace
        if own and name in kinds and any(tag(child) in _PARTICLES for child in one):
            yield one, kinds[name]


def _derived_alls(extensions: Sequence[tuple[Node, Node]]) -> Iterator[Node]:
    """Yield each ``xs:all`` of a type that is extended or extends another: XML Schema 1.0 knows no order for both."""
    for one, base in extensions:
        alls = [*base.findall(f"{X}all"), *base.findall(f"{X}complexContent/{X}extension/{X}all")]
        yield from alls
        if alls or next(base.iter(f"{X}sequence", f"{X}choice", f"{X}group"), None) is not None:
            yield from one.findall(f"{X}all")


def _greedy(doc: SchemaDoc, extensions: Sequence[tuple[Node, Node]]) -> Iterator[Node]:
    """Yield each wildcard that may take what has to stand behind it: libxml2 lets it, and misses the element then."""
    extended = {base for _, base in extensions}
    for sequence in doc.node.iter(f"{X}sequence"):
        kind = sequence.getparent() if tag(sequence.getparent()) == f"{X}complexType" else _kind_around(sequence)
        followed = kind in extended
        for child in reversed(sequence):
            if tag(child) == f"{X}any" and followed and _is_greedy(child):
                yield child
            followed = followed or tag(child) in {f"{X}element", *_PARTICLES}


def _kind_around(sequence: Node) -> Node | None:
    """Return the type that a sequence is all of, below ``xs:extension``."""
    extension = sequence.getparent()
    return extension.getparent().getparent() if tag(extension) == f"{X}extension" else None


def _is_greedy(wildcard: Node) -> bool:
    varies: bool = wildcard.get("minOccurs", "1") != wildcard.get("maxOccurs", "1")
    return varies and wildcard.get("namespace", "##any").strip() == "##any"


def _global_occurrence(node: Node, copy: Node) -> Iterator[str]:
    """An element that is declared globally stands once; how often it may stand is said where it is used."""
    if tag(node) == f"{X}element" and tag(node.getparent()) == f"{X}schema":
        for name in _OCCURS & set(node.keys()):
            del copy.attrib[name]
            yield f"{name} says nothing at a global element; overlooked"


def _unknown_attributes(node: Node, copy: Node) -> Iterator[str]:
    kind = split(tag(node))[1]
    allowed = _ALLOWED.get(kind)
    for name in node.keys():  # noqa: SIM118 - an element of lxml walks through its children
        if allowed is not None and name not in allowed and not name.startswith("{"):
            del copy.attrib[name]
            yield f"XML Schema knows no attribute {name} of xs:{kind}; overlooked"


def _any_number(node: Node, copy: Node) -> Iterator[str]:
    """Drafts of XML Schema write ``*`` for unbounded."""
    if node.get("maxOccurs") == "*":
        copy.set("maxOccurs", "unbounded")
        yield 'maxOccurs="*" is of a draft of XML Schema; read as unbounded'


def _required_default(node: Node, copy: Node) -> Iterator[str]:
    if tag(node) == f"{X}attribute" and node.get("use") == "required" and node.get("default") is not None:
        del copy.attrib["default"]
        yield "an attribute that is required has a default; overlooked"


def _name_and_reference(node: Node, copy: Node) -> Iterator[str]:
    if tag(node) == f"{X}element" and node.get("ref") and node.get("name") and tag(node.getparent()) != f"{X}schema":
        for name in {"name", "type", "nillable"} & set(node.keys()):
            del copy.attrib[name]
        yield "an element has a name beside a reference; overlooked"


def _repeated_in_all(node: Node, copy: Node) -> Iterator[str]:
    """XML Schema 1.0 lets nothing stand twice in ``xs:all``; what is meant is any number in any order."""
    if tag(node) == f"{X}all" and any(child.get("maxOccurs", "1") not in {"0", "1"} for child in node):
        copy.tag = f"{X}choice"
        copy.set("minOccurs", "0")
        copy.set("maxOccurs", "unbounded")
        yield "xs:all holds something more than once; held to be any number of each, in any order"


def _attributes_first(node: Node, copy: Node) -> Iterator[str]:
    if tag(node) not in _HOLDERS:
        return
    attributes = [child for child in copy if tag(child) in _ATTRIBUTES]
    particles = [child for child in copy if tag(child) in _PARTICLES]
    if attributes and particles and copy.index(attributes[0]) < copy.index(particles[-1]):
        for child in attributes:
            copy.append(child)
        yield "attributes are declared before elements; read as if after"


def _pattern(node: Node, copy: Node) -> Iterator[str]:
    if tag(node) == f"{X}pattern" and not _is_pattern(node.get("value", "")):
        copy.getparent().remove(copy)
        yield "the pattern is no regular expression of XML Schema; overlooked"


def _is_pattern(text: str) -> bool:
    """Tell whether one of the two validators takes a pattern; libxml2 is asked first, as it is here already."""
    schema = etree.Element(f"{X}schema", nsmap={"xs": XSD})
    kind = etree.SubElement(etree.SubElement(schema, f"{X}simpleType", name="p"), f"{X}restriction", base="xs:string")
    etree.SubElement(kind, f"{X}pattern", value=text)
    try:
        etree.XMLSchema(schema)
    except etree.XMLSchemaParseError:
        from elementpath.regex import RegexError, translate_pattern  # a part of xmlschema that takes 0.3 s to load

        try:
            translate_pattern(text, back_references=False, lazy_quantifiers=False, anchors=False)
        except RegexError:
            return False
    return True


_MENDS: Final[tuple[Callable[[Node, Node], Iterator[str]], ...]] = (
    _global_occurrence,
    _unknown_attributes,
    _any_number,
    _required_default,
    _name_and_reference,
    _repeated_in_all,
    _attributes_first,
    _pattern,
)

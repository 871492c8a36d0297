"""Changes of contracts, made by operators, each with what it does to partners; the truth stands here, not in the code.

An operator changes one thing of a contract that lies in a folder. Whether it breaks somebody depends on where it
happened: a ``Truth`` says it for who writes such a document and for who reads one.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from lxml import etree

X = "{http://www.w3.org/2001/XMLSchema}"
W = "{http://schemas.xmlsoap.org/wsdl/}"
PARTICLES = (f"{X}sequence", f"{X}choice", f"{X}all")
Node = Any


class Truth(NamedTuple):
    kind: str  # as the classification names it
    writers: bool  # who writes such documents has to change something
    readers: bool  # who reads them has


class Operator(NamedTuple):
    truth: Truth
    fits: Callable[[Node], bool]
    change: Callable[[Node], None]


def _typed(node: Node, *kinds: str) -> bool:
    return (node.get("type") or "").rpartition(":")[2] in kinds and node.get("name") is not None


def _prefix(node: Node) -> str:
    return next(prefix for prefix, uri in node.nsmap.items() if prefix and uri == X[1:-1])


def _in(kind: str) -> Callable[[Node], bool]:
    return lambda node: node.tag == f"{X}element" and node.getparent().tag == f"{X}{kind}"


def _alone(node: Node) -> bool:
    """In a sequence that stands once itself, so that only the element says how often it stands."""
    group = node.getparent()
    return _in("sequence")(node) and not (group.keys() or group.getparent().tag in PARTICLES)


def setting(**values: str) -> Callable[[Node], None]:
    return lambda node: node.attrib.update(values)


def _new(node: Node, **more: str) -> Node:
    return node.makeelement(f"{X}element", {"name": "seededNew", "type": f"{_prefix(node)}:string", **more})


def _retype(kind: str) -> Callable[[Node], None]:
    return lambda node: node.set("type", f"{_prefix(node)}:{kind}")


def _restricted(*facets: tuple[str, str], base: str = "string") -> Callable[[Node], None]:
    """Give an element a type of its own, with facets."""

    def change(node: Node) -> None:
        node.attrib.pop("type")
        kind = etree.SubElement(etree.SubElement(node, f"{X}simpleType"), f"{X}restriction")
        kind.set("base", f"{_prefix(node)}:{base}")
        for name, value in facets:
            etree.SubElement(kind, f"{X}{name}", value=value)

    return change


def _facet(node: Node, kind: str) -> bool:
    return node.tag == f"{X}{kind}" and node.getparent().tag == f"{X}restriction"


def removed(node: Node) -> None:
    node.getparent().remove(node)


def _minimum(node: Node) -> str:
    return node.get("minOccurs", "1")


def _swap(node: Node) -> None:
    before = node.getprevious()
    node.addnext(before)


def _string(node: Node) -> bool:
    return _alone(node) and _typed(node, "string")


def _several(node: Node) -> bool:
    names = [child.get("name") for child in node]
    return (
        len(node) > 1
        and all(child.tag == f"{X}element" and child.get("name") for child in node)
        and len(set(names)) == len(names)
    )


def _plain_group(kind: str) -> Callable[[Node], bool]:
    once = {"0", "1"}
    return lambda node: (
        node.tag == f"{X}{kind}" and not node.keys() and node.getparent().tag == f"{X}complexType" and _several(node)
        and all(_minimum(child) in once and child.get("maxOccurs", "1") == "1" for child in node)
        and any(_minimum(child) == "1" for child in node)
    )  # fmt: skip


def _to(kind: str) -> Callable[[Node], None]:
    def change(node: Node) -> None:
        node.tag = f"{X}{kind}"

    return change


def _attribute(use: str) -> Callable[[Node], bool]:
    return lambda node: node.tag == f"{X}attribute" and node.get("use", "optional") == use and node.get("name")


def _new_attribute(use: str) -> Callable[[Node], None]:
    def change(node: Node) -> None:
        kind = node.getparent()
        etree.SubElement(kind, f"{X}attribute", name="seededNew", type=f"{_prefix(node)}:string", use=use)

    return change


def _nested(node: Node) -> None:
    """A text becomes an element that holds it."""
    node.attrib.pop("type")
    inner = etree.SubElement(etree.SubElement(node, f"{X}complexType"), f"{X}sequence")
    inner.append(_new(node))


def _wildcard(node: Node) -> None:
    etree.SubElement(node, f"{X}any", namespace="##other", processContents="lax", minOccurs="0")


def _last_sequence(node: Node) -> bool:
    return node.tag == f"{X}sequence" and node.getparent().tag == f"{X}complexType" and len(node) > 0


# Of elements, types and attributes. Whether they stand in a request or in an answer is chosen by who applies them.
INSIDE: tuple[Operator, ...] = (
    Operator(
        Truth("element-added", writers=False, readers=False), _alone, lambda it: it.addnext(_new(it, minOccurs="0"))
    ),
    Operator(Truth("element-added", writers=True, readers=False), _alone, lambda it: it.addnext(_new(it))),
    Operator(
        Truth("element-removed", writers=True, readers=False), lambda it: _alone(it) and _minimum(it) == "0", removed
    ),
    Operator(
        Truth("element-removed", writers=True, readers=True), lambda it: _alone(it) and _minimum(it) != "0", removed
    ),
    Operator(
        Truth("occurrence", writers=True, readers=False),
        lambda it: _alone(it) and _minimum(it) == "0",
        setting(minOccurs="1"),
    ),
    Operator(
        Truth("occurrence", writers=False, readers=True),
        lambda it: _alone(it) and _minimum(it) == "1",
        setting(minOccurs="0"),
    ),
    Operator(
        Truth("occurrence", writers=False, readers=True),
        lambda it: _alone(it) and it.get("maxOccurs", "1") == "1",
        setting(maxOccurs="unbounded"),
    ),
    Operator(
        Truth("occurrence", writers=True, readers=False),
        lambda it: _alone(it) and it.get("maxOccurs") == "unbounded",
        setting(maxOccurs="1"),
    ),
    Operator(
        Truth("nillable", writers=False, readers=True),
        lambda it: _alone(it) and it.get("name") and not it.get("nillable"),
        setting(nillable="true"),
    ),
    Operator(
        Truth("nillable", writers=True, readers=False),
        lambda it: _alone(it) and it.get("nillable") == "true",
        setting(nillable="false"),
    ),
    Operator(
        Truth("renamed", writers=True, readers=True),
        lambda it: _alone(it) and it.get("name"),
        lambda it: it.set("name", f"{it.get('name')}Seeded"),
    ),
    Operator(
        Truth("moved", writers=True, readers=True),
        lambda it: _alone(it) and it.get("name"),
        lambda it: it.set("form", "unqualified" if _qualified(it) else "qualified"),
    ),
    Operator(
        Truth("order", writers=True, readers=True),
        lambda it: (
            _alone(it) and it.getprevious() is not None and _minimum(it) == "1" and _minimum(it.getprevious()) == "1"
        ),
        _swap,
    ),
    Operator(Truth("grouping", writers=True, readers=True), _plain_group("sequence"), _to("choice")),
    Operator(Truth("grouping", writers=False, readers=True), _plain_group("sequence"), _to("all")),
    Operator(Truth("grouping", writers=True, readers=False), _plain_group("all"), _to("sequence")),
    Operator(Truth("grouping", writers=True, readers=True), _plain_group("choice"), _to("sequence")),
    Operator(Truth("alternative-added", writers=False, readers=True), _in("choice"), lambda it: it.addnext(_new(it))),
    Operator(
        Truth("alternative-removed", writers=True, readers=False),
        lambda it: _in("choice")(it) and len(it.getparent()) > 2,
        removed,
    ),
    Operator(Truth("type", writers=True, readers=False), _string, _retype("int")),
    Operator(
        Truth("type", writers=False, readers=True),
        lambda it: _alone(it) and _typed(it, "int", "date", "long"),
        _retype("string"),
    ),
    Operator(
        Truth("type", writers=True, readers=True),
        lambda it: _alone(it) and _typed(it, "int", "date", "dateTime"),
        _retype("boolean"),
    ),
    Operator(Truth("type", writers=True, readers=True), _string, _nested),
    Operator(
        Truth("enumeration", writers=True, readers=False),
        lambda it: _facet(it, "enumeration") and len(it.getparent()) > 2,
        removed,
    ),
    Operator(
        Truth("enumeration", writers=False, readers=True),
        lambda it: _facet(it, "enumeration"),
        lambda it: it.addnext(it.makeelement(it.tag, value="SEEDED")),
    ),
    Operator(
        Truth("enumeration", writers=True, readers=False),
        _string,
        _restricted(("enumeration", "A"), ("enumeration", "B")),
    ),
    Operator(Truth("length", writers=True, readers=False), _string, _restricted(("maxLength", "7"))),
    Operator(
        Truth("length", writers=False, readers=True),
        lambda it: _facet(it, "maxLength") and int(it.get("value")) > 0,
        lambda it: it.set("value", str(int(it.get("value")) + 10)),
    ),
    Operator(Truth("length", writers=False, readers=True), lambda it: _facet(it, "maxLength"), removed),
    Operator(
        Truth("length", writers=True, readers=True),
        lambda it: _facet(it, "length"),
        lambda it: it.set("value", str(int(it.get("value")) + 1)),
    ),
    Operator(Truth("pattern", writers=True, readers=False), _string, _restricted(("pattern", "[A-Z]+"))),
    Operator(Truth("pattern", writers=False, readers=True), lambda it: _facet(it, "pattern"), removed),
    Operator(
        Truth("pattern", writers=True, readers=True),
        lambda it: _facet(it, "pattern"),
        lambda it: it.set("value", "seeded[0-9]+"),
    ),
    Operator(
        Truth("range", writers=True, readers=False),
        lambda it: _alone(it) and _typed(it, "int"),
        _restricted(("maxInclusive", "99"), base="int"),
    ),
    Operator(
        Truth("type", writers=False, readers=True), lambda it: _alone(it) and _typed(it, "int"), _retype("integer")
    ),
    Operator(
        Truth("digits", writers=True, readers=False),
        lambda it: _alone(it) and _typed(it, "decimal"),
        _restricted(("fractionDigits", "2"), base="decimal"),
    ),
    Operator(Truth("fixed", writers=True, readers=False), _string, setting(fixed="seeded")),
    Operator(
        Truth("default", writers=True, readers=True),
        lambda it: _alone(it) and it.get("default") is not None,
        setting(default="1"),
    ),
    Operator(
        Truth("wildcard", writers=False, readers=False),
        lambda it: _last_sequence(it) and it[-1].tag == f"{X}element",
        _wildcard,
    ),
    Operator(Truth("wildcard", writers=True, readers=False), lambda it: it.tag == f"{X}any", removed),
    Operator(
        Truth("mixed", writers=False, readers=True),
        lambda it: it.tag == f"{X}complexType" and it.find(f"{X}sequence") is not None,
        setting(mixed="true"),
    ),
    Operator(Truth("attribute-added", writers=False, readers=False), _last_sequence, _new_attribute("optional")),
    Operator(Truth("attribute-added", writers=True, readers=False), _last_sequence, _new_attribute("required")),
    Operator(Truth("attribute-removed", writers=True, readers=False), _attribute("optional"), removed),
    Operator(Truth("attribute-removed", writers=True, readers=True), _attribute("required"), removed),
    Operator(Truth("occurrence", writers=True, readers=False), _attribute("optional"), setting(use="required")),
    Operator(Truth("occurrence", writers=False, readers=True), _attribute("required"), setting(use="optional")),
)


def _qualified(node: Node) -> bool:
    schema = next(node.iterancestors(f"{X}schema"))
    return (node.get("form") or schema.get("elementFormDefault", "unqualified")) == "qualified"

"""Changes of contracts, made by operators, each with what it does to partners; the truth stands here, not in the code.

An operator changes one thing of a contract that lies in a folder. Whether it breaks somebody depends on where it
happened: a ``Truth`` says it for who writes such a document and for who reads one.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from lxml import etree

from hub_core.contract.wsdl import read_contract
from tests.contracts.making import schema, wsdl

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


def _set(**values: str) -> Callable[[Node], None]:
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


def _remove(node: Node) -> None:
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
        Truth("element-removed", writers=True, readers=False), lambda it: _alone(it) and _minimum(it) == "0", _remove
    ),
    Operator(
        Truth("element-removed", writers=True, readers=True), lambda it: _alone(it) and _minimum(it) != "0", _remove
    ),
    Operator(
        Truth("occurrence", writers=True, readers=False),
        lambda it: _alone(it) and _minimum(it) == "0",
        _set(minOccurs="1"),
    ),
    Operator(
        Truth("occurrence", writers=False, readers=True),
        lambda it: _alone(it) and _minimum(it) == "1",
        _set(minOccurs="0"),
    ),
    Operator(
        Truth("occurrence", writers=False, readers=True),
        lambda it: _alone(it) and it.get("maxOccurs", "1") == "1",
        _set(maxOccurs="unbounded"),
    ),
    Operator(
        Truth("occurrence", writers=True, readers=False),
        lambda it: _alone(it) and it.get("maxOccurs") == "unbounded",
        _set(maxOccurs="1"),
    ),
    Operator(
        Truth("nillable", writers=False, readers=True),
        lambda it: _alone(it) and it.get("name") and not it.get("nillable"),
        _set(nillable="true"),
    ),
    Operator(
        Truth("nillable", writers=True, readers=False),
        lambda it: _alone(it) and it.get("nillable") == "true",
        _set(nillable="false"),
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
        _remove,
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
        _remove,
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
    Operator(Truth("length", writers=False, readers=True), lambda it: _facet(it, "maxLength"), _remove),
    Operator(
        Truth("length", writers=True, readers=True),
        lambda it: _facet(it, "length"),
        lambda it: it.set("value", str(int(it.get("value")) + 1)),
    ),
    Operator(Truth("pattern", writers=True, readers=False), _string, _restricted(("pattern", "[A-Z]+"))),
    Operator(Truth("pattern", writers=False, readers=True), lambda it: _facet(it, "pattern"), _remove),
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
    Operator(Truth("fixed", writers=True, readers=False), _string, _set(fixed="seeded")),
    Operator(
        Truth("default", writers=True, readers=True),
        lambda it: _alone(it) and it.get("default") is not None,
        _set(default="1"),
    ),
    Operator(
        Truth("wildcard", writers=False, readers=False),
        lambda it: _last_sequence(it) and it[-1].tag == f"{X}element",
        _wildcard,
    ),
    Operator(Truth("wildcard", writers=True, readers=False), lambda it: it.tag == f"{X}any", _remove),
    Operator(
        Truth("mixed", writers=False, readers=True),
        lambda it: it.tag == f"{X}complexType" and it.find(f"{X}sequence") is not None,
        _set(mixed="true"),
    ),
    Operator(Truth("attribute-added", writers=False, readers=False), _last_sequence, _new_attribute("optional")),
    Operator(Truth("attribute-added", writers=True, readers=False), _last_sequence, _new_attribute("required")),
    Operator(Truth("attribute-removed", writers=True, readers=False), _attribute("optional"), _remove),
    Operator(Truth("attribute-removed", writers=True, readers=True), _attribute("required"), _remove),
    Operator(Truth("occurrence", writers=True, readers=False), _attribute("optional"), _set(use="required")),
    Operator(Truth("occurrence", writers=False, readers=True), _attribute("required"), _set(use="optional")),
)


def _qualified(node: Node) -> bool:
    schema = next(node.iterancestors(f"{X}schema"))
    return (node.get("form") or schema.get("elementFormDefault", "unqualified")) == "qualified"


# A contract with what the real ones have not.
RICH = wsdl(
    types=schema(
        """
        <xs:element name="ask"><xs:complexType><xs:choice>
          <xs:element name="number" type="tns:number"/><xs:element name="name" type="tns:name"/>
          <xs:element name="file" type="xs:long"/>
        </xs:choice></xs:complexType></xs:element>
        <xs:element name="answer"><xs:complexType><xs:sequence>
          <xs:element name="person"><xs:complexType><xs:all>
            <xs:element name="born" type="xs:date"/><xs:element name="height" type="xs:decimal" minOccurs="0"/>
          </xs:all></xs:complexType></xs:element>
          <xs:element name="state" type="xs:string" default="open"/><xs:element name="ended" type="xs:date" nillable="true"/><xs:element name="code" type="tns:number"/>
          <xs:choice><xs:element name="paid" type="xs:date"/><xs:element name="owed" type="xs:decimal"/></xs:choice>
        </xs:sequence></xs:complexType></xs:element>
        <xs:simpleType name="number"><xs:restriction base="xs:string"><xs:length value="13"/></xs:restriction></xs:simpleType>
        <xs:simpleType name="name"><xs:restriction base="xs:string"><xs:maxLength value="40"/></xs:restriction></xs:simpleType>
        """
    )
)


class Contract:
    """A contract in a folder, and which nodes of its files speak of requests and of answers."""

    def __init__(self, folder: Path, main: str) -> None:
        self.folder = folder
        self.main = main
        contract = read_contract(folder / main, folder)
        self.trees = {path.relative_to(folder.resolve()): etree.parse(path) for path in contract.files}
        self.named: dict[tuple[str, str], list[Node]] = {}
        for tree in self.trees.values():
            for around in tree.iter(f"{X}schema"):
                for node in around:
                    if isinstance(node.tag, str) and node.get("name"):
                        self.named.setdefault((node.tag, node.get("name")), []).append(node)
        self.ways: dict[str, set[Node]] = {"request": set(), "answer": set()}
        for one in contract.operations.values():
            self.ways["request"] |= self._reached(one.input.element)
            for element in [one.output.element if one.output else "", *(fault.element for fault in one.faults)]:
                self.ways["answer"] |= self._reached(element)

    def _reached(self, element: str) -> set[Node]:
        """Return every node of the schemas that says something about a document; ``element``: ``{namespace}local``."""
        found: set[Node] = set()
        waiting = list(self.named.get((f"{X}element", element.rpartition("}")[2]), []))
        while waiting:
            node = waiting.pop()
            for one in node.iter(etree.Element):
                if one not in found:
                    found.add(one)
                    waiting += self._meant(one)
        return found

    def _meant(self, node: Node) -> Iterator[Node]:
        for name in ("type", "base", "itemType"):
            if local := (node.get(name) or "").rpartition(":")[2]:
                yield from self.named.get((f"{X}complexType", local), [])
                yield from self.named.get((f"{X}simpleType", local), [])
        if local := (node.get("ref") or "").rpartition(":")[2]:
            yield from self.named.get((node.tag, local), [])

    def fitting(self, operator: Operator) -> list[tuple[Path, str, set[str]]]:
        """Return where an operator can be applied: the file, the path in it, and the ways in which that is met."""
        found = []
        for file, tree in self.trees.items():
            for node in tree.iter(etree.Element):
                met = set(self.ways) if operator in AROUND else {way for way in self.ways if node in self.ways[way]}
                if met and operator.fits(node):
                    found.append((file, tree.getelementpath(node), met))
        return found

    def seeded(self, operator: Operator, random: Random, folder: Path) -> set[str] | None:
        """Write the contract with one change; return in which ways it is met, or ``None`` where nothing fits."""
        fitting = self.fitting(operator)
        if not fitting:
            return None
        file, path, met = random.choice(fitting)
        for name, tree in self.trees.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            tree.write(folder / name, encoding="utf-8")
        changed = etree.parse(folder / file)
        operator.change(changed.find(path))
        changed.write(folder / file, encoding="utf-8")
        return met


def _of(local: str, *namespaces: str) -> Callable[[Node], bool]:
    tags = {f"{{http://schemas.xmlsoap.org/wsdl/{one}}}{local}" for one in namespaces}
    return lambda node: node.tag in tags


def _soap(local: str) -> Callable[[Node], bool]:
    return _of(local, "soap/", "soap12/")


def _wsdl(local: str, above: str) -> Callable[[Node], bool]:
    return lambda node: node.tag == f"{W}{local}" and node.getparent().tag == f"{W}{above}"


def _operations(node: Node) -> Iterator[Node]:
    """Both sides of an operation, in all port types and bindings of the file."""
    return (
        one
        for one in node.getroottree().iter(f"{W}operation")
        if one.get("name") == node.get("name") and one.getparent().tag in {f"{W}portType", f"{W}binding"}
    )


def _whole_contract(node: Node) -> bool:
    """The file has port types and bindings, and the operation stands in both."""
    return _wsdl("operation", "portType")(node) and len(list(_operations(node))) > 1


def _without_operation(node: Node) -> None:
    for one in list(_operations(node)):
        _remove(one)


def _renamed_operation(node: Node) -> None:
    name = node.get("name")
    for one in list(_operations(node)):
        one.set("name", f"{name}Seeded")


def _one_way(node: Node) -> None:
    for one in list(_operations(node)):
        for kind in ("output", "fault"):
            for child in one.findall(f"{W}{kind}"):
                one.remove(child)


def _answered(node: Node) -> bool:
    return _whole_contract(node) and node.find(f"{W}output") is not None


def _new_fault(node: Node) -> None:
    said = node.find(f"{W}output").get("message")
    etree.SubElement(node, f"{W}fault", name="SeededFault", message=said)


def _new_header(node: Node) -> None:
    """The request of an operation asks for what it answers, as a header."""
    operation = node.getparent().getparent()
    others = [one for one in _operations(operation) if one.getparent().tag == f"{W}portType"]
    said = others[0].find(f"{W}output").get("message")
    local = said.rpartition(":")[2]
    part = node.getroottree().find(f"{W}message[@name='{local}']/{W}part").get("name")
    node.addnext(node.makeelement(node.tag.replace("body", "header"), message=said, part=part, use="literal"))


def _request_body(node: Node) -> bool:
    if not _soap("body")(node) or node.getparent().tag != f"{W}input":
        return False
    operation = node.getparent().getparent()
    others = [one for one in _operations(operation) if one.getparent().tag == f"{W}portType"]
    return (
        bool(others) and others[0].find(f"{W}output") is not None and node.getroottree().find(f"{W}message") is not None
    )


def _other_soap(node: Node) -> None:
    for one in node.getroottree().iter(etree.Element):
        one.tag = one.tag.replace("wsdl/soap/", "wsdl/soap12/") if "wsdl/soap/" in one.tag else one.tag


def _another_port(node: Node) -> None:
    again = etree.fromstring(etree.tostring(node))
    again.set("name", "seededPort")
    node.addnext(again)


def _is_port(node: Node) -> bool:
    return _wsdl("port", "service")(node) and any(_soap("address")(child) for child in node)


# Of what a WSDL says around its documents.
AROUND: tuple[Operator, ...] = (
    Operator(
        Truth("operation-removed", writers=True, readers=False),
        lambda it: _whole_contract(it) and len(it.getparent().findall(it.tag)) > 1,
        _without_operation,
    ),
    Operator(Truth("operation-renamed", writers=True, readers=False), _whole_contract, _renamed_operation),
    Operator(
        Truth("action", writers=True, readers=False),
        lambda it: _soap("operation")(it) and it.get("soapAction"),
        _set(soapAction="urn:seeded"),
    ),
    Operator(
        Truth("style", writers=True, readers=False),
        lambda it: _soap("body")(it) and it.get("use") == "literal" and it.getparent().tag == f"{W}input",
        _set(use="encoded"),
    ),
    Operator(Truth("soap-version", writers=True, readers=False), _of("binding", "soap/"), _other_soap),
    Operator(
        Truth("address", writers=True, readers=False),
        _soap("address"),
        _set(location="https://elsewhere.example/seeded"),
    ),
    Operator(Truth("port-added", writers=False, readers=False), _is_port, _another_port),
    Operator(Truth("exchange", writers=True, readers=False), _answered, _one_way),
    Operator(Truth("fault-added", writers=False, readers=True), _answered, _new_fault),
    Operator(
        Truth("fault-removed", writers=False, readers=False),
        lambda it: _wsdl("fault", "operation")(it) and _wsdl("operation", "portType")(it.getparent()),
        _remove,
    ),
    Operator(Truth("header-added", writers=True, readers=False), _request_body, _new_header),
)


def _renamed_prefixes(text: str) -> str:
    return text.replace("xmlns:tns=", "xmlns:another=").replace('"tns:', '"another:')


def _as_tree(change: Callable[[Node], None]) -> Callable[[str], str]:
    def changed(text: str) -> str:
        root = etree.fromstring(text)
        change(root)
        return etree.tostring(root, encoding="unicode")

    return changed


def _reversed_declarations(root: Node) -> None:
    for one in root.iter(f"{X}schema"):
        one[:] = list(reversed(one))
    root[:] = [*root.findall(f"{W}types"), *reversed([child for child in root if child.tag != f"{W}types"])]


def _documented(root: Node) -> None:
    for one in list(root.iter(f"{X}element")):
        note = etree.Element(f"{X}annotation")
        etree.SubElement(note, f"{X}documentation").text = "seeded"
        one.insert(0, note)
    for one in root.findall(f"{W}portType"):
        etree.SubElement(one, f"{W}documentation").text = "seeded"
    root.append(etree.Comment("seeded"))


def _explicit(root: Node) -> None:
    """Say what is meant where nothing is said."""
    for one in root.iter(f"{X}element"):
        if one.getparent().tag in PARTICLES and one.get("minOccurs") is None:
            one.attrib.update({"minOccurs": "1", "maxOccurs": "1", "nillable": one.get("nillable", "false")})


def _renamed_parts(root: Node) -> None:
    """Names of bindings, port types and messages, which nobody sees on the wire."""
    for one in root.iter(etree.Element):
        for name in ("type", "message", "binding"):
            if one.tag.startswith(W) and one.tag != f"{W}part" and one.get(name):
                one.set(name, f"{one.get(name)}Seeded")
        if one.tag in {f"{W}binding", f"{W}portType", f"{W}message"}:
            one.set("name", f"{one.get('name')}Seeded")


def _grouped(root: Node) -> None:
    """A sequence becomes a named group that is referred to."""
    for schema_ in root.iter(f"{X}schema"):
        for number, one in enumerate(list(schema_.iter(f"{X}sequence"))):
            group = etree.SubElement(schema_, f"{X}group", name=f"seeded{number}")
            kind = one.getparent()
            kind.replace(one, etree.Element(f"{X}group", ref=f"tns:seeded{number}"))
            group.append(one)


def _named_types(root: Node) -> None:
    """Types inside of elements become types of their own."""
    for schema_ in root.iter(f"{X}schema"):
        for number, one in enumerate(list(schema_.iter(f"{X}complexType"))):
            if one.getparent().tag == f"{X}element":
                one.getparent().set("type", f"tns:Seeded{number}")
                one.set("name", f"Seeded{number}")
                schema_.append(one)


def _nested_groups(root: Node) -> None:
    for one in list(root.iter(f"{X}sequence", f"{X}choice")):
        inner = etree.Element(f"{X}sequence")
        one.getparent().replace(one, inner)
        inner.append(one)


def _extended(root: Node) -> None:
    """A type becomes an extension of one that holds nothing."""
    for schema_ in root.iter(f"{X}schema"):
        etree.SubElement(schema_, f"{X}complexType", name="Seeded")
        for one in list(schema_.iter(f"{X}sequence")):
            kind = one.getparent()
            content = etree.SubElement(etree.SubElement(kind, f"{X}complexContent"), f"{X}extension", base="tns:Seeded")
            content.append(one)


#: Other ways to write the same contract.
FORMAL: dict[str, Callable[[str], str]] = {
    "other prefixes": _renamed_prefixes,
    "another order of declarations": _as_tree(_reversed_declarations),
    "annotations and comments": _as_tree(_documented),
    "white space": lambda text: text.replace("><", ">\n   <"),
    "what goes without saying": _as_tree(_explicit),
    "names that nobody sees": _as_tree(_renamed_parts),
    "named groups": _as_tree(_grouped),
    "named types": _as_tree(_named_types),
    "groups in groups": _as_tree(_nested_groups),
    "types that extend nothing": _as_tree(_extended),
}

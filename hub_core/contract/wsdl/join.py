"""The schemas of a contract, rewritten so that every validator takes them: self-contained, and placed by one rule.

Each schema becomes a document in memory that imports exactly the namespaces it uses. Of the documents of one namespace
a further one is made that includes them, because libxml2 takes one document per namespace; one more imports all.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Final

from lxml import etree

from hub_core.contract.wsdl import arrays
from hub_core.contract.wsdl.documents import SchemaDoc
from hub_core.contract.wsdl.index import Index, imports_of, is_standard
from hub_core.contract.wsdl.mends import mend
from hub_core.contract.wsdl.names import XSD, Node, X, full, split, tag
from hub_core.validation.catalogue import STANDARDS

START: Final = "contract.xsd"
START_NAMESPACE: Final = "urn:punte:contract"
# libxml2 builds a state for each time that an element may stand: this many are nothing, a million fill the memory.
MOST_OCCURS: Final = 1_000
_PLACING: Final = frozenset({f"{X}include", f"{X}import"})


@dataclass
class Joined:
    """Documents by name; ``START`` brings them together.

    Attributes:
        lines: of each document, file and line of what stands at a line of it.
        namespaces: of each schema; the first is that of the main file, where that is a schema.
        names: every element and attribute name that is declared.
        elements: global ones, ``{namespace}local``.
        arrays: types that are SOAP arrays, and what they say of their items (``{namespace}local[]``).
        size: how much is declared, from top to bottom.
    """

    documents: dict[str, bytes] = field(default_factory=dict)
    lines: dict[str, dict[int, tuple[str, int]]] = field(default_factory=dict)
    namespaces: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    elements: set[str] = field(default_factory=set)
    arrays: dict[str, str] = field(default_factory=dict)
    size: int = 0


def join(index: Index) -> Joined:
    """Return the documents of all schemas that an index holds; faults become findings."""
    joined = Joined()
    urls = {doc: f"schema{number}.xsd" for number, doc in enumerate(index.docs)}
    by_namespace: dict[str, list[str]] = defaultdict(list)
    for doc in index.docs:
        if not doc.hidden:
            by_namespace[doc.namespace].append(urls[doc])
    places = {
        namespace: members[0] if len(members) == 1 else f"namespace{number}.xsd"
        for number, (namespace, members) in enumerate(by_namespace.items())
    }
    for doc in index.docs:
        _Rewriting(index, doc, places, urls).into(joined)
    for namespace, members in by_namespace.items():
        if len(members) > 1:
            joined.documents[places[namespace]] = _document(namespace, "include", [("", url) for url in members])
    joined.documents[START] = _document(START_NAMESPACE, "import", list(places.items()))
    joined.elements = {name for space, name in index.declared if space == "element"}
    return joined


def _document(namespace: str, verb: str, parts: list[tuple[str, str]]) -> bytes:
    schema = etree.Element(f"{X}schema", nsmap={"xs": XSD})
    if namespace:
        schema.set("targetNamespace", namespace)
    for name, url in parts:
        part = etree.SubElement(schema, f"{X}{verb}", schemaLocation=url)
        if name:
            part.set("namespace", name)
    return etree.tostring(schema)


class _Rewriting:
    """Rewrites one schema."""

    def __init__(self, index: Index, doc: SchemaDoc, places: dict[str, str], urls: dict[SchemaDoc, str]) -> None:
        self.index = index
        self.doc = doc
        self.places = places
        self.urls = urls
        self.copy = etree.fromstring(etree.tostring(doc.node, with_tail=False), _parser())
        self.twin = dict(zip(doc.node.iter(), self.copy.iter(), strict=True))
        self.prefixes: dict[str, str] = {}

    def into(self, joined: Joined) -> None:
        """Write the document and what is known of it."""
        used = self._references()
        joined.names.update(name for node in self.copy.iter(f"{X}*") if (name := node.get("name")))
        joined.size += sum(1 for _ in self.copy.iter(f"{X}element", f"{X}complexType", f"{X}simpleType"))
        for node in self.index.repeated & self.twin.keys():
            _remove(self.twin[node])
        self._occurrences()
        mend(self.doc, self.twin, self.index.findings)
        if not is_standard(self.doc):
            for array in arrays.of(self.doc):
                arrays.fill(self.twin[array.node], self._prefixed(array.item), array.brackets)
                used.append(array.item)
                if name := array.node.get("name"):
                    joined.arrays[full(self.doc.namespace, name)] = array.item + array.brackets
        self._place(used)
        root = self._with_prefixes()
        if any(not name.startswith("{") for name in used):
            _without_default(root)
        url = self.urls[self.doc]
        joined.documents[url] = body = etree.tostring(root)
        joined.namespaces[url] = self.doc.namespace
        joined.lines[url] = self._lines(root, body)

    def _references(self) -> list[str]:
        """Put every name right; return all that are used."""
        used = []
        for node, attribute, text, name in self.index.resolve(self.doc):
            twin = self.twin[node]
            if name == f"{X}schema":
                _to_wildcard(twin)
                continue
            used.append(name)
            bare = ":" not in text and name.startswith("{")  # a default namespace may have to go, see _without_default
            if bare or self.index.meant(self.doc, node, text) != name:
                words = twin.get(attribute, "").split()
                twin.set(attribute, " ".join(self._prefixed(name) if word == text else word for word in words))
        return used

    def _prefixed(self, name: str) -> str:
        namespace, local = split(name)
        if not namespace:
            return local
        known = next((prefix for prefix, uri in self.copy.nsmap.items() if uri == namespace and prefix), None)
        return f"{known or self.prefixes.setdefault(namespace, f'own{len(self.prefixes)}')}:{local}"

    def _occurrences(self) -> None:
        for node, twin in self.twin.items():
            for attribute, loose in (("maxOccurs", "unbounded"), ("minOccurs", str(MOST_OCCURS))):
                said = node.get(attribute, "").strip()
                if said.isdecimal() and (len(said) > 9 or int(said) > MOST_OCCURS):  # noqa: PLR2004 - digits of a count
                    twin.set(attribute, loose)
                    if attribute == "minOccurs":
                        twin.set("maxOccurs", "unbounded")
                    text = f'{attribute}="{said[:20]}" is more than validators can count; held to be {loose}'
                    self.index.findings.warning("V527", self.doc.at(node), text)

    def _place(self, used: list[str]) -> None:
        """Write imports for what is used, in place of all that stand there."""
        said = {node.get("namespace", "").strip() for node in self.doc.node if tag(node) == f"{X}import"}
        for node in list(self.copy):
            if tag(node) in _PLACING:
                _remove(node)
        for node, target in self.doc.redefined.items():
            self.twin[node].set("schemaLocation", self.urls[target])
        needed = {namespace for namespace in imports_of(used, self.doc.namespace) if namespace in self.places}
        for namespace in sorted(needed, reverse=True):
            part = etree.Element(f"{X}import", schemaLocation=self.places[namespace])
            if namespace:
                part.set("namespace", namespace)
            self.copy.insert(0, part)
        for namespace in sorted(needed - said - STANDARDS.keys()):
            if self.doc.node.sourceline:
                text = f"the schema uses the namespace {namespace or 'of schemas without one'} and does not import it"
                self.index.findings.info("V522", self.doc.at(self.doc.node), text, "add an xs:import")

    def _with_prefixes(self) -> Node:
        if not self.prefixes:
            return self.copy
        declared: dict[Any, str] = self.copy.nsmap | {prefix: namespace for namespace, prefix in self.prefixes.items()}
        new = etree.Element(self.copy.tag, dict(self.copy.attrib), declared)
        for child in list(self.copy):
            new.append(child)
        return new

    def _lines(self, root: Node, body: bytes) -> dict[int, tuple[str, int]]:
        """Return where each line of the written document comes from."""
        back = {twin: node for node, twin in self.twin.items()}
        written = etree.fromstring(body, _parser())
        return {
            there.sourceline or 0: self.doc.at(back[here])
            for here, there in zip(root.iter(), written.iter(), strict=True)
            if here in back
        }


def _without_default(root: Node) -> None:
    """Take default namespaces away: xmlschema overlooks that ``xmlns=""`` ends one."""
    prefixes = {prefix for node in root.iter() for prefix in node.nsmap if prefix}
    etree.cleanup_namespaces(root, keep_ns_prefixes=sorted(prefixes))


def _remove(node: Node) -> None:
    parent = node.getparent()
    if parent is not None:
        parent.remove(node)


def _to_wildcard(node: Node) -> None:
    """Let any schema stand where ``xs:schema`` is referred to."""
    occurs = {name: value for name, value in node.items() if name in {"minOccurs", "maxOccurs"}}
    node.clear()
    node.tag = f"{X}any"
    node.attrib.update({"namespace": XSD, "processContents": "skip", **occurs})


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=True)

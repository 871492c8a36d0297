"""What the schemas of one contract declare globally, by name, and where each stands."""

from collections.abc import Mapping
from typing import Any, Final

from lxml import etree

from hub_core.contract.wsdl import Contract
from hub_core.contract.wsdl.names import full, split
from hub_core.validation.library import XSD

_GLOBALS: Final = ("element", "complexType", "simpleType", "group", "attributeGroup", "attribute")


class Declarations:
    """The schemas of a contract with everything that they include and import, names put right.

    Attributes:
        named: declarations by kind and ``{namespace}local``.
        main: the schema of the main file, or the first one of a WSDL; ``None``: there is none.
    """

    def __init__(self, contract: Contract) -> None:
        self.named: dict[tuple[str, str], Any] = {}
        self._namespaces: dict[Any, str] = {}  # by schema element
        self._lines: dict[Any, Mapping[int, tuple[str, int]]] = {}
        joined = contract.schemas.joined
        for url, namespace in joined.namespaces.items():
            self._take(joined.documents[url], namespace, joined.lines[url])
        self.main = next(iter(self._namespaces), None)

    def _take(self, body: bytes, namespace: str, lines: Mapping[int, tuple[str, int]]) -> None:
        parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=True)
        schema = etree.fromstring(body, parser)
        self._namespaces[schema], self._lines[schema] = namespace, lines
        for child in schema:
            kind = etree.QName(child).localname
            if kind in _GLOBALS and child.get("name"):
                self.named.setdefault((kind, full(namespace, str(child.get("name")))), child)

    @property
    def prefixes(self) -> dict[str, str]:
        """The first prefix that the schemas give to each namespace."""
        found: dict[str, str] = {}
        for schema in self._namespaces:
            for prefix, uri in schema.nsmap.items():
                if prefix:
                    found.setdefault(str(uri), prefix)
        return found

    def at(self, node: Any) -> tuple[str, int]:
        """Return file and line where a declaration stands."""
        line: int = node.sourceline or 0
        return self._lines[_schema(node)].get(line, ("", line))

    def find(self, kind: str, node: Any, attribute: str) -> Any | None:
        """Return the declaration that an attribute of a node names; ``None`` for types of XML Schema itself."""
        return self.named.get((kind, self.full(node, node.get(attribute))))

    def full(self, node: Any, name: str) -> str:
        """Return ``{namespace}local`` of a qualified name as written at a node."""
        prefix, _, local = name.rpartition(":")
        namespace = node.nsmap.get(prefix or None, "")
        if not prefix and not namespace:
            namespace = self.namespace(node)
        return full(namespace, local)

    def namespace(self, node: Any) -> str:
        """Return the namespace of the schema around a node."""
        return self._namespaces.get(_schema(node), "")

    def name(self, node: Any) -> str:
        """Return the name that an element or attribute has in documents; of a reference that of what it means."""
        if node.get("ref"):
            return self.full(node, node.get("ref"))
        schema = _schema(node)
        kind = "element" if node.tag == f"{XSD}element" else "attribute"
        form = node.get("form") or schema.get(f"{kind}FormDefault", "unqualified")
        qualified = form == "qualified" or node.getparent() is schema
        return full(self.namespace(node), node.get("name")) if qualified else str(node.get("name"))


def _schema(node: Any) -> Any:
    return node if node.tag == f"{XSD}schema" else next(node.iterancestors(f"{XSD}schema"))


def prefixes_of(*declared: Declarations) -> Mapping[str, str]:
    """Return a prefix for each namespace, as the first of some contracts writes it."""
    found: dict[str, str] = {}
    for one in declared:
        for uri, prefix in one.prefixes.items():
            if prefix not in found.values():
                found.setdefault(uri, prefix)
        for _, name in one.named:
            if (uri := split(name)[0]) and uri not in found:
                found[uri] = next(made for n in range(len(found) + 1) if (made := f"n{n + 1}") not in found.values())
    return found

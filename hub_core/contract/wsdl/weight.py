"""Whether validators can bear the schemas: no circles, no content model that grows beyond what they can build.

A few lines of groups that name each other twice are a model of millions; libxml2 would take all memory for it.
"""

from typing import Final

from hub_core.contract.wsdl.documents import SchemaDoc
from hub_core.contract.wsdl.index import Index, Place
from hub_core.contract.wsdl.names import Node, Unbound, X, tag

MOST_PARTICLES: Final = 1_000  # of one content model: libxml2 takes 7 s for so many optional ones
DEEPEST: Final = 100  # types that extend each other, groups inside groups
_LEAVES: Final = frozenset({f"{X}element", f"{X}any"})
_INSIDE: Final = frozenset({f"{X}{name}" for name in ("sequence", "choice", "all", "complexContent", "restriction")})


class TooHeavy(Exception):
    """A model that refers to itself, or is too large."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class Scale:
    """Weighs the schemas of an index; what is too heavy becomes a finding."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._known: dict[Node, int] = {}
        self._open: set[Node] = set()

    def weigh(self) -> None:
        """Look at every type and group, and at the chains that types and substitution groups form."""
        for doc in self.index.docs:
            for node in doc.node.iter(f"{X}complexType", f"{X}simpleType", f"{X}group", f"{X}element"):
                try:
                    if tag(node) in {f"{X}complexType", f"{X}group"} and not node.get("ref"):
                        self._particles(doc, node, 0)
                    if node.get("name"):
                        self._chain(doc, node)
                except TooHeavy as fault:
                    self.index.findings.error(fault.code, doc.at(node), f"{node.get('name') or 'a type'}: {fault}")

    def _chain(self, doc: SchemaDoc, node: Node) -> None:
        """Follow what a type is derived from, or an element stands for."""
        seen = {node}
        here: Place | None = (doc, node)
        while here is not None:
            here = self._before(*here)
            if here is not None and here[1] in seen:
                raise TooHeavy("V507", "it is derived from itself")
            if here is not None:
                seen.add(here[1])
            if len(seen) > DEEPEST:
                raise TooHeavy("V508", f"a chain of more than {DEEPEST} derivations")

    def _before(self, doc: SchemaDoc, node: Node) -> Place | None:
        if tag(node) == f"{X}element":
            return self._declared(doc, node, "element", "substitutionGroup")
        found = None
        for child in node:
            inner = [child, *child] if tag(child) in {f"{X}complexContent", f"{X}simpleContent"} else [child]
            for one in inner:
                if one.get("base") and doc.redefined.keys().isdisjoint(node.iterancestors()):
                    found = self._declared(doc, one, "type", "base")
        return found

    def _declared(self, doc: SchemaDoc, node: Node, space: str, attribute: str) -> Place | None:
        text = node.get(attribute)
        if not text:
            return None
        try:
            name = self.index.meant(doc, node, text)
        except Unbound:
            return None
        found = self.index.found(space, name, doc.namespace)
        return self.index.declared.get((space, found)) if found else None

    def _particles(self, doc: SchemaDoc, node: Node, depth: int) -> int:
        """Return how many particles the content model of a type or group has, groups and bases included."""
        if node in self._known:
            return self._known[node]
        if node in self._open:
            raise TooHeavy("V507", "it contains itself, without an element between")
        if depth > DEEPEST:
            raise TooHeavy("V508", f"groups nested deeper than {DEEPEST}")
        self._open.add(node)
        try:
            count = self._inside(doc, node, depth)
        finally:
            self._open.discard(node)
        if count > MOST_PARTICLES:
            raise TooHeavy("V508", f"a content model of more than {MOST_PARTICLES:,} elements")
        self._known[node] = count
        return count

    def _inside(self, doc: SchemaDoc, node: Node, depth: int) -> int:
        count = 0
        for child in node:
            kind = tag(child)
            if kind in _LEAVES:
                count += 1
            elif kind in _INSIDE:
                count += self._inside(doc, child, depth)
            elif kind == f"{X}extension":
                base = self._declared(doc, child, "type", "base")
                count += self._inside(doc, child, depth)
                if base is not None and doc.redefined.keys().isdisjoint(child.iterancestors()):
                    count += self._particles(*base, depth + 1)
            elif kind == f"{X}group":
                group = self._declared(doc, child, "group", "ref")
                if group is not None and doc.redefined.keys().isdisjoint(child.iterancestors()):
                    count += self._particles(*group, depth + 1)
        return count

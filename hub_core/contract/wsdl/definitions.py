"""The messages, port types, bindings and services of all WSDL files of a contract, by name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from hub_core.contract.wsdl.findings import Findings
from hub_core.contract.wsdl.names import Node, Unbound, W, canonical, full, qname, split, tag

KINDS: Final = ("message", "portType", "binding", "service")


@dataclass(frozen=True, eq=False)
class Definition:
    """One named thing of a WSDL.

    Attributes:
        name: ``{target namespace}local``.
        file: where it stands, for people.
    """

    node: Node
    name: str
    file: str

    @property
    def local(self) -> str:
        """The name without its namespace."""
        return split(self.name)[1]

    @property
    def namespace(self) -> str:
        """The target namespace around it."""
        return split(self.name)[0]

    def at(self, node: Node | None = None) -> tuple[str, int]:
        """Return file and line of it, or of something inside."""
        return self.file, (self.node if node is None else node).sourceline or 0


class Definitions:
    """Looks things up, across files."""

    def __init__(self, roots: Sequence[tuple[Node, str]], findings: Findings) -> None:
        self.findings = findings
        self.roots = roots
        self._known: dict[tuple[str, str], Definition] = {}
        self._local: dict[tuple[str, str], list[Definition]] = {}
        for root, file in roots:
            namespace = root.get("targetNamespace", "").strip()
            for node in root:
                kind = tag(node).removeprefix(W)
                if kind in KINDS:
                    self._take(kind, Definition(node, full(namespace, node.get("name", "").strip()), file))

    def _take(self, kind: str, found: Definition) -> None:
        first = self._known.setdefault((kind, found.name), found)
        if first is found:
            self._local.setdefault((kind, found.local), []).append(found)
        elif canonical(first.node) != canonical(found.node):
            text = f"{kind} {found.local} is defined twice, and differently: also at {first.file}:{first.at()[1]}"
            self.findings.error("V506", found.at(), text, "keep one of the two")

    def all(self, kind: str) -> Iterator[Definition]:
        """Yield everything of a kind, in the order of the files."""
        return (found for (of, _), found in self._known.items() if of == kind)

    def find(self, kind: str, user: Definition, node: Node, attribute: str) -> Definition | None:
        """Return what an attribute names; a fault where it is nowhere.

        A name in the wrong namespace is taken where only one thing has it: prefixes are often forgotten.
        """
        text = node.get(attribute, "").strip()
        try:
            name = qname(node, text)
        except Unbound as fault:
            self.findings.error("V505", user.at(node), f"the prefix {fault} of {text} is not declared")
            return None
        if (kind, name) in self._known:
            return self._known[kind, name]
        others = self._local.get((kind, split(name)[1]), [])
        if len(others) == 1:
            said = f"{text} means {name}, which is nowhere; the {kind} {others[0].name} is used"
            self.findings.warning("V534", user.at(node), said, "write it with the prefix of its namespace")
            return others[0]
        said = f"{kind} {name} is defined nowhere" if text else f"wsdl:{split(tag(node))[1]} names no {kind}"
        self.findings.error("V505", user.at(node), said, "define it")
        return None

"""Contracts in which one thing is changed by an operator; see ``changes_inside`` and ``changes_around``."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

from lxml import etree

from hub_core.contract.wsdl import read_contract
from tests.contracts.changes_around import AROUND
from tests.contracts.changes_inside import Node, Operator, X
from tests.contracts.making import schema, wsdl

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

"""One schema document of a contract, and the names that it refers to."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from hub_core.contract.wsdl.names import Node, X

QNAMES: Final = ("ref", "type", "base", "itemType", "substitutionGroup", "refer")  # attributes of XML Schema


@dataclass(eq=False)
class SchemaDoc:
    """One schema document, for one namespace.

    Attributes:
        node: its ``xs:schema``, as it stands in the file.
        path: the file.
        file: the same, for people.
        namespace: of what it declares; empty for none.
        redefined: the document that each ``xs:redefine`` in it names.
        hidden: it is reached by ``xs:redefine`` only.
    """

    node: Node
    path: Path
    file: str
    namespace: str
    redefined: dict[Node, "SchemaDoc"] = field(default_factory=dict)
    hidden: bool = False

    def at(self, node: Node) -> tuple[str, int]:
        """Return file and line of an element."""
        return self.file, node.sourceline or 0


def references(schema: Node) -> Iterator[tuple[Node, str, str]]:
    """Yield every qualified name in a schema: the node, the attribute, and the name as written."""
    for node in schema.iter(f"{X}*"):
        for attribute in QNAMES:
            if text := node.get(attribute):
                yield node, attribute, text
        for text in node.get("memberTypes", "").split():
            yield node, "memberTypes", text

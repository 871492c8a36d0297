"""Places of an XML Schema (XSD 1.0), alone or inside a WSDL.

Includes and imports are read below the folder of schemas only.

Not followed: substitution groups, ``xs:redefine``, identity constraints; they add nothing that a path could name.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from lxml import etree

from hub_core.contract.declarations import Declarations
from hub_core.contract.place import LeafType, Place
from hub_core.contract.simpletypes import SimpleTypes
from hub_core.contract.wsdl import read_contract
from hub_core.contract.wsdl.names import full
from hub_core.errors import ConfigError
from hub_core.validation.library import XSD

_PARTICLES: Final = {f"{XSD}sequence", f"{XSD}choice", f"{XSD}all"}


@dataclass(frozen=True)
class _Around:
    """What the groups around an element say about it."""

    many: bool = False
    required: bool = True
    choice: int | None = None
    group: int | None = None


def xsd_root(path: Path, schemas: Path, local: str) -> Place:
    """Return the place of the root element of a name.

    Raises:
        ConfigError: V401, the schema cannot be read or declares no such element.
    """
    return _Schemas(path, schemas).root(local)


def global_elements(path: Path, schemas: Path) -> dict[str, str]:
    """Return the full name of every element that may be a root, by local name; of two with one name the first.

    Raises:
        ConfigError: V401, the contract cannot be read.
    """
    found: dict[str, str] = {}
    for kind, name in _Schemas(path, schemas).declared.named:
        if kind == "element":
            found.setdefault(name.rpartition("}")[2], name)
    return found


class _Schemas:
    """A schema with everything that it includes and imports."""

    def __init__(self, path: Path, schemas: Path) -> None:
        self.path = path
        self.declared = Declarations(read_contract(path, schemas))
        self.find = self.declared.find
        self.types = SimpleTypes(self.find)
        if self.declared.main is None:
            mend = "name the XSD that declares the element"
            raise ConfigError("V401", "the WSDL holds no schema", where=path.name, mend=mend)
        self.main = self.declared.main

    def _line(self, node: Any) -> int:
        """Return the line in the file where a declaration stands."""
        return self.declared.at(node)[1]

    def root(self, local: str) -> Place:
        named = self.declared.named
        node = named.get(("element", full(self.declared.namespace(self.main), local)))
        if node is None:
            inner = [one for one in self.main.iter(f"{XSD}element") if one.get("name") == local]
            elsewhere = (one for (kind, _), one in named.items() if kind == "element" and one.get("name") == local)
            node = inner[0] if inner else next(elsewhere, None)
        if node is None:
            raise ConfigError("V401", f"the schema declares no element {local!r}", where=self.path.name)
        return self._element(node, _Around())

    def _element(self, node: Any, around: _Around) -> Place:
        declared = self.find("element", node, "ref") if node.get("ref") else node
        minimum, many = _occurs(node)
        required = around.required and minimum > 0
        place = Place(
            name=self.declared.name(node),
            many=many or around.many,
            required=required,
            line=self._line(node),
            choice=around.choice,
            group=around.group if minimum > 0 else None,
        )
        return place if declared is None else self._typed(place, declared)

    def _typed(self, place: Place, node: Any) -> Place:
        """Add what the type of an element says."""
        kind = node.find(f"{XSD}complexType")
        if kind is None and node.get("type"):
            kind = self.find("complexType", node, "type")
        simple = self.types.of(node)
        if kind is None:
            anything = node.get("type") is None and node.find(f"{XSD}simpleType") is None
            anything |= (node.get("type") or "").rpartition(":")[2] == "anyType"
            return replace(place, leaf=simple, open=anything)
        return replace(place, leaf=self._text_of(kind), expand=lambda: self._children(kind), open=self._is_open(kind))

    def _text_of(self, kind: Any) -> LeafType | None:
        content = kind.find(f"{XSD}simpleContent")
        if content is None:
            return LeafType() if kind.get("mixed") in {"true", "1"} else None
        extension = content[-1]
        base = self.find("complexType", extension, "base")
        inner = self._text_of(base) if base is not None else self.types.named(extension, "base")
        return self.types.restricted(extension, inner or LeafType())

    def _is_open(self, kind: Any) -> bool:
        return any(part.tag == f"{XSD}any" for part, _ in self._particles(kind, _Around()))

    def _children(self, kind: Any) -> dict[str, Place]:
        found: dict[str, Place] = {}
        for node in self._attributes(kind):
            place = self._attribute(node)
            if place is not None:
                found[place.name] = place
        for node, around in self._particles(kind, _Around()):
            if node.tag == f"{XSD}element":
                place = self._element(node, around)
                first = found.get(place.name)
                found[place.name] = place if first is None else _again(first, place)
        return found

    def _attribute(self, node: Any) -> Place | None:
        if node.get("use") == "prohibited":
            return None
        declared = self.find("attribute", node, "ref") if node.get("ref") else node
        leaf = self.types.of(declared) if declared is not None else LeafType()
        name = f"@{self.declared.name(node)}"
        return Place(name=name, required=node.get("use") == "required", leaf=leaf, line=self._line(node))

    def _attributes(self, kind: Any) -> Iterator[Any]:
        """Yield the attributes of a type: of what it extends or restricts first."""
        for child in kind:
            name = etree.QName(child).localname
            if name == "attribute":
                yield child
            elif name == "attributeGroup":
                group = self.find("attributeGroup", child, "ref")
                yield from self._attributes(group) if group is not None else ()
            elif name in {"simpleContent", "complexContent"}:
                derived = child[-1]
                base = self.find("complexType", derived, "base")
                yield from self._attributes(base) if base is not None else ()
                yield from self._attributes(derived)

    def _particles(self, kind: Any, around: _Around) -> Iterator[tuple[Any, _Around]]:
        """Yield elements and wildcards of a type or group, with what the groups around them say."""
        for child in kind:
            if child.tag == f"{XSD}complexContent":
                yield from self._derived(child[-1], around)
            elif child.tag in _PARTICLES:
                yield from self._group(child, around)
            elif child.tag == f"{XSD}group":
                group = self.find("group", child, "ref")
                if group is not None:
                    minimum, many = _occurs(child)
                    inner = replace(around, many=around.many or many, required=around.required and minimum > 0)
                    yield from self._particles(group, inner)
            elif child.tag in {f"{XSD}element", f"{XSD}any"}:
                yield child, around

    def _derived(self, node: Any, around: _Around) -> Iterator[tuple[Any, _Around]]:
        if node.tag == f"{XSD}extension":
            base = self.find("complexType", node, "base")
            yield from self._particles(base, around) if base is not None else ()
        yield from self._particles(node, around)

    def _group(self, node: Any, around: _Around) -> Iterator[tuple[Any, _Around]]:
        minimum, many = _occurs(node)
        is_choice = node.tag == f"{XSD}choice" and len(node) > 1
        choice = node.sourceline if is_choice and around.choice is None else around.choice
        required = around.required and minimum > 0 and not is_choice
        optional = node.sourceline if minimum == 0 and not is_choice else around.group
        group = None if is_choice else optional
        yield from self._particles(node, _Around(around.many or many, required, choice, group))


def _again(first: Place, second: Place) -> Place:
    """Return the place of an element that a type names twice: in alternatives once, else more than once."""
    alternative = first.choice is not None and first.choice == second.choice
    return replace(first, many=first.many or second.many or not alternative, required=first.required or second.required)


def _occurs(node: Any) -> tuple[int, bool]:
    most = node.get("maxOccurs", "1")
    return int(node.get("minOccurs", "1")), most == "unbounded" or int(most) > 1

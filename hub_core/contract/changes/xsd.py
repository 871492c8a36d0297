"""Elements and types of XML Schema (1.0), as forms."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from hub_core.contract.changes.forms import EMPTY, Attribute, Body, Element, Group, Particle, Type, Values, Wildcard
from hub_core.contract.changes.model import NOWHERE, At
from hub_core.contract.declarations import Declarations
from hub_core.contract.wsdl.names import XSD as NAMESPACE
from hub_core.contract.wsdl.names import split
from hub_core.validation.library import XSD

MAX_DEPTH: Final = 32  # types of types
ANY_TEXT: Final = Values(base="string")
_GROUPS: Final = {f"{XSD}sequence": "sequence", f"{XSD}choice": "choice", f"{XSD}all": "all"}
_FACETS: Final = {
    "length": ("min_length", "max_length"), "minLength": ("min_length",), "maxLength": ("max_length",),
    "minInclusive": ("minimum",), "minExclusive": ("above",), "maxInclusive": ("maximum",),
    "maxExclusive": ("below",), "totalDigits": ("digits",), "fractionDigits": ("fraction",),
}  # fmt: skip
_TRUE: Final = frozenset({"true", "1"})


class XsdForms:
    """Reads the declarations of one contract as forms."""

    def __init__(self, declared: Declarations) -> None:
        self.declared = declared
        self._types: dict[Any, Type] = {}
        self._instead: dict[str, list[Any]] = defaultdict(list)  # members of a substitution group by its head
        self._below: dict[str, list[tuple[str, Any]]] = defaultdict(list)  # complex types by the one that they derive
        for (kind, name), node in declared.named.items():
            if kind == "element" and node.get("substitutionGroup"):
                self._instead[declared.full(node, node.get("substitutionGroup"))].append(node)
            if kind == "complexType":
                for derived in node.iterfind(f"{XSD}complexContent/*[@base]"):
                    self._below[declared.full(derived, derived.get("base"))].append((name, node))

    def root(self, name: str) -> Element | None:
        """Return a global element by ``{namespace}local``."""
        node = self.declared.named.get(("element", name))
        return None if node is None else self._element(node)

    def roots(self) -> dict[str, Element]:
        """Return every global element by name."""
        return {name: self._element(node) for (kind, name), node in self.declared.named.items() if kind == "element"}

    def types(self) -> dict[str, Type]:
        """Return every named type."""
        kinds = ("complexType", "simpleType")
        return {name: self._of_name(name, NOWHERE) for kind, name in self.declared.named if kind in kinds}

    def typed(self, name: str) -> Type:
        """Return the type of a part that names one."""
        return self._of_name(name, NOWHERE)

    def _element(self, node: Any) -> Element:
        meant = self.declared.find("element", node, "ref") if node.get("ref") else node
        least, most = _occurs(node)
        if meant is None:
            return Element(name=self.declared.name(node), type=Type(name="", open=True), least=least, most=most)
        return Element(
            name=self.declared.name(node),
            type=self._type(meant),
            least=least,
            most=most,
            nillable=meant.get("nillable") in _TRUE,
            default=meant.get("default"),
            fixed=meant.get("fixed"),
            at=self.declared.at(node),
        )

    def _type(self, node: Any) -> Type:
        """Return the type of an element, made once: other uses of it are the same type."""
        if node not in self._types:
            self._types[node] = self._said(node)
        return self._types[node]

    def _said(self, node: Any) -> Type:
        at = self.declared.at(node)
        inner = node.find(f"{XSD}complexType")
        if inner is not None:
            return self._complex(inner, "")
        simple = node.find(f"{XSD}simpleType")
        if simple is not None:
            return Type(name="", values=self._simple(simple), at=at)
        if node.get("type"):
            return self._of_name(self.declared.full(node, node.get("type")), at)
        head = self.declared.find("element", node, "substitutionGroup") if node.get("substitutionGroup") else None
        return Type(name="anyType", open=True, at=at) if head is None else self._type(head)

    def _of_name(self, name: str, at: At) -> Type:
        kind = self.declared.named.get(("complexType", name))
        simple = self.declared.named.get(("simpleType", name))
        if kind is not None:
            return self._complex(kind, name)
        if simple is None:
            anything = name == f"{{{NAMESPACE}}}anyType"
            return Type(name=split(name)[1], open=anything, values=None if anything else _built_in(name), at=at)
        if simple not in self._types:  # what becomes another in it is one change, wherever it is used
            self._types[simple] = Type(name=split(name)[1], values=self._simple(simple), at=self.declared.at(simple))
        return self._types[simple]

    def _complex(self, node: Any, name: str) -> Type:
        if node not in self._types:
            self._types[node] = Type(
                name=split(name)[1],
                values=self._text(node),
                mixed=any(one.get("mixed") in _TRUE for one in (node, *node.iterfind(f"{XSD}complexContent"))),
                abstract=node.get("abstract") in _TRUE,
                at=self.declared.at(node),
                expand=lambda: self._body(node),
                derive=lambda: dict(self._derived(name)),
            )
        return self._types[node]

    def _derived(self, name: str, depth: int = 0) -> Iterator[tuple[str, Type]]:
        for below, node in self._below.get(name, ()) if name and depth < MAX_DEPTH else ():
            yield split(below)[1], self._complex(node, below)
            yield from self._derived(below, depth + 1)

    def _text(self, node: Any) -> Values | None:
        content = node.find(f"{XSD}simpleContent")
        if content is None or not len(content):
            return None
        inner = next(one for one in content if one.get("base"))
        base = self.declared.find("complexType", inner, "base")
        values = self._text(base) if base is not None else self._named(inner, "base")
        return self._restricted(inner, values or ANY_TEXT)

    def _body(self, node: Any) -> Body:
        attributes: dict[str, Attribute] = {}
        wildcards: list[Wildcard] = []
        self._attributes(node, attributes, wildcards)
        return Body(content=self._content(node), attributes=attributes, wildcard=wildcards[-1] if wildcards else None)

    def _content(self, node: Any) -> Group:
        """Return what a complex type, an extension, a restriction or a group holds."""
        parts: list[Particle] = []
        for child in node:
            if child.tag == f"{XSD}complexContent":
                parts += [self._inherited(one) for one in child if one.get("base")]
            elif child.tag in _GROUPS or child.tag == f"{XSD}group":
                parts.append(self._particle(child))
        return Group(kind="sequence", items=tuple(parts), at=self.declared.at(node))

    def _inherited(self, node: Any) -> Group:
        own = self._content(node)
        base = self.declared.find("complexType", node, "base") if node.tag == f"{XSD}extension" else None
        return own if base is None else Group(kind="sequence", items=(self._content(base), own), at=own.at)

    def _particle(self, node: Any) -> Particle:
        least, most = _occurs(node)
        at = self.declared.at(node)
        if node.tag == f"{XSD}element":
            element = self._element(node)
            others = list(self._members(element.name)) if node.get("ref") else []
            if not others:
                return element
            own = () if self._abstract(node) else (Element(name=element.name, type=element.type, at=at),)
            return Group(kind="choice", items=(*own, *others), least=least, most=most, at=at)
        if node.tag == f"{XSD}any":
            said = frozenset((node.get("namespace") or "##any").split())
            process = node.get("processContents") or "strict"
            return Wildcard(namespaces=said, process=process, least=least, most=most, at=at)
        if node.tag == f"{XSD}group":
            meant = self.declared.find("group", node, "ref")
            inner = self._content(meant) if meant is not None else EMPTY
            return Group(kind="sequence", items=(inner,), least=least, most=most, at=at)
        items = tuple(self._particle(child) for child in node if child.tag in _HOLD)
        kind: Any = _GROUPS[node.tag]
        return Group(kind=kind, items=items, least=least, most=most, at=at)

    def _abstract(self, node: Any) -> bool:
        meant = self.declared.find("element", node, "ref")
        return meant is not None and meant.get("abstract") in _TRUE

    def _members(self, head: str, depth: int = 0) -> Iterator[Element]:
        for node in self._instead.get(head, ()) if depth < MAX_DEPTH else ():
            if node.get("abstract") not in _TRUE:
                yield self._element(node)
            yield from self._members(self.declared.name(node), depth + 1)

    def _attributes(self, node: Any, found: dict[str, Attribute], wildcards: list[Wildcard]) -> None:
        """Add the attributes of a type or group: first those of what it is derived from."""
        for child in node:
            if child.tag == f"{XSD}attribute":
                name = f"@{self.declared.name(child)}"
                if child.get("use") == "prohibited":
                    found.pop(name, None)
                else:
                    found[name] = self._attribute(child, name)
            elif child.tag == f"{XSD}attributeGroup":
                group = self.declared.find("attributeGroup", child, "ref")
                self._attributes(group if group is not None else (), found, wildcards)
            elif child.tag in {f"{XSD}complexContent", f"{XSD}simpleContent"}:
                for derived in (one for one in child if one.get("base")):
                    base = self.declared.find("complexType", derived, "base")
                    self._attributes(base if base is not None else (), found, wildcards)
                    self._attributes(derived, found, wildcards)
            elif child.tag == f"{XSD}anyAttribute":
                said = frozenset((child.get("namespace") or "##any").split())
                wildcards.append(Wildcard(namespaces=said, process=child.get("processContents") or "strict"))

    def _attribute(self, node: Any, name: str) -> Attribute:
        meant = self.declared.find("attribute", node, "ref") if node.get("ref") else node
        values = ANY_TEXT if meant is None else self._attribute_values(meant)
        named = self.declared.find("simpleType", meant, "type") if meant is not None and meant.get("type") else None
        said = node if node.get("default") or node.get("fixed") or meant is None else meant
        return Attribute(
            name=name,
            required=node.get("use") == "required",
            values=values,
            default=said.get("default"),
            fixed=said.get("fixed"),
            at=self.declared.at(node),
            said=self.declared.at(node if named is None else named),
        )

    def _attribute_values(self, node: Any) -> Values:
        simple = node.find(f"{XSD}simpleType")
        if simple is not None:
            return self._simple(simple)
        return self._named(node, "type") if node.get("type") else ANY_TEXT

    def _named(self, node: Any, attribute: str, depth: int = 0) -> Values:
        return self._values(self.declared.full(node, node.get(attribute)), depth)

    def _values(self, name: str, depth: int) -> Values:
        declared = self.declared.named.get(("simpleType", name))
        if declared is not None and depth < MAX_DEPTH:
            return self._simple(declared, depth + 1)
        return _built_in(name)

    def _simple(self, node: Any, depth: int = 0) -> Values:
        for child in node:
            inner = [self._simple(one, depth + 1) for one in child.findall(f"{XSD}simpleType")]
            if child.tag == f"{XSD}restriction":
                base = inner[0] if inner else self._named(child, "base", depth)
                return self._restricted(child, base)
            if child.tag == f"{XSD}list":
                item = inner or [self._named(child, "itemType", depth)]
                return Values(base="list", parts=tuple(item))
            if child.tag == f"{XSD}union":
                names = [self.declared.full(child, name) for name in (child.get("memberTypes") or "").split()]
                return Values(base="union", parts=tuple([self._values(name, depth) for name in names] + inner))
        return ANY_TEXT

    def _restricted(self, node: Any, base: Values) -> Values:
        enum, patterns = [], []
        facets: dict[str, Decimal | str] = dict(base.facets)
        for child in node:
            kind, value = split(str(child.tag))[1], child.get("value")
            if value is None:
                continue
            if kind == "enumeration":
                enum.append(value)
            elif kind == "pattern":
                patterns.append(value)
            facets |= dict.fromkeys(_FACETS.get(kind, ()), _number(value))
        return Values(
            base=base.base,
            enum=frozenset(enum) if enum else base.enum,
            patterns=base.patterns | ({"|".join(sorted(patterns))} if patterns else set()),
            facets=facets,
            parts=base.parts,
        )


_HOLD: Final = {*_GROUPS, f"{XSD}element", f"{XSD}any", f"{XSD}group"}


def _built_in(name: str) -> Values:
    return Values(base=split(name)[1])


def _number(text: str) -> Decimal | str:
    try:
        return Decimal(text.strip())
    except InvalidOperation:
        return text.strip()  # a date


def _occurs(node: Any) -> tuple[int, int | None]:
    if node.get("name") and node.getparent().tag == f"{XSD}schema":
        return 1, 1
    most = node.get("maxOccurs", "1")
    return int(node.get("minOccurs", "1")), None if most == "unbounded" else int(most)

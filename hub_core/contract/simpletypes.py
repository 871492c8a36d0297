"""Simple types of XML Schema: what a text may be.

Source: XML Schema 1.0 part 2, section 3 (built-in types) and appendix F (regular expressions).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from hub_core.contract.place import Kind, LeafType
from hub_core.validation.library import XSD

MAX_DEPTH: Final = 32  # types of types
_INTEGERS: Final = {
    "integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger",
    "negativeInteger", "unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte",
}  # fmt: skip
_DECIMALS: Final = {"decimal", "float", "double"}
_ZONE: Final = r"(?:Z|[+-][0-9]{2}:[0-9]{2})?"
_PATTERNS: Final[Mapping[str, str]] = {
    "dateTime": rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(?:\.[0-9]+)?{_ZONE}",
    "time": rf"[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(?:\.[0-9]+)?{_ZONE}",
    "gYear": rf"[0-9]{{4}}{_ZONE}",
    "gYearMonth": rf"[0-9]{{4}}-[0-9]{{2}}{_ZONE}",
}
# What Python's expressions cannot say, or say in another way.
_UNTRANSLATED: Final = re.compile(r"\\[pPiIcC]")
_PIECES: Final = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[\^$]|.", re.DOTALL)


class SimpleTypes:
    """Reads simple types; ``find`` looks up what an attribute of a node names."""

    def __init__(self, find: Callable[[str, Any, str], Any]) -> None:
        self.find = find

    def of(self, node: Any) -> LeafType:
        """Return the type of an element or attribute: written inside it, named, or any text."""
        inner = node.find(f"{XSD}simpleType")
        if inner is not None:
            return self._simple(inner, 0)
        return self.named(node, "type") if node.get("type") else LeafType()

    def named(self, node: Any, attribute: str, depth: int = 0) -> LeafType:
        """Return the type that an attribute of a node names."""
        declared = self.find("simpleType", node, attribute)
        if declared is not None and depth < MAX_DEPTH:
            return replace(self._simple(declared, depth + 1), type=declared.get("name", ""))
        return _built_in(node.get(attribute).rpartition(":")[2])

    def _simple(self, node: Any, depth: int) -> LeafType:
        restriction, union = node.find(f"{XSD}restriction"), node.find(f"{XSD}union")
        if restriction is not None:
            inner = restriction.find(f"{XSD}simpleType")
            base = self._simple(inner, depth + 1) if inner is not None else self.named(restriction, "base", depth)
            return self.restricted(restriction, base)
        if union is not None:
            return self._union(union, depth)
        return LeafType()  # a list of values is one text

    def _union(self, node: Any, depth: int) -> LeafType:
        members = [self._simple(inner, depth + 1) for inner in node.findall(f"{XSD}simpleType")]
        for name in (node.get("memberTypes") or "").split():
            holder = _Named(node, name)
            members.append(self.named(holder, "type", depth))
        kinds = {member.kind for member in members}
        patterns = [member.pattern or _of_enum(member) for member in members]
        enums = [text for member in members for text in member.enum] if all(one.enum for one in members) else []
        whole = None if enums or None in patterns else "|".join(f"(?:{pattern})" for pattern in patterns)
        return LeafType(kind=kinds.pop() if len(kinds) == 1 else "text", enum=tuple(enums), pattern=whole)

    def restricted(self, node: Any, base: LeafType) -> LeafType:
        """Return a type with the facets of a restriction added."""
        facets: dict[str, list[str]] = {}
        for child in node:
            if isinstance(child.tag, str) and child.get("value") is not None:
                facets.setdefault(child.tag.removeprefix(XSD), []).append(child.get("value"))
        changed: dict[str, Any] = {}
        if "enumeration" in facets:
            changed["enum"] = tuple(facets["enumeration"])
        if "pattern" in facets:
            changed["pattern"] = _both(base.pattern, _any_of(facets["pattern"]))
        for facet, name in (("minLength", "min_length"), ("maxLength", "max_length")):
            if bounds := facets.get("length") or facets.get(facet):
                changed[name] = int(bounds[-1])
        for facet, name in (("minInclusive", "minimum"), ("maxInclusive", "maximum")):
            if facet in facets:
                changed[name] = facets[facet][-1]
        return replace(base, **changed)


class _Named:
    """A node with one more attribute: a member type of a union is named in a list."""

    def __init__(self, node: Any, name: str) -> None:
        self._node = node
        self._name = name
        self.nsmap = node.nsmap
        self.tag = node.tag

    def get(self, _attribute: str) -> str:
        return self._name

    def iterancestors(self, tag: str) -> Any:
        return self._node.iterancestors(tag)


def _built_in(name: str) -> LeafType:
    kind: Kind = "text"
    if name in _INTEGERS:
        kind = "integer"
    elif name in _DECIMALS:
        kind = "decimal"
    elif name in {"date", "boolean"}:
        kind = "date" if name == "date" else "boolean"
    return LeafType(kind=kind, pattern=_PATTERNS.get(name))


def _of_enum(leaf: LeafType) -> str | None:
    return "|".join(re.escape(text) for text in leaf.enum) if leaf.enum else None


def _any_of(patterns: list[str]) -> str | None:
    translated = [translated_pattern(pattern) for pattern in patterns]
    if None in translated:
        return None
    return "|".join(f"(?:{one})" for one in translated) if len(translated) > 1 else translated[0]


def _both(first: str | None, second: str | None) -> str | None:
    return f"(?=(?:{first})\\Z)(?:{second})" if first and second else second or first


def translated_pattern(pattern: str) -> str | None:
    """Return an expression of XML Schema as one of Python, for the whole text; ``None`` if it cannot be said."""
    pieces = _PIECES.findall(pattern)
    # A class may take away another one: [a-z-[aeiou]].
    if _UNTRANSLATED.search(pattern) or any(piece[0] == "[" and "-[" in piece[1:] for piece in pieces):
        return None
    # Outside of brackets ^ and $ are ordinary characters there.
    text = "".join(f"\\{piece}" if piece in "^$" else piece for piece in pieces)
    try:
        re.compile(text)
    except re.error:
        return None
    return text

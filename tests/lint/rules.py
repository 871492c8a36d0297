"""The rules of a mapping file, and the steps of their paths, as far as operators need them."""

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from hub_core.yaml import Mapping, Node, Scalar, Sequence
from tests.lint.mutant import File

STEP: Final = re.compile(r'(?:"[^"]*"|\[[^\]]*\]|\{[^}]*\}|[^./\["{])+')
XML_STEP: Final = re.compile(r'(?:"[^"]*"|\[[^\]]*\]|[^/\["])+')
LOCAL: Final = re.compile(r"@?(?:[A-Za-z][\w\-]*:)?([\w\-]+)")


class Rule(msgspec.Struct, frozen=True):
    """One rule: the fields it stands among, its target, its keys, the rules around it, how many share the target."""

    holder: Mapping
    target: Scalar
    node: Mapping
    around: tuple["Rule", ...]
    of: int = 1

    def text(self, key: str) -> Scalar | None:
        """Return the text of a key."""
        value = self.node.items.get(key)
        return value if isinstance(value, Scalar) else None


def rules(file: File) -> Iterator[Rule]:
    """Yield all rules of a mapping or of a file of blocks."""
    yield from _rules(file.entry("fields"), ())
    blocks = file.entry("blocks")
    if isinstance(blocks, Mapping):
        for block in blocks.items.values():
            yield from _rules(block, ())


def _rules(fields: Node | None, around: tuple[Rule, ...]) -> Iterator[Rule]:
    if not isinstance(fields, Mapping):
        return
    for name, value in fields.items.items():
        items = value.items if isinstance(value, Sequence) else (value,)
        for item in items:
            if isinstance(item, Mapping):
                rule = Rule(fields, fields.keys[name], item, around, len(items))
                yield rule
                yield from _rules(item.items.get("fields"), (*around, rule))


def places(rule: Rule) -> Iterator[Scalar]:
    """Yield the paths of a rule that lead to what it reads."""
    for key in ("at", "each"):
        if (path := rule.text(key)) and path.text != ".":
            yield path
    several = rule.node.items.get("any")
    for item in several.items if isinstance(several, Sequence) else ():
        path = item.items.get("at") if isinstance(item, Mapping) else item
        if isinstance(path, Scalar) and path.text != ".":
            yield path


def places_or_self(rule: Rule) -> Iterator[Scalar]:
    """Yield the path of a rule, also where it is the place itself."""
    for key in ("at", "each"):
        if path := rule.text(key):
            yield path


def conditions(rule: Rule) -> Iterator[tuple[Mapping, Scalar, Node]]:
    """Yield the conditions of a rule: their mapping, the path, the literals."""
    for key in ("when", "where"):
        found = rule.node.items.get(key)
        if isinstance(found, Mapping):
            for path, literal in found.items.items():
                yield found, found.keys[path], literal


def steps(path: str, file: File) -> list[str]:
    """Return the steps of a path as written."""
    return (XML_STEP if file.is_xml else STEP).findall(path)


def joined(parts: list[str], file: File) -> str:
    """Return the path of some steps."""
    return ("/" if file.is_xml else ".").join(parts)


def local(step: str) -> str:
    """Return the name of a step without mark, prefix, filter and quotes."""
    found = LOCAL.match(step.strip('"'))
    return found[1] if found else ""


def renamed(step: str, name: str) -> str:
    """Return a step with another local name."""
    return step.replace(local(step), name, 1)


def targets(rule: Rule) -> list[str]:
    """Return the steps of the target."""
    return re.findall(r"(?:\[[^\]]*\]|[^.\[])+", rule.target.text)

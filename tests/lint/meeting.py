"""Whether a mapping meets a change of its contract, by the words of ``Mutant.reads``."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from hub_core.yaml import Scalar
from tests.lint.mutant import File, walk
from tests.lint.rules import Rule, local, places, rules, steps

PLAIN: Final = {"text", "upper", "comma_below", "split", "matching"}


def meets(mapping: File, texts: Mapping[str, str], how: str, name: str) -> bool:
    """Tell whether a mapping does with a place or a value what a change of the contract needs to matter.

    Args:
        mapping: the mapping.
        texts: all files it depends on.
        how: ``named``, ``single``, ``list``, ``codes``, ``typed``: with a place; ``value``: it names the text;
            ``unwritten``: it writes and has no rule for the place.
        name: of the place, or the text.
    """
    files = [File(file, text) for file, text in texts.items() if file.endswith(".yaml")]
    if how == "value":
        return any(name == one.text for file in files for one in _scalars(file))
    if how == "named":
        return any(name in re.findall(r"[\w\-]+", one.text) for file in files for one in _scalars(file))
    found = [
        rule
        for file in files
        if file.kind in {"mapping", "blocks"}
        for rule in rules(file)
        if name in _read(rule, mapping)
    ]
    if how == "unwritten":
        direction, fixed = mapping.entry("direction"), [one.text for one in _scalars(mapping, "fixed") if one.text]
        paths = [path.text for rule in rules(mapping) for path in places(rule)]
        written = {local(step) for path in (*fixed, *paths) for step in steps(path, mapping)}
        return isinstance(direction, Scalar) and direction.text == "both" and name not in written
    return any(HOW[how](rule) for rule in found)


def _scalars(file: File, part: str | None = None) -> Iterator[Scalar]:
    """Yield the keys and texts of one part of a file, by default of all but the tests."""
    for key, value in file.node.items.items():
        for one in walk(value) if key == part or (part is None and key != "tests") else ():
            if isinstance(one, Scalar):
                yield one
            yield from getattr(one, "keys", {}).values()


def _read(rule: Rule, mapping: File) -> set[str]:
    return {local(steps(path.text, mapping)[-1]) for path in places(rule)}


def _typed(rule: Rule) -> bool:
    codec = rule.text("as")
    return "codes" in rule.node.items or (codec is not None and codec.text.partition("(")[0] not in PLAIN)


HOW: Final[dict[str, Callable[[Rule], bool]]] = {
    "codes": lambda rule: "codes" in rule.node.items and not {"unmapped", "when"} & rule.node.items.keys(),
    "single": lambda rule: not {"each", "use", "fields"} & rule.node.items.keys(),
    "list": lambda rule: "each" in rule.node.items,
    "typed": _typed,
}

"""L16x: what a file declares and nothing names."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from hub_core.lint.finding import Findings
from hub_core.lint.likeness import fit
from hub_core.lint.world import Subject, World
from hub_core.mapping.language.rules import BlockFile, MappingFile, Rule
from hub_core.mapping.language.targets import BadTarget, parse_target
from hub_core.yaml import Mapping, Node, Scalar, Sequence

_FUNCTION: Final = re.compile(r"\bfn\.[\w\-]+")
LIKE: Final = 0.75  # of a name to that of a code list


@dataclass(slots=True)
class Unused:
    """Looks at declarations."""

    findings: Findings

    def look_at(self, world: World) -> None:
        """Take all files; shared blocks are judged where all mappings that may use them are there."""
        for subject in world.subjects:
            self._mapping(subject)
        if world.whole:
            for file in world.block_files.values():
                self._block_file(file, world)

    def _mapping(self, subject: Subject) -> None:
        file = subject.file
        self._blocks(file, _reached(file.fields, subject))
        self._codes(file, [file.fields, *file.blocks.values()])
        self._prefixes(file)
        used = _reached(file.fields, subject)
        for name in file.blocks_from:
            blocks = next((one.blocks for one in subject.files if one.file == name.text), {})
            if blocks and not used & blocks.keys():
                text = f"no block of {name.text} is used here"
                self.findings.add("L164", name, text, "remove it from blocks_from:", old=name.text)

    def _block_file(self, file: BlockFile, world: World) -> None:
        users = [one for one in world.subjects if any(other.file == file.file for other in one.files)]
        self._blocks(file, {name for user in users for name in _reached(user.file.fields, user)})
        self._codes(file, list(file.blocks.values()))

    def _blocks(self, file: MappingFile | BlockFile, used: set[str]) -> None:
        node = file.node.items.get("blocks")
        names = node.keys if isinstance(node, Mapping) else {}
        for name in file.blocks.keys() - used:
            text = f"nothing uses the block {name!r}"
            self.findings.add("L161", names[name], text, "use it, or remove it", old=name)

    def _codes(self, file: MappingFile | BlockFile, groups: Iterable[tuple[Rule, ...]]) -> None:
        used = {name for rules in groups for rule in _all(rules) for name in _named(rule)}
        node = file.node.items.get("codes")
        names = node.keys if isinstance(node, Mapping) else {}
        for short in file.codes.keys() - used:
            text = f"no rule of this file names the code list {short!r}"
            rule = _meant(short, [one for rules in groups for one in _coded(rules, ())])
            if rule is not None and rule.codes is not None:
                text = f"{text}, and {rule.codes.text!r} stands where it seems to be meant"
                self.findings.add("L162", rule.codes, text, f"write {short!r} instead", old=rule.codes.text, new=short)
            else:
                self.findings.add("L162", names[short], text, "use it, or remove it", old=short)

    def _prefixes(self, file: MappingFile) -> None:
        source = file.node.items.get("source")
        node = source.items.get("ns") if isinstance(source, Mapping) else None
        if not isinstance(node, Mapping):
            return
        texts = list(_texts(file.node))
        for prefix in file.source.ns:
            named = re.compile(rf"(?:^|[^\w.\-]){re.escape(prefix)}:")
            if not any(named.search(text) for text in texts):
                text = f"no path has the prefix {prefix!r}"
                self.findings.add("L163", node.keys[prefix], text, "remove it", old=prefix)


def functions(world: World) -> dict[str, int]:
    """Return how many rules of the linted files read by each registered function (``as: fn.name``)."""
    files: list[MappingFile | BlockFile] = [*(one.file for one in world.subjects), *world.block_files.values()]
    groups = [
        rules for file in files if file.file in world.linted
        for rules in (file.fields if isinstance(file, MappingFile) else (), *file.blocks.values())
    ]  # fmt: skip
    used: Counter[str] = Counter()
    for rule in (one for rules in groups for one in _all(rules)):
        codecs = [rule.codec, *(place.codec for place in rule.places)]
        used.update({name for codec in codecs if codec for name in _FUNCTION.findall(codec.text)})
    return dict(sorted(used.items()))


def _all(rules: tuple[Rule, ...]) -> Iterator[Rule]:
    for rule in rules:
        yield rule
        yield from _all(rule.fields or ())


def _coded(rules: tuple[Rule, ...], around: tuple[str, ...]) -> Iterator[tuple[Rule, tuple[str, ...]]]:
    """Yield the rules that read by a code list, each with its target and the paths that lead to what it reads."""
    for rule in rules:
        paths = (*around, *(place.path.text for place in rule.places), *([rule.each.text] if rule.each else []))
        if rule.codes is not None and rule.const is None:
            yield rule, (rule.target.text, *paths)
        yield from _coded(rule.fields or (), paths)


def _meant(short: str, rules: list[tuple[Rule, tuple[str, ...]]]) -> Rule | None:
    """Return the one rule whose names are like that of a code list, and that names another one."""
    scored = [
        (max(fit(short, name) for text in names for name in re.split(r"[./]", text)), rule) for rule, names in rules
    ]
    scored = [(score, rule) for score, rule in scored if rule.codes and fit(short, rule.codes.text) < score]
    best = max((score for score, _ in scored), default=0.0)
    found = [rule for score, rule in scored if score == best]
    return found[0] if best >= LIKE and len(found) == 1 else None


def _named(rule: Rule) -> Iterator[str]:
    """Yield the short names of code lists that a rule names."""
    if rule.codes is not None:
        yield rule.codes.text
    try:
        steps = parse_target(rule.target.text)
    except BadTarget:
        return
    for step in steps:
        yield from (one.codes for one in step.selectors if one.codes)


def _reached(rules: tuple[Rule, ...], subject: Subject) -> set[str]:
    """Return the blocks that rules use, and those that these use."""
    found: set[str] = set()
    waiting = [rule.use.text for rule in _all(rules) if rule.use]
    while waiting:
        name = waiting.pop()
        if name not in found and name in subject.blocks:
            found.add(name)
            waiting += [rule.use.text for rule in _all(subject.blocks[name][0]) if rule.use]
    return found


def _texts(node: Node) -> Iterator[str]:
    """Yield every key and text of a file."""
    if isinstance(node, Scalar):
        yield node.text
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _texts(item)
    else:
        for key, value in node.items.items():
            yield key
            yield from _texts(value)

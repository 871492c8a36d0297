"""Faults in paths: of rules, conditions, ``ignore``, ``answer``, and in the namespaces that they use."""

import re
from collections.abc import Iterator
from random import Random

from hub_core.yaml import Mapping, Scalar
from tests.lint.mutant import File, Mutant, operator, typo
from tests.lint.rules import conditions, joined, local, places, renamed, rules, steps


def _written(file: File) -> Iterator[tuple[Scalar, list[str]]]:
    for rule in rules(file):
        for path in places(rule):
            yield path, steps(path.text, file)


@operator("mapping", "blocks")
def path_step_misspelt(file: File, rng: Random) -> Iterator[Mutant]:
    for path, parts in _written(file):
        at = rng.randrange(len(parts))
        if name := local(parts[at]):
            parts[at] = renamed(parts[at], typo(name, rng))
            yield from file.edit(path, joined(parts, file), "path_step_misspelt")


@operator("mapping", "blocks")
def path_step_in_other_case(file: File, rng: Random) -> Iterator[Mutant]:
    for path, parts in _written(file):
        name = local(parts[-1])
        other = name.lower() if name.isupper() else name[:1].swapcase() + name[1:]
        parts[-1] = renamed(parts[-1], other)
        yield from file.edit(path, joined(parts, file), "path_step_in_other_case")


@operator("mapping", "blocks")
def path_step_dropped(file: File, rng: Random) -> Iterator[Mutant]:
    for path, parts in _written(file):
        if len(parts) > 1:
            del parts[rng.randrange(len(parts) - 1)]
            yield from file.edit(path, joined(parts, file), "path_step_dropped")


@operator("mapping", "blocks")
def path_last_step_dropped(file: File, rng: Random) -> Iterator[Mutant]:
    for path, parts in _written(file):
        if len(parts) > 1:
            yield from file.edit(path, joined(parts[:-1], file), "path_last_step_dropped")


@operator("mapping", "blocks")
def path_step_doubled(file: File, rng: Random) -> Iterator[Mutant]:
    for path, parts in _written(file):
        at = rng.randrange(len(parts))
        if not parts[at].startswith("@"):
            parts.insert(at, parts[at])
            yield from file.edit(path, joined(parts, file), "path_step_doubled")


@operator("mapping", "blocks")
def path_steps_exchanged(file: File, rng: Random) -> Iterator[Mutant]:
    for path, parts in _written(file):
        plain = [at for at in range(len(parts) - 1) if not parts[at + 1].startswith("@")]
        if plain:
            at = rng.choice(plain)
            parts[at], parts[at + 1] = parts[at + 1], parts[at]
            yield from file.edit(path, joined(parts, file), "path_steps_exchanged")


@operator("mapping")
def path_prefix_wrong(file: File, rng: Random) -> Iterator[Mutant]:
    for path, parts in _written(file):
        prefix = re.match(r"(\w+):", parts[0])
        if file.is_xml and prefix:
            parts[0] = parts[0].replace(prefix[0], f"{prefix[1]}x:", 1)
            yield from file.edit(path, joined(parts, file), "path_prefix_wrong")


@operator("mapping")
def path_prefix_dropped(file: File, rng: Random) -> Iterator[Mutant]:
    for path, parts in _written(file):
        prefixed = [at for at, part in enumerate(parts) if re.match(r"\w+:", part)]
        if file.is_xml and prefixed:
            at = rng.choice(prefixed)
            parts[at] = parts[at].partition(":")[2]
            yield from file.edit(path, joined(parts, file), "path_prefix_dropped")


@operator("mapping")
def path_attribute_mark_lost(file: File, rng: Random) -> Iterator[Mutant]:
    for path, parts in _written(file):
        if parts[-1].startswith("@"):
            yield from file.edit(path, joined([*parts[:-1], parts[-1][1:]], file), "path_attribute_mark_lost")


@operator("mapping")
def path_attribute_mark_added(file: File, rng: Random) -> Iterator[Mutant]:
    for path, parts in _written(file):
        if file.is_xml and re.fullmatch(r"\w+", parts[-1]):
            yield from file.edit(path, joined([*parts[:-1], f"@{parts[-1]}"], file), "path_attribute_mark_added")


@operator("mapping")
def path_of_another_rule(file: File, rng: Random) -> Iterator[Mutant]:
    """A copied rule keeps the path that it was copied from; a mapping that only reads may do so."""
    direction = file.entry("direction")
    for rule in rules(file) if isinstance(direction, Scalar) and direction.text == "both" else ():
        siblings = [
            other for other in rules(file)
            if other.around == rule.around and other is not rule and other.text("at") and _alike(rule, other)
        ]  # fmt: skip
        at = rule.text("at")
        if at and at.text != "." and siblings:
            other = rng.choice(siblings).text("at")
            if other and other.text != ".":
                words = (local(steps(other.text, file)[-1]),)
                yield from file.edit(at, other.text, "path_of_another_rule", words=words)


def _alike(rule, other) -> bool:
    one, two = (dict.fromkeys(sorted(each.node.items.keys() - {"why", "absent", "need"})) for each in (rule, other))
    return one == two == {"at": None}


@operator("mapping", "blocks")
def path_filter_name_misspelt(file: File, rng: Random) -> Iterator[Mutant]:
    for path, _ in _written(file):
        if found := re.search(r"\[([^=\]]{2,})=", path.text):
            changed = path.text.replace(found[0], f"[{typo(found[1], rng)}=", 1)
            yield from file.edit(path, changed, "path_filter_name_misspelt")


@operator("mapping", "blocks")
def path_filter_literal_impossible(file: File, rng: Random) -> Iterator[Mutant]:
    for path, _ in _written(file):
        if found := re.search(r"=([\w\-]+)\]", path.text):
            changed = path.text.replace(found[0], f"={typo(found[1], rng)}]", 1)
            yield from file.edit(path, changed, "path_filter_literal_impossible")


@operator("mapping", "blocks")
def condition_path_misspelt(file: File, rng: Random) -> Iterator[Mutant]:
    for rule in rules(file):
        for _, path, _ in conditions(rule):
            parts = steps(path.text, file)
            if name := local(parts[-1]):
                parts[-1] = renamed(parts[-1], typo(name, rng))
                yield from file.edit(path, joined(parts, file), "condition_path_misspelt")


@operator("mapping")
def ignore_path_misspelt(file: File, rng: Random) -> Iterator[Mutant]:
    ignored = file.entry("ignore")
    for path in ignored.keys.values() if isinstance(ignored, Mapping) else ():
        parts = steps(path.text, file)
        parts[-1] = renamed(parts[-1], typo(local(parts[-1]), rng))
        yield from file.edit(path, joined(parts, file), "ignore_path_misspelt")


@operator("mapping")
def answer_path_misspelt(file: File, rng: Random) -> Iterator[Mutant]:
    path = file.entry("answer", "at")
    if isinstance(path, Scalar):
        parts = steps(path.text, file)
        at = rng.randrange(len(parts))
        parts[at] = renamed(parts[at], typo(local(parts[at]), rng))
        yield from file.edit(path, joined(parts, file), "answer_path_misspelt")


@operator("mapping")
def answer_text_impossible(file: File, rng: Random) -> Iterator[Mutant]:
    for word in ("failed", "none", "later"):
        reasons = file.entry("answer", word)
        for text in reasons.keys.values() if isinstance(reasons, Mapping) else ():
            yield from file.edit(text, f"{text.text}{rng.randrange(10)}", "answer_text_impossible")


@operator("mapping")
def source_namespace_wrong(file: File, rng: Random) -> Iterator[Mutant]:
    declared = file.entry("source", "ns")
    for prefix, uri in declared.items.items() if isinstance(declared, Mapping) else ():
        if isinstance(uri, Scalar):
            yield from file.edit(uri, typo(uri.text, rng), "source_namespace_wrong", words=(f"{prefix}:",))
            yield from file.edit(uri, uri.text + "/", "source_namespace_wrong", words=(f"{prefix}:",))


@operator("mapping")
def source_root_misspelt(file: File, rng: Random) -> Iterator[Mutant]:
    source = file.entry("source", "xml")
    if isinstance(source, Scalar) and "#" in source.text:
        path, _, root = source.text.partition("#")
        yield from file.edit(source, f"{path}#{typo(root, rng)}", "source_root_misspelt")
        folder, _, name = path.rpartition("/")
        yield from file.edit(source, f"{folder}/{typo(name[:-4], rng)}.xsd#{root}", "source_root_misspelt")

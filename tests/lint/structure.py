"""Faults between parts of a mapping file: cardinality, two rules for one place, blocks, keys, required parts, tests."""

import json
import re
from collections.abc import Iterator
from random import Random
from typing import Final

from hub_core.yaml import Mapping, Node, Scalar, Sequence
from tests.lint.mutant import File, Mutant, operator, typo, walk
from tests.lint.rules import Rule, joined, local, places_or_self, rules, steps, targets

NEEDED: Final = {"value", "amount", "currency"}  # without these an identifier or a sum cannot be


@operator("mapping", "blocks")
def single_field_read_as_a_list(file: File, rng: Random) -> Iterator[Mutant]:
    for rule in rules(file):
        if rule.text("at") and not rule.target.text.endswith(("[]", ".")):
            yield from file.edit(rule.node.keys["at"], "each", "single_field_read_as_a_list", lines=(rule.target.line,))


@operator("mapping", "blocks")
def value_read_above_its_list(file: File, rng: Random) -> Iterator[Mutant]:
    """The last step of a list's path moves into the paths of its fields: one element, whose values repeat."""
    for rule in rules(file):
        path = rule.text("each")
        parts = steps(path.text, file) if path else []
        inner = [one for one in rules(file) if one.around and one.around[-1].node is rule.node]
        if (
            len(parts) < 2
            or not inner
            or "use" in rule.node.items
            or any(one.node.items.keys() & {"any", "when", "use", "derive"} for one in inner)
        ):
            continue
        moved = [(at, _below(parts[-1], at.text, file)) for one in inner for at in places_or_self(one)]
        edits = [(path, joined(parts[:-1], file)), *moved]
        if all(file.end(scalar) for scalar, _ in edits):
            yield _edited(file, edits, "value_read_above_its_list")


def _below(step: str, path: str, file: File) -> str:
    return step if path == "." else joined([step, path], file)


def _edited(file: File, edits: list[tuple[Scalar, str]], operator: str) -> Mutant:
    text = file.text
    for scalar, new in sorted(edits, key=lambda edit: -file.start(edit[0])):
        text = text[: file.start(scalar)] + json.dumps(new) + text[file.end(scalar) :]
    line = edits[0][0].line
    return Mutant(
        operator=operator, file=file.name, line=line, lines=tuple({scalar.line for scalar, _ in edits}), text=text,
        before=file.lines[line - 1], after=text.splitlines()[line - 1], original=edits[0][0].text,
    )  # fmt: skip


@operator("mapping", "blocks")
def two_rules_for_one_place(file: File, rng: Random) -> Iterator[Mutant]:
    """The same field once more under another spelling of its target."""
    for fields in _flow_fields(file):
        for target, value in fields.items.items():
            holder, _, last = target.rpartition(".")
            end = file.end(value) if isinstance(value, Mapping) else None
            if holder and end and "[" not in target and {"at", "any"} & value.items.keys():
                rule = file.text[file.start(value) : end]
                entry = f"{holder}: {{fields: {{{last}: {rule}}}}}"
                yield from _beside(file, fields.keys[target], end, entry, "two_rules_for_one_place")


@operator("mapping", "blocks")
def rule_copied_to_another_field(file: File, rng: Random) -> Iterator[Mutant]:
    """One place of the source for two fields: no fault of a mapping that only reads, writing could not tell which."""
    for fields in _flow_fields(file):
        for target, value in fields.items.items() if _writes(file) else ():
            end = file.end(value) if isinstance(value, Mapping) else None
            other = {"name.family": "name.full", "street": "text", "period.start": "period.end"}.get(target)
            if end and other and other not in fields.items and value.items.keys() <= {"at", "as"}:
                entry = f"{other}: {file.text[file.start(value) : end]}"
                yield from _beside(file, fields.keys[target], end, entry, "rule_copied_to_another_field")


def _writes(file: File) -> bool:
    direction = file.entry("direction")
    return isinstance(direction, Scalar) and direction.text == "both"


def _beside(file: File, key: Scalar, end: int, entry: str, operator: str) -> Iterator[Mutant]:
    """Put an entry on the line behind another one: line numbers below it stay where they are, but for one."""
    indent = " " * (key.column - 1)
    if file.lines[key.line - 1][: key.column - 1].strip() or file.text[end : end + 1] != "\n":
        return
    changed = f"{file.text[:end]}\n{indent}{entry}{file.text[end:]}"
    yield Mutant(
        operator=operator, file=file.name, line=key.line + 1, lines=(key.line,), text=changed, before="",
        after=indent + entry, original=key.text,
    )  # fmt: skip


def _flow_fields(file: File) -> Iterator[Mapping]:
    for key in ("fields", "blocks"):
        for node in walk(file.entry(key)) if file.entry(key) else ():
            if isinstance(node, Mapping) and any("." in target for target in node.items):
                yield node


@operator("mapping", "blocks")
def block_misspelt(file: File, rng: Random) -> Iterator[Mutant]:
    for rule in rules(file):
        if use := rule.text("use"):
            yield from file.edit(use, typo(use.text, rng), "block_misspelt", words=(f"{use.text}:",))


@operator("mapping", "blocks")
def block_at_another_place(file: File, rng: Random) -> Iterator[Mutant]:
    """A block stands at the place of something else: its paths lead nowhere from there."""
    used = [(rule, path) for rule in rules(file) if (path := rule.text("at") or rule.text("each"))]
    for rule, path in used:
        use = rule.text("use")
        others = [other.text for one, other in used if use and _holds(one) and not _same(one, use)]
        others = [text for text in others if text not in {path.text, "."}]
        if use and others:
            yield from file.edit(path, rng.choice(others), "block_at_another_place", words=(f"use: {use.text}",))


def _holds(rule: Rule) -> bool:
    return bool({"use", "fields"} & rule.node.items.keys())


def _same(rule: Rule, use: Scalar) -> bool:
    other = rule.text("use")
    return other is not None and other.text == use.text


@operator("mapping", "blocks")
def block_of_another_object(file: File, rng: Random) -> Iterator[Mutant]:
    names = sorted({use.text for rule in rules(file) if (use := rule.text("use"))})
    for rule in rules(file):
        use = rule.text("use")
        others = [name for name in names if use and name != use.text]
        if others and (rule.text("at") or rule.text("each")):
            yield from file.edit(use, rng.choice(others), "block_of_another_object")


@operator("mapping")
def block_file_misspelt(file: File, rng: Random) -> Iterator[Mutant]:
    files = file.entry("blocks_from")
    for name in files.items if isinstance(files, Sequence) else ():
        stem, _, ending = name.text.rpartition(".")
        yield from file.edit(name, f"{typo(stem, rng)}.{ending}", "block_file_misspelt")


@operator("mapping", "blocks")
def key_misspelt(file: File, rng: Random) -> Iterator[Mutant]:
    for rule in rules(file):
        key = rng.choice(sorted(rule.node.items))
        if len(key) > 2:
            yield from file.edit(rule.node.keys[key], typo(key, rng), "key_misspelt")


@operator("mapping", "blocks")
def word_of_a_key_misspelt(file: File, rng: Random) -> Iterator[Mutant]:
    for rule in rules(file):
        for key in ("need", "unmapped", "faulty", "derive"):
            if word := rule.text(key):
                yield from file.edit(word, typo(word.text, rng), "word_of_a_key_misspelt")


@operator("mapping", "blocks")
def needed_rule_removed(file: File, rng: Random) -> Iterator[Mutant]:
    """An identifier without its value, a sum without amount or currency."""
    for rule in rules(file):
        last = re.sub(r"\W", "", (targets(rule) or [""])[-1])
        whole = rule.target.text.rpartition(".")[0]
        others = [target for target in rule.holder.items if target.startswith(whole) and target != rule.target.text]
        if last in NEEDED and rule.of == 1 and others:
            beside = [key.line for target, key in rule.holder.keys.items() if target != rule.target.text]
            lines = (*(each.target.line for each in rule.around), rule.holder.line, *beside[:1])
            words = (rule.target.text.rpartition(".")[0] or rule.target.text,)
            yield from file.without(rule.holder, rule.target.text, "needed_rule_removed", lines=lines, words=words)


def _tests(file: File) -> Iterator[Mapping]:
    tests = file.entry("tests")
    for test in tests.items if isinstance(tests, Sequence) else ():
        if isinstance(test, Mapping):
            yield test


def _keys(node: Node | None) -> list[Scalar]:
    return [key for one in walk(node) if isinstance(one, Mapping) for key in one.keys.values()] if node else []


@operator("mapping")
def test_expects_a_field_that_is_not_there(file: File, rng: Random) -> Iterator[Mutant]:
    for test in _tests(file):
        if keys := _keys(test.items.get("expect")):
            key = rng.choice(keys)
            yield from file.edit(key, typo(key.text, rng), "test_expects_a_field_that_is_not_there")


@operator("mapping")
def test_expects_a_code_that_is_not_there(file: File, rng: Random) -> Iterator[Mutant]:
    for test in _tests(file):
        nodes = walk(test.items["expect"]) if "expect" in test.items else ()
        coded = [node.items["code"] for node in nodes if isinstance(node, Mapping) and "code" in node.items]
        if coded := [code for code in coded if isinstance(code, Scalar) and len(code.text) > 1]:
            code = rng.choice(coded)
            yield from file.edit(code, typo(code.text, rng), "test_expects_a_code_that_is_not_there")


@operator("mapping")
def test_changes_a_place_that_is_not_there(file: File, rng: Random) -> Iterator[Mutant]:
    for test in _tests(file):
        for path in _keys(test.items.get("set")):
            parts = steps(path.text, file)
            if len(parts) > 1 and (name := local(parts[0])):
                yield from file.edit(
                    path, path.text.replace(name, typo(name, rng), 1), "test_changes_a_place_that_is_not_there"
                )


@operator("mapping")
def test_names_a_finding_that_is_not_there(file: File, rng: Random) -> Iterator[Mutant]:
    for test in _tests(file):
        for key in ("error", "findings"):
            for node in walk(test.items[key]) if key in test.items else ():
                if isinstance(node, Scalar) and re.fullmatch(r"M\d{3}", node.text):
                    wrong = f"M{rng.randrange(600, 999)}"
                    yield from file.edit(node, wrong, "test_names_a_finding_that_is_not_there")


@operator("mapping")
def test_fixture_misspelt(file: File, rng: Random) -> Iterator[Mutant]:
    for test in _tests(file):
        fixture = test.items["in"]
        if isinstance(fixture, Scalar):
            stem, _, ending = fixture.text.rpartition(".")
            yield from file.edit(fixture, f"{typo(stem, rng)}.{ending}", "test_fixture_misspelt")

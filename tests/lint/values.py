"""Faults in what a rule says besides its path: codecs, codes, constants, conditions, targets, blocks, tests."""

import json
import re
from collections.abc import Iterator
from random import Random
from typing import Any, Final

from hub_core.places import SCHEMAS
from hub_core.yaml import Mapping, Scalar, Sequence
from tests.lint.mutant import File, Mutant, operator, typo
from tests.lint.rules import Rule, conditions, rules, targets

PATTERNS: Final = ("%d.%m.%Y", "%Y-%m-%d", "%d/%m/%Y", "%m.%d.%Y", "%Y%m%d", "%d.%m.%y")
TYPED: Final = ("date", "partial_date", "month", "month_first", "month_last", "decimal", "integer", "yes_no")
OTHER: Final = {"date": "decimal", "decimal": "date", "integer": "partial_date"}
CANONICAL: Final[dict[str, Any]] = json.loads((SCHEMAS / "canonical" / "beneficiary-1.schema.json").read_text())[
    "$defs"
]


def _codecs(file: File) -> Iterator[tuple[Rule, Scalar]]:
    for rule in rules(file):
        if codec := rule.text("as"):
            yield rule, codec


@operator("mapping", "blocks")
def codec_misspelt(file: File, rng: Random) -> Iterator[Mutant]:
    for _, codec in _codecs(file):
        name = re.match(r"\w+", codec.text)[0]
        yield from file.edit(codec, typo(name, rng) + codec.text[len(name) :], "codec_misspelt")


@operator("mapping", "blocks")
def codec_of_another_type(file: File, rng: Random) -> Iterator[Mutant]:
    for _, codec in _codecs(file):
        name = re.match(r"\w+", codec.text)[0]
        yield from file.edit(codec, OTHER.get(name, "decimal"), "codec_of_another_type")


@operator("mapping", "blocks")
def codec_dropped(file: File, rng: Random) -> Iterator[Mutant]:
    """Only where the codec gives something else than text: without a codec of texts the rule is another, not a fault."""
    for rule, codec in _codecs(file):
        if codec.text.partition("(")[0] in TYPED:
            yield from file.without(rule.node, "as", "codec_dropped", original=codec.text)


@operator("mapping", "blocks")
def codec_date_pattern_wrong(file: File, rng: Random) -> Iterator[Mutant]:
    for _, codec in _codecs(file):
        name = codec.text.partition("(")[0]
        if "date" in name:
            pattern = rng.choice([one for one in PATTERNS if one not in codec.text])
            yield from file.edit(codec, f'{name}("{pattern}")', "codec_date_pattern_wrong")
            if "(" in codec.text:
                yield from file.edit(codec, name, "codec_date_pattern_wrong")


@operator("mapping", "blocks")
def codec_decimal_sign_wrong(file: File, rng: Random) -> Iterator[Mutant]:
    for _, codec in _codecs(file):
        if codec.text.startswith("decimal"):
            others = ["decimal", 'decimal(".")', 'decimal(",")', 'decimal(",", ".")', 'decimal(".", ",")']
            written = [one for one in others if one != codec.text]
            yield from file.edit(codec, rng.choice(written), "codec_decimal_sign_wrong")


@operator("mapping", "blocks")
def codes_name_misspelt(file: File, rng: Random) -> Iterator[Mutant]:
    for rule in rules(file):
        if name := rule.text("codes"):
            yield from file.edit(name, typo(name.text, rng), "codes_name_misspelt", words=(name.text,))


@operator("mapping", "blocks")
def codes_of_another_field(file: File, rng: Random) -> Iterator[Mutant]:
    shorts = list(file.entry("codes").items) if isinstance(file.entry("codes"), Mapping) else []
    for rule in rules(file):
        name = rule.text("codes")
        others = [short for short in shorts if name and short != name.text]
        if others and "const" not in rule.node.items:
            yield from file.edit(name, rng.choice(others), "codes_of_another_field")


@operator("mapping", "blocks")
def codes_dropped(file: File, rng: Random) -> Iterator[Mutant]:
    for rule in rules(file):
        if rule.text("codes"):
            yield from file.without(rule.node, "codes", "codes_dropped", original=rule.text("codes").text)


@operator("mapping", "blocks")
def codes_list_misspelt(file: File, rng: Random) -> Iterator[Mutant]:
    declared = file.entry("codes")
    for short, name in declared.items.items() if isinstance(declared, Mapping) else ():
        stem, _, version = name.text.partition("@")
        for other in (f"{typo(stem, rng)}@{version}", f"{stem}@{int(version) + 1}"):
            yield from file.edit(name, other, "codes_list_misspelt", words=(f"codes: {short}",))


@operator("mapping", "blocks")
def codes_short_name_misspelt(file: File, rng: Random) -> Iterator[Mutant]:
    declared = file.entry("codes")
    for short in declared.keys.values() if isinstance(declared, Mapping) else ():
        words = (f"codes: {short.text}", f"={short.text}:")
        yield from file.edit(short, typo(short.text, rng), "codes_short_name_misspelt", words=words)


@operator("mapping", "blocks")
def constant_does_not_fit(file: File, rng: Random) -> Iterator[Mutant]:
    """Constants of coded fields, countries and currencies; a constant of plain text fits whatever it says."""
    for rule in rules(file):
        const = rule.text("const")
        if const and (rule.text("codes") or targets(rule)[-1].lstrip(".") in {"country", "currency"}):
            wrong = typo(const.text, rng) if rule.text("codes") else rng.choice([const.text.lower(), const.text + "X"])
            yield from file.edit(const, wrong, "constant_does_not_fit")


@operator("mapping", "blocks")
def condition_literal_impossible(file: File, rng: Random) -> Iterator[Mutant]:
    for rule in rules(file):
        for _, _, literal in conditions(rule):
            one = literal.items[0] if isinstance(literal, Sequence) else literal
            if isinstance(one, Scalar) and one.text not in {"present", "absent"}:
                wrong = one.text + rng.choice("7X")
                yield from file.edit(one, wrong, "condition_literal_impossible")


@operator("mapping", "blocks")
def condition_contradicts_itself(file: File, rng: Random) -> Iterator[Mutant]:
    """The place has a value, and nothing may be there at all."""
    for rule in rules(file):
        for holder, path, literal in conditions(rule):
            if not (isinstance(literal, Scalar) and literal.text == "absent") and '"."' not in holder.items:
                words = (path.text,)
                yield from file.added(holder, '".": absent', "condition_contradicts_itself", words=words)


@operator("mapping", "blocks")
def rules_in_an_order_that_hides_one(file: File, rng: Random) -> Iterator[Mutant]:
    """The rule that always holds comes first: what was before it is never reached."""
    for fields in _fields(file):
        for target, value in fields.items.items():
            items = value.items if isinstance(value, Sequence) else ()
            if len(items) < 2 or target.endswith("[]") or not all(isinstance(item, Mapping) for item in items):
                continue
            first, last = items[-2], items[-1]
            unconditional = "when" in first.items and "when" not in last.items
            spans = file.start(first), file.end(first), file.start(last), file.end(last)
            if unconditional and "const" in last.items and None not in spans:
                yield _exchanged(file, spans, first.line, last.line)


def _exchanged(file: File, spans: tuple[int, ...], first: int, last: int) -> Mutant:
    a, b, c, d = spans
    changed = file.text[:a] + file.text[c:d] + file.text[b:c] + file.text[a:b] + file.text[d:]
    return Mutant(
        operator="rules_in_an_order_that_hides_one", file=file.name, line=first, text=changed, lines=(last,),
        before=file.lines[first - 1], after=changed.splitlines()[first - 1], original=file.text[a:b],
    )  # fmt: skip


def _fields(file: File) -> Iterator[Mapping]:
    seen: list[Mapping] = []
    for key in ("fields", "blocks"):
        node = file.entry(key)
        if isinstance(node, Mapping):
            seen += [node] if key == "fields" else [one for one in node.items.values() if isinstance(one, Mapping)]
    seen += [rule.node.items["fields"] for rule in rules(file) if isinstance(rule.node.items.get("fields"), Mapping)]
    return iter(seen)


@operator("mapping", "blocks")
def target_misspelt(file: File, rng: Random) -> Iterator[Mutant]:
    for rule in rules(file):
        parts = targets(rule) or [""]
        at = rng.randrange(len(parts))
        if re.match(r"\.?\w{2}", parts[at]):
            name = re.search(r"\w+", parts[at])[0]
            parts[at] = parts[at].replace(name, typo(name, rng), 1)
            yield from file.edit(rule.target, ".".join(parts).replace(".[", "["), "target_misspelt")


@operator("mapping", "blocks")
def target_too_deep(file: File, rng: Random) -> Iterator[Mutant]:
    for rule in rules(file):
        if not rule.target.text.endswith(("]", ".")) and {"at", "any"} & rule.node.items.keys():
            yield from file.edit(rule.target, f"{rule.target.text}.value", "target_too_deep")


@operator("mapping", "blocks")
def target_too_shallow(file: File, rng: Random) -> Iterator[Mutant]:
    for rule in rules(file):
        holder, _, last = rule.target.text.rpartition(".")
        if holder and last and "[" not in last and rule.of == 1:
            yield from file.edit(rule.target, holder, "target_too_shallow")


@operator("mapping", "blocks")
def target_selector_wrong(file: File, rng: Random) -> Iterator[Mutant]:
    for rule in rules(file):
        if found := re.search(r"\[(\w+)=", rule.target.text):
            changed = rule.target.text.replace(found[0], f"[{typo(found[1], rng)}=", 1)
            yield from file.edit(rule.target, changed, "target_selector_wrong")


@operator("mapping", "blocks")
def target_list_mark_lost(file: File, rng: Random) -> Iterator[Mutant]:
    for rule in rules(file):
        if rule.target.text.endswith("[]"):
            yield from file.edit(rule.target, rule.target.text[:-2], "target_list_mark_lost")


@operator("mapping")
def target_of_another_type(file: File, rng: Random) -> Iterator[Mutant]:
    for rule in rules(file):
        parts = [name for each in (*rule.around, rule) for name in targets(each)]
        found = _holder([re.sub(r"\W", "", part) for part in parts if not part.startswith("[") and part != "."])
        if found is None or not {"at", "any"} & rule.node.items.keys():
            continue
        last, properties = found
        others = [name for name, one in properties.items() if name != last and _type(one) != _type(properties[last])]
        prefix = rule.target.text[: len(rule.target.text) - len(last)]
        free = [prefix + name for name in others if prefix + name not in rule.holder.items]
        if free and rule.target.text.endswith(last):
            yield from file.edit(rule.target, rng.choice(free), "target_of_another_type")


def _holder(names: list[str]) -> tuple[str, dict[str, Any]] | None:
    holder = CANONICAL["Beneficiary"]["properties"]
    for name in names[:-1]:
        ref = re.search(r"\$defs/(\w+)", json.dumps(holder.get(name, {})))
        if not ref:
            return None
        holder = CANONICAL[ref[1]].get("properties", {})
    return (names[-1], holder) if names and names[-1] in holder else None


def _type(field: dict[str, Any]) -> str:
    facts = ("$ref", "type", "format", "pattern")
    found = [field, *field.get("anyOf", []), field.get("items", {})]
    return json.dumps([[one.get(fact) for fact in facts] for one in found if one.get("type") != "null"])

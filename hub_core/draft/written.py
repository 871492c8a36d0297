"""The draft as the text of a mapping file."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from hub_core.contract import Place
from hub_core.draft.guessing import Group, Guess
from hub_core.draft.leaves import Leaf
from hub_core.mapping.language.paths import shown_key, shown_name

_QUOTED: Final = set("@{}[],:#\"'&*!|>%` ")


@dataclass
class Lines:
    """Lines of the file, and which guess stands in which line; lines count from 1."""

    text: list[str] = field(default_factory=list)
    guesses: dict[int, list[Guess]] = field(default_factory=dict)

    def add(self, line: str, guesses: Sequence[Guess] = ()) -> None:
        """Add one line."""
        self.text.append(line)
        if guesses:
            self.guesses[len(self.text)] = list(guesses)


@dataclass(frozen=True, kw_only=True)
class Head:
    """What the file begins with.

    Attributes:
        id: ``partner.document/1``.
        source: what stands below ``source:``, by key, but for ``ns``.
        prefixes: XML: by namespace.
        made_of: what the draft was made from, for people.
        system: of ``exchange.system``.
    """

    id: str
    kind: Literal["xml", "json", "rows"]
    source: Mapping[str, str]
    made_of: str
    system: str
    prefixes: Mapping[str, str] = field(default_factory=dict)


def written(
    head: Head, found: Sequence[Leaf], guesses: Sequence[Guess], hints: Mapping[int, str], test: Sequence[str]
) -> Lines:
    """Return the file: head, suggested rules, what is to be decided, and the lines of its test.

    ``hints``: coded fields that leaves may be meant for, by identity of the leaf.
    """
    lines = Lines()
    codes = dict.fromkeys(guess.codes for guess in guesses if guess.codes)
    lines.add(f"# A draft, made from {head.made_of}.")
    lines.add("# The rules are guessed by the names in the contract: look at each.")
    lines.add(f"mapping: {head.id}")
    lines.add("source:")
    for key, value in head.source.items():
        lines.add(f"  {key}: {json.dumps(value, ensure_ascii=False)}")
    _namespaces(lines, head, guesses)
    lines.add("target: Beneficiary@1")
    if codes:
        lines.add(f"codes: {{{', '.join(f'{_short(name)}: {name}' for name in codes)}}}")
    lines.add("fields:")
    lines.add(f"  exchange.system: {{const: {head.system}}}")
    _fields(lines, head, guesses)
    _open(lines, head, found, guesses, hints)
    for line in test:
        lines.add(line)
    return lines


def _namespaces(lines: Lines, head: Head, guesses: Sequence[Guess]) -> None:
    """Declare the prefixes that rules use; the others wait in a comment until a rule uses them."""
    used = {place.name.lstrip("@")[1:].partition("}")[0] for guess in guesses for place in guess.leaf.way}
    for mark, wanted in (("", True), ("# ", False)):
        pairs = [f"{prefix}: {json.dumps(it)}" for it, prefix in head.prefixes.items() if (it in used) is wanted]
        if pairs:
            lines.add(f"  {mark}ns: {{{', '.join(pairs)}}}")


def _fields(lines: Lines, head: Head, guesses: Sequence[Guess]) -> None:
    groups: dict[Group, list[Guess]] = {}
    for guess in guesses:
        groups.setdefault(guess.group, []).append(guess)
    for group, members in groups.items():
        indent = "  "
        if group.field:
            lines.add(f"  {group.field}[]:", members)
            lines.add(f"    each: {path(group.way, head)}", members)
            lines.add("    fields:", members)
            indent = "      "
        for guess in members:
            at = path(guess.leaf.way[len(group.way) :], head)
            more = f", as: {_yaml(guess.codec)}" if guess.codec else ""
            more += f", codes: {_short(guess.codes)}, unmapped: flag" if guess.codes else ""
            lines.add(f"{indent}{guess.target}: {{at: {at}{more}}}  # guessed; {said(guess.leaf)}", [guess])


def _open(lines: Lines, head: Head, found: Sequence[Leaf], guesses: Sequence[Guess], hints: Mapping[int, str]) -> None:
    """Name what no rule reads: as comments, so that nothing is left out before somebody decided it."""
    mapped = {id(guess.leaf) for guess in guesses}
    left = [leaf for leaf in found if id(leaf) not in mapped]
    if not left:
        return
    lines.add("# To be decided: write a rule, or a line below ignore: with the reason. Until then it goes to unmapped.")
    for leaf in left:
        perhaps = f"; perhaps {hints[id(leaf)]}" if id(leaf) in hints else ""
        lines.add(f"#   {path(leaf.way, head, lists=False)}: {said(leaf)}{perhaps}")


def path(way: Sequence[Place], head: Head, *, lists: bool = True) -> str:
    """Return a way as a path of the language, quoted where YAML needs it; ``lists``: with ``[]`` at what repeats."""
    names = [shown_name(one.name, head.prefixes) if head.kind == "xml" else shown_key(one.name) for one in way]
    steps = [name + ("[]" if place.many and lists else "") for name, place in zip(names, way, strict=True)]
    return _yaml(("/" if head.kind == "xml" else ".").join(steps) or ".")


def said(found: Leaf) -> str:
    """Return what the contract says of a text."""
    leaf = found.type
    if found.open:
        return "the contract says that anything may stand here"
    if leaf.enum:
        return f"one of {len(leaf.enum)} texts" if len(leaf.enum) > 1 else "always one text"
    bounds = f" up to {leaf.max_length} characters" if leaf.max_length else ""
    if leaf.kind == "text" and not leaf.pattern and not bounds:
        return "the contract says only text"
    return f"{leaf.kind}{bounds}{' of a form' if leaf.pattern else ''}"


def test_lines(name: str, fixture: str, record: Mapping[str, Any]) -> list[str]:
    """Return the lines of a test that expects a record."""
    head = ["tests:", f"  - name: {name}", f"    in: {fixture}", "    expect:"]
    return [*head, *(f"      {key}: {_flow(value)}" for key, value in record.items())]


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {_flow(inner)}' for key, inner in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    return json.dumps(value if isinstance(value, str) else str(value).lower(), ensure_ascii=False)


def _short(name: str) -> str:
    return name.partition("@")[0].replace(".", "-")


def _yaml(text: str) -> str:
    return "'{}'".format(text.replace("'", "''")) if _QUOTED & set(text) else text

"""Files as text with places in them, and what a mutant is: one file with one fault put into it.

An operator is a function ``(file, rng) -> mutants``; it knows the language and the text of one file, nothing of the
checks. ``OPERATORS`` holds all of them by name, in the order of their modules.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import accumulate
from random import Random
from typing import Final

import msgspec

from hub_core import yaml
from hub_core.yaml import Mapping, Node, Scalar, Sequence


class Mutant(msgspec.Struct, frozen=True, kw_only=True):
    """One fault in one file.

    Attributes:
        file: relative to the project, such as ``mappings/cnas/insured-person.yaml``.
        line: the changed line.
        text: the whole changed file.
        before, after: the changed line before and after.
        original: what stood there, as a hint would have to name it.
        lines: further lines of the same file on which the fault is as true as on the changed one.
        words: where the fault lies between two files or two places, the words by which the other line is known: a
            line that holds one of them is right too. Empty: only the changed line is.
        entry: a text that a code list then lacks; what lacks it has no line for it, so that a finding that names it is
            right wherever it stands in the list.
        reads: contract only: what the mapping must do with the place for the change to matter, see ``equivalence``.
    """

    operator: str
    file: str
    line: int
    text: str
    before: str
    after: str
    original: str
    lines: tuple[int, ...] = ()
    words: tuple[str, ...] = ()
    entry: str | None = None
    reads: tuple[str, str] | None = None

    @property
    def label(self) -> str:
        """Return one line that tells it apart."""
        place = f"{self.file}:{self.line}"
        return f"{self.operator} {place} ({self.original}): {self.before.strip()} -> {self.after.strip()}"


class File:
    """The text of one file, its YAML with positions, and edits at a position."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.lines = text.splitlines()

    @cached_property
    def node(self) -> Mapping:
        """The YAML of the file."""
        node = yaml.parse(self.text, file=self.name)
        assert isinstance(node, Mapping)
        return node

    @cached_property
    def kind(self) -> str:
        """``mapping``, ``blocks``, ``codes``, ``xsd``, ``json``, or ``rows``, which no operator changes."""
        if self.name.endswith(".rows.yaml"):
            return "rows"
        if not self.name.endswith(".yaml"):
            return self.name.rpartition(".")[2]
        known = {"list": "codes", "mapping": "mapping"}
        return next((kind for key, kind in known.items() if key in self.node.items), "blocks")

    @cached_property
    def is_xml(self) -> bool:
        """Whether the paths of the mapping lead into XML."""
        source = self.node.items.get("source")
        return isinstance(source, Mapping) and "xml" in source.items

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *accumulate(len(line) + 1 for line in self.lines)]

    def entry(self, *keys: str) -> Node | None:
        """Return the node below some keys."""
        node: Node | None = self.node
        for key in keys:
            node = node.items.get(key) if isinstance(node, Mapping) else None
        return node

    def start(self, node: Node) -> int:
        """Return the offset of a node in the text."""
        return self._starts[node.line - 1] + node.column - 1

    def end(self, node: Node) -> int | None:
        """Return the offset behind a scalar or a flow collection; ``None`` where it cannot be told."""
        start = self.start(node)
        first = self.text[start : start + 1]
        if first in {'"', "'"}:
            return _quoted_end(self.text, start)
        if isinstance(node, Scalar):
            return start + len(node.text) if self.text.startswith(node.text, start) else None
        return _flow_end(self.text, start) if first in {"{", "["} else None

    def replaced(self, start: int, end: int, raw: str, operator: str, original: str, **more: object) -> Mutant | None:
        """Return the mutant that has ``raw`` for a piece of one line."""
        old = self.text[start:end]
        if "\n" in old or "\n" in raw or old == raw:
            return None
        changed = self.text[:start] + raw + self.text[end:]
        line = self.text.count("\n", 0, start) + 1
        after = changed.splitlines()[line - 1]
        return Mutant(
            operator=operator, file=self.name, line=line, text=changed, before=self.lines[line - 1], after=after,
            original=original, **more,
        )  # fmt: skip

    def edit(self, node: Scalar, text: str, operator: str, **more: object) -> Iterator[Mutant]:
        """Yield the mutant that has another text for a scalar, quoted as it was."""
        end = self.end(node)
        if end is None or text == node.text:
            return
        start = self.start(node)
        raw = _written(text, self.text[start])
        if mutant := self.replaced(start, end, raw, operator, str(more.pop("original", node.text)), **more):
            yield mutant

    def without(self, holder: Mapping, key: str, operator: str, **more: object) -> Iterator[Mutant]:
        """Yield the mutant that lacks one entry of a mapping; nothing where the entry is longer than its line."""
        name, value = holder.keys[key], holder.items[key]
        start, end = self.start(name), self.end(value)
        if end is None:
            return
        original = str(more.pop("original", key))
        line = self.lines[name.line - 1]
        if not line[: name.column - 1].strip():  # block style: the line goes, its number stays
            start = start - name.column + 1
            if self.text[end : end + 1] != "\n":
                return
        elif self.text.startswith(", ", end):
            end += 2
        elif self.text[:start].endswith(", "):
            start -= 2
        else:
            return
        if mutant := self.replaced(start, end, "", operator, original, **more):
            yield mutant

    def added(self, holder: Mapping, entry: str, operator: str, **more: object) -> Iterator[Mutant]:
        """Yield the mutant that has one more entry at the end of a flow mapping."""
        end = self.end(holder)
        if end is None or not holder.items:
            return
        if mutant := self.replaced(end - 1, end, f", {entry}}}", operator, entry, **more):
            yield mutant


Operator = Callable[[File, Random], Iterable[Mutant]]
OPERATORS: Final[dict[str, tuple[str, Operator]]] = {}


def operator(*kinds: str) -> Callable[[Operator], Operator]:
    """Put an operator for some kinds of files into the table, by its own name."""

    def put(function: Operator) -> Operator:
        OPERATORS[function.__name__] = (" ".join(kinds), function)
        return function

    return put


def typo(word: str, rng: Random) -> str:
    """Return a word with two letters exchanged, one lost or one doubled."""
    places = [at for at in range(len(word) - 1) if word[at] != word[at + 1]]
    ways = ["double"] + (["swap", "lose"] if len(word) > 2 and places else [])
    way = rng.choice(ways)
    if way == "swap":
        at = rng.choice(places)
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    at = rng.randrange(len(word))
    return word[:at] + word[at + 1 :] if way == "lose" else word[: at + 1] + word[at:]


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and everything below it."""
    yield node
    children = node.items.values() if isinstance(node, Mapping) else node.items if isinstance(node, Sequence) else ()
    for child in children:
        yield from walk(child)


def _written(text: str, quote: str) -> str:
    if quote == "'":
        return "'" + text.replace("'", "''") + "'"
    plain = text and not set(text) & set("[]{},:#&*!|>'\"%@`") and text == text.strip()
    if quote == '"' or not (
        plain or (text and text[0].isalpha() and not set(text) & set("[]{},#'\"") and ": " not in text)
    ):
        return json.dumps(text, ensure_ascii=False)
    return text


def _quoted_end(text: str, start: int) -> int | None:
    quote = text[start]
    at = start + 1
    while at < len(text):
        if text[at] == "\\" and quote == '"':
            at += 2
        elif text[at] != quote:
            at += 1
        elif quote == "'" and text[at + 1 : at + 2] == quote:
            at += 2
        else:
            return at + 1
    return None


def _flow_end(text: str, start: int) -> int | None:
    """Return the offset behind the bracket that closes the one at ``start``; quoted texts begin after a blank or bracket."""
    depth, at = 0, start
    while at < len(text):
        if text[at] in "{[":
            depth += 1
        elif text[at] in "}]":
            depth -= 1
            if depth == 0:
                return at + 1
        elif text[at] in "\"'" and text[at - 1] in " {[,:":
            at = (_quoted_end(text, at) or len(text)) - 1
        at += 1
    return None

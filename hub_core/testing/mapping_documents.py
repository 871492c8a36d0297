"""Hypothesis strategies for the documents of a mapping: drawn from its contract and its rules.

A leaf that rules read is given texts that their codecs and code lists admit, one that conditions compare with their
literals; every other leaf is what the contract says, where it must be there. Needs ``hypothesis``.
"""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from hypothesis import strategies as st

from hub_core.document import Document
from hub_core.mapping import CompiledMapping
from hub_core.mapping.codecs import BadValue, Chain
from hub_core.mapping.out import documents
from hub_core.mapping.out.outrun import settled
from hub_core.mapping.out.uses import Use, Uses
from hub_core.mapping.paths import parse_path
from hub_core.mapping.plan import Value

MAX_DEPTH: Final = 12
MAX_ITEMS: Final = 2
_OFTEN: Final = 4  # of so many optional places up to all but one are there
_ROUNDS: Final = 6
_WIDE: Final = 100  # leaves that rules read
_NEAR: Final = 3  # steps from the root
_ON: Final = date(2025, 1, 1)
FAULTS: Final = {"M201", "M202", "M203", "M204"}
_LETTERS: Final = "abcdefghijlmnoprstuvzABCDEILMNOPRSȘȚĂÎșțăâîşţøåæÆØé0123456789 .-/'"
_FIRST: Final = date(1930, 1, 1)
_DAYS: Final = 33_000  # of about ninety years


class DrawnDocuments:
    """Draws documents for one mapping.

    Attributes:
        wide: its rules read so much that documents hold a part of it each.

    Raises:
        ValueError: the mapping has no contract.
    """

    def __init__(self, mapping: CompiledMapping) -> None:
        contract = mapping.contract
        if contract is None:
            raise ValueError(f"{mapping.id} has no contract to draw documents from")
        self.mapping = mapping
        self.root = contract.root
        self.uses = Uses(mapping.plan, contract.root)
        if mapping.answer is not None:
            place = contract.at(mapping.answer.steps)
            self._answers = {id(place): mapping.answer.meanings}
        else:
            self._answers = {}
        self.wide = len(self.uses.by_place) > _WIDE
        self._useful: dict[int, bool] = {}
        self._texts: dict[int, st.SearchStrategy[str]] = {}

    def strategy(self) -> st.SearchStrategy[Document]:
        """Return the strategy."""
        return st.composite(self._document)()

    def reachable(self) -> tuple[set[str], set[str]]:
        """Return the rules that the contract has a place for, and the texts of code lists that may stand there."""
        rules: set[str] = set()
        texts: set[str] = set()
        for key, use in self.uses.by_place.items():
            leaf = self.uses.places[key].leaf
            for value, _ in use.values if leaf is not None else ():
                rules.add(value.place)
                if value.codes is not None and not isinstance(value.codes, tuple):
                    allowed = [text for text in value.codes.table() if not leaf.enum or text in leaf.enum]
                    texts.update(f"{value.codes.name}: {text}" for text in allowed)
        return rules, texts

    def _document(self, draw: st.DrawFn) -> Document:
        self._density = draw(st.integers(1, _OFTEN))
        tree = settled(self._tree(draw, self.root, 0)) or {}
        source = self.mapping.source
        if source.kind == "json":
            tree = self._agreeing(tree)
        if source.kind == "xml":
            root = documents.element(source.root, tree, self.root, source.ns)
            return Document(kind="xml", root=root, name=source.root.rpartition("}")[2])
        return self._parsed(tree)

    def _agreeing(self, tree: dict[str, Any]) -> dict[str, Any]:
        """Take out what contradicts other places: one place may not say what another one denies."""
        for _ in range(_ROUNDS):
            reading = self.mapping.read(self._parsed(tree), on=_ON)
            wrong = [one.source for one in reading.findings if one.code in FAULTS and one.source]
            if not wrong:
                break
            for path in reversed(wrong):
                _remove(tree, path)
            tree = settled(tree) or {}
        return tree

    def _parsed(self, tree: dict[str, Any]) -> Document:
        source = self.mapping.source
        return Document(kind="json", root=tree, name=source.document or "ENVELOPE", dialect=source.dialect)

    def _tree(self, draw: st.DrawFn, place: Any, depth: int) -> Any:
        made: dict[str, Any] = {}
        if place.leaf is not None and (id(place) in self.uses.by_place or not place.children):
            made[""] = draw(self._text(place))
        chosen: dict[int, str] = {}
        for name, child in place.children.items():
            if child.choice is not None and chosen.setdefault(child.choice, name) != name:
                continue
            if not (child.required or id(child) in self.uses.needed or self._wanted(draw, child, depth)):
                continue
            one = id(child) in self.uses.single and id(child) not in self.uses.bases
            count = draw(st.integers(1, MAX_ITEMS)) if child.many and not one else 1
            found = [self._tree(draw, child, depth + 1) for _ in range(count)]
            made[name] = found if child.many else found[0]
        return made

    def _wanted(self, draw: st.DrawFn, child: Any, depth: int) -> bool:
        if depth >= MAX_DEPTH or not self._leads(child, 0):
            return False
        rarer = 2 if self.wide and depth < _NEAR else 1  # what stands near the root holds a great deal
        return draw(st.integers(0, _OFTEN * rarer)) < self._density

    def _leads(self, place: Any, depth: int) -> bool:
        """Tell whether a rule reads here or below."""
        key = id(place)
        if key not in self._useful:
            self._useful[key] = False  # a type that holds itself leads nowhere new
            use = self.uses.by_place.get(key)
            here = use is not None and bool(use.values or use.literals)
            self._useful[key] = here or (
                depth < MAX_DEPTH and any(self._leads(child, depth + 1) for child in place.children.values())
            )
        return self._useful[key]

    def _text(self, place: Any) -> st.SearchStrategy[str]:
        if id(place) not in self._texts:
            texts = _allowed(place.leaf, self.uses.by_place.get(id(place)))
            silent = self._answers.get(id(place), {})  # a text that says that there is no record
            self._texts[id(place)] = texts.filter(lambda text: text not in silent)
        return self._texts[id(place)]


def _allowed(leaf: Any, use: Use | None) -> st.SearchStrategy[str]:
    """Return texts that rules admit and the contract takes."""
    read = [one for one in use.values if not one[0].checks] or use.values if use else []
    options = 3 * [_of_value(value, number, leaf) for value, number in read]
    tokens = set(use.literals) if use else set()
    for value, _ in use.values if use else ():
        tokens.update(value.absent, value.unknown, value.withheld)
    if tokens:
        options.append(st.sampled_from(sorted(tokens)))
    found = st.one_of(options) if options else _of_leaf(leaf)
    pattern = re.compile(leaf.pattern) if leaf.pattern else None

    def fits(text: str) -> bool:
        if leaf.enum and text not in leaf.enum:
            return False
        if leaf.max_length is not None and len(text) > leaf.max_length:
            return False
        return len(text) >= leaf.min_length and (pattern is None or pattern.fullmatch(text) is not None)

    return found.filter(fits)


def _of_leaf(leaf: Any) -> st.SearchStrategy[str]:
    if leaf.enum:
        return st.sampled_from(leaf.enum)
    if leaf.pattern:
        return st.from_regex(leaf.pattern, fullmatch=True).filter(lambda text: text == text.strip())
    kinds: dict[str, st.SearchStrategy[str]] = {
        "date": _dates().map(date.isoformat),
        "integer": st.integers(0, 99).map(str),
        "decimal": _decimals().map(str),
        "boolean": st.sampled_from(["true", "false"]),
    }
    return kinds[leaf.kind] if leaf.kind in kinds else _words(leaf)


def _of_value(value: Value, number: int, leaf: Any) -> st.SearchStrategy[str]:  # noqa: PLR0911 - one kind of text each
    """Return texts that a rule reads at one of its places."""
    chain = value.origins[number].chain
    if value.codes is not None:
        return st.sampled_from(sorted(value.codes.table())).map(chain.format)
    if value.join is None and (leaf.enum or leaf.kind == "integer" or (chain.plain and leaf.pattern)):
        return _of_leaf(leaf)
    if chain.text.startswith("matching("):
        return st.from_regex(re.compile(chain.text[10:-2], re.ASCII), fullmatch=True)
    by_kind: dict[str, st.SearchStrategy[Any]] = {
        "date": _dates(),
        "partial date": _dates().map(date.isoformat),
        "month": _dates().map(lambda day: day.isoformat()[:7]),
        "decimal": _decimals(),
        "integer": st.integers(0, 60),
        "yes/no": st.booleans(),
        "country": st.sampled_from(["RO", "NO", "DE", "FR", "BG", "HU", "GR", "XK"]),
        "currency": st.sampled_from(["RON", "EUR", "NOK"]),
    }
    if chain.gives in by_kind and value.join is None:
        return by_kind[chain.gives].map(chain.format)
    if value.join is not None and chain.gives in by_kind:
        texts = by_kind[chain.gives].map(chain.format)
        return texts.map(lambda text: text.split(value.join)[number])
    if value.join is not None or leaf.pattern:
        return _of_leaf(leaf)
    named = {"cnp": r"[1-8][0-9]{12}", "cui": r"[1-9][0-9]{5,7}", "iban": r"RO[0-9]{2}[A-Z]{4}[0-9]{16}",
             "siruta": r"[1-9][0-9]{4}"}  # fmt: skip
    if chain.text in named:
        return st.from_regex(re.compile(named[chain.text], re.ASCII), fullmatch=True)
    return _words(leaf).filter(lambda text: _readable(chain, text))


def _readable(chain: Chain, text: str) -> bool:
    try:
        chain.parse(text)
    except BadValue:
        return False
    return True


def _dates() -> st.SearchStrategy[date]:
    return st.integers(0, _DAYS).map(lambda days: _FIRST + timedelta(days=days))


def _decimals() -> st.SearchStrategy[Decimal]:
    return st.integers(0, 99_999_999).map(lambda cents: Decimal(cents) / 100)


def _words(leaf: Any) -> st.SearchStrategy[str]:
    most = min(leaf.max_length or 12, 12)
    return (
        st.text(_LETTERS, min_size=max(leaf.min_length, 1), max_size=max(most, 1))
        .map(lambda text: text.strip())
        .filter(bool)
    )


def _remove(tree: Any, path: str) -> None:
    """Take a place out of a JSON document, by its path with indexes."""
    holder: Any = tree
    steps: list[str | int] = []
    for step in parse_path(path, "json"):
        steps += [step.name] if step.index is None else [step.name, step.index]
    for one in steps[:-1]:
        try:
            holder = holder[one]
        except (KeyError, IndexError, TypeError):
            return
    last = steps[-1]
    if isinstance(holder, dict):
        holder.pop(last, None)
    elif isinstance(holder, list) and isinstance(last, int) and last < len(holder):
        holder[last] = None

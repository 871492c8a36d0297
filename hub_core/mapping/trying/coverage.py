"""What the tests of a mapping exercise: which canonical fields, which rules, which texts of its code lists.

A test exercises a rule if a value of its record, or a finding, came from it; a text of a code list if it stood in the
document and was looked up. Both come from the traced run, so nothing is guessed.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from hub_core.canonical import Beneficiary
from hub_core.mapping.binding.plan import Obj, Scope, Value
from hub_core.mapping.codecs import BadValue, Chain, chain
from hub_core.mapping.compiled import CompiledMapping
from hub_core.mapping.language.paths import Steps
from hub_core.reading import Provenance, Reading

_INDEX: Final = re.compile(r"\[[^\]]*\]")
_JOINED: Final = re.compile(r'join\(".*?"\)(?: \| )?', re.DOTALL)


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """How many of some things were exercised, and the names of those that were not."""

    of: int
    missed: tuple[str, ...]

    @property
    def hit(self) -> int:
        """How many were."""
        return self.of - len(self.missed)


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """Of one mapping.

    Attributes:
        fields: canonical paths; lists without indexes, ``identifiers[scheme=ro.cnp].value`` where a selector names one.
        rules: ``file:line``.
        codes: ``list@version: text`` for each text that is read.
        written: ``list@version: code`` for each code of a coded field; exercised by tests with ``round_trip``.
    """

    mapping: str
    fields: Share
    rules: Share
    codes: Share
    written: Share


class Exercised:
    """Collects what the readings of one mapping exercised."""

    def __init__(self, mapping: CompiledMapping) -> None:
        self.mapping = mapping
        self._written: set[tuple[str, str]] = set()
        self._rules: set[str] = set()
        self._texts: set[tuple[str, str]] = set()
        self._codes: set[tuple[str, str]] = set()

    def add(self, reading: Reading, provenance: Iterable[Provenance]) -> None:
        """Take in one traced reading."""
        self._rules |= {finding.rule for finding in reading.findings if finding.rule}
        for one in provenance:
            self._written.add((_INDEX.sub("", one.at), one.rule))
            self._rules.add(one.rule)
            if one.codes and one.raw is not None:
                self._texts.add((one.codes, looked_up(one.raw, one.codec)))

    def add_written(self, record: Beneficiary) -> None:
        """Take in a record that was written."""
        self._codes |= set(_codes(msgspec.to_builtins(record)))

    def coverage(self) -> Coverage:
        """Return what was exercised so far, and what was not."""
        fields: dict[str, bool] = {}
        rules: dict[str, bool] = {}
        texts: dict[tuple[str, str], bool] = {}
        for path, value in values(self.mapping.plan):
            hit = (_INDEX.sub("", path), value.place) in self._written
            fields[path] = fields.get(path, False) or hit
            rules[value.place] = value.place in self._rules
            if value.codes is not None and value.origins:
                for codes in value.codes.versions or (value.codes,):
                    texts.update({(codes.name, text): (codes.name, text) in self._texts for text in codes.table()})
        return Coverage(
            mapping=self.mapping.id,
            fields=_share(fields),
            rules=_share(rules),
            codes=_share({f"{name}: {text}": hit for (name, text), hit in texts.items()}),
            written=_share(self._written_codes()),
        )

    def _written_codes(self) -> dict[str, bool]:
        if self.mapping.way == "in":
            return {}
        return {
            f"{one.name}: {code}": (one.shown, code) in self._codes
            for _, value in values(self.mapping.plan)
            if value.codes is not None and value.origins and not value.plain_code
            for one in value.codes.versions or (value.codes,)
            for code, entry in one.entries.items()
            if entry.write is not None
        }


def _codes(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        if isinstance(value.get("list"), str) and value.get("code"):
            yield value["list"], value["code"]
        for inner in value.values():
            yield from _codes(inner)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _codes(one)


def codecs_of(codec: str | None) -> Chain | None:
    """Return the codecs that a provenance names; ``None`` for plain text. What joined the text is none of them."""
    rest = _JOINED.sub("", codec or "")
    return chain(rest) if rest else None


def looked_up(raw: str, codec: str | None) -> str:
    """Return the text that stood before the code list: ``as`` comes first."""
    codecs = codecs_of(codec)
    try:
        return raw if codecs is None else str(codecs.parse(raw))
    except BadValue:
        return raw


def _share(things: dict[str, bool]) -> Share:
    return Share(of=len(things), missed=tuple(name for name, hit in things.items() if not hit))


def values(scope: Scope) -> Iterator[tuple[str, Value]]:
    """Yield the rules for single values below a scope, each with its canonical path."""
    return ((at, value) for at, _, value in placed(scope))


def placed(scope: Scope, at: str = "", around: Steps = ()) -> Iterator[tuple[str, Steps, Value]]:
    """Yield the rules for single values below a scope: canonical path, the place that origins start from, rule."""
    base = (*around, *scope.base)
    if scope.value is not None:
        yield at, base, scope.value
    for root in (scope.root, scope.call.root if scope.call else None):
        if root is not None:
            yield from _inside(root, at, base)


def _inside(obj: Obj, at: str, base: Steps) -> Iterator[tuple[str, Steps, Value]]:
    for name, rivals in obj.slots.items():
        for value in rivals:
            yield _below(at, name), base, value
    for scope in obj.scopes:
        yield from placed(scope, at, base)
    for name, inner in obj.objects.items():
        yield from _inside(inner, _below(at, name), base)
    for name, slot in obj.lists.items():
        for shown, element in slot.elements.items():
            yield from _inside(element, f"{_below(at, name)}[{shown.replace('=:', '=')}]", base)
        for scope in slot.scopes:
            yield from placed(scope, f"{_below(at, name)}[]", base)


def _below(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name

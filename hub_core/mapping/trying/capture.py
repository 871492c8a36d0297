"""A real document becomes a fixture: every value that is not known to be harmless is replaced by a pseudonym.

Kept are the texts that the mapping names itself, texts found in a code list, countries, currencies, yes and no, counts
of one or two digits, kind and version of the document, times of day. All else is replaced, mapped or not. The result
must read as the original did: same findings at the same places, same shape of the record, same unmapped leaves.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import msgspec

from hub_core.document import Document
from hub_core.errors import Rejected
from hub_core.mapping.codecs import BadValue
from hub_core.mapping.compiled import CompiledMapping
from hub_core.mapping.rowfiles import description_of
from hub_core.mapping.trying import leafwalk
from hub_core.mapping.trying.coverage import codecs_of, looked_up
from hub_core.mapping.trying.fixtures import again
from hub_core.mapping.trying.leafwalk import Leaf
from hub_core.mapping.trying.vocabulary import code_texts, parts_of_days, vocabulary
from hub_core.pseudonyms import Pseudonyms
from hub_core.reading import Provenance, Reading
from hub_core.rows.single import DIALECT as ROWS

ATTEMPTS: Final = 12
LONGEST: Final = 2_000  # characters of one value; the rest of a longer one (a picture, a letter) is left out
COUNT: Final = 2  # digits of a count that tells nobody apart
TELLING: Final = 4  # characters from which on a text must not be found again anywhere
_STANDARD: Final = frozenset({"country", "currency", "yes/no"})
_ABOUT_THE_DOCUMENT: Final = frozenset({"exchange.type", "exchange.version", "exchange.dialect", "exchange.system"})


class Captured(msgspec.Struct, frozen=True, kw_only=True):
    """A document without persons.

    Attributes:
        document: as its mapping reads it.
        on: day on which it reads as the original did on the day of its arrival: moved as all its dates are.
        reading: of the new document.
        replaced: how many values.
        kept: how many values, by the reason.
    """

    document: Document
    on: date
    reading: Reading
    replaced: int
    kept: dict[str, int]


def capture(mapping: CompiledMapping, document: Document, *, on: date, key: bytes) -> Captured:
    """Return a document with pseudonyms that reads as the original does.

    Args:
        mapping: the one that reads the document.
        document: as an adapter opened it; stays as it is.
        on: day of reading.
        key: secret; the same key gives the same person the same pseudonym in every document.

    Raises:
        Rejected: M501, no such document was found; no value of the original is told.
    """
    document = leafwalk.bare(document)
    original, provenance = mapping.explain(document, on=on)
    judge = _Judge(mapping, document, provenance)
    for attempt in range(ATTEMPTS):
        pseudonyms = Pseudonyms(key, attempt=attempt)
        work = _Work(judge, pseudonyms)
        made, paths = leafwalk.replaced(mapping, document, work.leaf, pseudonyms.text)
        try:
            made = again(mapping, made)
        except Rejected:  # a pseudonym has not the form of its column
            continue
        moved = pseudonyms.shift.day(on)
        reading = mapping.read(made, on=moved)
        if not work.survivors() and _same(original, reading, paths):
            return Captured(document=made, on=moved, reading=reading, replaced=len(work.done), kept=work.kept)
    raise Rejected("M501", "no pseudonyms were found with which the document reads as it did")


class _Judge:
    """Decides what is harmless."""

    def __init__(self, mapping: CompiledMapping, document: Document, provenance: Sequence[Provenance]) -> None:
        self.named = vocabulary(mapping.plan, mapping.answer)
        self.kind = document.name
        self.origins: dict[str, list[Provenance]] = {}
        for one in provenance:
            self.origins.setdefault(one.source or "", []).append(one)
        coded = {(_bare(path), one.raw) for path, found in self.origins.items() for one in found if one.codes}
        self._lists = code_texts(mapping.plan)
        self._words = _words(mapping) if document.dialect == ROWS else {}
        self._parts = parts_of_days(mapping.plan)
        self._coded = {(path, raw or "") for path, raw in coded}

    def why_kept(self, leaf: Leaf) -> str | None:
        """Return why a value may stay; ``None``: it may not."""
        text = leaf.text.strip()
        if (leaf.name, text) in self.named:
            return "named by the mapping"
        found = self.origins.get(leaf.path, [])
        if self._is_coded(leaf, text, found):
            return "in a code list"
        if text in self._words.get(leaf.name, ()):
            return "one of the words of its column"
        if text == self.kind or any(one.at in _ABOUT_THE_DOCUMENT for one in found):
            return "about the document, not the person"
        return self._why_by_codec(leaf, text, found)

    def _why_by_codec(self, leaf: Leaf, text: str, found: Sequence[Provenance]) -> str | None:
        gives = {codecs.gives for one in found if (codecs := codecs_of(one.codec))}
        if gives & _STANDARD:
            return "country, currency, yes or no"
        if "integer" in gives and len(text) <= COUNT:
            return "a count"
        if leaf.name in self._parts and len(text) <= COUNT:
            return "a month or a day whose year is replaced"
        return None

    def _is_coded(self, leaf: Leaf, text: str, found: Sequence[Provenance]) -> bool:
        """Tell whether a code list knows the text; of equal texts at one place only the first has its origin noted."""
        codes = [one for one in found if one.codes]
        if any(looked_up(text, one.codec) in self._lists.get(one.codes or "", ()) for one in codes):
            return True
        return (
            not found and (_bare(leaf.path), text) in self._coded and any(text in one for one in self._lists.values())
        )


class _Work:
    """Replaces values, the same always by the same."""

    def __init__(self, judge: _Judge, pseudonyms: Pseudonyms) -> None:
        self.judge = judge
        self.pseudonyms = pseudonyms
        self.kept: dict[str, int] = {}
        self.done: list[tuple[str, str]] = []
        self._known = {
            one.raw: self._by_codec(one.raw, one.codec)
            for found in judge.origins.values()
            for one in found
            if one.raw and one.codec and not one.codes
        }

    def leaf(self, leaf: Leaf) -> str:
        """Return what stands at a place instead of its text."""
        if (why := self.judge.why_kept(leaf)) is not None:
            self.kept[why] = self.kept.get(why, 0) + 1
            return leaf.text
        bare = leaf.text.strip()[:LONGEST]
        new = self._known.get(bare) or self.pseudonyms.text(bare)
        self.done.append((bare, new))
        return leaf.text.replace(leaf.text.strip(), new)

    def survivors(self) -> bool:
        """Tell whether a telling text of the original stands somewhere among the new ones."""
        new = {text for _, text in self.done}
        return any(len(old) >= TELLING and any(map(str.isalnum, old.strip("0"))) and old in new for old, _ in self.done)

    def _by_codec(self, raw: str, codec: str) -> str:
        """Return a value that the same codec reads; a text that it cannot read is like any other."""
        codecs = codecs_of(codec)
        if codecs is None:
            return self.pseudonyms.text(raw)
        names = codec.replace("|", " ").replace("(", " ").split()
        for name in ("cui", "siruta"):
            if name in names:
                return str(getattr(self.pseudonyms.numbers, name)(raw))
        if codecs.gives == "decimal":
            return self.pseudonyms.amount(raw)
        if codecs.gives not in {"date", "partial date", "month"}:
            return self.pseudonyms.text(raw)
        try:
            value = codecs.parse(raw)
            written, moved = codecs.format(value), codecs.format(self._moved(value, names))
        except (BadValue, ValueError):
            return self.pseudonyms.text(raw)
        before, found, after = raw.partition(written)
        return before + moved + after if found else self.pseudonyms.text(raw)

    def _moved(self, value: Any, names: Sequence[str]) -> Any:
        if not isinstance(value, date):
            return self.pseudonyms.shift.partial(str(value))
        if not {"month_first", "month_last"} & set(names):
            return self.pseudonyms.shift.day(value)
        return date.fromisoformat(self.pseudonyms.shift.partial(f"{value:%Y-%m}") + "-01")


def _words(mapping: CompiledMapping) -> dict[str, tuple[str, ...]]:
    """Return the only words of the columns of a flat file, by column."""
    description = description_of(mapping)
    records = [one for one in (description.row, description.header, description.trailer) if one is not None]
    return {column.name: column.enum for record in records for column in record.columns if column.enum}


def _bare(path: str) -> str:
    return leafwalk.INDEX.sub("", path)


def _same(original: Reading, new: Reading, paths: dict[str, str]) -> bool:
    """Tell whether two readings say the same, whatever the values are."""

    def findings(reading: Reading, moved: dict[str, str]) -> list[tuple[str | None, ...]]:
        return [(one.code, one.severity, one.at, moved.get(one.source or "", one.source)) for one in reading.findings]

    return (
        original.verdict is new.verdict
        and findings(original, paths) == findings(new, {})
        and [paths.get(leaf.path, leaf.path) for leaf in original.unmapped] == [leaf.path for leaf in new.unmapped]
        and _shape(msgspec.to_builtins(original.record)) == _shape(msgspec.to_builtins(new.record))
    )


def _shape(value: Any) -> Any:
    if isinstance(value, dict):
        coded = {"list", "code"} & value.keys()
        return {key: inner if key in coded else _shape(inner) for key, inner in value.items()}
    return [_shape(one) for one in value] if isinstance(value, (list, tuple)) else None

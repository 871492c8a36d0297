"""What reads a place: codecs and code lists of the rules, by which a literal can be told from a slip."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from hub_core.lint.walk import Visit
from hub_core.mapping.codecs import BadParameters, BadValue, Chain, chain
from hub_core.mapping.codelists import CodeList

_LETTERS: Final = str.maketrans({"ø": "o", "æ": "ae", "å": "a", "ß": "ss", "đ": "d", "ł": "l"})


@dataclass(frozen=True, slots=True)
class Reader:
    """A codec or a code list.

    Attributes:
        words: texts of the list, with the code of each.
    """

    name: str
    codec: Chain | None = None
    words: Mapping[str, str] | None = None

    def reads(self, text: str) -> bool:
        """Tell whether a text can be read."""
        if self.words is not None:
            return text in self.words
        try:
            self.codec.parse(text) if self.codec else None
        except BadValue:
            return False
        return True

    def nearest(self, text: str) -> str | None:
        """Return the text that is meant by one that cannot be read: a slip, or the code instead of its text."""
        known = self.words or {}
        meant = [word for word, code in known.items() if code == text and not word.isdigit()]
        near = meant or get_close_matches(text, list(known), n=1)
        shorter = [text[:at] + text[at + 1 :] for at in range(len(text))] if self.codec else []
        return next(iter([*near, *(one for one in reversed(shorter) if one and self.reads(one))]), None)


def readers(visits: Iterable[Visit], lists: Mapping[str, CodeList]) -> dict[int, list[Reader]]:
    """Return what reads each place of a mapping, by identity; places that something reads as any text are left out."""
    found: dict[int, list[Reader]] = {}
    free: set[int] = set()
    for visit in visits:
        for read in visit.reads:
            if read.purpose not in {"value", "element"} or read.spot.place is None:
                continue
            place = id(read.spot.place)
            reader = _list(visit, lists) if visit.rule.codes else _codec(read.codec or visit.rule.codec)
            if reader is None:
                free.add(place)
            elif reader not in found.setdefault(place, []):
                found[place].append(reader)
    return {place: known for place, known in found.items() if place not in free}


def _list(visit: Visit, lists: Mapping[str, CodeList]) -> Reader | None:
    written = visit.codes.get(visit.rule.codes.text) if visit.rule.codes else None
    known = lists.get(written.text) if written else None
    keeps = known is None or known.broken or visit.rule.unmapped == "keep" or not known.table()
    return None if keeps or known is None else Reader(known.name, words=known.table())


def _codec(node: object) -> Reader | None:
    try:
        used = chain(getattr(node, "text", "text"))
    except BadParameters:
        return None
    return None if used.total else Reader(used.text, codec=used)


def compared(visits: Iterable[Visit]) -> dict[int, set[str]]:
    """Return the texts that conditions compare each place with, by identity."""
    found: dict[int, set[str]] = {}
    for visit in visits:
        for read in visit.reads:
            if read.condition and read.condition.values and read.spot.place is not None:
                found.setdefault(id(read.spot.place), set()).update(read.condition.values)
    return found


def folded(text: str) -> str:
    """Return a text in small letters of English.

    >>> folded("Søker"), folded("ȘTEFAN")
    ('soker', 'stefan')
    """
    plain = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    return "".join(one for one in plain if not unicodedata.combining(one))

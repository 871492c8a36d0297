"""What one document shows of its contract: names, kinds and lists. Its texts stay out of what is written.

Start with ``json_schema`` and ``draft.seenxml.xml_schema``.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from typing import Any, Final

from hub_core.contract.contract import DERIVED

Way = tuple[str, ...]
Texts = Mapping[Way, tuple[str, ...]]  # of a leaf, by the names on the way to it
COMMENT: Final = f"No contract was at hand: {DERIVED}, one document. Names and kinds only; others may hold more."
MAX_TEXTS: Final = 50  # of one place
MAX_DEPTH: Final = 16  # steps of a path
DATE: Final = "date"
_FORMS: Final = (r"[0-9]{2}\.[0-9]{2}\.[0-9]{4}", r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}.*")
_NUMBERS: Final = {bool: "boolean", int: "integer", float: "number"}


class Seen:
    """One place of a document, or all that go by one path.

    Attributes:
        below: places right below, by name.
        texts: that stand here, at most ``MAX_TEXTS``.
        kinds: JSON: types of the values.
        listed: JSON: it was a list.
        single: JSON: it was none.
        most: XML: of them within one parent.
    """

    def __init__(self) -> None:
        self.below: dict[str, Seen] = {}
        self.texts: dict[str, None] = {}
        self.kinds: set[str] = set()
        self.listed = False
        self.single = False
        self.most = 1

    def at(self, name: str) -> "Seen":
        """Return the place of a name right below."""
        return self.below.setdefault(name, Seen())

    def add(self, text: str) -> None:
        """Take in a text that stands here."""
        if len(self.texts) < MAX_TEXTS:
            self.texts[text.strip()] = None

    def form(self) -> str | None:
        """Return what all texts here look like: ``date``, or a pattern; ``None``: anything."""
        said = [text for text in self.texts if text]
        if said and all(map(_is_day, said)):
            return DATE
        return next((one for one in _FORMS if said and all(re.fullmatch(one, text) for text in said)), None)

    def all_texts(self, way: Way = ()) -> Iterator[tuple[Way, tuple[str, ...]]]:
        """Yield the texts of this place and all below."""
        if self.texts:
            yield way, tuple(self.texts)
        if len(way) < MAX_DEPTH:
            for name, inner in self.below.items():
                yield from inner.all_texts((*way, name))


def json_schema(root: dict[str, Any]) -> tuple[dict[str, Any], Texts]:
    """Return a JSON Schema (2020-12) of an object, and the texts that stand in it."""
    seen = Seen()
    _look(root, seen)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$comment": COMMENT}
    return head | _one(seen), dict(seen.all_texts())


def _look(value: Any, seen: Seen) -> None:
    """Take in a value; lists in lists are one list, as mappings read them."""
    if isinstance(value, list):
        seen.listed = True
        for one in value:
            _look(one, seen)
    elif isinstance(value, dict):
        seen.kinds.add("object")
        for key, inner in value.items():
            place = seen.at(key)
            place.single = place.single or not isinstance(inner, list)
            _look(inner, place)
    elif value is None:
        seen.kinds.add("null")
    else:
        seen.kinds.add(_NUMBERS.get(type(value), "string"))
        seen.add(str(value).lower() if isinstance(value, bool) else str(value))


def _json(seen: Seen) -> dict[str, Any]:
    one = _one(seen)
    if not seen.listed:
        return one
    listed: dict[str, Any] = {"type": "array", "items": one}
    return {"anyOf": [listed, one]} if seen.single else listed


def _one(seen: Seen) -> dict[str, Any]:
    plain = sorted(seen.kinds - {"object"})
    if "number" in plain:
        plain = [kind for kind in plain if kind != "integer"]
    text: dict[str, Any] = {"type": plain[0] if len(plain) == 1 else plain}
    if "string" in plain and (form := seen.form()):
        text |= {"format": form} if form == DATE else {"pattern": f"^{form}$"}
    if "object" not in seen.kinds:
        return {} if plain in ([], ["null"]) else text
    properties = {name: _json(inner) for name, inner in seen.below.items()}
    whole: dict[str, Any] = {"type": "object", "properties": properties}
    return {"anyOf": [whole, text]} if plain else whole


def _is_day(text: str) -> bool:
    with suppress(ValueError):
        return bool(date.fromisoformat(text)) and len(text) == len("2024-01-01") and text[4] == "-"
    return False

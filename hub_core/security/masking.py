"""Masking: what an operator sees of a record unless they reveal it and say why.

Structure stays, so that one sees *what* a record holds; values do not. A name keeps its first letter, a date its
year, a number its last two characters: enough to recognise a person on the telephone, too little to learn one.

>>> mask_text("2850415123450"), mask_text("1985-04-15"), mask_text("str. Lungă 10")
('…50', '1985-…', '…')
"""

import re
from collections.abc import Mapping
from typing import Any, Final

DOTS: Final = "…"
# A number of five characters or fewer (house, flat, amount) would be all but told by its last two.
SHORTEST_NUMBER: Final = 6
# Twelve digits and more in a row is an identifier, whatever the field says.
_IDENTIFIER: Final = r"\d(?:[ .-]?\d){11,}"
_UUID: Final = r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"
_UUID_OR_IDENTIFIER: Final = re.compile(f"(?P<uuid>{_UUID})|{_IDENTIFIER}")

ISO_DATE: Final = re.compile(r"((?:1[89]|20|21)\d\d)(?:-\d\d(?:-\d\d(?:[T ].*)?)?)?", re.DOTALL)
LOCAL_DATE: Final = re.compile(r"(?:\d\d?[./-])?\d\d?[./-]((?:1[89]|20|21)\d\d)")
COMPACT_DATE: Final = re.compile(r"((?:19|20)\d\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")

NAMES: Final = frozenset({"family", "given", "middle", "full", "key", "name", "holder", "place_name", "bank"})
NUMBERS: Final = frozenset(
    {"value", "number", "case_number", "siruta", "postal_code", "iban", "account", "certificate", "decision", "id"}
)
# These words say what a value is about, never whose it is. Each must also look like what it claims to be: a
# sender of canonical records may write anything into a field.
PLAIN: Final = {
    "list": re.compile(r"[a-z][a-z0-9.-]{0,40}(@[a-z0-9.]{1,12})?"),
    "scheme": re.compile(r"[a-z]{2,10}(\.[a-z-]{2,20})?"),
    "country": re.compile(r"[A-Z]{2}|[A-Z]{4}"),
    "currency": re.compile(r"[A-Z]{3}"),
    "why": re.compile(r"unknown|withheld"),
}
# The code of a benefit tells an illness, that of a status a fate: only this one says nothing of the person.
PERIOD_END: Final = re.compile(r"open|unknown")
EXCHANGE: Final = re.compile(r"[A-Za-z0-9._:@/ -]{1,64}")


def masked(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a canonical record, as JSON data, with the same structure and every personal value masked.

    Lists of codes, schemes, countries, currencies, ``exchange`` and the paths of gaps and unmapped leaves stay.
    """
    return {name: _exchange(value) if name == "exchange" else _node(name, value) for name, value in record.items()}


def mask_at(path: str, value: Any) -> Any:
    """Return a value as ``masked`` shows it at its canonical path, such as ``spouse.name.family``."""
    steps = [step.partition("[")[0] for step in path.split(".")]
    if steps[0] == "exchange":
        return _exchange(value)
    return _node(steps[-1], value, parent=steps[-2] if len(steps) > 1 else "")


def mask_text(text: str) -> str:
    """Return a text of which nothing is known: the year of a date, the end of a number, or only dots."""
    if not (text := text.strip()):
        return ""
    if year := _year(text):
        return year
    return _number(text) if _is_number(text) else DOTS


def mask_numbers(text: str) -> str:
    """Return a text in which no number is left that may be a person's; UUIDs stay, whatever their digits.

    >>> mask_numbers("claim 2850415123450"), mask_numbers("urn:uuid:01938f3c-1111-7234-8123-123456789012")
    ('claim …50', 'urn:uuid:01938f3c-1111-7234-8123-123456789012')
    """
    return _UUID_OR_IDENTIFIER.sub(lambda found: found[0] if found["uuid"] else DOTS + found[0][-2:], text)


def _node(name: str, value: Any, *, parent: str = "") -> Any:
    match value:
        case None:
            return None
        case dict():
            return {field: _node(field, item, parent=name) for field, item in value.items()}
        case list() | tuple():
            return [_node(name, item, parent=parent) for item in value]
        case str():
            return _scalar(name, value, parent)
        case _:
            return DOTS


def _scalar(name: str, text: str, parent: str) -> str:
    if _is_plain(name, text, parent):
        return text
    if (parent, name) in {("gaps", "at"), ("unmapped", "path")}:
        return mask_numbers(text)
    if parent == "unmapped" or not text.strip():
        return mask_text(text)
    if (year := _year(text)) and not (name in NUMBERS and year == text):
        return year
    if name in NAMES and text.strip()[0].isalpha():
        return text.strip()[0] + DOTS
    return _number(text) if name in NUMBERS else DOTS


def _is_plain(name: str, text: str, parent: str) -> bool:
    pattern = PERIOD_END if (parent, name) == ("open", "code") else PLAIN.get(name)
    return pattern is not None and pattern.fullmatch(text) is not None


def _exchange(value: Any) -> Any:
    """Return what the exchange says about itself: kind of document, dialect, version, request."""
    if isinstance(value, dict):
        return {name: _exchange(item) for name, item in value.items()}
    if isinstance(value, str) and EXCHANGE.fullmatch(value) and mask_numbers(value) == value:
        return value
    return None if value is None else DOTS


def _year(text: str) -> str | None:
    found = ISO_DATE.fullmatch(text) or LOCAL_DATE.fullmatch(text) or COMPACT_DATE.fullmatch(text)
    if found is None:
        return None
    year = found.group(1)
    return year if text == year else f"{year}-{DOTS}"


def _is_number(text: str) -> bool:
    return sum(character.isdigit() for character in text) * 2 > len(text)


def _number(text: str) -> str:
    return DOTS + text[-2:] if len(text) >= SHORTEST_NUMBER and text[-2:].isalnum() else DOTS

"""Codecs of numbers: exact, never through a binary fraction."""

import re
from decimal import Decimal
from typing import Final

from hub_core.mapping.codecs.spec import MAX_TEXT, BadParameters, BadValue, Codec, Example, Format, Parse

_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,18}")
_MARKS: Final = {".", ",", " ", "'", "\u00a0", "\u202f"}


def _read_integer(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise BadValue("integer.form")
    return int(text)


def _integer() -> tuple[Parse, Format]:
    return _read_integer, str


def _decimal(point: str = ".", thousands: str = "") -> tuple[Parse, Format]:
    if point not in _MARKS or (thousands and thousands not in _MARKS) or point == thousands:
        raise BadParameters('write decimal("."), decimal(","), or decimal(",", ".") with the sign between thousands')
    whole = rf"[0-9]{{1,3}}(?:{re.escape(thousands)}[0-9]{{3}})+|[0-9]+" if thousands else "[0-9]+"
    fullmatch = re.compile(rf"[+-]?(?:{whole})(?:{re.escape(point)}[0-9]+)?").fullmatch

    def parse(text: str) -> Decimal:
        if len(text) > MAX_TEXT or fullmatch(text) is None:
            raise BadValue("decimal.form")
        plain = text.replace(thousands, "") if thousands else text
        return Decimal(plain.replace(point, ".") if point != "." else plain)

    def write(value: Decimal) -> str:
        text = f"{value:,f}" if thousands else f"{value:f}"
        signs = {ord(","): thousands, ord("."): point}
        return text.translate(signs)

    return parse, write


def _read_currency(text: str) -> str:
    if len(text) != 3 or not (text.isascii() and text.isalpha() and text.isupper()):  # noqa: PLR2004 - ISO 4217
        raise BadValue("currency.form")
    return text


def _currency() -> tuple[Parse, Format]:
    return _read_currency, str


CODECS: Final = (
    Codec(
        name="integer",
        gives="integer",
        make=_integer,
        doc="A whole number of at most 18 digits, with or without a sign; leading zeros are read.",
        source="XML Schema part 2, 3.4.13 (integer).",
        examples=(Example("integer", "007", 7, "7"), Example("integer", "-3", -3), Example("integer", "1.0", None)),
    ),
    Codec(
        name="decimal",
        gives="decimal",
        make=_decimal,
        doc="An exact decimal: the sign before the fraction, then the one between thousands, which must then stand "
        "before groups of three; leading zeros are read, exponents refused.",
        source="XML Schema part 2, 3.3.3 (decimal); Romanian and Norwegian notation of amounts.",
        examples=(
            Example("decimal", "12.50", Decimal("12.50")),
            Example('decimal(",")', "0000957,50", Decimal("957.50"), "957,50"),
            Example('decimal(",", ".")', "1.204,00", Decimal("1204.00")),
            Example('decimal(",", ".")', "646.5", None),
            Example("decimal", "1e5", None),
        ),
    ),
    Codec(
        name="currency",
        gives="currency",
        make=_currency,
        doc="Three capital letters.",
        source="ISO 4217.",
        examples=(Example("currency", "RON", "RON"), Example("currency", "lei", None)),
    ),
)

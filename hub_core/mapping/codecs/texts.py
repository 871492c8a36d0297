"""Codecs of text: as received, cut, changed in letters, or held against a pattern."""

import re
from typing import Final

from hub_core.mapping.codecs.spec import BadParameters, BadValue, Codec, Example, Format, Parse

_COMMA_BELOW: Final = str.maketrans("ŞşŢţ", "ȘșȚț")


def _same(text: str) -> str:
    return text


def _text() -> tuple[Parse, Format]:
    return str.strip, _same


def _upper() -> tuple[Parse, Format]:
    return str.upper, _same


def _comma_below(text: str) -> str:
    return text.translate(_COMMA_BELOW)


def _comma() -> tuple[Parse, Format]:
    return _comma_below, _same


def _split(separator: str, index: int) -> tuple[Parse, Format]:
    if not separator or index < 0:
        raise BadParameters('write split("/", 0): a separator and the number of the part, counted from 0')

    def parse(text: str) -> str:
        parts = text.split(separator)
        if index >= len(parts) or not (part := parts[index].strip()):
            raise BadValue("split.missing")
        return part

    def write(value: str) -> str:
        return separator * index + value

    return parse, write


def _matching(pattern: str) -> tuple[Parse, Format]:
    try:
        fullmatch = re.compile(pattern, re.ASCII).fullmatch
    except re.error as error:
        raise BadParameters(f"the pattern is no regular expression: {error.msg}") from error

    def parse(text: str) -> str:
        if fullmatch(text) is None:
            raise BadValue("matching.form")
        return text

    return parse, _same


def _yes_no(yes: str, no: str) -> tuple[Parse, Format]:
    if yes == no:
        raise BadParameters("the words for yes and no must differ")
    words = {yes: True, no: False}

    def parse(text: str) -> bool:
        if (value := words.get(text)) is None:
            raise BadValue("yes_no.word")
        return value

    def write(value: bool) -> str:  # noqa: FBT001 - the value itself
        return yes if value else no

    return parse, write


CODECS: Final = (
    Codec(
        name="text",
        gives="text",
        make=_text,
        total=True,
        doc="The text without outer white space, otherwise as received. The default.",
        source="XML Schema part 2, 4.3.6: white space around a token carries no meaning.",
        examples=(Example("text", " Ana  Maria ", "Ana  Maria", "Ana  Maria"), Example("text", "012", "012")),
    ),
    Codec(
        name="upper",
        gives="text",
        make=_upper,
        total=True,
        doc="The text in capital letters.",
        source="Unicode 15, default case conversion.",
        examples=(Example("upper", "șerban", "ȘERBAN", "ȘERBAN"),),
    ),
    Codec(
        name="comma_below",
        gives="text",
        make=_comma,
        total=True,
        doc="Romanian letters with a cedilla become those with a comma below.",
        source="SR 13392:2004; legacy encodings (windows-1250, ISO 8859-2) only have the cedilla.",
        examples=(Example("comma_below", "Şerban Ţîru", "Șerban Țîru", "Șerban Țîru"),),
    ),
    Codec(
        name="split",
        gives="text",
        make=_split,
        doc="One part of a text cut at a separator; refuses a missing or blank part.",
        source="Fields that hold two facts, such as number and date of a decision.",
        examples=(
            Example('split("/", 0)', "4512/12.04.2021", "4512", "4512"),
            Example('split("/", 1)', "4512/12.04.2021", "12.04.2021", "/12.04.2021"),
            Example('split("/", 1)', "4512", None),
        ),
    ),
    Codec(
        name="matching",
        gives="text",
        make=_matching,
        doc="The text if the whole of it matches a regular expression; refuses any other.",
        source="The form that a partner's contract gives in words only.",
        examples=(
            Example('matching("[A-Z]{2}[0-9]{6}")', "CJ123456", "CJ123456"),
            Example('matching("[A-Z]{2}[0-9]{6}")', "CJ 123", None),
        ),
    ),
    Codec(
        name="yes_no",
        gives="yes/no",
        make=_yes_no,
        doc="Two words for yes and no; refuses any other.",
        source="EESSI simple types (01, 02); NAV's json forms (ja, nei).",
        examples=(Example('yes_no("ja", "nei")', "nei", False), Example('yes_no("ja", "nei")', "Ja", None)),
    ),
)

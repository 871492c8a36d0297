"""Codecs: how a text of a source becomes a value of the model, and back.

    texts         text, upper, comma_below, split, matching, yes_no
    numbers       integer, decimal, currency
    dates         date, partial_date, month, month_first, month_last
    moments       timestamp, local_date
    identifiers   cnp, cui, iban, siruta
    countries     country, country3
    functions     fn.<name>: functions of installed packages

A rule composes them from left to right: ``as: split("/", 1) | date("%d.%m.%Y")``.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import msgspec

from hub_core.mapping.codecs import countries, dates, identifiers, moments, numbers, texts
from hub_core.mapping.codecs.functions import PREFIX, Function, installed
from hub_core.mapping.codecs.spec import BadParameters, BadValue, Codec, Example, Format, Gives, Parse
from hub_core.yaml import closest

CODECS: Final[dict[str, Codec]] = {
    codec.name: codec for family in (texts, numbers, dates, moments, identifiers, countries) for codec in family.CODECS
}
_USE: Final = re.compile(r'\s*((?:fn\.)?[a-z_][a-z0-9_]*)\s*(?:\(((?:[^"()]|"(?:[^"\\]|\\.)*")*)\))?\s*')
_PARAMETER: Final = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([0-9]+))\s*(,|$)')


class Chain(msgspec.Struct, frozen=True, kw_only=True):
    """One or several codecs, applied from left to right.

    Attributes:
        text: as written in the rule.
        plain: nothing but ``text``: the value is the trimmed text itself.
        total: reads every text.
        inverse: it can write what it reads.
        functions: names and versions of the registered functions in it.
    """

    text: str
    gives: Gives
    parse: Parse
    format: Format
    plain: bool
    total: bool
    inverse: bool
    functions: tuple[tuple[str, str], ...]

    def __reduce__(self) -> tuple[object, ...]:
        """Let a copy be made from the text: codecs are closures."""
        return chain, (self.text,)


@lru_cache(maxsize=1_024)  # mappings write the same few again and again
def chain(text: str) -> Chain:
    """Return the codecs that a rule writes after ``as:``.

    Raises:
        BadParameters: with what to write instead.
    """
    uses = [_use(part) for part in _cut(text)]
    for codec, _ in uses[:-1]:
        if codec.gives not in {"text", "instant"}:
            raise BadParameters(f"{codec.name} gives a {codec.gives}, so nothing can follow it; move it to the end")
    active = [pair for codec, pair in uses if codec.name != "text"]
    return Chain(
        text=text.strip(),
        gives=uses[-1][0].gives,
        parse=_composed([parse for parse, _ in active]),
        format=_composed([write for _, write in reversed(active)]),
        plain=not active,
        total=all(codec.total for codec, _ in uses),
        inverse=all(codec.inverse for codec, _ in uses),
        functions=tuple((codec.name, codec.version) for codec, _ in uses if codec.name.startswith(PREFIX)),
    )


def _composed(functions: list[Callable[[Any], Any]]) -> Callable[[Any], Any]:
    if not functions:
        return str
    if len(functions) == 1:
        return functions[0]

    def apply(value: Any) -> Any:
        for function in functions:
            value = function(value)
        return value

    return apply


def _cut(text: str) -> list[tuple[str, str | None]]:
    uses: list[tuple[str, str | None]] = []
    at = 0
    while True:
        match = _USE.match(text, at)
        if not match:
            raise BadParameters('write codecs such as date("%d.%m.%Y"), joined with |')
        uses.append((match[1], match[2]))
        at = match.end()
        if at == len(text):
            return uses
        if text[at] != "|":
            raise BadParameters(f"| or the end is expected at character {at + 1} of {text!r}")
        at += 1


def _use(part: tuple[str, str | None]) -> tuple[Codec, tuple[Parse, Format]]:
    name, written = part
    codec = _named(name)
    try:
        return codec, codec.make(*parameters(written or ""))
    except TypeError:
        example = next((e.use for e in codec.examples if "(" in e.use), name)
        raise BadParameters(f"{name} takes other parameters; write for example {example}") from None


def _named(name: str) -> Codec:
    if name in CODECS:
        return CODECS[name]
    functions = installed()
    if name in functions:
        return functions[name]()
    if name.startswith(PREFIX):
        mend = closest(name, functions) if functions else "install the package that brings it"
        raise BadParameters(f"no function {name!r} is registered; {mend}")
    raise BadParameters(f"there is no codec {name!r}; {closest(name, CODECS)}")


def parameters(text: str) -> list[str | int]:
    """Return the parameters written between the brackets of a codec or function.

    Raises:
        BadParameters: something is neither a quoted text nor a whole number.
    """
    values: list[str | int] = []
    at = 0
    while at < len(text.rstrip()):
        match = _PARAMETER.match(text, at)
        if not match:
            raise BadParameters("write texts in double quotes and whole numbers, separated by commas")
        values.append(int(match[2]) if match[2] else re.sub(r"\\(.)", r"\1", match[1]))
        at = match.end()
    return values


__all__ = [
    "CODECS", "BadParameters", "BadValue", "Chain", "Codec", "Example", "Format", "Function", "Gives", "Parse",
    "chain", "parameters",
]  # fmt: skip

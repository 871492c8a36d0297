"""Registered functions: what no codec can read, as Python of an installed package.

A package offers a ``Function`` under the entry point group ``punte.functions``; rules name it ``as: fn.<entry point>``.
Only installed functions run: a mapping file names them, it never brings them.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final, NoReturn

import msgspec

from hub_core.mapping.codecs.spec import BadParameters, BadValue, Codec, Example, Format, Gives, Parse

GROUP: Final = "punte.functions"
PREFIX: Final = "fn."
_TYPES: Final[dict[str, type]] = {"date": date, "decimal": Decimal, "integer": int, "yes/no": bool}


class Function(msgspec.Struct, frozen=True, kw_only=True):
    """A function from the trimmed text of a source to a value of the model.

    Attributes:
        gives: kind of the value, compared with the field of the model.
        parse: reads a text; what it cannot read it refuses with ``BadValue`` and a word, never with the text.
        format: its inverse, ``parse(format(value)) == value``; ``None``: rules that use it say ``out: never``.
        doc: what it reads and what it refuses.
        source: where its rules come from.
        examples: at least three, one of them refused; see ``hub_core.testing.function``.
    """

    gives: Gives
    parse: Parse
    format: Format | None
    doc: str
    source: str
    examples: tuple[Example, ...]


@cache
def installed() -> dict[str, Callable[[], Codec]]:
    """Return what loads each installed function, by the name that rules write."""
    points = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    return {PREFIX + point.name: _loader(point) for point in points}


def versions() -> dict[str, str]:
    """Return the package and version that bring each installed function, without loading it."""
    return {PREFIX + point.name: _package(point) for point in entry_points(group=GROUP)}


def _package(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist else ""


def _loader(point: EntryPoint) -> Callable[[], Codec]:
    @cache
    def load() -> Codec:
        try:
            found = point.load()
        except Exception as error:  # anybody's code runs when it is imported
            raise BadParameters(f"the function {point.value} cannot be loaded ({type(error).__name__})") from error
        if not isinstance(found, Function):
            raise BadParameters(f"{point.value} is no hub_core.mapping.codecs.Function")
        return as_codec(PREFIX + point.name, found, _package(point))

    return load


def as_codec(name: str, function: Function, version: str = "") -> Codec:
    """Return a function as a codec without parameters; ``version`` is that of its package."""
    pair = _guarded(function.parse, function.gives), function.format or _never
    return Codec(
        name=name,
        gives=function.gives,
        make=lambda: pair,
        doc=function.doc,
        source=function.source,
        examples=function.examples,
        inverse=function.format is not None,
        version=version,
    )


def _guarded(parse: Parse, gives: Gives) -> Parse:
    """Let no defect of a function stop the hub, or show a value: whatever is no value of its kind is refused."""
    wanted = _TYPES.get(gives, str)

    def read(text: str) -> Any:
        try:
            value = parse(text)
        except BadValue:
            raise
        except Exception:  # noqa: BLE001 - anybody's code; its message may hold the text
            raise BadValue("function.failed") from None
        if type(value) is not wanted or value == "":
            raise BadValue("function.type")
        return value

    return read


def _never(value: object) -> NoReturn:  # noqa: ARG001 - as every format
    raise BadValue("function.never")

"""What a codec is: a pair of functions with the law ``parse(format(value)) == value``, where format does not refuse."""

from collections.abc import Callable
from typing import Any, Final, Literal

import msgspec

Gives = Literal[
    "text", "date", "partial date", "month", "instant", "decimal", "integer", "yes/no", "country", "currency"
]
Parse = Callable[[str], Any]
Format = Callable[[Any], str]


class BadValue(ValueError):
    """A text that a codec cannot read. Carries a word for the reason, never the text."""


class BadParameters(ValueError):
    """Parameters that a codec cannot work with; the text says what to write."""


class Example(msgspec.Struct, frozen=True):
    """One example, executed by the tests.

    Attributes:
        use: the codec as written in a mapping, such as ``date("%d.%m.%Y")``.
        text: what the source says.
        value: what comes out; ``None``: refused.
        back: what ``format`` writes, where it differs from ``text``.
    """

    use: str
    text: str
    value: Any
    back: str | None = None


class Codec(msgspec.Struct, frozen=True, kw_only=True):
    """One codec.

    Attributes:
        gives: kind of the value, compared with the field of the model.
        make: returns parse and format for the parameters written in a rule; both refuse with ``BadValue``.
        total: reads every text, so that no fault can arise.
        doc: what it reads and what it refuses.
        source: where its rules come from.
        inverse: it can write what it reads.
        version: of the package that brings it; empty: the hub itself.
    """

    name: str
    gives: Gives
    make: Callable[..., tuple[Parse, Format]]
    doc: str
    source: str
    examples: tuple[Example, ...]
    total: bool = False
    inverse: bool = True
    version: str = ""


MAX_TEXT: Final = 64  # characters of a number or date; longer ones are no such thing and are not parsed

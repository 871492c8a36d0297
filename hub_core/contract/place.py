"""One place of a contract: an element, an attribute or a key."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

Kind = Literal["text", "integer", "decimal", "date", "boolean"]
JsonType = Literal["string", "number", "integer", "boolean"]


@dataclass(frozen=True, kw_only=True)
class LeafType:
    """What the text of a place may be.

    Attributes:
        kind: what the contract says it is; dates are calendar days in the form of ``xsd:date`` only.
        enum: the only texts; empty: any.
        pattern: Python regular expression for the whole text, where the contract's own can be translated.
        max_length: characters; ``None``: no bound.
        minimum: smallest number, as written.
        maximum: largest number, as written.
        json: how JSON writes it.
        type: name of its type in the contract, for people.
    """

    kind: Kind = "text"
    enum: tuple[str, ...] = ()
    pattern: str | None = None
    min_length: int = 0
    max_length: int | None = None
    minimum: str | None = None
    maximum: str | None = None
    json: JsonType = "string"
    type: str = field(default="", compare=False)


def _nothing() -> Mapping[str, "Place"]:
    return {}


@dataclass(frozen=True, kw_only=True)
class Place:
    """One place.

    Attributes:
        name: as ``paths.Step.name``: ``{namespace}local``, ``@attribute``, or the JSON key.
        many: it may stand more than once; JSON: the contract says array.
        required: it stands wherever its parent stands.
        leaf: its own text; ``None``: it has none.
        expand: makes ``children``; types may hold themselves, so they are followed only as far as somebody looks.
        open: anything may stand below.
        line: in the file of the contract, where it is known.
        choice: number of the alternatives within the parent that it belongs to; ``None``: of none.
        group: number of the optional group whose other elements ask for it; ``None``: of none.
        declared: tells where it is declared, where ``line`` does not; equal: declared once.
    """

    name: str
    many: bool = False
    required: bool = False
    leaf: LeafType | None = None
    expand: Callable[[], Mapping[str, "Place"]] = field(default=_nothing, repr=False, compare=False)
    open: bool = False
    line: int | None = None
    choice: int | None = None
    group: int | None = None
    declared: int | None = field(default=None, compare=False)

    @cached_property
    def children(self) -> Mapping[str, "Place"]:
        """Places right below by name, in the order of the contract; attributes first."""
        return self.expand()

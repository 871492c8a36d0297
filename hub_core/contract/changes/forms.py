"""What is compared: elements in groups, their types, and what their texts may be."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Literal

from hub_core.contract.changes.model import NOWHERE, At


@dataclass(frozen=True, kw_only=True)
class Values:
    """What a text may be.

    Attributes:
        base: name of the built-in type, ``list`` or ``union``.
        enum: the only texts; ``None``: any.
        patterns: all of them hold; alternatives of one stand side by side.
        facets: bounds by name: lengths, numbers, digits.
        parts: of a list its item, of a union its members.
    """

    base: str
    enum: frozenset[str] | None = None
    patterns: frozenset[str] = frozenset()
    facets: Mapping[str, Decimal | str] = field(default_factory=dict)
    parts: tuple["Values", ...] = ()


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """One attribute of a type; ``said``: where it is said what its text may be."""

    name: str
    required: bool
    values: Values
    default: str | None = None
    fixed: str | None = None
    at: At = NOWHERE
    said: At = NOWHERE


@dataclass(frozen=True, kw_only=True, eq=False)
class Element:
    """One element, or key, of a group.

    Attributes:
        most: ``None``: any number.
        items: JSON: it is an array of so many; ``None``: it is none.
    """

    name: str
    type: "Type"
    least: int = 1
    most: int | None = 1
    items: tuple[int, int | None] | None = None
    nillable: bool = False
    default: str | None = None
    fixed: str | None = None
    at: At = NOWHERE


@dataclass(frozen=True, kw_only=True, eq=False)
class Wildcard:
    """Where elements stand that the contract does not name; ``namespaces`` and ``process`` as XML Schema says it."""

    namespaces: frozenset[str]
    process: str
    least: int = 0
    most: int | None = None
    at: At = NOWHERE


@dataclass(frozen=True, kw_only=True, eq=False)
class Group:
    """Elements, wildcards and groups, in one of three orders."""

    kind: Literal["sequence", "choice", "all"]
    items: tuple["Particle", ...]
    least: int = 1
    most: int | None = 1
    at: At = NOWHERE


Particle = Element | Wildcard | Group


@dataclass(frozen=True, kw_only=True, eq=False)
class Body:
    """What a type holds."""

    content: Group
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    wildcard: Wildcard | None = None  # of attributes


EMPTY = Group(kind="sequence", items=())


@dataclass(kw_only=True, eq=False)
class Type:
    """A type; one object per declaration, so that types may hold themselves.

    Attributes:
        name: for people.
        values: of its text; ``None``: it has none.
        open: anything may stand in it.
        expand: makes ``body``.
        derive: makes ``derived``: types that may stand in its place, by name.
    """

    name: str
    values: Values | None = None
    open: bool = False
    mixed: bool = False
    abstract: bool = False
    at: At = NOWHERE
    expand: Callable[[], Body] = field(default=lambda: Body(content=EMPTY), repr=False)
    derive: Callable[[], Mapping[str, "Type"]] = field(default=dict, repr=False)

    @cached_property
    def body(self) -> Body:
        """What it holds, groups in their shortest form."""
        body = self.expand()
        return replace(body, content=shortest(body.content))

    @cached_property
    def derived(self) -> Mapping[str, "Type"]:
        """Types that may stand in its place, by name."""
        return self.derive()


def elements(particle: Particle) -> Iterator[Element]:
    """Yield the elements of a group, in order."""
    if isinstance(particle, Element):
        yield particle
    elif isinstance(particle, Group):
        for item in particle.items:
            yield from elements(item)


def wildcards(particle: Particle) -> Iterator[Wildcard]:
    """Yield the wildcards of a group, in order."""
    if isinstance(particle, Wildcard):
        yield particle
    elif isinstance(particle, Group):
        for item in particle.items:
            yield from wildcards(item)


def shortest(group: Group) -> Group:
    """Return a group that means the same, without groups that say nothing of their own."""
    items: list[Particle] = []
    for item in group.items:
        short = _alone(shortest(item)) if isinstance(item, Group) else item
        if short.most == 0 or (isinstance(short, Group) and not short.items):
            continue
        same = isinstance(short, Group) and (short.kind == group.kind != "all") and (short.least, short.most) == (1, 1)
        items += short.items if same and isinstance(short, Group) else [short]
    kind = "sequence" if len(items) == 1 else group.kind
    made = replace(group, kind=kind, items=tuple(items))
    only = _alone(made)
    return only if isinstance(only, Group) else replace(made, least=1, most=1, items=(only,))


def _alone(group: Group) -> Particle:
    """Return the only item of a group, as often as both say; the group where that cannot be said by one number."""
    if len(group.items) != 1:
        return group
    item = group.items[0]
    least, most = group.least * item.least, None
    if group.most is not None and item.most is not None:
        most = group.most * item.most
    plain = (group.least, group.most) == (1, 1) or (item.least, item.most) == (1, 1)
    if plain or (group.least in {0, 1} and group.most == 1 and item.least <= 1):
        return replace(item, least=least, most=most)
    if item.least <= 1 and (item.most is None or group.most is None):
        return replace(item, least=least, most=most)
    return group

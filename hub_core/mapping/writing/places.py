"""Source paths as places that can be made: what repeats, and what a filter looks at, is told by the contract."""

from typing import Any, Protocol

from hub_core.mapping.binding.plan import Check
from hub_core.mapping.language.paths import Filter, Many, Step, Steps
from hub_core.mapping.writing.outrun import Hop, Hops


class Where(Protocol):
    """A place of a contract; see ``hub_core.contract.Place``."""

    @property
    def many(self) -> bool:
        """Whether it repeats."""
        ...

    @property
    def required(self) -> bool:
        """Whether it must be there."""
        ...

    @property
    def group(self) -> int | None:
        """Optional group whose other elements ask for it."""
        ...

    @property
    def open(self) -> bool:
        """Whether anything may stand below."""
        ...

    @property
    def leaf(self) -> Any:
        """Type of its own text, if it has one."""
        ...

    @property
    def children(self) -> Any:
        """Places below, by name."""
        ...


def below(place: Where | None, steps: Steps) -> Where | None:
    """Return the place that a path leads to; ``None``: the contract does not tell."""
    for step in steps:
        if place is None or place.open:
            return None
        place = place.children.get(step.name)
    return place


def knows(place: Where | None, steps: Steps) -> bool:
    """Tell whether a contract has a place; where there is no contract, everything may be."""
    for step in steps:
        if place is None or place.open:
            return True
        place = place.children.get(step.name)
        if place is None:
            return False
    return True


def holds_text(place: Where | None, steps: Steps) -> bool:
    """Tell whether a contract has a place for a text."""
    found = below(place, steps)
    return knows(place, steps) and (found is None or found.open or found.leaf is not None)


def hardship(place: Where | None, steps: Steps) -> int:
    """Return how many other leaves the contract wants beside a place, if its parent stands."""
    parent = below(place, steps[:-1])
    if parent is None or not steps:
        return 0
    others = [child for name, child in parent.children.items() if name != steps[-1].name and child.required]
    return sum(1 for child in others if child.leaf is not None and (child.leaf.min_length or child.leaf.pattern))


def hops(steps: Steps, place: Where | None, kind: str) -> Hops:
    """Return a path as a place to make."""
    found: list[Hop] = []
    for step in steps:
        place = None if place is None or place.open else place.children.get(step.name)
        found.append(hop(step, place, kind))
    return tuple(found)


def hop(step: Step, place: Where | None, kind: str) -> Hop:
    """Return one step; ``place`` is the place that it leads to."""
    many = step.name.__class__ is Many if place is None else place.many
    return str(step.name), many, tuple((_named(one, place, kind), one.literal) for one in step.filters)


def _named(one: Filter, place: Where | None, kind: str) -> str:
    """Return the name in a tree of what a filter looks at: of XML names without ``@`` an attribute or a child."""
    if kind == "json" or one.name.startswith("@") or place is None:
        return one.name
    return f"@{one.name}" if f"@{one.name}" in place.children else one.name


def conditions(checks: tuple[Check, ...], place: Where | None, kind: str) -> tuple[Any, ...]:
    """Return conditions as ``Out.holds`` takes them."""
    return tuple((hops(check.steps, place, kind), check.values, check.present) for check in checks)

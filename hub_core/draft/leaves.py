"""Every leaf of a contract, with the way that leads to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from hub_core.contract import LeafType, Place

MAX_LEAVES: Final = 400
MAX_DEPTH: Final = 12


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """One leaf.

    Attributes:
        way: places from right below the root to the leaf.
        type: what its text may be.
    """

    way: tuple[Place, ...]
    type: LeafType

    @property
    def lists(self) -> tuple[int, ...]:
        """Where on the way something may stand more than once."""
        return tuple(at for at, place in enumerate(self.way) if place.many)

    @property
    def names(self) -> tuple[str, ...]:
        """Names on the way without namespaces and marks."""
        return tuple(place.name.rpartition("}")[2].lstrip("@") for place in self.way)


def leaves(root: Place) -> list[Leaf]:
    """Return the leaves of a contract in its order; types that hold themselves are followed once."""
    found: list[Leaf] = []
    for leaf in _below(root, ()):
        if len(found) == MAX_LEAVES:
            break
        found.append(leaf)
    return found


def _below(place: Place, way: tuple[Place, ...]) -> Iterator[Leaf]:
    for child in place.children.values():
        inner = (*way, child)
        if child.leaf is not None:
            yield Leaf(way=inner, type=child.leaf)
        if len(inner) < MAX_DEPTH and not _again(child, way):
            yield from _below(child, inner)


def _again(place: Place, way: tuple[Place, ...]) -> bool:
    return any((one.name, one.line) == (place.name, place.line) for one in way)

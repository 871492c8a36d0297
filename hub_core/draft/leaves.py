"""Every leaf of a contract, with the way that leads to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from hub_core.contract import LeafType, Place
from hub_core.draft.seen import Texts
from hub_core.errors import ConfigError

MAX_LEAVES: Final = 5_000
MAX_DEPTH: Final = 12


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """One leaf.

    Attributes:
        way: places from right below the root to the leaf.
        type: what its text may be.
        open: anything may stand here, and the contract does not say what.
        seen: texts that stood here in a document.
    """

    way: tuple[Place, ...]
    type: LeafType
    open: bool = False
    seen: tuple[str, ...] = ()

    @property
    def lists(self) -> tuple[int, ...]:
        """Where on the way something may stand more than once."""
        return tuple(at for at, place in enumerate(self.way) if place.many)

    @property
    def names(self) -> tuple[str, ...]:
        """Names on the way without namespaces and marks."""
        return tuple(place.name.rpartition("}")[2].lstrip("@") for place in self.way)


def leaves(root: Place, texts: Texts) -> list[Leaf]:
    """Return the leaves of a contract in its order; types that hold themselves are followed once.

    Args:
        root: of the contract.
        texts: of a document, by the names on the way.

    Raises:
        ConfigError: V401, there are more than ``MAX_LEAVES``.
    """
    found: list[Leaf] = []
    for leaf in _below(root, (), texts):
        if len(found) == MAX_LEAVES:
            mend = "name a contract of one document; names that are data, such as ids as keys, are not mapped"
            raise ConfigError("V401", f"the contract has more than {MAX_LEAVES:,} leaves", mend=mend)
        found.append(leaf)
    return found


def _below(place: Place, way: tuple[Place, ...], texts: Texts) -> Iterator[Leaf]:
    for child in place.children.values():
        inner = (*way, child)
        if child.leaf is not None or child.open:
            seen = texts.get(tuple(one.name for one in inner), ())
            yield Leaf(way=inner, type=child.leaf or LeafType(), open=child.open, seen=seen)
        if len(inner) < MAX_DEPTH and not again(child, way):
            yield from _below(child, inner, texts)


def again(place: Place, way: tuple[Place, ...]) -> bool:
    """Tell whether a place is declared where one on the way to it is."""
    own = (place.name, place.line, place.declared)
    return any((one.name, one.line, one.declared) == own for one in way) and own[1:] != (None, None)

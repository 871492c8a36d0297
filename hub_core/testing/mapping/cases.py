"""One case of a drawn document: which places of a contract are there, how often, and with which texts."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from hub_core.mapping.binding.plan import Value
from hub_core.mapping.writing.places import Where
from hub_core.mapping.writing.uses import Target
from hub_core.testing.mapping.texts import BITS, LeafTexts

OWN: Final = ""  # the own text of a place that holds more than that
BYTES: Final = 2 + BITS // 8  # of each place: whether it is there and how often, its text
EVER: Final = 1 << 16
_NEAR: Final = 40  # places around a focus


class Spot:
    """A place that documents may hold.

    Attributes:
        name: key in a tree.
        number: among all, in the order of the contract.
        around: the place that it lies in.
        inside: places right below that rules lead to, or that must be there.
        always: it is there wherever the place around it is.
        twice: of so many cases there are two in one; 0: never.
        texts: what may stand there; ``None``: nothing but other places.
        mates: itself, and the places that are there if and only if it is.
        like: the place whose text it says too; else itself.
    """

    __slots__ = ("always", "around", "inside", "like", "mates", "name", "number", "place", "texts", "twice")

    def __init__(self, name: str, place: Where, around: "Spot | None", number: int) -> None:
        self.name = name
        self.place = place
        self.around = around
        self.number = number
        self.inside: list[Spot] = []
        self.always = around is None
        self.twice = 0
        self.texts: LeafTexts | None = None
        self.mates = [self]
        self.like = self

    def way(self) -> "Iterator[Spot]":
        """Yield this place and those around it."""
        spot: Spot | None = self
        while spot is not None:
            yield spot
            spot = spot.around

    def below(self) -> "Iterator[Spot]":
        """Yield the places inside, the nearest first."""
        waiting = list(self.inside)
        for spot in waiting:  # grows while it is read
            yield spot
            waiting += spot.inside

    def neighbours(self) -> "set[Spot]":
        """Return the places around this one, and what always stands with them."""
        base = self.around or self
        waiting = [*self.way(), *islice(base.below(), _NEAR)]
        waiting += [leaf for outer in base.way() for leaf in outer.inside if not leaf.inside]
        found: set[Spot] = set()
        for spot in waiting:  # grows while it is read
            if spot not in found:
                found.add(spot)
                waiting += [inner for inner in spot.inside if inner.always]
                waiting += [one for mate in spot.mates for one in mate.way()]
        return found


class Case:
    """One case.

    Args:
        root: of the places.
        alive: numbers of the places that may be there, besides those that always are.
        drawn: ``BYTES`` for each of them; zeros: it is not there, or as simple as can be.
        level: how often an optional place is there, of ``EVER``.
        mixed: a place may hold a text beside other places.
    """

    def __init__(self, root: Spot, alive: Iterable[int], drawn: bytes, level: int, *, mixed: bool) -> None:
        self._root = root
        self._plain = not mixed
        self._slots = {number: slot * BYTES for slot, number in enumerate(alive)}
        self._drawn = drawn
        self._least = EVER - level
        self._there: set[int] = set()
        self._gone: set[int] = set()
        self._loud: set[int] = set()
        self._words: dict[int, tuple[str, ...]] = {}
        self._values: dict[int, Value] = {}

    def focus(self, target: Target, words: tuple[str, ...], spots: dict[int, Spot]) -> None:
        """Let a rule read its place, with one of some texts; of several elements the first."""
        place = spots[target.place]
        self._add(place)
        self._values.setdefault(place.like.number, target.value)
        if words:
            self._words.setdefault(place.like.number, words)
        for wish in target.wishes:
            spot = spots.get(wish.place)
            if spot is None:
                continue
            if not wish.present:
                self._gone.add(spot.number)
                continue
            said = next(one for one in (spot, *spot.below()) if one.texts is not None)
            self._add(said)
            self._loud.add(said.number)
            if wish.texts:
                self._words.setdefault(spot.like.number, wish.texts)

    def _add(self, spot: Spot) -> None:
        """Let a place be there, and what cannot be away then."""
        for one in spot.way():
            if one.number not in self._there:
                self._there.add(one.number)
                for mate in one.mates:
                    self._add(mate)

    def tree(self) -> Any:
        """Return the document as a tree: dicts by name, lists where a place repeats, texts."""
        return self._made(self._root, 0)

    def _made(self, spot: Spot, turn: int) -> Any:
        """Return one element of a place; ``turn`` numbers the elements, 0 is the first everywhere."""
        made: dict[str, Any] = {}
        for inner in spot.inside:
            chance = self._chance(inner, turn)
            if chance is not None:
                items = range(2 if inner.twice and chance % inner.twice == 1 else 1)
                found = [self._made(inner, turn * 2 + item) for item in items]
                made[inner.name] = found if inner.place.many else found[0]
        if spot.texts is None:
            return made
        if not made or (turn == 0 and spot.like.number in self._values):
            return self._text(spot, spot.texts, turn)
        return made if self._plain else {OWN: self._text(spot, spot.texts, turn), **made}

    def _chance(self, spot: Spot, turn: int) -> int | None:
        """Return the number that decides on a place; ``None``: it is not there."""
        leader = spot.mates[0]
        slot = self._slots.get(leader.number)
        drawn = self._drawn[slot : slot + 2] if slot is not None else b""
        number = int.from_bytes(drawn) * (2 * turn + 1) % EVER
        if spot.always or (turn == 0 and spot.number in self._there):
            return number
        if slot is None or number < self._least:
            return None
        return None if self._gone and any(mate.number in self._gone for mate in spot.mates) else number

    def _text(self, spot: Spot, texts: LeafTexts, turn: int) -> Any:
        slot = self._slots.get(spot.like.number, self._slots.get(spot.number))
        drawn = self._drawn[slot + 2 : slot + BYTES] if slot is not None else b""
        number = int.from_bytes(drawn) * (2 * turn + 1) % (1 << BITS)
        words = self._words.get(spot.like.number, ()) if turn == 0 else ()
        value = self._values.get(spot.like.number) if turn == 0 else None
        text = texts.text(number, words=words, value=value, loud=turn == 0 and spot.number in self._loud)
        leaf = spot.place.leaf
        if leaf is None or leaf.json == "string":
            return text
        return text == "true" if leaf.json == "boolean" else int(text) if leaf.json == "integer" else float(text)

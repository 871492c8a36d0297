"""Hypothesis strategies for the documents of a mapping: drawn from its contract and its rules.

A leaf that rules read is given texts that their codecs and code lists admit, one that conditions compare with their
literals; every other leaf is what the contract says, where it must be there. A document is drawn around a few places
that rules read, dense there and bare elsewhere: it is small, and in a thousand every rule and every text of a code list
has its turn. Needs ``hypothesis``.

A case is one row of bytes: each place that may be there has its own few, which say whether it is, how often, and with
which text. So whatever shrinking takes out or makes simpler leaves the rest as it is.
"""

from collections.abc import Iterator
from typing import Any, Final

from hypothesis import strategies as st

from hub_core.document import Document
from hub_core.mapping import CompiledMapping
from hub_core.mapping.writing import documents
from hub_core.mapping.writing.places import Where
from hub_core.mapping.writing.uses import Target, Uses
from hub_core.testing.mapping.cases import BYTES, EVER, Case, Spot
from hub_core.testing.mapping.texts import LeafTexts

MAX_DEPTH: Final = 12
MAX_FOCI: Final = 4
FAULTS: Final = {"M201", "M202", "M203", "M204"}
_OFTEN: Final = 3
_SELDOM: Final = 16  # where rules expect one object of a kind
_SMALL: Final = 60  # places: fewer are drawn all together


class DrawnDocuments:
    """Draws documents for one mapping.

    Raises:
        ValueError: the mapping has no contract.
    """

    def __init__(self, mapping: CompiledMapping) -> None:
        contract = mapping.contract
        if contract is None:
            raise ValueError(f"{mapping.id} has no contract to draw documents from")
        self.mapping = mapping
        self.uses = Uses(mapping.plan, contract.root)
        place = contract.at(mapping.answer.steps) if mapping.answer else None
        self._answers = {id(place): mapping.answer.meanings} if mapping.answer else {}
        self._spots: dict[int, Spot] = {}  # by id of the place
        self._mixed = mapping.source.kind == "xml"
        self._root = self._spot("", contract.root, None, 0)
        for ids in self.uses.together:
            self._join([self._spots[key] for key in ids if key in self._spots])
        for key, first in self.uses.same.items():
            if key in self._spots and first in self._spots:
                self._spots[key].like = self._spots[first].like
        self._goals: dict[tuple[str, str], list[Target]] = {}
        for target in self.uses.targets:
            for goal in self._aims(target):
                self._goals.setdefault(goal, []).append(target)
        self._aims_in_order = list(self._goals.items())
        self._around: dict[int, frozenset[int]] = {}

    def strategy(self) -> st.SearchStrategy[Document]:
        """Return documents around a few places each."""
        return st.composite(self._document)()

    def whole(self) -> st.SearchStrategy[Document]:
        """Return documents that hold every place that rules lead to; of alternatives one."""
        size = BYTES * len(self._spots)
        return st.binary(min_size=size, max_size=size).map(self._whole)

    def reachable(self) -> tuple[set[str], set[str]]:
        """Return the rules that the contract has a place for, and the texts of code lists that may stand there."""
        rules = {rule for rule, text in self._goals if not text}
        texts = {f"{codes}: {text}" for codes, text in self._goals if text}
        return rules, texts

    def _aims(self, target: Target) -> Iterator[tuple[str, str]]:
        """Yield what a target can show: its rule, and each text of its code list that the contract takes there."""
        value, spot = target.value, self._spots.get(target.place)
        if spot is None or spot.texts is None:
            return
        yield value.place, ""
        if value.codes is None:
            return
        wanted = [wish.texts for wish in target.wishes if wish.place == target.place and wish.texts]
        for text in value.codes.table():
            written = str(value.origins[target.number].chain.format(text))
            if spot.texts.fits(written) and all(text in texts for texts in wanted):
                yield value.codes.name, text

    def _spot(self, name: str, place: Where, around: Spot | None, depth: int) -> Spot:
        spot = self._spots[id(place)] = Spot(name, place, around, len(self._spots))
        uses, use = self.uses, self.uses.by_place.get(id(place))
        asked = id(place) in uses.needed or any(id(place) in ids for ids in uses.together)
        spot.always = around is None or place.required or id(place) in uses.needed
        if place.many and id(place) in uses.single:
            spot.twice = _SELDOM if id(place) in uses.bases else 0
        elif place.many:
            spot.twice = _OFTEN
        for key, child in place.children.items() if depth < MAX_DEPTH else ():
            if child.required or child.group is not None or self._leads(child, depth + 1):
                spot.inside.append(self._spot(key, child, spot, depth + 1))
        if place.leaf is not None and (use is not None or not place.children):
            never = set(self._answers.get(id(place), ()))  # a text that says that there is no record
            spot.texts = LeafTexts(place.leaf, use, never=never, said=asked)
        groups: dict[int, list[Spot]] = {}
        for inner in spot.inside:
            if inner.place.group is not None:
                groups.setdefault(inner.place.group, []).append(inner)
        for group in groups.values():
            self._join(group)
        return spot

    @staticmethod
    def _join(spots: list[Spot]) -> None:
        """Let places be there only together."""
        mates = list(dict.fromkeys(mate for spot in spots for mate in spot.mates))
        for spot in mates:
            spot.mates = mates
            spot.always = any(mate.always for mate in mates)

    def _leads(self, place: Where, depth: int) -> bool:
        """Tell whether a rule reads here or below."""
        use = self.uses.by_place.get(id(place))
        if use is not None and (use.values or use.literals):
            return True
        return depth < MAX_DEPTH and any(self._leads(child, depth + 1) for child in place.children.values())

    # One case ---------------------------------------------------------------------------------------------------

    def _document(self, draw: st.DrawFn) -> Document:
        chosen = draw(_foci(len(self._goals)))
        level = draw(st.integers(1, 4)) * (EVER - 1) // 4
        aims = [(*self._aims_in_order[number], turn) for number, turn in chosen]
        foci = [(targets[turn % len(targets)], text) for (_, text), targets, turn in aims]
        alive = sorted({number for target, _ in foci for number in self._near(target)})
        size = BYTES * len(alive)
        case = Case(self._root, alive, draw(st.binary(min_size=size, max_size=size)), level, mixed=self._mixed)
        for target, text in foci:
            case.focus(target, (text,) if text else (), self._spots)
        return self._parsed(case.tree())

    def _whole(self, drawn: bytes) -> Document:
        return self._parsed(Case(self._root, range(len(self._spots)), drawn, EVER - 1, mixed=self._mixed).tree())

    def _near(self, target: Target) -> frozenset[int]:
        """Return the numbers of the places that may be there around a focus, and of those that it wishes for."""
        key = id(target)
        if key not in self._around:
            spots = set(self._spots.values())
            if len(spots) > _SMALL:
                wishes = [self._spots[wish.place] for wish in target.wishes if wish.place in self._spots]
                spots = {spot for one in (self._spots[target.place], *wishes) for spot in one.neighbours()}
            self._around[key] = frozenset(spot.number for spot in spots)
        return self._around[key]

    def _parsed(self, tree: dict[str, Any]) -> Document:
        source = self.mapping.source
        if source.kind == "xml":
            root = documents.element(source.root, tree, self._root.place, source.ns)
            return Document(kind="xml", root=root, name=source.root.rpartition("}")[2])
        return Document(kind="json", root=tree, name=source.document or "ENVELOPE", dialect=source.dialect)


def _foci(goals: int) -> st.SearchStrategy[list[tuple[int, int]]]:
    """Return numbers of goals, each with a number that chooses among its targets."""
    return st.lists(st.tuples(st.integers(0, goals - 1), st.integers(0, 255)), min_size=1, max_size=MAX_FOCI)

"""The path of a contract that is nearest to one that leads nowhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from hub_core.contract import Place
from hub_core.contract.contract import below
from hub_core.lint.spans import Span, spans
from hub_core.lint.walk import Read
from hub_core.mapping.language.paths import Kind, Step, shown_key, shown_name

MIN_LIKENESS: Final = 0.6
SAME_NAME: Final = 1.5
RENAMED: Final = 0.95  # of an old and a new name, with SAME_KIND
SAME_KIND: Final = 0.15  # an element is rather taken for another element than for an attribute
MAX_DEPTH: Final = 3  # steps that may have been forgotten
MAX_LOOKED_AT: Final = 3_000


@dataclass(frozen=True, slots=True)
class Mend:
    """What to write: a part of the path and what stands there instead."""

    start: int
    old: str
    new: str


class Nearest:
    """Finds mends in one mapping; ``ns`` are its namespaces by prefix."""

    def __init__(self, kind: Kind, ns: dict[str, str]) -> None:
        self.kind = kind
        self.separator = "/" if kind == "xml" else "."
        self.prefixes = {uri: prefix for prefix, uri in ns.items()}

    def shown(self, name: str) -> str:
        """Return the name of a place as a path writes it."""
        return shown_name(name, self.prefixes) if self.kind == "xml" else shown_key(name)

    def mend(self, read: Read) -> Mend | None:
        """Return how to mend a path that leaves the contract; ``None`` if nothing is near."""
        at = read.spot.missing
        written = spans(read.text, self.kind)
        if at is None or at >= len(written) or read.spot.parent is None:
            return None
        if not read.spot.parent.children and at > 0:
            before = written[at - 1]
            end = before.start + len(before.name) + len(before.brackets)
            return Mend(end, read.text[end:], "")
        if not read.spot.parent.children and read.spot.parent.leaf is not None and len(read.steps) == 1:
            return Mend(0, read.text, ".")  # the rule stands at the text itself
        parent, step, rest = read.spot.parent, read.steps[at], read.steps[at + 1 :]
        span = written[at]
        return (
            self._elsewhere(read, written, at)
            or self._beside(parent, read, at, span, SAME_NAME)
            or self._swapped(parent, read, written, at)
            or self._beside(parent, read, at, span, RENAMED)
            or self._forgotten(parent, step, rest, span)
            or self._beside(parent, read, at, span, MIN_LIKENESS)
            or self._superfluous(parent, read, written, at)
            or self._climbed(read, written, at)
            or self._earlier(read, written, at)
            or self._moved(parent, read, written, at)
            or self._sibling(parent, step, span)
        )

    def _elsewhere(self, read: Read, written: tuple[Span, ...], at: int) -> Mend | None:
        """The same names in other namespaces, from here to the end."""
        here, names = read.spot.parent, []
        for step in read.steps[at:]:
            same = [name for name in here.children if _alike_but_space(name, step.name)] if here else []
            if not same or here is None:
                return None
            names.append(self.shown(same[0]))
            here = here.children[same[0]]
        shown = self.separator.join(
            name + span.brackets for name, span in zip(names, written[at:], strict=True)
        )  # fmt: skip
        return Mend(written[at].start, read.text[written[at].start :], shown)

    def _beside(self, parent: Place, read: Read, at: int, span: Span, likeness: float) -> Mend | None:
        """A place beside it has a name that is as like as this, and the rest of the path leads on from there."""
        for name in self._alike(parent, read.steps[at].name, likeness):
            found = _end(parent.children[name], read.steps[at + 1 :])
            if found is not None and _fits(found, read):
                return Mend(span.start, span.name, self.shown(name))
        return None

    def _alike(self, parent: Place, name: str, likeness: float = MIN_LIKENESS) -> list[str]:
        """Return children by likeness; the same local name first, whatever its namespace and kind."""
        scored = [(_likeness(name, child), child) for child in parent.children]
        return [child for score, child in sorted(scored, key=lambda one: -one[0]) if score >= likeness]

    def _sibling(self, parent: Place, step: Step, span: Span) -> Mend | None:
        near = self._alike(parent, step.name)
        return Mend(span.start, span.name, self.shown(near[0])) if near else None

    def _superfluous(self, parent: Place, read: Read, written: tuple[Span, ...], at: int) -> Mend | None:
        rest = read.steps[at + 1 :]
        if not rest or not leads(parent, rest):
            return None
        old = read.text[written[at].start : written[at + 1].start]
        return Mend(written[at].start, old, "")

    def _climbed(self, read: Read, written: tuple[Span, ...], at: int) -> Mend | None:
        """Steps before it lead astray: it stands further up."""
        for number in range(at - 1, -1, -1):
            place = read.base.follow(read.steps[:number]).place
            if place is not None and leads(place, read.steps[at:]):
                start = written[number].start
                return Mend(start, read.text[start : written[at].start], "")
        return None

    def _swapped(self, parent: Place, read: Read, written: tuple[Span, ...], at: int) -> Mend | None:
        steps = read.steps
        if at + 1 >= len(steps) or not leads(parent, (steps[at + 1], steps[at], *steps[at + 2 :])):
            return None
        first, second = written[at], written[at + 1]
        old = read.text[first.start : second.start + len(second.name) + len(second.brackets)]
        return Mend(first.start, old, second.name + second.brackets + self.separator + first.name + first.brackets)

    def _forgotten(self, parent: Place, step: Step, rest: tuple[Step, ...], span: Span) -> Mend | None:
        """A step between two others was left out."""
        for way, place in ways(parent):
            inner = below(place, step.name)
            if way and inner is not None and leads(inner, rest):
                names = [self.shown(name) for name in way]
                return Mend(span.start, span.name, self.separator.join([*names, span.name]))
        return None

    def _earlier(self, read: Read, written: tuple[Span, ...], at: int) -> Mend | None:
        """An earlier step exists, but another one beside it was meant."""
        base = read.base.place
        for number in range(at - 1, -1, -1):
            spot = read.base.follow(read.steps[:number])
            if base is None or spot.place is None:
                return None
            for name in self._alike(spot.place, read.steps[number].name):
                if name != read.steps[number].name and leads(spot.place.children[name], read.steps[number + 1 :]):
                    return Mend(written[number].start, written[number].name, self.shown(name))
        return None

    def _moved(self, parent: Place, read: Read, written: tuple[Span, ...], at: int) -> Mend | None:
        """The name stands further down, as another kind of place or in another namespace."""
        for way, place in ways(parent):
            if len(way) > 1 and local(way[-1]) == local(read.steps[at].name) and leads(place, read.steps[at + 1 :]):
                return Mend(written[at].start, written[at].name, self.separator.join(map(self.shown, way)))
        return None


def _end(place: Place, steps: tuple[Step, ...]) -> Place | None:
    here: Place | None = place
    for step in steps:
        here = below(here, step.name) if here is not None else None
    return here


def leads(place: Place, steps: tuple[Step, ...]) -> bool:
    """Tell whether a path exists below a place."""
    return _end(place, steps) is not None


def _fits(place: Place, read: Read) -> bool:
    """Whether a place holds what a rule reads: text, or something below it."""
    if place.open or read.purpose == "known":
        return True
    return bool(place.children) if read.purpose == "object" else place.leaf is not None


def _likeness(one: str, other: str) -> float:
    first, second = local(one), local(other)
    if first == second:
        return 2.0
    if first.lower() == second.lower():
        return 1.5
    matcher = SequenceMatcher(None, first, second)
    kind = SAME_KIND if one.startswith("@") == other.startswith("@") else 0.0
    return matcher.ratio() + kind if matcher.quick_ratio() >= MIN_LIKENESS else 0.0


def _alike_but_space(one: str, other: str) -> bool:
    """Whether two names are the same but for their namespace."""
    return local(one) == local(other) and one.startswith("@") == other.startswith("@")


def local(name: str) -> str:
    """Return a name without namespace and without the mark of an attribute."""
    return name.rpartition("}")[2].removeprefix("@")


def ways(place: Place) -> Iterator[tuple[tuple[str, ...], Place]]:
    """Yield the places below one, nearest first, each with the names on the way."""
    waiting: list[tuple[tuple[str, ...], Place]] = [((), place)]
    looked_at = 0
    while waiting and looked_at < MAX_LOOKED_AT:
        way, here = waiting.pop(0)
        looked_at += 1
        yield way, here
        if len(way) < MAX_DEPTH:
            waiting += [((*way, name), child) for name, child in here.children.items()]

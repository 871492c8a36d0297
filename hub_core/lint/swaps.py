"""L154: places whose names say that they belong to the field of another rule, and the ends of times."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import combinations
from typing import Final

from hub_core.lint.finding import Findings
from hub_core.lint.likeness import fit, initial
from hub_core.lint.nearest import local
from hub_core.lint.votes import Votes
from hub_core.lint.walk import Read, Visit

GAIN: Final = 0.75  # by which two rules fit better once their places are exchanged
FEW: Final = 2  # letters of a name that may be short for a word
MAX_RULES: Final = 60  # of one object that are compared with each other
_EDGES: Final = {"month_last": ("start", "month_first"), "month_first": ("end", "month_last")}


@dataclass(slots=True)
class Swaps:
    """Looks at the names of fields and places."""

    findings: Findings
    votes: Votes
    known: dict[tuple[str, str], set[int]] = field(default_factory=dict)  # rules by end of target and name of place

    def look_at(self, visits: Sequence[Visit]) -> None:
        """Take the rules of one mapping."""
        groups: dict[tuple[object, ...], list[tuple[Visit, Read, str]]] = {}
        self.known = {}
        for visit in visits:
            self._edge(visit)
            for read, name in _named(visit):
                kind = visit.field.kind if visit.field else ""
                filters = tuple(one.name for one in read.steps[-1].filters)
                key = (visit.element, id(visit.base.place), read.steps[:-1], kind, read.purpose, filters)
                groups.setdefault(key, []).append((visit, read, name))
                self.known.setdefault((_end(visit), name), set()).add(id(visit.rule))
        for group in groups.values():
            for (one, first, a), (other, second, b) in combinations(group[:MAX_RULES], 2):
                if a != b and one.target != other.target:
                    gain = _gain(one.target, a, other.target, b, filtered=bool(first.steps[-1].filters))
                    if gain >= GAIN - 1:  # what stands elsewhere may add one
                        gain += self._elsewhere(one, b, other, a) - self._elsewhere(one, a, other, b)
                    self._say(one, first, other, second, swapped=gain >= GAIN)

    def _elsewhere(self, one: Visit, name: str, other: Visit, beside: str) -> float:
        """Return how much other rules speak for two fields that are read from places of two names: 0 or 1."""
        own = {id(one.rule), id(other.rule)}
        known = (self.known.get((_end(visit), text), set()) - own for visit, text in ((one, name), (other, beside)))
        return float(all(known))

    def _say(self, one: Visit, first: Read, other: Visit, second: Read, *, swapped: bool) -> None:
        for visit, read, right, beside in ((one, first, second, other), (other, second, first, one)):
            key = ("swapped", id(read.node), id(right.node))
            self.votes.say(key, partial(self._swapped, visit, read, right, beside) if swapped else None)

    def _swapped(self, visit: Visit, read: Read, right: Read, beside: Visit) -> None:
        text = f"{visit.target} reads {read.text}, and {beside.target} (line {right.node.line}) reads {right.text}"
        self.findings.add("L154", read.node, text, f"write {right.text!r} instead", old=read.text, new=right.text)

    def _edge(self, visit: Visit) -> None:
        """A time that starts on the last day of a month, or ends on the first."""
        codec, field = visit.rule.codec, visit.field
        name = codec.text.partition("(")[0] if codec else ""
        if codec is None or field is None or name not in _EDGES or not visit.target.endswith(_EDGES[name][0]):
            return
        edge = "first" if name == "month_first" else "last"
        text = f"{visit.target} is read as the {edge} day of a month"
        new = _EDGES[name][1]
        self.findings.add("L154", codec, text, f"write as: {new}{codec.text[len(name) :]}", old=name, new=new)


@lru_cache(maxsize=16_384)
def _gain(one: str, a: str, other: str, b: str, *, filtered: bool) -> float:
    """Return how much better two targets fit when their names are exchanged."""
    fits = initial if filtered else _fits
    return fits(one, b) + fits(other, a) - fits(one, a) - fits(other, b)


def _fits(target: str, name: str) -> float:
    """Return how well a name fits; one of few letters may be short for the field."""
    return max(fit(target, name), initial(target, name) if len(name) <= FEW else 0.0)


def _end(visit: Visit) -> str:
    return visit.target.rpartition(".")[2]


def _named(visit: Visit) -> Iterable[tuple[Read, str]]:
    """Yield what a rule reads, and the name or the text of the filter that says what it is."""
    reads = [read for read in visit.reads if read.purpose in {"value", "object"} and read.steps]
    if len(reads) != 1 or visit.conditions or visit.field is None or visit.rule.derive or visit.field.many:
        return
    last = reads[0].steps[-1]
    yield reads[0], last.filters[0].literal if last.filters else local(last.name)

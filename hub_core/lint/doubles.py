"""L153: one place read twice, while the place beside it that was meant is read by nobody."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from hub_core.contract import Place
from hub_core.contract.texts import values
from hub_core.lint.conditions import exclusive
from hub_core.lint.finding import Findings
from hub_core.lint.likeness import fit, likeness
from hub_core.lint.nearest import MIN_LIKENESS, Nearest, local, ways
from hub_core.lint.spans import spans
from hub_core.lint.votes import Votes
from hub_core.lint.walk import Read, Visit
from hub_core.mapping.language.rules import Condition, Rule
from hub_core.yaml import Scalar

SURE: Final = 0.3  # how much better one field fits a place than another
CLEAR: Final = 0.75  # fit of a name that says what it is


@dataclass(slots=True)
class Doubles:
    """Looks at the places that several rules read."""

    findings: Findings
    votes: Votes

    def look_at(self, visits: Sequence[Visit]) -> None:
        """Take the rules of one mapping: two that read the same in the same way, into two places of the record."""
        seen: dict[tuple[object, ...], Visit] = {}
        for visit in visits:
            for key in _ways(visit):
                first = seen.setdefault(key, visit)
                if first.rule is not visit.rule and _apart(first, visit) and not exclusive(first, visit):
                    mark = ("twice", *_at(first.rule), *_at(visit.rule))
                    self.votes.say(mark, partial(self._twice, first, visit, visits))

    def _twice(self, first: Visit, visit: Visit, visits: Sequence[Visit]) -> None:
        """Say so of the rule whose field fits the place worse, or of both."""
        better = _fitness(first) - _fitness(visit)
        wrong = [first] if better < -SURE else [visit] if better > SURE else [first, visit]
        for here in wrong:
            there = visit if here is first else first
            node = _place(here.rule)
            if any(key[:2] == (node.file, node.line) and key[3] == "L153" for key in self.findings.found):
                continue  # it is said already which place was meant
            text = f"{_named(here)} is read from the same place as {_named(there)} (line {_place(there.rule).line})"
            if (asked := _unasked(here, visits)) is not None:
                self._ask(*asked, text, sure=len(wrong) == 1)
                continue
            new = _unread(here, visits)
            other = f"leave it to {_named(there)}, read another place, or say out: never at the one not written back"
            mend = f"write {new!r} instead" if new else other
            self.findings.add("L153", node, text, mend, old=node.text, new=new, sure=len(wrong) == 1)

    def _ask(self, read: Read, new: str, text: str, *, sure: bool) -> None:
        old = read.condition.values[0] if read.condition else ""
        mend = f"write {new!r} instead, which no rule asks for"
        self.findings.add("L153", read.node, text, mend, old=old, new=new, skip=len(read.node.text), sure=sure)


def _unasked(visit: Visit, visits: Iterable[Visit]) -> tuple[Read, str] | None:
    """Return a condition of a rule on one text, and the one text of its place that no condition asks for."""
    for read in visit.reads:
        if read.condition is None or len(read.condition.values) != 1 or read.spot.place is None:
            continue
        place = read.spot.place
        asked = {
            text
            for one in visits
            for twin in one.reads
            if twin.condition and twin.spot.place is place
            for text in twin.condition.values
        }
        told = (*visit.subject.examples.get(id(place), ()), *visit.subject.tried.get(id(place), ()))
        stands = (values(place.leaf) if place.leaf else ()) or told
        free = [text for text in stands if text.strip() and text not in asked]
        if len(free) == 1:
            return read, free[0]
    return None


def _ways(visit: Visit) -> Iterable[tuple[object, ...]]:
    """Yield what a rule reads and how; two rules with the same read the same."""
    rule = visit.rule
    if rule.derive or rule.never or rule.const:
        return
    values = [read for read in visit.reads if read.purpose == "value" and read.spot.place is not None]
    if len(values) == 1 and len(rule.places) == 1:
        codec = values[0].codec or rule.codec
        how = (codec.text if codec else "", rule.codes.text if rule.codes else "")
        when = frozenset([_said(one.condition) for one in visit.conditions if one.condition])
        yield (visit.element, id(visit.struct), id(values[0].spot.place), values[0].steps, how, when)
    if rule.use is None and not rule.fields:
        return
    place = next((read for read in visit.reads if read.purpose == "object"), None)
    content = _content(rule)
    where = frozenset(_said(one) for one in (*rule.when, *rule.where))
    spot = place.spot.place if place else visit.base.place
    if (rule.use or content) and (place is not None or where) and spot is not None:
        steps = place.steps if place else ()
        yield (id(visit.base.place), steps, rule.use.text if rule.use else "", content, where)


def _apart(first: Visit, visit: Visit) -> bool:
    """Whether two rules fill two places of the record."""
    return first.target != visit.target or first.rule.each is not None or first.element != visit.element


def _at(rule: Rule) -> tuple[str, int, int]:
    return rule.node.file, rule.node.line, rule.node.column


def _place(rule: Rule) -> Scalar:
    """Return where a rule says what it reads."""
    return rule.each or (rule.places[0].path if rule.places else rule.use) or rule.target


def _named(visit: Visit) -> str:
    return visit.target or "the record"


def _said(condition: Condition) -> tuple[str, tuple[str, ...], bool]:
    return condition.path.text, condition.values, condition.present


def _content(rule: Rule) -> frozenset[tuple[object, ...]]:
    """Return what the rules inside an object read; constants do not tell two objects apart."""
    found = []
    for one in rule.fields or ():
        if one.const is None:
            texts = tuple(place.path.text for place in one.places)
            found.append((one.target.text, texts, one.each.text if one.each else "", _content(one)))
    return frozenset(found)


def words(visit: Visit) -> list[str]:
    """Return what is said of where a rule writes to: its target, and the constants beside it."""
    consts = [one.const.text for one in visit.rule.fields or () if one.const]
    return [visit.target, *consts]


def _fitness(visit: Visit) -> float:
    names = [local(step.name) for read in visit.reads if read.purpose != "condition" for step in read.steps]
    return max((fit(said, name) for said in words(visit) for name in names), default=0.0)


def _unread(visit: Visit, visits: Iterable[Visit]) -> str | None:
    """Return the way to the place with a like name that nobody reads, where there is one."""
    read = next((one for one in visit.reads if one.purpose != "condition" and one.steps), None)
    base = visit.base.place
    if read is None or base is None or read.spot.place is None:
        return None
    own, name = read.spot.place, local(read.steps[-1].name)
    taken = {id(one.spot.place) for each in visits for one in each.reads}
    found: list[tuple[float, tuple[str, ...], bool]] = []
    for way, place in ways(base):
        same_kind = bool(place.children) == bool(own.children) and place.many == own.many
        if way and place is not own and id(place) not in taken and same_kind:
            alike = likeness(name, local(place.name))
            if alike >= MIN_LIKENESS:
                fitting = max(fit(said, local(step)) for said in words(visit) for step in way)
                shared = [one == step.name for one, step in zip(way[:-1], read.steps[:-1], strict=False)]
                beside = len(way) == len(read.steps) and all(shared)
                found.append((fitting + alike + beside + 0.1 * sum(shared), way, place.many))
    if not found:
        return None
    _, way, many = max(found, key=lambda one: one[0])
    nearest = Nearest(visit.subject.file.source.kind, visit.subject.file.source.ns)
    mark = "[]" if many and "[]" in read.text else ""
    return nearest.separator.join(nearest.shown(step) for step in way) + mark


@dataclass(frozen=True, slots=True)
class Mistaken:
    """A rule that reads one place where another one, which nobody reads, was meant."""

    visit: Visit
    read: Read
    better: float


def mistaken(lost: Place, beside: Iterable[Place], visits: Iterable[Visit]) -> list[Mistaken]:
    """Return the rules that most likely were meant to read a place; more than one if it cannot be told.

    Args:
        lost: a place that nobody reads.
        beside: places with the same parent.
        visits: rules of the mapping.
    """
    near = {id(place): place for place in beside if place is not lost and bool(place.children) == bool(lost.children)}
    readers: dict[int, list[tuple[Visit, Read]]] = {}
    for visit in visits:
        for read in visit.reads:
            if read.purpose != "condition" and read.steps and id(read.spot.place) in near:
                readers.setdefault(id(read.spot.place), []).append((visit, read))
    found = []
    for place, known in readers.items():
        for visit, read in known:
            twice = any(_beside(visit, other) for other, _ in known)
            own, other = (
                max(fit(said, local(name)) for said in words(visit)) for name in (near[place].name, lost.name)
            )
            if twice or (other >= CLEAR and own < CLEAR - SURE):
                found.append(Mistaken(visit, read, other - own))
    best = max((one.better for one in found), default=0.0)
    return [one for one in found if one.better >= best - 0.01]


def _beside(visit: Visit, other: Visit) -> bool:
    """Whether another rule fills another field of the same object at the same time."""
    return other.rule is not visit.rule and other.element == visit.element and not exclusive(visit, other)


def say_mistaken(findings: Findings, one: Mistaken, lost: Place, path: str) -> None:
    """Report a rule that reads another place than the one that was meant."""
    source = one.visit.subject.file.source
    nearest, read = Nearest(source.kind, source.ns), one.read
    written = spans(read.text, source.kind)
    old, new = written[-1].name, nearest.shown(lost.name)
    text = f"{_named(one.visit)} reads {old}, and nothing reads {path}"
    whole = read.text[: written[-1].start] + new + written[-1].brackets
    skip = max(read.node.text.find(read.text), 0) + written[-1].start
    findings.add("L153", read.node, text, f"write {whole!r} instead", old=old, new=new, skip=skip)

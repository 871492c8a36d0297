"""L15x: rules that never take effect: behind another one, or under conditions that exclude each other."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from hub_core.lint.finding import Findings
from hub_core.lint.votes import Votes
from hub_core.lint.walk import Read, Visit
from hub_core.mapping.rules import Rule


@dataclass(slots=True)
class Conditions:
    """Looks at ``when:``, ``where:`` and the order of rules."""

    findings: Findings
    votes: Votes

    def look_at(self, visits: Iterable[Visit]) -> None:
        """Take the rules of one mapping."""
        visits = list(visits)
        groups: dict[tuple[int, int, str, str | None], list[Visit]] = {}
        for visit in visits:
            self._contradiction(visit)
            groups.setdefault((visit.element, id(visit.base.place), visit.target, visit.block), []).append(visit)
        self._twice(visits)
        for group in groups.values():
            if group[0].target and len(group) > 1:
                self._order(group)

    def _contradiction(self, visit: Visit) -> None:
        own = {id(one) for one in visit.rule.when} | {id(one) for one in visit.rule.where}
        where = [read for read in visit.reads if read.purpose == "condition" and read not in visit.conditions]
        ruled = [read for read in (*visit.conditions, *where) if read.condition is not None]
        if not ruled:
            return
        for index, second in enumerate(ruled):
            if second.condition is None or id(second.condition) not in own:
                continue
            clash = next((first for first in ruled[:index] if _clash(first, second)), None)
            values = [read for read in visit.reads if read.purpose == "value"]
            nowhere = not second.steps and _says_absent(second)
            missing = nowhere or (bool(values) and _says_absent(second) and all(_same(read, second) for read in values))
            node = second.condition.path
            key = ("clash", node.file, node.line, node.column)
            report = partial(self._never, second, clash) if clash or missing else None
            self.votes.say(key, report)

    def _never(self, read: Read, other: Read | None) -> None:
        if other is None:
            text = f"the rule stands at {read.text} or reads it, and only holds where nothing is there"
        else:
            text = f"this condition and the one on {other.text} (line {other.node.line}) never hold together"
        self.findings.add("L152", read.node, text, "remove the condition, or correct it", old=read.text)

    def _twice(self, visits: list[Visit]) -> None:
        """One text read as it is into two fields of one object, both always."""
        seen: dict[tuple[object, ...], Visit] = {}
        for visit in visits:
            rule = visit.rule
            reads = [read for read in visit.reads if read.purpose == "value" and read.spot.place is not None]
            if len(reads) != 1 or visit.conditions or rule.derive or rule.never or rule.codec or rule.codes:
                continue
            first = seen.setdefault((visit.element, id(visit.struct), id(reads[0].spot.place), reads[0].steps), visit)
            if first is not visit and first.rule is not rule and first.target != visit.target:
                key = ("twice", rule.target.file, rule.target.line)
                self.votes.say(key, partial(self._copied, first, visit))

    def _copied(self, first: Visit, visit: Visit) -> None:
        text = f"{visit.target} is read from the same place as {first.target} (line {first.rule.target.line})"
        mend = "remove one of them, or say out: never at the one that is not written back"
        self.findings.add("L153", visit.rule.target, text, mend, old=visit.rule.target.text)

    def _order(self, group: list[Visit]) -> None:
        """Of several rules for one single value the first that holds and yields something counts."""
        single = group[0].field is not None and not group[0].field.many
        for number, later in enumerate(group[1:], start=1):
            for first in group[:number]:
                if first.rule is later.rule:
                    continue
                always = single and _always(first.rule) and not first.conditions
                covered = single and _always(first.rule) and _implied(first, later)
                same = _meaning(first.rule) == _meaning(later.rule) and _implied(first, later)
                if always or covered or same:
                    key = ("order", later.rule.target.file, later.rule.node.line, later.rule.node.column)
                    self.votes.say(key, partial(self._behind, first, later, twin=same))
                    break

    def _behind(self, first: Visit, later: Visit, *, twin: bool) -> None:
        node = later.rule.target
        line = first.rule.node.line
        text = (
            f"{later.target} is read in the same way as in line {line}" if twin
            else f"this rule for {later.target} is never reached: the one in line {line} always holds"
        )  # fmt: skip
        at = later.rule.const or (later.rule.places[0].path if later.rule.places else node)
        self.findings.add("L151", at, text, "remove it, or write it before that one", old=at.text)


def _always(rule: Rule) -> bool:
    """Whether a rule yields something wherever its condition holds."""
    return rule.const is not None


def _implied(first: Visit, later: Visit) -> bool:
    """Whether the first rule holds wherever the later one does."""
    own = [(read.text, read.condition.values, read.condition.present) for read in first.conditions if read.condition]
    other = {(read.text, read.condition.values, read.condition.present) for read in later.conditions if read.condition}
    return all(one in other for one in own)


def _meaning(rule: Rule) -> tuple[object, ...]:
    """Return what a rule reads and how; rules with inner rules are compared by the rule itself."""
    inner = None if rule.fields is None and rule.use is None else id(rule)
    texts = (rule.each, rule.const, rule.codec, rule.codes)
    derive = (rule.derive.function, rule.derive.paths) if rule.derive else None
    places = tuple((place.path.text, place.codec.text if place.codec else None) for place in rule.places)
    return (places, tuple(one.text if one else None for one in texts), derive, inner)


def _inside(inner: Read, outer: Read) -> bool:
    """Whether a path leads to another one or on from there."""
    return inner.base.place is outer.base.place and inner.steps[: len(outer.steps)] == outer.steps


def _same(one: Read, other: Read) -> bool:
    return one.text == other.text and one.base.place is other.base.place


def _says_absent(read: Read) -> bool:
    return read.condition is not None and not read.condition.values and not read.condition.present


def _clash(first: Read, second: Read) -> bool:
    one, other = first.condition, second.condition
    for outer, inner in ((first, second), (second, first)):
        if _says_absent(outer) and not _says_absent(inner) and _inside(inner, outer):
            return True
    same = first.spot.place is not None and first.spot.place is second.spot.place
    if one is None or other is None or not (same or _same(first, second)):
        return False
    if one.values and other.values:
        # A place that repeats may hold both.
        return not set(one.values) & set(other.values) and not second.spot.many
    return _says_absent(first) != _says_absent(second)

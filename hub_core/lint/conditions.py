"""L15x: rules that never take effect: behind another one, or under conditions that exclude each other."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final

import msgspec

from hub_core.contract.texts import values
from hub_core.lint.finding import Findings
from hub_core.lint.nearest import local
from hub_core.lint.votes import Votes
from hub_core.lint.walk import Read, Visit
from hub_core.mapping.language.paths import Filter
from hub_core.mapping.language.rules import Answer, Rule
from hub_core.yaml import Mapping, Scalar

_REST: Final = re.compile(r"""(?:"[^"]*"|'[^']*'|[^\s"':,{}][^\s,{}]*):\s+(?:"[^"]*"|\[[^\]]*\]|[^,{}\[\]]+)""")


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
            if visit.conditions or visit.rule.where:
                self._contradiction(visit)
            groups.setdefault((visit.element, id(visit.base.place), visit.target, visit.block), []).append(visit)
        self._forgotten(visits)
        for group in groups.values():
            if group[0].target and len(group) > 1:
                self._order(group)

    def _contradiction(self, visit: Visit) -> None:
        own = {id(one) for one in visit.rule.when} | {id(one) for one in visit.rule.where}
        where = [read for read in visit.reads if read.purpose == "condition" and read not in visit.conditions]
        ruled = [read for read in (*visit.conditions, *where) if read.condition is not None]
        self._hidden(visit, ruled)
        for index, second in enumerate(ruled):
            if second.condition is None or id(second.condition) not in own:
                continue
            clash = next((first for first in ruled[:index] if _clash(first, second)), None)
            read_here = [read for read in visit.reads if read.purpose == "value"]
            nowhere = not second.steps and _says_absent(second)
            hidden = bool(read_here) and _says_absent(second) and all(_same(read, second) for read in read_here)
            missing = nowhere or hidden
            node = second.condition.path
            key = ("clash", node.file, node.line, node.column)
            report = partial(self._never, second, clash) if clash or missing else None
            self.votes.say(key, report)

    def _hidden(self, visit: Visit, ruled: list[Read]) -> None:
        """A value whose every place a condition around it wants to be absent."""
        found = [read for read in visit.reads if read.purpose == "value" and read.steps]
        for one in ruled:
            if _says_absent(one) and one.steps and found:
                never = all(_inside(read, one) for read in found)
                key = ("hidden", one.node.file, one.node.line, one.node.column, visit.rule.target.line)
                self.votes.say(key, partial(self._absent, one, found[0]) if never else None)

    def _absent(self, one: Read, read: Read) -> None:
        text = f"the rule in line {read.node.line} reads {read.text} only where nothing is there"
        skip = len(one.node.text)
        self.findings.add("L152", one.node, text, "write 'present' instead", old="absent", new="present", skip=skip)

    def look_at_answer(
        self, visits: Iterable[Visit], status: Read | None, answer: Answer | None, tokens: Mapping
    ) -> None:
        """Texts that end the reading, and that a rule waits for all the same."""
        if status is None or answer is None or status.spot.place is None:
            return
        ends = {*answer.failed, *answer.none, *answer.later}
        asked = [
            read for visit in visits for read in visit.reads
            if read.condition and read.condition.values and read.spot.place is status.spot.place
        ]  # fmt: skip
        said = {text for read in asked for text in (read.condition.values if read.condition else ())}
        leaf = status.spot.place.leaf
        free = [text for text in (values(leaf) if leaf else ()) if asked and text not in ends | said]
        new = free[0] if len(free) == 1 else None
        for read in asked:
            self._ended(read, ends, tokens, new)

    def _ended(self, read: Read, ends: set[str], tokens: Mapping, new: str | None) -> None:
        texts = read.condition.values if read.condition else ()
        mend = f"write {new!r} instead" if new else "leave it to one of them"
        for text in texts:
            if text not in ends:
                continue
            if all(one in ends for one in texts):
                message = f"at {text!r} the answer ends before any rule is reached"
                self.findings.add("L152", read.node, message, mend, old=text, new=new, skip=len(read.node.text))
            else:
                message = f"at {text!r} the answer ends, and the rule in line {read.node.line} waits for it"
                self.findings.add("L152", _token(tokens, text) or read.node, message, mend, old=text, new=new)

    def _never(self, read: Read, other: Read | None) -> None:
        if other is None:
            text = f"the rule stands at {read.text} or reads it, and only holds where nothing is there"
        else:
            text = f"this condition and the one on {other.text} (line {other.node.line}) never hold together"
        line = self.findings.texts.get(read.node.file, [""] * read.node.line)[read.node.line - 1]
        start = read.node.column - 1
        written = _REST.match(line, start)
        comma = line.rfind(",", 0, start) if written and line[:start].rstrip().endswith(",") else None
        if written is None or comma is None:
            self.findings.add("L152", read.node, text, "remove the condition, or correct it", old=read.text)
            return
        shown = line[start : written.end()]
        node = msgspec.structs.replace(read.node, column=comma + 1)
        old = line[comma : written.end()]
        self.findings.add("L152", node, text, f"remove {shown}, or correct it", old=old, new="", raw=True)

    def _forgotten(self, visits: list[Visit]) -> None:
        """A list without a filter, beside rules that take elements of the same place by one."""
        taken: dict[tuple[object, ...], list[tuple[Visit, Read]]] = {}
        for visit in visits:
            for read in visit.reads:
                if read.purpose == "object" and read.steps and read.spot.place is not None:
                    key = (visit.element, id(read.spot.place))
                    taken.setdefault(key, []).append((visit, read))
        for known in taken.values():
            filtered = [one for _, read in known for one in read.steps[-1].filters]
            for visit, read in known:
                if filtered and not read.steps[-1].filters and visit.rule.each is not None and not visit.rule.where:
                    self._unfiltered(read, filtered)

    def _unfiltered(self, read: Read, filtered: list[Filter]) -> None:
        names = {one.name for one in filtered}
        name = next(iter(names)) if len(names) == 1 else None
        children = read.spot.place.children if read.spot.place else {}
        place = children.get(f"@{name}") or children.get(name or "")
        leaf = place.leaf if place else None
        left = [text for text in (values(leaf) if leaf else ()) if text not in {one.literal for one in filtered}]
        shown = local(name or filtered[0].name)
        new = f"{read.text}[{shown}={left[0]}]" if len(left) == 1 else None
        mend = f"write {new!r} instead" if new else f"add a filter as beside it, such as [{shown}=...]"
        text = f"{read.text} takes all elements, and other rules take some of them by a filter"
        self.findings.add("L155", read.node, text, mend, old=read.text, new=new)

    def _order(self, group: list[Visit]) -> None:
        """Of several rules for one single value the first that holds and yields something counts."""
        single = group[0].field is not None and not group[0].field.many
        for number, later in enumerate(group[1:], start=1):
            for first in group[:number]:
                if first.rule is later.rule:
                    continue
                implied = _implied(first, later)
                always = single and not first.conditions and _refuses(first, later)
                covered = single and implied and _always(first.rule)
                same = implied and _meaning(first.rule) == _meaning(later.rule)
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
        whole = [self._whole(rule) for rule in (first.rule, later.rule)]
        if twin or None in whole:
            self.findings.add("L151", at, text, "remove it, or write it before that one", old=at.text)
            return
        said = f"this rule for {first.target} always holds, so the one in line {later.rule.node.line} is never reached"
        mend = f"write {whole[1]} first"
        for rule, words, old, new in (
            (first.rule, said, whole[0], whole[1]), (later.rule, text, whole[1], whole[0])
        ):  # fmt: skip
            top = Scalar(text="", file=rule.node.file, line=rule.node.line, column=rule.node.column)
            self.findings.add("L151", top, words, mend, old=old or "", new=new, raw=True)

    def _whole(self, rule: Rule) -> str | None:
        """Return a rule as it is written, if it stands alone in one line of a list."""
        lines = self.findings.texts.get(rule.node.file, [])
        line = lines[rule.node.line - 1] if rule.node.line <= len(lines) else ""
        start = rule.node.column - 1
        return line[start:].rstrip() if line[:start].strip() == "-" and line.rstrip().endswith("}") else None


def exclusive(one: Visit, other: Visit) -> bool:
    """Whether two rules never hold together."""
    return any(_clash(first, second) for first in one.conditions for second in other.conditions)


def _token(tables: Mapping, text: str) -> Scalar | None:
    """Return where a text stands in ``answer:``."""
    for table in tables.items.values():
        if isinstance(table, Mapping) and text in table.keys:
            return table.keys[text]
    return None


def _always(rule: Rule) -> bool:
    """Whether a rule yields something wherever its condition holds."""
    return rule.const is not None


def _refuses(first: Visit, later: Visit) -> bool:
    """Whether a rule reads all places of a later one, and refuses what it cannot read."""
    faulty = first.rule.faulty or first.subject.file.faulty
    if faulty != "refuse" or first.rule.absent or first.rule.unknown or first.rule.withheld or not first.rule.places:
        return False
    places = [{read.text for read in one.reads if read.purpose == "value"} for one in (first, later)]
    return bool(later.conditions) and bool(places[1]) and places[1] <= places[0]


def _implied(first: Visit, later: Visit) -> bool:
    """Whether the first rule holds wherever the later one does."""
    if not first.conditions:
        return True
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

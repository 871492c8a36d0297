"""L156 to L158: texts that conditions leave out, places that only choose, constants for what documents say."""

from collections.abc import Mapping as Map
from collections.abc import Sequence as Seq
from dataclasses import dataclass
from functools import partial
from typing import Final

from hub_core.contract import Place
from hub_core.contract.texts import values
from hub_core.lint.finding import Findings, as_yaml, quoted, raw_end
from hub_core.lint.fitting import fitting
from hub_core.lint.likeness import fit
from hub_core.lint.nearest import Nearest, local
from hub_core.lint.votes import Votes
from hub_core.lint.walk import Read, Visit
from hub_core.yaml import Mapping, Node, Scalar, Sequence

CLEAR: Final = 0.9  # fit of a name that says what it is


@dataclass(slots=True)
class Missed:
    """Looks at what rules pass over."""

    findings: Findings
    votes: Votes

    def look_at(self, visits: Seq[Visit]) -> None:
        """Take the rules of one mapping."""
        asked: dict[int, set[str]] = {}
        for read in (read for visit in visits for read in visit.reads if read.condition):
            asked.setdefault(id(read.spot.place), set()).update(read.condition.values if read.condition else ())
        taken = {id(read.spot.place) for visit in visits for read in visit.reads if read.purpose != "condition"}
        for visit in visits:
            for read in visit.reads:
                if read.condition is not None and read.spot.place is not None:
                    self._left_out(visit, read, read.spot.place, asked)
                    self._only_chosen(visit, read, read.spot.place, taken)
            self._constant(visit, taken)

    def _left_out(self, visit: Visit, read: Read, place: Place, asked: Map[int, set[str]]) -> None:
        """A value that is read only where it has some of the few texts that the contract allows."""
        own = any(one.purpose in {"value", "element"} and one.spot.place is place for one in visit.reads)
        if not own or visit.rule.why or place.leaf is None or read.condition is None or not read.condition.values:
            return
        rule, answer = visit.rule, visit.subject.file.answer
        ends = {*answer.failed, *answer.none, *answer.later} if answer else set()
        known = {"", *asked[id(place)], *ends, *rule.absent, *rule.unknown, *rule.withheld}
        left = [text for text in values(place.leaf) if text.strip() not in known]
        key = ("left out", read.node.file, read.node.line, read.node.column)
        self.votes.say(key, partial(self._say_left_out, visit, read, left) if left else None)

    def _say_left_out(self, visit: Visit, read: Read, left: list[str]) -> None:
        shown = ", ".join(repr(text) for text in left)
        text = (
            f"{visit.target} is read at {read.text}, and no condition lets {shown} through, which the contract allows"
        )
        told = ", ".join(quoted(one) for one in left)
        node = _value(visit, read.node)
        last = node.items[-1] if isinstance(node, Sequence) and node.items else node
        if not isinstance(last, Scalar):
            self.findings.add(
                "L156", read.node, text, f"add {shown} to the condition, or say in why: what is meant", old=read.text
            )
            return
        line = self.findings.texts[last.file][last.line - 1]
        old = line[last.column - 1 : raw_end(line, last.column) - 1]
        new = f"{old}, {told}" if isinstance(node, Sequence) else f"[{old}, {told}]"
        mend = f"add {shown} to the condition, or say in why: what is meant"
        self.findings.add("L156", last, text, mend, old=old, new=new, raw=True, sure=False)

    def _only_chosen(self, visit: Visit, read: Read, place: Place, taken: set[int]) -> None:
        """Elements that are taken where something stands at a place that no rule reads."""
        chooses = read.condition in visit.rule.where and not read.condition.values and read.condition.present
        if not chooses or place.leaf is None or place.children:
            return
        key = ("only chosen", read.node.file, read.node.line, read.node.column)
        self.votes.say(key, None if id(place) in taken else partial(self._say_only_chosen, visit, read))

    def _say_only_chosen(self, visit: Visit, read: Read) -> None:
        name = read.steps[-1].name
        alike = [
            one for inner in visit.inner for one in inner.reads
            if one.purpose == "value" and len(one.steps) == len(read.steps) and one.steps[-1].name == name
        ]  # fmt: skip
        text = f"elements are taken where {read.text} is there, and no rule reads it"
        if len(alike) != 1:
            self.findings.add("L157", read.node, text, "read it too, or choose by what is read", old=read.text)
            return
        mend = f"write {read.text!r} instead"
        self.findings.add("L157", alike[0].node, text, mend, old=alike[0].text, new=read.text, sure=False)

    def _constant(self, visit: Visit, taken: set[int]) -> None:
        """A constant, while what the field is stands beside it in documents and is read by nobody."""
        rule, base, examples = visit.rule, visit.base.place, visit.subject.examples
        if rule.const is None or rule.why or visit.field is None or base is None or visit.conditions:
            return
        fields = [
            (name, examples[id(child)]) for name, child in base.children.items()
            if id(child) not in taken and examples.get(id(child)) and fit(visit.target, local(name)) >= CLEAR
        ]  # fmt: skip
        key = ("constant", rule.const.file, rule.const.line, rule.const.column)
        self.votes.say(key, partial(self._say_constant, visit, *fields[0]) if len(fields) == 1 else None)

    def _say_constant(self, visit: Visit, name: str, seen: list[str]) -> None:
        const, node, source = visit.rule.const, visit.rule.node, visit.subject.file.source
        if const is None or visit.field is None or not isinstance(node, Mapping):
            return
        path = Nearest(source.kind, source.ns).shown(name)
        codecs = fitting(visit.field.kind, seen) if visit.rule.codes is None else []
        codec = f", as: {as_yaml(codecs[0].text)}" if codecs and not codecs[0].plain else ""
        new = f"at: {as_yaml(path)}{codec}"
        text = f"{visit.target} is always {const.text!r}, and documents say it at {path}, which no rule reads"
        key = node.keys["const"]
        line = self.findings.texts[key.file][key.line - 1]
        old = line[key.column - 1 : raw_end(line, const.column) - 1] if const.line == key.line else ""
        self.findings.add("L158", key, text, f"write {new} instead", old=old, new=new, raw=True, sure=False)


def _value(visit: Visit, path: Scalar) -> Node | None:
    """Return what stands behind the path of a condition."""
    node = visit.rule.node
    for key in ("when", "where"):
        table = node.items.get(key) if isinstance(node, Mapping) else None
        if isinstance(table, Mapping) and path.text in table.keys and table.keys[path.text] is path:
            return table.items[path.text]
    return None

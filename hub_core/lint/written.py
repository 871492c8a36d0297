"""L125, L126: fixed texts that the contract does not take, or asks for; L112: numbers of elements that stand once."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from hub_core.contract.contract import below
from hub_core.contract.texts import possible, values
from hub_core.lint.allowed import nearest_of, said
from hub_core.lint.finding import Findings, quoted
from hub_core.lint.nearest import Nearest
from hub_core.lint.spans import spans
from hub_core.lint.walk import Read, Visit, Walker
from hub_core.lint.world import Subject
from hub_core.mapping.writing.completing import Named, unwritten
from hub_core.rows.single import DIALECT as ROWS
from hub_core.yaml import Mapping, Scalar

COUNT: Final = re.compile(r"count\((.+)\)")


@dataclass(slots=True)
class Written:
    """Looks at what a mapping writes besides what the record says."""

    findings: Findings

    def look_at(self, subject: Subject, walker: Walker, visits: Iterable[Visit]) -> None:
        """Take the lines of ``fixed:`` of one mapping, and what they leave out."""
        if subject.file.way != "in":
            self._missing(subject, walker, visits)
        table = subject.file.node.items.get("fixed")
        for path, text in subject.file.fixed:
            node = table.items.get(path.text) if isinstance(table, Mapping) else None
            read = walker.read(path, path.text, walker.root(), "known")
            if not isinstance(node, Scalar) or read is None or read.spot.place is None:
                continue
            counted = COUNT.fullmatch(text)
            leaf = read.spot.place.leaf
            if counted:
                self._counted(subject, walker, node, counted[1])
            elif leaf is not None and not possible(leaf, text):
                answer = subject.file.answer
                ends = {*answer.failed, *answer.none, *answer.later} if answer else set()
                free = [word for word in values(leaf) if word not in ends]
                near = nearest_of(leaf, text) or (free[0] if len(free) == 1 else None)
                mend = f"write one of: {', '.join(free)}" if free else f"write what {path.text} may hold"
                mend = f"write {near!r} instead" if near else mend
                message = f"{text!r} is written where the contract allows {said(leaf)}"
                self.findings.add("L125", node, message, mend, old=text, new=near)

    def _missing(self, subject: Subject, walker: Walker, visits: Iterable[Visit]) -> None:
        """Report each place that the contract asks for where the mapping writes, and that nothing in it writes."""
        contract = subject.contract
        if contract is None:
            return
        texts: dict[int, tuple[str, ...]] = {}
        passed = {id(contract.root)}
        lines = [walker.read(path, path.text, walker.root(), "value") for path, _ in subject.file.fixed]
        rules = [read for visit in visits if not visit.rule.never for read in visit.reads]
        every = (*rules, *(line for line in lines if line is not None))
        for read in every:
            _write(read, texts, passed)
        nearest = Nearest(subject.file.source.kind, subject.file.source.ns)
        node = subject.file.node
        at = node.keys.get("fixed") or node.keys["fields"]
        for way in unwritten(contract.root, Named(texts, passed)):
            if subject.file.source.dialect == ROWS and len(way) > 1:
                continue  # header and trailer are written with the file
            shown = nearest.separator.join(nearest.shown(name) for name in way)
            written = quoted(shown) if any(mark in shown for mark in "@{\"'") else shown
            text = f"{contract.file} requires {shown}, and no rule and no fixed text writes it"
            self.findings.add("L126", at, text, f"add a rule, or fixed: {{{written}: and what stands there}}")

    def _counted(self, subject: Subject, walker: Walker, node: Scalar, path: str) -> None:
        read = walker.read(node, path, walker.root(), "known")
        nearest = Nearest(subject.file.source.kind, subject.file.source.ns)
        if read is not None and read.spot.missing is not None:
            self._nothing(read, nearest)
        if read is None or read.spot.place is None or read.spot.many:
            return
        inner = [nearest.shown(name) for name, child in read.spot.place.children.items() if child.many]
        new = f"{path}{nearest.separator}{inner[0]}" if len(inner) == 1 else None
        mend = f"write 'count({new})' instead" if new else "count a place that repeats, or ask for maxOccurs"
        text = f"{path} stands at most once, so its number says nothing"
        self.findings.add("L112", node, text, mend, old=path, new=new)

    def _nothing(self, read: Read, nearest: Nearest) -> None:
        mend = nearest.mend(read)
        new = read.text[: mend.start] + mend.new + read.text[mend.start + len(mend.old) :] if mend else None
        above = read.spot.parent.children.items() if read.spot.parent else ()
        many = [nearest.shown(name) for name, child in above if child.many]
        if new is None and len(many) == 1 and read.spot.missing is not None:
            span = spans(read.text, nearest.kind)[read.spot.missing]
            new = read.text[: span.start] + many[0]
        hint = f"write 'count({new})' instead" if new else "count a place of the contract"
        text = f"the contract has no {read.text}, so its number is always 0"
        self.findings.add("L101", read.node, text, hint, old=read.text, new=new)


def _write(read: Read, texts: dict[int, tuple[str, ...]], passed: set[int]) -> None:
    """Add what writing by one rule puts into a document: its text, and everything on the way to it."""
    place = read.base.place
    for step in read.steps:
        if place is None or (place := below(place, step.name)) is None:
            return
        passed.add(id(place))
        for one in step.filters:
            for name in (f"@{one.name}", one.name):
                if child := place.children.get(name):
                    texts.setdefault(id(child), ())
    if read.purpose != "object" and (read.condition is None or read.condition.values):
        texts.setdefault(id(place), ())

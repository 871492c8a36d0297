"""L125: fixed texts that the contract does not take; L112: numbers of elements that stand once."""

import re
from dataclasses import dataclass
from typing import Final

from hub_core.lint.finding import Findings
from hub_core.lint.nearest import Nearest
from hub_core.lint.samples import possible, values
from hub_core.lint.values import nearest_of, said
from hub_core.lint.walk import Walker
from hub_core.lint.world import Subject
from hub_core.yaml import Mapping, Scalar

COUNT: Final = re.compile(r"count\((.+)\)")


@dataclass(slots=True)
class Written:
    """Looks at what a mapping writes besides what the record says."""

    findings: Findings

    def look_at(self, subject: Subject, walker: Walker) -> None:
        """Take the lines of ``fixed:`` of one mapping."""
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

    def _counted(self, subject: Subject, walker: Walker, node: Scalar, path: str) -> None:
        read = walker.read(node, path, walker.root(), "known")
        if read is None or read.spot.place is None or read.spot.many:
            return
        nearest = Nearest(subject.file.source.kind, subject.file.source.ns)
        inner = [nearest.shown(name) for name, child in read.spot.place.children.items() if child.many]
        new = f"{path}{nearest.separator}{inner[0]}" if len(inner) == 1 else None
        mend = f"write 'count({new})' instead" if new else "count a place that repeats, or ask for maxOccurs"
        text = f"{path} stands at most once, so its number says nothing"
        self.findings.add("L112", node, text, mend, old=path, new=new)

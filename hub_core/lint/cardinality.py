"""L11x: places that repeat and are read as one, and the reverse; values that must be there and need not be."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from hub_core.lint.finding import Findings
from hub_core.lint.spans import Span, spans
from hub_core.lint.votes import Votes
from hub_core.lint.walk import Read, Visit
from hub_core.mapping.language.paths import Step
from hub_core.yaml import Mapping


@dataclass(slots=True)
class Cardinality:
    """Looks at how often the places of rules may stand."""

    findings: Findings
    votes: Votes

    def look_at(self, visits: Iterable[Visit]) -> None:
        """Take the rules of one mapping."""
        for visit in visits:
            kind = visit.subject.file.source.kind
            agreed = visit.subject.contract is not None and not visit.subject.contract.derived
            for read in visit.reads:
                marked = agreed and "[]" in read.text  # what was seen once only may still repeat
                single = read.purpose == "value" or (read.purpose == "object" and _is_single(visit))
                written = spans(read.text, kind) if marked or single else ()
                if written and len(written) == len(read.steps):
                    if marked:
                        self._marks(read, written)
                    if single:
                        self._single(visit, read, written)
            if visit.rule.required:
                self._needed(visit)
            if visit.rule.each is not None and agreed:
                self._wrapped(visit)

    def _wrapped(self, visit: Visit) -> None:
        """A list of elements that stand at most once, alone in an element that can only have been made for a list."""
        read = next((one for one in visit.reads if one.purpose in {"object", "element"} and one.steps), None)
        if read is None:
            return
        place, above = read.spot.place, read.base.follow(read.steps[:-1]).place
        if place is None or above is None or place.many or above.many or above.leaf is not None:
            return
        if len(read.steps) > 1 and [name for name in above.children if not name.startswith("@")] == [place.name]:
            text = f"{read.text} stands at most once, and nothing else stands there"
            mend = "ask for maxOccurs in the contract, or read one object with at: instead of each:"
            node = visit.rule.node
            each = node.keys.get("each") if isinstance(node, Mapping) else None
            if not isinstance(node, Mapping) or each is None or {"key", "where"} & node.items.keys():
                self.findings.add("L112", read.node, text, mend, old=read.text)
            else:
                self.findings.add("L112", each, text, mend, old="each", new="at")

    def _single(self, visit: Visit, read: Read, written: tuple[Span, ...]) -> None:
        """A place that may stand several times is marked, so that the reader knows."""
        if read.spot.place is not None:
            # Each mapping counts by itself: what one document may say several times is a fault for that document.
            key = ("single", id(visit.subject), id(read.base.place), id(read.node), read.text)
            unmarked = next((span for step, span in self._repeated(read, written) if not span.listed), None)
            self.votes.say(key, partial(self._repeats, visit, read, unmarked) if unmarked else None)

    def _repeated(self, read: Read, written: tuple[Span, ...]) -> list[tuple[Step, Span]]:
        """Return the steps of a path itself that may stand several times."""
        if not read.spot.many:
            return []
        repeated = {id(step) for step in read.spot.many}
        return [(step, span) for step, span in zip(read.steps, written, strict=True) if id(step) in repeated]

    def _repeats(self, visit: Visit, read: Read, span: Span) -> None:
        new = read.text[: span.start + len(span.name)] + "[]" + read.text[span.start + len(span.name) :]
        what = visit.target or "the object"
        text = f"{span.name} may stand several times, {what} holds one value"
        mend = f"write {new!r} if one is meant, or fill a list with each:"
        skip = max(read.node.text.find(read.text), 0) + span.start
        self.findings.add("L111", read.node, text, mend, old=span.name, new=f"{span.name}[]", skip=skip)

    def _marks(self, read: Read, written: tuple[Span, ...]) -> None:
        spot = read.base
        for step, span in zip(read.steps, written, strict=True):
            spot = spot.follow((step,))
            if spot.place is None:
                return
            if span.listed:
                key = ("mark", read.node.file, read.node.line, read.node.column, read.text, span.start)
                self.votes.say(key, None if spot.place.many else partial(self._once, read, span))

    def _once(self, read: Read, span: Span) -> None:
        old = span.name + span.brackets
        new = span.name + span.brackets.replace("[]", "")
        skip = max(read.node.text.find(read.text), 0) + span.start
        text = f"{span.name} stands at most once"
        self.findings.add("L112", read.node, text, f"write {new} without []", old=old, new=new, skip=skip)

    def _needed(self, visit: Visit) -> None:
        """A value that must be there at a place that may be missing: documents that keep the contract are refused."""
        rule = visit.rule
        reads = [read for read in visit.reads if read.purpose == "value"]
        if rule.why or not reads or any(read.spot.place is None for read in reads):
            return
        key = ("need", rule.target.file, rule.target.line, rule.target.column)
        sure = any(read.spot.place is not None and read.spot.place.required for read in reads)
        self.votes.say(key, None if sure else partial(self._optional, visit))

    def _optional(self, visit: Visit) -> None:
        text = f"{visit.target} must be there, the contract lets its place be missing"
        mend = "say in why: what such a document would be worth, or remove need: required"
        self.findings.add("L113", visit.rule.target, text, mend)


def _is_single(visit: Visit) -> bool:
    """Whether a rule makes one object, so that only one place can be meant."""
    return (visit.field is None or not visit.field.many) and visit.rule.each is None

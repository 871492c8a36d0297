"""L121, L122: codecs and tokens that do not fit what the contract says about a text."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from hub_core.contract import LeafType
from hub_core.contract.texts import longest, possible
from hub_core.lint.allowed import said, say_impossible
from hub_core.lint.finding import Findings, as_yaml, raw_end
from hub_core.lint.fitting import DAY, fitting, like, reads, written
from hub_core.lint.joins import Joins
from hub_core.lint.nearest import local
from hub_core.lint.votes import Votes
from hub_core.lint.walk import Read, Visit
from hub_core.mapping.codecs import Chain
from hub_core.yaml import Mapping, Node, Scalar, Sequence


@dataclass(slots=True)
class Values:
    """Looks at the values that rules read."""

    findings: Findings
    votes: Votes

    def look_at(self, visits: Iterable[Visit]) -> None:
        """Take the rules of one mapping."""
        visits = list(visits)
        converting = [visit for visit in visits if _converts(visit)]
        targets = {visit.target for visit in converting}
        siblings: dict[tuple[int, int, str], list[Visit]] = {}
        for visit in visits:
            if visit.target in targets:
                siblings.setdefault((visit.element, id(visit.struct), visit.target), []).append(visit)
        for visit in converting:
            self._codec(visit, siblings[visit.element, id(visit.struct), visit.target])
        joins = Joins(self.findings)
        for visit in visits:
            if visit.rule.absent or visit.rule.unknown or visit.rule.withheld:
                self._tokens(visit)
            joins.look_at(visit)

    def look_at_date(self, read: Read, codec: Scalar | None) -> None:
        """Take ``dated:``, whose codec reads a day."""
        used, leaf = written(codec) if codec else written(DAY), _leaf(read)
        texts = [text for text in longest(leaf) if text.strip()] if leaf else []
        if used is None or not texts or any(reads(used, text) for text in texts):
            return
        found = fitting("date", texts)
        mend = f"write as: {found[0].text}" if found else "name a place that holds a day"
        text = f"{used.text} does not read {said(leaf)}" if leaf else ""
        if codec is None:
            line = self.findings.texts[read.node.file][read.node.line - 1]
            old = line[read.node.column - 1 : raw_end(line, read.node.column) - 1]
            new = f"{old}, as: {as_yaml(found[0].text)}" if found and "{" in line[: read.node.column] else None
            self.findings.add("L121", read.node, text, mend, old=old, new=new, raw=True)
        else:
            self.findings.add("L121", codec, text, mend, old=codec.text, new=found[0].text if found else None)

    def _codec(self, visit: Visit, siblings: list[Visit]) -> None:
        """The codec reads the longest text of each form, or another rule of the same field does."""
        for read in visit.reads:
            used = written(read.codec or visit.rule.codec) if read.purpose in {"value", "element"} else None
            leaf = _leaf(read)
            if used is None or used.total or leaf is None:
                continue
            tokens = {*visit.rule.absent, *visit.rule.unknown, *visit.rule.withheld}
            others = [
                other for one in siblings for twin in one.reads
                if one is not visit and twin.spot.place is read.spot.place
                and (other := written(twin.codec or one.rule.codec))
            ]  # fmt: skip
            texts = [text for text in longest(leaf) if text.strip() and text not in tokens]
            # Forms may be shared out among rules with conditions; each rule reads one of them, and none is left over.
            bad = bool(texts) and not any(reads(used, text) for text in texts)
            bad = bad or any(not any(reads(one, text) for one in (used, *others)) for text in texts)
            stands = visit.subject.examples.get(id(read.spot.place), ())
            seen = [text for text in stands if text not in tokens and possible(leaf, text)]
            odd = bool(seen) and not any(reads(one, text) for text in seen for one in (used, *others))
            key = (read.node.file, read.node.line, read.node.column, read.text)
            words = f"{used.text} does not read {said(leaf)}"
            self.votes.say(("codec", *key), partial(self._misread, visit, read, words, used, texts) if bad else None)
            if seen:
                words = f"{used.text} reads nothing that stands there in the documents of the tests"
                report = partial(self._misread, visit, read, words, used, seen)
                self.votes.say(("seen", *key), report if odd and not bad else None)

    def _misread(self, visit: Visit, read: Read, message: str, used: Chain, texts: list[str]) -> None:
        node = read.codec or visit.rule.codec or visit.rule.target
        found = fitting(visit.field.kind if visit.field else "text", texts)
        if not found:
            leaf = _leaf(read)
            own = f"read {said(leaf)} by a function of your own (as: fn.NAME), or " if leaf and leaf.pattern else ""
            asked = f", or ask for another type than {leaf.type}" if leaf and leaf.type else ""
            mend = f"{own}read another place, or another field{asked}"
            self.findings.add("L121", node, message, mend, old=node.text)
            return
        if read.codec is None and len(visit.rule.places) > 1:  # the other places may be right
            own = f"{{at: {read.node.text}, as: {found[0].text}}}"
            self.findings.add("L121", read.node, message, f"write {own} instead", old=read.node.text, new=own, raw=True)
            return
        best = like(found, used, visit.target)
        other = _beside(read, used)
        mend = f"write as: {best.text}" + (f", or read {other}, as {used.text} does" if other else "")
        self.findings.add("L121", node, message, mend, old=node.text, new=best.text)

    def _tokens(self, visit: Visit) -> None:
        found = [_leaf(read) for read in visit.reads if read.purpose in {"value", "element"}]
        leaves = [leaf for leaf in found if leaf is not None]
        if not leaves or len(leaves) < len(found):
            return
        node = visit.rule.node
        for key in ("absent", "unknown", "withheld"):
            for token in _scalars(node.items.get(key)) if isinstance(node, Mapping) else ():
                if not token.text.strip() or (key == "absent" and visit.rule.open and token.text == "open"):
                    continue
                fits = any(possible(leaf, token.text.strip()) for leaf in leaves)
                report = partial(say_impossible, self.findings, "L122", token, leaves[0], f"{key}: ")
                self.votes.say(("token", token.file, token.line, token.column), None if fits else report)


def _converts(visit: Visit) -> bool:
    """Whether a rule reads by codecs of its own, and nothing else decides what it reads."""
    rule = visit.rule
    coded = rule.codec is not None or any(place.codec for place in rule.places)
    return coded and visit.field is not None and not rule.codes and not rule.derive


def _beside(read: Read, used: Chain) -> str:
    """Return the name of the one place beside another whose texts a codec reads; empty if there is none."""
    above = read.base.follow(read.steps[:-1]).place
    texts = {
        name: [text for text in longest(child.leaf) if text.strip()]
        for name, child in (above.children.items() if above and read.steps else ()) if child.leaf
    }  # fmt: skip
    found = [name for name, known in texts.items() if known and all(reads(used, text) for text in known)]
    return local(found[0]) if len(found) == 1 else ""


def _leaf(read: Read) -> LeafType | None:
    return read.spot.place.leaf if read.spot.place is not None else None


def _scalars(node: Node | None) -> tuple[Scalar, ...]:
    if isinstance(node, Scalar):
        return (node,)
    if isinstance(node, Sequence):
        return tuple(item for item in node.items if isinstance(item, Scalar))
    return ()

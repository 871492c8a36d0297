"""L12x: codecs, tokens and literals that do not fit what the contract says about a text."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial
from typing import Final

from hub_core.contract import LeafType, Place
from hub_core.lint.examples import Examples
from hub_core.lint.finding import Findings
from hub_core.lint.joins import Joins
from hub_core.lint.nearest import Nearest
from hub_core.lint.readers import Reader, compared, folded, readers
from hub_core.lint.samples import longest, possible, values
from hub_core.lint.votes import Votes
from hub_core.lint.walk import Read, Visit
from hub_core.lint.world import Subject
from hub_core.mapping.binding.model import takes
from hub_core.mapping.codecs import BadParameters, BadValue, Chain, chain
from hub_core.mapping.codelists import CodeList
from hub_core.mapping.language.paths import Filter
from hub_core.yaml import Mapping, Node, Scalar, Sequence

NEARLY: Final = 0.75  # likeness of a slip
# Tried in this order where a codec does not read what a contract writes.
_DAYS: Final = ("%d.%m.%Y", "%Y-%m-%d", "%Y%m%d", "%d-%m-%Y", "%d/%m/%Y", "%Y.%m.%d", "%Y/%m/%d", "%d%m%Y")
_MONTHS: Final = ("%m.%Y", "%Y-%m", "%m/%Y", "%Y%m", "%m-%Y")
CANDIDATES: Final = (
    "date", "partial_date", "month", "decimal", 'decimal(",")', 'decimal(",", ".")', 'decimal(".", ",")', "integer",
    "country", "country3", "currency", "cnp",
    *(f'{name}("{day}")' for name in ("date", "partial_date") for day in _DAYS),
    *(f'{name}("{month}")' for name in ("month", "month_first", "month_last", "partial_date") for month in _MONTHS),
    'yes_no("true", "false")', "text",
)  # fmt: skip


@dataclass(slots=True)
class Values:
    """Looks at the values that rules read."""

    findings: Findings
    votes: Votes
    lists: dict[str, CodeList]
    examples: Examples = field(default_factory=dict)
    tried: Examples = field(default_factory=dict)
    readers: dict[int, list[Reader]] = field(default_factory=dict)
    compared: dict[int, set[str]] = field(default_factory=dict)

    def look_at(self, visits: Iterable[Visit]) -> None:
        """Take the rules of one mapping."""
        visits = list(visits)
        siblings: dict[tuple[int, int, str], list[Visit]] = {}
        for visit in visits:
            siblings.setdefault((visit.element, id(visit.struct), visit.target), []).append(visit)
        self.examples, self.tried = (visits[0].subject.examples, visits[0].subject.tried) if visits else ({}, {})
        self.readers = readers(visits, self.lists)
        self.compared = compared(visits)
        joins = Joins(self.findings)
        for visit in visits:
            self._codec(visit, siblings[visit.element, id(visit.struct), visit.target])
            self._tokens(visit)
            joins.look_at(visit)
            for read in visit.reads:
                if read.condition is not None:
                    self._literals(read)
                if "=" in read.text:
                    self._filters(read)

    def look_at_answer(self, subject: Subject, status: Iterable[Read]) -> None:
        """Take the tokens of ``answer:``."""
        answer = subject.file.node.items.get("answer")
        tables = [answer.items.get(key) for key in ("failed", "none", "later")] if isinstance(answer, Mapping) else []
        tokens = [token for table in tables if isinstance(table, Mapping) for token in table.keys.values()]
        for read in status:
            leaf = _leaf(read)
            above = read.base.follow(read.steps[:-1]).place
            if leaf is not None and above is not None and not values(leaf):
                self._answer_elsewhere(subject, read, above, {token.text.strip() for token in tokens})
            for token in tokens if leaf else ():
                if leaf and not possible(leaf, token.text.strip()):
                    self._impossible("L123", token, leaf, "")

    def _answer_elsewhere(self, subject: Subject, read: Read, above: Place, tokens: set[str]) -> None:
        """The status is read where any text may stand, and the place beside it has just these texts."""
        nearest = Nearest(subject.file.source.kind, subject.file.source.ns)
        fitting = [
            nearest.shown(name) for name, child in above.children.items()
            if child.leaf and tokens and tokens <= set(values(child.leaf))
        ]  # fmt: skip
        if len(fitting) == 1:
            old = nearest.shown(read.steps[-1].name)
            new = read.text[: len(read.text) - len(old)] + fitting[0]
            text = f"any text may stand at {read.text}, and the texts of this answer stand at {fitting[0]}"
            self.findings.add("L123", read.node, text, f"write {new!r} instead", old=read.text, new=new)

    def _codec(self, visit: Visit, siblings: list[Visit]) -> None:
        """The codec reads the longest text of each form, or another rule of the same field does."""
        if visit.field is None or visit.rule.codes or visit.rule.derive:
            return
        for read in visit.reads:
            used = _chain(read.codec or visit.rule.codec) if read.purpose in {"value", "element"} else None
            leaf = _leaf(read)
            if used is None or used.total or leaf is None:
                continue
            tokens = {*visit.rule.absent, *visit.rule.unknown, *visit.rule.withheld}
            others = [
                other for one in siblings for twin in one.reads
                if one is not visit and twin.spot.place is read.spot.place
                and (other := _chain(twin.codec or one.rule.codec))
            ]  # fmt: skip
            texts = [text for text in longest(leaf) if text.strip() and text not in tokens]
            # Forms may be shared out among rules with conditions; each rule reads one of them, and none is left over.
            bad = bool(texts) and not any(_reads(used, text) for text in texts)
            bad = bad or any(not _some(text, (used, *others)) for text in texts)
            seen = [text for text in visit.subject.examples.get(id(read.spot.place), ()) if text not in tokens]
            odd = bool(seen) and not any(_some(text, (used, *others)) for text in seen)
            key = (read.node.file, read.node.line, read.node.column, read.text)
            words = f"{used.text} does not read {said(leaf)}"
            self.votes.say(("codec", *key), partial(self._misread, visit, read, words, used, texts) if bad else None)
            if seen:
                words = f"{used.text} reads nothing that stands there in the documents of the tests"
                report = partial(self._misread, visit, read, words, used, seen)
                self.votes.say(("seen", *key), report if odd and not bad else None)

    def _misread(self, visit: Visit, read: Read, message: str, used: Chain, texts: list[str]) -> None:
        node = read.codec or visit.rule.codec or visit.rule.target
        kind = visit.field.kind if visit.field else "text"
        fitting = [
            one for text in CANDIDATES
            if takes(kind, (one := chain(text)).gives) and all(_reads(one, sample) for sample in texts)
        ]  # fmt: skip
        if not fitting:
            leaf = _leaf(read)
            asked = f", or ask for another type than {leaf.type}" if leaf and leaf.type else ""
            self.findings.add("L121", node, message, f"read another place, or another field{asked}", old=node.text)
            return
        if read.codec is None and len(visit.rule.places) > 1:  # the other places may be right
            own = f"{{at: {read.node.text}, as: {fitting[0].text}}}"
            self.findings.add("L121", read.node, message, f"write {own} instead", old=read.node.text, new=own, raw=True)
            return
        best = next((one for one in fitting if one.text.partition("(")[0] == used.text.partition("(")[0]), fitting[0])
        self.findings.add("L121", node, message, f"write as: {best.text}", old=node.text, new=best.text)

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
                report = partial(self._impossible, "L122", token, leaves[0], f"{key}: ")
                self.votes.say(("token", token.file, token.line, token.column), None if fits else report)

    def _literals(self, read: Read) -> None:
        condition = read.condition
        if condition is None or read.spot.place is None:
            return
        for literal in condition.values:
            node = condition.path
            key = ("literal", node.file, node.line, node.column, literal)
            self._literal(key, node, read.spot.place, literal)

    def _literal(self, key: tuple[object, ...], node: Scalar, place: Place, literal: str) -> None:
        """A text that something is compared with: the contract allows it, and what reads the place can read it."""
        leaf = place.leaf
        seen = [*self.examples.get(id(place), ()), *self.tried.get(id(place), ())]
        if leaf is None:
            return
        if not possible(leaf, literal):
            self.votes.say(key, partial(self._impossible, "L123", node, leaf, "", literal))
        elif literal in seen or leaf.enum:
            self.votes.say(key, None)
        elif near := _near(literal, seen):
            self.votes.say(key, partial(self._nearly, node, literal, near))
        elif readers := self.readers.get(id(place), []):
            known = any(one.reads(literal) for one in readers)
            self.votes.say(key, None if known else partial(self._unread, node, literal, readers))
        else:
            beside = [one for one in self.compared.get(id(place), ()) if one != literal]
            slip = len(beside) == 1 and _slip(literal, beside[0])
            if slip:
                self.votes.say(key, partial(self._nearly, node, literal, beside[0]))

    def _unread(self, node: Scalar, literal: str, readers: list[Reader]) -> None:
        near = next((one for reader in readers if (one := reader.nearest(literal))), None)
        text = f"{literal!r} is nothing that {readers[0].name} reads, and the rules read this place so"
        mend = f"write {near!r} instead" if near else f"write a text that {readers[0].name} reads"
        self.findings.add("L123", node, text, mend, old=literal, new=near)

    def _nearly(self, node: Scalar, literal: str, near: str) -> None:
        text = f"{literal!r} stands in no document of the tests, and nearly the same does"
        self.findings.add("L123", node, text, f"write {near!r} instead", old=literal, new=near)

    def _filters(self, read: Read) -> None:
        for number, step in enumerate(read.steps):
            place = read.base.follow(read.steps[: number + 1]).place
            if place is None:
                return
            for one in step.filters:
                names = [one.name] if one.name.startswith("@") else [f"@{one.name}", one.name]
                found = next((place.children[name] for name in names if name in place.children), None)
                key = ("filter", read.node.file, read.node.line, read.node.column, number, one.name, one.literal)
                if found is not None:
                    self._literal(key, read.node, found, one.literal)
                elif not place.open:
                    self.votes.say(key, partial(self._no_filter, read, one, list(place.children)))

    def _no_filter(self, read: Read, one: Filter, known: list[str]) -> None:
        names = {name.rpartition("}")[2].removeprefix("@"): name for name in known}
        bare = one.name.rpartition("}")[2].removeprefix("@")
        near = get_close_matches(bare, names, n=1)
        mend = f"write {near[0]!r} instead" if near else f"write one of: {', '.join(sorted(names))}"
        text = f"the filter names {bare!r}, which does not stand there"
        self.findings.add("L124", read.node, text, mend, old=bare, new=near[0] if near else None)

    def _impossible(self, code: str, node: Scalar, leaf: LeafType, key: str, literal: str = "") -> None:
        text = literal or node.text.strip()
        near = nearest_of(leaf, text)
        known = [word for word in values(leaf) if word]
        mend = f"write one of: {', '.join(known)}" if known else f"write a text like {leaf.pattern}, or remove it"
        mend = f"write {near!r} instead" if near else mend if known or leaf.pattern else "remove it"
        message = f"{key}{text!r} never stands there: the contract allows {said(leaf)}"
        self.findings.add(code, node, message, mend, old=text, new=near)


def nearest_of(leaf: LeafType, text: str) -> str | None:
    """Return the text that a place allows and that is nearest to one that it does not."""
    known = [word for word in values(leaf) if word]
    rewritten = [other for other in _rewritten(text) if possible(leaf, other)]
    numbers = [word for word in known if word.lstrip("0") == text.lstrip("0")]
    folded = [word for word in known if word.lower() == text.lower()]
    near = rewritten or folded or numbers or get_close_matches(text, known, n=1)
    return near[0] if near else known[0] if len(known) == 1 else None


def _leaf(read: Read) -> LeafType | None:
    return read.spot.place.leaf if read.spot.place is not None else None


def _chain(node: Scalar | None) -> Chain | None:
    try:
        return chain(node.text if node else "text")
    except BadParameters:
        return None


def _reads(used: Chain, text: str) -> bool:
    try:
        used.parse(text.strip())
    except BadValue:
        return False
    return True


def _near(literal: str, seen: list[str]) -> str:
    """Return what stands in the documents of the tests and is nearly a literal that does not."""
    near = get_close_matches(folded(literal), [folded(one) for one in seen], n=1, cutoff=NEARLY)
    return next((one for one in seen if near and folded(one) == near[0]), "")


def _slip(literal: str, other: str) -> bool:
    """Whether a text is another one with one sign more or less."""
    long, short = sorted((literal, other), key=len, reverse=True)
    return len(long) == len(short) + 1 and any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


def _rewritten(text: str) -> list[str]:
    """Return a day in every other form, if a text is one."""
    for form in _DAYS:
        used = chain(f'date("{form}")')
        if _reads(used, text):
            return [chain(f'date("{other}")').format(used.parse(text)) for other in _DAYS]
    return []


def _some(text: str, chains: Iterable[Chain]) -> bool:
    return any(_reads(one, text) for one in chains)


def said(leaf: LeafType) -> str:
    """Return what a contract says about a text, for people."""
    if leaf.enum:
        return f"only {', '.join(leaf.enum[:12])}{' ...' if len(leaf.enum) > 12 else ''}"  # noqa: PLR2004 - a line
    if leaf.pattern:
        return f"texts like {leaf.pattern}"
    return f"{'an' if leaf.kind == 'integer' else 'a'} {leaf.kind}" if leaf.kind != "text" else "other texts"


def _scalars(node: Node | None) -> tuple[Scalar, ...]:
    if isinstance(node, Scalar):
        return (node,)
    if isinstance(node, Sequence):
        return tuple(item for item in node.items if isinstance(item, Scalar))
    return ()

"""L123, L124: literals of conditions, filters and answers that never stand where they are compared."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial
from typing import Final

from hub_core.contract import Place
from hub_core.contract.texts import possible, values
from hub_core.lint.allowed import say_impossible
from hub_core.lint.examples import Examples
from hub_core.lint.finding import Findings
from hub_core.lint.nearest import Nearest
from hub_core.lint.readers import Reader, compared, folded, readers
from hub_core.lint.votes import Votes
from hub_core.lint.walk import Read, Visit
from hub_core.lint.world import Subject
from hub_core.mapping.codelists import CodeList
from hub_core.mapping.language.paths import Filter
from hub_core.yaml import Mapping, Scalar

NEARLY: Final = 0.75  # likeness of a slip


@dataclass(slots=True)
class Literals:
    """Looks at the texts that rules compare with."""

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
        self.examples, self.tried = (visits[0].subject.examples, visits[0].subject.tried) if visits else ({}, {})
        self.readers = readers(visits, self.lists)
        self.compared = compared(visits)
        for read in (read for visit in visits for read in visit.reads):
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
            leaf = read.spot.place.leaf if read.spot.place else None
            above = read.base.follow(read.steps[:-1]).place
            if leaf is not None and above is not None and not values(leaf):
                self._answer_elsewhere(subject, read, above, {token.text.strip() for token in tokens})
            for token in tokens if leaf else ():
                if leaf and not possible(leaf, token.text.strip()):
                    say_impossible(self.findings, "L123", token, leaf)

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
            self.votes.say(key, partial(say_impossible, self.findings, "L123", node, leaf, "", literal, seen))
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


def _near(literal: str, seen: list[str]) -> str:
    """Return what stands in the documents of the tests and is nearly a literal that does not."""
    near = get_close_matches(folded(literal), [folded(one) for one in seen], n=1, cutoff=NEARLY)
    return next((one for one in seen if near and folded(one) == near[0]), "")


def _slip(literal: str, other: str) -> bool:
    """Whether a text is another one with one sign more or less."""
    long, short = sorted((literal, other), key=len, reverse=True)
    return len(long) == len(short) + 1 and any(long[:at] + long[at + 1 :] == short for at in range(len(long)))

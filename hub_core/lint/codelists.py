"""L13x: code lists that do not fit what a contract allows, or what stands in the documents of the tests."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial
from typing import Final

from hub_core.contract import LeafType
from hub_core.contract.texts import possible, values
from hub_core.lint.finding import Findings, as_yaml, raw_end
from hub_core.lint.likeness import fit, likeness
from hub_core.lint.listfiles import node_of, out_of, text_of, top
from hub_core.lint.literals import NEARLY
from hub_core.lint.nearest import local
from hub_core.lint.votes import Votes
from hub_core.lint.walk import Read, Visit
from hub_core.lint.world import World
from hub_core.mapping.codelists import CodeList
from hub_core.yaml import Mapping, Scalar

FEW: Final = 6  # texts that a mend names
SLIPS: Final = 2  # texts that a list lacks or has too many and still is the right one
CODE: Final = re.compile(r"[A-Za-z0-9\-]{1,20}")  # a text that may be a code itself, until somebody names it
MANY: Final = 5  # texts that two lists do not share by chance


@dataclass(slots=True)
class CodeLists:
    """Looks at the code lists and at what they translate."""

    world: World
    findings: Findings
    votes: Votes
    missing: dict[str, set[str]] = field(default_factory=dict)
    named: dict[str, set[str]] = field(default_factory=dict)  # short names that rules use, by file
    seen: dict[tuple[str, int, int], set[str]] = field(default_factory=dict)  # in documents, by line below codes:
    taken: set[int] = field(default_factory=set)  # places that the mapping reads

    def look_at(self, visits: Iterable[Visit], answered: Iterable[tuple[Read, Iterable[str]]]) -> None:
        """Take the rules of one mapping; ``answered``: the status of answers and its tokens, which no rule sees."""
        statuses, visits = list(answered), list(visits)
        self.taken = {id(read.spot.place) for visit in visits for read in visit.reads}
        for visit in visits:
            if visit.rule.codes:
                self.named.setdefault(visit.rule.codes.file, set()).add(visit.rule.codes.text)
        for visit in visits:
            short = visit.rule.codes
            written = visit.codes.get(short.text) if short else None
            found = self.world.lists.get(written.text) if written else None
            if short is None or found is None or found.broken or visit.rule.const is not None:
                continue
            for read in visit.reads:
                leaf = read.spot.place.leaf if read.spot.place is not None else None
                if read.purpose in {"value", "element"}:
                    self._covered(visit, short, found, read, leaf, statuses)
        if visits:
            self._idle(visits)

    def _idle(self, visits: list[Visit]) -> None:
        """A list that no rule of a mapping names, though it reads what stands where a list is named a second time."""
        file = visits[0].subject.file
        used = Counter(id(visit.rule) for visit in visits if visit.rule.codes and visit.rule.codes.file == file.file)
        rules = {id(visit.rule): visit for visit in visits if id(visit.rule) in used}
        names = Counter(visit.rule.codes.text for visit in rules.values() if visit.rule.codes)
        for idle in file.codes.keys() - names.keys():
            found = self.world.lists.get(file.codes[idle].text)
            table = found.table() if found else {}
            meant = [
                visit for visit in rules.values() if visit.rule.codes and names[visit.rule.codes.text] > 1
                and visit.rule.const is None and (texts := _stands(visit)) and texts <= table.keys()
            ]  # fmt: skip
            if len(meant) == 1 and found and (short := meant[0].rule.codes):
                text = f"{short.text!r} is named twice, and {idle!r}, which reads what stands here too, by no rule"
                self.findings.add("L133", short, text, f"write {idle!r} instead", old=short.text, new=idle, sure=False)

    def _covered(
        self, visit: Visit, short: Scalar, found: CodeList, read: Read, leaf: LeafType | None,
        statuses: list[tuple[Read, Iterable[str]]],
    ) -> None:  # fmt: skip
        table, key = found.table(), ("list", short.file, short.line, short.column)
        if not table:  # a list of the hub's own codes, which reads nothing
            self.votes.say(key, partial(self._wrong, visit, short, found, list(values(leaf) if leaf else ())))
            return
        if leaf is None:
            self._slips(visit, found, read, leaf)
            return
        allowed, seen = self._texts(visit, read, leaf, statuses)
        head = visit.codes[short.text]
        self.seen.setdefault((head.file, head.line, head.column), set()).update(seen)
        if not allowed or any(text in table for text in allowed):
            self._slips(visit, found, read, leaf)
        wanted = allowed or (seen if visit.rule.unmapped != "keep" else [])
        if not wanted:
            self._beside_it(visit, read, found)
            return
        missing = [text for text in wanted if text not in table]
        if len(missing) == len(wanted) or (allowed and missing and self._mistaken(found, wanted, leaf)):
            self.votes.say(key, partial(self._wrong, visit, short, found, wanted))
            return
        self.votes.say(key, None)
        if allowed:
            self.missing.setdefault(found.name, set()).update(missing)
        elif _told(visit):
            return
        for text in missing:
            self._missing(short, found, text, leaf)

    def _texts(
        self, visit: Visit, read: Read, leaf: LeafType, statuses: list[tuple[Read, Iterable[str]]]
    ) -> tuple[list[str], list[str]]:
        """Return the texts that the contract allows and that stand in documents, as far as the rule sees them."""
        rule = visit.rule
        known = {*rule.absent, *rule.unknown, *rule.withheld, ""}
        for status, tokens in statuses:
            if status.spot.place is read.spot.place:
                known |= set(tokens)
        seen = visit.subject.examples.get(id(read.spot.place), ())
        allowed, stands = (
            [text for text in texts if text not in known and _asked(visit, read, text)]
            for texts in (values(leaf), seen)
        )  # fmt: skip
        return allowed, stands

    def _mistaken(self, found: CodeList, wanted: list[str], leaf: LeafType) -> bool:
        """Whether another list than the one that was meant is named, rather than one that lacks some texts."""
        other = self._other(found, wanted)
        table = found.table()
        extra = [text for text in table if not possible(leaf, text)]
        if len([text for text in wanted if text not in table]) + len(extra) <= SLIPS:
            return False  # a list that grew, or a text misspelt
        exact = other is not None and len(wanted) >= MANY and self.world.lists[other].table().keys() == set(wanted)
        return other is not None and (bool(extra) or exact)

    def _beside_it(self, visit: Visit, read: Read, found: CodeList) -> None:
        """Nothing stands there in any document, and a place beside it holds texts of the list and is read by nobody."""
        examples, above = visit.subject.examples, read.base.follow(read.steps[:-1]).place
        if above is None or not read.steps or read.spot.place is None or examples.get(id(read.spot.place)):
            return
        table = found.table()
        fitting = [
            child for child in above.children.values()
            if (seen := examples.get(id(child))) and id(child) not in self.taken and all(text in table for text in seen)
        ]  # fmt: skip
        if len(fitting) == 1:
            key = ("beside", read.node.file, read.node.line, read.node.column)
            self.votes.say(key, partial(self._misplaced, read, fitting[0].name))

    def _misplaced(self, read: Read, name: str) -> None:
        old = local(read.steps[-1].name)
        text = f"in the tests nothing stands at {read.text}, and texts of this list stand at {local(name)}"
        self.findings.add("L133", read.node, text, f"write {local(name)!r} instead", old=old, new=local(name))

    def _slips(self, visit: Visit, found: CodeList, read: Read, leaf: LeafType | None) -> None:
        """Texts of the list that nobody writes: the contract forbids them, or a document says nearly the same."""
        table = found.table()
        for text in table:
            right = leaf is None or possible(leaf, text)
            allowed = ("allowed", found.name, text)
            self.votes.say(allowed, None if right or leaf is None else partial(self._not_allowed, found, text))
        stands = visit.subject.examples.get(id(read.spot.place), [])
        seen = [text for text in stands if leaf is None or possible(leaf, text)]
        unread = [text for text in seen if text not in table]
        for text in table if unread else ():
            near = get_close_matches(text, unread, n=1, cutoff=NEARLY) if text not in seen else []
            nearly = ("nearly", found.name, text)
            if near or text in seen:
                self.votes.say(nearly, partial(self._slip, found, text, near[0]) if near else None)

    def _wrong(self, visit: Visit, short: Scalar, found: CodeList, wanted: list[str]) -> None:
        fitting = [
            name for name, listed in visit.codes.items()
            if name != short.text and (other := self.world.lists.get(listed.text))
            and other.table() and _knows(other, wanted, found)
        ]  # fmt: skip
        text = f"{found.name} has no entry for {'anything' if found.table() else 'any text'} that stands there"
        if fitting:
            new = max(fitting, key=lambda name: (fit(visit.target, name), name not in self.named.get(short.file, ())))
            self.findings.add("L133", short, text, f"write {new!r} instead", old=short.text, new=new)
            return
        meant = self._other(found, wanted)
        idle = [name for name in visit.codes if name not in self.named.get(short.file, ())]
        if meant is None and len(idle) == 1:
            mend = f"write {idle[0]!r} instead, which no rule names"
            self.findings.add("L133", short, text, mend, old=short.text, new=idle[0], sure=False)
            return
        lack = ", ".join(repr(text) for text in wanted[:FEW])
        mend = f"name a list that reads these texts, or add an entry for {lack}" if lack else "name a list of texts"
        mend = f"write {meant!r} instead" if meant else mend
        at = visit.codes[short.text] if meant else short
        self.findings.add("L133", at, text, mend, old=at.text, new=meant)

    def _other(self, found: CodeList, wanted: list[str]) -> str | None:
        """Return the list that reads the texts of a place, of those with the same codes rather than of others."""
        kin = {found.name, found.of or found.name}
        fitting = [
            other for other in self.world.lists.values()
            if other is not found and other.table() and wanted and _knows(other, wanted, found)
        ]  # fmt: skip
        near = [other for other in fitting if other.of in kin or other.name in kin]
        best = near or [other for other in fitting if set(wanted) <= other.table().keys()]
        names = sorted((other.name for other in best), key=lambda name: -likeness(name, found.name))
        return names[0] if names else None

    def _missing(self, short: Scalar, found: CodeList, text: str, leaf: LeafType) -> None:
        if self._nearly(short, found, text):
            return
        near = self._beside(found, text, values(leaf))
        where = "which the contract allows" if values(leaf) else "which stands in a document of the tests"
        message = f"{found.name} has no entry for {text!r}, {where}"
        entry = f'code: {{text: ..., in: ["{text}"], out: "{text}"}}'
        self.findings.add("L131", short, message, f"add an entry to codes/{found.name}.yaml: {entry}", old=short.text)
        slips = any(not possible(leaf, one) for one in found.table())  # rather one of them is meant
        if near is None or slips or found.of is not None or not CODE.fullmatch(text):
            self.findings.add("L131", near or top(found), message, f"add an entry: {entry}")
            return
        line = self.world.texts[near.file][near.line - 1]
        old = line[near.column - 1 : raw_end(line, near.column) - 1]
        own = f"{as_yaml(text)}: {{text: {as_yaml(text)}, in: [{as_yaml(text)}]}}"
        new = f"{own}\n{' ' * (near.column - 1)}{old}"
        self.findings.add("L131", near, message, f"add an entry: {entry}", old=old, new=new, raw=True, sure=False)

    def _not_allowed(self, found: CodeList, text: str) -> None:
        node = text_of(self.world, found, text) or top(found)
        free = self.missing.get(found.name, set())
        new = next(iter(free)) if len(free) == 1 else None
        message = f"{text!r} never stands there: no contract that uses {found.name} allows it"
        mend = f"write {new!r} instead" if new else "remove it, or correct it"
        self._retext(found, node, message, mend, new)

    def _slip(self, found: CodeList, text: str, near: str) -> None:
        node = text_of(self.world, found, text) or top(found)
        message = f"{text!r} stands in no document of the tests, and nearly the same does, which no code reads"
        self._retext(found, node, message, f"write {near!r} instead", near)

    def _retext(self, found: CodeList, node: Scalar, message: str, mend: str, new: str | None) -> None:
        """Report a text that a list reads; if it is also what the list writes, it is replaced there too."""
        out = out_of(self.world, found, node.text)
        if out is None or new is None or out.line != node.line or out.column < node.column:
            self.findings.add("L132", node, message, mend, old=node.text, new=new)
            return
        line = self.world.texts[node.file][node.line - 1]
        start, between = raw_end(line, node.column) - 1, out.column - 1
        whole = line[node.column - 1 : raw_end(line, out.column) - 1]
        text = f"{as_yaml(new)}{line[start:between]}{as_yaml(new)}"
        self.findings.add("L132", node, message, mend, old=whole, new=text, raw=True)

    def _nearly(self, short: Scalar, found: CodeList, text: str) -> bool:
        """Report a text that a code reads in other letters only, and that belongs to it."""
        table = found.table()
        near = [one for one in table if one.lower() == text.lower() or one.lstrip("0") == text.lstrip("0")]
        node = text_of(self.world, found, near[0]) if len(near) == 1 else None
        if node is None:
            return False
        message = f"{found.name} has no entry for {text!r}, and reads {near[0]!r}"
        mend = f"add {text!r} to in: of {table[near[0]]!r}"
        line = self.world.texts[node.file][node.line - 1]
        old = line[node.column - 1 : raw_end(line, node.column) - 1]
        self.findings.add("L131", short, message, f"{mend} in codes/{found.name}.yaml", old=short.text)
        self.findings.add("L131", node, message, mend, old=old, new=f"{old}, {as_yaml(text)}", raw=True, sure=False)
        return True

    def _beside(self, found: CodeList, text: str, order: tuple[str, ...]) -> Scalar | None:
        """Return the code before which an entry is missing, in the order of the contract."""
        table = found.table()
        after = order[order.index(text) + 1 :] if text in order else ()
        before = order[: order.index(text)] if text in order else ()
        near = next((table[one] for one in (*after, *reversed(before)) if one in table), None)
        node = node_of(self.world, found)
        codes = node.items.get("codes") if node else None
        return codes.keys.get(near) if isinstance(codes, Mapping) and near else None


def _stands(visit: Visit) -> set[str]:
    """Return what stands in documents at the places that a rule reads."""
    places = [read.spot.place for read in visit.reads if read.purpose in {"value", "element"}]
    return {text for place in places for text in visit.subject.examples.get(id(place), ())}


def _knows(other: CodeList, wanted: list[str], instead_of: CodeList) -> bool:
    """Whether a list reads most of some texts; without texts, whether its codes are those of another list."""
    table = other.table()
    return other.of == instead_of.name if not wanted else sum(text in table for text in wanted) * 2 > len(wanted)


def _told(visit: Visit) -> bool:
    """Whether a test of the mapping expects to be told of texts that are in no list."""
    return any("M204" in (test.findings or ()) for test in visit.subject.file.tests if not test.set)


def _asked(visit: Visit, read: Read, text: str) -> bool:
    """Whether a rule's conditions let it see a text of the place that it reads."""
    for one in visit.conditions:
        condition = one.condition
        if condition is not None and condition.values and one.spot.place is read.spot.place:
            return text in condition.values
    return True

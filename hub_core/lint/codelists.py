"""L13x: code lists that do not fit what a contract allows; L17x: the lists themselves."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial

from hub_core import yaml
from hub_core.contract import LeafType
from hub_core.errors import ConfigError
from hub_core.lint.finding import Findings
from hub_core.lint.samples import possible, values
from hub_core.lint.values import NEARLY
from hub_core.lint.votes import Votes
from hub_core.lint.walk import Read, Visit
from hub_core.lint.world import World
from hub_core.mapping.codelists import CodeList
from hub_core.yaml import Mapping, Node, Scalar, Sequence


@dataclass(slots=True)
class CodeLists:
    """Looks at the code lists and at what they translate."""

    world: World
    findings: Findings
    votes: Votes
    nodes: dict[str, Mapping | None] = field(default_factory=dict)
    missing: dict[str, set[str]] = field(default_factory=dict)

    def look_at(self, visits: Iterable[Visit], answered: Iterable[tuple[Read, Iterable[str]]]) -> None:
        """Take the rules of one mapping; ``answered``: the status of answers and its tokens, which no rule sees."""
        statuses = list(answered)
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

    def _covered(
        self, visit: Visit, short: Scalar, found: CodeList, read: Read, leaf: LeafType | None,
        statuses: list[tuple[Read, Iterable[str]]],
    ) -> None:  # fmt: skip
        table = found.table()
        self._slips(visit, found, read, leaf)
        if leaf is None:
            return
        rule = visit.rule
        known = {*rule.absent, *rule.unknown, *rule.withheld, ""}
        for status, tokens in statuses:
            if status.spot.place is read.spot.place:
                known |= set(tokens)
        wanted = [text for text in values(leaf) if text not in known and _asked(visit, read, text)]
        key = ("list", short.file, short.line, short.column)
        if not wanted and rule.unmapped != "keep":
            wanted = [text for text in visit.subject.examples.get(id(read.spot.place), ()) if text not in known]
            if any(text in table for text in wanted):
                self.votes.say(key, None)
                return
        if not wanted:
            return
        missing = [text for text in wanted if text not in table]
        if len(missing) == len(wanted):
            self.votes.say(key, partial(self._wrong, visit, short, found, wanted))
            return
        self.votes.say(key, None)
        for text in missing:
            self.missing.setdefault(found.name, set()).add(text)
            self.votes.say(("missing", found.name, text), partial(self._missing, found, text, leaf))

    def _slips(self, visit: Visit, found: CodeList, read: Read, leaf: LeafType | None) -> None:
        """Texts of the list that nobody writes: the contract forbids them, or a document says nearly the same."""
        table = found.table()
        for text in table:
            right = leaf is None or possible(leaf, text)
            allowed = ("allowed", found.name, text)
            self.votes.say(allowed, None if right or leaf is None else partial(self._not_allowed, found, text))
        seen = visit.subject.examples.get(id(read.spot.place), [])
        unread = [text for text in seen if text not in table]
        for text in table if unread else ():
            near = get_close_matches(text, unread, n=1, cutoff=NEARLY) if text not in seen else []
            nearly = ("nearly", found.name, text)
            if near or text in seen:
                self.votes.say(nearly, partial(self._slip, found, text, near[0]) if near else None)

    def _wrong(self, visit: Visit, short: Scalar, found: CodeList, wanted: list[str]) -> None:
        fitting = [
            name for name, listed in visit.codes.items()
            if listed.text in self.world.lists and set(wanted) <= self.world.lists[listed.text].table().keys()
        ]  # fmt: skip
        text = f"{found.name} has no entry for anything that stands there"
        new = fitting[0] if fitting else None
        mend = f"write {new!r} instead" if new else "name a list that reads these texts"
        self.findings.add("L133", short, text, mend, old=short.text, new=new)

    def _missing(self, found: CodeList, text: str, leaf: LeafType) -> None:
        near = self._beside(found, text, values(leaf))
        message = f"{found.name} has no entry for {text!r}, which the contract allows"
        mend = f'add an entry: code: {{text: ..., in: ["{text}"], out: "{text}"}}'
        self.findings.add("L131", near or _top(found), message, mend)

    def _not_allowed(self, found: CodeList, text: str) -> None:
        node = self._text(found, text) or _top(found)
        free = self.missing.get(found.name, set())
        new = next(iter(free)) if len(free) == 1 else None
        message = f"{text!r} never stands there: no contract that uses {found.name} allows it"
        mend = f"write {new!r} instead" if new else "remove it, or correct it"
        self.findings.add("L132", node, message, mend, old=text, new=new)

    def _slip(self, found: CodeList, text: str, near: str) -> None:
        node = self._text(found, text) or _top(found)
        message = f"{text!r} stands in no document of the tests, and nearly the same does, which no code reads"
        self.findings.add("L132", node, message, f"write {near!r} instead", old=text, new=near)

    def _beside(self, found: CodeList, text: str, order: tuple[str, ...]) -> Scalar | None:
        """Return the code before which an entry is missing, in the order of the contract."""
        table = found.table()
        after = order[order.index(text) + 1 :] if text in order else ()
        before = order[: order.index(text)] if text in order else ()
        near = next((table[one] for one in (*after, *reversed(before)) if one in table), None)
        node = self._node(found)
        codes = node.items.get("codes") if node else None
        return codes.keys.get(near) if isinstance(codes, Mapping) and near else None

    def _node(self, found: CodeList) -> Mapping | None:
        if found.name not in self.nodes:
            text = "\n".join(self.world.texts.get(found.file, []))
            try:
                node = yaml.parse(text, file=found.file)
            except ConfigError:
                node = None
            self.nodes[found.name] = node if isinstance(node, Mapping) else None
        return self.nodes[found.name]

    def _text(self, found: CodeList, text: str) -> Scalar | None:
        node = self._node(found)
        codes = node.items.get("codes") if node else None
        for entry in codes.items.values() if isinstance(codes, Mapping) else ():
            read = entry.items.get("in") if isinstance(entry, Mapping) else None
            for one in _scalars(read):
                if one.text.strip() == text:
                    return one
        return None

    def look_at_list(self, found: CodeList) -> None:
        """Look at one list by itself."""
        node = self._node(found)
        if node is None or found.broken:
            return
        codes = node.items.get("codes")
        if isinstance(codes, Mapping):
            for code, entry in codes.items.items():
                if isinstance(entry, Mapping):
                    self._entry(found, code, entry, codes.keys[code])

    def _entry(self, found: CodeList, code: str, entry: Mapping, at: Scalar) -> None:
        if found.of is not None and found.of != found.name and not _scalars(entry.items.get("in")):
            mend = f"write in: and the texts that mean {code}, or remove the entry"
            self.findings.add("L173", at, f"no text is read as {code!r}", mend, old=at.text)


def _top(found: CodeList) -> Scalar:
    return Scalar(text="", file=found.file, line=1, column=1)


def _scalars(node: Node | None) -> tuple[Scalar, ...]:
    if isinstance(node, Scalar):
        return (node,)
    if isinstance(node, Sequence):
        return tuple(item for item in node.items if isinstance(item, Scalar))
    return ()


def _asked(visit: Visit, read: Read, text: str) -> bool:
    """Whether a rule's conditions let it see a text of the place that it reads."""
    for one in visit.conditions:
        condition = one.condition
        if condition is not None and condition.values and one.spot.place is read.spot.place:
            return text in condition.values
    return True

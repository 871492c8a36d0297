"""L10x: paths that lead nowhere in the contract, and blocks that stand at a wrong place."""

from collections.abc import Iterable
from collections.abc import Mapping as Map
from difflib import get_close_matches
from typing import Final

import msgspec

from hub_core.contract import Place, contract_of
from hub_core.contract.xsd import global_elements
from hub_core.lint.finding import Findings
from hub_core.lint.nearest import Nearest, leads, local, ways
from hub_core.lint.spans import spans
from hub_core.lint.walk import Read, Visit
from hub_core.lint.world import Subject
from hub_core.mapping.language.paths import parse_path
from hub_core.mapping.language.rules import BlockFile
from hub_core.yaml import Mapping, Scalar

RENAMED: Final = 0.8  # likeness of an old and a new name
MAX_NAMESPACES: Final = 500  # places that are looked at for the namespaces of a contract


class Paths:
    """Collects what became of every path, at all places of its use, and then says what is wrong.

    A path of a shared block is right if it exists at one of them: documents differ.
    """

    def __init__(self, findings: Findings, block_files: Map[str, BlockFile]) -> None:
        self.findings = findings
        self.block_files = block_files
        self.reads: dict[tuple[str, int, int, str], list[tuple[Subject, Read]]] = {}
        self.bases: dict[tuple[str, int, int], list[tuple[Subject, Visit, Read, bool, list[Read]]]] = {}
        self.taken: set[int] = set()  # places that the mapping reads
        self.silent: set[tuple[str, str]] = set()  # file and namespace of which a finding already speaks

    def look_at(self, subject: Subject, visits: Iterable[Visit], known: Iterable[Read]) -> None:
        """Take the paths of one mapping."""
        if subject.contract is None:
            return
        self._namespaces(subject)
        visits, known = list(visits), list(known)
        if self._root(subject, [*known, *(read for visit in visits for read in visit.reads)]):
            return
        astray = {id(read) for visit in visits for read in self._base(subject, visit)}
        self.taken = {id(read.spot.place) for visit in visits for read in visit.reads}
        for visit in visits:
            for read in visit.reads:
                if id(read) not in astray:
                    self._take(subject, read)
                if read.purpose == "object" and (id(read.spot.place), "") in subject.strange:
                    self._other_kind(subject, read)
        for read in known:
            self._take(subject, read)

    def _take(self, subject: Subject, read: Read) -> None:
        at, parent = read.spot.missing, read.spot.parent
        if at is not None and parent is not None and (id(parent), read.steps[at].name) in subject.strange:
            # The documents of the tests have it, and their contract has it under another name that nobody reads.
            names = [name for name, child in parent.children.items() if id(child) not in self.taken]
            if get_close_matches(read.steps[at].name, names, n=1, cutoff=RENAMED):
                self._nowhere(subject, read)
        if read.spot.place is not None or read.spot.missing is not None:
            key = (read.node.file, read.node.line, read.node.column, read.text)
            self.reads.setdefault(key, []).append((subject, read))

    def finish(self) -> None:
        """Report the paths that exist nowhere."""
        for uses in self.reads.values():
            there = [use for use in uses if use[1].spot.missing is None]
            if not there:
                self._nowhere(*uses[0])
            elif not any(_holds_text(read) for _, read in there):
                self._textless(*there[0])
        for bases in self.bases.values():
            if all(bad for _, _, _, bad, _ in bases):
                subject, visit, place, _, known = bases[0]
                self._wrong_base(subject, visit, place, known)

    def _nowhere(self, subject: Subject, read: Read) -> None:
        at, parent = read.spot.missing, read.spot.parent
        if at is None or parent is None:
            return
        step = read.steps[at]
        source = subject.file.source
        if (read.node.file, _namespace(step.name)) in self.silent:
            return
        nearest = Nearest(source.kind, source.ns)
        mend = nearest.mend(read)
        file = subject.contract.file if subject.contract else ""
        code, text = _what(parent, step.name, nearest, file)
        start = read.node.text.find(read.text)  # a path of join() is a part of its text
        written = spans(read.text, source.kind)
        if mend is None:
            names = [nearest.shown(name) for name in parent.children]
            hint = f"write one of: {', '.join(names[:20])}" if names else "end the path before it"
            old = written[at].name if at < len(written) else ""
            self.findings.add(code, read.node, text, hint, old=old, skip=start + (written[at].start if old else 0))
            return
        new = read.text[: mend.start] + mend.new + read.text[mend.start + len(mend.old) :]
        hint = f"write {new!r} instead"
        self.findings.add(code, read.node, text, hint, old=mend.old, new=mend.new, skip=start + mend.start)

    def _other_kind(self, subject: Subject, read: Read) -> None:
        file = subject.contract.file if subject.contract else "the contract"
        text = f"{file} says that {read.text} is a text, and the documents of the tests hold an object there"
        self.findings.add("L104", read.node, text, "ask for an object in the contract, or read the text", old=read.text)

    def _textless(self, subject: Subject, read: Read) -> None:
        place = read.spot.place
        if place is None:
            return
        nearest = Nearest(subject.file.source.kind, subject.file.source.ns)
        names = [nearest.shown(name) for name, child in place.children.items() if child.leaf is not None]
        text = f"{nearest.shown(place.name)} holds no text of its own"
        separator = nearest.separator
        ends = [name for name in names if local(place.name).lower().endswith(local(name).lower())]
        names = ends if len(ends) == 1 else names
        if len(names) == 1:
            new = f"{read.text}{separator}{names[0]}" if read.steps else names[0]
            self.findings.add("L105", read.node, text, f"write {new!r} instead", old=read.text, new=new)
        else:
            hint = f"go on to one of: {', '.join(names[:20])}" if names else "name a place that holds text"
            self.findings.add("L105", read.node, text, hint, old=read.text)

    def _base(self, subject: Subject, visit: Visit) -> list[Read]:
        """Note whether any of the places inside an object exists; if none does, its own place is wrong, not they."""
        place = next((read for read in visit.reads if read.purpose == "object" and read.steps), None)
        if place is None and visit.rule.use and visit.inner and visit.base.place is not None:
            here = visit.base.here()
            place = Read(visit.rule.use, visit.rule.use.text, (), here, here, "object")
        if place is None or not visit.inner:
            return []
        inner = [read for top in visit.inner for one in _same_base(top) for read in one.reads if read.steps]
        known = [read for read in inner if read.spot.place is not None or read.spot.missing is not None]
        if not known:
            return []
        # One path that leads nowhere is rather wrong by itself.
        bad = len(known) > 1 and place.spot.place is not None and all(read.spot.missing is not None for read in known)
        key = (place.node.file, place.node.line, place.node.column)
        self.bases.setdefault(key, []).append((subject, visit, place, bad, known))
        return known if bad else []

    def _wrong_base(self, subject: Subject, visit: Visit, place: Read, known: list[Read]) -> None:
        names = sorted({local(read.steps[0].name) for read in known})
        what = f"of the block {visit.rule.use.text!r}" if visit.rule.use else "inside it"
        text = f"none of the places {what} exists here ({', '.join(names[:5])})"
        nearest = Nearest(subject.file.source.kind, subject.file.source.ns)
        found = self._better(place, known)
        if not place.steps:
            self._without_place(subject, place, known, text)
            return
        if found is None or place.base.place is None:
            mend = "name the place that holds them, or another block"
            self.findings.add("L106", place.node, text, mend, old=place.text)
            return
        new = nearest.separator.join(nearest.shown(name) for name in found) or "."
        self.findings.add("L106", place.node, text, f"write {new!r} instead", old=place.text, new=new)

    def _without_place(self, subject: Subject, place: Read, known: list[Read], text: str) -> None:
        """A block that reads where its rule stands, and finds nothing there."""
        nearest = Nearest(subject.file.source.kind, subject.file.source.ns)
        counted = [
            (sum(leads(inner, read.steps) for read in known), -len(way), way)
            for way, inner in (ways(place.base.place) if place.base.place else ()) if way
        ]  # fmt: skip
        most, _, found = max(counted, default=(0, 0, ()))
        others = sorted(file.file for file in self._others(subject, place))
        if most < min(2, len(known)) or others:
            at = subject.file.blocks_from[0] if others and subject.file.blocks_from else place.node
            mend = f"write {others[0]!r} instead" if others else "name the place that holds them, or another block"
            self.findings.add("L106", at, text, mend, old=at.text, new=others[0] if others else None)
            return
        new = nearest.separator.join(nearest.shown(name) for name in found)
        mend = f"write at: {new} beside it"
        self.findings.add("L106", place.node, text, mend, old=place.text, new=f"{place.text}, at: {new}", raw=True)

    def _others(self, subject: Subject, place: Read) -> list[BlockFile]:
        """Return other files that have a block of the same name, whose places are there."""
        found = []
        source = subject.file.source
        for file in self.block_files.values():
            rules = file.blocks.get(place.text, ())
            paths = [one.path.text for rule in rules for one in rule.places] + [
                rule.each.text for rule in rules if rule.each
            ]
            steps = [parse_path(text, source.kind, source.ns) for text in paths]
            if file not in subject.files and place.spot.place and any(leads(place.spot.place, one) for one in steps):
                found.append(file)
        return found

    def _better(self, place: Read, known: list[Read]) -> tuple[str, ...] | None:
        """Return the way to the nearest place where all that is named inside exists."""
        if place.base.place is None:
            return None
        own = place.spot.place
        scored = []
        for way, here in ways(place.base.place):
            there = sum(leads(here, read.steps) for read in known) if way and here is not own else 0
            if there >= min(2, len(known)):
                shared = sum(one == step.name for one, step in zip(way, place.steps, strict=False))
                scored.append((-shared, -there, len(way), way))
        return min(scored)[3] if scored else None

    def _root(self, subject: Subject, reads: list[Read]) -> bool:
        """Whether no path from the root exists, and those of another root of the same file do."""
        contract, source = subject.contract, subject.file.source
        node = _node(subject.file.node, "source", "xml")
        top = [read for read in reads if contract and read.base.place is contract.root and read.steps]
        if contract is None or not isinstance(node, Scalar) or any(read.spot.missing is None for read in top):
            return False
        own = node.text.rpartition("#")[2]
        for name in global_elements(subject.schemas / contract.file, subject.schemas):
            other = contract_of(msgspec.structs.replace(source, root=name), subject.schemas) if name != own else None
            if other and top and sum(leads(other.root, read.steps) for read in top) * 2 > len(top):
                text = f"none of the paths of this mapping exists below {own}"
                self.findings.add("L101", node, text, f"write {name!r} instead", old=own, new=name)
                return True
        return False

    def _namespaces(self, subject: Subject) -> None:
        """Prefixes of namespaces that the contract does not have."""
        contract, source = subject.contract, subject.file.source
        if contract is None or source.kind != "xml" or not source.ns:
            return
        known = _namespaces_of(contract.root)
        node = _node(subject.file.node, "source", "ns")
        for prefix, uri in source.ns.items():
            if uri in known or not known or not isinstance(node, Mapping):
                continue
            at = node.items[prefix]
            self.silent |= {(name, uri) for name in (subject.file.file, *(file.file for file in subject.files))}
            if isinstance(at, Scalar):
                new = next(iter(sorted(known - set(source.ns.values()))), None) or next(iter(sorted(known)))
                text = f"{contract.file} has no namespace {uri!r}"
                self.findings.add("L102", at, text, f"write {new!r} instead", old=uri, new=new)


def _same_base(visit: Visit) -> list[Visit]:
    """Return a visit and, where it stands at no place of its own, those inside it."""
    if any(read.purpose == "object" and read.steps for read in visit.reads):
        return [visit]
    return [visit, *(one for inner in visit.inner for one in _same_base(inner))]


def _holds_text(read: Read) -> bool:
    """Whether a place can be read as text; conditions of presence, objects and ignored places need none."""
    place = read.spot.place
    if place is None or read.purpose in {"object", "known"}:
        return True
    if read.purpose == "condition" and read.condition is not None and not read.condition.values:
        return True
    return place.leaf is not None


def _what(parent: Place, name: str, nearest: Nearest, file: str) -> tuple[str, str]:
    """Return code and text for a name that does not stand right below a place."""
    shown, owner = nearest.shown(name), nearest.shown(parent.name) or "the root"
    for child in parent.children:
        if local(child) == local(name):
            if child.startswith("@") != name.startswith("@"):
                kind = "an attribute" if child.startswith("@") else "an element"
                return "L103", f"{local(name)} is {kind} of {owner}"
            return "L102", f"{shown} stands in another namespace than {nearest.shown(child)}"
    if not parent.children:
        return "L104", f"{owner} holds nothing below it, so {shown} is not there"
    return "L101", f"{file} has no {shown} below {owner}"


def _namespace(name: str) -> str:
    bare = name.removeprefix("@")
    return bare[1:].partition("}")[0] if bare.startswith("{") else ""


def _namespaces_of(root: Place) -> set[str]:
    found, waiting, seen = {_namespace(root.name)}, [root], 0
    while waiting and seen < MAX_NAMESPACES:
        place = waiting.pop(0)
        seen += 1
        found.add(_namespace(place.name))
        waiting += place.children.values()
    return found - {""}


def _node(node: Mapping, *keys: str) -> object:
    here: object = node
    for key in keys:
        here = here.items.get(key) if isinstance(here, Mapping) else None
    return here

"""L10x: paths that lead nowhere in the contract, and blocks that stand at a wrong place."""

from collections.abc import Iterable
from collections.abc import Mapping as Map
from difflib import get_close_matches
from typing import Final

import msgspec

from hub_core.contract import Place, contract_of
from hub_core.contract.xsd import global_elements
from hub_core.lint.bases import Bases, meant
from hub_core.lint.finding import Findings
from hub_core.lint.likeness import fit
from hub_core.lint.nearest import Nearest, leads, local
from hub_core.lint.spans import spans
from hub_core.lint.walk import Read, Visit
from hub_core.lint.world import Subject
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
        self.reads: dict[tuple[int, str], list[tuple[Subject, Read, Visit | None]]] = {}
        self.bases = Bases(findings, block_files)
        self.taken: set[int] = set()  # places that mappings read
        self.silent: set[tuple[str, str]] = set()  # file and namespace of which a finding already speaks

    def look_at(self, subject: Subject, visits: Iterable[Visit], known: Iterable[Read]) -> None:
        """Take the paths of one mapping."""
        if subject.contract is None:
            return
        self._namespaces(subject)
        visits, known = list(visits), list(known)
        if self._root(subject, [*known, *(read for visit in visits for read in visit.reads)]):
            return
        astray = {id(read) for visit in visits for read in self.bases.look_at(subject, visit)}
        self.taken |= {id(read.spot.place) for visit in visits for read in visit.reads}
        for visit in visits:
            for read in visit.reads:
                if id(read) not in astray:
                    self._take(subject, read, visit)
                if read.purpose == "object" and (id(read.spot.place), "") in subject.strange:
                    self._other_kind(subject, read)
        for read in known:
            self._take(subject, read)

    def _take(self, subject: Subject, read: Read, visit: Visit | None = None) -> None:
        at, parent = read.spot.missing, read.spot.parent
        if at is not None and parent is not None and (id(parent), read.steps[at].name) in subject.strange:
            # The documents of the tests have it, and their contract has it under another name that nobody reads.
            names = [name for name, child in parent.children.items() if id(child) not in self.taken]
            if get_close_matches(read.steps[at].name, names, n=1, cutoff=RENAMED):
                self._nowhere(subject, read, visit)
        if read.spot.place is not None or read.spot.missing is not None:
            key = (id(read.node), read.text)
            self.reads.setdefault(key, []).append((subject, read, visit))

    def finish(self) -> None:
        """Report the paths that exist nowhere."""
        for uses in self.reads.values():
            there = [use for use in uses if use[1].spot.missing is None]
            if not there:
                self._nowhere(*uses[0])
            elif not any(_holds_text(read) for _, read, _ in there):
                self._textless(*there[0])
        self.bases.finish()

    def _nowhere(self, subject: Subject, read: Read, visit: Visit | None) -> None:
        at, parent = read.spot.missing, read.spot.parent
        if at is None or parent is None:
            return
        step = read.steps[at]
        source = subject.file.source
        if (read.node.file, _namespace(step.name)) in self.silent:
            return
        nearest = Nearest(source.kind, source.ns)
        mend = meant(subject, visit, read, nearest)
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

    def _textless(self, subject: Subject, read: Read, visit: Visit | None) -> None:
        place, target = read.spot.place, visit.target if visit else ""
        if place is None:
            return
        nearest = Nearest(subject.file.source.kind, subject.file.source.ns)
        holding = {nearest.shown(name): child for name, child in place.children.items() if child.leaf is not None}
        names = list(holding)
        text = f"{nearest.shown(place.name)} holds no text of its own"
        separator = nearest.separator
        ends = [name for name in names if local(place.name).lower().endswith(local(name).lower())]
        unread = [name for name in names if id(holding[name]) not in self.taken]
        meant = max(unread, key=lambda name: fit(target, local(name)), default="")
        said = unread if len(unread) == 1 or fit(target, local(meant)) == 0 else [meant]
        names = ends if len(ends) == 1 else said if len(said) == 1 else names
        if len(names) == 1:
            new = f"{read.text}{separator}{names[0]}" if read.steps else names[0]
            self.findings.add("L105", read.node, text, f"write {new!r} instead", old=read.text, new=new)
        else:
            other = "ask for a text (string) in the contract, or name a place that holds text"
            hint = f"go on to one of: {', '.join(names[:20])}" if names else other
            self.findings.add("L105", read.node, text, hint, old=read.text)

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

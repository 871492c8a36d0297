"""L18x: tests of mapping files that cannot run, or expect what no record holds."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from hub_core.lint.finding import Findings
from hub_core.lint.nearest import Nearest
from hub_core.lint.walk import Spot, Walker
from hub_core.lint.world import Subject, World
from hub_core.mapping.binding.model import MODELS, fields
from hub_core.mapping.language.paths import BadPath, Steps, parse_path
from hub_core.mapping.language.rules import Test
from hub_core.mapping.reading import jsonplaces, xmlrun
from hub_core.yaml import Mapping, Node, Scalar, Sequence

ADDED = {"normal", "unmapped", "gaps"}  # written by the hub, so tests may expect them


@dataclass(slots=True)
class Tests:
    """Looks at the tests of mappings."""

    world: World
    findings: Findings
    known: set[str] = field(init=False)  # codes of all lists

    def __post_init__(self) -> None:
        self.known = {one for found in self.world.lists.values() for one in found.entries}

    def look_at(self, subject: Subject) -> None:
        """Take the tests of one mapping."""
        for test in subject.file.tests:
            root = subject.documents.get(test.fixture)
            at = test.node.items.get("in")
            if root is None and isinstance(at, Scalar):
                self._no_document(subject, at)
            if root is not None:
                self._changes(subject, test, root)
            struct = MODELS.get(subject.file.target)
            if test.expect is not None and struct is not None:
                self._expected(test.expect, struct, "")
            self._error_at(test, struct)

    def _no_document(self, subject: Subject, at: Scalar) -> None:
        if why := subject.unreadable.get(at.text):
            mend = f"correct the document, or the contract: {why}"
            self.findings.add("L181", at, f"{at.text} cannot be read", mend, old=at.text)
            return
        folder = (self.world.folder / subject.file.file).parent
        shown = [path.relative_to(folder).as_posix() for path in sorted(folder.glob("fixtures/*"))]
        near = get_close_matches(at.text, shown, n=1)
        mend = f"write {near[0]!r} instead" if near else "put the document beside the mapping"
        self.findings.add(
            "L181", at, f"no document {at.text} can be read", mend, old=at.text, new=near[0] if near else None
        )

    def _changes(self, subject: Subject, test: Test, root: Any) -> None:
        for key in ("set", "remove", "unmapped"):
            node = test.node.items.get(key)
            for path in node.keys.values() if isinstance(node, Mapping) else _scalars(node):
                self._path(subject, test, root, path, key)

    def _path(self, subject: Subject, test: Test, root: Any, path: Scalar, key: str) -> None:
        source = subject.file.source
        try:
            steps = parse_path(path.text, source.kind, source.ns)
        except BadPath as error:
            self.findings.add("L182", path, f"not a path: {error}", "correct the path", old=path.text)
            return
        if not steps or _stands(source.kind, root, steps) or (key == "unmapped" and path.text in dict(test.set)):
            return
        walker = Walker(subject)
        read = walker.read(path, path.text, walker.root(), "known")
        spot = read.spot if read else Spot()
        made = source.kind == "json" or len(steps) == 1 or _stands(source.kind, root, steps[:-1])
        if key == "set" and spot.missing is None and made:
            return
        if key == "unmapped" and (test.set or test.remove):
            return  # what is changed may move the numbers of elements
        mend = Nearest(source.kind, source.ns).mend(read) if read and spot.missing is not None else None
        new = path.text[: mend.start] + mend.new + path.text[mend.start + len(mend.old) :] if mend else None
        text = f"{path.text} leads nowhere in {test.fixture}"
        hint = f"write {new!r} instead" if new else "name a place of the document"
        self.findings.add("L182", path, text, hint, old=path.text, new=new)

    def _expected(self, node: Node, struct: type, path: str) -> None:
        """The keys of an expected record are fields of the model."""
        if isinstance(node, Sequence):
            for item in node.items:
                self._expected(item, struct, path)
        if not isinstance(node, Mapping):
            return
        known = fields(struct)
        for key, value in node.items.items():
            if key in ADDED:
                continue
            if key not in known:
                near = get_close_matches(key, known, n=1)
                mend = f"write {near[0]!r} instead" if near else f"write one of: {', '.join(known)}"
                text = f"{struct.__name__} has no field {key!r}"
                self.findings.add("L183", node.keys[key], text, mend, old=key, new=near[0] if near else None)
                continue
            found = known[key]
            if found.kind == "code":
                self._code(value)
            elif found.struct is not None:
                self._expected(value, found.struct, f"{path}.{key}")

    def _code(self, node: Node) -> None:
        """A coded value names its list, and a code of it."""
        if isinstance(node, Sequence):
            for item in node.items:
                self._code(item)
        if not isinstance(node, Mapping):
            return
        for key in node.items.keys() - {"list", "code", "text"}:
            near = get_close_matches(key, ("list", "code", "text"), n=1)
            mend = f"write {near[0]!r} instead" if near else "write list, code or text"
            text = f"a coded value has no field {key!r}"
            self.findings.add("L183", node.keys[key], text, mend, old=key, new=near[0] if near else None)
        listed, code = node.items.get("list"), node.items.get("code")
        if isinstance(listed, Scalar) and listed.text:
            found = self.world.lists.get(listed.text)
            if found is None:
                near = get_close_matches(listed.text, self.world.lists, n=1)
                mend = f"write {near[0]!r} instead" if near else "write the name of a code list"
                text = f"no code list {listed.text!r}"
                self.findings.add("L183", listed, text, mend, old=listed.text, new=near[0] if near else None)
            elif isinstance(code, Scalar) and code.text and code.text not in found.entries and not found.broken:
                self._no_code(code, found.name, list(found.entries))
        elif isinstance(code, Scalar) and code.text and code.text not in self.known:
            self._no_code(code, "any code list", sorted(self.known))

    def _no_code(self, code: Scalar, name: str, known: list[str]) -> None:
        near = get_close_matches(code.text, known, n=1)
        mend = f"write {near[0]!r} instead" if near else "write a code of the list"
        new = near[0] if near else None
        self.findings.add("L183", code, f"{code.text!r} is no code of {name}", mend, old=code.text, new=new)

    def _error_at(self, test: Test, struct: type | None) -> None:
        node = test.node.items.get("error")
        at = node.items.get("at") if isinstance(node, Mapping) else None
        if not isinstance(at, Scalar) or not at.text or struct is None:
            return
        here: type | None = struct
        for name in _names(at.text):
            known = fields(here) if here else {}
            if name not in known:
                near = get_close_matches(name, known, n=1)
                mend = f"write {near[0]!r} instead" if near else f"write one of: {', '.join(known)}"
                text = f"the record has no {at.text}"
                self.findings.add("L183", at, text, mend, old=name, new=near[0] if near else None)
                return
            here = known[name].struct


def _names(path: str) -> Iterator[str]:
    for part in path.split("."):
        yield part.partition("[")[0]


def _stands(kind: str, root: Any, steps: Steps) -> bool:
    return bool(xmlrun.places(root, steps) if kind == "xml" else list(jsonplaces.places(root, steps)))


def _scalars(node: Node | None) -> tuple[Scalar, ...]:
    if isinstance(node, Scalar):
        return (node,)
    return tuple(item for item in node.items if isinstance(item, Scalar)) if isinstance(node, Sequence) else ()

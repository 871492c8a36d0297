"""L17x: code lists by themselves, and beside each other; L165: those that nothing names."""

from collections.abc import Iterable
from collections.abc import Mapping as Map
from datetime import date, timedelta
from typing import Final

from hub_core.errors import ConfigError
from hub_core.lint.examples import followed
from hub_core.lint.finding import Findings
from hub_core.lint.fitting import DAY, reads, written
from hub_core.lint.world import Subject, World
from hub_core.mapping.codelists import CodeList, Entry
from hub_core.mapping.files import is_code_list
from hub_core.mapping.trying.tests import DEFAULT_DAY
from hub_core.yaml import Mapping, Node, Scalar, Sequence

FEW: Final = 3  # codes that two lists may share by chance


class ListFiles:
    """Looks at the files of code lists.

    Args:
        world: all files.
        findings: collects what is found.
        seen: texts of the documents of the tests, by the line below ``codes:`` that names their list.
    """

    def __init__(self, world: World, findings: Findings, seen: Map[tuple[str, int, int], set[str]]) -> None:
        self.world = world
        self.findings = findings
        self.seen = seen

    def look_at(self) -> None:
        """Take all lists of the folder."""
        for found in self.world.lists.values():
            node = node_of(self.world, found)
            if node is None or found.broken:
                continue
            codes = node.items.get("codes")
            if isinstance(codes, Mapping):
                self._entries(found, codes)
            self._origin(found, node)
            self._early(found, node)
        if self.world.whole:
            self._named()

    def _entries(self, found: CodeList, codes: Mapping) -> None:
        for code, entry in codes.items.items():
            if not isinstance(entry, Mapping) or code not in found.entries:
                continue
            at = codes.keys[code]
            if found.of is not None and found.of != found.name and not scalars(entry.items.get("in")):
                mend = f"write in: and the texts that mean {code}, or remove the entry"
                self.findings.add("L173", at, f"no text is read as {code!r}", mend, old=at.text)
            self._gap(found, found.entries[code], entry)

    def _gap(self, found: CodeList, entry: Entry, node: Mapping) -> None:
        """A code that ends, and of whose texts no other code takes over."""
        valid = node.items.get("valid")
        at = valid.keys.get("until") if isinstance(valid, Mapping) else None
        if entry.end is None or at is None or (found.end is not None and found.end <= entry.end):
            return
        others = [other for other in found.entries.values() if other is not entry]
        for text in entry.read:
            if not any(text in other.read and (other.end or date.max) > entry.end for other in others):
                day = entry.end + timedelta(days=1)
                message = f"from {day} on no code reads {text!r}"
                mend = f"write 'from' instead of until, or the code that takes {text!r} over"
                self.findings.add("L171", at, message, mend, old="until", new="from")

    def _origin(self, found: CodeList, node: Mapping) -> None:
        """A list that reads texts into the codes of another list, and does not say so."""
        if found.of is not None or len(found.entries) < FEW or not found.table():
            return
        owners = [
            other for other in self.world.lists.values()
            if other is not found and not other.table() and found.entries.keys() <= other.entries.keys()
        ]  # fmt: skip
        at = node.items.get("list")
        if len(owners) == 1 and isinstance(at, Scalar):
            text = f"all codes of {found.name} are codes of {owners[0].name}, and it does not say so"
            mend = f"add a line of: {owners[0].name}"
            self.findings.add("L172", at, text, mend, old=at.text)

    def _early(self, found: CodeList, node: Mapping) -> None:
        """A list that comes into force after all days on which it is tested, without an older version."""
        valid = node.items.get("valid")
        at = valid.items.get("from") if isinstance(valid, Mapping) else None
        if found.start is None or found.start <= DEFAULT_DAY or not isinstance(at, Scalar):
            return
        stem = found.name.rpartition("@")[0]
        users = [one for one in self.world.subjects if {found.name, stem} & _listed(one)]
        days = [day for user in users for day in _days(user)]
        if not days or found.start <= max(days):
            return
        older = (one for one in self.world.lists.values() if one.name.rpartition("@")[0] == stem and one is not found)
        if not any(one.start is None or one.start <= max(days) for one in older):
            text = f"{found.name} is in force on no day of the tests that name it, the last being {max(days)}"
            self.findings.add(
                "L174", at, text, "correct from: of valid: to the first day on which it was in force", old=at.text
            )

    def _named(self) -> None:
        """Lists that no mapping and no other list names; perhaps one that is named stands in their place."""
        if any(not is_code_list(one.rule or "") for one in self.world.faults):
            return  # what names it may be in a file that does not load
        named: dict[str, list[Scalar]] = {}
        for codes in self._heads():
            for name in codes.values():
                named.setdefault(name.text, []).append(name)
        origins = {other.of for other in self.world.lists.values()}
        for found in self.world.lists.values():
            if found.name in named or found.name in origins or found.broken or found.file not in self.world.linted:
                continue
            if found.name.rpartition("@")[0] in named or not found.table():
                continue
            text = f"nothing names the code list {found.name}"
            kin = [one for name, ones in named.items() for one in ones if self._same(name, found)]
            for one in kin:
                seen = self.seen.get((one.file, one.line, one.column))
                if seen and seen <= found.table().keys():
                    said = f"{text}, which reads what stands here in the tests into the codes of {one.text}"
                    mend = f"write {found.name!r} instead"
                    self.findings.add("L165", one, said, mend, old=one.text, new=found.name)
            self.findings.add("L165", top(found), text, "name it where its texts are read, or remove it")

    def _same(self, name: str, found: CodeList) -> bool:
        other = self.world.lists.get(name)
        return other is not None and other.of is not None and other.of == found.of

    def _heads(self) -> Iterable[Map[str, Scalar]]:
        yield from (subject.file.codes for subject in self.world.subjects)
        yield from (file.codes for file in self.world.block_files.values())


def _listed(subject: Subject) -> set[str]:
    """Return the code lists that a mapping and its files of blocks name."""
    files = (subject.file.codes, *(file.codes for file in subject.files))
    return {name.text for codes in files for name in codes.values()}


def _days(subject: Subject) -> list[date]:
    """Return the days on which the tests of a mapping read, and those of which their documents speak."""
    file, contract = subject.file, subject.contract
    found = [str(test.on or DEFAULT_DAY) for test in file.tests]
    days = [(written(DAY), text) for text in found]
    if file.dated and contract:
        place = followed(contract.root, file, file.dated.at.text)
        days += [(written(file.dated.codec or DAY), text) for text in subject.examples.get(id(place), ())]
    return [used.parse(text) for used, text in days if used and reads(used, text)]


def node_of(world: World, found: CodeList) -> Mapping | None:
    """Return the file of a list as YAML with positions."""
    if found.name not in world.nodes:
        text = "\n".join(world.texts.get(found.file, []))
        try:
            node = world.parse(text, file=found.file)
        except ConfigError:
            node = None
        world.nodes[found.name] = node if isinstance(node, Mapping) else None
    return world.nodes[found.name]


def text_of(world: World, found: CodeList, text: str) -> Scalar | None:
    """Return where a list names a text that it reads."""
    node = node_of(world, found)
    codes = node.items.get("codes") if node else None
    for entry in codes.items.values() if isinstance(codes, Mapping) else ():
        read = entry.items.get("in") if isinstance(entry, Mapping) else None
        for one in scalars(read):
            if one.text.strip() == text:
                return one
    return None


def out_of(world: World, found: CodeList, text: str) -> Scalar | None:
    """Return where a list says that a text is written."""
    node = node_of(world, found)
    codes = node.items.get("codes") if node else None
    for entry in codes.items.values() if isinstance(codes, Mapping) else ():
        out = entry.items.get("out") if isinstance(entry, Mapping) else None
        if isinstance(out, Scalar) and out.text.strip() == text:
            return out
    return None


def top(found: CodeList) -> Scalar:
    """Return the first line of the file of a list."""
    return Scalar(text="", file=found.file, line=1, column=1)


def scalars(node: Node | None) -> tuple[Scalar, ...]:
    """Return the texts of a node that is a text or a list of texts."""
    if isinstance(node, Scalar):
        return (node,)
    if isinstance(node, Sequence):
        return tuple(item for item in node.items if isinstance(item, Scalar))
    return ()

"""Versioned code lists: ``mappings/codes/<list>@<version>.yaml``.

A list says which texts of a source mean which code (``in``), which text is written back (``out``), and why several
texts mean one. A list ``of:`` another one translates a source's letters into the codes of that canonical list.
"""

import difflib
import re
from collections.abc import Iterable
from collections.abc import Mapping as Map
from datetime import date
from pathlib import PurePosixPath
from typing import Final

import msgspec

from hub_core import yaml
from hub_core.errors import ConfigError
from hub_core.mapping.files import is_code_list
from hub_core.yaml import Faults, Mapping, Node, Scalar, Sequence

CODE: Final = "M106"
NEAR: Final = 0.75  # likeness of a slip; "ended" is no slip of "suspended"
FEW: Final = 12  # that a mend lists
NAME: Final = re.compile(r"[a-z0-9][a-z0-9.\-]*@[0-9]+")
_KEYS: Final = {"list", "of", "title", "source", "valid", "codes"}
_ENTRY_KEYS: Final = {"text", "in", "out", "why", "valid"}


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One code: what it means, which texts it is read from, which text is written for it, on which days."""

    code: str
    text: str = ""
    read: tuple[str, ...] = ()
    write: str | None = None
    why: str | None = None
    start: date | None = None
    end: date | None = None

    @property
    def in_force(self) -> str:
        """The days on which it is in force, in words; empty: always."""
        return _period(self.start, self.end)


class CodeList(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a code list.

    Attributes:
        name: ``list@version``.
        shown: the list whose codes these are; stands in ``Code.list``.
        start: first day in force; ``None``: always was.
        end: last day in force; ``None``: no end known.
        broken: its file has faults, so that nothing can be said about its codes.
        versions: of a list that is named without version: all of them, the newest last, whose parts these are.
    """

    name: str
    shown: str
    title: str
    source: str
    start: date | None
    end: date | None
    entries: dict[str, Entry]
    of: str | None
    file: str
    plain: object
    broken: bool = False
    versions: "tuple[CodeList, ...]" = ()

    @property
    def in_force(self) -> str:
        """The days on which it is in force, in words; empty: always."""
        return _period(self.start, self.end)

    @property
    def dated(self) -> bool:
        """Whether the day of the record decides what a text means."""
        return bool(self.versions) or any(entry.start or entry.end for entry in self.entries.values())

    def table(self) -> dict[str, str]:
        """Return the code for each text that is read."""
        return {text: entry.code for entry in self.entries.values() for text in entry.read}


def _period(start: date | None, end: date | None) -> str:
    if start and end:
        return f"{start} to {end}"
    return f"from {start}" if start else f"until {end}" if end else ""


def load_codelists(files: Map[str, bytes], faults: Faults, *, parse: yaml.Parse = yaml.parse) -> dict[str, CodeList]:
    """Read the code lists among files, given by name; what is wrong goes to ``faults``. ``parse``: see ``Loader``."""
    lists: dict[str, CodeList] = {}
    nodes: dict[str, Mapping] = {}
    for shown in filter(is_code_list, files):
        stem = PurePosixPath(shown).stem
        lists[stem] = _broken(stem, shown)
        try:
            node = parse(files[shown], file=shown)
        except ConfigError as error:
            faults.findings.extend(error.findings)
            continue
        if isinstance(node, Mapping) and (found := _codelist(node, stem, faults)):
            lists[found.name] = found
            nodes[found.name] = node
        elif not isinstance(node, Mapping):
            faults.add(node, "a code list is expected", mend="write list:, title:, source:, codes:", code=CODE)
    for name, node in nodes.items():
        _check_origin(lists[name], lists, node, faults)
    return lists


def named(lists: Map[str, CodeList], name: str) -> CodeList | None:
    """Return the list of a name; without a version it is the one in force on the day of the record."""
    if "@" in name:
        return lists.get(name)
    found = [one for one in lists.values() if one.name.rpartition("@")[0] == name]
    versions = tuple(sorted(found, key=lambda one: int(one.name.rpartition("@")[2])))
    if not versions:
        return None
    broken = any(one.broken for one in versions)
    return msgspec.structs.replace(versions[-1], name=name, versions=versions, broken=broken)


def names(lists: Map[str, CodeList]) -> set[str]:
    """Return all names that lists may be called by, with and without version."""
    return {name for full in lists for name in (full, full.rpartition("@")[0])}


def choice(word: str, known: Iterable[str]) -> str:
    """Return a mend for a code or list that is not there.

    What is spelt like it may mean something else: it is named only where it is very near, and beside a few others.
    """
    choices = sorted(known)
    near = difflib.get_close_matches(word, choices, n=1, cutoff=NEAR)
    few = ", ".join(choices) if 0 < len(choices) <= FEW else ""
    if near:
        return f"write {near[0]!r} instead" + (f"; there are {few}" if few else "")
    return f"write one of: {few}" if few else "see what there is: punte codes"


def _broken(name: str, file: str) -> CodeList:
    return CodeList(
        name=name, shown=name, title="", source="", start=None, end=None, entries={}, of=None, file=file, plain=None,
        broken=True,
    )  # fmt: skip


def _check_origin(codelist: CodeList, lists: Map[str, CodeList], node: Mapping, faults: Faults) -> None:
    if codelist.of is None:
        return
    origin = lists.get(codelist.of)
    if origin is None:
        known = [one.name for one in lists.values() if one.of is None]
        mend = f"{choice(codelist.of, known)}, or write the file codes/{codelist.of}.yaml"
        faults.add(node.items["of"], f"no code list {codelist.of!r}", mend=mend, code=CODE)
        return
    if origin.broken:
        return
    codes = node.items["codes"]
    unknown = codelist.entries.keys() - origin.entries.keys()
    if meant := _meant(codelist, origin, lists) if len(unknown) * 2 > len(codelist.entries) else None:
        text = f"{codelist.of} has not the codes of this list"
        faults.add(node.items["of"], text, mend=f"write {meant!r} instead, which has all of them", code=CODE)
        return
    for code in unknown:
        key = codes.keys[code] if isinstance(codes, Mapping) else codes
        mend = f"{choice(code, origin.entries)}, or add {code!r} to {codelist.of}"
        faults.add(key, f"{codelist.of} has no code {code!r}", mend=mend, code=CODE)


def _meant(codelist: CodeList, origin: CodeList, lists: Map[str, CodeList]) -> str | None:
    """Return the one list of codes, other than that which is named, to which all codes of a list belong."""
    found = [
        one.name for one in lists.values()
        if one not in (codelist, origin) and one.of is None and not one.table()
        and codelist.entries.keys() <= one.entries.keys()
    ]  # fmt: skip
    return found[0] if len(found) == 1 else None


def _codelist(node: Mapping, stem: str, faults: Faults) -> CodeList | None:
    before = len(faults.findings)
    _known(node, _KEYS, faults)
    name = _text(node, "list", faults)
    if name and not NAME.fullmatch(name):
        faults.add(node.items["list"], f"{name!r} is no list@version", mend="write a name like sex@1", code=CODE)
    elif name and stem != name:
        mend = f"write {stem!r} instead, or rename the file to {name}.yaml"
        faults.add(node.items["list"], f"the file has another name than its list {name!r}", mend=mend, code=CODE)
    title, source = _text(node, "title", faults), _text(node, "source", faults)
    start, end = _validity(node.items.get("valid"), faults)
    entries = _entries(node, faults)
    of = node.items.get("of")
    origin = of.text if isinstance(of, Scalar) else None
    if len(faults.findings) > before:
        return None
    return CodeList(
        name=name, shown=origin or name, title=title, source=source, start=start, end=end, entries=entries,
        of=origin, file=node.file, plain=yaml.plain(node),
    )  # fmt: skip


def _entries(node: Mapping, faults: Faults) -> dict[str, Entry]:
    codes = node.items.get("codes")
    if not isinstance(codes, Mapping):
        faults.add(codes or node, "codes: is missing", mend="write codes: {code: {text: ..., in: [...]}}", code=CODE)
        return {}
    entries: dict[str, Entry] = {}
    taken: dict[str, list[Entry]] = {}
    for code, value in codes.items.items():
        if not isinstance(value, Mapping):
            faults.add(value, f"the code {code!r} has no entry", mend="write {text: ..., in: [...]}", code=CODE)
            continue
        _known(value, _ENTRY_KEYS, faults)
        entry = _entry(code, value, faults)
        for text in entry.read:
            others = taken.setdefault(text, [])
            if rival := next((one for one in others if _meet(one, entry)), None):
                mend = f"leave {text!r} at one of {rival.code!r} and {code!r}, or give them valid: at different times"
                if len(entry.read) > len(rival.read):
                    mend = f"remove {text!r} here, or {mend}"
                faults.add(value, f"{text!r} is read as two codes", mend=mend, code=CODE)
            others.append(entry)
        entries[code] = entry
    return entries


def _entry(code: str, node: Mapping, faults: Faults) -> Entry:
    read = node.items.get("in")
    texts: tuple[Node, ...] = read.items if isinstance(read, Sequence) else (read,) if read else ()
    tokens = tuple(item.text.strip() for item in texts if isinstance(item, Scalar))
    if len(tokens) != len(texts) or "" in tokens:
        faults.add(read or node, "in: holds something that is no text", mend='write in: [A, "01"]', code=CODE)
    out, why, text = (_optional(node, key) for key in ("out", "why", "text"))
    if len(tokens) > 1 and not why:
        mend = "add why: (one line)"
        faults.add(node, f"several texts are read as {code!r} without a reason", mend=mend, code=CODE)
    if out is not None and out not in tokens:
        near = tokens if len(tokens) == 1 else difflib.get_close_matches(out, tokens, n=1, cutoff=NEAR)
        mend = f"write {near[0]!r} instead, or add it to in:" if near else f"write one of: {', '.join(tokens)}"
        faults.add(node.items["out"], f"out: {out!r} is no text of in:", mend=mend, code=CODE)
    if out is None and len(tokens) == 1:
        out = tokens[0]
    start, end = _validity(node.items.get("valid"), faults)
    return Entry(code=code, text=text or "", read=tokens, write=out, why=why, start=start, end=end)


def _meet(one: Entry, other: Entry) -> bool:
    """Tell whether two entries are in force on one day."""
    starts = [entry.start or date.min for entry in (one, other)]
    return max(starts) <= min(entry.end or date.max for entry in (one, other))


def _validity(node: Node | None, faults: Faults) -> tuple[date | None, date | None]:
    if node is None:
        return None, None
    if not isinstance(node, Mapping) or not node.items.keys() <= {"from", "until"}:
        faults.add(node, "valid: has another form", mend="write valid: {from: 2018-01-01}", code=CODE)
        return None, None
    days: list[date | None] = []
    for key in ("from", "until"):
        text = _optional(node, key)
        try:
            days.append(date.fromisoformat(text) if text else None)
        except ValueError:
            faults.add(node.items[key], "not a date", mend="write YYYY-MM-DD", code=CODE)
            days.append(None)
    start, end = days
    if start and end and end < start:
        mend = f"remove 'until: {end}', or write {{from: {end}, until: {start}}}"
        faults.add(node, "valid: ends before it begins", mend=mend, code=CODE)
    return start, end


def _known(node: Mapping, keys: set[str], faults: Faults) -> None:
    for key in node.items.keys() - keys:
        faults.add(node.keys[key], f"unknown key {key!r}", mend=yaml.closest(key, keys), code=CODE)


def _text(node: Mapping, key: str, faults: Faults) -> str:
    value = node.items.get(key)
    if not isinstance(value, Scalar) or not value.text:
        faults.add(value or node, f"{key}: is missing", mend=f"write {key}: and its text", code=CODE)
        return ""
    return value.text


def _optional(node: Mapping, key: str) -> str | None:
    value = node.items.get(key)
    return value.text if isinstance(value, Scalar) and value.text else None

"""YAML as the hub reads it: text with positions, and nothing that surprises.

Every scalar is the text that stands there (``NO``, ``012`` and ``12:30`` stay what they are), so the quarrel between
YAML 1.1 and 1.2 about types never arises. Anchors, aliases, tags, directives, duplicate keys and further documents
are refused; size and depth are bounded. All faults of a file are reported together, each with file, line, column.

Source: YAML 1.2.2; read from the event stream of libyaml (of PyYAML's own parser where libyaml is not built in).
"""

import difflib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final, NoReturn

import msgspec
import yaml

from hub_core.errors import ConfigError
from hub_core.message import Finding, Severity

MAX_BYTES: Final = 2_000_000
MAX_DEPTH: Final = 40
# Line breaks for YAML 1.1 and ordinary characters for 1.2: a reader could be misled about lines.
AMBIGUOUS_BREAKS: Final = {"\x85": "\\N", "\u2028": "\\L", "\u2029": "\\P"}
LOADER: Final[type[yaml.SafeLoader]] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Scalar(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of text. ``line`` and ``column`` count from 1; ``quoted`` tells ``""`` from nothing at all."""

    text: str
    file: str
    line: int
    column: int
    quoted: bool = False


class Sequence(msgspec.Struct, frozen=True, kw_only=True):
    """A list of nodes."""

    items: "tuple[Node, ...]"
    file: str
    line: int
    column: int


class Mapping(msgspec.Struct, frozen=True, kw_only=True):
    """Nodes by key, in the order of the file; ``keys`` holds the position of each key."""

    items: "dict[str, Node]"
    keys: dict[str, Scalar]
    file: str
    line: int
    column: int


Node = Scalar | Sequence | Mapping
Parse = Callable[..., Node]  # ``parse``, or what remembers its answers
Plain = dict[str, "Plain"] | list["Plain"] | str


def where(node: Node) -> str:
    """Return ``file:line:column`` of a node."""
    return f"{node.file}:{node.line}:{node.column}"


def plain(node: Node) -> Plain:
    """Return dictionaries, lists and strings without positions."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key: plain(value) for key, value in node.items.items()}


def as_node(said: Plain, *, file: str) -> Node:
    """Return what ``plain`` returned as a node again; its places name the file, and line 1."""
    at: Any = {"file": file, "line": 1, "column": 1}
    if isinstance(said, str):
        return Scalar(text=said, **at)
    if isinstance(said, list):
        return Sequence(items=tuple(as_node(item, file=file) for item in said), **at)
    keys = {key: Scalar(text=key, **at) for key in said}
    return Mapping(items={key: as_node(value, file=file) for key, value in said.items()}, keys=keys, **at)


def closest(word: str, known: Iterable[str]) -> str:
    """Return a mend for a misspelt word: the nearest known word, or all of them where none is near."""
    choices = sorted(known)
    if near := difflib.get_close_matches(word, choices, n=1, cutoff=0.6):
        return f"write {near[0]!r} instead"
    return f"write one of: {', '.join(choices)}" if choices else "remove it"


class Faults:
    """Collects what is wrong with configuration files, to be reported all at once.

    Args:
        code: of the faults for which no other is given.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        self.findings: list[Finding] = []

    def add(self, node: Node, text: str, *, mend: str, code: str | None = None) -> None:
        """Note one fault: what is wrong at ``node``, and what to write instead."""
        self._add(where(node), node.line, text, mend, code or self.code)

    def add_at(self, place: str, text: str, *, mend: str, line: int | None = None, code: str | None = None) -> None:
        """Note one fault of a place that is no node, such as a missing file."""
        self._add(place, line, text, mend, code or self.code)

    def _add(self, place: str, line: int | None, text: str, mend: str, code: str) -> None:
        finding = Finding(code=code, severity=Severity.ERROR, text=text, rule=place, line=line, help=mend)
        if finding not in self.findings:  # a part that is used at several places is looked at several times
            self.findings.append(finding)

    def raise_any(self) -> None:
        """Raise if there is a fault.

        Raises:
            ConfigError: with code, text, place and mend of the first fault; ``findings`` holds all, each with its
                place as ``rule`` and its mend as ``help``.
        """
        if self.findings:
            first = self.findings[0]
            raise ConfigError(
                first.code, first.text, where=first.rule or "", mend=first.help or "", findings=self.findings
            )


def load(path: Path, *, file: str | None = None, code: str = "M101") -> Node:
    """Read one YAML file; ``file`` is the name that positions show, by default the path as given.

    Raises:
        ConfigError: ``code``, for every fault listed in the head of this module, and if the file cannot be read.
    """
    name = file or str(path)
    try:
        with path.open("rb") as stream:
            body = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(
            code, f"the file cannot be read: {error.strerror}", where=name, mend="check name and rights"
        ) from error
    return parse(body, file=name, code=code)


def parse(body: bytes | str, *, file: str, code: str = "M101") -> Node:
    """Read one YAML document from memory; see ``load``.

    Raises:
        ConfigError: see ``load``.
    """
    return _Reader(file, code).read(body)


def text_of(body: bytes, *, file: str, code: str = "M101") -> str:
    """Return the text of a file.

    Raises:
        ConfigError: ``code``, it is too large or not UTF-8, with the place.
    """
    return _Reader(file, code).text(body)


class _Reader:
    """Turns the events of one file into nodes."""

    def __init__(self, file: str, code: str) -> None:
        self.file = file
        self.faults = Faults(code)
        self.events: Iterator[yaml.Event] = iter(())

    def read(self, body: bytes | str) -> Node:
        text = self.text(body)
        self.events = yaml.parse(text, Loader=LOADER)
        try:
            node = self._stream()
        except yaml.YAMLError as error:
            self._syntax(error, text)
        self.faults.raise_any()
        return node

    def text(self, body: bytes | str) -> str:
        """Return the text of a body that may be read."""
        if len(body) > MAX_BYTES:
            self._stop("1:1", "the file is too large", f"split it: at most {MAX_BYTES} bytes")
        text = body if isinstance(body, str) else self._decoded(body)
        for character, escape in AMBIGUOUS_BREAKS.items():
            if (at := text.find(character)) >= 0:
                line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
                mend = f"write the escape {escape} inside double quotes, or a plain line break"
                self._stop(f"{line}:{column}", f"the character U+{ord(character):04X}", mend)
        return text

    def _decoded(self, body: bytes) -> str:
        try:
            return body.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            before = body[: error.start].decode("utf-8-sig", "replace")
            line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
            self._stop(f"{line}:{column}", "not UTF-8", "save the file in UTF-8")

    def _stop(self, place: str, text: str, mend: str) -> NoReturn:
        line = int(place.partition(":")[0])
        self.faults.add_at(f"{self.file}:{place}", text, mend=mend, line=line)
        self.faults.raise_any()
        raise AssertionError  # unreachable: a fault has just been added

    def _stop_at(self, event: yaml.Event, text: str, mend: str) -> NoReturn:
        line, column = _position(event)
        self._stop(f"{line}:{column}", text, mend)

    def _syntax(self, error: yaml.YAMLError, text: str) -> NoReturn:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "a character that YAML does not allow"
        place = f"{mark.line + 1}:{mark.column + 1}" if mark else "1:1"
        mend = "mend the YAML here: check indentation, colons, quotes and brackets"
        if (
            mark
            and text.splitlines()[mark.line : mark.line + 1]
            and "\t" in text.splitlines()[mark.line][: mark.column + 1]
        ):
            problem, mend = "a tab where the line is indented", "indent with blanks"
        self._stop(place, f"not YAML: {problem}", mend)

    def _stream(self) -> Node:
        next(self.events)  # start of the stream
        start = next(self.events)
        if not isinstance(start, yaml.DocumentStartEvent):
            self._stop("1:1", "the file is empty", "write something into it, or remove it")
        if start.version or start.tags:
            self._fault(start, "a YAML directive (%)", "remove the line")
        node = self._node(next(self.events), 1)
        next(self.events)  # end of the document
        after = next(self.events)
        if isinstance(after, yaml.DocumentStartEvent):
            self._fault(after, "a second document in one file", "write it into a file of its own")
        return node

    def _node(self, event: yaml.Event, depth: int) -> Node:
        line, column = _position(event)
        if isinstance(event, yaml.ScalarEvent) and event.anchor is None and event.tag is None and depth <= MAX_DEPTH:
            return Scalar(text=event.value, file=self.file, line=line, column=column, quoted=bool(event.style))
        if depth > MAX_DEPTH:
            self._stop_at(event, f"nested deeper than {MAX_DEPTH} levels", "write it flatter")
        if isinstance(event, yaml.AliasEvent):
            self._fault(event, "an alias (*)", "write the value out; a mapping shares parts as blocks")
            return Scalar(text="", file=self.file, line=line, column=column)
        if getattr(event, "anchor", None) is not None:
            self._fault(event, "an anchor (&)", "remove it; a mapping shares parts as blocks")
        if getattr(event, "tag", None) is not None:
            self._fault(event, "a tag (!)", "remove it; every value is read as text")
        if isinstance(event, yaml.SequenceStartEvent):
            items = tuple(self._children(yaml.SequenceEndEvent, depth))
            return Sequence(items=items, file=self.file, line=line, column=column)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(line, column, depth)
        assert isinstance(event, yaml.ScalarEvent)  # noqa: S101 - the only kind left; narrows the type
        return Scalar(text=event.value, file=self.file, line=line, column=column, quoted=bool(event.style))

    def _mapping(self, line: int, column: int, depth: int) -> Mapping:
        items: dict[str, Node] = {}
        keys: dict[str, Scalar] = {}
        children = self._children(yaml.MappingEndEvent, depth)
        for key in children:
            value = next(children)
            if not isinstance(key, Scalar):
                self.faults.add(key, "a key that is not text", mend="write the key as one line of text")
            elif key.text in items:
                first = keys[key.text]
                self.faults.add(key, f"the key {key.text!r} stands twice", mend=f"remove one; see line {first.line}")
            else:
                items[key.text], keys[key.text] = value, key
        return Mapping(items=items, keys=keys, file=self.file, line=line, column=column)

    def _children(self, end: type[yaml.Event], depth: int) -> Iterator[Node]:
        for event in self.events:
            if isinstance(event, end):
                return
            yield self._node(event, depth + 1)

    def _fault(self, event: yaml.Event, text: str, mend: str) -> None:
        line, column = _position(event)
        self.faults.add_at(f"{self.file}:{line}:{column}", text, mend=mend, line=line)


def _position(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)

"""One reading of one document: what the generated source calls when there is something to say.

Nothing here runs for a value that is simply there. Paths are worked out only now, from the place where the scope
began, and canonical indexes only at the end, when every list is complete.
"""

from datetime import date
from typing import Any, Final

import msgspec

from hub_core.document import Document
from hub_core.mapping.binding.plan import Check
from hub_core.mapping.codecs import BadValue, Parse, dates
from hub_core.mapping.dated import DatedTable, Span
from hub_core.mapping.language.paths import Filter, Steps
from hub_core.mapping.reading.known import Known
from hub_core.message import Finding, Severity
from hub_core.reading import MAX_FINDINGS

_ERROR: Final = Severity.ERROR  # a lookup in an enumeration is slow
_WARNING: Final = Severity.WARNING


class Several(str):
    """Stands for several different values where one is expected; as a text it is blank."""

    __slots__ = ()


SEVERAL: Final = Several()


class Label(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the generated source says about one rule and one of its places.

    Attributes:
        at: canonical path below the object that the rule writes into.
        steps: source path below the base of the scope.
        path: the same, for people.
        rule: ``file:line``.
        codec: as written; ``None`` for text as it is.
        codes: code list and version.
        severe: a fault refuses the document.
        leave: after a fault the value goes to ``unmapped``.
    """

    at: str
    steps: Steps
    path: str
    rule: str
    codec: str | None = None
    codes: str | None = None
    severe: bool = True
    leave: bool = False


# None: the record. Else: enclosing To, canonical path below it, the object itself where it is known, and for elements
# of a list the number that it would have if it is left out. A plain value has the list that its rule made as object.
NO_LIST: Final = -1
To = tuple[Any, str, Any, int] | None


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """One value of the record and where it came from, before indexes are known."""

    label: Label
    to: To
    source: str | None
    line: int | None
    raw: str | None


class Run:
    """Collects what one reading finds. ``XmlRun`` and ``JsonRun`` know the places of their kind of document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.found: list[tuple[Finding, To]] = []
        self.gaps: list[tuple[dict[str, Any], To]] = []
        self.left: dict[str, str] = {}
        self.doubts: dict[str, str] = {}
        self._takes: list[tuple[Any, Steps]] = []
        self._around: list[tuple[dict[str, str], list[tuple[Any, Steps]]]] = []
        self.notes: list[Note] = []
        self.offsets: dict[int, tuple[int, list[Any]]] = {}
        self.refused = False
        self.more = 0
        self._counts = [0, 0]  # of warnings, of errors
        self.day = date.min
        self._spans: dict[int, Span] = {}
        self.versions: dict[str, str] = {}
        self._said: dict[tuple[str, str, str], str] = {}

    # What the kinds of documents know ------------------------------------------------------------------------

    def origin(self, spot: Any, steps: Steps) -> tuple[str, int | None]:
        """Return path and line of the first place with a value, else of where it would be."""
        raise NotImplementedError

    def leave(self, spot: Any, steps: Steps) -> None:
        """Put everything at a place and below it into ``unmapped``."""
        raise NotImplementedError

    def values(self, spot: Any, steps: Steps) -> list[tuple[str, str]]:
        """Return path and text of the values right at a place, without what lies below it."""
        raise NotImplementedError

    def drop(self, spot: Any, steps: Steps) -> None:
        """Put the value at a place into ``unmapped``."""
        self.left.update(self.values(spot, steps))

    def doubt(self, spot: Any, steps: Steps) -> None:
        """Note a value that one rule of a place did not take; another one may (see ``settle``)."""
        self.doubts.update(self.values(spot, steps))

    def take(self, spot: Any, steps: Steps) -> None:
        """Note a value that one rule of a place took, though another one may not."""
        self._takes.append((spot, steps))

    def claim(self, spot: Any, steps: Steps) -> None:
        """Take a value that a shared block had left."""
        if self.left:
            for path, _ in self.values(spot, steps):
                self.left.pop(path, None)

    def enter(self) -> None:
        """Begin a scope that settles its own doubts."""
        self._around.append((self.doubts, self._takes))
        self.doubts, self._takes = {}, []

    def settle(self) -> None:
        """End such a scope: the doubtful values that nobody took go to ``unmapped``."""
        if self.doubts:
            taken = {path for spot, steps in self._takes for path, _ in self.values(spot, steps)}
            self.left.update((path, text) for path, text in self.doubts.items() if path not in taken)
        self.doubts, self._takes = self._around.pop()

    def check(self, spot: Any, steps: Steps, *known: Known | bool | None) -> None:
        """Put what none of ``known`` names into ``unmapped``; those whose condition failed are no ``Known``."""
        raise NotImplementedError

    def matches(self, place: Any, filters: tuple[Filter, ...]) -> bool:
        """Tell whether filters hold."""
        raise NotImplementedError

    def filtered(self, place: Any, one: Filter) -> str:
        """Return the name of what a filter that holds looked at."""
        raise NotImplementedError

    def texts_at(self, place: Any, steps: Steps) -> list[str]:
        """Return the texts at a path below a place that are not blank."""
        raise NotImplementedError

    def present_at(self, place: Any, steps: Steps) -> bool:
        """Tell whether anything lies at a path below a place, or below that."""
        raise NotImplementedError

    def chosen(self, place: Any, checks: tuple[Check, ...]) -> bool:
        """Tell whether the conditions of ``where:`` hold for an element."""
        return all(
            not set(check.values).isdisjoint(self.texts_at(place, check.steps))
            if check.values
            else self.present_at(place, check.steps) is check.present
            for check in checks
        )

    # What rules find -----------------------------------------------------------------------------------------

    def _say(
        self,
        label: Label,
        spot: Any,
        to: To,
        code: str,
        text: str,
        *,
        severe: bool,
        origin: tuple[str, int | None] | None = None,
    ) -> None:
        self.refused |= severe
        self._counts[severe] += 1
        if self._counts[severe] > MAX_FINDINGS:
            self.more += 1
            return
        path, line = origin or self.origin(spot, label.steps)
        finding = Finding(
            code=code,
            severity=_ERROR if severe else _WARNING,
            text=text,
            at=label.at,
            source=path or None,
            line=line,
            rule=label.rule,
        )
        self._said[label.rule, label.at, path] = code
        self.found.append((finding, to))

    def bad(self, label: Label, spot: Any, to: To, error: ValueError) -> None:
        """A codec could not read the value; an error that is not of a codec comes from a date read inline."""
        text = f"not readable as {label.codec} ({error if isinstance(error, BadValue) else dates.NO_DAY})"
        self._say(label, spot, to, "M202", text, severe=label.severe)
        if label.leave:
            self.drop(spot, label.steps)

    def several(self, label: Label, spot: Any, to: To) -> None:
        """Several different values where one is expected."""
        self._say(label, spot, to, "M203", f"{label.path} has several different values", severe=label.severe)
        self.drop(spot, label.steps)

    def differs(self, label: Label, spot: Any, to: To) -> None:
        """A second place says something else than the first; the first counts."""
        self._say(label, spot, to, "M203", f"{label.path} differs from an earlier place of the rule", severe=False)
        self.drop(spot, label.steps)

    def no_code(self, label: Label, spot: Any, to: To, *, severe: bool, known: bool = False) -> None:
        """The code list does not know the text; ``known``: on another day it does."""
        codes = self.versions.get(label.codes or "", label.codes)
        if known:
            text = f"the value is in {codes}, but not in force on the record's date"
            self._say(label, spot, to, "M208", text, severe=severe)
        else:
            self._say(label, spot, to, "M204", f"the value is not in {codes}", severe=severe)

    def in_force(self, table: DatedTable) -> Span:
        """Return what of a code list holds on the day of the record."""
        span = self._spans.get(id(table))
        if span is None:
            span = self._spans[id(table)] = table.on(self.day)
            self.versions[table.name] = span.version
        return span

    def dated(self, spot: Any, label: Label, texts: list[str], parse: Parse, otherwise: date) -> None:
        """Find the day of the record, before all else; ``otherwise`` where the document does not say."""
        self.day = otherwise
        if len(set(texts)) > 1:
            text = f"{label.path} has several different values, so the record has no date"
            self._say(label, spot, None, "M203", text, severe=label.severe)
        elif texts:
            try:
                self.day = parse(texts[0])
            except BadValue as error:
                text = f"the record's date is not readable as {label.codec} ({error})"
                self._say(label, spot, None, "M202", text, severe=label.severe)

    def missing(self, label: Label, spot: Any, to: To) -> None:
        """A required value is not there; a value that is faulty was reported as such."""
        origin = self.origin(spot, label.steps)
        if (label.rule, label.at, origin[0]) not in self._said:
            text = f"{label.path} is missing or blank"
            self._say(label, spot, to, "M201", text, severe=label.severe, origin=origin)

    def lacking(
        self, label: Label, spot: Any, to: To, places: tuple[Steps, ...], *, spilled: bool = False
    ) -> dict[str, Any]:
        """An object lacks a field without which it cannot be: it is left out, its values go to ``unmapped``.

        With ``spilled`` the field was not readable and is kept elsewhere, which was said already.
        """
        origin = self.origin(spot, label.steps)
        said = self._said.get((label.rule, label.at, origin[0]))
        if said is None or (said != "M201" and not spilled):
            text = f"{label.at} is missing, without which the object cannot be"
            self._say(label, spot, to, "M201", text, severe=label.severe, origin=origin)
        for steps in places:
            self.leave(spot, steps)
        return {}

    def gap(self, label: Label, to: To, why: str, text: str) -> None:
        """The source says that it does not know, or may not tell."""
        self.gaps.append(({"at": label.at, "why": why, "text": text}, to))

    def one_of(self, label: Label, spot: Any, to: To, objects: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the only object of a place where one is expected; of several different ones none is chosen."""
        first = objects[0]
        if all(other == first for other in objects[1:]):
            return first
        self._say(label, spot, to, "M203", f"{label.path} has several different objects", severe=label.severe)
        self.leave(spot, label.steps)
        return {}

    def note(self, label: Label, spot: Any, to: To, raw: str, at: str = "") -> None:
        """Write down where a value came from (traced variant only); ``at``: the field, if not that of the rule."""
        path, line = self.origin(spot, label.steps)
        if at:
            label = msgspec.structs.replace(label, at=at, codec=None, codes=None)
        self.notes.append(Note(label=label, to=to, source=path, line=line, raw=raw))

    def opened(self, label: Label, spot: Any, to: To) -> None:
        """Write down that a period is open by what stands, or does not stand, at its end (traced variant only)."""
        found = self.values(spot, label.steps)
        self.note(label, spot, to, found[0][1] if found else "", at="open")

    def constant(self, label: Label, to: To) -> None:
        """Write down that a value came from the rule itself (traced variant only)."""
        self.notes.append(Note(label=label, to=to, source=None, line=None, raw=None))

    def moved(self, values: list[Any], offset: int) -> None:
        """Write down behind how many others the values of one rule stand in their list (traced variant only)."""
        self.offsets[id(values)] = offset, values

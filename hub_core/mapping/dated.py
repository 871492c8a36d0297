"""Code lists in force: what a text meant on the day that a record speaks of.

Lists without days are plain tables and never come here.
"""

from bisect import bisect_right
from collections.abc import Mapping as Map
from datetime import date, timedelta
from typing import Any

import msgspec

from hub_core.canonical.values import Code
from hub_core.mapping.codelists import CodeList, Entry


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """What holds from one day on.

    Attributes:
        version: of the list; where none is in force, the newest one, and there are no codes.
        shown: the list whose codes these are.
        codes: by text: coded values ready for the record, or codes only.
    """

    version: str
    shown: str
    codes: dict[str, Any]


class DatedTable(msgspec.Struct, frozen=True, kw_only=True):
    """A list of which parts are in force at different times.

    Attributes:
        name: as the mapping names it, with or without version.
        starts: first days of the spans, the first of them the first of all days.
        texts: all that are read at any time.
    """

    name: str
    starts: tuple[date, ...]
    spans: tuple[Span, ...]
    texts: frozenset[str]

    def on(self, day: date) -> Span:
        """Return what holds on a day."""
        return self.spans[bisect_right(self.starts, day) - 1]


def dated_table(codes: CodeList, *, ready: bool) -> DatedTable:
    """Return the table of a list, cut at every day on which something begins or ends."""
    versions, ordered = codes.versions or (codes,), starts(codes)
    spans = tuple(_span(codes, day, ready=ready) for day in ordered)
    texts = frozenset(text for version in versions for entry in version.entries.values() for text in entry.read)
    return DatedTable(name=codes.name, starts=ordered, spans=spans, texts=texts)


def starts(codes: CodeList) -> tuple[date, ...]:
    """Return the days on which something of a list begins or ends to hold, the first of all days before them."""
    found = {date.min}
    for version in codes.versions or (codes,):
        found |= _changes(version)
        for entry in version.entries.values():
            found |= _changes(entry)
    return tuple(sorted(found))


def _changes(one: CodeList | Entry) -> set[date]:
    """Return the days on which something begins to hold, or no longer does."""
    after = one.end + timedelta(days=1) if one.end and one.end < date.max else None
    return {day for day in (one.start, after) if day}


def _span(codes: CodeList, day: date, *, ready: bool) -> Span:
    version, entries = in_force(codes, day)
    table: dict[str, Any] = {text: entry.code for entry in entries.values() for text in entry.read}
    if ready:
        table = {text: Code(list=version.shown, code=code, text=text) for text, code in table.items()}
    return Span(version=version.name, shown=version.shown, codes=table)


def in_force(codes: CodeList, day: date) -> tuple[CodeList, Map[str, Entry]]:
    """Return the version of a list that is in force on a day, and those of its entries that are.

    A list that is named with its version counts as in force. Of several versions the newest one counts; where none is
    in force it is the newest of all, without entries.
    """
    if codes.versions:
        fitting = [version for version in codes.versions if _holds(version, day)]
        if not fitting:
            return codes.versions[-1], {}
        codes = fitting[-1]
    return codes, {code: entry for code, entry in codes.entries.items() if _holds(entry, day)}


def _holds(one: CodeList | Entry, day: date) -> bool:
    return (one.start is None or one.start <= day) and (one.end is None or day <= one.end)

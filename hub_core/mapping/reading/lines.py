"""The lines of values in a JSON document, found in its bytes when somebody asks; XML carries its own.

The scanner looks once at each byte, without recursion. A strict parser has taken them before; where they are no
document it stops, and what it has found stands.
"""

import codecs
import json
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

import msgspec

from hub_core.document import Document
from hub_core.mapping.language.paths import shown_key
from hub_core.reading import Provenance
from hub_core.validation.limits import DEFAULT

_MARK: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\],:]|[^\s{}\[\],:"]++|\n')


def located(values: Sequence[Provenance], body: bytes, document: Document) -> list[Provenance]:
    """Return origins with the lines of a JSON document that was opened from ``body``; others stay as they are."""
    wanted = {value.source for value in values if value.source is not None and value.line is None}
    if document.kind != "json" or not wanted:
        return list(values)
    lines = json_lines(body, wanted, below=document.name if document.dialect == "NATIVE" else None)
    return [
        msgspec.structs.replace(value, line=lines[value.source]) if value.source in lines else value for value in values
    ]


def json_lines(body: bytes, wanted: Collection[str], *, below: str | None = None) -> dict[str, int]:
    r"""Return the line, from 1, on which each wanted value begins.

    Args:
        body: as received.
        wanted: paths with indexes, as readings show them.
        below: paths start inside the value of this key of the outermost object.

    >>> json_lines(b'{"a":\n [1,\n {"b c": 2}]}', {'a[1]."b c"'})
    {'a[1]."b c"': 3}
    """
    found: dict[str, int] = {}
    for path, line in _values(body.removeprefix(codecs.BOM_UTF8).decode(errors="replace"), below):
        if path in wanted:
            found.setdefault(path, line)
    return found


class _Level:
    """An open object or list: its path, and the key or index that comes next."""

    def __init__(self, path: str, *, is_list: bool) -> None:
        self.path = path
        self.number = 0 if is_list else None
        self.key: str | None = None

    def wants_key(self) -> bool:
        """Tell whether a key comes next."""
        return self.number is None and self.key is None

    def next(self) -> None:
        """Go behind a comma."""
        self.key, self.number = None, None if self.number is None else self.number + 1

    def inner(self) -> str:
        """Return the path of the value that comes next."""
        if self.number is not None:
            return f"{self.path}[{self.number}]"
        shown = shown_key(self.key or "")
        return f"{self.path}.{shown}" if self.path else shown


def _values(text: str, below: str | None) -> Iterator[tuple[str, int]]:
    """Yield path and line of every value, containers before what they hold."""
    levels: list[_Level] = []
    line = 1
    for match in _MARK.finditer(text):
        mark, top = match[0], levels[-1] if levels else None
        if mark == "\n":
            line += 1
        elif mark in "]}":
            del levels[-1:]
        elif mark in ",:":
            if top is not None and mark == ",":
                top.next()
        elif top is not None and top.wants_key():
            if mark[0] != '"':
                return  # no document
            top.key = str(json.loads(mark))
        else:
            outermost = top is None or (below is not None and len(levels) == 1 and top.key == below)
            path = "" if top is None or outermost else top.inner()
            yield path, line
            if mark in "[{":
                levels.append(_Level(path, is_list=mark == "["))
            if len(levels) > DEFAULT.depth:
                return

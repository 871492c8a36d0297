"""Where the steps of a path stand in its text."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from hub_core.mapping.language.paths import Kind

_STEP: Final = {
    "xml": re.compile(r'@?(?:"[^"]+"|[^/\[\]"]+)'),
    "json": re.compile(r'@?(?:"[^"]+"|[^.\[\]"]+)'),
}
_BRACKETS: Final = re.compile(r'(?:\[(?:[^\[\]"]|"[^"]*")*\])*')


@dataclass(frozen=True, slots=True)
class Span:
    """One step as written: its name with prefix and quotes, and its brackets."""

    start: int
    name: str
    brackets: str

    @property
    def listed(self) -> bool:
        """Whether it is marked as repeated."""
        return "[]" in self.brackets


@lru_cache(maxsize=4_096)  # the paths of shared blocks are looked at once for each use
def spans(text: str, kind: Kind) -> tuple[Span, ...]:
    """Return the steps of a path that follows the grammar.

    >>> [span.name for span in spans("c:a[]/@b", "xml")]
    ['c:a', '@b']
    """
    found: list[Span] = []
    at = 0
    while at < len(text) and text != ".":
        match = _STEP[kind].match(text, at)
        if match is None:
            break
        brackets = _BRACKETS.match(text, match.end())
        end = brackets.end() if brackets else match.end()
        found.append(Span(at, match[0], text[match.end() : end]))
        at = end + 1
    return tuple(found)

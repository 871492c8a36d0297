"""Faults of loading, as lint says them: with what the contract and the rules beside know of their mend.

Loading looks up names; it knows neither the contract nor what stands in documents. Here each of its faults is met
again at the rule that it speaks of, and what can be told of that rule is written instead.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from hub_core.lint.finding import LintFinding, Replacement, instead
from hub_core.lint.repair import Mend, Repairs
from hub_core.lint.walk import Visit
from hub_core.lint.world import World
from hub_core.message import Finding, Severity
from hub_core.yaml import Scalar

_PLACE: Final = re.compile(r"(.*?)(?::(\d+))?(?::(\d+))?")
_WRONG: Final = re.compile(r"'([^']+)'")
_RIGHT: Final = re.compile(r"write '([^']+)' instead(?: of '([^']+)')?")
_GONE: Final = re.compile(r"remove '([^']+)'")
ELSEWHERE: Final = "the rule is right where its block fills another object; use another block here"


@dataclass(slots=True)
class Loaded:
    """Says faults of loading again."""

    world: World
    rules: dict[tuple[str, int, int], list[Visit]] = field(default_factory=dict)
    lines: dict[tuple[str, int], list[Visit]] = field(default_factory=dict)

    def look_at(self, visits: Iterable[Visit]) -> None:
        """Take the rules of one mapping."""
        for visit in visits if self.world.faults else ():
            rule = visit.rule
            for node in (rule.target, rule.codec, rule.codes, rule.use, *(place.codec for place in rule.places)):
                if node is not None:
                    self.rules.setdefault((node.file, node.line, node.column), []).append(visit)
            self.lines.setdefault((rule.target.file, rule.target.line), []).append(visit)

    def findings(self) -> list[LintFinding]:
        """Return what is said of each fault."""
        repairs = Repairs(self.world, [visit for visits in self.lines.values() for visit in visits])
        return [self._said(fault, repairs) for fault in self.world.faults]

    def _said(self, fault: Finding, repairs: Repairs) -> LintFinding:
        match = _PLACE.fullmatch(fault.rule or "")
        file, line, column = (match[1], int(match[2] or 1), int(match[3] or 1)) if match else ("", 1, 1)
        whole = fault.code == "M112"  # an object has no place but the line of its first rule
        visits = self.lines.get((file, line), []) if whole else self.rules.get((file, line, column), [])
        if fault.code == "M104" and {visit.field is None for visit in visits} == {True, False}:
            mend = Mend(ELSEWHERE)
        else:
            at = Scalar(text="", file=file, line=line, column=column)
            mend = repairs.of(fault.code, visits) or self._worded(fault, at)
        return LintFinding(
            file=file, line=line, column=column, code=fault.code, severity=Severity.ERROR, message=fault.text,
            mend=mend.words, replacement=mend.replacement,
        )  # fmt: skip

    def _worded(self, fault: Finding, at: Scalar) -> Mend:
        """Return the mend of the fault itself, with the replacement that its words name."""
        words = fault.help or ""
        lines = self.world.texts.get(at.file, [])
        line = lines[at.line - 1] if 0 < at.line <= len(lines) else ""
        return Mend(words, _removal(words, line, at) or _other(fault.text, words, line, at))


def _removal(words: str, line: str, at: Scalar) -> Replacement | None:
    """Return what takes a text out of a list or a mapping in one line."""
    gone = _GONE.match(words)
    if gone is None:
        return None
    text = re.escape(gone[1])
    found = re.compile(rf""", *(["']?){text}\1(?=[\]}}, ])|(["']?)\b{text}\2, *""").search(line, at.column - 1)
    if found is None:
        return None
    return Replacement(line=at.line, column=found.start() + 1, old=found[0], new="", sure=False)


def _other(text: str, words: str, line: str, at: Scalar) -> Replacement | None:
    """Return what takes the place of the text that is named as wrong; where none is, of what stands there."""
    right = _RIGHT.search(words)
    if right is None:
        return None
    found = _WRONG.search(text) or _WRONG.search(words, 0, right.start())
    wrong = right[2] or (found[1] if found else "")
    if wrong:
        start = line.find(wrong, at.column - 1)
        return Replacement(line=at.line, column=start + 1, old=wrong, new=right[1]) if start >= 0 else None
    return instead(line, at, right[1])

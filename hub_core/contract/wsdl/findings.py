"""What was noticed about a contract: each with its file and line, what refuses it first."""

from collections.abc import Iterator
from typing import Final

import msgspec

from hub_core.errors import ConfigError
from hub_core.message import Severity

MAX_FINDINGS: Final = 200  # a file of another kind has a fault at every line

TOO_MUCH: Final = "V508"
_ORDER: Final = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing noticed about a contract.

    Attributes:
        code: from ``hub_core.codes``.
        severity: ``error`` refuses the contract.
        file: relative to the folder around the contract, or the name of a standard.
        line: from 1; 0: the file as a whole.
        text: what is so.
        mend: what to do about it; may be empty.
    """

    code: str
    severity: Severity
    file: str
    line: int
    text: str
    mend: str = ""


class Findings:
    """Collects findings, each once; they come with what refuses first, then by file and line."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, int, str], Finding] = {}

    def __iter__(self) -> Iterator[Finding]:
        return iter(sorted(self._found.values(), key=_place))

    @property
    def refused(self) -> bool:
        """Whether one of them refuses the contract."""
        return any(one.severity is Severity.ERROR for one in self._found.values())

    def add(self, severity: Severity, code: str, at: tuple[str, int], text: str, mend: str = "") -> None:
        """Add one; ``at``: file and line."""
        if len(self._found) < MAX_FINDINGS:
            found = Finding(code=code, severity=severity, file=at[0], line=at[1], text=text, mend=mend)
            self._found.setdefault((code, *at, text), found)

    def error(self, code: str, at: tuple[str, int], text: str, mend: str = "") -> None:
        """Add one that refuses the contract."""
        self.add(Severity.ERROR, code, at, text, mend)

    def warning(self, code: str, at: tuple[str, int], text: str, mend: str = "") -> None:
        """Add one that somebody should look at."""
        self.add(Severity.WARNING, code, at, text, mend)

    def info(self, code: str, at: tuple[str, int], text: str, mend: str = "") -> None:
        """Add one that says how the contract was read."""
        self.add(Severity.INFO, code, at, text, mend)


def refusal(findings: tuple[Finding, ...], where: str) -> ConfigError:
    """Return the error for a refused contract: its first reason, with how many more there are."""
    errors = [one for one in findings if one.severity is Severity.ERROR]
    first = errors[0]
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    mend = first.mend or f"see punte contract check {where}"
    return ConfigError("V401", f"{first.text}{more}", where=f"{first.file}:{first.line}", mend=mend)


def _place(finding: Finding) -> tuple[int, bool, str, int]:
    """Return where a finding comes: what was too much before its consequences, as the contract was not read on."""
    return _ORDER[finding.severity], finding.code != TOO_MUCH, finding.file, finding.line

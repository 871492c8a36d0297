"""What lint says: one finding with its place, what to write instead, and the replacement where it is one."""

import re
from typing import Final

import msgspec

from hub_core.message import Severity
from hub_core.yaml import Scalar

_SPECIAL: Final = re.compile(r"""[\[\]{},"'#&*!|>%@`]|: |^[-?]|^$""")

_KEY: Final = re.compile(r"\w[\w.\-=\[\]]*")
_RAW: Final = re.compile(r"""'(?:[^']|'')*'|"(?:[^"\\]|\\.)*"|(?:(?!: |:$| #)[^,{}\[\]])*(?<! )|[^,{} ]+""")


def quoted(text: str) -> str:
    """Return a text in quotes, as YAML.

    >>> print(quoted('a "b"'), quoted("a[]"))
    'a "b"' "a[]"
    """
    return "'" + text.replace("'", "''") + "'" if '"' in text else f'"{text}"'


def as_yaml(text: str) -> str:
    """Return a text as YAML: in quotes where it needs them.

    >>> as_yaml("a.b"), as_yaml("@a")
    ('a.b', '"@a"')
    """
    return quoted(text) if _SPECIAL.search(text) else text


def _in_place(text: str, line: str, column: int) -> str:
    """Return a text as YAML where it will stand: brackets need no quotes in a key that begins a line.

    >>> _in_place("names[]", "  names: {at: n}", 3), _in_place("names[]", "{at: names}", 6)
    ('names[]', '"names[]"')
    """
    return text if not line[: column - 1].strip() and _KEY.fullmatch(text) else as_yaml(text)


def raw_end(line: str, column: int) -> int:
    """Return the column behind the scalar that begins at a column of a line, as far as it stands on that line.

    >>> raw_end('{at: "a, b", as: date}', 6), raw_end("{at: a, as: date}", 6)
    (12, 7)
    """
    found = _RAW.match(line, column - 1)
    return found.end() + 1 if found else column


class Replacement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A text of one line and what stands there once it is mended.

    Attributes:
        column: counts from 1.
        old: empty: ``new`` is added.
        sure: it needs no choice; else something else may be meant as well.
    """

    line: int
    column: int
    old: str
    new: str
    sure: bool = True


def instead(line: str, at: Scalar, new: str) -> Replacement | None:
    """Return what puts a text in the place of the scalar that begins on a line; ``None`` if nothing stands there."""
    old = line[at.column - 1 : raw_end(line, at.column) - 1]
    return Replacement(line=at.line, column=at.column, old=old, new=_in_place(new, line, at.column)) if old else None


class LintFinding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One finding.

    Attributes:
        file: relative to the folder of mappings.
        column: counts from 1.
        end_column: first column after what is wrong, where that is known.
        mend: what to write instead.
    """

    file: str
    line: int
    column: int
    end_column: int | None = None
    code: str
    severity: Severity
    message: str
    mend: str
    replacement: Replacement | None = None


class Findings:
    """Collects findings; a rule that is used at several places says the same only once.

    Args:
        texts: lines by file, in which replacements are looked up.
    """

    def __init__(self, texts: dict[str, list[str]]) -> None:
        self.texts = texts
        self.found: dict[tuple[str, int, int, str, str], LintFinding] = {}

    def add(
        self,
        code: str,
        node: Scalar,
        message: str,
        mend: str,
        *,
        old: str = "",
        new: str | None = None,
        skip: int = 0,
        raw: bool = False,
        sure: bool = True,
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Note a finding.

        Args:
            code: of the catalogue.
            node: where it is.
            message: what is wrong.
            mend: what to write instead.
            old: the part of the node that is wrong; the finding stands at it.
            new: what stands there when it is mended; ``None``: that cannot be said.
            skip: characters of the node's text before ``old``.
            raw: ``new`` is YAML as it stands.
            sure: see ``Replacement``.
            severity: how bad it is.
        """
        column = self._column(node, old, skip) if old else None
        replacement = None
        if column is None and node.quoted and old == node.text:  # it is written with escapes
            raw, column = True, node.column
            line = self.texts[node.file][node.line - 1]
            old, new = line[column - 1 : raw_end(line, column) - 1], None if new is None else as_yaml(new)
        if column is not None and new is not None:
            replacement = (
                Replacement(line=node.line, column=column, old=old, new=new) if raw
                else self._replacement(node, column, old, new)
            )  # fmt: skip
            replacement = msgspec.structs.replace(replacement, sure=sure)
        at = column or node.column
        finding = LintFinding(
            file=node.file, line=node.line, column=at, end_column=at + len(old) if column else None, code=code,
            severity=severity, message=message, mend=mend, replacement=replacement,
        )  # fmt: skip
        self.found.setdefault((node.file, node.line, at, code, message), finding)

    def _replacement(self, node: Scalar, column: int, old: str, new: str) -> Replacement:
        """Return the replacement as YAML: a text that stands without quotes gets them where it needs them."""
        line = self.texts[node.file][node.line - 1]
        if not node.quoted and _SPECIAL.search(new) and line.startswith(node.text, node.column - 1):
            start = column - node.column
            whole = node.text[:start] + new + node.text[start + len(old) :]
            return Replacement(line=node.line, column=node.column, old=node.text, new=quoted(whole))
        mark = line[node.column - 1 : node.column] if node.quoted else ""
        if mark == "'":
            new = new.replace("'", "''")
        elif mark == '"':
            new = new.replace("\\", "\\\\").replace('"', '\\"')
        return Replacement(line=node.line, column=column, old=old, new=new)

    def _column(self, node: Scalar, old: str, skip: int) -> int | None:
        """Return the column of a part of a scalar; ``None`` where it is written otherwise, as with escapes."""
        lines = self.texts.get(node.file, [])
        if not 0 < node.line <= len(lines):
            return None
        at = lines[node.line - 1].find(old, node.column - 1 + skip)
        return at + 1 if at >= 0 else None

"""Writing one record with one mapping: fill, make the document, read it back, say what it does not carry."""

from collections.abc import Callable
from datetime import date
from functools import cached_property
from typing import Any, Final, Protocol

import msgspec

from hub_core.canonical import Beneficiary
from hub_core.document import Document
from hub_core.mapping.binding.plan import RecordDate, Scope
from hub_core.mapping.codecs import BadValue
from hub_core.mapping.language.paths import Steps, shown_name
from hub_core.mapping.language.rules import Source
from hub_core.mapping.language.sourcepaths import Fixed as FixedPaths
from hub_core.mapping.writing import documents
from hub_core.mapping.writing.compare import Difference, differences
from hub_core.mapping.writing.completing import (
    Fixed,
    Named,
    Path,
    Required,
    fixed,
    named,
    put_where_parents_are,
    unwritten,
)
from hub_core.mapping.writing.gaps import with_shells
from hub_core.mapping.writing.generator import Fill
from hub_core.mapping.writing.outrun import Tree, look, text_at
from hub_core.mapping.writing.places import Where, hops
from hub_core.mapping.writing.program import Program, program
from hub_core.mapping.writing.session import Out
from hub_core.mapping.writing.xmltext import XmlText
from hub_core.message import Finding, Severity
from hub_core.reading import Reading

_encode: Final = msgspec.json.Encoder().encode
_SEPARATE: Final = {"NATIVE"}  # dialects whose documents stand below the name of their kind


Kept = Callable[[Callable[[], Program]], tuple[Program, bool]]


class Contract(Protocol):
    """What a written document must be; see ``hub_core.contract``."""

    @property
    def root(self) -> Where:
        """Place of the root."""
        ...

    def at(self, steps: Steps) -> Where | None:
        """Return the place that a path leads to."""
        ...

    def faults(self, document: Any) -> list[Finding]:
        """Return where a document is not as the contract says."""
        ...


class Writing(msgspec.Struct, frozen=True, kw_only=True):
    """What came out of writing one record.

    Attributes:
        body: the document as bytes; ``None``: it could not be made, or would not be valid.
        document: the same, parsed.
        findings: what the document does not carry, by canonical path; why it could not be made.
    """

    body: bytes | None
    document: Document | None
    findings: tuple[Finding, ...]


class OutWriter:
    """Writes documents of one mapping; compiled on first use.

    Args:
        kept: returns the program that an earlier run made of the same, or else what the function given to it makes; and
            which of them it is.
    """

    def __init__(
        self,
        source: Source,
        plan: Scope,
        *,
        fixed: FixedPaths,
        dated: RecordDate | None,
        contract: Contract | None,
        read: Callable[..., Reading],
        name: str,
        kept: Kept,
    ) -> None:
        self._source = source
        self._contract = contract
        self._plan = plan
        self._dated = dated
        self._read = read
        self._name = name
        self._kept = kept
        root = contract.root if contract else None
        self._root = root
        self._fixed_at = tuple(steps for steps, _, _ in fixed)
        self._fixed: Fixed = tuple(
            (hops(steps, root, source.kind), text, None if counted is None else hops(counted, root, source.kind))
            for steps, text, counted in fixed
        )

    @cached_property
    def program(self) -> Program:
        """What fills a tree, with its source."""
        return self._had[0]

    def prepare(self) -> bool:
        """Compile it now, not at the first record; tell whether that was done at an earlier time and kept."""
        return self._fill is not None and self._had[1]

    @cached_property
    def _had(self) -> tuple[Program, bool]:
        return self._kept(self.compiled)

    def compiled(self, *, careful: bool = False) -> Program:
        """Compile it; careful: to what looks at every place before it fills it, against which tests hold the other."""
        return program(self._source.kind, self._root, self._plan, self._name, careful=careful)

    @cached_property
    def _fill(self) -> Fill:
        return self.program.function()

    @cached_property
    def _required(self) -> Required | None:
        known = self._named
        return Required(self._root, known) if self._root and known and self._source.kind == "xml" else None

    @cached_property
    def _named(self) -> Named | None:
        return named(self._plan, self._root, self._fixed_at) if self._root is not None else None

    @cached_property
    def _xml(self) -> XmlText:
        return XmlText(self._source.root, self._root, self._source.ns)

    def write(self, record: Beneficiary, *, on: date) -> Writing:
        """Write a record.

        Args:
            record: any canonical record.
            on: day of writing, for the checks of reading it back, and for code lists where the document says no day.
        """
        first, out = self._written(record, on, loose=False)
        if not out.torn or (first.body is not None and not _loses(first)):
            return first
        # Two rules may have written into one element what both of them read from it: said once, it may carry more.
        second, _ = self._written(record, on, loose=True)
        return min(first, second, key=lambda one: (one.body is None, len(one.findings)))

    def unwritten(self) -> list[str]:
        """Return the places that the contract wants and nothing in the mapping writes, as its paths show them."""
        if self._root is None or self._named is None:
            return []
        found = unwritten(self._root, self._named)
        rows = self._source.dialect == "ROWS"  # whose header and trailer are written with the file
        return [self._shown(path) for path in found if not rows or len(path) == 1]

    def tree(self, record: Beneficiary, *, on: date, loose: bool = False) -> tuple[Tree, Out]:
        """Fill a tree; loose: elements of several rules are joined wherever they do not contradict each other.

        Code lists are those in force on the day that the document itself will say, else on the day of writing.
        """
        tree, out = self._filled(record, on, loose=loose)
        said = self._day(tree) if out.dated else None
        return (tree, out) if said in {None, on} else self._filled(record, said or on, loose=loose)

    def _day(self, tree: Tree) -> date | None:
        """Return the day that a document speaks of, as reading would find it."""
        if self._dated is None:
            return None
        found = {text_at(one) for one in look(tree, hops(self._dated.steps, self._root, self._source.kind))} - {None}
        try:
            day: date | None = self._dated.chain.parse((found.pop() or "").strip()) if len(found) == 1 else None
        except BadValue:
            return None
        return day

    def _filled(self, record: Beneficiary, day: date, *, loose: bool) -> tuple[Tree, Out]:
        whole, gaps = with_shells(record)
        out = Out(gaps, day=day, loose=loose)
        out.same[id(record)] = id(whole)
        tree: Tree = {}
        self._fill(whole, tree, out)
        for inner, place, text in out.late:
            put_where_parents_are(inner, place, text)
        if self._fixed:
            fixed(tree, self._fixed)
        if self._required is not None:
            out.missing = self._required.complete(tree)
        return tree, out

    def body(self, record: Beneficiary, *, on: date) -> bytes:
        """Return the document of a record as it comes: neither checked nor read back.

        Raises:
            ValueError: a text holds characters that the document cannot.
        """
        return self._body(self.tree(record, on=on)[0], record)

    def _written(self, record: Beneficiary, on: date, *, loose: bool) -> tuple[Writing, Out]:
        tree, out = self.tree(record, on=on, loose=loose)
        try:
            body = self._body(tree, record)
            document = self._document(tree, body, record)
        except ValueError:
            return _refused(_error("M406", "a text holds characters that the document cannot hold")), out
        findings = [self._missing(path) for path in dict.fromkeys(out.missing)]
        findings += self._contract.faults(document.root) if self._contract else ()
        back = self._read(document, on=on)
        if back.record is None:
            findings += [_unreadable(one) for one in back.findings if one.severity is Severity.ERROR]
        if any(one.severity is Severity.ERROR for one in findings):
            return _refused(*findings), out
        findings += [_finding(one, out) for one in differences(record, back.record, "", record, "")]
        return Writing(body=body, document=document, findings=tuple(findings)), out

    def _body(self, tree: Tree, record: Beneficiary) -> bytes:
        if self._source.kind == "xml":
            return documents.encoded(self._xml.text(tree))
        return _encode({self._kind_of(record): tree} if self._source.dialect in _SEPARATE else tree)

    def _document(self, tree: Tree, body: bytes, record: Beneficiary) -> Document:
        source = self._source
        if source.kind == "xml":
            return Document(kind="xml", root=documents.parsed(body), name=source.root.rpartition("}")[2])
        return Document(kind="json", root=tree, name=self._kind_of(record), dialect=source.dialect)

    def _kind_of(self, record: Beneficiary) -> str:
        """Return the name of a JSON document: that of the mapping, or that of the document which was read."""
        exchange = record.exchange
        said = exchange.type if exchange and exchange.dialect == self._source.dialect else None
        return self._source.document or said or "DOCUMENT"

    def _shown(self, path: Path) -> str:
        prefixes = {uri: prefix for prefix, uri in self._source.ns.items()}
        return ("/" if self._source.kind == "xml" else ".").join(shown_name(name, prefixes) for name in path)

    def _missing(self, path: Path) -> Finding:
        shown = self._shown(path)
        text = f"the contract wants {shown}, and no rule or fixed text writes it; add it to fixed:"
        return Finding(code="M409", severity=Severity.ERROR, text=text, source=shown)


def _loses(one: Writing) -> bool:
    return any(finding.severity is Severity.WARNING for finding in one.findings)


def _refused(*findings: Finding) -> Writing:
    return Writing(body=None, document=None, findings=findings)


def _finding(one: Difference, out: Out) -> Finding:
    if one.added:
        text = "read back, the document says more here than the record"
        return Finding(code="M405", severity=Severity.WARNING, text=text, at=one.at)
    code, text, rule = out.why(one.owner, one.name) or ("M401", "no rule writes it", "")
    severity = Severity.INFO if code == "M408" else Severity.WARNING
    return Finding(code=code, severity=severity, text=f"not carried: {text}", at=one.at, rule=rule or None)


def _unreadable(finding: Finding) -> Finding:
    text = f"read back, the document would be refused ({finding.code}): {finding.text}"
    return msgspec.structs.replace(finding, code="M407", text=text)


def _error(code: str, text: str) -> Finding:
    return Finding(code=code, severity=Severity.ERROR, text=text)

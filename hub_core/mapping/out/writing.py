"""Writing one record with one mapping: fill, make the document, read it back, say what it does not carry."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final, Protocol

import msgspec

from hub_core.canonical import Beneficiary
from hub_core.document import Document
from hub_core.mapping.out import documents
from hub_core.mapping.out.compare import Difference, differences
from hub_core.mapping.out.completing import Fixed, complete, fixed, put_where_parents_are
from hub_core.mapping.out.gaps import with_shells
from hub_core.mapping.out.generator import Fill, OutGenerator
from hub_core.mapping.out.outrun import Out, Tree, settled
from hub_core.mapping.out.places import Where, hops
from hub_core.mapping.paths import Steps
from hub_core.mapping.plan import Scope
from hub_core.mapping.rules import Source
from hub_core.mapping.sourcepaths import Fixed as FixedPaths
from hub_core.message import Finding, Severity
from hub_core.reading import Reading

_SEPARATE: Final = {"NATIVE"}  # dialects whose documents stand below the name of their kind


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
    """Writes documents of one mapping; compiled on first use."""

    def __init__(
        self,
        source: Source,
        plan: Scope,
        *,
        fixed: FixedPaths,
        contract: Contract | None,
        read: Callable[..., Reading],
        name: str,
    ) -> None:
        self._source = source
        self._contract = contract
        self._plan = plan
        self._read = read
        self._name = name
        root = contract.root if contract else None
        self._root = root
        self._fixed: Fixed = tuple(
            (hops(steps, root, source.kind), text, None if counted is None else hops(counted, root, source.kind))
            for steps, text, counted in fixed
        )
        self._blanks: dict[int, tuple[str, ...]] = {}
        self._fill: Fill | None = None
        self.python = ""

    def compiled(self) -> Fill:
        """Return the function that fills a tree; its source then is ``python``."""
        if self._fill is None:
            generator = OutGenerator(self._source.kind, self._root)
            self.python = generator.source(self._plan)
            self._blanks = generator.values.blanks
            self._fill = generator.function(self.python, self._name)
        return self._fill

    def write(self, record: Beneficiary, *, on: date) -> Writing:
        """Write a record.

        Args:
            record: any canonical record.
            on: day of writing, for the checks of reading it back.
        """
        first = self._written(record, on, loose=False)
        if first.body is not None and not any(one.severity is Severity.WARNING for one in first.findings):
            return first
        # Two rules may have written into one element what both of them read from it: said once, it may carry more.
        second = self._written(record, on, loose=True)
        return min(first, second, key=lambda one: (one.body is None, len(one.findings)))

    def _written(self, record: Beneficiary, on: date, *, loose: bool) -> Writing:
        whole, gaps = with_shells(record)
        out = Out(gaps, loose=loose)
        tree = self._filled(whole, out)
        try:
            document, body = self._document(tree, record)
        except ValueError:
            fault = _error("M406", "a text holds characters that the document cannot hold")
            return Writing(body=None, document=None, findings=(fault,))
        findings = list(self._contract.faults(document.root)) if self._contract else []
        back = self._read(document, on=on)
        if back.record is None:
            findings += [_refused(one) for one in back.findings if one.severity is Severity.ERROR]
        if any(one.severity is Severity.ERROR for one in findings):
            return Writing(body=None, document=None, findings=tuple(findings))
        found = differences(record, back.record, "", record, "")
        out.same[id(record)] = id(whole)
        findings += [_finding(one, out) for one in found]
        return Writing(body=body, document=document, findings=tuple(findings))

    def _filled(self, record: Beneficiary, out: Out) -> Tree:
        tree: Tree = {}
        self.compiled()(record, tree, out)
        for inner, place, text in out.late:
            put_where_parents_are(inner, place, text)
        tree = settled(tree)
        fixed(tree, self._fixed)
        if self._root is not None and self._source.kind == "xml":
            complete(tree, self._root, self._blanks)
        return tree

    def _document(self, tree: dict[str, Any], record: Beneficiary) -> tuple[Document, bytes]:
        source = self._source
        if source.kind == "xml":
            root = documents.element(source.root, tree, self._contract.root if self._contract else None, source.ns)
            return Document(kind="xml", root=root, name=source.root.rpartition("}")[2]), documents.encoded(root)
        exchange = record.exchange
        said = exchange.type if exchange and exchange.dialect == source.dialect else None
        name = source.document or said or "DOCUMENT"
        body = msgspec.json.encode({name: tree} if source.dialect in _SEPARATE else tree)
        return Document(kind="json", root=tree, name=name, dialect=source.dialect), body


def _finding(one: Difference, out: Out) -> Finding:
    if one.added:
        text = "read back, the document says more here than the record"
        return Finding(code="M405", severity=Severity.WARNING, text=text, at=one.at)
    code, text, rule = out.why(one.owner, one.name) or ("M401", "no rule writes it", "")
    severity = Severity.INFO if code == "M408" else Severity.WARNING
    return Finding(code=code, severity=severity, text=f"not carried: {text}", at=one.at, rule=rule or None)


def _refused(finding: Finding) -> Finding:
    text = f"read back, the document would be refused ({finding.code}): {finding.text}"
    return msgspec.structs.replace(finding, code="M407", text=text)


def _error(code: str, text: str) -> Finding:
    return Finding(code=code, severity=Severity.ERROR, text=text)

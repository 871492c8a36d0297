"""A mapping that reads documents."""

from collections.abc import Callable, Sequence
from datetime import date
from itertools import starmap
from pathlib import Path
from typing import Any

import msgspec

from hub_core.canonical import Beneficiary, Unmapped
from hub_core.canonical.faults import check
from hub_core.document import Document
from hub_core.errors import ConfigError
from hub_core.mapping.binding.plan import AnswerPlan, RecordDate, Scope
from hub_core.mapping.cache import Cache, Packed, T, versions
from hub_core.mapping.language.rules import MappingFile, Test, Way
from hub_core.mapping.language.sourcepaths import Fixed
from hub_core.mapping.origins import normal_forms
from hub_core.mapping.reading.compiler import Compiled, Compiler, Read
from hub_core.mapping.reading.jsonrun import JsonRun
from hub_core.mapping.reading.resolver import Resolver, gaps
from hub_core.mapping.reading.run import Label, Run
from hub_core.mapping.reading.xmlrun import Place, XmlRun
from hub_core.mapping.writing import OutWriter, Writing
from hub_core.mapping.writing.program import Program
from hub_core.mapping.writing.writing import Contract, Kept
from hub_core.message import Finding, Leaf, Severity
from hub_core.places import SCHEMAS
from hub_core.reading import Provenance, Reading, Verdict, all_told

_ANSWERS = {
    "failed": (Verdict.FAILED, "M301", Severity.ERROR),
    "none": (Verdict.NONE, "M302", Severity.INFO),
    "later": (Verdict.LATER, "M303", Severity.ERROR),
}
# A lookup in an enumeration is slow, and these are needed for every document.
_ERROR, _RECORD, _REFUSED = Severity.ERROR, Verdict.RECORD, Verdict.REFUSED
_MAX_CODE = 40  # characters of a source's own code; longer ones are words, perhaps about a person


class CompiledMapping:
    """One mapping, compiled on first use. Reading is pure: the same document gives the same reading.

    Attributes:
        id: ``partner.document/major``.
        hash: over the mapping, the blocks and the code lists that it uses.
        file: where it was read from.
        key: what it reads: ``("xml", root)`` or ``("json", dialect, document or None)``.
        schemas: folder of the contracts that it was loaded with.
        cache: where what it is compiled to is kept.

    Args:
        content: digest of everything that it was made from, with positions; decides whether ``cache`` holds it.
    """

    def __init__(
        self,
        mapping: MappingFile,
        plan: Scope,
        answer: AnswerPlan | None,
        digest: str,
        *,
        fixed: Fixed = (),
        schemas: Path = SCHEMAS,
        dated: RecordDate | None = None,
        content: str = "",
        cache: Cache | None = None,
    ) -> None:
        source = mapping.source
        self.id = mapping.id
        self.hash = digest
        self.file = mapping.file
        self.source = source
        self.key = source.key
        self.way: Way = mapping.way
        self.schemas = schemas
        self.cache = cache
        self._tests: Packed[Sequence[Test]] = Packed(mapping.tests)
        self._plan = Packed(plan)
        self._fixed = fixed
        self._out: OutWriter | None = None
        self.answer = answer
        self._dated = dated
        self._prefixes = {namespace: prefix for prefix, namespace in source.ns.items()}
        self._names: dict[str, str] = {}
        self._content = content
        self._fast: Read | None = None
        self._slow: Read | None = None

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what belongs to this process."""
        return self.__dict__ | {"cache": None, "_fast": None, "_slow": None, "_out": None}

    @property
    def plan(self) -> Scope:
        """Its rules with all names looked up."""
        return self._plan.get()

    @property
    def tests(self) -> Sequence[Test]:
        """Those of its file."""
        return self._tests.get()

    @property
    def functions(self) -> dict[str, int]:
        """How many rules use each registered function (``as: fn.name``)."""
        return {name: count for (name, _), count in self.plan.functions().items()}

    @property
    def version(self) -> str:
        """``id@hash``, as it stands with every record and value."""
        return f"{self.id}@{self.hash}"

    def python(self, *, traced: bool = False, out: bool = False) -> str:
        """Return the generated source; traced: of the variant that tells where values came from; out: of writing."""
        return self.out.program.source if out else self._compiled(traced=traced)[0].source

    def places_of(self, document: Document) -> Callable[[Place], str]:
        """Return what gives the path of a place in an XML document, as readings show it."""
        return XmlRun(document, self._prefixes, self._names).path

    @property
    def quick(self) -> bool:
        """It was compiled at an earlier time and kept: preparing it takes some milliseconds."""
        return self.cache is not None and self.cache.holds((self.version, False, self._content))

    def prepare(self) -> bool:
        """Compile it now, not at the first document; tell whether that was done at an earlier time and kept."""
        compiled, kept = self._compiled(traced=False)
        self._fast = compiled.function()
        return kept

    def read(self, document: Document, *, on: date) -> Reading:
        """Read one document.

        Args:
            document: one that this mapping is for (``MappingSet.find``).
            on: the day of reading, for checks such as a date in the future.
        """
        return self._read(self._fast or self._prepared(), document, on)[0]

    def explain(self, document: Document, *, on: date) -> tuple[Reading, list[Provenance]]:
        """Read one document and tell where each value of the record came from."""
        if self._slow is None:
            self._slow = self._compiled(traced=True)[0].function()
        reading, run, record = self._read(self._slow, document, on)
        resolver = Resolver(record, run.offsets)
        values = [
            Provenance(
                at=resolver.path(note.to, note.label.at),
                source=note.source,
                line=note.line,
                raw=note.raw,
                codec=note.label.codec,
                codes=run.versions.get(note.label.codes or "", note.label.codes),
                rule=note.label.rule,
                mapping=self.version,
            )
            for note in run.notes
            if resolver.holds(note.to, note.label.at)
        ]
        return reading, values + normal_forms(record, values, self.version)

    def write(self, record: Beneficiary, *, on: date) -> Writing:
        """Write one record; what the document does not carry is in the findings. Raises as ``writer``."""
        return self.out.write(record, on=on)

    @property
    def contract(self) -> Contract | None:
        """What a document must be, where the source names a contract."""
        from hub_core.contract import contract_of  # which knows paths and sources

        return contract_of(self.source, self.schemas)

    @property
    def out(self) -> OutWriter:
        """The writer of this mapping; see ``writer``."""
        if self._out is None:
            self._out = self.writer(lambda made: self._kept(("out", versions(self.schemas)), made, Program))
        return self._out

    def writer(self, kept: Kept) -> OutWriter:
        """Return another writer of this mapping; see ``OutWriter``.

        Raises:
            ConfigError: M113, the mapping only reads.
        """
        if self.way == "in":
            mend = "write direction: both in its file, and a round_trip test"
            raise ConfigError("M113", f"{self.id} only reads", where=self.file, mend=mend)
        return OutWriter(
            self.source,
            self.plan,
            fixed=self._fixed,
            dated=self._dated,
            contract=self.contract,
            read=self.read,
            name=self.version,
            kept=kept,
        )

    def _prepared(self) -> Read:
        self.prepare()
        assert self._fast is not None  # noqa: S101 - that is what preparing does
        return self._fast

    def _compiled(self, *, traced: bool) -> tuple[Compiled, bool]:
        """Return the compiled variant, and whether it was kept from an earlier time."""

        def made() -> Compiled:
            return Compiler(self.source.kind, self.plan, self._prefixes, traced=traced).compiled(self.version)

        return self._kept(traced, made, Compiled)

    def _kept(self, what: object, made: Callable[[], T], kind: type[T]) -> tuple[T, bool]:
        """Return what is compiled of this mapping, and whether an earlier run left it."""
        return self.cache.get((self.version, what, self._content), made, kind) if self.cache else (made(), False)

    def _read(self, read: Read, document: Document, on: date) -> tuple[Reading, Run, dict[str, Any]]:
        xml = document.kind == "xml"
        run = XmlRun(document, self._prefixes, self._names) if xml else JsonRun(document)
        if self.answer is not None and (answered := self._answered(document, run)) is not None:
            return answered, run, {}
        run.day = on
        if self._dated is not None:
            self._date(self._dated, document, run, on)
        if xml or document.root.__class__ is dict:
            record = read(document.root, run)
        else:  # a list or a plain value: nothing in it has a name
            record = read({}, run)
            run.leave(None, ())
        findings: list[Finding] = []
        if run.found:
            resolver = Resolver(record)
            findings = [
                msgspec.structs.replace(finding, at=resolver.path(to, finding.at or "") or None)
                for finding, to in run.found
            ]
        made = None if run.refused else self._made(record, run, findings, on)
        unmapped = tuple(starmap(Leaf, run.left.items())) if made is None else made.unmapped
        told = all_told(findings, run.more, len(unmapped))
        verdict = _REFUSED if made is None else _RECORD
        return Reading(verdict=verdict, record=made, findings=told, unmapped=unmapped), run, record

    def _made(self, record: dict[str, Any], run: Run, findings: list[Finding], on: date) -> Beneficiary | None:
        """Return the finished record with its own findings added to the others; ``None`` if it cannot stand."""
        if run.gaps:
            record["gaps"] = gaps(record, run.gaps)
        if run.left:
            record["unmapped"] = list(starmap(Unmapped, run.left.items()))
        try:
            made = msgspec.convert(record, Beneficiary)
        except msgspec.ValidationError as error:
            findings.append(self._defect(error))
            return None
        findings += check(made, on=on)
        return None if _ERROR in [finding.severity for finding in findings] else made

    def _defect(self, error: msgspec.ValidationError) -> Finding:
        """Return the finding for a value that the model refuses: the mapping should have refused it."""
        text, _, path = str(error).partition(" - at `$")
        at = path.rstrip("`").removeprefix(".") or None
        return Finding(code="M206", severity=Severity.ERROR, text=text, at=at, rule=self.file)

    def _date(self, plan: RecordDate, document: Document, run: Run, on: date) -> None:
        """Let the document say which day its codes are of."""
        spot = document.root if document.kind == "xml" else None
        label = Label(
            at="", steps=plan.steps, path=plan.path, rule=plan.place, codec=plan.chain.text,
            severe=plan.faulty == "refuse",
        )  # fmt: skip
        run.dated(spot, label, run.texts_at(document.root, plan.steps), plan.chain.parse, on)

    def _answered(self, document: Document, run: Run) -> Reading | None:
        """Return what an answer document says about itself, where it holds no record."""
        plan = self.answer
        if plan is None:
            return None
        found = run.texts_at(document.root, plan.steps)
        spot = document.root if document.kind == "xml" else None
        if len(set(found)) > 1:
            run.drop(spot, plan.steps)  # all but one say nothing
        status = found[0] if found else None
        if status is None or status not in plan.meanings:
            return None
        word, reason = plan.meanings[status]
        verdict, code, severity = _ANSWERS[word]
        own = next(iter(run.texts_at(document.root, plan.code)), "") if plan.code else ""
        if own and len(own) <= _MAX_CODE and own.isascii() and " " not in own:
            reason = f"{reason} (its code: {own})"
        path, line = run.origin(spot, plan.steps)
        finding = Finding(code=code, severity=severity, text=reason, source=path, line=line, rule=plan.place)
        return Reading(verdict=verdict, record=None, findings=(finding,), unmapped=())

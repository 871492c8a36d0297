"""Reading documents without a hub: recognise by content, run the right mapping, keep nothing.

The same adapters and mappings as in the live flow, so that what ``punte read`` shows is what the hub would decide,
but for what only a registered endpoint knows: its contract and its access rights.
"""

import os
import stat
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from hub_core.canonical import Beneficiary, Unmapped
from hub_core.canonical.incoming import read_record
from hub_core.directory import DEFAULT_MAX_BODY_BYTES
from hub_core.document import Document
from hub_core.errors import PunteError, Rejected
from hub_core.mapping import MappingSet
from hub_core.mapping.compiled import CompiledMapping
from hub_core.mapping.missing import missing
from hub_core.mapping.rowfiles import description_of
from hub_core.message import Finding, Leaf, Severity
from hub_core.places import MAPPINGS
from hub_core.ports import Adapter
from hub_core.reading import Reading, Verdict
from hub_core.rows import read_file
from hub_core.rows.single import DIALECT as ROWS
from registry.offline.filecheck import Bar, FileCheck, check_file, mended
from registry.offline.flatfiles import FlatFiles, rows_of

CANONICAL: Final = "CANONICAL"
CANONICAL_FIELDS: Final = frozenset(Beneficiary.__struct_fields__)
JSON: Final = "JSON"  # dialect of JSON that the portal's adapter opens
NO_SED: Final = "V301"
BLANK: Final = b"\xef\xbb\xbf \t\r\n"
BYTE_ORDER_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


class FileReading(msgspec.Struct, frozen=True, kw_only=True):
    """What came out of one file.

    Attributes:
        file: its name as given, in printable UTF-8.
        mapping: ``id@hash``; ``None`` if no mapping read it.
        record: ``None`` unless the verdict is ``RECORD``.
    """

    file: str
    verdict: Verdict
    mapping: str | None
    record: Beneficiary | None
    findings: tuple[Finding, ...]
    unmapped: tuple[Leaf | Unmapped, ...]


class OfflineReader:
    """Reads files with the installed adapters and a set of mappings, by default the shipped ones."""

    def __init__(self, *, adapters: Mapping[str, Adapter], mappings: MappingSet) -> None:
        self._adapters = adapters
        self.mappings = mappings
        self._flat = FlatFiles(mappings.all)

    def read_file(self, path: Path, *, on: date) -> FileReading:
        """Read one file as seen on a day; whatever is wrong with it is a finding, nothing is raised."""
        name = _shown(path)
        try:
            body = body_of(path)
        except PunteError as fault:
            return _refused(name, fault)
        return self.read(body, name=name, on=on)

    def read(self, body: bytes, *, name: str, on: date) -> FileReading:
        """Read a document that is in memory; see ``read_file``."""
        try:
            return self._judged(self.open(body), name=name, on=on)
        except PunteError as fault:
            return _refused(name, fault)

    def read_rows(self, path: Path, *, on: date, mapping: CompiledMapping | None = None) -> Iterator[FileReading]:
        """Yield one reading for a file, or one for each row of a flat file, named ``file:line``.

        Args:
            path: of the file.
            on: day of reading.
            mapping: that reads it, whatever it looks like; ``None``: it is recognised by its content.
        """
        name = _shown(path)
        try:
            body = body_of(path)
            flat = mapping.source.dialect == ROWS if mapping else _may_be_flat(body) or self._flat.knows(body)
            if not flat:
                yield self._judged(self.open(body), name=name, on=on, mapping=mapping)
                return
            if mapping is None:
                file, kind = self._flat.opened(body)
            else:
                description = description_of(mapping)
                file, kind = read_file(body, description), description.name
        except PunteError as fault:
            yield _refused(name, fault)
            return
        for row, opened in rows_of(file, kind):
            shown = f"{name}:{row.line}"
            if isinstance(opened, Rejected):
                yield _refused(shown, opened)
            else:
                yield self._judged(opened, name=shown, on=on, mapping=mapping)

    def check_rows(self, path: Path, mapping: CompiledMapping | None, *, on: date, begin: Bar) -> FileCheck:
        """Return whether a file of rows would be taken; without a mapping it is recognised by its content."""
        try:
            body = body_of(path)
            return check_file(body, mapping or self._flat.mapping_of(body), on=on, begin=begin)
        except Rejected as fault:
            return FileCheck(result="refused", findings=mended(_findings(fault)))

    def documents(self, body: bytes, *, name: str) -> Iterator[tuple[str, Document]]:
        """Yield the document in a body with its name, or each row of a flat file that is right.

        Raises:
            Rejected: as ``open``.
        """
        if not (_may_be_flat(body) or self._flat.knows(body)):
            yield name, self.open(body)
            return
        for row, opened in rows_of(*self._flat.opened(body)):
            if isinstance(opened, Document):
                yield f"{name}:{row.line}", opened

    def _judged(
        self, document: Document, *, name: str, on: date, mapping: CompiledMapping | None = None
    ) -> FileReading:
        if document.dialect == CANONICAL:
            return _result(name, None, read_record(document.root, on=on))
        mapping = mapping or self.mappings.find(document, ())
        if mapping is None and document.dialect == JSON:
            return _refused(name, Rejected(NO_SED, "not a SED, and no mapping reads this JSON"))
        if mapping is None:
            return _refused(name, Rejected("V302", missing(self.mappings, document)))
        return _result(name, mapping.version, mapping.read(document, on=on))

    def open(self, body: bytes) -> Document:
        """Recognise by the first character; raises ``Rejected`` as the live flow would."""
        first = body[:1024].lstrip(BLANK)[:1]
        if not body.strip():
            raise Rejected("B109", "the file is empty")
        if first == b"<" or body.startswith(BYTE_ORDER_MARKS):
            return self._adapters["soap"].open(body)
        if first not in {b"{", b"["}:
            raise Rejected(NO_SED, "not a SED: neither JSON nor XML")
        try:
            return self._adapters["eessi"].open(body)
        except Rejected as fault:
            if fault.code != NO_SED:
                raise
            document = self._adapters["rest"].open(body)
            if _resembles_a_record(document.root):
                return msgspec.structs.replace(document, dialect=CANONICAL)
            return document


def _shown(path: Path) -> str:
    return str(path).encode("utf-8", "backslashreplace").decode()


def _may_be_flat(body: bytes) -> bool:
    """Tell whether a body is neither XML nor JSON: those are documents, unless a description says otherwise."""
    first = body[:1024].lstrip(BLANK)[:1]
    return bool(first) and first not in {b"<", b"{", b"["} and not body.startswith(BYTE_ORDER_MARKS)


def _resembles_a_record(value: object) -> bool:
    """Tell whether JSON is meant as a canonical record: it names nothing but fields of one."""
    return isinstance(value, dict) and bool(value) and value.keys() <= CANONICAL_FIELDS


def open_reader(root: Path = MAPPINGS, schemas: Path | None = None) -> OfflineReader:
    """Return a reader with all installed adapters and the mappings of a folder; see ``load_folder``.

    Raises:
        ConfigError: a mapping is wrong.
    """
    from adapters.kit.load import load_adapters
    from hub_core.mapping import user_cache
    from hub_core.mapping.selection import load_folder

    return OfflineReader(adapters=load_adapters(), mappings=load_folder(root, schemas=schemas, cache=user_cache()))


def body_of(path: Path) -> bytes:
    """Return the bytes of a file, within the limit that endpoints have by default.

    Raises:
        Rejected: W304 not readable, or no file (a pipe would wait forever); B413 too large.
    """
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise Rejected("W304", "not an ordinary file")
            body = stream.read(DEFAULT_MAX_BODY_BYTES + 1)
    except OSError as error:
        raise Rejected("W304", f"the file cannot be read: {error.strerror}") from error
    if len(body) > DEFAULT_MAX_BODY_BYTES:
        raise Rejected("B413", f"the file has more than {DEFAULT_MAX_BODY_BYTES:,} bytes")
    return body


def _result(name: str, mapping: str | None, reading: Reading) -> FileReading:
    return FileReading(
        file=name,
        verdict=reading.verdict,
        mapping=mapping,
        record=reading.record,
        findings=reading.findings,
        unmapped=reading.unmapped,
    )


def _refused(name: str, fault: PunteError) -> FileReading:
    return FileReading(
        file=name, verdict=Verdict.REFUSED, mapping=None, record=None, findings=_findings(fault), unmapped=()
    )


def _findings(fault: PunteError) -> tuple[Finding, ...]:
    own = Finding(code=fault.code, severity=Severity.ERROR, text=fault.text, source=fault.where or None)
    return fault.findings or (own,)

"""Many records as one flat file: each becomes a row, and the file gets its header, its trailer, its counts and sums."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from hub_core.canonical import Beneficiary
from hub_core.errors import ConfigError, Rejected
from hub_core.mapping.compiled import CompiledMapping
from hub_core.mapping.writing import Writing
from hub_core.message import Finding
from hub_core.rows import Description, load_description, whole_file
from hub_core.rows.single import DIALECT

ANOTHER = "a document holds one record; only a flat file holds many"


def write_rows(
    mapping: CompiledMapping,
    records: Iterable[Beneficiary],
    *,
    on: date,
    header: Mapping[str, str] | None = None,
    trailer: Mapping[str, str] | None = None,
) -> Writing:
    """Write records into one file; ``line`` of a finding is that of its row.

    Args:
        mapping: of a flat file, that also writes.
        records: in the order of the rows.
        on: day of writing.
        header: values that no record says.
        trailer: the same for the trailer.

    Raises:
        ConfigError: M113, the mapping only reads, or it is not one of a flat file.
    """
    if mapping.source.dialect != DIALECT:
        mend = "write them one by one, or name a mapping with source: {rows: ...}"
        raise ConfigError("M113", ANOTHER, where=mapping.file, mend=mend)
    description = description_of(mapping)
    first = 1 + (description.header is not None) + description.titles
    documents: list[Mapping[str, Any]] = []
    findings: list[Finding] = []
    whole = True
    for line, record in enumerate(records, first):
        writing = mapping.write(record, on=on)
        findings += [_told(one, line) for one in writing.findings]
        whole = whole and writing.document is not None
        if writing.document is not None:
            documents.append(writing.document.root)
    if not whole:
        return Writing(body=None, document=None, findings=tuple(findings))
    try:
        body = whole_file(documents, description, header=dict(header or {}), trailer=dict(trailer or {}))
    except Rejected as fault:
        return Writing(body=None, document=None, findings=(*_all(fault), *findings))
    return Writing(body=body, document=None, findings=tuple(findings))


def _told(finding: Finding, line: int) -> Finding:
    return msgspec.structs.replace(finding, line=line)


def _all(fault: Rejected) -> Sequence[Finding]:
    return tuple(fault.findings)


def description_of(mapping: CompiledMapping) -> Description:
    """Return what the files look like whose rows a mapping reads; raises ``ConfigError`` (F101)."""
    file = mapping.source.schema or ""
    return load_description(mapping.schemas / file, file=file)

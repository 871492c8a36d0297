"""Reading, writing and reading again: what a mapping of both directions promises, for tests of mapping files."""

from datetime import date
from typing import Any

import msgspec
from lxml import etree

from hub_core.document import Document
from hub_core.mapping.compiled import CompiledMapping
from hub_core.reading import Reading


def round_trip(
    mapping: CompiledMapping, document: Document, reading: Reading, *, on: date, exact: bool = False
) -> list[str]:
    """Return what is lost or changed when a record that was read is written and read again.

    Args:
        mapping: of both directions.
        document: what was read.
        reading: what came out of it.
        on: day of reading and writing.
        exact: the written document must be the one that was read, apart from blanks between elements.

    Raises:
        ConfigError: M113, the mapping only reads.
    """
    if reading.record is None:
        return ["round trip: there is no record to write"]
    writing = mapping.write(reading.record, on=on)
    lost = [
        f"round trip: {one.at or one.source or '-'}: {one.code} {one.text}"
        for one in writing.findings
        if one.code != "M408"
    ]
    if writing.document is None or lost:
        return lost
    if said(mapping.read(writing.document, on=on)) != said(reading):
        return ["round trip: the record that is read back is another one"]
    if exact and plain(writing.document) != plain(document):
        return ["round trip: the written document is not the one that was read"]
    return []


def said(reading: Reading) -> Any:
    """Return the record of a reading without what is not written: what no rule named, and how it came."""
    return msgspec.structs.replace(reading.record, unmapped=(), exchange=None) if reading.record else None


def plain(document: Document) -> Any:
    """Return what a document says: JSON as it is, XML in canonical form without blanks between elements."""
    if document.kind == "json":
        return document.root
    root = etree.fromstring(etree.tostring(document.root), etree.XMLParser(remove_blank_text=True))
    return etree.canonicalize(etree.tostring(root, encoding="unicode"), strip_text=True)

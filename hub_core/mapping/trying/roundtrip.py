"""Reading, writing and reading again: what a mapping of both directions promises, for tests of mapping files."""

import re
from datetime import date
from itertools import zip_longest
from typing import Any, Final

import msgspec
from lxml import etree

from hub_core.canonical.values import Code, Gap
from hub_core.document import Document
from hub_core.mapping.compiled import CompiledMapping
from hub_core.mapping.writing.compare import differences
from hub_core.reading import Reading

_PLACE: Final = re.compile(r"\[[0-9]+\]")  # numbers of elements


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
    back = said(mapping.read(writing.document, on=on))
    if not same(said(reading), back):
        at = next((one.at for one in differences(said(reading), back, "", None, "")), "the words of a code")
        return [f"round trip: {at}: the record that is read back is another one"]
    if exact and plain(writing.document) != plain(document):
        place = apart(document.root, writing.document.root, document.name)
        return [f"round trip: {place}: the written document is not the one that was read"]
    return []


def said(reading: Reading) -> Any:
    """Return the record of a reading without what is not written: what no rule named, and how it came."""
    return msgspec.structs.replace(reading.record, unmapped=(), exchange=None) if reading.record else None


def apart(one: Any, other: Any, at: str) -> str | None:
    """Return the first place at which two documents are not the same; ``None`` if they are."""
    if isinstance(one, dict) and isinstance(other, dict):
        places = (apart(one.get(key), other.get(key), f"{at}/{key}") for key in one | other)
    elif isinstance(one, list) and isinstance(other, list):
        places = (apart(*pair, f"{at}[{index}]") for index, pair in enumerate(zip_longest(one, other)))
    elif etree.iselement(one) and etree.iselement(other):
        if (one.tag, one.attrib, (one.text or "").strip()) != (other.tag, other.attrib, (other.text or "").strip()):
            return at
        pairs = zip_longest(one.iterchildren(etree.Element), other.iterchildren(etree.Element))
        places = (apart(*pair, f"{at}/{etree.QName((pair[0], pair[1])[pair[0] is None]).localname}") for pair in pairs)
    else:
        return None if one == other else at
    return next(filter(None, places), None)


def same(one: Any, other: Any) -> bool:
    """Tell whether a record says what another one says, in the same words.

    Elements of a list may stand in another order, as rules add them; a code that a rule gave by itself, without words,
    has words once it is written.
    """
    if one == other or one.__class__ is not other.__class__:
        return bool(one == other)
    if isinstance(one, Code):
        return one.text is None and (one.list, one.code) == (other.list, other.code)
    if isinstance(one, tuple):
        rest = list(other)
        for element in one:
            found = next((number for number, twin in enumerate(rest) if same(element, twin)), None)
            if found is None:
                return False
            rest.pop(found)
        return not rest
    if isinstance(one, Gap):
        return (_PLACE.sub("", one.at), one.why, one.text) == (_PLACE.sub("", other.at), other.why, other.text)
    fields = one.__struct_fields__ if isinstance(one, msgspec.Struct) else ()
    return bool(fields) and all(same(getattr(one, name), getattr(other, name)) for name in fields)


def plain(document: Document) -> Any:
    """Return what a document says: JSON as it is, XML in canonical form without blanks between elements."""
    if document.kind == "json":
        return document.root
    root = etree.fromstring(etree.tostring(document.root), etree.XMLParser(remove_blank_text=True))
    return etree.canonicalize(etree.tostring(root, encoding="unicode"), strip_text=True)

"""Mappings against the same work by hand, both directions, and against what else turns one document into another.

Each pair gives the same: tests hold the results equal. What is only beside them gives the record's values alone, no
findings and no unmapped leaves.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final

import msgspec
from lxml import etree

from hub_core.canonical import Beneficiary
from hub_core.document import Document
from hub_core.mapping import CompiledMapping, load_files
from hub_core.places import SCHEMAS
from hub_core.validation import load_json_schema, load_xsd, parse_json, parse_xml
from tests.bench.documents import documents
from tests.bench.kept import kept_files
from tests.bench.micro import ON, Job
from tests.bench.report import Goal
from tests.bench.seds import seds
from tests.bench.yardsticks import cnas_reading, cnas_writing, others, u002_reading, u002_writing

CNAS: Final = "cnas.insured-person/1"
U002: Final = "eessi.neessi.u002/1"
_COUNT: Final = 8


@cache
def mappings() -> dict[str, CompiledMapping]:
    """Return the two mappings of the benchmark, compiled."""
    found = {mapping.id: mapping for mapping in load_files(kept_files()).all if mapping.id in {CNAS, U002}}
    for mapping in found.values():
        mapping.prepare()
    return found


def xml(root: Any) -> Document:
    """Return a parsed answer of CNAS as adapters give it."""
    return Document(kind="xml", root=root, name="insuredResponse")


def sed(root: Any) -> Document:
    """Return a parsed U002 as adapters give it."""
    return Document(kind="json", root=root, name="U002", dialect="NEESSI")


def _xml_sources() -> list[bytes]:
    return [document.encode() for document in documents(_COUNT)]


def _json_sources() -> list[bytes]:
    return [msgspec.json.encode(document) for document in seds(_COUNT)]


def _fresh(sources: Sequence[bytes], parse: Callable[[bytes], Any]) -> Callable[[], list[Any]]:
    """Return what parses anew: libxml2 keeps what was touched of a tree."""
    return lambda: [parse(source) for source in sources]


def parsed_xml(source: bytes) -> Any:
    """Parse as the hub does."""
    return parse_xml(source)


def parsed_json(source: bytes) -> Any:
    """Parse as the hub does."""
    return parse_json(source)


def reading() -> dict[str, Job]:
    """Return both mappings and the same by hand, beside what else could do a part of it."""
    cnas, u002 = mappings()[CNAS], mappings()[U002]
    roots = _fresh(_xml_sources(), parsed_xml)
    values = _fresh(_json_sources(), parsed_json)
    return {
        "read XML: mapping": Job(roots, lambda root: cnas.read(xml(root), on=ON)),
        "read XML: by hand": Job(roots, lambda root: cnas_reading.read(root, on=ON)),
        "read XML: XSLT, values only": Job(roots, others.by_xslt),
        "read JSON: mapping": Job(values, lambda value: u002.read(sed(value), on=ON)),
        "read JSON: by hand": Job(values, lambda value: u002_reading.read(value, on=ON)),
        "read JSON: glom, values only": Job(values, others.by_glom),
        "read JSON: jmespath, values only": Job(values, others.by_jmespath),
        "read JSON: jsonata, values only": Job(values, others.by_jsonata),
    }


def document_of(mapping: CompiledMapping, record: Beneficiary) -> bytes:
    """Fill and make the document, without reading it back."""
    return mapping.out.body(record, on=ON)


def records(mapping: str, count: int = _COUNT) -> list[Beneficiary]:
    """Return what documents of the benchmark say."""
    if mapping == U002:
        read = [mappings()[U002].read(sed(one), on=ON) for one in seds(count)]
    else:
        read = [mappings()[CNAS].read(xml(etree.fromstring(one.encode())), on=ON) for one in documents(count)]
    return [one.record for one in read if one.record is not None]


def writing() -> dict[str, Job]:
    """Return both mappings and the same by hand; the whole write of a mapping also reads back what it wrote."""
    cnas, u002 = mappings()[CNAS], mappings()[U002]
    answers, claims = records(CNAS), records(U002)
    return {
        "write XML: mapping": Job(lambda: answers, lambda record: document_of(cnas, record)),
        "write XML: by hand": Job(lambda: answers, cnas_writing.write),
        "write XML: and read back, told": Job(lambda: answers, lambda record: cnas.write(record, on=ON)),
        "write JSON: mapping": Job(lambda: claims, lambda record: document_of(u002, record)),
        "write JSON: by hand": Job(lambda: claims, u002_writing.write),
        "write JSON: and read back, told": Job(lambda: claims, lambda record: u002.write(record, on=ON)),
    }


def validating() -> dict[str, Job]:
    """Return the validators, and the parsing and mapping beside which they run."""
    cnas, u002 = mappings()[CNAS], mappings()[U002]
    xsd = load_xsd(SCHEMAS / "partners" / "cnas" / "GetInsuredResponse.xsd")
    schema = load_json_schema(SCHEMAS / "eessi" / "neessi-u002.schema.json")
    return {
        "XSD": Job(_fresh(_xml_sources(), parsed_xml), xsd.faults),
        "parse and map XML": Job(_xml_sources, lambda source: cnas.read(xml(parsed_xml(source)), on=ON)),
        "JSON Schema": Job(_fresh(_json_sources(), parsed_json), schema.faults),
        "parse and map JSON": Job(_json_sources, lambda source: u002.read(sed(parsed_json(source)), on=ON)),
    }


def jobs() -> dict[str, Job]:
    """Return all that is measured here."""
    return reading() | writing() | validating()


def goals(micro: Mapping[str, float]) -> list[Goal]:
    """Return the ratios of what ``jobs`` measured."""

    def goal(name: str, one: str, other: str, at_most: float | None = None) -> Goal:
        return Goal(name=name, value=micro[one] / micro[other], at_most=at_most)

    return [
        goal("reading XML: mapping through hand", "read XML: mapping", "read XML: by hand", 1.10),
        goal("reading JSON: mapping through hand", "read JSON: mapping", "read JSON: by hand", 1.10),
        goal("writing XML: mapping through hand", "write XML: mapping", "write XML: by hand", 1.25),
        goal("writing JSON: mapping through hand", "write JSON: mapping", "write JSON: by hand", 1.25),
        goal("XSD through parse and map", "XSD", "parse and map XML", 0.6),
        goal("JSON Schema through parse and map", "JSON Schema", "parse and map JSON", 0.6),
        goal("XML, and read back, through hand", "write XML: and read back, told", "write XML: by hand"),
        goal("JSON, and read back, through hand", "write JSON: and read back, told", "write JSON: by hand"),
    ]

"""Documents as the files of tests: XML and JSON as they are, a row as a file that holds nothing but it."""

import msgspec
from lxml import etree

from hub_core.document import Document
from hub_core.mapping.compiled import CompiledMapping
from hub_core.mapping.rowfiles import description_of
from hub_core.rows import row_in, whole_file
from hub_core.rows.single import DIALECT as ROWS


class Fixture(msgspec.Struct, frozen=True, kw_only=True):
    """The file of a test.

    Attributes:
        suffix: of its name, such as ``xml``, ``json``, ``csv``.
        encoding: of its text.
    """

    body: bytes
    suffix: str
    encoding: str = "utf-8"


def fixture_of(mapping: CompiledMapping, document: Document) -> Fixture:
    """Return the file of a document that a mapping reads.

    Raises:
        Rejected: F1xx, it is a row that no file can hold.
    """
    if document.dialect == ROWS:
        described = description_of(mapping)
        suffix = described.suffix
        return Fixture(body=whole_file([document.root], described), suffix=suffix, encoding=described.encoding)
    if document.kind == "xml":
        body = bytes(etree.tostring(document.root, xml_declaration=True, encoding="UTF-8")) + b"\n"
        return Fixture(body=body, suffix="xml")
    root = {document.name: document.root} if document.dialect == "NATIVE" else document.root
    return Fixture(body=msgspec.json.format(msgspec.json.encode(root), indent=2) + b"\n", suffix="json")


def again(mapping: CompiledMapping, document: Document) -> Document:
    """Return a row as the file of its fixture holds it, with the counts and sums of that file; others as they are.

    Raises:
        Rejected: F1xx, no file can hold it.
    """
    if document.dialect != ROWS:
        return document
    return row_in(fixture_of(mapping, document).body, description_of(mapping))


def document_in(root: etree._Element, wanted: str) -> etree._Element:
    """Return the document of a mapping: the root of a fixture, or what stands alone in the body of a SOAP envelope.

    Args:
        root: of the fixture.
        wanted: full name of the root that the mapping reads.

    Raises:
        ValueError: it holds another document; with what to write instead.
    """
    wanted = wanted.removeprefix("{}")
    if root.tag == wanted:
        return root
    name = etree.QName(root).localname
    inside = root.findall(f"{{*}}Body/{wanted}") if name == "Envelope" else []
    if len(inside) == 1:
        return etree.fromstring(etree.tostring(inside[0], with_tail=False))  # paths start at a root of its own
    text = f"it holds {name}, and the mapping reads {etree.QName(wanted).localname}"
    raise ValueError(f"{text}; put that document alone into the file")

"""XML, hardened: no document type, no entities, no network, bounded parts; text in, element tree out.

The bytes are searched for ``<!DOCTYPE`` and counted before a tree is built. Where they could hold what is refused,
expat walks through them first, stops at the document type before any entity is expanded, and counts exactly.
"""

import re
import threading
from typing import Any, Final, NoReturn
from xml.parsers import expat

from lxml import etree

from hub_core.errors import Rejected
from hub_core.validation.encoding import to_utf8
from hub_core.validation.limits import DEFAULT, Limits, place, rejected

_LIBXML2_DEPTH: Final = 256
_TOO_LARGE: Final = frozenset({110, 114})  # libxml2: XML_ERR_NAME_TOO_LONG, XML_ERR_RESOURCE_LIMIT
#: For every parser of documents from outside.
HARDENED: Final[dict[str, Any]] = {
    "encoding": "utf-8",
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
    "collect_ids": False,  # nobody asks for an element by its xml:id
}
_DECLARATION: Final = re.compile(r"\s*<\?xml\s[^>]*\?>")


class _Kept(threading.local):
    """The parser of a thread: making one takes as long as parsing a kilobyte."""

    parser: etree.XMLParser | None = None


_KEPT: Final = _Kept()


def parse_xml(body: bytes, *, limits: Limits = DEFAULT) -> etree._Element:
    """Return the root element; comments and processing instructions are left out.

    Raises:
        Rejected: B101 malformed, B102 DOCTYPE, B106 encoding, B107 too deep or too many parts, B109 empty;
            ``where`` is ``line:column``.
    """
    if not body.strip():
        raise Rejected("B109", "the body is empty")
    return _parse(to_utf8(body), limits)


def parse_xml_text(text: str, *, limits: Limits = DEFAULT) -> etree._Element:
    """Return the root element of a document that came as text inside another.

    Its own declaration is dropped: the text is decoded already, whatever encoding it still names.

    Raises:
        Rejected: as ``parse_xml``.
    """
    plain = text.removeprefix("\ufeff")
    if declaration := _DECLARATION.match(plain):
        plain = "\n" * declaration[0].count("\n") + plain[declaration.end() :]
    # Leading lines are kept: they count when a fault is placed.
    if not plain.strip():
        raise Rejected("B109", "the document inside is empty")
    return _parse(plain.encode("utf-8", "surrogatepass"), limits)


def _parse(plain: bytes, limits: Limits) -> etree._Element:
    if _suspicious(plain, limits):
        _Walk(plain, limits).through()
    parser, _KEPT.parser = _KEPT.parser or _parser(), None
    try:
        root = etree.fromstring(plain, parser)
    except etree.XMLSyntaxError as error:
        raise _malformed(plain, error) from None
    _KEPT.parser = parser  # after a fault another one: lxml keeps the faults of earlier documents in it
    return root


def _parser() -> etree.XMLParser:
    return etree.XMLParser(**HARDENED)


def _suspicious(plain: bytes, limits: Limits) -> bool:
    """Tell whether the bytes could hold a document type or more parts than allowed; never wrong when False."""
    if b"<!DOCTYPE" in plain or limits.depth < _LIBXML2_DEPTH:
        return True
    # A part takes at least one character of its own, a declaration at least eight.
    size = len(plain)
    return (
        (size > limits.parts and plain.count(b"<") > limits.parts)
        or (size > limits.attributes and plain.count(b"=") > limits.attributes)
        or (size > 8 * limits.namespaces and plain.count(b"xmlns") > limits.namespaces)
    )


def _malformed(plain: bytes, error: etree.XMLSyntaxError) -> Rejected:
    line, column = error.position
    if getattr(error, "code", 0) in _TOO_LARGE:
        return rejected("B107", "too deep, or a name or text too long", line=line, column=column)
    # expat says what is wrong without repeating names of the document, and counts characters, not bytes.
    parser = expat.ParserCreate("utf-8", " ")
    try:
        parser.Parse(plain, True)
    except expat.ExpatError as fault:
        text = expat.ErrorString(fault.code) or "not well-formed"
        return rejected("B101", text, line=fault.lineno, column=fault.offset + 1)
    return rejected("B101", "not well-formed", line=line, column=column)


class _Walk:
    """One pass of expat that builds nothing: it stops at a document type and counts."""

    def __init__(self, plain: bytes, limits: Limits) -> None:
        self._plain = plain
        self._limits = limits
        self._depth = self._parts = self._attributes = self._namespaces = 0
        self._parser = parser = expat.ParserCreate("utf-8")
        parser.ordered_attributes = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end

    def through(self) -> None:
        """Walk; malformed XML is left to lxml, so that every fault is told by one place.

        Raises:
            Rejected: B102, B107.
        """
        try:
            self._parser.Parse(self._plain, True)
        except expat.ExpatError:
            return

    def _doctype(self, *_: object) -> NoReturn:
        # expat reports it where its name ends.
        before = self._plain[: self._parser.CurrentByteIndex]
        line, column = place(before.decode(), before.decode().rindex("<!DOCTYPE"))
        raise rejected("B102", "a document type declaration is not allowed", line=line, column=column)

    def _start(self, _name: str, attributes: list[str]) -> None:
        limits = self._limits
        self._depth += 1
        self._parts += 1
        self._attributes += len(attributes) // 2
        self._namespaces += sum(1 for name in attributes[::2] if name.startswith("xmlns"))
        if (
            self._depth > limits.depth
            or self._parts > limits.parts
            or self._attributes > limits.attributes
            or self._namespaces > limits.namespaces
        ):
            raise rejected(
                "B107",
                "too deep, or too many elements, attributes or namespaces",
                line=self._parser.CurrentLineNumber,
                column=self._parser.CurrentColumnNumber + 1,
            )

    def _end(self, _name: str) -> None:
        self._depth -= 1

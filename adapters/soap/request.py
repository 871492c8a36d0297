"""Requests: compiled from an operation of a contract and the templates of an endpoint, then only filled in.

A template is text with ``{cnp}``, ``{date:%d.%m.%Y}`` and the like. What is filled in is escaped; so is the whole,
once more, where a template begins with ``<``: it is then a document that travels as text. The template ``.`` is the
whole document, as XML: for requests that need attributes (xsi:type) or one element several times, and for documents
that a mapping writes. Where the Body has another form (the SOAP encoding, several documents), it is brought into that.
"""

import re
import string
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from adapters.soap.names import MEDIA_TYPES, SOAP_11, SOAP_12, SOAP_ENCODING, XSI
from adapters.soap.wsdl import Field, Operation
from hub_core.directory import Direction, Endpoint
from hub_core.errors import ConfigError, Rejected
from hub_core.validation import parse_xml

Values = Mapping[str, str | int | date]

QUESTION: Final = ("cnp", "date", "year", "month", "request", "purpose")
SENT: Final = ("key", "message", "correlation", "party", "service", "record")
WRITTEN: Final = (*SENT, "document")

WHOLE: Final = "."  # path of the whole document
MOST_PATHS: Final = 30  # that a fault names
_DOCUMENT: Final = "document"  # stands for what a mapping writes while a template is tried
_NOT_XML: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2


def known_to(endpoint: Endpoint) -> tuple[str, ...]:
    """Return the names that the templates of an endpoint may fill in."""
    if endpoint.direction is Direction.ASK:
        return QUESTION
    return SENT if endpoint.writes is None else WRITTEN


class Request:
    """A request that only lacks its values and header blocks.

    Attributes:
        operation: that is asked.
    """

    def __init__(self, operation: Operation, content: "Content", *, literal: bool = False) -> None:
        """Prepare.

        Args:
            operation: that is called.
            content: the document.
            literal: it is not yet what stands in the Body, but as a mapping writes it.
        """
        self.operation = operation
        self._content = content
        self._literal = literal

    def __repr__(self) -> str:
        return f"Request({self.operation.name})"

    @property
    def headers(self) -> dict[str, str]:
        """The HTTP headers that go with it."""
        media_type = f"{MEDIA_TYPES[self.operation.soap_version]}; charset=utf-8"
        if self.operation.soap_version == "1.2":
            return {"content-type": f'{media_type}; action="{self.operation.action}"'}
        return {"content-type": media_type, "soapaction": f'"{self.operation.action}"'}

    @property
    def action(self) -> str:
        """What WS-Addressing calls the operation: that of the contract; ``urn:`` and its name where it has none."""
        return self.operation.action or f"urn:{self.operation.name}"

    def fill(self, values: Values, *, header: str = "") -> bytes:
        """Return the envelope.

        Args:
            values: for the templates.
            header: header blocks, as XML.

        Raises:
            Rejected: W400, a value holds a character that XML cannot; V102, V105, this is no document of the operation.
        """
        body = self._content.fill(values)
        if self._literal:
            return self.operation.envelope(parse_xml(body.encode()), header)
        soap = SOAP_12 if self.operation.soap_version == "1.2" else SOAP_11
        return (
            '<?xml version="1.0" encoding="UTF-8"?>'
            f'<soap:Envelope xmlns:soap="{soap}">{f"<soap:Header>{header}</soap:Header>" if header else ""}'
            f"<soap:Body>{body}</soap:Body></soap:Envelope>"
        ).encode()


class Content:
    """A document that only lacks its values."""

    def __init__(self, parts: Sequence["str | Template"]) -> None:
        self._parts = tuple(parts)

    def fill(self, values: Values) -> str:
        """Return the document.

        Raises:
            Rejected: W400, a value holds a character that XML cannot.
        """
        return "".join(part if isinstance(part, str) else part.fill(values) for part in self._parts)


class Template:
    """One template of an endpoint.

    Raises:
        ConfigError: R104, it names something that is not there to fill in.
    """

    def __init__(self, text: str, known: Sequence[str], *, where: str) -> None:
        self._text = text
        self._document = text.lstrip().startswith("<")
        try:
            names = [name for _, name, _, conversion in string.Formatter().parse(text) if name is not None]
        except ValueError as error:
            raise ConfigError(
                "R104", "a brace stands alone", where=where, mend="write a brace that is meant as text twice"
            ) from error
        for name in names:
            # Exactly the names: `{cnp.__class__}` would reach into the program.
            if name not in known:
                mend = f"use {', '.join(f'{{{one}}}' for one in known)}"
                raise ConfigError("R104", f"nothing is called {{{name}}}", where=where, mend=mend)

    def fill(self, values: Values) -> str:
        """Return the text for its place in the envelope, escaped."""
        inner = values
        if self._document:
            inner = {name: escape(value) if isinstance(value, str) else value for name, value in values.items()}
        text = self._text.format_map(inner)
        if _NOT_XML.search(text):
            raise Rejected("W400", "a value holds a character that XML cannot hold")
        return escape(text)


class Body(Template):
    """The template of a whole document; only a document that a mapping wrote is filled in as XML."""

    def fill(self, values: Values) -> str:
        """Return what stands in the Body."""
        inner = {
            name: _undeclared(str(value)) if name == "document" else escape(value) if isinstance(value, str) else value
            for name, value in values.items()
        }
        text = self._text.format_map(inner)
        if _NOT_XML.search(text):
            raise Rejected("W400", "a value holds a character that XML cannot hold")
        return text


def _undeclared(document: str) -> str:
    return document[document.index("?>") + 2 :] if document.startswith("<?xml") else document


def compile_request(operation: Operation, templates: Mapping[str, str], known: Sequence[str]) -> Request:
    """Return the request of an operation.

    Args:
        operation: of the contract.
        templates: by name of the part or element; a path (``Cerere/CNP``) for elements inside others.
        known: names that templates may fill in.

    Raises:
        ConfigError: R104, a template for something the operation does not ask; R103, something required has none.
    """
    if WHOLE in templates:
        return _whole(operation, templates, known)
    encoded = operation.use == "encoded"
    content = compile_content(operation.asked, templates, known, where="ask", encoded=encoded)
    return Request(operation, content, literal=operation.several)


def compile_content(
    field: Field, templates: Mapping[str, str], known: Sequence[str], *, where: str, encoded: bool = False
) -> Content:
    """Return a document of a contract.

    Args:
        field: its root.
        templates: by name of the part or element; a path (``Cerere/CNP``) for elements inside others.
        known: names that templates may fill in.
        where: the templates stand in the registry.
        encoded: each value names its type.

    Raises:
        ConfigError: R104, a template for something that is not in it; R103, something required has none.
    """
    writer = _Writer(templates, known, where=where, encoded=encoded)
    writer.element(field, path="")
    writer.parts[0] = f"{str(writer.parts[0])[:-1]}{_declarations(writer.prefixes, encoded=encoded)}>"
    unknown = sorted(set(templates) - writer.used)
    if unknown:
        raise ConfigError(
            "R104",
            f"there is no {unknown[0]} in {field.local}",
            where=f"{where}.{unknown[0]}",
            mend=f"write one of: {', '.join(islice(_paths(field), MOST_PATHS)) or 'nothing'}",
        )
    return Content(writer.parts)


def _whole(operation: Operation, templates: Mapping[str, str], known: Sequence[str]) -> Request:
    """Return a request of one template, tried once with made values."""
    where = f"ask.{WHOLE}"
    if len(templates) > 1:
        raise ConfigError("R104", "the whole document and parts of it", where=where, mend="keep one of them")
    body = Body(templates[WHOLE], known, where=where)
    tried: Values = dict.fromkeys(known, "1") | {"date": date.min, "document": f"<{_DOCUMENT}/>"}
    message = operation.described.input
    several = [part.element or part.name for part in message.parts]
    try:
        found = [child.tag for child in etree.fromstring(f"<Body>{body.fill(tried)}</Body>")]
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ConfigError("R104", "this is no XML once it is filled in", where=where, mend="mend it") from error
    if found not in ([message.wire], [message.element], [_DOCUMENT]) and not (operation.several and found == several):
        text, mend = f"the operation {operation.name} takes another document", message.wire or message.element
        raise ConfigError("R104", text, where=where, mend=mend)
    literal = operation.use == "encoded" or (operation.several and found != several)
    return Request(operation, Content([body]), literal=literal)


class _Writer:
    """Writes the elements of a document in the order of the contract."""

    def __init__(self, templates: Mapping[str, str], known: Sequence[str], *, where: str, encoded: bool) -> None:
        self.prefixes: dict[str, str] = {}
        self._templates = templates
        self._known = known
        self._where = where
        self._encoded = encoded
        self.parts: list[str | Template] = []
        self.used: set[str] = set()

    def element(self, field: Field, *, path: str) -> None:
        name = self._prefixed(field.name)
        kind = self._kind(field, path) if self._encoded and path else ""
        self.parts.append(f"<{name}{kind}>")
        template = self._templates.get(path)
        if template is not None:
            self.used.add(path)
            self.parts.append(Template(template, self._known, where=f"{self._where}.{path}"))
        else:
            self._inside(field, path)
        self.parts.append(f"</{name}>")

    def _kind(self, field: Field, path: str) -> str:
        """Return the attributes that name the type of an encoded value; an array holds one item, or none."""
        if not field.array:
            return f" xsi:type={quoteattr(self._prefixed(field.type))}" if field.type else ""
        held = field.array.rstrip("[]")
        size = int(any(asked.startswith(f"{path}/") for asked in self._templates))
        stated = f"{self._prefixed(held)}{field.array[len(held) :]}[{size}]"
        array, attribute = (self._prefixed(f"{{{SOAP_ENCODING}}}{name}") for name in ("Array", "arrayType"))
        return f" xsi:type={quoteattr(array)} {attribute}={quoteattr(stated)}"

    def _inside(self, field: Field, path: str) -> None:
        for part in field.fields:
            inner = f"{path}/{part.local}" if path else part.local
            if any(asked == inner or asked.startswith(f"{inner}/") for asked in self._templates):
                self.element(part, path=inner)
            elif part.required and not part.fields:
                mend = f"add {inner}: with a template"
                raise ConfigError("R103", f"the contract needs {inner}", where=self._where, mend=mend)
            elif part.required:
                self.element(part, path=inner)

    def _prefixed(self, name: str) -> str:
        namespace, _, local = name.rpartition("}")
        if not namespace:
            return local
        return f"{self.prefixes.setdefault(namespace[1:], f'n{len(self.prefixes)}')}:{local}"


def _declarations(prefixes: Mapping[str, str], *, encoded: bool) -> str:
    declared = "".join(f" xmlns:{prefix}={quoteattr(name)}" for name, prefix in prefixes.items())
    if encoded:
        declared += f' xmlns:xsi="{XSI}" soap:encodingStyle="{SOAP_ENCODING}"'
    return declared


def _paths(field: Field, path: str = "") -> Iterator[str]:
    for part in field.fields:
        inner = f"{path}/{part.local}" if path else part.local
        if part.fields:
            yield from _paths(part, inner)
        else:
            yield inner

"""Attachments: one envelope with everything in it, made of the parts that came, and taken apart for those that go.

Inside the hub a message is one document. Contents that came as parts of their own stand again where they are included
(XOP), as base64; what nothing includes (SOAP with Attachments) stands in a header block of ours, so that it is kept. In
the place of a content that lies in a file of its own stands a reference.

Sources: XOP 1.0, sections 3 and 4; SOAP MTOM 1.0; SOAP Messages with Attachments; WS-I Attachments Profile 1.0.
"""

import base64
import binascii
import re
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from lxml import etree

from adapters.kit.multipart import Part, id_in, is_multipart, write_parts
from adapters.kit.parts import read_parts
from adapters.kit.pieces import AsBase64, Pieces, body_of
from adapters.soap.names import MEDIA_TYPES, VERSIONS, XMIME, XOP
from hub_core.attachments.attachment import REFERENCE, Attachment, Enclosed
from hub_core.errors import Rejected
from hub_core.validation import parse_xml

ATTACHMENTS: Final = "urn:punte:attachments:1"
INCLUDE: Final = f"{{{XOP}}}Include"
# Bytes, of all inclusions: one part may be included many times, and libxml2 reads no text above 10,000,000 again.
MOST_INCLUDED: Final = 7_000_000
THRESHOLD: Final = 1_000  # bytes; smaller contents stay inside: a part costs a few hundred
_ROOT: Final = "envelope@punte"
_PLACE: Final = re.compile(rb"(?<=>|;)(%b)(?=<|&lt;)" % REFERENCE.encode())
_MEDIA_TYPE: Final = f"{{{XMIME}}}contentType"


def read_envelope(content_type: str, body: bytes) -> tuple[etree._Element, bool]:
    """Return the envelope of a message with all that came with it, and whether that is another one than came.

    Raises:
        Rejected: B112, B413, V101, or as ``parse_xml``.
    """
    if not is_multipart(content_type):
        return parse_xml(body), False
    envelope, others = unpack(*read_parts(content_type, body))
    if others:
        enclose(envelope, others)
    return envelope, True


def unpack(root: bytes, others: Sequence[Part]) -> tuple[etree._Element, list[Part]]:
    """Return the envelope with what it includes in its place, and the parts that it does not include.

    Args:
        root: the envelope, as it came.
        others: what came with it.

    Raises:
        Rejected: B112, B413, or as ``parse_xml``.
    """
    envelope = parse_xml(root)
    parts = {part.id: part for part in others if part.id}
    used: set[str] = set()
    room = MOST_INCLUDED
    for include in list(envelope.iter(INCLUDE)):
        place = include.getparent()
        part = parts.get(id_in(include.get("href", "")) or "")
        if place is None or part is None:
            raise Rejected("B112", "what the envelope includes did not come with it")
        if len(place) != 1 or (place.text or "").strip() or (include.tail or "").strip():
            raise Rejected("B112", "an inclusion stands alone in its element")
        text = _inside(part)
        room -= len(text) * 3 // 4
        if room < 0:
            raise Rejected("B413", "what the envelope includes is too much")
        place.remove(include)
        place.text = text
        used.add(part.id)
    return envelope, [part for part in others if part.id not in used]


def enclose(envelope: etree._Element, parts: Sequence[Part]) -> None:
    """Put parts that nothing includes into a header block of the envelope.

    Raises:
        Rejected: V101, this is no envelope.
    """
    namespace = etree.QName(envelope).namespace or ""
    if namespace not in VERSIONS or not len(envelope):
        raise Rejected("V101", "attachments come with an Envelope")
    header = envelope.find(f"{{{namespace}}}Header")
    if header is None:
        header = etree.Element(f"{{{namespace}}}Header")
        envelope.insert(0, header)
    block = etree.SubElement(header, f"{{{ATTACHMENTS}}}attachments", nsmap={"p": ATTACHMENTS})
    for part in parts:
        facts = {"id": _printable(part.id), "mediaType": _printable(part.media_type)}
        element = etree.SubElement(block, f"{{{ATTACHMENTS}}}attachment", facts)
        element.text = _inside(part)


class Packing:
    """Takes contents out of the envelopes of one operation, into parts of their own."""

    def __init__(self, binary: Collection[str], *, version: str, action: str, threshold: int = THRESHOLD) -> None:
        """Prepare.

        Args:
            binary: names of the elements, ``{ns}local``, whose content is base64.
            version: of SOAP.
            action: of the operation.
            threshold: bytes; what is smaller stays inside.
        """
        self._binary = binary
        self._media_type = MEDIA_TYPES[version]
        self._threshold = threshold
        self._parameters = {"type": "application/xop+xml", "start-info": self._media_type}
        if version == "1.2":
            self._parameters["action"] = action

    def pack(
        self, envelope: bytes, content_type: str, enclosed: Mapping[str, Enclosed] = MappingProxyType({})
    ) -> tuple[str, bytes | Pieces]:
        """Return the header Content-Type and the body; those that were given if nothing is large enough.

        Args:
            envelope: as it would go out without parts.
            content_type: of that.
            enclosed: contents of which only the references stand in it, by these.
        """
        if not self._binary or (len(envelope) < self._threshold and not enclosed):
            return content_type, fill(envelope, enclosed)
        root = etree.fromstring(envelope)
        parts: list[Part] = []
        for element in root.iter(*self._binary):
            content = self._content(element, enclosed) if len(element) == 0 else None
            if content is None:
                continue
            named = element.get(_MEDIA_TYPE) or (content.media_type if isinstance(content, Enclosed) else "")
            part = Part(id=f"{len(parts) + 1}@punte", media_type=_harmless(named), content=content)
            parts.append(part)
            element.text = None
            etree.SubElement(element, INCLUDE, {"href": f"cid:{part.id}"}, nsmap={"xop": XOP})
        if not parts:
            return content_type, fill(envelope, enclosed)
        # Without a declaration: the media type says it, and some stacks take the envelope for a text that has none.
        main = Part(
            id=_ROOT,
            media_type=f'application/xop+xml; charset=UTF-8; type="{self._media_type}"',
            content=fill(etree.tostring(root, encoding="UTF-8", xml_declaration=False), enclosed),
        )
        return write_parts(main, parts, self._parameters)

    def _content(self, element: etree._Element, enclosed: Mapping[str, Enclosed]) -> bytes | Enclosed | None:
        text = element.text or ""
        return enclosed.get(text) or _content(text, self._threshold)


def fill(envelope: bytes, enclosed: Mapping[str, Enclosed]) -> bytes | Pieces:
    """Return an envelope with contents, as base64, in the places of the references to them.

    A place is an element, also of a document inside a text, that holds nothing else.
    """
    if not enclosed:
        return envelope
    known = {reference.encode(): AsBase64(content) for reference, content in enclosed.items()}
    return body_of([known.get(piece, piece) for piece in _PLACE.split(envelope)])


def _inside(part: Part) -> str:
    """Return what stands in the envelope for a part."""
    content = part.content
    if isinstance(content, Attachment):
        return content.reference
    assert isinstance(content, bytes)  # noqa: S101 - the others are written only
    return base64.b64encode(content).decode()


def _content(text: str, threshold: int) -> bytes | None:
    """Return what a text stands for; ``None``: it is small, or would not come back as it is (XOP 1.0, section 3)."""
    if len(text) * 3 // 4 < threshold:
        return None
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return content if base64.b64encode(content).decode() == text else None


def _harmless(media_type: str) -> str:
    """Return a media type that is one line of a header, whoever named it."""
    fits = media_type and media_type.isascii() and media_type.isprintable()
    return media_type if fits else "application/octet-stream"


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)

"""Bytes to the inner document: hardened parser, no DOCTYPE, envelope opened, string parsed, contract held."""

from pathlib import Path
from typing import Final

from lxml import etree

SCHEMA: Final = Path(__file__).parents[3] / "schemas" / "partners" / "cnas" / "GetInsuredResponse.xsd"
_SOAP: Final = "{http://schemas.xmlsoap.org/soap/envelope/}"
_MESSAGE_ID: Final = "{http://www.w3.org/2005/08/addressing}MessageID"
_OPERATION: Final = "{http://webservices.utils.svapnt.siveco.ro}getInsuredResponse"


class NotOpenedError(ValueError):
    """The bytes are not the answer that is expected; says why, without a value."""


def _parser(encoding: str | None = None) -> etree.XMLParser:
    return etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )


_OUTER: Final = _parser()
_INNER: Final = _parser("utf-8")  # a declaration inside the string speaks of bytes that are gone
_VALIDATE: Final = etree.XMLSchema(file=str(SCHEMA)).validate


def _parse(body: bytes, parser: etree.XMLParser) -> etree._Element:
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise NotOpenedError(f"not well-formed, line {error.lineno}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise NotOpenedError("DOCTYPE")
    return root


def inner(document: bytes) -> etree._Element:
    """Parse the inner document and hold it against its contract."""
    root = _parse(document, _INNER)
    if not _VALIDATE(root):
        raise NotOpenedError("not valid against the contract")
    return root


def open_body(body: bytes) -> tuple[str | None, etree._Element]:
    """Return the sender's message id and the root of the valid inner document."""
    root = _parse(body, _OUTER)
    if root.tag != _SOAP + "Envelope":
        raise NotOpenedError("not a SOAP envelope")
    message_id = text = None
    for part in root:
        if part.tag == _SOAP + "Header":
            message_id = part.findtext(_MESSAGE_ID)
        elif part.tag == _SOAP + "Body" and len(part) and part[0].tag == _OPERATION and len(part[0]):
            text = part[0][0].text
    if not text:
        raise NotOpenedError("no answer document")
    return message_id, inner(text.encode())

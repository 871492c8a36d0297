"""Messages of one contract on the wire: from a literal document to an envelope, and back.

The literal document is what the hub validates, reads and writes; see ``hub_core.contract.wsdl``. What is the same in
every call is made once; in a call the document is written out between two texts.
"""

from copy import copy
from functools import cached_property
from typing import Final

from lxml import etree

from adapters.soap.encoded import Encoded
from adapters.soap.envelope import one_element
from adapters.soap.names import SOAP_11, SOAP_12, VERSIONS
from adapters.soap.shapes import Shapes
from hub_core.contract.wsdl import Contract, Message, Operation
from hub_core.errors import Rejected

_NAMESPACES: Final = {"1.1": SOAP_11, "1.2": SOAP_12}
_BODIES: Final = {f"{{{namespace}}}Body" for namespace in VERSIONS}
_OPENED: Final = {
    version: f'<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="{namespace}">'.encode()
    for version, namespace in _NAMESPACES.items()
}


class Wire:
    """Bodies of the operations of one contract."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract

    @cached_property
    def _encoded(self) -> Encoded:
        return Encoded(Shapes(self._contract.schemas.model()))

    def write(
        self,
        operation: Operation,
        message: Message,
        document: etree._Element,
        *,
        header: str = "",
        version: str | None = None,
    ) -> bytes:
        """Return the envelope of a literal document, in UTF-8.

        Args:
            operation: that the message belongs to.
            message: its input or output.
            document: valid by the contract; is not changed.
            header: header blocks.
            version: of SOAP; that of the operation if none is given.

        Raises:
            Rejected: V102, this is no document of the message.
        """
        version = version or operation.soap
        if document.tag != message.element:
            raise Rejected("V102", f"the document is not what the operation {operation.name} takes")
        if operation.use == "encoded":
            document = self._encoded.write(document, version=version)
        return envelope(version, _content(document, message), header=header.encode())

    def read(self, operation: Operation, message: Message, body: etree._Element) -> etree._Element:
        """Return the literal document in a ``Body``.

        Args:
            operation: that the message belongs to.
            message: its input or output.
            body: the ``Body``; where several documents stand in it, they are taken out.

        Raises:
            Rejected: V101, V102, not what the contract says; V105, B107 what is encoded cannot be read.
        """
        if operation.use == "encoded":
            return self.literal(operation, message, one_element(body, encoded=True))
        children = list(body.iterchildren(etree.Element))
        if not message.wire:
            document = etree.Element(message.element)
            document.extend(children)
            return document
        if len(children) != 1:
            raise Rejected("V101", "a Body holds one element")
        if children[0].tag != message.wire:
            raise Rejected("V102", f"the body is no document of the operation {operation.name}")
        return self.literal(operation, message, children[0])

    def literal(self, operation: Operation, message: Message, element: etree._Element) -> etree._Element:
        """Return the literal document of the one element of a Body, which is not changed.

        Raises:
            Rejected: V105, what is encoded cannot be read.
        """
        if operation.use == "encoded":
            return self._encoded.read(element, message.element)
        return element if element.tag == message.element else _renamed(element, message.element)


def gather(envelope: etree._Element, message: Message) -> bool:
    """Put the documents of a Body into the literal document that holds them; tell whether they are those of a message.

    Args:
        envelope: is changed.
        message: one whose documents stand in the Body by themselves.
    """
    body = envelope[-1] if len(envelope) else envelope
    documents = list(body.iterchildren(etree.Element))
    expected = [part.element or part.name for part in message.parts]
    if message.wire or body.tag not in _BODIES or [one.tag for one in documents] != expected:
        return False
    etree.SubElement(body, message.element).extend(documents)
    return True


def envelope(version: str, content: bytes, *, header: bytes = b"") -> bytes:
    """Return an envelope around what stands in its Body, and the blocks of its Header."""
    head = b"<soap:Header>%b</soap:Header>" % header if header else b""
    return b"%b%b<soap:Body>%b</soap:Body></soap:Envelope>" % (_OPENED[version], head, content)


def _content(document: etree._Element, message: Message) -> bytes:
    if not message.wire:
        return b"".join(_bytes(child) for child in document.iterchildren(etree.Element))
    if document.tag == message.wire:
        return _bytes(document)
    return _bytes(_renamed(document, message.wire))


def _renamed(element: etree._Element, name: str) -> etree._Element:
    element = copy(element)
    element.tag = name
    return element


def _bytes(element: etree._Element) -> bytes:
    return etree.tostring(element, encoding="utf-8", xml_declaration=False, with_tail=False)

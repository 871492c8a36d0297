"""SOAP 1.1 as the simulated agencies speak it: reading calls with care, writing envelopes and faults.

Source: SOAP 1.1 (W3C Note, 8 May 2000), sections 4 and 6; WS-Security UsernameToken Profile 1.0.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple, Protocol
from xml.sax.saxutils import escape

from lxml import etree

ENVELOPE: Final = "http://schemas.xmlsoap.org/soap/envelope/"
WSSE: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"


class SoapFault(Exception):
    """An answer that is a fault.

    Attributes:
        code: ``Client``, ``Server``, ``VersionMismatch``, ``MustUnderstand`` (also dotted, ``Server.user``), or a
            code of WS-Security as ``wsse:Name``.
        text: what is wrong, without any value from the call.
        detail: XML for the detail element, empty if there is none; only faults about the body carry one.
    """

    def __init__(self, code: str, text: str, detail: str = "") -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.detail = detail


class Reply(NamedTuple):
    """An HTTP answer."""

    status: int
    content_type: str
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()


class Call(NamedTuple):
    """One call: the operation's element in the body and the header entries before it."""

    namespace: str
    operation: str
    element: etree._Element
    headers: tuple[etree._Element, ...]

    def value(self, name: str) -> str:
        """Return the text of a parameter, with or without namespace; empty if it is not there."""
        return next((child.text or "" for child in elements(self.element) if local_name(child) == name), "")


class Dialect(NamedTuple):
    """How an agency writes its envelopes.

    ``header`` is written before the body, ``declared`` is the name of ``charset`` in the XML declaration.
    """

    prefix: str
    charset: str = "utf-8"
    declared: str = "UTF-8"
    namespaces: str = ""
    header: str = ""
    fault_status: int = 500
    understood: frozenset[str] = frozenset()

    def envelope(self, body: str, *, status: int = 200) -> Reply:
        """Return an envelope around the body."""
        text = (
            f'<?xml version="1.0" encoding="{self.declared}"?>'
            f'<{self.prefix}:Envelope xmlns:{self.prefix}="{ENVELOPE}"{self.namespaces}>{self.header}'
            f"<{self.prefix}:Body>{body}</{self.prefix}:Body></{self.prefix}:Envelope>"
        )
        return Reply(status, f"text/xml; charset={self.declared}", text.encode(self.charset))

    def fault(self, fault: SoapFault) -> Reply:
        """Return a fault (SOAP 1.1, 4.4)."""
        security = fault.code.startswith("wsse:")
        code = fault.code if security else f"{self.prefix}:{fault.code}"
        scope = f' xmlns:wsse="{WSSE}"' if security else ""
        detail = f"<detail>{fault.detail}</detail>" if fault.detail else ""
        body = (
            f"<{self.prefix}:Fault><faultcode{scope}>{code}</faultcode>"
            f"<faultstring>{escape(fault.text)}</faultstring>{detail}</{self.prefix}:Fault>"
        )
        return self.envelope(body, status=self.fault_status)


class Agency(Protocol):
    """One simulated agency, called from one thread, one call at a time.

    ``basic_credentials`` (user, colon, password) is what callers must show as HTTP Basic; ``None`` lets everybody in.
    """

    name: str
    path: str
    contract: str
    dialect: Dialect
    basic_credentials: bytes | None

    def answer(self, call: Call) -> str:
        """Return the content of the answer's body.

        Raises:
            SoapFault: the call cannot be answered.
        """

    def broken(self, call: Call) -> Reply:
        """Return what the agency says when its own system is out of order."""


def elements(parent: etree._Element) -> Iterator[etree._Element]:
    """Go through the child elements, leaving out comments and the like."""
    return (child for child in parent if isinstance(child.tag, str))


def local_name(element: etree._Element) -> str:
    """Return the name of an element without its namespace."""
    return etree.QName(element).localname


def parse(body: bytes) -> etree._Element:
    """Read XML without document type, entities or network.

    Raises:
        ValueError: not well-formed, or with a document type.
    """
    # huge_tree stays off: libxml2 then bounds depth, text size and amplification itself.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        raise ValueError("the document is not well-formed") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("a document type is not allowed")
    return root


def read_call(body: bytes, dialect: Dialect) -> Call:
    """Read an envelope.

    Raises:
        SoapFault: ``Client``, ``VersionMismatch`` or ``MustUnderstand``.
    """
    try:
        root = parse(body)
    except ValueError as error:
        raise SoapFault("Client", str(error)) from None
    if root.tag != f"{{{ENVELOPE}}}Envelope":
        code = "VersionMismatch" if local_name(root) == "Envelope" else "Client"
        raise SoapFault(code, "an envelope of SOAP 1.1 is expected")
    headers: tuple[etree._Element, ...] = ()
    calls: list[etree._Element] = []
    for part in elements(root):
        if part.tag == f"{{{ENVELOPE}}}Header":
            headers = tuple(elements(part))
        elif part.tag == f"{{{ENVELOPE}}}Body":
            calls = list(elements(part))
    for header in headers:
        if header.get(f"{{{ENVELOPE}}}mustUnderstand") == "1" and header.tag not in dialect.understood:
            raise SoapFault("MustUnderstand", "a header that must be understood is not")
    if len(calls) != 1:
        raise SoapFault("Client", "the body must hold exactly one element")
    name = etree.QName(calls[0])
    return Call(name.namespace or "", name.localname, calls[0], headers)


def unknown_operation() -> SoapFault:
    """Return the fault for an operation that the agency does not have."""
    return SoapFault("Client", "no such operation; see the contract at ?wsdl")

"""What is inside a SOAP message: its one body element, or the document that this carries as text.

Sources: SOAP 1.1 (sections 4.2 to 4.4), SOAP 1.2 part 1 (sections 2 and 5), WS-Addressing 1.0.
"""

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any, Final

import msgspec
from lxml import etree

from adapters.soap.names import SOAP_12, VERSIONS, WSA, WSA_2004, WSSE
from adapters.soap.references import gathered, is_beside
from hub_core.document import Document
from hub_core.errors import Rejected
from hub_core.message import Finding, Severity
from hub_core.validation import parse_xml, parse_xml_text

_ANONYMOUS: Final = frozenset(
    {f"{WSA}/anonymous", f"{WSA}/none", f"{WSA_2004}/role/anonymous", "http://www.w3.org/2005/08/addressing/none"}
)
# Blocks for these are not for us (SOAP 1.1 section 4.2.2, SOAP 1.2 section 2.2).
_OURS: Final = frozenset(
    {
        "",
        "http://schemas.xmlsoap.org/soap/actor/next",
        f"{SOAP_12}/role/next",
        f"{SOAP_12}/role/ultimateReceiver",
    }
)
# Parts of WS-Security that change what a message means; a password or a time stamp does not.
_BINDING: Final = frozenset({"Signature", "EncryptedData", "EncryptedKey", "ReferenceList"})
MOST_DETAILS: Final = 4  # elements in the detail of a fault that are looked at
_CODE: Final = re.compile(r"[A-Za-z0-9_.:\-]{1,64}")


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """An envelope taken apart.

    Attributes:
        version: ``1.1`` or ``1.2``; ``None`` if the document came without an envelope.
        body: the one element in the Body, or the document itself.
        header: ``None`` if there is none.
    """

    version: str | None
    body: etree._Element
    header: etree._Element | None = None
    message_id: str | None = None
    relates_to: str | None = None


def open_document(body: bytes, *, at: str | None = None) -> Document:
    """Return the document in a SOAP message; one without an envelope is taken as it is.

    If the body element holds nothing but one text that is itself XML, that text is the document. It is opened once:
    a text inside it stays a text.

    Args:
        body: as received.
        at: path of the element whose text is the document, see ``directory.InBand``; what stands beside it counts not.

    Raises:
        Rejected: B101 to B109; V106 no document at that path; V101 not one body element; V103, V104; D202 a fault.
    """
    opened = open_envelope(parse_xml(body))
    root = open_inner(opened.body) if at is None else document_at(opened.body, at)
    return Document(
        kind="xml",
        root=root,
        name=_split(root)[1],
        message_id=opened.message_id,
        request=opened.relates_to,
    )


def open_envelope(root: etree._Element) -> Opened:
    """Take an envelope apart.

    Raises:
        Rejected: V101, V103, V104; V105, B107 a reference in it; D202, the body is a fault.
    """
    namespace, local = _split(root)
    if local != "Envelope":
        if local.lower() == "html":
            raise Rejected("V101", "an HTML page, not a SOAP message")
        return Opened(version=None, body=root)
    version = VERSIONS.get(namespace)
    if version is None:
        raise Rejected("V104", "the Envelope is of no known version of SOAP")
    soap = f"{{{namespace}}}"
    *headers, body = list(root) or [root]
    # SOAP 1.1 section 4, 1.2 section 5.1: one Header at most, then one Body, and nothing after it.
    if body.tag != f"{soap}Body" or len(headers) > 1 or (headers and headers[0].tag != f"{soap}Header"):
        raise _at(root, "V101", "an Envelope has at most one Header, then one Body")
    element = one_element(body, encoded=_encoded(f"{soap}encodingStyle", root, body))
    if element.tag == f"{soap}Fault":
        raise Faulted(element)
    header = headers[0] if headers else None
    message_id, relates_to = (None, None) if header is None else _addressing(header, soap)
    return Opened(version=version, body=element, header=header, message_id=message_id, relates_to=relates_to)


def _encoded(style: str, root: etree._Element, body: etree._Element) -> bool:
    """Tell whether the envelope names an encoding in a place where it concerns the document."""
    for one in (root, body, *body):  # noqa: SIM110 - any() would make a generator for each message
        if one.get(style) is not None:
            return True
    return False


def says_nothing(root: etree._Element) -> bool:
    """Tell whether this is an envelope with an empty Body."""
    namespace, local = _split(root)
    return local == "Envelope" and len(root) > 0 and root[-1].tag == f"{{{namespace}}}Body" and len(root[-1]) == 0


def one_element(body: etree._Element, *, encoded: bool) -> etree._Element:
    """Return the one document in a Body; in the SOAP encoding, values that it refers to may stand beside it.

    Raises:
        Rejected: V101; V105, B107 as ``references.gathered``.
    """
    elements = list(body)
    beside = len(elements) > 1
    if beside:
        elements = [child for child in elements if not is_beside(child)]
    if len(elements) != 1:
        raise _at(body, "V101", "a Body holds one element")
    return gathered(body, elements[0]) if encoded or beside else elements[0]


class Faulted(Rejected):
    """The Body is a fault: D202.

    Attributes:
        names: its codes, and what the contract calls it: the names of the elements in its detail.
    """

    def __init__(self, fault: etree._Element) -> None:
        codes, details = fault_codes(fault), fault_details(fault)
        self.names = (*codes, *details)
        told = "/".join(codes) or "without a readable code"
        super().__init__("D202", f"a fault: {told}{f', with {details[0]}' if details else ''}")


def fault_details(fault: etree._Element) -> list[str]:
    """Return the local names of the elements in the detail of a fault; never what they hold."""
    detail = fault.find("detail")
    if detail is None:
        detail = fault.find(f"{{{SOAP_12}}}Detail")
    found = [] if detail is None else [_split(element)[1] for element in list(detail)[:MOST_DETAILS]]
    return [name for name in found if _CODE.fullmatch(name)]


def fault_codes(fault: etree._Element) -> list[str]:
    """Return the code of a fault without its prefix, and the subcodes of SOAP 1.2; never its text."""
    codes = [fault.findtext("faultcode")]
    if _split(fault)[0] == SOAP_12:
        codes = [element.text for element in fault.iter(f"{{{SOAP_12}}}Value")]
    return [code.strip().rpartition(":")[2] for code in codes if code and _CODE.fullmatch(code.strip())]


def _addressing(header: etree._Element, soap: str) -> tuple[str | None, str | None]:
    """Read the header blocks that are for us, and refuse one that must be understood and is not."""
    found: dict[str, str | None] = {}
    for block in header:
        if block.keys() and (block.get(f"{soap}actor") or block.get(f"{soap}role") or "") not in _OURS:
            continue
        namespace, local = _split(block)
        if namespace in (WSA, WSA_2004):
            _check_address(block, local)
            if local == "MessageID" and local in found:
                raise _at(block, "V101", "a message has one MessageID")
            found.setdefault(local, (block.text or "").strip() or None)
        elif block.get(f"{soap}mustUnderstand", "0").strip() in ("1", "true") and not _harmless(block):
            raise _at(block, "V103", "a header block must be understood and is not")
    return found.get("MessageID"), found.get("RelatesTo")


def _check_address(block: etree._Element, name: str) -> None:
    """Refuse to answer elsewhere: an address in a message must never make the hub call it."""
    if name in ("ReplyTo", "FaultTo"):
        address = block.findtext("{*}Address", "").strip()
        if address and address not in _ANONYMOUS:
            raise _at(block, "V103", f"the answer goes back on the same connection; {name} must be anonymous")


def _harmless(block: etree._Element) -> bool:
    if block.tag != f"{{{WSSE}}}Security":
        return False
    return not any(_split(part)[1] in _BINDING for part in block.iter())


def document_at(body: etree._Element, path: str) -> etree._Element:
    """Return the document that the text of an element is: XML, or base64 of XML in any encoding that it declares.

    Raises:
        Rejected: V106, or as ``parse_xml``.
    """
    text = text_at(body, path)
    if not text:
        raise _at(body, "V106", "there is no text where the document should stand")
    return _inside(parse_xml_text if _is_xml(text) else _parse_base64, text)


def _parse_base64(text: str) -> etree._Element:
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise Rejected("V106", "the text is neither XML nor base64") from None
    return parse_xml(content)


def text_at(body: etree._Element, path: str) -> str | None:
    """Return the text of the first element at a path of local names; ``None``: there is none."""
    found = body if path == "." else body.find("/".join(f"{{*}}{step}" for step in path.split("/")))
    return None if found is None or len(found) else found.text or ""


def open_inner(body: etree._Element) -> etree._Element:
    """Return the document that the only text of a body element is, else the element itself.

    Raises:
        Rejected: as ``parse_xml``.
    """
    text = _only_text(body)
    if text is None or not _is_xml(text):
        return body
    return _inside(parse_xml_text, text)


def _is_xml(text: str) -> bool:
    return text.lstrip("\ufeff \t\r\n").startswith("<")


def _inside(parse: Callable[[str], etree._Element], text: str) -> etree._Element:
    """Parse a text of the body; say of what is refused that it stands there."""
    try:
        return parse(text)
    except Rejected as fault:
        told = f"inside the text of the body: {fault.text}"
        findings = [msgspec.structs.replace(finding, text=told) for finding in fault.findings]
        raise Rejected(fault.code, told, where=fault.where, findings=findings) from fault


def _only_text(body: etree._Element) -> str | None:
    """Return the text of the only leaf that holds one; ``None`` where there are several, or none."""
    found: str | None = None
    while len(body) == 1:  # there is one way down to the leaves, mostly as far as the only one
        body = body[0]
    for leaf in body.iter() if len(body) else (body,):
        if len(leaf) == 0 and (text := leaf.text) and not text.isspace():
            if found is not None:
                return None
            found = text
    return found


def _split(element: etree._Element) -> tuple[str, str]:
    """Return namespace and local name; several times faster than ``QName``, and asked of every message."""
    namespace, _, local = element.tag.rpartition("}")
    return namespace[1:], local


def _at(element: etree._Element, code: str, text: str) -> Rejected:
    line: Any = element.sourceline  # its published type leaves out the number
    finding = Finding(code=code, severity=Severity.ERROR, text=text, line=line)
    return Rejected(code, text, where=f"line {line}", findings=(finding,))

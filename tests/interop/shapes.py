"""The shapes of SOAP that every stack is tried with: a contract each, one request and the answer that must come back.

All of them register the same person: Romanian letters with comma below and with cedilla, one beyond the basic plane,
a date, an amount, a nil, an array of structs, and in the answer a long and a moment.
"""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import msgspec
from lxml import etree

from hub_core.contract.wsdl import Contract, read_contract

CONTRACTS = Path(__file__).parent / "contracts"
XSI_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"

PERSON = {
    "id": "2850415123450",
    "name": "Țepeș-Ştefănescu Ioniţă 𐍈 & fiii",
    "born": "1985-04-15",
    "income": "1234.50",
    "urgent": True,
    "note": None,
}
MEMBERS = [{"name": "Ana", "age": 7}, {"name": "Gheorghiță", "age": 12}]
OFFICE = "DGASMB"


class Shape(msgspec.Struct, frozen=True):
    """One way to say it.

    Attributes:
        name: as the table has it.
        folder: of the contract and its documents.
        port: that is called.
        soap: version.
        arguments: of the call, as a stack that read the contract takes them.
    """

    name: str
    folder: str
    port: str
    soap: str
    operation: str
    arguments: Any

    @property
    def file(self) -> str:
        """The name of its contract among those of all shapes."""
        return f"{self.folder}-{self.soap}"

    @property
    def element(self) -> str:
        """The name of what stands in the Body of a request."""
        return etree.QName(self.document("request")).localname

    @property
    def contract(self) -> Contract:
        """The contract, with nothing but the port."""
        whole = read_contract(CONTRACTS / self.folder / "contract.wsdl")
        (service,) = whole.services
        (port,) = (port for port in service.ports if port.name == self.port)
        return msgspec.structs.replace(whole, services=(msgspec.structs.replace(service, ports=(port,)),))

    def document(self, name: str) -> etree._Element:
        """Return the literal ``request`` or ``answer``."""
        return etree.parse(CONTRACTS / self.folder / f"{name}.xml", etree.XMLParser(remove_blank_text=True)).getroot()


WRAPPED = {"person": PERSON | {"members": {"Member": MEMBERS}}}
SHAPES = (
    Shape("document/literal wrapped, SOAP 1.1", "wrapped", "RegistrySoap", "1.1", "Register", WRAPPED),
    Shape("document/literal wrapped, SOAP 1.2", "wrapped", "RegistrySoap12", "1.2", "Register", WRAPPED),
    Shape("document/literal bare", "bare", "Registry", "1.1", "register", PERSON | {"member": MEMBERS}),
    Shape(
        "rpc/literal",
        "rpc-literal",
        "Registry",
        "1.1",
        "register",
        {"office": OFFICE, "person": PERSON | {"members": {"member": MEMBERS}}},
    ),
    Shape(
        "rpc/encoded",
        "rpc-encoded",
        "Registry",
        "1.1",
        "register",
        {"office": OFFICE, "person": PERSON | {"members": MEMBERS}},
    ),
)


def said(document: etree._Element) -> str:
    """Return what a literal document says, whatever its prefixes are called and whichever way its numbers are written."""
    copy = etree.fromstring(etree.tostring(document))
    for element in copy.iter(etree.Element):
        if len(element):
            element.text = None
        elif element.text:
            element.text = plain(element.text)
        element.tail = None
    return etree.canonicalize(etree.tostring(copy, encoding="unicode"), rewrite_prefixes=True)


def leaves(document: etree._Element) -> list[str | None]:
    """Return the values of a document in its order, a nil as ``None``."""
    return [
        None if leaf.get(XSI_NIL) in ("true", "1") else plain(leaf.text or "")
        for leaf in document.iter(etree.Element)
        if len(leaf) == 0
    ]


def natives(value: Any) -> list[str | None]:
    """Return the values that a stack read, in its order, written in the same way."""
    if isinstance(value, dict):
        return [leaf for part in value.values() for leaf in natives(part)]
    if isinstance(value, list):
        return [leaf for part in value for leaf in natives(part)]
    return [None if value is None else plain(str(value).lower() if isinstance(value, bool) else str(value))]


def unordered(values: Iterable[str | None]) -> list[str]:
    """Return values sorted: the structs of some stacks have no order."""
    return sorted(map(str, values))


def plain(text: str) -> str:
    """Return numbers, moments and truth in one spelling of several; other texts as they are.

    >>> plain("1234.50"), plain("1985-04-15T00:00:00.000Z"), plain("2026-11-22T10:30:00+00:00")
    ('1234.5', '1985-04-15', '2026-11-22T10:30:00Z')
    """
    text = {"true": "1", "false": "0"}.get(text, text)
    try:
        return f"{Decimal(text).normalize():f}"
    except InvalidOperation:
        pass
    text = text.removesuffix("T00:00:00.000Z")
    for end in (".000Z", "+00:00", "+0000"):
        if text.endswith(end):
            return f"{text.removesuffix(end)}Z"
    return text

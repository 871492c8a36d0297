"""SOAP 1.1 and 1.2: partners that send to the hub, partners that the hub asks or sends to."""

from typing import Any, Final

from lxml import etree

from adapters.kit.base import BaseAdapter
from adapters.kit.contracts import Contracts
from adapters.kit.multipart import MEDIA_TYPE
from adapters.kit.reply import Voice
from adapters.soap.envelope import open_document
from adapters.soap.served import Served
from adapters.soap.voice import SoapVoice
from adapters.soap.wsdl import Operation, Wsdl, read_wsdl
from hub_core.directory import Contract, Direction, Endpoint
from hub_core.directory.wording import InBand
from hub_core.document import Document
from hub_core.errors import ConfigError, Rejected
from hub_core.message import Finding, Severity
from hub_core.ports import Capability, Field, Source, Spec, Target

SPEC: Final = Spec(
    name="soap",
    sdk="1.0",
    summary="SOAP 1.1 and 1.2, document/literal and rpc/encoded, documents inside strings, contracts from WSDL.",
    kinds=("xml",),
    media_types=frozenset({"text/xml", "application/soap+xml", "application/xml", MEDIA_TYPE}),
    capabilities=(
        Capability(name="receive", direction=Direction.IN, description="Takes a call; answers as its contract says."),
        Capability(name="send", direction=Direction.OUT, description="Calls an operation that takes a message."),
        Capability(name="ask", direction=Direction.ASK, description="Calls an operation that answers about a person."),
    ),
    fields=(
        Field(name="contract.wsdl", description="WSDL below schemas/; needed to ask or send."),
        Field(name="contract.operation", description="Operation of the WSDL, where it has several."),
        Field(name="contract.live", description="Where the partner publishes its WSDL, such as ?wsdl; watched daily."),
        Field(name="contract.xsd", description="XSD of the document inside a string, or of a bare document."),
        Field(name="answers", description="By operation: how a call is answered in the contract's own words."),
        Field(name="url", description="Address of the partner, to ask or send."),
        Field(name="ask", description="Templates by name of a part or path of an element of the request."),
        Field(name="header", description="Templates for the header blocks that the contract binds to a request."),
        Field(
            name="credentials",
            description="basic, username-token (WS-Security), bearer, header, client-credentials, block (one in the "
            "header of the contract); in: the username-token of callers.",
        ),
        Field(name="security", description="WS-Security: form of the token, time stamp, signatures."),
        Field(name="mtom", description="Binary contents of requests travel as parts of their own."),
        Field(name="in_band.document", description="Path of the element whose text is the document."),
        Field(name="in_band.status", description="Path of the element of an answer that says what came of it."),
        Field(name="tls", description="Certificate that the hub shows when it connects."),
        Field(name="wsa", description="Requests carry the headers of WS-Addressing."),
        Field(name="message_id", description="wsa takes wsa:MessageID; header takes Idempotency-Key."),
        Field(name="max_body_bytes", description="Larger bodies are refused before they are read."),
        Field(
            name="max_attachment_bytes",
            description="Of one message: contents above 1 MB that come as parts and go to files of their own.",
        ),
        Field(name="timeout", description="Of one call to the partner."),
        Field(name="timeout_of", description="Of the steps of a call: connect, tls, first_byte."),
    ),
    promises=(
        "A message is answered after it was kept and decided. A document inside the one text of a body is opened once. "
        "The idempotency key of a delivery is sent as wsa:MessageID and as the header Idempotency-Key, the same in "
        "every attempt; a partner that looks at neither may see a message twice. What proves the "
        "sender (WS-Security) is checked before a message is kept, and not kept. Attachments (MTOM, SwA) are "
        "kept inside the envelope, large ones in files beside the store. Encryption is not understood: a header that "
        "demands it is answered with a fault."
    ),
    idempotent=True,
)


class SoapAdapter(BaseAdapter):
    """See ``SPEC``."""

    spec = SPEC

    def __init__(self) -> None:
        super().__init__()
        self._wsdls: Contracts[Wsdl] = Contracts(read_wsdl, field="wsdl")
        self._served = Served(self._wsdls, self.open, self.validate)

    def open(self, body: bytes, in_band: InBand | None = None) -> Document:
        """Parse and unwrap; see ``envelope.open_document``."""
        return open_document(body, at=in_band.document if in_band else None)

    def check(self, name: str, endpoint: Endpoint) -> None:
        """Check an endpoint at registration; see ``hub_core.ports.Adapter``."""
        super().check(name, endpoint)
        contract = endpoint.contract
        if contract is not None and contract.wsdl is not None:
            wsdl = self._wsdls.read_again(contract.wsdl)
            if contract.operation is not None:
                wsdl.operation(contract.operation)
            if contract.xsd is None:
                _check_schema(wsdl)
        if contract is not None and contract.live is not None and (contract.wsdl is None or endpoint.url is None):
            mend = "add contract.wsdl, at an endpoint with a url, or remove it"
            raise ConfigError("R103", "there is nothing to hold it against", where="contract.live", mend=mend)
        if endpoint.direction is not Direction.IN:
            self._check_request(endpoint)
        self._served.check(endpoint)

    def validate(self, endpoint: Endpoint, document: Document) -> list[Finding]:
        """Validate against the XSD of the contract, or against the schema inside its WSDL."""
        contract = endpoint.contract
        if contract is None or contract.wsdl is None or contract.xsd is not None:
            return super().validate(endpoint, document)
        return self._faults(contract, document.root)

    def _faults(self, contract: Contract, root: etree._Element) -> list[Finding]:
        wsdl = self._wsdls.get(str(contract.wsdl))
        try:
            literal = wsdl.literal(root, contract.operation)
        except Rejected as fault:
            return list(fault.findings)
        if literal is not None:
            return wsdl.schema.faults(literal)
        if root.getparent() is None:
            return []  # what came out of a string has a schema only as contract.xsd
        text = f"the body is no document of the {_meant(contract)}"
        return [Finding(code="V102", severity=Severity.ERROR, text=text, line=_line(root))]

    @property
    def voice(self) -> Voice:
        """Words the answers to callers."""
        return SoapVoice(self._wsdls, self._served)

    def target(self, name: str, endpoint: Endpoint) -> Target:
        """Return the target of an ``OUT`` endpoint."""
        from adapters.soap.client import SoapTarget

        return SoapTarget(name, endpoint, self._operation(endpoint))

    def source(self, name: str, endpoint: Endpoint) -> Source:
        """Return the source of an ``ASK`` endpoint."""
        from adapters.soap.client import SoapSource

        return SoapSource(name, endpoint, self._operation(endpoint))

    def _operation(self, endpoint: Endpoint) -> Operation:
        contract = endpoint.contract
        if contract is None or contract.wsdl is None:
            raise ConfigError(
                "R103",
                "a partner is called by its contract",
                where="contract",
                mend="add contract: with wsdl: and operation:",
            )
        return self._wsdls.get(contract.wsdl).operation(contract.operation)

    def _check_request(self, endpoint: Endpoint) -> None:
        from adapters.soap.blocks import compile_blocks
        from adapters.soap.request import compile_request, known_to

        operation = self._operation(endpoint)
        compile_request(operation, endpoint.ask, known_to(endpoint))
        compile_blocks(operation, endpoint)


def _check_schema(wsdl: Wsdl) -> None:
    try:
        _ = wsdl.schema
    except ConfigError as fault:
        mend = "add contract.xsd with the schema of the document"
        raise ConfigError(fault.code, fault.text, where="contract.wsdl", mend=mend) from fault


def _meant(contract: Contract) -> str:
    return f"operation {contract.operation}" if contract.operation else "contract"


def _line(element: Any) -> int | None:  # the published type of an element leaves its number out
    line: int | None = element.sourceline
    return line

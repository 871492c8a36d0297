"""Contracts of agencies, a hub in memory that stands for them, and how a caller speaks to it."""

from datetime import date
from typing import Any, NamedTuple

import msgspec
from lxml import etree

from adapters.soap import ADAPTER
from hub_core.directory import Contract, Direction, Endpoint
from hub_core.directory.wording import Answer
from hub_core.document import Document
from hub_core.errors import Rejected
from hub_core.places import MAPPINGS
from hub_core.ports import Asked, Found
from hub_core.testing.adapter.services import INSTITUTION, MemoryServices
from hub_core.validation import parse_xml
from tests.shipped import SHIPPED

SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
CNAS = "http://webservices.utils.svapnt.siveco.ro"
CNP = "2850415123450"
MAPPING = SHIPPED.named("cnas.insured-person/1")

WSDL = """
<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:t="urn:case"
    xmlns:x="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:case">
  <types><x:schema targetNamespace="urn:case">
    <x:element name="open"><x:complexType><x:sequence><x:element name="n" type="x:int"/></x:sequence></x:complexType></x:element>
    <x:element name="close" type="x:string"/>
    <x:element name="note" type="x:string"/>
    <x:element name="opened"><x:complexType><x:sequence>
      <x:element name="number" type="x:string"/><x:element name="open" type="x:boolean"/></x:sequence></x:complexType></x:element>
    <x:element name="closed" type="x:string"/>
  </x:schema></types>
  <message name="a"><part name="p" element="t:open"/></message><message name="A"><part name="p" element="t:opened"/></message>
  <message name="b"><part name="p" element="t:close"/></message><message name="B"><part name="p" element="t:closed"/></message>
  <message name="c"><part name="p" element="t:note"/></message>
  <portType name="P">
    <operation name="Open"><input message="t:a"/><output message="t:A"/></operation>
    <operation name="Close"><input message="t:b"/><output message="t:B"/></operation>
    <operation name="Note"><input message="t:c"/></operation>
  </portType>
  <binding name="B" type="t:P"><s:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="Open"><s:operation soapAction="urn:open"/><input><s:body use="literal"/></input>
      <output><s:body use="literal"/></output></operation>
    <operation name="Close"><s:operation soapAction="urn:close"/><input><s:body use="literal"/></input>
      <output><s:body use="literal"/></output></operation>
    <operation name="Note"><s:operation soapAction="urn:note"/><input><s:body use="literal"/></input></operation>
  </binding>
  <service name="S"><port name="P" binding="t:B"><s:address location="http://agency.invalid/"/></port></service>
</definitions>"""
OPEN, CLOSE = '<t:open xmlns:t="urn:case"><n>5</n></t:open>', '<t:close xmlns:t="urn:case">x</t:close>'


class Said(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def content(self) -> etree._Element:
        return parse_xml(self.body)[-1][0]

    @property
    def code(self) -> str:
        return self.content.findtext(".//{urn:punte:problem:1}code", "")


class Country(MemoryServices):
    """Its sources know what one document of the insurance house says, or what a test gives instead."""

    document: Document | None = None
    asked: tuple[Asked, ...] = ()

    async def ask(self, asked: Asked) -> Found:
        self.asked += (asked,)
        if self.document is None:
            raise Rejected("Q104", "no source knows the person")
        return Found(reference="r-1", document=self.document)


def insured() -> Document:
    body = (MAPPINGS / "cnas/fixtures/insured.xml").read_bytes()
    record = MAPPING.read(ADAPTER.open(body), on=date(2025, 11, 3)).record
    written = MAPPING.write(record, on=date(2025, 11, 3))
    return msgspec.structs.replace(written.document, body=written.body)


def endpoint(**facts: Any) -> Endpoint:
    return Endpoint(
        **{"institution": INSTITUTION, "direction": Direction.IN, "adapter": "soap", "service": "status", **facts}
    )


SIUI = endpoint(
    contract=Contract(wsdl="partners/cnas/SiuiInsuredWS.wsdl"),
    answers={
        "getInsured": Answer(
            query="insured",
            person="pid",
            on="requestDate",
            writes=MAPPING.id,
            fill={"getInsuredReturn": "{document}"},
        )
    },
)


async def call(
    hub: Country, method: str = "POST", *, query: bytes = b"", body: bytes = b"", headers: dict[str, str] | None = None
) -> Said:
    told = {"punte-key": hub.key, "host": "evil.invalid", "content-type": "text/xml"} | (headers or {})
    if method == "GET":
        del told["punte-key"]
    raw = [(name.encode(), value.encode()) for name, value in told.items()]
    events = [{"type": "http.request", "body": body}]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return events.pop()

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    scope = {"type": "http", "method": method, "path": "/soap/here", "query_string": query, "headers": raw}
    await ADAPTER.front(hub)(scope, receive, send)
    start, rest = sent
    return Said(start["status"], {k.decode(): v.decode() for k, v in start["headers"]}, rest["body"])


async def say(hub: Country, content: str, *, action: str = "", soap: str = SOAP_11, header: str = "") -> Said:
    body = f'<s:Envelope xmlns:s="{soap}">{header}<s:Body>{content}</s:Body></s:Envelope>'.encode()
    if soap == SOAP_12:
        return await call(hub, body=body, headers={"content-type": f'application/soap+xml; action="{action}"'})
    return await call(hub, body=body, headers={"soapaction": f'"{action}"'} if action else {})


def country(where: Endpoint, document: Document | None = None) -> Country:
    hub = Country(ADAPTER, {"here": where})
    hub.document = document
    return hub


def get_insured(pid: str = CNP, day: str = "2025-11-03T00:00:00") -> str:
    return (
        f'<w:getInsured xmlns:w="{CNAS}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
        f'<pid xsi:type="xsd:string">{pid}</pid><requestDate xsi:type="xsd:dateTime">{day}</requestDate></w:getInsured>'
    )

"""Endpoints that stand for their agency: their contract, which operation a call means, answers in its words."""

import base64
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
import zeep
from lxml import etree

from adapters.soap import ADAPTER
from adapters.soap.attachments import read_envelope
from hub_core.contract.wsdl import read_contract
from hub_core.directory import Contract, Direction, Endpoint
from hub_core.document import Document
from hub_core.errors import ConfigError, Rejected
from hub_core.mapping import load
from hub_core.places import MAPPINGS
from hub_core.ports import Asked, Found
from hub_core.testing.services import INSTITUTION, MemoryServices
from hub_core.validation import parse_xml
from hub_core.wording import Answer

SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
CNAS = "http://webservices.utils.svapnt.siveco.ro"
CNP = "2850415123450"
MAPPING = load().named("cnas.insured-person/1")

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


@pytest.fixture
def cases(tmp_path: Path) -> Endpoint:
    (tmp_path / "cases.wsdl").write_text(WSDL, encoding="utf-8")
    return endpoint(contract=Contract(wsdl=str(tmp_path / "cases.wsdl")))


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


@pytest.mark.parametrize("soap", [SOAP_11, SOAP_12])
async def test_a_client_of_the_agency_is_answered_in_its_contract_and_in_its_version(soap: str) -> None:
    hub = country(SIUI, insured())
    said = await say(hub, get_insured(), soap=soap)
    assert (said.status, said.headers["punte-reference"]) == (200, "r-1")
    assert parse_xml(said.body).tag == f"{{{soap}}}Envelope"
    assert said.content.tag == f"{{{CNAS}}}getInsuredResponse"
    inner = parse_xml(said.content.findtext("getInsuredReturn").encode())
    assert inner[0].get("pid") == CNP
    (asked,) = hub.asked
    assert (asked.cnp, asked.on, asked.query, asked.caller.institution) == (
        CNP,
        date(2025, 11, 3),
        "insured",
        INSTITUTION,
    )
    assert hub.arrivals == []


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (get_insured(day="yesterday"), "V201"),
        (f'<w:getInsured xmlns:w="{CNAS}"/>', "V201"),
    ],
)
async def test_a_question_that_is_not_as_the_contract_says_asks_nobody(content: str, code: str) -> None:
    hub = country(SIUI, insured())
    said = await say(hub, content)
    assert (said.status, said.code) == (500, code)
    assert hub.asked == ()


async def test_a_person_whom_nobody_knows_is_a_fault_and_no_empty_answer() -> None:
    said = await say(country(SIUI), get_insured())
    assert (said.status, said.code, said.content.tag) == (500, "Q104", f"{{{SOAP_11}}}Fault")


async def test_a_header_that_must_be_understood_and_is_not_asks_nobody() -> None:
    hub = country(SIUI, insured())
    header = '<s:Header><x:Deal xmlns:x="urn:x" s:mustUnderstand="1"/></s:Header>'
    assert (await say(hub, get_insured(), header=header)).code == "V103"
    assert hub.asked == ()


async def test_an_answer_that_would_not_be_valid_is_not_given(cases: Endpoint) -> None:
    answers = {"Open": Answer(query="cases", person="n", writes=MAPPING.id)}
    hub = country(msgspec.structs.replace(cases, answers=answers), insured())
    said = await say(hub, OPEN, action="urn:open")
    assert (said.status, said.code, said.headers["punte-reference"]) == (500, "V107", "r-1")


@pytest.mark.parametrize("soap", [SOAP_11, SOAP_12])
@pytest.mark.parametrize(
    ("content", "action", "taken"),
    [
        (OPEN, "urn:open", True),
        (OPEN, "Open", True),
        (OPEN, "", True),
        (OPEN, "urn:close", False),
        (CLOSE, "urn:close", True),
        (CLOSE, "urn:open", False),
        (CLOSE, "urn:elsewhere", False),
    ],
)
async def test_an_action_and_a_body_mean_one_operation(
    cases: Endpoint, content: str, action: str, taken: bool, soap: str
) -> None:
    hub = country(cases)
    said = await say(hub, content, action=action, soap=soap)
    assert (said.code, len(hub.arrivals)) == (("", 1) if taken else ("V102", 0))


async def test_a_message_that_wants_no_answer_gets_none_and_is_kept(cases: Endpoint) -> None:
    hub = country(cases)
    said = await say(hub, '<t:note xmlns:t="urn:case">n</t:note>', action="urn:note")
    assert (said.status, said.body, len(hub.arrivals)) == (202, b"", 1)


async def test_a_receipt_is_worded_by_the_contract_where_the_endpoint_says_how(cases: Endpoint) -> None:
    answers = {"Open": Answer(fill={"number": "{message}", "open": "true"})}
    where = msgspec.structs.replace(cases, answers=answers)
    ADAPTER.check("here", where)
    hub = country(where)
    said = await say(hub, OPEN)
    assert said.content.tag == "{urn:case}opened"
    assert said.content.findtext("number") == said.headers["punte-reference"]
    assert len(hub.arrivals) == 1
    assert (await say(hub, CLOSE)).content.tag == "{urn:punte:receipt:1}receipt"


async def test_the_contract_is_published_whole_under_the_address_of_the_hub(cases: Endpoint, tmp_path: Path) -> None:
    for where in (SIUI, cases):
        said = await call(country(where), "GET", query=b"wsdl")
        assert (said.status, said.headers["content-type"]) == (200, "text/xml; charset=utf-8")
        assert b"evil.invalid" not in said.body
        (tmp_path / "published.wsdl").write_bytes(said.body)
        found = read_contract(tmp_path / "published.wsdl")
        (port,) = found.services[0].ports
        assert port.address == "http://hub.invalid/soap/here"
        own = read_contract(ADAPTER._wsdls.get(where.contract.wsdl).contract.path)
        assert [(one.name, one.input.wire, one.use, one.action) for one in port.operations] == [
            (one.name, one.input.wire, one.use, one.action) for one in own.services[0].ports[0].operations
        ]


async def test_another_stack_reads_the_published_contract(cases: Endpoint, tmp_path: Path) -> None:
    said = await call(country(cases), "GET", query=b"wsdl")
    (tmp_path / "published.wsdl").write_bytes(said.body)
    service = zeep.Client(str(tmp_path / "published.wsdl")).service
    assert sorted(service._operations) == ["Close", "Note", "Open"]


async def test_only_the_operation_that_is_served_is_published(cases: Endpoint, tmp_path: Path) -> None:
    contract = msgspec.structs.replace(cases.contract, operation="Close")
    said = await call(country(msgspec.structs.replace(cases, contract=contract)), "GET", query=b"WSDL")
    (tmp_path / "published.wsdl").write_bytes(said.body)
    assert list(read_contract(tmp_path / "published.wsdl").operations) == ["Close"]


@pytest.mark.parametrize("query", [b"", b"xsd", b"wsdl=1"])
async def test_nothing_else_is_read_with_get(query: bytes) -> None:
    assert (await call(country(SIUI), "GET", query=query)).status == 405
    assert (await call(country(endpoint()), "GET", query=b"wsdl")).status == 405


@pytest.mark.parametrize(
    ("answers", "code", "where"),
    [
        ({"Shut": Answer()}, "V102", "contract.operation"),
        ({"Note": Answer()}, "V107", "answers.Note"),
        ({"Open": Answer(fill={"number": "{message}"})}, "R103", "answers.Open.fill"),
        ({"Open": Answer(fill={"number": "{document}", "open": "1"})}, "R104", "answers.Open.fill.number"),
        ({"Open": Answer(fill={"number": "1", "open": "1", "more": "1"})}, "R104", "answers.Open.fill.more"),
    ],
)
def test_answers_that_do_not_fit_the_contract_are_refused_at_registration(
    cases: Endpoint, answers: dict[str, Answer], code: str, where: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        ADAPTER.check("here", msgspec.structs.replace(cases, answers=answers))
    assert (refused.value.code, refused.value.where) == (code, where)


@pytest.mark.shared
def test_every_real_contract_is_published_so_that_it_says_the_same(shared: Path, tmp_path: Path) -> None:
    from adapters.soap.published import published

    def told(contract: Any) -> list[Any]:
        return [
            (one.name, one.style, one.use, one.soap, one.action, one.input, one.output, one.faults)
            for service in contract.services
            for port in service.ports
            for one in port.operations
        ]

    for path in sorted((shared / "wsdl" / "cnas").rglob("*.wsdl")):
        own = read_contract(path)
        (tmp_path / "published.wsdl").write_bytes(published(own, "https://hub.invalid/soap/x"))
        found = read_contract(tmp_path / "published.wsdl")
        assert [one[:5] for one in told(found)] == [one[:5] for one in told(own)]
        assert [one[5].wire for one in told(found)] == [one[5].wire for one in told(own)]


PARTS = """
<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:t="urn:case"
    xmlns:x="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:case">
  <types><x:schema targetNamespace="urn:case"><x:element name="one" type="x:int"/><x:element name="two" type="x:string"/>
    <x:element name="three" type="x:string"/></x:schema></types>
  <message name="Both"><part name="p" element="t:one"/><part name="q" element="t:two"/></message>
  <message name="Others"><part name="p" element="t:one"/><part name="q" element="t:three"/></message>
  <message name="Parts"><part name="n" type="x:int"/><part name="note" type="x:string"/></message>
  <message name="Nothing"/>
  <portType name="P"><operation name="Both"><input message="t:Both"/><output message="t:Both"/></operation>
    <operation name="Others"><input message="t:Others"/></operation>
    <operation name="Parts"><input message="t:Parts"/></operation>
    <operation name="Ping"><input message="t:Nothing"/></operation></portType>
  <binding name="B" type="t:P"><s:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="Both"><s:operation soapAction="urn:both"/><input><s:body use="literal"/></input>
      <output><s:body use="literal"/></output></operation>
    <operation name="Others"><s:operation soapAction="urn:others"/><input><s:body use="literal"/></input></operation>
    <operation name="Parts"><s:operation soapAction="urn:parts" style="rpc"/><input>
      <s:body use="literal" namespace="urn:case"/></input></operation>
    <operation name="Ping"><s:operation soapAction="urn:ping"/><input><s:body use="literal"/></input></operation></binding>
  <service name="S"><port name="P" binding="t:B"><s:address location="http://agency.invalid/"/></port></service>
</definitions>"""
BOTH = '<t:one xmlns:t="urn:case">5</t:one><t:two xmlns:t="urn:case">x</t:two>'


@pytest.fixture
def parts(tmp_path: Path) -> Country:
    (tmp_path / "parts.wsdl").write_text(PARTS, encoding="utf-8")
    receipt = Answer(fill={"one": "{findings}", "two": "{message}"})
    return country(endpoint(contract=Contract(wsdl=str(tmp_path / "parts.wsdl")), answers={"Both": receipt}))


async def test_several_documents_of_one_body_are_kept_as_one_and_answered_as_several(parts: Country) -> None:
    said = await say(parts, BOTH, action="urn:both")
    assert [(one.tag, bool(one.text)) for one in parse_xml(said.body)[-1]] == [
        ("{urn:case}one", True),
        ("{urn:case}two", True),
    ]
    (arrival,) = parts.arrivals
    assert [one.tag for one in parse_xml(arrival.body)[-1]] == ["{urn:case}Both"]
    assert [one.text for one in ADAPTER.open(arrival.body).root] == ["5", "x"]


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ('<t:one xmlns:t="urn:case">5</t:one><t:three xmlns:t="urn:case">x</t:three>', 202),
        ('<t:Parts xmlns:t="urn:case"><n>1</n><note>x</note></t:Parts>', 202),
        ("", 202),
    ],
    ids=["other documents", "parts of a procedure", "no document"],
)
async def test_one_way_operations_take_what_their_contract_says(parts: Country, content: str, status: int) -> None:
    assert (await say(parts, content)).status == status


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (BOTH.replace(">5<", ">five<"), "V201"),
        (BOTH + '<t:three xmlns:t="urn:case">x</t:three>', "V101"),
        ('<t:two xmlns:t="urn:case">x</t:two><t:one xmlns:t="urn:case">5</t:one>', "V101"),
        ('<t:Parts xmlns:t="urn:case"><n>1</n></t:Parts>', "V201"),
        ('<t:Parts xmlns:t="urn:case"><note>x</note><n>1</n></t:Parts>', "V201"),
    ],
    ids=["not valid", "one too many", "another order", "a part missing", "parts in another order"],
)
async def test_documents_that_no_operation_takes_together_are_refused(parts: Country, content: str, code: str) -> None:
    assert (await say(parts, content)).code == code


@pytest.mark.parametrize(
    ("headers", "in_parts"),
    [
        ({}, False),
        ({"accept": "text/xml, application/soap+xml"}, False),
        ({"accept": 'multipart/related; type="application/xop+xml", */*'}, True),
        ({"content-type": 'multipart/related; boundary="b"; type="application/xop+xml"'}, True),
    ],
    ids=["says nothing", "reads envelopes", "reads parts", "sent parts"],
)
async def test_binary_contents_of_an_answer_are_parts_for_those_who_read_parts(
    tmp_path: Path, headers: dict[str, str], in_parts: bool
) -> None:
    text = base64.b64encode(bytes(range(256)) * 8).decode()
    binary = WSDL.replace('name="closed" type="x:string"', 'name="closed" type="x:base64Binary"')
    (tmp_path / "binary.wsdl").write_text(binary, encoding="utf-8")
    document = parse_xml(f'<t:closed xmlns:t="urn:case">{text}</t:closed>'.encode())
    answers = {"Close": Answer(query="cases", person=".", writes=MAPPING.id)}
    served = endpoint(contract=Contract(wsdl=str(tmp_path / "binary.wsdl")), answers=answers)
    hub = country(served, Document(kind="xml", root=document, name="closed", body=etree.tostring(document)))
    body = f'<s:Envelope xmlns:s="{SOAP_11}"><s:Body>{CLOSE}</s:Body></s:Envelope>'.encode()
    if "content-type" in headers:
        body = b"--b\r\nContent-Type: application/xop+xml\r\n\r\n" + body + b"\r\n--b--\r\n"
    said = await call(hub, body=body, headers=headers)
    assert (said.status, said.headers["content-type"].startswith("multipart/related")) == (200, in_parts)
    root, _ = read_envelope(said.headers["content-type"], said.body)
    assert root[-1][0].text == text
    assert (text.encode() in said.body) is not in_parts

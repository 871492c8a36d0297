"""Endpoints that stand for their agency: several documents in one Body, and contents that travel as parts."""

import base64
from pathlib import Path

import pytest
from lxml import etree

from adapters.soap import ADAPTER
from adapters.soap.attachments import read_envelope
from hub_core.directory import Contract
from hub_core.directory.wording import Answer
from hub_core.document import Document
from hub_core.validation import parse_xml
from tests.unit.adapters.soap_service import CLOSE, MAPPING, SOAP_11, WSDL, Country, call, country, endpoint, say

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

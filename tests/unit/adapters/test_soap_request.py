"""Requests compiled from contracts."""

from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from adapters.soap.blocks import Blocks
from adapters.soap.request import QUESTION, WRITTEN, Request, compile_request
from adapters.soap.wsdl import Operation, Wsdl, read_wsdl
from hub_core.errors import ConfigError, Rejected
from hub_core.places import SCHEMAS
from hub_core.validation import Xsd

PARTNERS = SCHEMAS / "partners"
BODY = "{http://schemas.xmlsoap.org/soap/envelope/}Body"
VALUES = {
    "cnp": "2850415123458",
    "date": date(2025, 11, 3),
    "year": 2025,
    "month": 11,
    "request": "884512",
    "purpose": "benefit & review",
}


def operation(file: str, name: str | None = None) -> Operation:
    return read_wsdl(PARTNERS / file).operation(name)


def compiled(file: str, ask: dict[str, str], name: str | None = None) -> Request:
    return compile_request(operation(file, name), ask, QUESTION)


def body_of(request: Request) -> etree._Element:
    (element,) = etree.fromstring(request.fill(VALUES)).find(BODY)
    return element


def test_an_rpc_encoded_request_names_the_type_of_each_part() -> None:
    request = compiled("cnas/SiuiInsuredWS.wsdl", {"requestDate": "{date}T00:00:00", "pid": "{cnp}"}, "getInsured")
    body = body_of(request)
    assert body.tag == "{http://webservices.utils.svapnt.siveco.ro}getInsured"
    assert [(part.tag, part.text) for part in body] == [("pid", VALUES["cnp"]), ("requestDate", "2025-11-03T00:00:00")]
    xsi = "{http://www.w3.org/2001/XMLSchema-instance}type"
    assert [_name(part, part.get(xsi)) for part in body] == [
        "{http://schemas.xmlsoap.org/soap/encoding/}string",
        "{http://www.w3.org/2001/XMLSchema}dateTime",
    ]
    assert body.get("{http://schemas.xmlsoap.org/soap/envelope/}encodingStyle")
    assert request.headers["soapaction"] == '""'


def test_a_document_request_is_valid_by_the_schema_of_its_contract() -> None:
    for file, ask in {
        "anofm/Someri.wsdl": {"LA_DATA": "{date:%d.%m.%Y}", "CNP": "{cnp}"},
        "anaf/Venituri.wsdl": {"CNP": "{cnp}", "AN": "{year}", "LUNA_DE": "1", "LUNA_LA": "{month}"},
        "anpis/Safir.wsdl": {"CNP": "{cnp}"},
    }.items():
        schema = read_wsdl(PARTNERS / file).schema
        assert isinstance(schema, Xsd)
        assert schema.faults(body_of(compiled(file, ask))) == []


def test_a_document_in_a_template_travels_as_text_and_its_values_are_escaped_twice() -> None:
    ask = {"CERERE": "<CER><P>{purpose}</P><CNP>{cnp}</CNP></CER>"}
    body = body_of(compiled("dgep/EvidentaPersoane.wsdl", ask, "INTEROGARE_PERS"))
    inner = etree.fromstring(body.findtext("CERERE"))
    assert (inner.findtext("P"), inner.findtext("CNP")) == ("benefit & review", VALUES["cnp"])


@pytest.mark.parametrize("value", ["</CNP><X/>", "]]>", "&#0;", '"', "<!--"])
def test_a_value_never_becomes_markup(value: str) -> None:
    request = compiled("anpis/Safir.wsdl", {"CNP": "{cnp}"})
    (element,) = etree.fromstring(request.fill(VALUES | {"cnp": value})).find(BODY)
    assert [(child.tag, child.text, len(child)) for child in element] == [("CNP", value, 0)]


def test_a_value_that_xml_cannot_hold_is_refused() -> None:
    with pytest.raises(Rejected) as refused:
        compiled("anpis/Safir.wsdl", {"CNP": "{cnp}"}).fill(VALUES | {"cnp": "\x00"})
    assert refused.value.code == "W400"


@pytest.mark.parametrize(
    ("ask", "code", "where"),
    [
        ({}, "R103", "ask"),
        ({"CNP": "{cnp}", "SEX": "M"}, "R104", "ask.SEX"),
        ({"CNP": "{name}"}, "R104", "ask.CNP"),
        ({"CNP": "{cnp.__class__}"}, "R104", "ask.CNP"),
        ({"CNP": "{cnp[0]}"}, "R104", "ask.CNP"),
        ({"CNP": "{"}, "R104", "ask.CNP"),
        ({"CNP": "{}"}, "R104", "ask.CNP"),
    ],
)
def test_a_template_that_does_not_fit_is_refused_with_the_mend(ask: dict[str, str], code: str, where: str) -> None:
    with pytest.raises(ConfigError) as refused:
        compiled("anpis/Safir.wsdl", ask)
    assert (refused.value.code, refused.value.where) == (code, where)
    assert refused.value.mend


def test_header_blocks_stand_before_the_body() -> None:
    request = compiled("anpis/Safir.wsdl", {"CNP": "{cnp}"})
    root = etree.fromstring(request.fill(VALUES, header="<x:a xmlns:x='urn:x'/>"))
    assert [etree.QName(part).localname for part in root] == ["Header", "Body"]


NESTED = """<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap12/"
    xmlns:t="urn:t" xmlns:x="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t">
  <types><x:schema targetNamespace="urn:t" elementFormDefault="qualified"><x:element name="ask"><x:complexType><x:sequence>
    <x:element name="Cerere"><x:complexType><x:sequence><x:element name="CNP" type="x:string"/>
      <x:element name="Note" type="x:string" minOccurs="0"/></x:sequence></x:complexType></x:element>
    <x:element name="More" type="t:Loop" minOccurs="0"/></x:sequence></x:complexType></x:element>
    <x:complexType name="Loop"><x:sequence><x:element name="again" type="t:Loop" minOccurs="0"/></x:sequence></x:complexType>
  </x:schema></types>
  <message name="in"><part name="p" element="t:ask"/></message>
  <portType name="P"><operation name="ask"><input message="t:in"/></operation></portType>
  <binding name="B" type="t:P"><s:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="ask"><s:operation soapAction="urn:do"/><input><s:body use="literal"/></input></operation></binding>
  <service name="S"><port name="P" binding="t:B"><s:address location="http://x.invalid/"/></port></service>
</definitions>"""


def test_an_element_inside_others_is_asked_for_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "nested.wsdl").write_text(NESTED, encoding="utf-8")
    found = read_wsdl(tmp_path / "nested.wsdl").operation(None)
    request = compile_request(found, {"Cerere/CNP": "{cnp}"}, QUESTION)
    root = etree.fromstring(request.fill(VALUES))
    assert root.tag == "{http://www.w3.org/2003/05/soap-envelope}Envelope"
    assert root.findtext(".//{urn:t}ask/{urn:t}Cerere/{urn:t}CNP") == VALUES["cnp"]
    assert request.headers == {"content-type": 'application/soap+xml; charset=utf-8; action="urn:do"'}
    with pytest.raises(ConfigError, match="needs Cerere/CNP"):
        compile_request(found, {}, QUESTION)


SESSION = """<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:t="urn:t" xmlns:x="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t">
  <types><x:schema targetNamespace="urn:t" elementFormDefault="qualified" xmlns:e="http://schemas.xmlsoap.org/soap/encoding/">
    <x:import namespace="http://schemas.xmlsoap.org/soap/encoding/"/>
    <x:element name="ask" type="x:string"/><x:element name="note" type="x:string"/>
    <x:element name="Session"><x:complexType><x:sequence><x:element name="User" type="x:string"/>
      <x:element name="Token"><x:simpleType><x:restriction base="x:string"><x:maxLength value="8"/></x:restriction></x:simpleType>
      </x:element></x:sequence></x:complexType></x:element>
    <x:element name="Year" type="x:gYear"/>
    <x:complexType name="Days"><x:complexContent><x:restriction base="e:Array">
      <x:attribute ref="e:arrayType" xmlns:w="http://schemas.xmlsoap.org/wsdl/" w:arrayType="x:date[]"/>
    </x:restriction></x:complexContent></x:complexType>
  </x:schema></types>
  <message name="in"><part name="p" element="t:ask"/><part name="session" element="t:Session"/></message>
  <message name="more"><part name="year" element="t:Year"/></message>
  <message name="two"><part name="p" element="t:ask"/><part name="q" element="t:note"/></message>
  <message name="days"><part name="who" type="x:string"/><part name="on" type="t:Days"/></message>
  <portType name="P"><operation name="ask"><input message="t:in"/></operation>
    <operation name="both"><input message="t:two"/></operation><operation name="days"><input message="t:days"/></operation></portType>
  <binding name="B" type="t:P"><s:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="ask"><s:operation soapAction="urn:ask"/><input><s:body use="literal" parts="p"/>
      <s:header message="t:in" part="session" use="literal"/><s:header message="t:more" part="year" use="literal"/></input></operation>
    <operation name="both"><s:operation soapAction="urn:both"/><input><s:body use="literal"/></input></operation>
    <operation name="days"><s:operation style="rpc" soapAction="urn:days"/><input>
      <s:body use="encoded" namespace="urn:t" encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"/></input></operation></binding>
  <service name="S"><port name="P" binding="t:B"><s:address location="http://x.invalid/"/></port></service>
</definitions>"""


@pytest.fixture
def contract(tmp_path: Path) -> Wsdl:
    (tmp_path / "session.wsdl").write_text(SESSION, encoding="utf-8")
    return read_wsdl(tmp_path / "session.wsdl")


def blocks(contract: Wsdl, templates: dict[str, str]) -> Blocks:
    return Blocks(contract.operation("ask"), templates, (*QUESTION, "user", "secret"))


def test_header_blocks_of_the_contract_are_written_from_templates(contract: Wsdl) -> None:
    own = blocks(contract, {"Session/User": "{user}", "Session/Token": "{secret}", "Year": "{year}"})
    session, year = etree.fromstring(f"<h>{own.fill({**VALUES, 'user': 'a&b', 'secret': 's<3'})}</h>")
    assert (session.tag, [part.text for part in session]) == ("{urn:t}Session", ["a&b", "s<3"])
    assert (year.tag, year.text) == ("{urn:t}Year", "2025")


def test_a_block_without_templates_is_left_out(contract: Wsdl) -> None:
    assert blocks(contract, {}).fill(VALUES) == ""


@pytest.mark.parametrize(
    ("templates", "code", "text"),
    [
        ({"Sesion/User": "x"}, "R104", "binds no header block Sesion to ask"),
        ({"Session/User": "x"}, "R103", "the contract needs Token"),
        ({"Session/User": "x", "Session/Token": "{tokn}"}, "R104", "nothing is called {tokn}"),
        ({"Session/Usr": "x", "Session/User": "x", "Session/Token": "x"}, "R104", "there is no Usr in Session"),
    ],
)
def test_a_header_that_does_not_fit_the_contract_is_found_at_registration(
    contract: Wsdl, templates: dict[str, str], code: str, text: str
) -> None:
    with pytest.raises(ConfigError, match=text) as raised:
        blocks(contract, templates)
    assert raised.value.code == code


def test_a_header_that_would_not_be_valid_is_not_sent_and_not_repeated(contract: Wsdl) -> None:
    own = blocks(contract, {"Session/User": "{user}", "Session/Token": "{secret}"})
    with pytest.raises(Rejected) as raised:
        own.fill({"user": "u", "secret": "far too long"})
    assert raised.value.code == "V201"
    assert "far too long" not in raised.value.text


def test_several_documents_stand_in_the_body_as_the_contract_says(contract: Wsdl) -> None:
    request = compile_request(contract.operation("both"), {"ask": "{cnp}", "note": "{purpose}"}, QUESTION)
    body = etree.fromstring(request.fill(VALUES)).find(BODY)
    assert [(one.tag, one.text) for one in body] == [("{urn:t}ask", VALUES["cnp"]), ("{urn:t}note", VALUES["purpose"])]


@pytest.mark.parametrize(
    ("name", "document", "expected"),
    [
        ("both", '<t:two xmlns:t="urn:t"><t:ask>a</t:ask><t:note>b</t:note></t:two>', ["ask", "note"]),
        ("days", '<t:days xmlns:t="urn:t"><who>a</who><on><item>2025-01-02</item></on></t:days>', ["days"]),
    ],
)
def test_a_document_that_a_mapping_wrote_is_brought_into_the_form_of_the_contract(
    contract: Wsdl, name: str, document: str, expected: list[str]
) -> None:
    found = contract.operation(name)
    request = compile_request(found, {".": "{document}"}, WRITTEN)
    written = f'<?xml version="1.0" encoding="UTF-8"?>{document}'
    body = etree.fromstring(request.fill({"document": written})).find(BODY)
    assert [etree.QName(one).localname for one in body] == expected
    back = contract.wire.read(found.described, found.described.input, body)
    assert etree.canonicalize(etree.tostring(back, encoding="unicode"), rewrite_prefixes=True) == etree.canonicalize(
        document, rewrite_prefixes=True
    )
    assert found.faults(back) == []


def test_an_encoded_document_names_its_types_and_the_size_of_its_arrays(contract: Wsdl) -> None:
    request = compile_request(contract.operation("days"), {".": "{document}"}, WRITTEN)
    document = '<t:days xmlns:t="urn:t"><who>a</who><on><item>2025-01-02</item><item>2025-01-03</item></on></t:days>'
    on = etree.fromstring(request.fill({"document": document})).find(".//on")
    assert on.get("{http://schemas.xmlsoap.org/soap/encoding/}arrayType") == "xsd:date[2]"


@pytest.mark.parametrize(("ask", "size"), [({"on/item": "{cnp}"}, 1), ({}, 0)])
def test_an_array_that_is_written_field_by_field_names_what_it_holds_and_its_size(contract: Wsdl, ask, size) -> None:
    request = compile_request(contract.operation("days"), {"who": "{cnp}"} | ask, QUESTION)
    on = body_of(request).find("on")
    encoding = "{http://schemas.xmlsoap.org/soap/encoding/}"
    assert _name(on, on.get("{http://www.w3.org/2001/XMLSchema-instance}type")) == f"{encoding}Array"
    assert _name(on, on.get(f"{encoding}arrayType")) == f"{{http://www.w3.org/2001/XMLSchema}}date[{size}]"


def test_a_document_of_another_operation_is_not_sent(contract: Wsdl) -> None:
    request = compile_request(contract.operation("both"), {".": "{document}"}, WRITTEN)
    with pytest.raises(Rejected) as raised:
        request.fill({"document": '<t:days xmlns:t="urn:t"/>'})
    assert raised.value.code == "V102"


def _name(element: etree._Element, prefixed: str) -> str:
    prefix, _, local = prefixed.partition(":")
    return f"{{{element.nsmap[prefix]}}}{local}"

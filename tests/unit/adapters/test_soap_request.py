"""Requests compiled from contracts."""

from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from adapters.soap.request import QUESTION, Request, compile_request
from adapters.soap.wsdl import Operation, read_wsdl
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


def _name(element: etree._Element, prefixed: str) -> str:
    prefix, _, local = prefixed.partition(":")
    return f"{{{element.nsmap[prefix]}}}{local}"

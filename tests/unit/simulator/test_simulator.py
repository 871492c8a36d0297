"""One request in, one answer out: what a simulated partner makes of it."""

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

from adapters.soap.attachments import read_envelope
from adapters.soap.names import SOAP_11, SOAP_12, WSSE, WSU
from adapters.soap.security.tokens import Account, username_token
from adapters.soap.wire import Wire, envelope
from hub_core.contract.wsdl import read_contract
from hub_core.errors import ConfigError
from hub_simulator import Quirks, Simulator
from hub_simulator.demanded import demand_of
from hub_simulator.recorded import read_examples

CONTRACT = read_contract(Path(__file__).parent / "Registru.wsdl")
T = "{urn:example:registru}"
OLD = {"content-type": "text/xml", "soapaction": '"urn:cauta"'}
NEW = {"content-type": 'application/soap+xml; charset=utf-8; action="urn:cauta"'}
ASK = b'<Cerere xmlns="urn:example:registru"><Numar>0042</Numar></Cerere>'


def call(simulator, inside=ASK, *, port="Vechi", headers=OLD, version="1.1", header=b""):
    reply = simulator.serve(port, headers, envelope(version, inside, header=header))
    body = etree.fromstring(reply.body).find("{*}Body") if reply.body else None
    return reply, body


def test_an_answer_is_valid_and_kept_as_it_was_sent():
    simulator = Simulator(CONTRACT)
    reply, body = call(simulator)
    assert reply.status == 200
    assert CONTRACT.schemas.xsd().faults(body[0]) == []
    assert simulator.sent[-1].outcome == "answered"
    assert etree.fromstring(simulator.sent[-1].answer).findtext(f"{T}Nume") == body[0].findtext(f"{T}Nume")


def test_the_same_request_is_always_answered_in_the_same_way():
    assert call(Simulator(CONTRACT))[0].body == call(Simulator(CONTRACT))[0].body


def test_an_answer_repeats_what_the_request_says_under_the_same_name(tmp_path):
    text = FILES.replace("OUTPUT", PLAIN).replace('"scan"', '"ask"').replace("base64Binary", "string")
    for smallest, repeated in ((1, True), (40, False)):
        (tmp_path / "files.wsdl").write_text(text.replace('value="40"', f'value="{smallest}"'))
        simulator = Simulator(read_contract(tmp_path / "files.wsdl"))
        asked = envelope("1.1", b'<t:ask xmlns:t="urn:f">2850415123450</t:ask>')
        reply = simulator.serve("P", {"content-type": "text/xml", "soapaction": '"urn:one"'}, asked)
        assert (b">2850415123450<" in reply.body) is repeated  # where the contract allows it


def test_another_seed_gives_another_answer():
    assert call(Simulator(CONTRACT, seed=1))[0].body != call(Simulator(CONTRACT, seed=2))[0].body


@pytest.mark.parametrize("sparse", [False, True])
def test_optional_parts_of_answers_are_there_unless_they_are_to_be_sparse(sparse):
    bodies = [call(Simulator(CONTRACT, seed=seed, quirks=Quirks(sparse=sparse)))[1] for seed in range(12)]
    assert {body.find(f".//{T}Luna") is not None for body in bodies} == ({True, False} if sparse else {True})


def test_a_port_of_soap_1_2_answers_in_soap_1_2():
    reply, body = call(Simulator(CONTRACT), port="Nou", headers=NEW, version="1.2")
    assert reply.media_type.startswith("application/soap+xml")
    assert body.tag == f"{{{SOAP_12}}}Body"
    assert body[0].tag == f"{T}Raspuns"


def test_the_other_version_of_soap_is_a_version_mismatch():
    _, body = call(Simulator(CONTRACT), version="1.2")
    assert "VersionMismatch" in body.findtext(".//faultcode", "") + "".join(body.itertext())


def test_an_rpc_call_is_answered_in_its_wrapper():
    inside = b'<s:Aduna xmlns:s="urn:example:suma"><a>1</a><b>2</b></s:Aduna>'
    _, body = call(Simulator(CONTRACT), inside, port="Suma", headers={"content-type": "text/xml", "soapaction": '""'})
    assert body[0].tag == "{urn:example:suma}AdunaResponse"
    assert int(body.findtext(".//suma")) is not None


def test_a_one_way_operation_is_answered_with_202_and_nothing():
    simulator = Simulator(CONTRACT)
    inside = b'<Anunt xmlns="urn:example:registru">2024-01-01</Anunt>'
    reply, _ = call(simulator, inside, headers={**OLD, "soapaction": '"urn:anunta"'})
    assert (reply.status, reply.body, simulator.sent[-1].outcome) == (202, b"", "taken")


@pytest.mark.parametrize(
    ("inside", "headers", "why"),
    [
        (ASK.replace(b"0042", b"no"), OLD, "Cauta: Numar: the value does not fit the pattern"),
        (b"<x/>", OLD, "the Body is of no operation of this port"),
        (b"", OLD, "the Body is of no operation of this port"),
        (ASK, {**OLD, "soapaction": '"urn:anunta"'}, "the SOAPAction is not that of the operation Cauta"),
    ],
)
def test_a_request_that_the_contract_does_not_allow_is_a_fault_that_says_what(inside, headers, why):
    simulator = Simulator(CONTRACT)
    reply, body = call(simulator, inside, headers=headers)
    assert reply.status == 500
    assert why in body.findtext(".//faultstring")
    assert simulator.sent[-1].outcome == "refused"


@pytest.mark.parametrize(
    "body",
    [b"", b"<html/>", b"not xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', b"<a>" * 5_000, ASK],
    ids=["empty", "html", "text", "entity", "deep", "bare"],
)
def test_what_is_no_soap_is_a_fault_and_no_failure(body):
    reply = Simulator(CONTRACT).serve("Vechi", OLD, body)
    assert etree.fromstring(reply.body).find(f".//{{{SOAP_11}}}Fault") is not None


def test_a_declared_fault_comes_where_it_is_asked_for():
    reply, body = call(Simulator(CONTRACT), headers={**OLD, "simulate-fault": "NecunoscutFault"})
    assert reply.status == 500
    assert CONTRACT.schemas.xsd().faults(body.find(".//detail")[0]) == []


def test_a_fault_that_nobody_declared_is_refused():
    _, body = call(Simulator(CONTRACT), headers={**OLD, "simulate-fault": "Other"})
    assert "declares no fault of this name" in body.findtext(".//faultstring")


def test_a_share_of_calls_is_answered_with_a_fault():
    simulator = Simulator(CONTRACT, quirks=Quirks(fault_rate=0.5))
    statuses = {call(simulator)[0].status for _ in range(20)}
    assert statuses == {200, 500}


def test_faults_may_come_with_status_200():
    assert call(Simulator(CONTRACT, quirks=Quirks(fault_rate=1, faults_as_200=True)))[0].status == 200


@pytest.mark.parametrize("encoding", ["ISO-8859-2", "UTF-16", "windows-1250"])
def test_answers_come_in_the_encoding_that_was_asked_for(encoding):
    plain, _ = call(Simulator(CONTRACT))
    coded, body = call(Simulator(CONTRACT, quirks=Quirks(encoding=encoding)))
    assert f"charset={encoding.lower()}" in coded.media_type
    assert coded.body.decode(encoding).startswith(f"<?xml version='1.0' encoding='{encoding}'")
    assert body[0].findtext(f"{T}Nume") == etree.fromstring(plain.body).findtext(f".//{T}Nume")


def test_an_encoding_that_nobody_knows_is_refused():
    with pytest.raises(LookupError):
        Quirks(encoding="klingon")


def test_a_caller_without_credentials_is_refused_where_they_are_required():
    basic = Simulator(CONTRACT, quirks=Quirks(require=demand_of("basic"), latency=timedelta(0)))
    assert call(basic)[0].status == 401
    assert call(basic, headers={**OLD, "authorization": "Basic YTpi"})[0].status == 200


def test_a_caller_without_a_user_name_token_is_refused_where_it_is_required():
    simulator = Simulator(CONTRACT, quirks=Quirks(require=demand_of("username-token")))
    token = (
        b'<w:Security xmlns:w="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd">'
        b"<w:UsernameToken><w:Username>a</w:Username><w:Password>b</w:Password></w:UsernameToken></w:Security>"
    )
    assert call(simulator)[0].status == 401
    assert call(simulator, header=token)[0].status == 200


@pytest.fixture
def data(tmp_path):
    (tmp_path / "Cauta").mkdir()
    return tmp_path


def recorded(folder):
    return Simulator(CONTRACT, examples=read_examples(folder, CONTRACT, Wire(CONTRACT)))


def answer(name):
    return f'<Raspuns xmlns="urn:example:registru"><Nume>{name}</Nume></Raspuns>'


def test_an_example_answers_the_request_that_names_its_key_and_the_default_all_others(data):
    (data / "Cauta" / "0042.xml").write_text(answer("Ana"))
    (data / "Cauta" / "default.xml").write_text(
        f'<s:Envelope xmlns:s="{SOAP_11}"><s:Body>{answer("Nimeni")}</s:Body></s:Envelope>'
    )
    simulator = recorded(data)
    assert call(simulator)[1][0].findtext(f"{T}Nume") == "Ana"
    assert call(simulator, ASK.replace(b"0042", b"0043"))[1][0].findtext(f"{T}Nume") == "Nimeni"


def test_a_recorded_fault_is_sent_as_it_is(data):
    (data / "Cauta" / "0042.xml").write_text(
        f'<s:Envelope xmlns:s="{SOAP_11}"><s:Body><s:Fault><faultcode>s:Server</faultcode><faultstring>nope'
        "</faultstring></s:Fault></s:Body></s:Envelope>"
    )
    reply, body = call(recorded(data))
    assert (reply.status, body.findtext(".//faultstring")) == (500, "nope")


def test_an_example_that_the_contract_does_not_allow_is_refused_by_its_file(data):
    (data / "Cauta" / "0042.xml").write_text('<Raspuns xmlns="urn:example:registru"/>')
    with pytest.raises(ConfigError, match=r"0042\.xml: V201"):
        recorded(data)


def test_a_folder_of_an_operation_that_is_not_there_is_refused(data):
    (data / "Cauta2").mkdir()
    (data / "Cauta2" / "default.xml").write_text(answer("Ana"))
    with pytest.raises(ConfigError, match="no operation Cauta2"):
        recorded(data)


@pytest.fixture
def password(tmp_path):
    (tmp_path / "password").write_text("s:cret\n")
    return tmp_path / "password"


def basic(user, password):
    return {**OLD, "authorization": f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"}


def test_where_an_account_is_named_no_other_basic_credentials_will_do(password):
    simulator = Simulator(CONTRACT, quirks=Quirks(require=demand_of(f"basic:hub:{password}")))
    assert call(simulator, headers=basic("hub", "s:cret"))[0].status == 200
    for headers in (basic("hub", "wrong"), basic("other", "s:cret"), OLD, {**OLD, "authorization": "Basic !"}):
        reply, _ = call(simulator, headers=headers)
        assert reply.status == 401
        assert simulator.sent[-1].outcome == "refused"
        assert "s:cret" not in simulator.sent[-1].why


@pytest.mark.parametrize("form", ["text", "digest"])
def test_where_an_account_is_named_a_user_name_token_must_show_its_password(password, form):
    simulator = Simulator(CONTRACT, quirks=Quirks(require=demand_of(f"username-token:hub:{password}")))

    def shown(user, secret, nonce):
        token = username_token(Account(user, secret, form), now=datetime.now(UTC), nonce=nonce)
        header = f'<wsse:Security xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}">{token}</wsse:Security>'
        return call(simulator, header=header.encode())

    assert shown("hub", "s:cret", b"1")[0].status == 200
    for user, secret in (("hub", "wrong"), ("other", "s:cret")):
        assert b"A412" in shown(user, secret, b"2")[0].body


@pytest.mark.parametrize("text", ["", "digest", "basic:", "basic:hub", "basic::file", "basic:hub:"])
def test_a_demand_that_nobody_knows_is_refused(text):
    with pytest.raises(ConfigError) as refused:
        demand_of(text)
    assert refused.value.code == "R104"


def test_a_password_that_is_not_there_is_told_without_it(tmp_path):
    with pytest.raises(ConfigError) as refused:
        demand_of(f"basic:hub:{tmp_path / 'missing'}")
    assert refused.value.code == "R109"


FILES = """<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:t="urn:f"
    xmlns:m="http://schemas.xmlsoap.org/wsdl/mime/" xmlns:x="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:f">
  <types><x:schema targetNamespace="urn:f"><x:element name="ask" type="x:string"/>
    <x:element name="file"><x:complexType><x:sequence><x:element name="scan"><x:simpleType><x:restriction base="x:base64Binary">
      <x:minLength value="40"/></x:restriction></x:simpleType></x:element></x:sequence></x:complexType></x:element></x:schema></types>
  <message name="a"><part name="p" element="t:ask"/></message>
  <message name="b"><part name="p" element="t:file"/><part name="photo" type="x:base64Binary"/></message>
  <portType name="P"><operation name="one"><input message="t:a"/><output message="t:b"/></operation></portType>
  <binding name="B" type="t:P"><s:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="one"><s:operation soapAction="urn:one"/><input><s:body use="literal"/></input><output>OUTPUT</output></operation></binding>
  <service name="S"><port name="P" binding="t:B"><s:address location="http://localhost/"/></port></service></definitions>"""
PLAIN = '<s:body use="literal" parts="p"/>'
RELATED = f'<m:multipartRelated><m:part>{PLAIN}</m:part><m:part><m:content part="photo" type="image/png"/></m:part></m:multipartRelated>'


def files(tmp_path, output, **quirks):
    (tmp_path / "files.wsdl").write_text(FILES.replace("OUTPUT", output))
    simulator = Simulator(read_contract(tmp_path / "files.wsdl"), quirks=Quirks(**quirks))
    asked = envelope("1.1", b'<t:ask xmlns:t="urn:f">x</t:ask>')
    reply = simulator.serve("P", {"content-type": "text/xml", "soapaction": '"urn:one"'}, asked)
    return reply, read_envelope(reply.media_type, reply.body)[0], etree.fromstring(simulator.sent[-1].answer)


@pytest.mark.parametrize(("mtom", "parts"), [(None, 0), (40, 2), (10_000, 0)])
def test_contents_from_a_size_on_travel_as_parts_and_are_the_same(tmp_path, mtom, parts):
    reply, found, sent = files(tmp_path, PLAIN, mtom=mtom)
    assert reply.body.count(b"Content-ID") == parts
    assert reply.media_type.startswith("multipart/related" if parts else "text/xml")
    assert found.findtext(".//scan") == sent.findtext("scan")


def test_the_parts_that_a_contract_puts_beside_the_envelope_are_sent(tmp_path):
    reply, found, sent = files(tmp_path, RELATED)
    (photo,) = found.iter("{urn:punte:attachments:1}attachment")
    assert photo.get("id").startswith("photo=")
    assert base64.b64decode(photo.text)
    assert found.findtext(".//scan") == sent.findtext("scan")
    assert files(tmp_path, RELATED)[1].findtext(".//{*}attachment") == photo.text
    assert 'type="text/xml"' in reply.media_type

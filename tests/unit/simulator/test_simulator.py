"""One request in, one answer out: what a simulated partner makes of it."""

from datetime import timedelta
from pathlib import Path

import pytest
from lxml import etree

from adapters.soap.names import SOAP_11, SOAP_12
from adapters.soap.wire import Wire, envelope
from hub_core.contract.wsdl import read_contract
from hub_core.errors import ConfigError
from hub_simulator import Quirks, Simulator
from hub_simulator.quirks import Require
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


def test_another_seed_gives_another_answer():
    assert call(Simulator(CONTRACT, seed=1))[0].body != call(Simulator(CONTRACT, seed=2))[0].body


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
    basic = Simulator(CONTRACT, quirks=Quirks(require=Require.BASIC, latency=timedelta(0)))
    assert call(basic)[0].status == 401
    assert call(basic, headers={**OLD, "authorization": "Basic YTpi"})[0].status == 200


def test_a_caller_without_a_user_name_token_is_refused_where_it_is_required():
    simulator = Simulator(CONTRACT, quirks=Quirks(require=Require.USERNAME_TOKEN))
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

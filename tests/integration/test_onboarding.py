"""From a WSDL to an endpoint that asks, is answered, and whose answer is read: without a hub, without a partner."""

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml
from lxml import etree

from cli import main
from hub_core.errors import ConfigError
from hub_core.places import SCHEMAS
from hub_simulator.onboarding import Connect, connect

pytestmark = pytest.mark.network

WSDL = Path(__file__).parents[1] / "unit" / "simulator" / "Registru.wsdl"
ABSTRACT = """<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
  xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:example:person" targetNamespace="urn:example:person">
  <wsdl:types><xs:schema targetNamespace="urn:example:person">
    <xs:complexType name="Aktoer" abstract="true"/>
    <xs:complexType name="Organisasjon"><xs:complexContent><xs:extension base="t:Aktoer"/></xs:complexContent></xs:complexType>
    <xs:complexType name="Person"><xs:complexContent><xs:extension base="t:Aktoer"><xs:sequence>
      <xs:element name="ident" type="xs:string"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>
    <xs:element name="hentPerson"><xs:complexType><xs:sequence><xs:element name="aktoer" type="t:Aktoer"/>
      <xs:element name="dato" type="xs:date"/></xs:sequence></xs:complexType></xs:element>
    <xs:element name="hentPersonResponse"><xs:complexType><xs:sequence><xs:element name="etternavn" type="xs:string"/>
      </xs:sequence></xs:complexType></xs:element>
  </xs:schema></wsdl:types>
  <wsdl:message name="asked"><wsdl:part name="parameters" element="t:hentPerson"/></wsdl:message>
  <wsdl:message name="answered"><wsdl:part name="parameters" element="t:hentPersonResponse"/></wsdl:message>
  <wsdl:portType name="Person"><wsdl:operation name="hentPerson"><wsdl:input message="t:asked"/>
    <wsdl:output message="t:answered"/></wsdl:operation></wsdl:portType>
  <wsdl:binding name="PersonBinding" type="t:Person"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="hentPerson"><soap:operation soapAction=""/><wsdl:input><soap:body use="literal"/></wsdl:input>
    <wsdl:output><soap:body use="literal"/></wsdl:output></wsdl:operation></wsdl:binding>
  <wsdl:service name="Person"><wsdl:port name="Person" binding="t:PersonBinding">
    <soap:address location="https://person.example/ws"/></wsdl:port></wsdl:service>
</wsdl:definitions>"""


#: The answer names the person who was asked about.
NAMING = ABSTRACT.replace('"ident"', '"cnp"').replace(
    '"etternavn" type="xs:string"/>', '"etternavn" type="xs:string"/><xs:element name="cnp" type="xs:string"/>'
)
ADDRESSED = '<wsaw:UsingAddressing xmlns:wsaw="http://www.w3.org/2006/05/addressing/wsdl"/>'


def punte(*arguments) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(one) for one in arguments])
    return ended.value.code or 0


def checked(capsys, *arguments) -> tuple[int, dict[str, tuple[str, str]]]:
    code = punte("endpoint", "check", *arguments, "--json")
    return code, {one["step"]: (one["state"], one["text"]) for one in json.loads(capsys.readouterr().out)}


@pytest.fixture
def person(tmp_path):
    file = tmp_path / "Person.wsdl"
    file.write_text(ABSTRACT)
    return file


def test_a_new_endpoint_asks_is_answered_and_its_answer_is_read(tmp_path, person, capsys):
    assert punte("endpoint", "new", "--wsdl", person, "--into", tmp_path / "set") == 0
    capsys.readouterr()
    code, steps = checked(capsys, "hent-person", "--from", tmp_path / "set")
    assert {name: state for name, (state, _) in steps.items()} == {
        "registry": "ok",
        "contract": "ok",
        "exchange": "ok",
        "answer": "ok",
        "mapping": "ok",
        "person": "missing",
        "lint": "ok",
        "access": "missing",
    }
    assert code == 1


def test_a_refused_answer_is_told_with_code_and_rule(tmp_path, person, capsys):
    punte("endpoint", "new", "--wsdl", person, "--into", tmp_path)
    (mapping,) = tmp_path.glob("mappings/*/*.yaml")
    mapping.write_text(re.sub(r"(name.family: )\{.*\}", r"\1{at: etternavn, as: cnp}", mapping.read_text()))
    capsys.readouterr()
    assert punte("endpoint", "check", "hent-person", "--from", tmp_path, "--json") == 1
    (step,) = [one for one in json.loads(capsys.readouterr().out) if one["step"] == "mapping"]
    (finding,) = step["findings"]
    assert (finding["code"], finding["at"], finding["source"]) == ("M202", "name.family", "etternavn")
    assert re.fullmatch(r"hent-person/hent-person-response\.yaml:\d+", finding["rule"])


def test_what_was_noticed_about_a_good_contract_is_told_with_file_line_and_mend(tmp_path, person, capsys):
    person.write_text(ABSTRACT.replace("<soap:binding ", f"{ADDRESSED}<soap:binding ", 1))
    punte("endpoint", "new", "--wsdl", person, "--into", tmp_path / "set")
    capsys.readouterr()
    punte("endpoint", "check", "hent-person", "--from", tmp_path / "set")
    told = capsys.readouterr().out
    assert re.search(r"contract +ok .*\b1 findings", told)
    assert re.search(
        r"info +V528 .* its policy asks for WS-Addressing; write wsa: true at the endpoint .* partners/hent-person/Person\.wsdl:\d+",
        told,
    )


COUNTRY = """
institutions: {agency: {name: Agency}, ap: {name: Access point}}
endpoints:
  cases: {institution: agency, direction: out, adapter: rest, service: cases, url: "https://cases.example/in"}
  seds: {institution: ap, direction: in, adapter: eessi, service: seds, message_id: header}
  insured:
    institution: agency
    direction: ask
    adapter: soap
    service: insured
    url: https://insured.example/ws
    contract:
      wsdl: partners/cnas/SiuiInsuredWS.wsdl
      operation: getInsured
      xsd: partners/cnas/GetInsuredResponse.xsd
    ask: {pid: "{cnp}", requestDate: "{date}T00:00:00"}
routes: {all: {services: [seds], to: [cases]}}
access: {ap-seds: {institution: ap, service: seds, purposes: [exchange]}}
queries: {person: {service: person, sources: [insured]}}
"""


@pytest.mark.parametrize(
    ("name", "noted", "code"), [("cases", ["exchange"], 0), ("seds", [], 0), ("insured", ["answer"], 1)]
)
def test_what_only_a_real_partner_can_show_is_noted_and_nothing_is_missed_that_is_not_needed(
    tmp_path, capsys, name, noted, code
):
    (tmp_path / "country.yaml").write_text(COUNTRY)
    ended, steps = checked(capsys, name, "--from", tmp_path)
    assert [step for step, (state, _) in steps.items() if state == "note"] == noted
    assert ended == code
    assert [step for step, (state, _) in steps.items() if state == "missing"] == ["access"] * code


def test_faults_elsewhere_are_told_as_those_of_the_whole_set(tmp_path, capsys):
    (tmp_path / "country.yaml").write_text(COUNTRY.replace("to: [cases]", "to: [case]"))
    ended, steps = checked(capsys, "seds", "--from", tmp_path)
    assert ended == 1
    assert steps["registry"] == ("fault", "1 fault in the whole set: none of it can be applied before")


def test_a_mapping_that_never_says_about_whom_is_told_before_a_query_refuses_it(tmp_path, person, capsys):
    punte("endpoint", "new", "--wsdl", person, "--into", tmp_path)
    (mapping,) = tmp_path.glob("mappings/*/*.yaml")
    drafted = mapping.read_text()
    capsys.readouterr()
    for rule, told in (
        ("identifiers[scheme=source].value: {at: etternavn}", True),
        ("identifiers[scheme=ro.cnp].value: {at: etternavn}", False),
        ("identifiers[]: {each: ., fields: {value: {at: etternavn}, scheme: {const: source}}}", True),
        ("identifiers[]: {each: ., fields: {value: {at: etternavn}, scheme: {const: ro.cnp}}}", False),
    ):
        mapping.write_text(re.sub(r"name\.family: .*", rule, drafted))
        steps = checked(capsys, "hent-person", "--from", tmp_path)[1]
        assert ("Q106" in steps.get("person", ("", ""))[1]) is told, (rule, steps)


def test_the_name_under_which_is_asked_about_a_person_is_their_number_in_the_answer(tmp_path, person):
    person.write_text(ABSTRACT.replace('name="etternavn"', 'name="ident"'))
    made = connect(Connect(wsdl=person))
    assert "identifiers[scheme=ro.cnp].value: {at: ident, as: cnp}" in next(
        body.decode() for name, body in made.files.items() if name.startswith("mappings/")
    )


def test_what_was_written_can_be_checked_before_the_address_is_known_and_with_a_part_that_may_be_empty(
    tmp_path, capsys
):
    file = tmp_path / "Person.wsdl"
    inside = '<xs:sequence><xs:element name="fom" type="xs:date" minOccurs="0"/></xs:sequence>'
    plain = ABSTRACT.replace(
        '"aktoer" type="t:Aktoer"/>',
        '"personidentifikator" type="xs:string"/>'
        f'<xs:element name="periode"><xs:complexType>{inside}</xs:complexType></xs:element>',
    )
    file.write_text(plain.replace("https://person.example/ws", "www.example.com/ws"))
    punte("endpoint", "new", "--wsdl", file, "--into", tmp_path / "set")
    capsys.readouterr()
    written = yaml.safe_load((tmp_path / "set/registry/hent-person.yaml").read_text())
    assert written["endpoints"]["hent-person"]["ask"] == {"personidentifikator": "{cnp}", "dato": "{date}"}
    _, steps = checked(capsys, "hent-person", "--from", tmp_path / "set")
    assert {steps[name][0] for name in ("registry", "contract", "exchange", "answer")} == {"ok"}
    assert steps["address"] == ("missing", "no call leaves before HENT_PERSON_URL is set, or url: is an address")


def test_an_endpoint_that_cannot_be_read_is_not_said_to_be_missing(tmp_path, person, capsys):
    punte("endpoint", "new", "--wsdl", person, "--into", tmp_path)
    capsys.readouterr()
    entry = tmp_path / "registry" / "hent-person.yaml"
    entry.write_text(entry.read_text().replace("direction: ask", "direction:"))
    assert checked(capsys, "hent-person", "--from", tmp_path)[1]["endpoint"][0] == "fault"
    assert checked(capsys, "other", "--from", tmp_path)[1]["endpoint"][1].endswith("known: hent-person")


def test_an_endpoint_that_lacks_nothing_is_ready(tmp_path, person, capsys):
    person.write_text(NAMING)
    punte("endpoint", "new", "--wsdl", person, "--into", tmp_path / "set")
    capsys.readouterr()
    (tmp_path / "set" / "registry" / "access.yaml").write_text(
        "access: {ask: {institution: hent-person, service: hent-person-query, purposes: [benefit-review]}}"
    )
    assert checked(capsys, "hent-person", "--from", tmp_path / "set")[0] == 0


def test_the_type_that_asks_by_a_person_is_chosen_and_the_whole_request_written_out(person):
    made = connect(Connect(wsdl=person))
    ask = yaml.safe_load(made.files["registry/hent-person.yaml"])["endpoints"]["hent-person"]["ask"]
    request = etree.fromstring(ask["."])
    assert request.find("aktoer").get("{http://www.w3.org/2001/XMLSchema-instance}type").endswith(":Person")
    assert (request.findtext("aktoer/ident"), request.findtext("dato")) == ("{cnp}", "{date}")


def test_a_plain_request_is_filled_in_by_path(tmp_path):
    made = connect(Connect(wsdl=WSDL, operation="Cauta", institution="registru"))
    read = yaml.safe_load(made.files["registry/cauta.yaml"])
    assert "institutions" not in read
    assert list(read["endpoints"]["cauta"]["ask"]) == ["Numar"]
    assert any("person's number" in note for note in made.notes)
    assert any("Numar" in note for note in made.notes)


def test_a_one_way_operation_becomes_an_endpoint_that_the_hub_delivers_to(tmp_path, capsys):
    made = connect(Connect(wsdl=WSDL, operation="Anunta"))
    assert yaml.safe_load(made.files["registry/anunta.yaml"])["endpoints"]["anunta"]["direction"] == "out"
    assert made.mapping == ""
    punte("endpoint", "new", "--wsdl", WSDL, "--operation", "Anunta", "--into", tmp_path)
    capsys.readouterr()
    assert checked(capsys, "anunta", "--from", tmp_path)[1]["exchange"][0] == "ok"


def test_an_answer_made_of_parts_is_drafted_from_the_contract():
    made = connect(Connect(wsdl=WSDL, operation="Aduna"))
    assert made.mapping == "aduna.aduna-response/1"
    assert not any("drafted" in note for note in made.notes)


def test_the_name_of_an_operation_adds_no_line_to_the_registry(tmp_path):
    hostile = tmp_path / "Hostile.wsdl"
    named = '<wsdl:operation name="'
    hostile.write_text(ABSTRACT.replace(f'{named}hentPerson"', f'{named}a&#10;routes: {{x: {{to: [y]}}}}"'))
    made = connect(Connect(wsdl=hostile, name="partner"))
    assert "routes" not in yaml.safe_load(made.files["registry/partner.yaml"])


def test_nothing_is_overwritten(tmp_path, person):
    assert punte("endpoint", "new", "--wsdl", person, "--into", tmp_path) == 0
    (tmp_path / "registry" / "hent-person.yaml").write_text("mine")
    assert punte("endpoint", "new", "--wsdl", person, "--into", tmp_path) == 1
    assert (tmp_path / "registry" / "hent-person.yaml").read_text() == "mine"


def test_a_contract_is_named_as_it_will_lie_at_the_hub_and_found_where_it_lies_now(tmp_path, person, capsys):
    punte("endpoint", "new", "--wsdl", person, "--into", tmp_path / "set")
    entry = yaml.safe_load((tmp_path / "set" / "registry" / "hent-person.yaml").read_text())["endpoints"]["hent-person"]
    assert entry["contract"]["wsdl"] == "partners/hent-person/Person.wsdl"
    capsys.readouterr()
    punte("contract", "diff", person, WSDL, "--from", tmp_path / "set", "--json")
    consumers = [one["consumers"] for one in json.loads(capsys.readouterr().out)["changes"]]
    assert any(who["endpoint"] == "hent-person" for found in consumers for who in found)


def test_a_contract_that_was_not_copied_is_told_with_its_line_and_the_folder_it_belongs_in(tmp_path, person, capsys):
    punte("endpoint", "new", "--wsdl", person, "--into", tmp_path / "set")
    for folder in ("schemas", "mappings"):
        shutil.rmtree(tmp_path / "set" / folder)
    capsys.readouterr()
    assert punte("endpoint", "check", "hent-person", "--from", tmp_path / "set", "--json") == 1
    (finding,) = json.loads(capsys.readouterr().out)[0]["findings"]
    assert (finding["code"], f"put it below {SCHEMAS}/" in finding["help"]) == ("V401", True)
    assert re.search(r"hent-person\.yaml:11:\d+$", finding["rule"])


@pytest.mark.parametrize("asked", [True, False])
def test_an_endpoint_sends_the_headers_of_addressing_where_the_policy_of_its_contract_asks_for_them(person, asked):
    if asked:
        person.write_text(ABSTRACT.replace("<soap:binding ", f"{ADDRESSED}<soap:binding ", 1))
    made = connect(Connect(wsdl=person))
    entry = yaml.safe_load(made.files["registry/hent-person.yaml"])["endpoints"]["hent-person"]
    assert entry.get("wsa", False) is asked


def test_several_operations_are_named(capsys):
    assert punte("endpoint", "new", "--wsdl", WSDL) == 1
    assert "Anunta, Cauta" in capsys.readouterr().err.replace("\n", " ")


def test_a_name_that_cannot_be_one_is_refused():
    with pytest.raises(ConfigError, match="cannot be the name"):
        connect(Connect(wsdl=WSDL, operation="Cauta", name="Căutare"))


def test_an_endpoint_that_is_not_there_is_missing(tmp_path, person, capsys):
    punte("endpoint", "new", "--wsdl", person, "--into", tmp_path)
    capsys.readouterr()
    code, steps = checked(capsys, "other", "--from", tmp_path)
    assert (code, steps["endpoint"][0]) == (1, "missing")


def test_a_request_that_the_contract_does_not_allow_is_told_by_the_exchange(tmp_path, capsys):
    punte("endpoint", "new", "--wsdl", WSDL, "--operation", "Cauta", "--into", tmp_path)
    capsys.readouterr()
    file = tmp_path / "registry" / "cauta.yaml"
    file.write_text(file.read_text().replace('"Numar": "', '"Numar": "x'))
    state, text = checked(capsys, "cauta", "--from", tmp_path)[1]["exchange"]
    assert state == "fault"
    assert "Cauta: Numar" in text

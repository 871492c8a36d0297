"""The command that makes a first draft of a mapping."""

import json

import pytest

from hub_core.places import MAPPINGS, SCHEMAS

CONTRACT = SCHEMAS / "partners" / "anpis" / "SafirRaspuns.xsd"


@pytest.fixture(autouse=True)
def _a_cache_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_a_draft_is_written_and_said_how_much_is_left_to_do(punte, tmp_path):
    done = punte("mapping", "new", "--from", CONTRACT, "--as", "safir.rights/1", "--into", tmp_path)
    assert done.code == 0
    assert "mapping        safir.rights/1" in done.out
    assert "rules: look at each" in done.out
    assert "leaves" in done.out
    assert f"punte mapping try {tmp_path}/mappings/safir/rights.yaml --watch" in done.err


def test_the_draft_is_tried_and_tested_at_once_without_any_option(punte, tmp_path):
    made = json.loads(punte("mapping", "new", "--from", CONTRACT, "--into", tmp_path, "--json").out)
    assert punte("mapping", "test", made["files"][0]).code == 0
    assert punte("mapping", "try", made["files"][0]).code == 0
    lint = punte("mapping", "lint", made["files"][0])
    assert {line.split()[1] for line in lint.out.splitlines()} == {"L141"}


WSDL = """<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:x="urn:x" targetNamespace="urn:x">
<types><schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:x"><element name="answer"><complexType>
<sequence><element name="name" type="string"/></sequence></complexType></element></schema></types>
<message name="in"/><message name="out"><part name="body" element="x:answer"/></message>
<portType name="port"><operation name="ask"><input message="x:in"/><output message="x:out"/></operation></portType>
{binding}</definitions>"""
BINDING = (
    '<binding name="b" type="x:port" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/"><s:binding/>'
    '<operation name="ask"/></binding>'
)


@pytest.mark.parametrize(("binding", "unbound"), [("", True), (BINDING, False)])
def test_a_wsdl_by_which_nobody_can_be_connected_is_told_at_once(punte, tmp_path, binding, unbound):
    (tmp_path / "own.wsdl").write_text(WSDL.format(binding=binding))
    done = punte("mapping", "new", "--from", tmp_path / "own.wsdl", "--into", tmp_path)
    assert (done.code, "the WSDL has no binding" in done.err) == (0, unbound), done.err


def test_a_file_that_was_changed_is_not_replaced(punte, tmp_path):
    words = ("mapping", "new", "--from", CONTRACT, "--into", tmp_path, "--as", "safir.rights/1")
    assert punte(*words).code == 0
    mapping = tmp_path / "mappings" / "safir" / "rights.yaml"
    mapping.write_text("# mine\n")
    done = punte(*words)
    assert done.code == 1
    assert "M115" in done.err
    assert mapping.read_text() == "# mine\n"


def test_a_document_without_a_contract_becomes_a_draft_that_reads_it(punte, tmp_path):
    answer = tmp_path / "answer.json"
    answer.write_text('{"type": "person-answer", "nume": "Popescu", "prenume": "Ana", "extra": 1}')
    made = json.loads(punte("mapping", "new", "--from", answer, "--into", tmp_path, "--json").out)
    assert (made["mapping"], made["guessed"], made["undecided"]) == ("answer.person-answer/1", 2, 2)
    assert punte("mapping", "test", made["files"][0]).code == 0
    read = json.loads(punte("read", answer, "--root", tmp_path / "mappings", "--json").out)
    assert (read["record"]["name"]["family"], read["mapping"].partition("@")[0]) == (
        "Popescu",
        "answer.person-answer/1",
    )


def test_a_sed_without_a_contract_becomes_a_draft_of_its_kind(punte, tmp_path):
    sed = MAPPINGS / "eessi" / "fixtures" / "native-p2200.json"
    made = json.loads(punte("mapping", "new", "--from", sed, "--into", tmp_path, "--json").out)
    assert made["mapping"] == "native-p2200.p-2200/1"
    assert 'json: "NATIVE"\n  document: "P2200"' in (tmp_path / "mappings/native-p2200/p-2200.yaml").read_text()


def test_a_contract_that_is_not_there_is_wrong_usage(punte, tmp_path):
    assert punte("mapping", "new", "--from", tmp_path / "none.xsd").code == 2


def test_another_model_is_wrong_usage(punte):
    assert punte("mapping", "new", "--from", CONTRACT, "--to", "Person").code == 2

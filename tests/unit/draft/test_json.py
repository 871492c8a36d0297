"""Drafts from JSON Schemas, from descriptions of flat files, and from one document without a contract."""

import json
from pathlib import Path

import pytest

from hub_core.draft import Wanted, draft
from hub_core.draft.seen import json_schema
from hub_core.errors import ConfigError
from hub_core.places import SCHEMAS
from tests.unit.draft.test_draft import loads_and_passes, text

SEDS = sorted((SCHEMAS / "eessi").glob("*.schema.json"))
ROWS = sorted((SCHEMAS / "partners").rglob("*.rows.yaml"))
REAL = Path(__file__).parents[4] / "shared" / "real" / "eessi"
ANSWER = {
    "type": "answer",
    "persoană": {"etternavn": "Zzolescu", "kjønn": "K", "fødselsdato": "03.02.1951", "mother": {"etternavn": "Yyolescu"}},
    "saker": [
        {"sakId": 4711, "status": "Xxstatus", "fom": "1999-05-06", "open": True},
        {"sakId": 4712, "fom": None, "parts": [[{"x": 1}], []]},
    ],
    'sum in "lei"': 12.5,
}  # fmt: skip


@pytest.fixture
def answer(tmp_path):
    """Return a document in a file."""
    file = tmp_path / "given" / "answer.json"
    file.parent.mkdir()
    file.write_text(json.dumps(ANSWER))
    return file


@pytest.mark.parametrize("file", SEDS, ids=lambda file: file.name.partition(".")[0])
def test_a_json_schema_becomes_a_draft_that_loads_passes_and_lints(file, tmp_path):
    dialect, _, document = file.name.partition(".")[0].partition("-")
    name = "" if document == "envelope" else document.upper()
    made = draft(Wanted(contract=file, dialect=dialect.upper(), document=name, id=f"own.{document}/1"))
    assert loads_and_passes(made, tmp_path) == set()
    assert made.guessed > 5


@pytest.mark.parametrize("file", ROWS, ids=lambda file: file.parent.name)
def test_a_flat_file_becomes_a_draft_with_a_file_whose_count_and_sum_fit(file, tmp_path):
    assert loads_and_passes(draft(Wanted(contract=file)), tmp_path) == {"L141"}


def test_a_document_becomes_a_draft_of_its_own_contract(answer, tmp_path):
    made = draft(Wanted(contract=answer, id="own.answer/1"))
    assert loads_and_passes(made, tmp_path) == set()
    rules, _, left = text(made).partition("# To be decided")
    assert "  name.family: {at: persoană.etternavn}  # guessed; the contract says only text" in rules
    assert "  sex: {at: persoană.kjønn, codes: eessi-sex, unmapped: flag}" in rules
    assert (
        "  birth.date: {at: persoană.fødselsdato, as: 'partial_date(\"%d.%m.%Y\")'}  # guessed; text of a form" in rules
    )
    assert "  benefits[]:\n    each: 'saker[]'\n" in rules
    assert "      case_number: {at: sakId}  # guessed; integer" in rules
    assert "#   saker.status: the contract says only text; perhaps benefits[].status, with a code list of yours" in left
    assert "#   persoană.mother.etternavn: the contract says only text; perhaps name.family" in left
    assert "#   saker.parts.x: integer" in left


def test_nothing_that_a_document_says_of_somebody_is_written(answer):
    made = draft(Wanted(contract=answer, id="own.answer/1"))
    written = b"".join(made.files.values()).decode()
    for value in ("Zzolescu", "Yyolescu", "Xxstatus", "03.02.1951", "1999-05-06", "4711"):
        assert value not in written


def test_every_leaf_of_a_document_is_a_rule_or_named_as_to_be_decided(answer):
    made = draft(Wanted(contract=answer, id="own.answer/1"))
    left = text(made).partition("Until then")[2].partition("tests:")[0].splitlines()[1:]
    assert (made.guessed + made.undecided, len(left)) == (11, made.undecided)


def test_the_schema_of_a_document_says_that_it_was_only_seen():
    schema, texts = json_schema({"a": [{"b": "2024-01-01"}, {"b": "2024-01-02"}], "c": None, "d": [1, 2.5]})
    assert "derived from samples, one document" in schema["$comment"]
    assert schema["properties"] == {
        "a": {"type": "array", "items": {"type": "object", "properties": {"b": {"type": "string", "format": "date"}}}},
        "c": {},
        "d": {"type": "array", "items": {"type": "number"}},
    }
    assert texts[("a", "b")] == ("2024-01-01", "2024-01-02")


def test_a_list_of_documents_is_refused(tmp_path):
    (tmp_path / "many.json").write_text("[{}, {}]")
    with pytest.raises(ConfigError) as caught:
        draft(Wanted(contract=tmp_path / "many.json"))
    assert (caught.value.code, caught.value.mend) == ("V401", "name a file that holds one object")


XML = """<q:answer xmlns:q="urn:q" xmlns:p="urn:p" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <q:item kind="Zzkind"><q:from>1999-05-06</q:from></q:item>
  <q:item kind="Zzkind"><q:from>1999-05-07</q:from><q:note xsi:nil="true"/></q:item>
  <p:person><p:etternavn>Zzolescu</p:etternavn><plain>Zzplain</plain></p:person>
</q:answer>"""


def test_an_xml_document_becomes_a_draft_with_a_schema_for_each_namespace(tmp_path):
    (tmp_path / "Answer.xml").write_text(XML)
    made = draft(Wanted(contract=tmp_path / "Answer.xml", id="own.answer/1"))
    assert list(made.files)[2:] == ["schemas/partners/own/Answer.xsd", "schemas/partners/own/Answer-2.xsd"]
    assert loads_and_passes(made, tmp_path / "own") == {"L141"}
    assert "name.family: {at: 'n2:person/n2:etternavn'}" in text(made)
    assert "Zz" not in b"".join(made.files.values()).decode()
    assert "1999" not in b"".join(made.files.values()).decode()


@pytest.mark.shared
@pytest.mark.parametrize("file", sorted((REAL / "sed" / "neessi").glob("*.json")), ids=lambda file: file.stem)
def test_a_real_document_becomes_a_draft(file, tmp_path):
    loads_and_passes(draft(Wanted(contract=file, id="own.answer/1", dialect="NEESSI")), tmp_path)

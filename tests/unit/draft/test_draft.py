"""Drafts of mappings: they load, their test passes, and lint says only what is still to be decided."""

import pytest

from hub_core.contract.words import LISTS, PERSON, list_meant, meant
from hub_core.contract.xsd import global_elements
from hub_core.draft import Wanted, draft
from hub_core.errors import ConfigError
from hub_core.lint import lint
from hub_core.mapping.selection import load_folder
from hub_core.mapping.trying.tests import run_tests
from hub_core.places import SCHEMAS

SHIPPED = [
    (file, element)
    for file in sorted((SCHEMAS / "partners").rglob("*.xsd"))
    for element in global_elements(file, SCHEMAS)
]
WSDL = """
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:xs="http://www.w3.org/2001/XMLSchema"
    xmlns:t="urn:own" targetNamespace="urn:own">
  <wsdl:types><xs:schema targetNamespace="urn:own" elementFormDefault="qualified">
    <xs:include schemaLocation="sub/parts.xsd"/>
    <xs:element name="askCases" type="xs:string"/>
    <xs:element name="cases"><xs:complexType><xs:sequence>
      <xs:element name="etternavn" type="xs:string"/>
      <xs:element name="kjonn" type="xs:string"/>
      <xs:element name="sak" type="t:Case" minOccurs="0" maxOccurs="unbounded"/>
      <xs:element name="node" type="t:Node" minOccurs="0"/>
    </xs:sequence></xs:complexType></xs:element>
  </xs:schema></wsdl:types>
  <wsdl:message name="asked"><wsdl:part name="p" element="t:askCases"/></wsdl:message>
  <wsdl:message name="answered"><wsdl:part name="p" element="t:cases"/></wsdl:message>
  <wsdl:portType name="port">
    <wsdl:operation name="getCases"><wsdl:input message="t:asked"/><wsdl:output message="t:answered"/></wsdl:operation>
  </wsdl:portType>
</wsdl:definitions>
"""
PARTS = """
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:own" targetNamespace="urn:own"
    elementFormDefault="qualified">
  <xs:complexType name="Case"><xs:sequence>
    <xs:element name="sakId" type="xs:string"/>
    <xs:element name="status" type="xs:string"/>
    <xs:element name="fom" type="xs:date"/>
    <xs:element name="sum" type="xs:decimal" minOccurs="0"/>
  </xs:sequence></xs:complexType>
  <xs:complexType name="Node"><xs:sequence>
    <xs:element name="word" type="xs:string"/>
    <xs:element name="node" type="t:Node" minOccurs="0"/>
  </xs:sequence></xs:complexType>
</xs:schema>
"""


@pytest.fixture
def wsdl(tmp_path):
    """Return a WSDL with one operation, whose schema includes another."""
    (tmp_path / "given" / "sub").mkdir(parents=True)
    (tmp_path / "given" / "sub" / "parts.xsd").write_text(PARTS.lstrip())
    file = tmp_path / "given" / "Cases.wsdl"
    file.write_text(WSDL.lstrip())
    return file


def put(made, folder):
    """Write a draft, and return the file of its mapping."""
    for name, body in made.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
    return folder / next(iter(made.files))


def text(made):
    return next(iter(made.files.values())).decode()


def loads_and_passes(made, folder):
    """Return what lint says of a draft that loads and whose test passes."""
    root = folder / "mappings"
    mapping = put(made, folder)
    (loaded,) = load_folder(root).all
    assert loaded.id == made.id
    (result,) = run_tests(mapping, mappings=load_folder(root), root=root)
    assert (result.passed, result.differences) == (True, ())
    assert made.valid
    return {one.code for one in lint([mapping], root=root, schemas=folder / "schemas")}


@pytest.mark.parametrize(("file", "element"), SHIPPED, ids=[f"{file.stem}-{element}" for file, element in SHIPPED])
def test_a_draft_loads_passes_its_test_and_leaves_to_lint_only_what_is_to_be_decided(file, element, tmp_path):
    made = draft(Wanted(contract=file, element=element))
    assert loads_and_passes(made, tmp_path) == ({"L141"} if made.undecided else set())


def test_the_answer_of_an_operation_is_read_and_its_schemas_come_with_it(wsdl):
    made = draft(Wanted(contract=wsdl, operation="getCases", id="own.cases/2"))
    assert list(made.files) == [
        "mappings/own/cases.yaml",
        "mappings/own/fixtures/cases.xml",
        "schemas/partners/own/Cases.wsdl",
        "schemas/partners/own/sub/parts.xsd",
    ]
    assert 'xml: "partners/own/Cases.wsdl#cases"' in text(made)


def test_rules_are_guessed_by_name_and_type(wsdl):
    rules = text(draft(Wanted(contract=wsdl))).partition("# To be decided")[0]
    assert "  name.family: {at: 'n:etternavn'}" in rules
    assert "  sex: {at: 'n:kjonn', codes: eessi-sex, unmapped: flag}" in rules
    assert "  benefits[]:\n    each: 'n:sak[]'\n" in rules
    assert "      case_number: {at: 'n:sakId'}  # guessed; the contract says only text" in rules
    assert "      period.start: {at: 'n:fom', as: date}  # guessed; date" in rules


def test_what_cannot_be_guessed_is_listed_with_what_it_may_be(wsdl):
    left = text(draft(Wanted(contract=wsdl))).partition("# To be decided")[2]
    assert "#   'n:sak/n:status': the contract says only text; perhaps benefits[].status, with a code list" in left
    assert "#   'n:sak/n:sum': decimal" in left


NESTED = """
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:element name="answer"><xs:complexType><xs:sequence>
    <xs:element name="personListe" maxOccurs="unbounded"><xs:complexType><xs:sequence>
      <xs:element name="ident" type="xs:string"/>
      <xs:element name="sakListe" maxOccurs="unbounded"><xs:complexType><xs:sequence>
        <xs:element name="vedtak" maxOccurs="unbounded"><xs:complexType><xs:sequence>
          <xs:element name="fom" type="xs:date"/>
          <xs:element name="dagsats" type="xs:decimal"/>
        </xs:sequence></xs:complexType></xs:element>
      </xs:sequence></xs:complexType></xs:element>
      <xs:element name="barn" maxOccurs="unbounded"><xs:complexType><xs:sequence>
        <xs:element name="ident" type="xs:string"/>
        <xs:element name="adresse" maxOccurs="unbounded"><xs:complexType><xs:sequence>
          <xs:element name="land" type="xs:string"/>
        </xs:sequence></xs:complexType></xs:element>
      </xs:sequence></xs:complexType></xs:element>
    </xs:sequence></xs:complexType></xs:element>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>
"""


def test_what_stands_in_nested_lists_is_guessed_where_all_speak_of_the_same_and_the_person_as_it_is_asked_for(tmp_path):
    file = tmp_path / "nested.xsd"
    file.write_text(NESTED.lstrip())
    made = draft(Wanted(contract=file, persons={"ident"}))
    rules, _, left = text(made).partition("# To be decided")
    assert "  identifiers[scheme=ro.cnp].value: {at: 'personListe[]/ident', as: cnp}" in rules
    assert (
        "    each: 'personListe[]/sakListe[]/vedtak[]'\n    fields:\n      period.start: {at: fom, as: date}" in rules
    )
    assert "dagsats: decimal; perhaps benefits[].amounts[].value.amount" in left
    assert "addresses" not in rules  # those of children
    assert "barn/ident" in left
    assert loads_and_passes(made, tmp_path / "made") == {"L141"}
    assert "ro.cnp" not in text(draft(Wanted(contract=file)))


def test_a_type_that_holds_itself_is_followed_once(wsdl):
    made = text(draft(Wanted(contract=wsdl)))
    assert "#   'n:node/n:word':" in made
    assert "n:node/n:node/n:node" not in made


def fault(**wanted):
    with pytest.raises(ConfigError) as caught:
        draft(Wanted(**wanted))
    return caught.value.code, caught.value.mend


def test_an_operation_that_is_not_there_is_told_with_those_that_are(wsdl):
    assert fault(contract=wsdl, operation="getCase") == ("V102", "write 'getCases' instead")


def test_a_contract_with_several_elements_asks_for_one():
    code, mend = fault(contract=SCHEMAS / "partners" / "anaf" / "Venituri.xsd")
    assert (code, mend) == ("V102", "write Venituri.xsd#ELEMENT: VENITURI, VENITURI_RASP")


def test_an_id_of_another_form_is_refused(wsdl):
    assert fault(contract=wsdl, id="Own Cases") == (
        "M103",
        "write lower-case letters, digits and hyphens: partner.document/1",
    )


def test_an_include_outside_of_the_folder_of_the_contract_is_refused(wsdl):
    (wsdl.parent / "sub" / "parts.xsd").rename(wsdl.parent.parent / "parts.xsd")
    wsdl.write_text(wsdl.read_text().replace("sub/parts.xsd", "../parts.xsd"))
    code, _ = fault(contract=wsdl)
    assert code == "V401"


def test_an_include_inside_the_named_folder_around_it_is_read(wsdl):
    (wsdl.parent / "sub" / "parts.xsd").rename(wsdl.parent.parent / "parts.xsd")
    wsdl.write_text(wsdl.read_text().replace("sub/parts.xsd", "../parts.xsd"))
    made = draft(Wanted(contract=wsdl, schemas=wsdl.parent.parent, id="own.cases/1"))
    assert 'xml: "partners/own/given/Cases.wsdl#cases"' in text(made)
    assert "schemas/partners/own/parts.xsd" in made.files


def test_a_contract_of_another_kind_is_refused_with_what_can_be_named(tmp_path):
    (tmp_path / "letter.pdf").write_bytes(b"%PDF")
    code, mend = fault(contract=tmp_path / "letter.pdf")
    assert (code, mend.startswith("name FILE.xsd, FILE.wsdl, FILE.schema.json")) == ("V401", True)


def test_a_contract_outside_of_the_named_folder_is_refused(wsdl):
    assert fault(contract=wsdl, schemas=wsdl.parent / "sub")[0] == "V401"


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("dataNașterii", "birth.date"),
        ("DATE_OF_BIRTH", "birth.date"),
        ("fødselsdato", "birth.date"),
        ("Prenume", "name.given"),
        ("lastName", "name.family"),
        ("etternavn", "name.family"),
        ("colour", None),
    ],
)
def test_a_name_is_understood_in_three_languages(name, field):
    assert meant([name], PERSON) == field


@pytest.mark.parametrize(
    ("names", "field"),
    [(["Prestații", "rând"], "benefits"), (["inntektListe"], "incomes"), (["children"], "children"), (["x"], None)],
)
def test_the_innermost_name_that_says_something_tells_which_list_is_meant(names, field):
    assert list_meant(names) == field


def test_every_list_that_words_speak_of_is_one_of_the_record():
    from hub_core.canonical import Beneficiary

    assert set(LISTS) <= set(Beneficiary.__struct_fields__)

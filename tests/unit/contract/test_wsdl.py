"""A WSDL as contract: the schemas inside it, and what they import."""

import pytest
from lxml import etree

from hub_core.contract import contract_of
from hub_core.errors import ConfigError
from hub_core.lint import lint
from hub_core.mapping import load
from hub_core.mapping.language.rules import Source

WSDL = """
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:xs="http://www.w3.org/2001/XMLSchema"
    xmlns:d="urn:data" targetNamespace="urn:asked">
  <wsdl:types>
    <xs:schema targetNamespace="urn:asked">
      <xs:import namespace="urn:data" schemaLocation="data.xsd"/>
      <xs:import namespace="urn:other"/>
      <xs:element name="answer"><xs:complexType><xs:sequence>
        <xs:element name="person" type="d:Person"/>
      </xs:sequence></xs:complexType></xs:element>
    </xs:schema>
    <xs:schema targetNamespace="urn:other"><xs:element name="fault" type="xs:string"/></xs:schema>
  </wsdl:types>
</wsdl:definitions>
"""
DATA = """
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:data">
  <xs:complexType name="Person"><xs:sequence>
    <xs:element name="family" type="xs:string"/>
    <xs:element name="born" type="xs:date" minOccurs="0"/>
  </xs:sequence></xs:complexType>
  <xs:element name="note" type="xs:string"/>
</xs:schema>
"""
MAPPING = """
mapping: own.answer/1
source: {xml: "own/Own.wsdl#answer"}
target: Beneficiary@1
fields:
  name.family: {at: person/family}
  birth.date: {at: person/born, as: partial_date}
"""


@pytest.fixture
def schemas(tmp_path):
    """Return a folder of contracts with a WSDL that imports a schema."""
    folder = tmp_path / "schemas"
    (folder / "own").mkdir(parents=True)
    (folder / "own" / "Own.wsdl").write_text(WSDL.lstrip())
    (folder / "own" / "data.xsd").write_text(DATA.lstrip())
    return folder


@pytest.fixture
def mappings(tmp_path):
    """Return a folder with a mapping of that WSDL."""
    folder = tmp_path / "mappings"
    folder.mkdir()
    (folder / "answer.yaml").write_text(MAPPING.lstrip())
    return folder


def contract(schemas, root="answer"):
    return contract_of(Source(kind="xml", root=root, schema="own/Own.wsdl", ns={}), schemas)


def test_the_places_of_an_inline_schema_and_of_what_it_imports_are_known(schemas):
    root = contract(schemas).root
    assert root.name == "{urn:asked}answer"
    assert [(name, one.required) for name, one in root.children["person"].children.items()] == [
        ("family", True),
        ("born", False),
    ]


@pytest.mark.parametrize(("local", "full"), [("fault", "{urn:other}fault"), ("note", "{urn:data}note")])
def test_an_element_of_any_of_its_schemas_can_be_the_root(schemas, local, full):
    assert contract(schemas, local).root.name == full


def test_a_document_is_held_against_the_schemas_of_the_wsdl(schemas):
    document = etree.fromstring('<a:answer xmlns:a="urn:asked"><person><family>Popa</family></person></a:answer>')
    assert contract(schemas).faults(document) == []
    document[0][0].tag = "given"
    assert [one.code for one in contract(schemas).faults(document)] == ["V201"]


def test_a_mapping_takes_its_root_from_the_wsdl(schemas, mappings):
    (mapping,) = load([mappings], schemas=schemas).all
    assert mapping.key == ("xml", "{urn:asked}answer")


def test_lint_holds_paths_against_the_wsdl(schemas, mappings):
    file = mappings / "answer.yaml"
    assert lint([file], root=mappings, schemas=schemas) == []
    file.write_text(file.read_text().replace("person/born", "person/birn"))
    assert "L101" in [one.code for one in lint([file], root=mappings, schemas=schemas)]


def test_an_element_that_the_wsdl_does_not_declare_is_a_fault(schemas, mappings):
    file = mappings / "answer.yaml"
    file.write_text(file.read_text().replace("#answer", "#anwser"))
    with pytest.raises(ConfigError, match="declares no element 'anwser'") as caught:
        load([mappings], schemas=schemas)
    assert (caught.value.code, caught.value.mend) == ("M107", "write 'answer' instead")


def test_a_wsdl_without_schemas_asks_for_the_xsd(schemas, mappings):
    (schemas / "own" / "Own.wsdl").write_text('<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"/>')
    with pytest.raises(ConfigError, match="the WSDL holds no schema") as caught:
        load([mappings], schemas=schemas)
    assert "name the XSD that declares the element" in caught.value.mend


def test_an_import_that_leaves_the_folder_of_schemas_is_refused(schemas, mappings, tmp_path):
    (schemas / "own" / "data.xsd").rename(tmp_path / "data.xsd")
    wsdl = schemas / "own" / "Own.wsdl"
    wsdl.write_text(wsdl.read_text().replace('"data.xsd"', '"../../data.xsd"'))
    with pytest.raises(ConfigError, match="lies outside of"):
        load([mappings], schemas=schemas)

"""Writing: what stands where two rules meet, what the contract wants besides, and XML as text."""

import json

import pytest
from lxml import etree

from hub_core.canonical import Beneficiary
from hub_core.canonical.person import Address, Name, Phone
from hub_core.canonical.values import Code
from hub_core.mapping import load
from hub_core.mapping.cache import Cache
from hub_core.mapping.selection import load_selected
from hub_core.mapping.writing.xmltext import XmlText
from hub_core.places import MAPPINGS
from tests.unit.mapping.conftest import ON

XSD = """
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:a" elementFormDefault="qualified">
  <xs:element name="answer"><xs:complexType>
    <xs:sequence>
      <xs:element name="status" type="xs:string"/>
      <xs:element name="family" type="xs:string"/>
      <xs:element name="given" type="xs:string" minOccurs="0"/>
      <xs:element name="phone" minOccurs="0" maxOccurs="unbounded"><xs:complexType>
        <xs:simpleContent><xs:extension base="xs:string">
          <xs:attribute name="use" type="xs:string" use="required"/>
        </xs:extension></xs:simpleContent>
      </xs:complexType></xs:element>
    </xs:sequence>
    <xs:attribute name="version" type="xs:string"/>
  </xs:complexType></xs:element>
</xs:schema>
"""
HEAD = """
mapping: test.answer/1
source: {xml: "answer.xsd#answer", ns: {a: "urn:a"}}
target: Beneficiary@1
direction: both
"""
PERSON = Beneficiary(name=Name(family="Popa"))


@pytest.fixture
def answer(tmp_path):
    """Return a mapping of the answer with these rules."""

    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "answer.xsd").write_text(XSD.strip())

    def made(rules, *, kept=None):
        file = folder / "answer.yaml"
        if not file.exists() or file.read_text() != HEAD.lstrip() + rules:
            file.write_text(HEAD.lstrip() + rules)
        return load([folder], schemas=folder, cache=kept).all[0]

    return made


def codes(writing):
    return [finding.code for finding in writing.findings]


def said(writing):
    return [(finding.code, finding.at) for finding in writing.findings]


# What the contract wants -------------------------------------------------------------------------------------


def test_a_place_that_a_rule_writes_and_the_record_lacks_stands_empty(answer):
    mapping = answer('fixed: {"a:status": ok}\nignore: {"a:status": ok}\nfields:\n  name.family: {at: "a:family"}\n'
                     '  name.given: {at: "a:given"}\n')  # fmt: skip
    writing = mapping.write(Beneficiary(name=Name(given="Ana")), on=ON)
    assert b"<a:family></a:family><a:given>Ana</a:given>" in writing.body


def test_a_place_that_nobody_writes_is_told_and_there_is_no_document(answer):
    mapping = answer('ignore: {"a:status": nobody asks}\nfields:\n  name.family: {at: "a:family"}\n')
    writing = mapping.write(PERSON, on=ON)
    assert writing.body is None
    assert ("M409", "a:status") in [(one.code, one.source) for one in writing.findings]
    assert mapping.out.unwritten() == ["a:status"]


def test_an_empty_fixed_text_is_a_text(answer):
    mapping = answer('fixed: {"a:status": ""}\nignore: {"a:status": words}\nfields:\n  name.family: {at: "a:family"}\n')
    writing = mapping.write(PERSON, on=ON)
    assert b"<a:status></a:status><a:family>Popa</a:family>" in writing.body
    assert mapping.out.unwritten() == []


def test_an_attribute_that_nobody_writes_is_told_only_where_its_element_is_written(answer):
    rules = 'fixed: {"a:status": ok}\nignore: {"a:status": ok}\nfields:\n  name.family: {at: "a:family"}\n'
    assert answer(rules).out.unwritten() == []
    phones = answer(rules + '  phones[]: {each: "a:phone", fields: {number: {at: "."}}}\n')
    assert phones.out.unwritten() == ["a:phone/@use"]
    record = Beneficiary(name=Name(family="Popa"), phones=(Phone(number="1"),))
    assert "M409" in codes(phones.write(record, on=ON))


# Where rules meet --------------------------------------------------------------------------------------------


def test_two_rules_for_one_place_say_which_value_is_not_carried(of_json):
    mapping = of_json.mapping("name.family: {at: last}\nbirth_name.family: {at: last}", top="direction: both")
    record = Beneficiary(name=Name(family="Popa"), birth_name=Name(family="Ene"))
    writing = mapping.write(record, on=ON)
    assert json.loads(writing.body) == {"last": "Popa"}
    assert said(writing) == [("M403", "birth_name.family")]


def test_two_rules_for_one_place_that_agree_lose_nothing(of_json):
    mapping = of_json.mapping("name.family: {at: last}\nbirth_name.family: {at: last}", top="direction: both")
    record = Beneficiary(name=Name(family="Popa"), birth_name=Name(family="Popa"))
    assert said(mapping.write(record, on=ON)) == []


def test_an_object_that_two_rules_reach_stands_once(of_json):
    rules = 'name.family: {at: person.last}\nphones[]: {each: "person.phone[]", fields: {number: {at: no}}}'
    mapping = of_json.mapping(rules, top="direction: both")
    record = Beneficiary(name=Name(family="Popa"), phones=(Phone(number="1"), Phone(number="2")))
    writing = mapping.write(record, on=ON)
    assert json.loads(writing.body) == {"person": {"last": "Popa", "phone": [{"no": "1"}, {"no": "2"}]}}


def test_elements_of_two_lists_share_a_place_and_are_told_apart_by_their_filter(of_json):
    rules = (
        'phones[]: {each: "contact[kind=phone]", fields: {number: {at: value}}}\n'
        'emails[]: {each: "contact[kind=mail].value"}'
    )
    mapping = of_json.mapping(rules, top="direction: both")
    record = Beneficiary(phones=(Phone(number="1"),), emails=("a@b.ro",))
    writing = mapping.write(record, on=ON)
    assert json.loads(writing.body) == {
        "contact": [{"kind": "phone", "value": "1"}, {"kind": "mail", "value": "a@b.ro"}]
    }


def test_what_a_condition_looks_at_is_there_before_it_looks(of_json):
    rules = "name.family:\n  - {at: old, when: {kind.form: old}}\n  - {at: new}\nname.given: {at: kind.form}"
    mapping = of_json.mapping(rules, top="direction: both")
    for form, place in (("old", "old"), ("else", "new")):
        writing = mapping.write(Beneficiary(name=Name(family="Popa", given=form)), on=ON)
        assert json.loads(writing.body) == {"kind": {"form": form}, place: "Popa"}


def test_plain_elements_are_plain_in_the_document(of_json):
    mapping = of_json.mapping('emails[]: {each: "mail[]"}', top="direction: both")
    writing = mapping.write(Beneficiary(emails=("a@b.ro", "c@d.ro")), on=ON)
    assert json.loads(writing.body) == {"mail": ["a@b.ro", "c@d.ro"]}


# XML ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["a&b", "<a>", "]]>", 'a"b', "a'b", "a\tb", "a\nb", "a\rb", "\u2028", "𝄞"])
def test_a_text_comes_back_as_it_was(text):
    tree = {"@a": text, "b": text, "c": [{"": text, "@d": text}]}
    root = etree.fromstring(XmlText("root", None, {}).text(tree))
    assert root.get("a") == text
    assert root.findtext("b") == text
    assert (root.find("c").text, root.find("c").get("d")) == (text, text)


def test_elements_of_namespaces_that_the_mapping_does_not_name_are_declared_where_they_stand():
    tree = {"{urn:b}b": {"@{urn:c}c": "1", "@{urn:c}d": "2", "{urn:a}e": ""}}
    root = etree.fromstring(XmlText("{urn:a}root", None, {"a": "urn:a"}).text(tree))
    (inner,) = root
    assert inner.tag == "{urn:b}b"
    assert dict(inner.attrib) == {"{urn:c}c": "1", "{urn:c}d": "2"}
    assert inner[0].tag == "{urn:a}e"


@pytest.mark.parametrize("text", ["\x00", "\x03", "\x1f", "\ufffe", "\ud800"])
def test_a_text_that_xml_cannot_hold_is_told(answer, text):
    mapping = answer('fixed: {"a:status": ok}\nignore: {"a:status": ok}\nfields:\n  name.family: {at: "a:family"}\n')
    writing = mapping.write(Beneficiary(name=Name(family=text)), on=ON)
    assert (writing.body, codes(writing)) == (None, ["M406"])


# Source ------------------------------------------------------------------------------------------------------


RULES = 'fixed: {"a:status": ok}\nignore: {"a:status": ok}\nfields:\n  name.family: {at: "a:family"}\n'


def test_the_source_of_writing_is_kept_and_writes_the_same(answer, tmp_path):
    new = answer(RULES, kept=Cache(tmp_path / "kept"))
    assert new.out.prepare() is False
    again = answer(RULES, kept=Cache(tmp_path / "kept"))
    assert again.out.prepare() is True
    assert again.out.body(PERSON, on=ON) == new.out.body(PERSON, on=ON)
    assert again.python(out=True) == new.python(out=True)


def test_a_changed_contract_is_not_written_by_what_was_kept_for_another(answer, tmp_path):
    cache = Cache(tmp_path / "kept")
    answer(RULES, kept=cache).out.prepare()
    mapping = answer(RULES, kept=cache)
    (tmp_path / "own" / "answer.xsd").write_text(XSD.replace('"family"', '"surname"'))
    assert mapping.out.prepare() is False


def test_an_address_goes_nowhere_where_it_would_be_read_as_one_of_another_kind():
    (mapping,) = load_selected([MAPPINGS / "eessi" / "nav-p8000.yaml"], root=MAPPINGS).all
    for code, place in (("residence", "bostedsadresse"), ("domicile", "adresse")):
        home = Address(use=Code(list="address-use@1", code=code), locality="Cluj")
        writing = mapping.write(Beneficiary(name=Name(family="Popa"), addresses=(home,)), on=ON)
        assert writing.document.root["nav"]["bruker"][place]["by"] == "Cluj"
    assert "M402" in codes(writing)
    (back,) = mapping.read(writing.document, on=ON).record.addresses
    assert back == Address(locality="Cluj")

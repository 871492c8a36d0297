"""XSD: what is admitted, what is found, and what is never repeated or fetched."""

from pathlib import Path

import pytest

from hub_core.errors import ConfigError
from hub_core.places import SCHEMAS
from hub_core.validation import load_xsd, parse_xml
from hub_core.validation.xsd import MAX_FINDINGS

HEAD = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"'
CASE = """ targetNamespace="urn:case" xmlns="urn:case" elementFormDefault="qualified">
<xs:element name="case"><xs:complexType>
  <xs:sequence>
    <xs:element name="cnp" maxOccurs="unbounded">
      <xs:simpleType><xs:restriction base="xs:string"><xs:pattern value="[0-9]{13}"/></xs:restriction></xs:simpleType>
    </xs:element>
    <xs:element name="sex" minOccurs="0">
      <xs:simpleType><xs:restriction base="xs:string">
        <xs:enumeration value="M"/><xs:enumeration value="F"/>
      </xs:restriction></xs:simpleType>
    </xs:element>
    <xs:element name="born" type="xs:date" minOccurs="0"/>
    <xs:element name="children" minOccurs="0"><xs:complexType><xs:sequence>
      <xs:element name="child" type="xs:string" maxOccurs="3"/></xs:sequence></xs:complexType></xs:element>
  </xs:sequence>
  <xs:attribute name="number" type="xs:integer" use="required"/>
</xs:complexType></xs:element></xs:schema>"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "contract").mkdir()
    return tmp_path / "contract"


def write(folder: Path, name: str, rest: str) -> Path:
    path = folder / name
    path.write_text(HEAD + rest, encoding="utf-8")
    return path


def findings(folder: Path, inner: str, *, attributes: str = 'number="1"') -> list[tuple[str, str | None, int | None]]:
    schema = load_xsd(write(folder, "case.xsd", CASE))
    document = parse_xml(f'<case xmlns="urn:case" {attributes}>\n{inner}</case>'.encode())
    return [(found.text, found.source, found.line) for found in schema.faults(document)]


def test_a_valid_document_has_no_findings(folder: Path) -> None:
    assert findings(folder, "<cnp>2850415123458</cnp>") == []


@pytest.mark.parametrize(
    ("inner", "text", "source"),
    [
        ("<cnp>285</cnp>", "cnp: the value does not fit the pattern", "case/cnp"),
        ("<cnp>2850415123458</cnp><cnp>x</cnp>", "cnp: the value does not fit the pattern", "case/cnp[2]"),
        ("<cnp>2850415123458</cnp><sex>X</sex>", "sex: the value is not in the list", "case/sex"),
        ("<cnp>2850415123458</cnp><born>15.04.1985</born>", "born: the value is not of its type", "case/born"),
        ("", "case: an element is missing or not expected here; expected: cnp", "case"),
        (
            "<cnp>2850415123458</cnp><sex>F</sex><cnp>2850415123458</cnp>",
            "cnp: an element is missing or not expected here; expected: born, children",
            "case/cnp[2]",
        ),
        ("<cnp>2850415123458</cnp>ionescu", "case: must not hold text", "case"),
    ],
)
def test_a_fault_is_told_by_name_rule_path_and_line(folder: Path, inner: str, text: str, source: str) -> None:
    ((told, path, line),) = findings(folder, inner)
    assert (told, path) == (text, source)
    assert line in (1, 2)


def test_a_missing_and_an_unknown_attribute_are_told(folder: Path) -> None:
    found = findings(folder, "<cnp>2850415123458</cnp>", attributes='ionescu="1"')
    assert [text for text, _, _ in found] == [
        "case, attribute (a name not in the schema): has an attribute that is not allowed",
        "case: a required attribute is missing: number",
    ]


def test_no_finding_repeats_a_value_or_a_name_that_the_sender_made_up(folder: Path) -> None:
    found = findings(folder, "<cnp>IONESCU</cnp><MARIA/><born>POPA</born>", attributes='number="ELENA" STEFAN="x"')
    told = str(found)
    assert found
    assert [word for word in ("IONESCU", "MARIA", "POPA", "ELENA", "STEFAN") if word in told] == []


def test_another_document_is_told_as_such(folder: Path) -> None:
    schema = load_xsd(write(folder, "case.xsd", CASE))
    (found,) = schema.faults(parse_xml(b"<ionescu/>"))
    assert found.text == "(a name not in the schema): not a document of this contract"


def test_an_element_inside_another_document_is_validated_by_itself(folder: Path) -> None:
    schema = load_xsd(write(folder, "case.xsd", CASE))
    outer = parse_xml(b'<envelope>\n\n<case xmlns="urn:case" number="1"><cnp>1</cnp></case></envelope>')
    (found,) = schema.faults(outer[0])
    assert (found.source, found.line) == ("case/cnp", 3)


def test_findings_are_bounded(folder: Path) -> None:
    assert len(findings(folder, "<cnp>x</cnp>" * 500)) == MAX_FINDINGS


def test_a_schema_may_include_others_of_its_folder(folder: Path) -> None:
    write(folder, "part.xsd", '><xs:element name="part" type="xs:string"/></xs:schema>')
    path = write(folder, "whole.xsd", '><xs:include schemaLocation="part.xsd"/></xs:schema>')
    assert load_xsd(path).faults(parse_xml(b"<part/>")) == []


@pytest.mark.parametrize(
    "location", ["../outside.xsd", "{}/outside.xsd", "file://{}/outside.xsd", "http://127.0.0.1:9/x.xsd"]
)
def test_a_schema_reaches_nothing_outside_its_folder(folder: Path, location: str) -> None:
    write(folder.parent, "outside.xsd", '><xs:element name="secret"/></xs:schema>')
    where = location.format(folder.parent)
    path = write(folder, "case.xsd", f'><xs:include schemaLocation="{where}"/><xs:element name="a"/></xs:schema>')
    with pytest.raises(ConfigError) as refused:
        load_xsd(path)
    assert refused.value.code == "V401"
    assert "outside" in refused.value.text or "not a file" in refused.value.text


def test_a_schema_in_a_link_that_leads_outside_is_refused(folder: Path) -> None:
    write(folder.parent, "outside.xsd", '><xs:element name="secret"/></xs:schema>')
    (folder / "link.xsd").symlink_to(folder.parent / "outside.xsd")
    path = write(folder, "case.xsd", '><xs:include schemaLocation="link.xsd"/></xs:schema>')
    with pytest.raises(ConfigError):
        load_xsd(path)


def test_a_schema_with_a_document_type_is_refused(folder: Path) -> None:
    path = folder / "case.xsd"
    path.write_text(f"<!DOCTYPE x>{HEAD}><xs:element name='a'/></xs:schema>", encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load_xsd(path)
    assert "not harmless" in refused.value.text


def test_a_schema_that_one_validator_alone_would_take_is_not_admitted(folder: Path) -> None:
    path = write(
        folder,
        "case.xsd",
        '><xs:element name="a"><xs:simpleType><xs:restriction base="xs:string"><xs:minLength value="5"/>'
        '<xs:maxLength value="3"/></xs:restriction></xs:simpleType></xs:element></xs:schema>',
    )
    with pytest.raises(ConfigError, match="the two validators disagree: only libxml2 takes it"):
        load_xsd(path)


def test_standards_that_contracts_import_by_name_only_are_there(folder: Path) -> None:
    path = write(
        folder,
        "case.xsd",
        '><xs:import namespace="http://schemas.xmlsoap.org/soap/encoding/"/>'
        '<xs:element name="a" xmlns:e="http://schemas.xmlsoap.org/soap/encoding/" type="e:string"/></xs:schema>',
    )
    assert load_xsd(path).faults(parse_xml(b"<a>x</a>")) == []


def test_every_schema_of_ours_is_admitted_by_both_validators() -> None:
    paths = sorted(SCHEMAS.glob("partners/*/*.xsd"))
    assert len(paths) >= 5
    for path in paths:
        load_xsd(path)


@pytest.mark.shared
def test_the_real_schemas_of_the_insurance_house_are_admitted(shared: Path) -> None:
    paths = sorted((shared / "wsdl" / "cnas" / "xsd").rglob("*.xsd"))
    assert len(paths) >= 5
    for path in paths:
        load_xsd(path)

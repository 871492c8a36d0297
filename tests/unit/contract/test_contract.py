"""Contracts: the places that XSDs and JSON Schemas allow, how often they stand, what their text may be."""

import json
import re
from pathlib import Path

import pytest

from hub_core.contract import Contract, LeafType, Place, contract_of
from hub_core.errors import ConfigError
from hub_core.mapping.language.paths import parse_path
from hub_core.mapping.language.rules import Source
from tests.shipped import SHIPPED


def xsd(folder: Path, body: str, *, root: str = "doc", head: str = "") -> Place:
    """Return the root of a schema with this content."""
    start = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" {head}>'
    (folder / "x.xsd").write_text(f"{start}{body}</xs:schema>", encoding="utf-8")
    found = contract_of(Source(kind="xml", root=f"x.xsd#{root}", schema="x.xsd", ns={}), folder)
    assert found
    return found.root


def doc(content: str) -> str:
    return f'<xs:element name="doc"><xs:complexType>{content}</xs:complexType></xs:element>'


def from_json(folder: Path, schema: object) -> Contract:
    (folder / "x.json").write_text(json.dumps(schema), encoding="utf-8")
    found = contract_of(Source(kind="json", dialect="X", schema="x.json", ns={}), folder)
    assert found
    return found


@pytest.mark.parametrize("mapping", SHIPPED.all, ids=lambda one: one.id)
def test_every_shipped_mapping_has_a_contract_with_places(mapping) -> None:
    found = contract_of(mapping.source)
    assert found
    assert found.root.children


def test_a_source_without_a_schema_has_no_contract() -> None:
    assert contract_of(Source(kind="xml", root="{urn:x}doc", ns={})) is None
    assert contract_of(Source(kind="json", dialect="NOBODY", document="P1", ns={})) is None


def test_a_path_leads_to_its_place() -> None:
    mapping = SHIPPED.get("cnas.insured-person/1")
    assert mapping
    found = contract_of(mapping.source)
    assert found
    category = found.at(parse_path("c:insured/c:categories/c:category", "xml", mapping.source.ns))
    assert category
    assert category.many
    assert not category.required
    assert [name for name, place in category.children.items() if place.required] == ["@code"]
    day = found.at(parse_path("c:insured/c:categories/c:category/@validFrom", "xml", mapping.source.ns))
    assert day
    assert day.leaf == LeafType(kind="date")
    assert found.at(parse_path("c:insured/c:nobody", "xml", mapping.source.ns)) is None


def test_a_path_without_prefix_fits_every_namespace_where_it_says_so() -> None:
    mapping = SHIPPED.get("cnas.insured-person/1")
    assert mapping
    found = contract_of(mapping.source)
    assert found
    assert found.at(parse_path("insured/categories", "xml", any_namespace=True))


def test_facets_of_types_of_types_add_up(tmp_path: Path) -> None:
    types = (
        '<xs:simpleType name="a"><xs:restriction base="xs:string"><xs:pattern value="[0-9]+"/></xs:restriction>'
        '</xs:simpleType><xs:simpleType name="b"><xs:restriction base="a"><xs:pattern value=".{3}"/>'
        '<xs:maxLength value="3"/></xs:restriction></xs:simpleType>'
    )
    leaf = xsd(tmp_path, types + doc('<xs:attribute name="n" type="b"/>')).children["@n"].leaf
    assert leaf
    assert leaf.pattern
    assert leaf.max_length == 3
    assert [bool(re.fullmatch(leaf.pattern, text)) for text in ("123", "12", "abc")] == [True, False, False]


@pytest.mark.parametrize(
    ("written", "fits", "fails"),
    [
        ("a^b", "a^b", "ab"),
        ("[^$]$", "a$", "a"),
        (r"\$[0-9]{2}", "$12", "12"),
        ("a|b", "b", "ab"),
        (r"[\]]x", "]x", "x"),
        ("[0-9]{4}-[0-9]{2}", "2024-05", "2024.05"),
    ],
)
def test_patterns_of_schemas_mean_the_same_in_python(tmp_path: Path, written: str, fits: str, fails: str) -> None:
    content = (
        '<xs:attribute name="n"><xs:simpleType><xs:restriction base="xs:string">'
        f'<xs:pattern value="{written}"/></xs:restriction></xs:simpleType></xs:attribute>'
    )
    leaf = xsd(tmp_path, doc(content)).children["@n"].leaf
    assert leaf
    assert leaf.pattern
    assert re.fullmatch(leaf.pattern, fits)
    assert not re.fullmatch(leaf.pattern, fails)


def test_a_pattern_that_python_cannot_say_is_left_out(tmp_path: Path) -> None:
    content = (
        '<xs:attribute name="n"><xs:simpleType><xs:restriction base="xs:string">'
        '<xs:pattern value="[a-z-[aeiou]]"/></xs:restriction></xs:simpleType></xs:attribute>'
    )
    assert xsd(tmp_path, doc(content)).children["@n"].leaf == LeafType()


def test_a_union_of_words_and_pattern_takes_both(tmp_path: Path) -> None:
    types = (
        '<xs:simpleType name="w"><xs:restriction base="xs:string"><xs:enumeration value="none"/></xs:restriction>'
        '</xs:simpleType><xs:simpleType name="p"><xs:restriction base="xs:string"><xs:pattern value="[0-9]"/>'
        '</xs:restriction></xs:simpleType><xs:simpleType name="u"><xs:union memberTypes="w p"/></xs:simpleType>'
    )
    leaf = xsd(tmp_path, types + doc('<xs:attribute name="n" type="u"/>')).children["@n"].leaf
    assert leaf
    assert leaf.pattern
    assert [bool(re.fullmatch(leaf.pattern, text)) for text in ("none", "7", "non")] == [True, True, False]


def test_choices_are_numbered_and_require_nothing(tmp_path: Path) -> None:
    content = (
        '<xs:sequence><xs:element name="a"/><xs:choice maxOccurs="2"><xs:element name="b" type="xs:int"/>'
        '<xs:element name="c" type="xs:string"/></xs:choice></xs:sequence>'
    )
    places = xsd(tmp_path, doc(content)).children
    assert [(one.name, one.required, one.many, one.choice is None) for one in places.values()] == [
        ("a", True, False, True),
        ("b", False, True, False),
        ("c", False, True, False),
    ]
    assert places["b"].choice == places["c"].choice
    assert places["a"].open


def test_an_element_that_stands_twice_in_a_sequence_repeats(tmp_path: Path) -> None:
    twice = '<xs:element name="a" type="xs:string"/>' * 2
    assert xsd(tmp_path, doc(f"<xs:sequence>{twice}</xs:sequence>")).children["a"].many


def test_an_extended_type_holds_what_it_extends(tmp_path: Path) -> None:
    types = (
        '<xs:complexType name="base"><xs:sequence><xs:element name="a" type="xs:string"/></xs:sequence>'
        '<xs:attribute name="n"/></xs:complexType>'
    )
    extension = (
        '<xs:complexContent><xs:extension base="base"><xs:sequence><xs:element name="b" type="xs:string"/>'
        "</xs:sequence></xs:extension></xs:complexContent>"
    )
    assert list(xsd(tmp_path, types + doc(extension)).children) == ["@n", "a", "b"]


def test_a_text_with_attributes_has_both(tmp_path: Path) -> None:
    content = '<xs:simpleContent><xs:extension base="xs:decimal"><xs:attribute name="unit"/></xs:extension></xs:simpleContent>'
    place = xsd(tmp_path, doc(content))
    assert place.leaf == LeafType(kind="decimal")
    assert list(place.children) == ["@unit"]


def test_a_type_that_holds_itself_is_followed_as_far_as_asked(tmp_path: Path) -> None:
    types = '<xs:complexType name="t"><xs:sequence><xs:element name="t" type="t" minOccurs="0"/></xs:sequence></xs:complexType>'
    place = xsd(tmp_path, types + '<xs:element name="doc" type="t"/>')
    assert place.children["t"].children["t"].children["t"].name == "t"


def test_included_schemas_take_the_namespace_and_stay_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "inner.xsd").write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified"><xs:complexType name="t">'
        '<xs:sequence><xs:element name="a" type="xs:date"/></xs:sequence></xs:complexType></xs:schema>',
        encoding="utf-8",
    )
    body = '<xs:include schemaLocation="inner.xsd"/><xs:element name="doc" type="t:t"/>'
    place = xsd(tmp_path, body, head='targetNamespace="urn:t" xmlns:t="urn:t"')
    assert place.name == "{urn:t}doc"
    assert place.children["{urn:t}a"].leaf == LeafType(kind="date")
    outside = '<xs:include schemaLocation="../../etc/passwd"/><xs:element name="doc"/>'
    with pytest.raises(ConfigError, match="V401"):
        xsd(tmp_path, outside)


def test_a_schema_with_a_document_type_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.xsd").write_text('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', encoding="utf-8")
    with pytest.raises(ConfigError, match="V401"):
        contract_of(Source(kind="xml", root="x.xsd#doc", schema="x.xsd", ns={}), tmp_path)


def test_a_contract_outside_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}", encoding="utf-8")
    (tmp_path / "inner").mkdir()
    with pytest.raises(ConfigError, match="outside"):
        contract_of(Source(kind="json", dialect="X", schema="../x.json", ns={}), tmp_path / "inner")


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    assert list(xsd(tmp_path, doc('<xs:attribute name="a"/>')).children) == ["@a"]
    assert list(xsd(tmp_path, doc('<xs:attribute name="abc"/>')).children) == ["@abc"]


def test_json_schemas_say_lists_types_and_bounds(tmp_path: Path) -> None:
    root = from_json(
        tmp_path,
        {
            "type": "object",
            "required": ["n"],
            "properties": {
                "n": {"type": "integer", "minimum": 1, "maximum": 9},
                "kind": {"enum": ["A", "B"]},
                "day": {"type": "string", "format": "date", "pattern": "^2"},
                "one_or_many": {"anyOf": [{"type": "array", "items": {"$ref": "#/$defs/x"}}, {"$ref": "#/$defs/x"}]},
                "anything": {},
                "self": {"$ref": "#"},
            },
            "$defs": {"x": {"type": "object", "properties": {"y": {"type": ["string", "null"]}}}},
        },
    ).root
    places = root.children
    assert places["n"].required
    assert places["n"].leaf == LeafType(kind="integer", json="integer", minimum="1", maximum="9")
    assert places["kind"].leaf == LeafType(enum=("A", "B"))
    day = places["day"].leaf
    assert day
    assert day.kind == "date"
    assert re.fullmatch(day.pattern or "", "2024-01-01")
    assert places["one_or_many"].many
    assert places["one_or_many"].children["y"].leaf == LeafType()
    assert places["anything"].open
    assert not places["n"].open
    assert places["self"].children["self"].children["n"].required


def test_documents_are_held_against_the_contract() -> None:
    mapping = SHIPPED.get("anpis.rights/1")
    assert mapping
    found = contract_of(mapping.source)
    assert found
    body = Path("mappings/anpis/fixtures/rights.xml").read_bytes()
    assert found.faults(body) == []
    (fault,) = found.faults(body.replace(b'STARE="S"', b'STARE="X"'))
    assert fault.code == "V201"
    assert fault.source


def test_written_objects_are_held_against_the_contract(tmp_path: Path) -> None:
    found = from_json(tmp_path, {"type": "object", "properties": {"n": {"type": "integer"}}})
    assert found.faults({"n": 1}) == []
    assert [fault.code for fault in found.faults({"n": "1"})] == ["V202"]

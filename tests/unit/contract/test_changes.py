"""What became another in a contract: JSON Schema, what no seeded change shows, and whom it concerns."""

import json
from pathlib import Path

import pytest

from hub_core.contract.changes import Comparison, compare
from hub_core.contract.changes.forms import Element, Group, Type
from hub_core.contract.changes.words import includes, ranks, words
from hub_core.lint.touched import Lines
from hub_core.places import MAPPINGS, SCHEMAS
from registry.sets.consumers import consumers_of
from registry.sets.draft import draft_of
from registry.sets.reading import gather
from tests.contracts.making import bound, schema, service, written, wsdl

COUNTRY = Path(__file__).parents[3] / "hub_demo" / "country"
PERSON = {
    "type": "object",
    "required": ["cnp"],
    "properties": {
        "cnp": {"type": "string", "pattern": "^[0-9]{13}$"},
        "name": {"type": "string", "maxLength": 40},
        "state": {"enum": ["active", "ended"]},
        "children": {"type": "array", "items": {"$ref": "#/$defs/child"}},
        "height": {"type": "integer"},
    },
    "$defs": {"child": {"type": "object", "properties": {"born": {"type": "string", "format": "date"}}}},
}


def compared(folder: Path, old: object, new: object) -> Comparison:
    for name, document in (("old.json", old), ("new.json", new)):
        (folder / name).write_text(json.dumps(document), encoding="utf-8")
    return compare(folder / "old.json", folder / "new.json")


def told(found: Comparison) -> list[tuple[str, str, bool, bool]]:
    return [(one.kind, one.uses[0].path, one.writers, one.readers) for one in found.changes]


@pytest.mark.parametrize(
    ("where", "value", "expected"),
    [
        (("required",), ["cnp", "name"], ("occurrence", "name", True, False)),
        (("required",), [], ("occurrence", "cnp", False, True)),
        (("properties", "cnp", "pattern"), "^[0-9]{10}$", ("pattern", "cnp", True, True)),
        (("properties", "name", "maxLength"), 20, ("length", "name", True, False)),
        (("properties", "state", "enum"), ["active"], ("enumeration", "state", True, False)),
        (("properties", "state", "enum"), ["active", "ended", "new"], ("enumeration", "state", False, True)),
        (("properties", "height", "type"), "string", ("type", "height", False, True)),
        (("properties", "height", "type"), ["integer", "null"], ("nillable", "height", False, True)),
        (("properties", "children"), {"$ref": "#/$defs/child"}, ("occurrence", "children", True, True)),
        (("properties", "born"), {"type": "string"}, ("element-added", "born", False, False)),
        (("$defs", "child", "properties", "born", "format"), "time", ("type", "children.born", False, True)),
        (("additionalProperties",), False, ("wildcard", ".", True, False)),
    ],
)
def test_a_change_of_a_json_schema_is_told_as_what_it_is(where, value, expected, tmp_path):
    new = json.loads(json.dumps(PERSON))
    at = new
    for step in where[:-1]:
        at = at[step]
    at[where[-1]] = value
    assert told(compared(tmp_path, PERSON, new)) == [expected]


def test_a_change_of_a_json_schema_is_told_with_its_line(tmp_path):
    text = json.dumps(PERSON, indent=2)
    for name, body in (("old.json", text), ("new.json", text.replace("13}$", "10}$"))):
        (tmp_path / name).write_text(body, encoding="utf-8")
    (change,) = compare(tmp_path / "old.json", tmp_path / "new.json").changes
    assert text.splitlines()[change.old[1] - 1].strip() == '"cnp": {'


def test_another_way_to_write_a_json_schema_is_no_change(tmp_path):
    new = {"title": "Person", **dict(reversed(PERSON.items()))}
    new["properties"] = dict(reversed(PERSON["properties"].items()))
    new["properties"]["children"] = {"type": "array", "items": PERSON["$defs"]["child"], "description": "all of them"}
    del new["$defs"]
    assert compared(tmp_path, PERSON, new).changes == ()


def named(name: str, **more: int | None) -> Element:
    return Element(name=name, type=Type(name=""), **more)


def test_groups_that_allow_the_same_are_the_same():
    a, b = named("a"), named("b")
    both_optional = Group(kind="sequence", items=(named("a", least=0), named("b", least=0)))
    ordered, unordered = Group(kind="sequence", items=(a, b)), Group(kind="all", items=(a, b))
    known = {"a": "a", "b": "b"}

    def word(group: Group) -> object:
        return words(group, known, ranks(group), left="out")

    assert includes(word(unordered), word(ordered))
    assert not includes(word(ordered), word(unordered))
    assert includes(word(both_optional), word(ordered))
    either = Group(kind="choice", items=(Group(kind="sequence", items=(a, b)), Group(kind="sequence", items=(b, a))))
    assert includes(word(either), word(unordered))
    assert includes(word(unordered), word(either))


def test_a_comparison_that_would_take_too_long_ends_and_promises_nothing():
    known = {f"e{number}": f"e{number}" for number in range(40)}
    each_once = Group(kind="all", items=tuple(named(name, least=0) for name in known))
    any_number = Group(kind="choice", items=each_once.items, least=0, most=None)
    assert not includes(words(any_number, known, {}, left="out"), words(each_once, known, {}, left="out"))


def test_what_a_wsdl_says_of_operations_is_told_with_its_line(tmp_path):
    two = {"binding": bound() + bound(name="C", soap="soap12"), "end": service("B", "C")}
    old = written(tmp_path / "old", {"a.wsdl": wsdl(**two).replace("><", ">\n<")})
    text = old.read_text(encoding="utf-8")
    at = text.rindex("soapAction")
    new = written(tmp_path / "new", {"a.wsdl": text[:at] + text[at:].replace("urn:get", "urn:other", 1)})
    (change,) = compare(old, new).changes
    assert (change.kind, change.text, change.writers) == ("action", "SOAPAction 'urn:get' became 'urn:other'", True)
    for file, line in (change.old, change.new):
        assert '<operation name="get"' in (tmp_path / "old" / file).read_text(encoding="utf-8").splitlines()[line - 1]


def test_types_that_no_document_of_a_schema_uses_are_compared_too(tmp_path):
    kind = '<xs:complexType name="Person"><xs:sequence><xs:element name="born" type="xs:date"{}/></xs:sequence></xs:complexType>'
    old = written(tmp_path / "old", {"a.xsd": schema(kind.format(""))})
    new = written(tmp_path / "new", {"a.xsd": schema(kind.format(' minOccurs="0"'))})
    (change,) = compare(old, new).changes
    assert (change.kind, change.uses[0].path, change.readers) == ("occurrence", "tns:born", True)


def test_the_lines_of_mappings_that_read_a_changed_place_are_named(tmp_path):
    old = SCHEMAS / "partners" / "cnas" / "GetInsuredResponse.xsd"
    new = tmp_path / old.name
    new.write_text(old.read_text(encoding="utf-8").replace('name="validFrom"', 'name="since"'), encoding="utf-8")
    found = compare(old, new, way="answer")
    assert [(one.kind, one.text, one.old) for one in found.changes] == [
        ("renamed", "renamed to since", ("GetInsuredResponse.xsd", 61))
    ]
    lines = Lines(MAPPINGS / "cnas", SCHEMAS).touched(found.changes[0])
    mapping = (MAPPINGS / "cnas" / "insured-person.yaml").read_text(encoding="utf-8").splitlines()
    assert {line.mapping for line in lines} == {"cnas.insured-person/1"}
    assert all("@validFrom" in mapping[line.line - 1] for line in lines)


def test_whoever_works_with_a_contract_is_named():
    directory = draft_of(gather(COUNTRY), folder=COUNTRY).directory()
    found = consumers_of(SCHEMAS / "partners" / "cnas" / "SiuiInsuredWS.wsdl", directory)
    assert {one.endpoint for one in found} == {"cnas-insured", "cnas-answers"}
    assert next(one for one in found if one.endpoint == "cnas-insured").queries == ("person",)

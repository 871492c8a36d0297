"""What only XML has: attributes, namespaces, comments, mixed text, lines."""

import pytest
from lxml import etree

from hub_core.document import Document
from hub_core.mapping import value_at
from tests.unit.mapping.conftest import ON, of_mapping

NS = "urn:test"
SOURCE = '{xml: "{urn:test}root", ns: {t: "urn:test", u: "urn:other"}}'
PEOPLE = """
notes[]: {each: t:list/t:item, fields: {text: {at: "@name"}, about: {at: t:about}}}
name.family: {at: t:person/@family}
name.given: {at: t:person}
"""


@pytest.fixture
def read(of_xml):
    def run(body, fields=PEOPLE, **attributes):
        of_xml.write(fields)
        file = of_xml.folder / "test.yaml"
        file.write_text(file.read_text().replace('{xml: "{}root"}', SOURCE))
        (mapping,) = of_xml.load().all
        root = etree.fromstring(f'<root xmlns="urn:test" xmlns:u="urn:other">{body}</root>')
        document = Document(kind="xml", root=root, name="root")
        assert mapping.explain(document, on=ON)[0] == mapping.read(document, on=ON)
        return of_mapping(mapping.read(document, on=ON))

    return run


def test_attributes_and_the_text_beside_them_are_two_values(read):
    name = read('<person family="Popa">Ana</person>').record.name
    assert (name.family, name.given) == ("Popa", "Ana")


def test_an_element_of_another_namespace_is_another_element(read):
    reading = read('<u:person family="Popa">Ana</u:person><person xmlns="" family="Rusu"/>')
    assert reading.record.name is None
    assert [leaf.path for leaf in reading.unmapped] == ["u:person/@family", "u:person", "person/@family"]


def test_names_of_unknown_namespaces_are_shown_in_full(read):
    reading = read('<x:a xmlns:x="urn:x" x:b="1"/>')
    assert [leaf.path for leaf in reading.unmapped] == ['"{urn:x}a"/@"{urn:x}b"']


def test_a_comment_does_not_cut_a_text(read):
    reading = read("<person>An<!-- not this -->a<?and not=this?></person>")
    assert reading.record.name.given == "Ana"
    assert reading.unmapped == ()


def test_comments_between_elements_hold_no_values(read):
    assert read("<!-- x --><list><!-- y --><item name='a'/></list><?z?>").unmapped == ()


def test_text_between_elements_is_unmapped(read):
    reading = read("one<list>two<item name='a'>three</item>four</list>five")
    left = {leaf.path: leaf.value for leaf in reading.unmapped}
    assert left == {".": "onefive", "t:list": "twofour", "t:list/t:item": "three"}


def test_what_stands_between_the_elements_of_a_list_is_unmapped(read):
    reading = read('<list><item name="a"/><u:item name="b"/>w<!-- not this -->w<item name="c"/></list>')
    assert [note.text for note in reading.record.notes] == ["a", "c"]
    assert [(leaf.path, leaf.value) for leaf in reading.unmapped] == [("t:list/u:item/@name", "b"), ("t:list", "ww")]


def test_a_star_in_a_quoted_name_stands_for_itself(read):
    reading = read('<list><item name="a"/></list>', fields='notes[]: {each: t:list/"*", fields: {text: {at: "@name"}}}')
    assert reading.record.notes == ()
    assert [leaf.path for leaf in reading.unmapped] == ["t:list/t:item/@name"]


def test_elements_inside_a_text_are_unmapped(read):
    reading = read("<person>Ana<b k='1'>Maria</b></person>")
    assert reading.record.name.given == "Ana"
    assert {leaf.path: leaf.value for leaf in reading.unmapped} == {"t:person/t:b": "Maria", "t:person/t:b/@k": "1"}


def test_unnamed_attributes_are_unmapped(read):
    reading = read("<list l='1'><item name='a' x='2'/><item name='b' y=' '/></list>")
    left = {leaf.path: leaf.value for leaf in reading.unmapped}
    assert left == {"t:list/@l": "1", "t:list/t:item[0]/@x": "2"}


def test_attributes_of_the_schema_language_are_no_values(read):
    instance = "http://www.w3.org/2001/XMLSchema-instance"
    reading = read(f'<person xmlns:xsi="{instance}" xsi:nil="true"/><other xmlns:xsi="{instance}" xsi:type="x"/>')
    assert reading.unmapped == ()


def test_an_index_stands_only_among_several_of_one_name(read):
    reading = read("<a/><b>1</b><b>2</b><c>3</c><list><item name='x'><q>4</q></item></list>")
    assert [leaf.path for leaf in reading.unmapped] == ["t:b[0]", "t:b[1]", "t:c", "t:list/t:item/t:q"]


def test_findings_name_the_line_of_the_document(read):
    fields = "insurance[]: {each: t:p, fields: {period.start: {at: '@from', as: date}}}"
    reading = read("\n<p from='2020-01-01'/>\n<p from='x'/>", fields)
    found = reading.findings[0]
    assert (found.source, found.line, found.at) == ("t:p[1]/@from", 3, "insurance[1].period.start")


def test_a_required_value_names_the_place_where_it_would_be(read):
    reading = read("<person/>", 'name.family: {at: "t:person/@family", need: required}')
    assert (reading.findings[0].source, reading.findings[0].line) == ("t:person/@family", 1)


def test_a_filter_takes_an_attribute_or_else_a_child_of_that_name(read):
    fields = "name.family: {at: 't:n[@k=f]'}\nname.given: {at: 't:n[k=g]/t:v'}\nname.middle: {at: 't:n[k=m]'}"
    body = "<n k='f'>Popa</n><n xmlns=''/><n><k xmlns=''>g</k><v>Ana</v></n><n k='m'>I</n><n k='x'>Y</n>"
    reading = read(body, fields)
    assert (reading.record.name.family, reading.record.name.given, reading.record.name.middle) == ("Popa", "Ana", "I")
    assert [leaf.value for leaf in reading.unmapped] == ["x", "Y"]


def test_reading_changes_nothing_in_the_document(read):
    root = etree.fromstring('<root xmlns="urn:test"><person family="Popa"/></root>')
    before = etree.tostring(root)
    value_at(Document(kind="xml", root=root, name="root"), "person/@family")
    assert etree.tostring(root) == before


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("person/@family", "Popa"), ("list/item[1]/@name", "b"), ("list/item/@name", "a"), ("none", None),
        ("person[@family=Popa]", "Ana"), ("not//a path", None),
    ],
)  # fmt: skip
def test_one_value_can_be_found_by_its_path_in_any_namespace(path, value):
    root = etree.fromstring(
        '<root xmlns="urn:test"><person family="Popa"> Ana </person>'
        "<list><item name='a'/><item name='b'/></list></root>"
    )
    assert value_at(Document(kind="xml", root=root, name="root"), path) == value

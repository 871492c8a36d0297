"""A sample is valid by two validators, whatever the schema asks for."""

from pathlib import Path
from random import Random

import pytest
import xmlschema
from lxml import etree

from hub_core.samples import WHOLE, NoSample, Sampler

SCHEMA = Path(__file__).parent / "everything.xsd"
ALL = "{urn:all}"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


@pytest.fixture(scope="module")
def model():
    return xmlschema.XMLSchema10(str(SCHEMA))


@pytest.fixture(scope="module")
def samples(model):
    sampler = Sampler(model)
    return [sampler.sample(f"{ALL}Everything", Random(seed)) for seed in range(12)]


def written(inside, **more):
    text = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{inside}</xs:schema>'
    return Sampler(xmlschema.XMLSchema10(text), **more)


def test_every_sample_is_valid_by_libxml2_and_by_xmlschema(model, samples):
    libxml2 = etree.XMLSchema(etree.parse(SCHEMA))
    for sample in samples:
        sent = etree.fromstring(etree.tostring(sample))
        libxml2.assertValid(sent)
        model.validate(sent)


def test_the_same_seed_makes_the_same_document(model):
    first, second = (etree.tostring(Sampler(model).sample(f"{ALL}Everything", Random(7))) for _ in range(2))
    assert first == second


def test_another_seed_makes_another_document(samples):
    assert len({etree.tostring(sample) for sample in samples}) == len(samples)


@pytest.mark.parametrize("names", [{"A", "B", "C"}, {"Circle", "Square", "Rounded"}, {"leaf", "l"}, {"Left", "Right"}])
def test_every_branch_is_taken_by_some_seed(samples, names):
    seen = {etree.QName(element).localname for sample in samples for element in sample.iter()}
    assert names <= seen


def test_an_abstract_type_is_stood_for_by_each_that_is_derived_from_it(samples):
    said = {base.get(XSI_TYPE).rpartition(":")[2] for sample in samples for base in sample.iter(f"{ALL}Base")}
    assert said == {"One", "Two", "Less"}


def test_what_may_be_left_out_is_left_out_at_density_nought(model):
    sample = Sampler(model, density=0).sample(f"{ALL}Everything", Random(1))
    assert not list(sample.iter(f"{ALL}Left", f"{ALL}Right"))
    assert [etree.QName(one).localname for one in sample.iter("l", "r", "leaf")] == ["leaf"]


def test_all_that_may_be_there_is_there_and_a_recursion_is_not_entered_again():
    tree = (
        '<xs:element name="a" type="A"/><xs:complexType name="A"><xs:sequence><xs:element name="a" type="A" minOccurs="0"/>'
        '<xs:element name="b" type="B" minOccurs="0" maxOccurs="9"/></xs:sequence><xs:attribute name="c"/></xs:complexType>'
        '<xs:complexType name="B"><xs:sequence><xs:element name="a" type="A" minOccurs="0"/>'
        '<xs:element name="d" type="xs:date" minOccurs="0"/></xs:sequence></xs:complexType>'
    )
    for seed in range(8):
        sample = written(tree, density=WHOLE).sample("a", Random(seed))
        assert {one.tag for one in sample.iter()} == {"a", "b", "d"}
        assert sample.get("c")
        assert not sample.findall(".//a")


def test_a_recursion_without_end_is_refused():
    sampler = written(
        '<xs:element name="a" type="A"/><xs:complexType name="A"><xs:sequence><xs:element name="a" type="A"/>'
        "</xs:sequence></xs:complexType>"
    )
    with pytest.raises(NoSample, match="without end"):
        sampler.sample("a", Random(1))


def test_a_recursion_ends_where_its_element_may_be_nil():
    sampler = written(
        '<xs:element name="a" type="A"/><xs:complexType name="A"><xs:sequence><xs:element name="a" type="A" '
        'nillable="true"/></xs:sequence></xs:complexType>'
    )
    sampler.schema.validate(sampler.sample("a", Random(1)))


def test_a_document_of_millions_of_elements_is_refused():
    sampler = written(
        '<xs:element name="a"><xs:complexType><xs:sequence><xs:element name="b" minOccurs="9999999" '
        'maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>'
    )
    with pytest.raises(NoSample, match="larger than"):
        sampler.sample("a", Random(1))


def test_a_tree_that_branches_widely_stays_small():
    branch = "".join(f'<xs:element name="b{number}" type="A" minOccurs="0" maxOccurs="9"/>' for number in range(20))
    sampler = written(
        f'<xs:element name="a" type="A"/><xs:complexType name="A"><xs:sequence>{branch}</xs:sequence></xs:complexType>',
        density=1,
    )
    assert sum(1 for _ in sampler.sample("a", Random(1)).iter()) < 2_000


def test_a_type_that_allows_nothing_is_refused():
    sampler = written(
        '<xs:element name="a"><xs:simpleType><xs:restriction base="xs:string"><xs:length value="3"/>'
        '<xs:pattern value="[a-z]{5}"/></xs:restriction></xs:simpleType></xs:element>'
    )
    with pytest.raises(NoSample, match="no text"):
        sampler.sample("a", Random(1))


def test_an_element_that_is_nowhere_is_refused(model):
    with pytest.raises(NoSample, match="declares no element"):
        Sampler(model).sample("nowhere", Random(1))


def test_attributes_can_be_left_out_by_name():
    sampler = written(
        '<xs:element name="a"><xs:complexType><xs:attribute name="id" type="xs:ID"/></xs:complexType></xs:element>',
        density=1,
        without={"id"},
    )
    assert not sampler.sample("a", Random(1)).attrib

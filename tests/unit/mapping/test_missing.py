"""What is said of a document that no mapping reads: the name that was looked for, and those that could be read."""

import pytest
from lxml import etree

from hub_core.document import Document
from hub_core.mapping import load_files
from hub_core.mapping.missing import missing

MAPPING = b"""mapping: %s/1
source: {%s}
target: Beneficiary@1
fields: {name.family: {at: %s}}
"""
FILES = {
    "town.yaml": MAPPING % (b"town.benefits", b"json: JSON, document: town-benefits", b"name"),
    "any.yaml": MAPPING % (b"town.any", b"json: SED", b"name"),
    "itm.yaml": MAPPING
    % (
        b"itm.contracts",
        b'xml: "partners/itm/Reges.xsd#MessageResult", ns: {r: "urn:itm:test:reges:1"}',
        b"r:Salariat/r:Nume",
    ),
}


@pytest.fixture(scope="module")
def mappings():
    return load_files(FILES)


@pytest.mark.parametrize(
    ("allowed", "told"),
    [
        ((), ""),
        (("town.gone/1",), ""),
        (("town.benefits/1",), '; allowed: town.benefits/1 reads "town-benefits"'),
        (
            ("itm.contracts/1", "town.any/1"),
            '; allowed: itm.contracts/1 reads "MessageResult", town.any/1 reads "any SED"',
        ),
    ],
)
def test_the_name_that_was_looked_for_is_told_and_what_may_be_read(mappings, allowed, told):
    document = Document(kind="json", root={}, name="document", dialect="JSON")
    assert missing(mappings, document, allowed) == f'no mapping reads documents called "document"{told}'


def test_a_name_that_holds_a_number_of_a_person_is_masked_and_a_long_one_cut(mappings):
    element = etree.Element("x")
    told = missing(mappings, Document(kind="xml", root=element, name="n2850415123450" + "x" * 100))
    assert "2850415123450" not in told
    assert len(told) < 110

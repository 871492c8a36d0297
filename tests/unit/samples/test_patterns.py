"""Texts of a regular expression are matched by it, by the standard's own rules."""

from random import Random
from xml.sax.saxutils import quoteattr

import pytest
from lxml import etree

from hub_core.samples.patterns import parsed

EXPRESSIONS = [
    "[1-9]\\d{12}", "\\i\\c*", "[\\p{Lu}-[AEIOU]]{3,5}", "(\\p{L}|\\p{Nd}|[\\-_. ])+", "[^<>]*", "a|b|", "(ab?c+){2}",
    "[a-z-[^aeiou]]{4}", "^a$", "[\\s\\S]{0,20}", "\\p{IsGreek}{3}", "((\\+|00)\\d{1,3})?[ \\-]?\\d{6,10}",
    "\\P{L}\\W\\D\\I\\C", "[\\w.-]+@[a-z]+(\\.[a-z]{2,3}){1,2}", "[a\\]\\[^-]{2}", "x{0}y{2,}", "\\.\\\\\\?\\*", ".{3}",
]  # fmt: skip


@pytest.mark.parametrize("pattern", EXPRESSIONS)
def test_libxml2_matches_every_text(pattern):
    schema = etree.XMLSchema(
        etree.fromstring(
            '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a"><xs:simpleType>'
            f'<xs:restriction base="xs:string"><xs:pattern value={quoteattr(pattern)}/></xs:restriction>'
            "</xs:simpleType></xs:element></xs:schema>"
        )
    )
    element = etree.Element("a")
    for seed in range(30):
        element.text = parsed(pattern).text(Random(seed), seed % 7)
        schema.assertValid(element)


@pytest.mark.parametrize(
    "pattern", ["(", ")", "[a", "a{3", "*a", "a{3,1}", "[z-[z]", "\\p{Nope}", "(" * 99, "a{99999}"]
)
def test_what_is_no_expression_is_refused(pattern):
    with pytest.raises(ValueError, match=r".+"):
        parsed(pattern)

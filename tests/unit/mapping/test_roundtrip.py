"""Where two documents are not the same, as a round trip that fails says it."""

import pytest
from lxml import etree

from hub_core.mapping.trying.roundtrip import apart

XML = "<a><b>1</b><b x='1'>2</b></a>"


@pytest.mark.parametrize(
    ("other", "place"),
    [
        (XML, None),
        ("<a>\n <b>1</b><!-- read --><b x='1'>2</b></a>", None),
        ("<a><b>1</b><b x='2'>2</b></a>", "a/b"),
        ("<a><b>1</b></a>", "a/b"),
        ("<a><b>1</b><b x='1'>2</b><c/></a>", "a/c"),
        ("<a y='1'><b>1</b><b x='1'>2</b></a>", "a"),
    ],
)
def test_the_first_element_that_differs_is_named(other, place):
    assert apart(etree.fromstring(XML), etree.fromstring(other), "a") == place


@pytest.mark.parametrize(
    ("other", "place"),
    [
        ({"a": [1, {"b": "x"}]}, None),
        ({"a": [1, {"b": "y"}]}, "doc/a[1]/b"),
        ({"a": [1]}, "doc/a[1]"),
        ({"a": [1, {"b": "x"}], "c": 0}, "doc/c"),
        ({"a": "1"}, "doc/a"),
    ],
)
def test_the_first_json_value_that_differs_is_named(other, place):
    assert apart({"a": [1, {"b": "x"}]}, other, "doc") == place

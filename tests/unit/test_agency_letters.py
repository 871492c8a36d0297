"""How the simulated agencies write names, and how they wrap a document in text."""

import pytest
from lxml import etree

from hub_demo.agencies.letters import capitals, cdata, element, old_capitals


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Ștefănescu", "ŞTEFĂNESCU"),
        ("Țurcanu-Pîrvu", "ŢURCANU-PÎRVU"),
        ("Lőrinc", "LŐRINC"),
        ("Groß", "GROSS"),
        ("Yılmaz", "YILMAZ"),
        ("Nguyễn", "NGUYEN"),
        ("Шевченко", "????????"),
    ],
)
def test_an_old_system_writes_what_its_letters_allow(name, written):
    assert old_capitals(name) == written
    assert written.encode("cp1250") == written.encode("iso8859-2")


def test_a_newer_system_keeps_the_letters_of_today():
    assert capitals("Ștefănescu Țurcanu") == "ȘTEFĂNESCU ȚURCANU"
    assert capitals("s\u0326i") == "ȘI", "composed even where the letters came apart"


@pytest.mark.parametrize("text", ["", "plain", "<A>]]></A>", "]]>]]>", "<![CDATA[x]]>"])
def test_text_survives_its_cdata_section(text):
    assert (etree.fromstring(f"<A>{cdata(text)}</A>").text or "") == text


def test_no_value_is_an_empty_element_and_markup_is_escaped():
    assert element("MSG", None) == element("MSG", "") == "<MSG/>"
    assert element("MSG", "a<b&c") == "<MSG>a&lt;b&amp;c</MSG>"

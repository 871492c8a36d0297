"""XML, hardened."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from hub_core.errors import Rejected
from hub_core.validation import Limits, parse_xml, parse_xml_text

BOMBS = {
    "a document type": b"<!DOCTYPE a><a/>",
    "an external one": b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>',
    "a file as entity": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "a billion laughs": b'<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;">]><a>&c;</a>',
    "a parameter entity": b'<!DOCTYPE a [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]><a/>',
    "one after a comment": b"<!-- <!DOCTYPE x> -->\n<!DOCTYPE a><a/>",
    "one after a declaration": b'<?xml version="1.0"?><!DOCTYPE a><a/>',
}


def rejected(body: bytes, **limits: int) -> Rejected:
    with pytest.raises(Rejected) as caught:
        parse_xml(body, limits=Limits(**limits))
    return caught.value


def test_a_document_becomes_a_tree_without_comments_and_instructions() -> None:
    root = parse_xml(b"<?xml version='1.0'?><?p i?><a><!-- c -->x<!-- d -->y<b/></a>")
    assert (root.tag, root.text, [child.tag for child in root]) == ("a", "xy", ["b"])


@pytest.mark.parametrize("what", BOMBS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_document_type_is_refused_in_every_encoding(what: str, encoding: str) -> None:
    assert rejected(BOMBS[what].decode().encode(encoding)).code == "B102"


def test_a_document_type_is_placed_where_it_begins() -> None:
    fault = rejected(BOMBS["one after a comment"])
    assert fault.where == "2:1"
    assert fault.findings[0].line == 2


def test_the_word_doctype_in_a_text_is_only_a_text() -> None:
    assert parse_xml(b"<a><![CDATA[<!DOCTYPE x>]]></a>").text == "<!DOCTYPE x>"


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b"<a><b></a>", "1:9"),
        ("<a>ș<b></a>".encode(), "1:10"),
        (b"<a>\n&x;</a>", "2:1"),
        (b"<a/>\n<b/>", "2:1"),
        (b'<a b="1" b="2"/>', "1:10"),
        (b"<p:a/>", "1:1"),
        (b"x", "1:1"),
        (b"<a>\x01</a>", "1:4"),
    ],
)
def test_what_is_malformed_is_placed_in_characters_from_one(body: bytes, where: str) -> None:
    fault = rejected(body)
    assert (fault.code, fault.where) == ("B101", where)


def test_a_fault_names_nothing_of_the_document() -> None:
    fault = rejected(b"<ionescu><maria></ionescu>")
    assert fault.text == "mismatched tag, line 1, column 19"


@pytest.mark.parametrize("body", [b"", b" \r\n\t"])
def test_nothing_is_no_document(body: bytes) -> None:
    assert rejected(body).code == "B109"


@pytest.mark.parametrize(
    ("body", "limits"),
    [
        (b"<a>" * 257 + b"</a>" * 257, {}),
        (b"<a><b><c/></b></a>", {"depth": 2}),
        (b"<a><b/><b/></a>", {"parts": 2}),
        (b'<a b="1" c="2"/>', {"attributes": 1}),
        (b'<a xmlns="u" xmlns:v="v"/>', {"namespaces": 1}),
        (b"<a>" + b"x" * 10_000_001 + b"</a>", {}),
        (b"<" + b"a" * 60_000 + b"/>", {}),
    ],
)
def test_what_is_too_much_is_refused(body: bytes, limits: dict[str, int]) -> None:
    assert rejected(body, **limits).code == "B107"


@pytest.mark.parametrize(
    ("body", "limits"),
    [
        (b"<a>" * 256 + b"</a>" * 256, {}),
        (b"<a><b><c/></b></a>", {"depth": 3}),
        (b"<a><b/><b/></a>", {"parts": 3}),
        (b'<a b="1" c="a=b=c"/>', {"attributes": 2}),
        (b'<a xmlns="u">xmlns xmlns</a>', {"namespaces": 1}),
    ],
)
def test_what_is_just_enough_is_read(body: bytes, limits: dict[str, int]) -> None:
    assert parse_xml(body, limits=Limits(**limits)).tag.endswith("a")


def test_a_document_inside_a_text_is_read_whatever_encoding_it_still_declares() -> None:
    root = parse_xml_text('\ufeff<?xml version="1.0" encoding="ISO-8859-2"?>\n<a>ș</a>')
    assert (root.text, root.sourceline) == ("ș", 2)


def test_a_document_inside_a_text_is_hardened_too() -> None:
    with pytest.raises(Rejected) as caught:
        parse_xml_text("<!DOCTYPE a><a/>")
    assert caught.value.code == "B102"


def test_an_empty_text_is_no_document() -> None:
    with pytest.raises(Rejected) as caught:
        parse_xml_text('<?xml version="1.0"?> ')
    assert caught.value.code == "B109"


def test_no_schema_or_inclusion_that_a_document_names_is_fetched() -> None:
    root = parse_xml(
        b'<a xmlns:i="http://www.w3.org/2001/XInclude" '
        b'xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:schemaLocation="u http://127.0.0.1:9/x.xsd">'
        b'<i:include href="/etc/passwd" parse="text"/></a>'
    )
    assert root[0].tag == "{http://www.w3.org/2001/XInclude}include"


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20)
NAMES = st.from_regex(r"[a-z]{1,5}", fullmatch=True)


@st.composite
def trees(draw: st.DrawFn, depth: int = 2) -> etree._Element:
    element = etree.Element(draw(NAMES), {name: draw(TEXTS) for name in draw(st.lists(NAMES, unique=True, max_size=3))})
    element.text = draw(TEXTS) or None
    if depth:
        element.extend(draw(st.lists(trees(depth - 1), max_size=3)))
    return element


@settings(max_examples=50)
@given(trees())
def test_every_tree_comes_back_as_it_was_written(tree: etree._Element) -> None:
    written = etree.tostring(tree, encoding="utf-8")
    assert etree.tostring(parse_xml(written), encoding="utf-8") == written


@given(st.binary(max_size=200) | TEXTS.map(lambda text: f"<a>{text}</a>".encode()))
def test_any_bytes_give_a_tree_or_a_rejection(body: bytes) -> None:
    codes = set()
    try:
        parse_xml(body)
    except Rejected as fault:
        codes.add(fault.code)
    assert codes <= {"B101", "B102", "B106", "B107", "B109"}


@settings(max_examples=50)
@given(trees(), st.booleans())
def test_walking_first_changes_no_verdict(tree: etree._Element, malformed: bool) -> None:
    written = etree.tostring(tree, encoding="utf-8")[: -1 if malformed else None]
    verdicts = []
    for depth in (256, 255):  # below 256 every document is walked through first
        try:
            verdicts.append(etree.tostring(parse_xml(written, limits=Limits(depth=depth))))
        except Rejected as fault:
            verdicts.append(str(fault).encode())
    assert verdicts[0] == verdicts[1]

"""What came in parts of its own, put together; what goes in parts, taken apart."""

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from adapters.kit.multipart import Part, write_parts
from adapters.kit.parts import read_parts
from adapters.kit.pieces import Pieces
from adapters.soap.attachments import ATTACHMENTS, Packing, fill, read_envelope
from adapters.soap.names import SOAP_11, XOP
from adapters.soap.wsdl import read_wsdl
from hub_core.attachments.attachment import Enclosed
from hub_core.errors import Rejected

SCAN, NOTE = "{urn:d}scan", "{urn:d}note"
CONTENT = bytes(range(256)) * 8


def packing(version: str = "1.1") -> Packing:
    return Packing({SCAN}, version=version, action="urn:put")


def envelope(inside: str, header: str = "") -> bytes:
    return (
        f'<s:Envelope xmlns:s="{SOAP_11}">{header}<s:Body><d:put xmlns:d="urn:d">{inside}</d:put></s:Body></s:Envelope>'
    ).encode()


def include(name: str, more: str = "") -> str:
    return f'<d:scan>{more}<x:Include xmlns:x="{XOP}" href="cid:{name}"/></d:scan>'


def message(inside: str, *others: Part, header: str = "") -> tuple[str, bytes]:
    root = Part(id="r", media_type="application/xop+xml", content=envelope(inside, header))
    return write_parts(root, others, {"type": "application/xop+xml"})


def scan(name: str = "a", content: bytes = CONTENT) -> Part:
    return Part(id=name, media_type="image/tiff", content=content)


def text_at(root: etree._Element, name: str = SCAN) -> str:
    return root.findtext(f".//{name}")


def test_what_is_included_stands_in_its_place_as_base64() -> None:
    root, changed = read_envelope(*message(include("a%40b"), scan("a@b")))
    assert changed
    assert base64.b64decode(text_at(root)) == CONTENT
    assert root.find(f".//{{{XOP}}}Include") is None


def test_an_envelope_alone_stays_as_it_came() -> None:
    root, changed = read_envelope("text/xml", envelope("<d:scan/>"))
    assert (changed, text_at(root)) == (False, "")


def test_what_nothing_includes_is_kept_in_a_header_block() -> None:
    root, _ = read_envelope(*message("<d:note>cid:a</d:note>", scan(), scan("b", b"second")))
    kept = root.findall(f"{{{SOAP_11}}}Header/{{{ATTACHMENTS}}}attachments/*")
    assert [(one.get("id"), one.get("mediaType"), base64.b64decode(one.text)) for one in kept] == [
        ("a", "image/tiff", CONTENT),
        ("b", "image/tiff", b"second"),
    ]
    assert text_at(root, NOTE) == "cid:a"


def test_headers_that_were_there_stay_before_it() -> None:
    root, _ = read_envelope(*message("", scan(), header="<s:Header><h:h xmlns:h='urn:h'/></s:Header>"))
    assert [etree.QName(block).localname for block in root[0]] == ["h", "attachments"]


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        (include("gone"), "B112"),
        (f'<d:scan><x:Include xmlns:x="{XOP}" href="file:///etc/passwd"/></d:scan>', "B112"),
        (f'<d:scan><x:Include xmlns:x="{XOP}"/></d:scan>', "B112"),
        (include("a", more="text"), "B112"),
        (include("a", more="<d:note/>"), "B112"),
    ],
)
def test_an_inclusion_that_is_none_is_refused(inside: str, code: str) -> None:
    with pytest.raises(Rejected) as caught:
        read_envelope(*message(inside, scan()))
    assert caught.value.code == code


def test_a_part_that_is_included_again_and_again_does_not_fill_the_memory() -> None:
    with pytest.raises(Rejected) as caught:
        read_envelope(*message(include("a") * 100, scan(content=bytes(100_000))))
    assert caught.value.code == "B413"


def test_parts_without_an_envelope_are_refused() -> None:
    root = Part(id="r", media_type="text/xml", content=b"<d/>")
    with pytest.raises(Rejected) as caught:
        read_envelope(*write_parts(root, [scan()], {}))
    assert caught.value.code == "V101"


@given(st.binary(min_size=1_000, max_size=3_000))
def test_what_goes_out_comes_back(content: bytes) -> None:
    text = base64.b64encode(content).decode()
    sent = packing().pack(envelope(f"<d:scan>{text}</d:scan><d:note>n</d:note>"), "text/xml")
    root, others = read_parts(*sent)
    assert (text.encode() in root, [part.content for part in others]) == (False, [content])
    back, _ = read_envelope(*sent)
    assert (text_at(back), text_at(back, NOTE)) == (text, "n")


@pytest.mark.parametrize(
    "inside",
    [
        f"<d:scan>{base64.b64encode(b'small').decode()}</d:scan>",
        f"<d:note>{base64.b64encode(CONTENT).decode()}</d:note>",
        f"<d:scan>{base64.encodebytes(CONTENT).decode()}</d:scan>",
        f"<d:scan>{'nobase64' * 400}=</d:scan>",
    ],
    ids=["small", "of another type", "with line breaks that would be lost", "no base64"],
)
def test_what_is_small_or_would_not_come_back_as_it_was_stays_inside(inside: str) -> None:
    whole = envelope(inside)
    assert packing().pack(whole, "text/xml") == ("text/xml", whole)


def test_the_header_says_version_and_action_as_mtom_wants_it() -> None:
    inside = f"<d:scan>{base64.b64encode(CONTENT).decode()}</d:scan>"
    old, _ = packing().pack(envelope(inside), "text/xml")
    new, _ = packing("1.2").pack(envelope(inside), "application/soap+xml")
    assert 'start-info="text/xml"' in old
    assert "action" not in old
    assert 'start-info="application/soap+xml"' in new
    assert 'action="urn:put"' in new


def test_the_media_type_that_the_element_names_is_that_of_its_part() -> None:
    inside = (
        '<d:scan xmlns:m="http://www.w3.org/2005/05/xmlmime" m:contentType="application/pdf">'
        f"{base64.b64encode(CONTENT).decode()}</d:scan>"
    )
    _, (part,) = read_parts(*packing().pack(envelope(inside), "text/xml"))
    assert part.media_type == "application/pdf"


CONTRACT = """<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:t="urn:d" xmlns:x="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:d">
  <types><x:schema targetNamespace="urn:d" elementFormDefault="qualified">
    <x:element name="put"><x:complexType><x:sequence>
      <x:element name="scan" type="x:base64Binary"/><x:element name="named" type="t:Named"/>
      <x:element name="short" type="t:Short"/><x:element name="note" type="x:string"/></x:sequence></x:complexType></x:element>
    <x:complexType name="Named"><x:simpleContent><x:extension base="x:base64Binary">
      <x:attribute name="of" type="x:string"/></x:extension></x:simpleContent></x:complexType>
    <x:simpleType name="Short"><x:restriction base="x:base64Binary"><x:maxLength value="9"/></x:restriction></x:simpleType>
  </x:schema></types>
  <message name="in"><part name="p" element="t:put"/></message>
  <portType name="P"><operation name="put"><input message="t:in"/></operation></portType>
  <binding name="B" type="t:P"><s:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="put"><s:operation soapAction="urn:put"/><input><s:body use="literal"/></input></operation></binding>
  <service name="S"><port name="P" binding="t:B"><s:address location="http://x.invalid/"/></port></service>
</definitions>"""


def test_the_contract_says_which_elements_are_binary(tmp_path: Path) -> None:
    (tmp_path / "put.wsdl").write_text(CONTRACT)
    binary = read_wsdl(tmp_path / "put.wsdl").operation("put").binary
    assert binary == {"{urn:d}scan", "{urn:d}named", "{urn:d}short"}


def test_a_media_type_adds_no_header_to_its_part() -> None:
    inside = (
        '<d:scan xmlns:m="http://www.w3.org/2005/05/xmlmime" m:contentType="a/b&#13;&#10;Content-ID: &lt;other&gt;">'
        f"{base64.b64encode(CONTENT).decode()}</d:scan>"
    )
    _, (part,) = read_parts(*packing().pack(envelope(inside), "text/xml"))
    assert (part.id, part.media_type) == ("1@punte", "application/octet-stream")


ENCLOSED = Enclosed(size=len(CONTENT), media_type="image/tiff", chunks=lambda: iter([CONTENT[:999], CONTENT[999:]]))
REFERENCE = f"punte/attached/file/{'0a' * 32}"


def sent(inside: str, parts: Packing | None = None) -> tuple[str, bytes]:
    """Return what goes out of an envelope with one content in a file."""
    enclosed = {REFERENCE: ENCLOSED}
    told, body = (
        ("text/xml", fill(envelope(inside), enclosed))
        if parts is None
        else parts.pack(envelope(inside), "text/xml", enclosed)
    )
    assert isinstance(body, Pieces)
    whole = b"".join(body)
    assert body.size == len(whole)
    return told, whole


@pytest.mark.parametrize("place", ["<d:scan>{}</d:scan>", "<d:note>&lt;scan&gt;{}&lt;/scan&gt;</d:note>"])
def test_a_content_in_a_file_goes_out_in_the_place_of_its_reference(place: str) -> None:
    _, whole = sent(place.format(REFERENCE))
    assert whole == envelope(place.format(base64.b64encode(CONTENT).decode()))


def test_as_a_part_where_the_contract_calls_it_binary_and_inside_elsewhere() -> None:
    told, whole = sent(f"<d:scan>{REFERENCE}</d:scan><d:note>{REFERENCE}</d:note>", packing())
    root, (part,) = read_parts(told, whole)
    assert (part.media_type, part.content) == ("image/tiff", CONTENT)
    assert base64.b64encode(CONTENT) in root
    assert REFERENCE.encode() not in root


@pytest.mark.parametrize(
    "inside",
    [f"<d:note>see {REFERENCE}</d:note>", f"<d:scan>{REFERENCE.replace('0a', '0b')}</d:scan>"],
    ids=["beside other text", "of another message"],
)
def test_any_other_text_stays_as_it_is(inside: str) -> None:
    for told, body in (
        ("text/xml", fill(envelope(inside), {REFERENCE: ENCLOSED})),
        packing().pack(envelope(inside), "text/xml", {REFERENCE: ENCLOSED}),
    ):
        assert (told, body) == ("text/xml", envelope(inside))

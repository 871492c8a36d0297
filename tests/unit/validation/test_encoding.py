"""Bytes and the encoding that they declare."""

import pytest

from hub_core.errors import Rejected
from hub_core.validation import parse_xml


def declared(encoding: str, text: str = "RĂȘINARI") -> str:
    return f'<?xml version="1.0" encoding="{encoding}"?>\n<a>{text}</a>'


@pytest.mark.parametrize(
    ("encoding", "codec", "text"),
    [
        ("UTF-8", "utf-8", "RĂȘINARI"),
        ("utf-8", "utf-8-sig", "RĂȘINARI"),
        ("UTF-16", "utf-16", "RĂȘINARI"),
        ("ISO-8859-2", "iso8859-2", "RĂŞINARI"),  # which is also valid UTF-8, and means something else there
        ("iso-8859-2", "iso8859-2", "COMERŢ"),
        ("ISO-8859-16", "iso8859-16", "COMERȚ"),
        ("windows-1250", "cp1250", "Ştefan cel Mare"),
        ("ISO-8859-1", "latin-1", "né"),
        ("windows-1257", "cp1257", "šalis"),
        ("ISO-8859-7", "iso8859-7", "Αθήνα"),
        ("us-ascii", "ascii", "ne"),
    ],
)
def test_the_encodings_of_the_region_are_read(encoding: str, codec: str, text: str) -> None:
    assert parse_xml(declared(encoding, text).encode(codec)).text == text


def test_without_declaration_it_is_utf_8() -> None:
    assert parse_xml("<a>ț</a>".encode()).text == "ț"


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (declared("UTF-8", "Ştefan").encode("cp1250"), "2:4"),
        (declared("ISO-8859-2", "Ștefan").encode(), "2:5"),
        (declared("windows-1250", "ăsta").encode(), "2:5"),
        (declared("us-ascii", "é").encode(), "2:4"),
        (declared("UTF-16").encode(), "1:1"),
        (declared("UTF-8").encode("utf-16"), "1:1"),
        (declared("ISO-8859-2", "x").encode("utf-8-sig"), "1:1"),
        (declared("UTF-32").encode("utf-32"), "1:1"),
        (declared("UTF-16", "x").encode("utf-16-le"), "1:1"),
        (declared("cp037", "x").encode(), "1:1"),
        (declared("utf-7", "x").encode(), "1:1"),
        (declared("no-such", "x").encode(), "1:1"),
        (b"\xff\xfe<", "1:1"),
    ],
)
def test_an_encoding_that_does_not_fit_is_refused_with_its_place(body: bytes, where: str) -> None:
    with pytest.raises(Rejected) as caught:
        parse_xml(body)
    assert (caught.value.code, caught.value.where) == ("B106", where)

"""With what a document begins."""

from itertools import islice

import pytest

from hub_core.validation import elements_in


def test_elements_come_in_the_order_in_which_they_begin_with_depth_and_name() -> None:
    body = b'<?xml version="1.0"?><!-- <c/> --><a xmlns="urn:a"><b><n xmlns=""/></b><p:c xmlns:p="urn:p"/></a>'
    assert list(elements_in(body)) == [(1, "{urn:a}a"), (2, "{urn:a}b"), (3, "n"), (2, "{urn:p}c")]


def test_nothing_is_read_beyond_what_is_asked_for() -> None:
    body = b"<a><b/>" + b" " * 10_000 + b"</wrong>"
    assert list(islice(elements_in(body), 2)) == [(1, "a"), (2, "b")]
    assert list(elements_in(body)) == [(1, "a"), (2, "b")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso8859-2"])
def test_the_declared_encoding_counts(encoding: str) -> None:
    body = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?><a><ţară/></a>'
    if encoding == "iso8859-2":
        body = body.replace("iso8859-2", "ISO-8859-2")
    assert list(elements_in(body.encode(encoding))) == [(1, "a"), (2, "ţară")]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        b"no XML",
        b"<?xml version='1.0' encoding='EBCDIC-CP-BE'?><a/>",
        b"\xff\xfe\x00\x00<\x00",
    ],
    ids=["empty", "document type", "text", "encoding", "UTF-32"],
)
def test_what_the_parser_refuses_has_no_elements(body: bytes) -> None:
    assert list(elements_in(body)) == []

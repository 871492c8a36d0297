"""Bodies of several parts."""

import base64
import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.kit.multipart import Part, id_in, is_multipart, write_parts
from adapters.kit.parts import read_parts
from hub_core.errors import Rejected

RELATED = 'multipart/related; boundary="b"'
IDS = st.text("abcdefghij0123456789.-@", min_size=1, max_size=20)


def part(*lines: str, content: str = "x") -> str:
    return "--b\r\n" + "".join(f"{line}\r\n" for line in lines) + f"\r\n{content}\r\n"


def body(*parts: str, before: str = "", after: str = "--b--\r\n") -> bytes:
    return (before + "".join(parts) + after).encode("latin-1")


def refused(content_type: str, sent: bytes) -> str:
    with pytest.raises(Rejected) as caught:
        read_parts(content_type, sent)
    assert caught.value.code == "B112"
    return caught.value.text


@given(st.dictionaries(IDS, st.binary(max_size=300), min_size=1, max_size=5))
def test_what_is_written_is_read(contents: dict[str, bytes]) -> None:
    root, *others = [Part(id=name, media_type="a/b; c=d", content=content) for name, content in contents.items()]
    assert read_parts(*write_parts(root, others, {"type": "a/b"})) == (root.content, others)


@given(st.binary(max_size=200))
def test_any_bytes_are_parts_or_refused(sent: bytes) -> None:
    with contextlib.suppress(Rejected):
        root, others = read_parts(RELATED, b"--b\r\n" + sent)
        assert len(root) + sum(len(part.content) for part in others) <= len(sent)


def test_the_root_is_the_one_that_start_names_else_the_first() -> None:
    sent = body(part("Content-ID: <one>", content="1"), part("Content-ID: <two>", content="2"))
    assert read_parts(RELATED, sent)[0] == b"1"
    assert read_parts(f'{RELATED}; start="<two>"', sent)[0] == b"2"


def test_text_before_the_first_part_and_behind_the_last_is_left_out() -> None:
    sent = body(part(content="in"), before="This is a multi-part message.\r\n\r\n", after="--b--\r\nmore\r\n")
    root, others = read_parts(RELATED, sent)
    assert (root, others) == (b"in", [])


def test_a_part_in_base64_comes_out_as_it_was() -> None:
    lines = base64.encodebytes(bytes(range(256))).decode().replace("\n", "\r\n")
    root, _ = read_parts(RELATED, body(part("Content-Transfer-Encoding: BASE64", content=lines)))
    assert root == bytes(range(256))


def test_a_boundary_inside_of_a_part_is_content_unless_it_begins_a_line() -> None:
    root, _ = read_parts(RELATED, body(part(content="a --b-- b\r\n-b\r\n--c")))
    assert root == b"a --b-- b\r\n-b\r\n--c"


@pytest.mark.parametrize(
    ("content_type", "sent", "text"),
    [
        ("multipart/related", body(part()), "no boundary"),
        (RELATED, b"", "told apart|does not end"),
        (RELATED, body(part(), after=""), "does not end"),
        (f"{RELATED}; start=none", body(part("Content-ID: <a>")), "no root"),
        (RELATED, body(part("Content-ID: <a>"), part("Content-ID: <a>")), "one id"),
        (RELATED, body(part("Content-ID: <a>", "content-id: <b>")), "twice"),
        (RELATED, body(part("Content-Transfer-Encoding: quoted-printable")), "transfer encoding"),
        (RELATED, body(part("Content-Transfer-Encoding: base64", content="%%%")), "base64"),
        (RELATED, body(part() * 101), "at most"),
        (RELATED, body(part(*(f"X-{number}: 1" for number in range(21)))), "told apart"),
        (RELATED, body(part(f"X: {'x' * 3000}")), "told apart"),
        (f'multipart/related; boundary="{"b" * 300}"', body(part()), "told apart"),
        (RELATED, b"--other\r\n\r\nx\r\n--other--\r\n", "told apart"),
    ],
)
def test_what_cannot_be_told_apart_is_refused(content_type: str, sent: bytes, text: str) -> None:
    assert re.search(text, refused(content_type, sent))


def test_addresses_of_parts_are_unquoted() -> None:
    assert id_in("cid:a%40b") == "a@b"
    assert id_in("http://x/cid:a") is None


def test_only_related_parts_are_a_message() -> None:
    assert is_multipart('Multipart/Related; type="text/xml"')
    assert not is_multipart("multipart/form-data; boundary=b")

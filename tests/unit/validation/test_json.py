"""JSON, strict."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_core.errors import Rejected
from hub_core.validation import Limits, parse_json
from hub_core.validation.json_scan import MAX_INTEGER, Scan


def rejected(body: bytes, **limits: int) -> Rejected:
    with pytest.raises(Rejected) as caught:
        parse_json(body, limits=Limits(**limits))
    return caught.value


@pytest.mark.parametrize(
    ("body", "code", "where"),
    [
        (b'{"a": 1,\n}', "B103", "2:1"),
        (b'{"a": 1', "B103", "1:8"),
        (b'{"a" 1}', "B103", "1:6"),
        (b"{1: 2}", "B103", "1:2"),
        (b"[1 2]", "B103", "1:4"),
        (b"[1,]", "B103", "1:4"),
        (b"[1] 2", "B103", "1:5"),
        (b"01", "B103", "1:2"),
        (b"-", "B103", "1:1"),
        (b"+1", "B103", "1:1"),
        (b"1.", "B103", "1:2"),
        (b"NaN", "B103", "1:1"),
        (b"[Infinity]", "B103", "1:2"),
        (b"-Infinity", "B103", "1:1"),
        (b"nul", "B103", "1:1"),
        (b"'a'", "B103", "1:1"),
        (b'"a', "B103", "1:3"),
        (b'"\x01"', "B103", "1:2"),
        (b'"a\nb"', "B103", "1:3"),
        (b'"\\x41"', "B103", "1:2"),
        (b'"\\u12"', "B103", "1:2"),
        (b'"\\ud800"', "B103", "1:1"),
        (b'"\\udc00\\ud800"', "B103", "1:1"),
        (b"\xc2\xa01", "B103", "1:1"),
        (b'{"a": 1, "a": 2}', "B104", "1:10"),
        (b'{"a": {"b": 1,\n "b": 1}}', "B104", "2:2"),
        (b'{"a": 1, "\\u0061": 2}', "B104", "1:10"),
        (b"9007199254740992", "B105", "1:1"),
        (b"[-9007199254740992]", "B105", "1:2"),
        (b"1e400", "B105", "1:1"),
        (b"-1e400", "B105", "1:1"),
        (b'"\xff"', "B106", "1:2"),
        (b'\n"a\xc3\x28"', "B106", "2:3"),
        (b'"\xed\xa0\x80"', "B106", "1:2"),
        (b"\xff\xfe[\x00]\x00", "B106", "1:1"),
        (b"", "B109", ""),
        (b" \n", "B109", ""),
    ],
)
def test_what_has_two_meanings_or_none_is_refused_with_its_place(body: bytes, code: str, where: str) -> None:
    fault = rejected(body)
    assert (fault.code, fault.where) == (code, where)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"{}", {}),
        (b"[]", []),
        (b" \t\r\n[{}, [], null, true, false] ", [{}, [], None, True, False]),
        (b'\xef\xbb\xbf{"a": "\xc8\x99"}', {"a": "ș"}),
        (b'"\\ud83d\\ude00\\/\\u0022"', '😀/"'),
        (b"9007199254740991", MAX_INTEGER),
        (b"-9007199254740991", -MAX_INTEGER),
        (b"[0, -0, 1.5, 1e3, 1E-2, 646.50]", [0, 0, 1.5, 1000.0, 0.01, 646.5]),
        (b'{"": {"": []}}', {"": {"": []}}),
    ],
)
def test_everything_else_is_read(body: bytes, value: object) -> None:
    assert parse_json(body) == value


@pytest.mark.parametrize(
    ("body", "limits"),
    [
        (b"[" * 257 + b"]" * 257, {}),
        (b"[" * 100_000, {}),
        (b'{"a":' * 100_000, {}),
        (b"[[1]]", {"depth": 1}),
        (b'[{"a": [1]}]', {"depth": 2}),
        (b"[1,2]", {"parts": 2}),
        (b'{"a": [1, 2]}', {"parts": 3}),
    ],
)
def test_what_is_too_much_is_refused(body: bytes, limits: dict[str, int]) -> None:
    assert rejected(body, **limits).code == "B107"


@pytest.mark.parametrize(
    ("body", "limits"),
    [
        (b"[" * 256 + b"]" * 256, {}),
        (b"[[1]]", {"depth": 2}),
        (b"[1,2]", {"parts": 3}),
        (b'["a,b,c,d,e,f"]', {"parts": 2}),
        (b"1", {"depth": 0, "parts": 1}),
    ],
)
def test_what_is_just_enough_is_read(body: bytes, limits: dict[str, int]) -> None:
    assert parse_json(body, limits=Limits(**limits)) == json.loads(body)


def test_no_fault_repeats_a_value_or_a_key() -> None:
    for body in (b'{"2850415123458": 1, "2850415123458": 2}', b'["2850415123458" 2850415123458]', b'"2850415123458'):
        assert "2850415" not in str(rejected(body))


@pytest.mark.parametrize(
    "body",
    [
        b"[" + b"1," * 3_000_000,
        b"{" * 5_000_000,
        b'"' + b"\\n" * 3_000_000,
        b'"' + b"\\ud83d\\ude00" * 500_000 + b"\\ud800",
        b"9" * 5_000_000,
        b"[1" + b" " * 5_000_000 + b"x",
    ],
    ids=["values", "levels", "escapes", "surrogates", "digits", "blanks"],
)
def test_a_long_hostile_document_is_refused_soon(body: bytes) -> None:
    started = time.perf_counter()
    rejected(body)
    assert time.perf_counter() - started < 5  # a fraction of a second on an idle machine


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(VALUES, st.booleans(), st.sampled_from([None, 1]))
def test_every_value_comes_back_as_it_was_written(value: object, ascii_only: bool, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    assert parse_json(text.encode()) == value


@given(VALUES, st.data())
def test_the_fast_way_and_the_scan_never_disagree(value: object, data: st.DataObject) -> None:
    text = list(json.dumps(value))
    for _ in range(data.draw(st.integers(0, 2))):
        at = data.draw(st.integers(0, len(text) - 1))
        text[at] = data.draw(st.sampled_from(['"', "\\", "{", "}", "[", "]", ",", ":", "1", "e", " ", "\n", "N", "-"]))
    written = "".join(text)
    outcomes = []
    for read in (lambda: parse_json(written.encode()), lambda: Scan(written, Limits()).document()):
        try:
            outcomes.append(read())
        except Rejected as fault:
            outcomes.append(str(fault))
    assert outcomes[0] == outcomes[1] or not written.strip()


@given(st.binary(max_size=100))
def test_any_bytes_give_a_value_or_a_rejection(body: bytes) -> None:
    codes = set()
    try:
        parse_json(body)
    except Rejected as fault:
        codes.add(fault.code)
    assert codes <= {"B103", "B104", "B105", "B106", "B107", "B109"}


@pytest.mark.shared
def test_the_real_documents_that_do_not_parse_are_refused_with_line_and_column(shared) -> None:
    places = {
        path.name: rejected(path.read_bytes()).where for path in sorted((shared / "eessi" / "unparseable").iterdir())
    }
    assert places == {
        "eessi-pensjon-prefill_P2200-NAV-FRA-UTLAND-KRAV.json": "23:1",
        "eessi-pensjon-prefill_P7000prefill.json": "87:1",
    }

"""Lines of values in JSON, found in the bytes as received."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_core.mapping.reading.jsonplaces import below
from hub_core.mapping.reading.lines import json_lines

KEYS = st.text('ab. "\\]}\n', min_size=1, max_size=3)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text('x"\\{[,:\n', max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


def values(value, path=""):
    """Yield everything in a document with its path."""
    yield path, value
    if isinstance(value, dict):
        for key, one in value.items():
            yield from values(one, below(path, key))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from values(one, f"{path}[{index}]")


@given(st.dictionaries(KEYS, JSON, max_size=3))
def test_every_value_of_a_document_is_found_on_the_line_where_it_is_written(document):
    text = json.dumps(document, indent=1)
    lines = text.splitlines()
    paths = [(path, value) for path, value in values(document) if path]
    found = json_lines(text.encode(), {path for path, _ in paths})
    for path, value in paths:
        assert json.dumps(value, indent=1).splitlines()[0] in lines[found[path] - 1]


def test_paths_of_a_native_document_start_below_its_type():
    body = b'\xef\xbb\xbf{"P2000":\n {"P2000":\n  {"a": 1}}}'
    assert json_lines(body, {"P2000.a"}, below="P2000") == {"P2000.a": 3}


@pytest.mark.parametrize("body", [b"", b"[[[", b'{"a', b"]]]]", b"\xff\xfe", b'{"b": "\\"}', b"{" * 10_000 + b"\n1"])
def test_bytes_that_are_no_document_end_quietly(body):
    assert json_lines(body, {"a"}) == {}


def test_a_document_deeper_than_any_that_is_taken_ends_the_walk():
    assert json_lines(b'{"a": ' + b"[" * 1_000_000, {"a"}) == {"a": 1}

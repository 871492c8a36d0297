"""The quick look says that all is named only where the close look leaves nothing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_core.document import Document
from hub_core.mapping.reading.jsonrun import JsonRun
from hub_core.mapping.reading.known import Known, covers

KNOWN = Known(
    children={
        "text": Known(text=True),
        "person": Known(children={"name": Known(text=True)}),
        "photo": Known(whole=True),
    }
)
LEAVES = st.sampled_from(["Popa", " ", "", None, 7, True])
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["text", "person", "name", "photo", "odd"]), inner, max_size=4)
    ),
    max_leaves=12,
)


def left(value: Any) -> dict[str, str]:
    run = JsonRun(Document(kind="json", root=value, name="X", dialect="EXAMPLE"))
    run.check(None, (), KNOWN)
    return run.left


@pytest.mark.parametrize(
    ("value", "all_named"),
    [
        ({}, True),
        ({"text": "Popa", "person": [{"name": "Popa"}, {"name": 7}], "photo": {"odd": "x"}}, True),
        ({"text": "Popa", "odd": "x"}, False),
        ({"text": {"odd": "x"}}, False),
        ({"person": {"name": ["Popa", {"odd": "x"}]}}, False),
        ({"person": "Popa"}, False),
    ],
)
def test_what_is_named_is_told_from_what_is_not(value: Any, all_named: bool) -> None:
    assert covers(KNOWN, value) is all_named
    assert (left(value) == {}) is all_named


@given(VALUES)
def test_nothing_is_left_of_what_is_covered(value: Any) -> None:
    assert not covers(KNOWN, value) or left(value) == {}

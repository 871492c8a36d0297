from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_core.directory import Directory
from hub_core.typed import duration, size
from registry.sets.draft import draft_of


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("5s", timedelta(seconds=5)),
        ("30 min", timedelta(minutes=30)),
        ("2h", timedelta(hours=2)),
        ("1 day", timedelta(days=1)),
        ("250ms", timedelta(milliseconds=250)),
        ("0.5 s", timedelta(milliseconds=500)),
    ],
)
def test_a_span_of_time_has_a_number_and_a_unit(text, span):
    assert duration(text) == span


@pytest.mark.parametrize("text", ["5", "s", "5 parsecs", "-5s", "0s", "5s 3s", "٥s", "1e3s", "9" * 20 + "s"])
def test_what_is_no_span_of_time_is_none(text):
    assert duration(text) is None


@pytest.mark.parametrize("text", ["-1", "1.5 MB", "MB", "1 TB", "1 mb", "٥"])
def test_what_is_no_size_is_none(text):
    assert size(text) is None


@given(st.text(max_size=400))
def test_any_text_is_a_set_or_a_list_of_faults_with_places(text):
    draft = draft_of({"x.yaml": text}, folder=Path("/"))
    assert isinstance(draft.directory(), Directory)
    assert all(finding.rule.startswith("x.yaml:") for finding in draft.faults.findings)


@given(
    st.recursive(
        st.text(max_size=8),
        lambda inner: st.dictionaries(st.text(max_size=8), inner, max_size=3) | st.lists(inner, max_size=3),
    )
)
def test_any_tree_is_a_set_or_a_list_of_faults(tree):
    draft = draft_of({"x.yaml": msgspec.json.encode(tree)}, folder=Path("/"))
    assert isinstance(draft.directory(), Directory)

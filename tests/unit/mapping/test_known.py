"""The quick look says that all is named only where the close look leaves nothing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_core.document import Document
from hub_core.mapping.language.paths import Step
from hub_core.mapping.reading.jsonrun import JsonRun
from hub_core.mapping.reading.known import Known, covers, takes

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


MORE = Known(children={"odd": Known(text=True), "person": Known(children={"odd": Known(text=True)})})


def left(value: Any, *more: Known | bool) -> dict[str, str]:
    run = JsonRun(Document(kind="json", root=value, name="X", dialect="EXAMPLE"))
    run.check(None, (), KNOWN, *more)
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
    assert covers(value, KNOWN) is all_named
    assert (left(value) == {}) is all_named


@given(VALUES)
def test_nothing_is_left_of_what_is_covered(value: Any) -> None:
    assert not covers(value, KNOWN) or left(value) == {}


@given(VALUES, st.booleans())
def test_nothing_is_left_of_what_several_rules_cover(value: Any, holds: bool) -> None:
    more = holds and MORE
    assert not covers(value, KNOWN, more) or left(value, more) == {}


def test_a_rule_with_a_condition_covers_a_value_only_while_it_holds() -> None:
    assert covers({"text": "Popa", "odd": "x"}, KNOWN, MORE)
    assert not covers({"text": "Popa", "odd": "x"}, KNOWN, False)


def test_a_blank_value_is_never_left() -> None:
    assert covers({"odd": ""}, KNOWN)
    assert left({"odd": ""}) == {}


@pytest.mark.parametrize(
    ("name", "taken"),
    [("sure", True), ("perhaps", False), ("whole", False), ("chosen", False), ("odd", False)],
)
def test_only_what_a_rule_without_conditions_takes_is_taken_for_sure(name: str, taken: bool) -> None:
    below = {
        "sure": Known(text=True, sure=True),
        "perhaps": Known(text=True),
        "whole": Known(text=True, sure=True, whole=True),
        "chosen": Known(text=True, sure=True, chosen=[((), Known(whole=True))]),
    }
    assert takes(Known(children={"person": Known(children=below)}), (Step(name="person"), Step(name=name))) is taken

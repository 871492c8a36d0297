"""What the hub makes of the answer to a login, whatever it is."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.kit.answered import Answered
from adapters.kit.login import LONGEST, judged, lasting
from hub_core.errors import TryLater

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=3,
)
MEMBERS = st.fixed_dictionaries(
    {},
    optional={
        "access_token": ANYTHING | st.just("t-1"),
        "token_type": ANYTHING | st.sampled_from(["bearer", "BEARER"]),
        "expires_in": ANYTHING | st.sampled_from(["3600", "nan", "inf", 10**400]),
        "error": ANYTHING,
    },
)
BODIES = (
    st.binary() | ANYTHING.map(lambda it: json.dumps(it).encode()) | MEMBERS.map(lambda it: json.dumps(it).encode())
)


def outcome(answered):
    """Return the token of an answer, or why there is none."""
    try:
        return judged(answered, "itm")
    except TryLater as failed:
        return failed


@given(body=BODIES, status=st.sampled_from([200, 201, 302, 400, 401, 403, 404, 429, 500, 502]), complete=st.booleans())
def test_any_answer_is_a_token_that_fits_in_a_header_or_a_login_that_failed(body, status, complete):
    found = outcome(Answered(status=status, headers={}, body=body, complete=complete))
    if isinstance(found, TryLater):
        assert (found.code in ("D102", "D110"), found.in_doubt) == (True, False)
        return
    shown = found.shown["authorization"].reveal()
    assert (complete, status // 100) == (True, 2)
    assert shown.removeprefix("Bearer ").strip()
    assert shown.isascii()
    assert shown.isprintable()
    assert shown not in repr(found)
    assert 0 <= found.lasts <= LONGEST


@given(seconds=st.floats(min_value=0.001, max_value=1e12))
def test_a_token_is_given_up_before_it_ends(seconds):
    assert 0 < lasting(seconds) < seconds


@pytest.mark.parametrize("said", [True, "soon", [], {}, float("nan"), None, 10**400])
def test_a_token_without_a_time_that_can_be_read_lasts_for_some_minutes(said):
    assert lasting(said) == 270


@pytest.mark.parametrize("said", [0, -5, "0"])
def test_a_token_that_has_ended_serves_those_who_waited_for_it_only(said):
    assert lasting(said) == 0

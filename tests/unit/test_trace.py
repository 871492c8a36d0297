"""Trace context as callers send it, and as it goes on."""

import pytest

from hub_core.trace import Trace, current, following, trace_in

ID = "0af7651916cd43dd8448eb211c80319c"
STEP = "b7ad6b7169203331"
PARENT = f"00-{ID}-{STEP}-01"


@pytest.mark.parametrize(
    ("traceparent", "flags"),
    [
        (PARENT, "01"),
        (f"00-{ID}-{STEP}-00", "00"),
        (f"00-{ID}-{STEP}-ff", "03"),
        (f"cc-{ID}-{STEP}-01", "01"),
        (f"cc-{ID}-{STEP}-01-what-a-later-version-says", "01"),
    ],
)
def test_a_trace_is_taken_in(traceparent, flags):
    assert trace_in({"traceparent": traceparent}) == Trace(ID, flags)


@pytest.mark.parametrize(
    "traceparent",
    [
        "",
        f"00-{ID}-{STEP}",
        f"ff-{ID}-{STEP}-01",
        f"00-{'0' * 32}-{STEP}-01",
        f"00-{ID}-{'0' * 16}-01",
        f"00-{ID.upper()}-{STEP}-01",
        f"00-{ID}-{STEP}-01-more",
        f"00-{ID}-{STEP}-01\r\nx: y",
        f" {PARENT}",
        f"00-2850415123450-{STEP}-01",
    ],
)
def test_what_is_no_trace_counts_as_not_sent(traceparent):
    assert trace_in({"traceparent": traceparent, "tracestate": "sender=1"}) is None


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("sender=1,other@vendor=a b", "sender=1,other@vendor=a b"),
        (" sender=1 ,\t, other=2", "sender=1,other=2"),
        ("sender", ""),
        ("sender=\x1b[31m", ""),
        ("sender=ț", ""),
        (",".join(f"m{number}=1" for number in range(33)), ""),
        ("sender=" + "x" * 600, ""),
    ],
)
def test_a_state_is_kept_as_it_came_or_not_at_all(told, kept):
    trace = trace_in({"traceparent": PARENT, "tracestate": told})
    assert trace is not None
    assert trace.state == kept


def test_each_call_is_a_step_of_its_own_in_the_same_trace():
    trace = Trace(ID, "01", "sender=1")
    first, second = trace.headers(), trace.headers()
    assert first["traceparent"] != second["traceparent"]
    assert trace_in(first) == trace_in(second) == trace


def test_work_outside_of_a_trace_belongs_to_none():
    with following(Trace(ID)):
        assert current() == Trace(ID)
        with following(None):
            assert current() is None
    assert current() is None

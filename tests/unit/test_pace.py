import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_core.delivering.pace import Pace

rates = st.builds("{}/{}".format, st.integers(1, 5000), st.sampled_from(["s", "min", "h"]))


@given(rates, st.lists(st.floats(-5, 100), min_size=1, max_size=60))
def test_no_span_of_time_sees_more_than_the_burst_and_the_rate(rate, steps):
    pace, now, begun = Pace(rate, now=0.0), 0.0, []
    for step in steps:
        now = max(0.0, now + step)
        for _ in range(min(pace.room(now), 50)):
            pace.take(now)
            begun.append(now)
    for first, start in enumerate(begun):
        for last, end in enumerate(begun[first:], first):
            if end >= start:  # the clock may go back: then it only waits longer
                assert last - first + 1 <= pace.burst + pace.per_second * (end - start) + 1 + 1e-6 * len(begun)


@given(rates)
def test_after_the_wait_there_is_room(rate):
    pace = Pace(rate, now=0.0)
    while pace.room(0.0):
        pace.take(0.0)
    wait = pace.wait(0.0)
    assert wait > 0
    assert pace.room(wait * 0.99) == 0
    assert pace.room(wait + 1e-6) == 1


@pytest.mark.parametrize("among", [2, 3])
def test_hubs_that_share_a_rate_let_no_more_begin_together_than_one_alone(among):
    whole = begun_in(3600.0, Pace("60/min", now=0.0))
    part = Pace("60/min", now=0.0)
    part.among = among
    assert begun_in(3600.0, part) * among == pytest.approx(whole, abs=among)


def begun_in(seconds, pace):
    now, begun = 0.0, 0
    while now <= seconds:
        if pace.room(now):
            pace.take(now)
            begun += 1
        now += pace.wait(now) + 1e-6
    return begun


@pytest.mark.parametrize(("rate", "burst"), [("10/s", 10), ("90/min", 2), ("1/h", 1)])
def test_what_is_not_used_is_lost_but_for_a_second(rate, burst):
    pace = Pace(rate, now=0.0)
    assert pace.room(0.0) == burst
    assert pace.room(10_000.0) == burst

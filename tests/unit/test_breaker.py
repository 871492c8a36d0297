"""The breaker as laws over any run of attempts."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_core.delivering.breaker import Breaker, BreakerState, blames_endpoint
from hub_core.directory.policy import Breaker as Policy
from hub_core.errors import ConfigError, Rejected, TryLater

SECOND = timedelta(seconds=1)
POLICY = Policy(failures=3, percent=50, of=10, pause=4 * SECOND, longest=60 * SECOND)
policies = st.builds(
    Policy,
    failures=st.integers(1, 10),
    percent=st.integers(1, 100),
    of=st.integers(2, 30),
    pause=st.integers(1, 100).map(lambda number: number * SECOND),
    longest=st.integers(1, 1000).map(lambda number: number * SECOND),
)


def after(outcomes, policy=POLICY, breaker=None, now=0.0):
    """Return the breaker after attempts that begin and end now; ``True``: failed."""
    breaker = breaker or Breaker()
    for failed in outcomes:
        if breaker.lets_pass(now) == 0:
            break
        breaker = breaker.begun(now).ended(failed=failed, began=now, now=now, policy=policy)
    return breaker


@given(policies, st.lists(st.booleans(), max_size=60))
def test_it_never_stays_closed_after_so_many_failures_in_a_row(policy, outcomes):
    assert after([*outcomes, *[True] * policy.failures], policy).state is not BreakerState.CLOSED


@given(policies, st.integers(0, 200))
def test_success_alone_never_opens_it(policy, count):
    assert after([False] * count, policy).state is BreakerState.CLOSED


@given(policies, st.integers(0, 30), st.floats(0, 10_000))
def test_nothing_passes_before_the_pause_is_over_and_one_probe_after_it(policy, failed_probes, later):
    breaker = after([True] * policy.failures, policy)
    for _ in range(failed_probes):
        breaker = after([True], policy, breaker, breaker.until)
    now = breaker.since + later
    assert breaker.lets_pass(now) == (1 if now >= breaker.until else 0)
    assert breaker.begun(breaker.until).lets_pass(breaker.until + later) == 0


@given(policies, st.integers(0, 100))
def test_each_pause_is_twice_the_one_before_up_to_the_longest(policy, failed_probes):
    breaker = after([True] * policy.failures, policy)
    for number in range(failed_probes + 1):
        bound = min(policy.pause.total_seconds() * 2.0**number, policy.longest.total_seconds())
        assert breaker.until - breaker.since == pytest.approx(bound)
        breaker = after([True], policy, breaker, breaker.until)


@given(policies)
def test_a_probe_that_succeeds_closes_it_and_forgets_all(policy):
    breaker = after([True] * policy.failures, policy)
    assert after([False], policy, breaker, breaker.until) == Breaker(since=breaker.until)


@given(policies, st.booleans())
def test_attempts_that_began_before_it_opened_change_nothing(policy, failed):
    opened = after([True] * policy.failures, policy, now=10.0)
    assert opened.ended(failed=failed, began=9.0, now=11.0, policy=policy) == opened
    probed = opened.begun(opened.until)
    assert probed.ended(failed=failed, began=9.0, now=probed.since, policy=policy) == probed


def test_half_of_the_last_attempts_open_it_though_never_three_in_a_row():
    outcomes = [True, True, False] * 10
    assert after(outcomes[:9]).state is BreakerState.CLOSED
    assert after(outcomes[:10]).state is BreakerState.OPEN


def test_what_was_claimed_before_it_opened_is_no_probe():
    opened = after([True] * 3)
    assert opened.begun(1.0) == opened
    assert opened.begun(1.0).ended(failed=False, began=1.0, now=2.0, policy=POLICY) == opened


def test_a_probe_that_was_not_sent_leaves_the_probing_to_the_next():
    opened = after([True] * 3)
    dropped = opened.begun(4.0).dropped()
    assert dropped.lets_pass(4.0) == 1
    assert Breaker().dropped() == Breaker()


@pytest.mark.parametrize(
    ("error", "blamed"),
    [
        (None, False),
        (TryLater("D101", "not reachable"), True),
        (TryLater("D102", "HTTP 500"), True),
        (TryLater("D103", "answer lost", in_doubt=True), True),
        (ConfigError("R109", "no secret"), True),
        (Rejected("D203", "no SOAP"), True),
        (Rejected("D204", "their server"), True),
        (Rejected("D201", "HTTP 400"), False),
        (Rejected("D202", "fault"), False),
        (ValueError("defect"), False),
    ],
)
def test_only_what_speaks_of_the_endpoint_is_held_against_it(error, blamed):
    assert blames_endpoint(error) is blamed

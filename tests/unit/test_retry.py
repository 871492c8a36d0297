from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_core.delivering.retry import LONGEST_WAIT, Decision, backoff, decide
from hub_core.directory.policy import Retry
from hub_core.errors import ConfigError, Rejected, TryLater
from hub_core.message import DeliveryState, Finding, Severity
from hub_core.testing.builders import NOW

SECOND = timedelta(seconds=1)
POLICY = Retry(attempts=5, first=2 * SECOND, longest=60 * SECOND)


def always(number):
    return lambda: number


def decided(error, *, attempt=1, chance=0.5) -> Decision:
    return decide(error, attempt=attempt, since=NOW, policy=POLICY, hold=False, now=NOW, chance=always(chance))


def test_a_rejection_parks_with_the_partners_reason():
    decision = decided(Rejected("D202", "fault soap:Client"))
    assert decision == Decision(state=DeliveryState.PARKED, code="D202", detail="fault soap:Client")


def test_what_the_hub_itself_cannot_make_is_not_told_as_a_refusal_of_the_partner():
    fault = Finding(code="M402", severity=Severity.ERROR, text="no code for it", rule="cnas/insured-person.yaml:41")
    decision = decided(Rejected("M402", "no code for it", findings=[fault]))
    assert (decision.state, decision.code) == (DeliveryState.PARKED, "M402")
    assert decision.rule == "cnas/insured-person.yaml:41"
    assert decision.detail == "no code for it (cnas/insured-person.yaml:41)"


def test_a_rejection_with_a_code_that_nobody_knows_is_still_one_of_delivery():
    assert decided(Rejected("X101", "not like this")).code == "D201"


def test_a_partner_that_may_accept_later_is_tried_again():
    decision = decided(TryLater("D101", "no connection"))
    assert decision == Decision(state=DeliveryState.READY, code="D101", detail="no connection", due_at=NOW + SECOND)


def test_an_endpoint_that_is_not_set_up_is_tried_again_with_the_code_that_says_so():
    decision = decided(ConfigError("R109", "the environment variable X is not set"))
    assert (decision.state, decision.code) == (DeliveryState.READY, "R109")


def test_a_lost_answer_leaves_the_delivery_in_doubt():
    assert decided(TryLater("D103", "no answer", in_doubt=True)).state is DeliveryState.IN_DOUBT


def test_the_wait_that_the_partner_asks_for_is_kept():
    assert decided(TryLater("D102", "503", after=30 * SECOND)).due_at == NOW + 30 * SECOND


def test_a_partner_that_asks_for_less_than_the_policy_does_not_shorten_it():
    decision = decided(TryLater("D102", "503", after=SECOND), attempt=4, chance=1.0)
    assert decision.due_at == NOW + 16 * SECOND


def test_no_partner_can_ask_for_more_than_a_day():
    assert decided(TryLater("D102", "503", after=timedelta(days=9999))).due_at == NOW + LONGEST_WAIT


def test_the_last_attempt_parks_and_keeps_the_last_reason():
    decision = decided(TryLater("D103", "no answer", in_doubt=True), attempt=POLICY.attempts)
    assert decision == Decision(state=DeliveryState.PARKED, code="D301", detail="last: D103 no answer")


@pytest.mark.parametrize("error", [ValueError("Ionescu 1234"), KeyError("a")])
def test_what_nobody_expects_parks_without_repeating_its_text(error):
    decision = decided(error)
    assert decision == Decision(state=DeliveryState.PARKED, code="D302", detail=type(error).__name__)


@pytest.mark.parametrize(("attempt", "bound"), [(1, 2), (2, 4), (3, 8), (5, 32), (6, 60), (100_000, 60)])
def test_the_bound_doubles_up_to_the_ceiling(attempt, bound):
    assert backoff(attempt, POLICY, always(1.0)) == bound * SECOND


def test_the_whole_span_below_the_bound_is_used():
    assert backoff(5, POLICY, always(0.0)) == timedelta()
    assert backoff(5, POLICY, always(0.25)) == 8 * SECOND


def test_the_longest_policy_does_not_overflow():
    policy = Retry(attempts=10**6, first=timedelta(days=300), longest=timedelta(days=3000))
    assert backoff(10**6, policy, always(1.0)) == timedelta(days=3000)


waits = st.integers(0, 10**6).map(lambda number: number * SECOND)
errors = st.builds(
    TryLater, st.sampled_from(["D101", "D102", "D103"]), st.just("no"), after=st.none() | waits, in_doubt=st.booleans()
)
retries = st.builds(
    Retry,
    attempts=st.integers(1, 50),
    first=waits.filter(bool),
    longest=waits.filter(bool),
    give_up_after=st.none() | waits,
)


@given(errors, retries, st.integers(1, 60), st.floats(0, 1, exclude_max=True), waits, st.booleans())
def test_an_attempt_is_never_too_early_too_late_or_one_too_many(error, policy, attempt, chance, age, hold):
    decision = decide(error, attempt=attempt, since=NOW - age, policy=policy, hold=hold, now=NOW, chance=always(chance))
    if decision.due_at is None:
        waits_for_a_person = hold and error.in_doubt
        too_old = (
            policy.give_up_after is not None
            and age + max(error.after or timedelta(), policy.longest) > policy.give_up_after
        )
        assert waits_for_a_person or attempt >= policy.attempts or too_old
        return
    asked = min(error.after or timedelta(), LONGEST_WAIT)
    assert attempt < policy.attempts
    assert NOW + asked <= decision.due_at <= NOW + max(asked, policy.longest)
    assert policy.give_up_after is None or decision.due_at - (NOW - age) <= policy.give_up_after
    assert not (hold and error.in_doubt)


@given(errors, retries, st.floats(0, 1, exclude_max=True))
def test_no_delivery_is_tried_more_often_or_longer_than_its_policy_allows(error, policy, chance):
    now, attempts = NOW, 0
    while now is not None:
        attempts += 1
        began = now
        now = decide(
            error, attempt=attempts, since=NOW, policy=policy, hold=False, now=now, chance=always(chance)
        ).due_at
    assert attempts <= policy.attempts
    assert policy.give_up_after is None or began - NOW <= policy.give_up_after


def test_a_delivery_that_would_be_too_old_is_parked_now():
    policy = Retry(attempts=99, first=60 * SECOND, longest=60 * SECOND, give_up_after=90 * SECOND)
    again = decide(
        TryLater("D101", "no"),
        attempt=1,
        since=NOW - 40 * SECOND,
        policy=policy,
        hold=False,
        now=NOW,
        chance=always(1.0),
    )
    assert again == Decision(state=DeliveryState.PARKED, code="D304", detail="last: D101 no")


@pytest.mark.parametrize("attempt", [1, POLICY.attempts])
def test_a_lost_answer_waits_for_a_person_where_the_endpoint_says_so(attempt):
    lost = TryLater("D103", "no answer", in_doubt=True)
    decision = decide(lost, attempt=attempt, since=NOW, policy=POLICY, hold=True, now=NOW, chance=always(0.5))
    assert decision == Decision(state=DeliveryState.IN_DOUBT, code="D104", detail="no answer")

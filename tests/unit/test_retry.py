from datetime import timedelta

import pytest

from hub_core.directory import Retry
from hub_core.errors import ConfigError, Rejected, TryLater
from hub_core.message import DeliveryState
from hub_core.retry import LONGEST_WAIT, Decision, backoff, decide
from hub_core.testing.builders import NOW

SECOND = timedelta(seconds=1)
POLICY = Retry(attempts=5, first=2 * SECOND, longest=60 * SECOND)


def always(number):
    return lambda: number


def decided(error, *, attempt=1, chance=0.5) -> Decision:
    return decide(error, attempt=attempt, policy=POLICY, now=NOW, chance=always(chance))


def test_a_rejection_parks_with_the_partners_reason():
    decision = decided(Rejected("D202", "fault soap:Client"))
    assert decision == Decision(state=DeliveryState.PARKED, code="D202", detail="fault soap:Client")


def test_a_rejection_before_sending_is_still_one_of_delivery():
    assert decided(Rejected("V101", "element not expected")).code == "D201"


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

"""What follows from a failed attempt to deliver: a pure decision."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from hub_core.codes import CODES
from hub_core.directory.policy import Retry
from hub_core.errors import ConfigError, Rejected, TryLater
from hub_core.message import DeliveryState

#: The longest wait that a partner may ask for; whoever asks for more is asked again after it.
LONGEST_WAIT: Final = timedelta(days=1)
_DOUBLINGS: Final = 60  # beyond any limit of a policy; keeps the power a finite number


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """How an attempt is written down.

    Attributes:
        due_at: when to try again; ``None`` when it is given up, or waits for a person.
        rule: of a mapping of ours, or that mapping, which made no document; empty: it was something else.
    """

    state: DeliveryState
    code: str
    detail: str
    due_at: datetime | None = None
    rule: str = ""


def decide(
    error: Exception,
    *,
    attempt: int,
    since: datetime,
    policy: Retry,
    hold: bool,
    now: datetime,
    chance: Callable[[], float],
) -> Decision:
    """Decide what an error means for a delivery.

    ``Rejected`` parks it. ``TryLater`` tries again, in doubt if the answer was lost, until the policy's attempts are
    used up or it would be too old; so does ``ConfigError``, an endpoint that is not set up. Anything else is a defect
    of the hub and parks it: trying again would only repeat the defect.

    Args:
        error: what the target raised.
        attempt: number of the attempt that ended so; 1 for the first.
        since: from when its age is counted.
        policy: of the endpoint.
        hold: whether a lost answer waits for a person instead of being sent again.
        now: when it ended.
        chance: returns a number from 0 up to 1.
    """
    if isinstance(error, Rejected):
        return _refused(error)
    if isinstance(error, ConfigError):
        # A variable not set, a secret not there: whoever sets it right should not have to look for what was parked.
        error = TryLater(error.code, error.text)
    if not isinstance(error, TryLater):
        return Decision(state=DeliveryState.PARKED, code="D302", detail=type(error).__name__)
    if error.in_doubt and hold:
        return Decision(state=DeliveryState.IN_DOUBT, code="D104", detail=error.text)
    last = f"last: {error.code} {error.text}"
    if attempt >= policy.attempts:
        return Decision(state=DeliveryState.PARKED, code="D301", detail=last)
    asked = min(error.after or timedelta(), LONGEST_WAIT)
    due_at = now + max(asked, backoff(attempt, policy, chance))
    if policy.give_up_after is not None and due_at - since > policy.give_up_after:
        return Decision(state=DeliveryState.PARKED, code="D304", detail=last)
    state = DeliveryState.IN_DOUBT if error.in_doubt else DeliveryState.READY
    return Decision(state=state, code=error.code, detail=error.text, due_at=due_at)


def _refused(error: Rejected) -> Decision:
    """Park it for what is wrong, by whoever found it: a document that we cannot make is no refusal of the partner."""
    code = error.code if error.code in CODES else "D201"
    rule = next((found.rule for found in error.findings if found.rule), "")
    detail = f"{error.text} ({rule})" if rule else error.text
    return Decision(state=DeliveryState.PARKED, code=code, detail=detail, rule=rule)


def backoff(attempt: int, policy: Retry, chance: Callable[[], float]) -> timedelta:
    """Return how long to wait after an attempt: anything from nothing up to a bound that doubles, to its ceiling.

    The whole span is drawn from ("full jitter"), so that deliveries that failed together do not come back together.
    Source: Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015.
    """
    bound = policy.first.total_seconds() * 2.0 ** min(attempt - 1, _DOUBLINGS)
    return timedelta(seconds=chance() * min(bound, policy.longest.total_seconds()))

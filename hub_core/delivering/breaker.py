"""A circuit breaker: leaves an endpoint alone that fails. A pure state machine; nothing of it survives a restart.

    closed     everything goes; failures in a row, or a large share of the last attempts, open it
    open       nothing goes until its pause is over
    half-open  one delivery probes: taken closes it, failed opens it again for twice as long

Attempts that began before it opened say nothing new and are not counted. Seconds are those of a clock that only goes
on. Source: Nygard, Release It!, 2018, chapter 5.
"""

from enum import StrEnum
from typing import Final

import msgspec

from hub_core.directory.policy import Breaker as Policy
from hub_core.errors import ConfigError, PunteError, Rejected, TryLater

_DOUBLINGS: Final = 60  # beyond any limit of a policy; keeps the power a finite number
#: Rejections that no message deserved: an answer that is none, a failure of the partner's server.
_OF_THE_ENDPOINT: Final = frozenset({"D203", "D204"})


class BreakerState(StrEnum):
    """See the module."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class Breaker(msgspec.Struct, frozen=True, kw_only=True):
    """Where a breaker stands.

    Attributes:
        recent: the last attempts, oldest first, since it closed; ``True``: failed.
        openings: since it was last closed.
        since: when it came into this state.
        until: when it may be probed; only while it is open or half-open.
    """

    state: BreakerState = BreakerState.CLOSED
    recent: tuple[bool, ...] = ()
    openings: int = 0
    since: float = 0.0
    until: float = 0.0

    def lets_pass(self, now: float) -> int | None:
        """Return how many deliveries may begin; ``None``: as many as you like."""
        if self.state is BreakerState.CLOSED:
            return None
        return int(self.state is BreakerState.OPEN and now >= self.until)

    def begun(self, now: float) -> "Breaker":
        """Return the breaker after a delivery began: one whose pause is over is being probed."""
        if not self.lets_pass(now):
            return self
        return msgspec.structs.replace(self, state=BreakerState.HALF_OPEN, since=now)

    def ended(self, *, failed: bool, began: float, now: float, policy: Policy) -> "Breaker":
        """Return the breaker after an attempt that began at ``began``."""
        if began < self.since or self.state is BreakerState.OPEN:
            return self
        if self.state is BreakerState.HALF_OPEN:
            return self._opened(now, policy) if failed else Breaker(since=now)
        recent = (*self.recent, failed)[-max(policy.of, policy.failures) :]
        after = msgspec.structs.replace(self, recent=recent)
        return after._opened(now, policy) if _too_many(recent, policy) else after  # noqa: SLF001 - its own kind

    def dropped(self) -> "Breaker":
        """Return the breaker after a delivery that began was not sent at all: the next one probes instead."""
        if self.state is not BreakerState.HALF_OPEN:
            return self
        return msgspec.structs.replace(self, state=BreakerState.OPEN)

    def _opened(self, now: float, policy: Policy) -> "Breaker":
        pause = policy.pause.total_seconds() * 2.0 ** min(self.openings, _DOUBLINGS)
        return Breaker(
            state=BreakerState.OPEN,
            openings=self.openings + 1,
            since=now,
            until=now + min(pause, policy.longest.total_seconds()),
        )


def blames_endpoint(error: Exception | None) -> bool:
    """Say whether an attempt failed because of its endpoint, not of the message: ``None`` is one that was taken.

    A refusal of one message shows that the endpoint works. An answer that is none does not, nor does a failure of the
    server behind it: whatever stands there would spoil the next message, too.
    """
    if isinstance(error, TryLater | ConfigError):
        return True
    return isinstance(error, Rejected) and error.code in _OF_THE_ENDPOINT


def code_of(error: Exception | None) -> str | None:
    """Return the code of what went wrong."""
    return error.code if isinstance(error, PunteError) else None


def _too_many(recent: tuple[bool, ...], policy: Policy) -> bool:
    if len(recent) >= policy.failures and all(recent[-policy.failures :]):
        return True
    window = recent[-policy.of :]
    return len(window) == policy.of and sum(window) * 100 >= policy.percent * policy.of

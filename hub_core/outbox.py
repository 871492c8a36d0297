"""The outbox: what a worker holds, how attempts ended, which endpoints are paused. Frozen values, no behaviour."""

from datetime import datetime
from typing import Final, NamedTuple

import msgspec

from hub_core.course import Course
from hub_core.message import Delivery, DeliveryState
from hub_core.trace import Trace


class Share(NamedTuple):
    """The part that one hub has in what all hubs on a database may do together.

    Attributes:
        rank: how many others come before it.
        among: hubs.
    """

    rank: int = 0
    among: int = 1

    def of(self, places: int) -> int:
        """Return its part of some places; the parts of all hubs are the places.

        >>> [Share(rank, 3).of(4) for rank in range(3)], Share().of(4)
        ([1, 1, 2], 4)
        """
        return places * (self.rank + 1) // self.among - places * self.rank // self.among


#: Nobody else is there.
ALL: Final = Share()


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery that a worker holds until ``lease_until``; ``fence`` proves that it still does.

    Attributes:
        attempt: 1 for the first.
        fence: grows with every claim; a settlement with an older one is refused.
        since: when it was decided, or tried again by an operator.
        in_doubt: the partner may have it from an earlier attempt.
        lost: how many of its last attempts, at most three, no worker outlived.
        record: canonical record as JSON.
        trace: of its message.
    """

    delivery: Delivery
    attempt: int
    fence: int
    lease_until: datetime
    since: datetime
    in_doubt: bool
    record: bytes
    correlation_id: str
    party: str
    service: str
    trace: Trace | None = None
    lost: int = 0


class Settlement(msgspec.Struct, frozen=True, kw_only=True):
    """How an attempt ended.

    Attributes:
        due_at: when to try again; only for ``READY`` and ``IN_DOUBT``, which without it waits for a person.
        holds: parked, it holds the later ones of its order key back.
        code: why, for everything but ``SENT``.
        detail: what the partner said, without personal values: status, fault code.
        course: what held it back, and what its phases took.
        rule: of a mapping of ours, or that mapping, which made no document.
    """

    delivery_id: str
    fence: int
    state: DeliveryState
    at: datetime
    due_at: datetime | None = None
    holds: bool = False
    code: str | None = None
    detail: str = ""
    reference: str | None = None
    course: Course = Course()
    rule: str = ""


class Pause(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing goes to an endpoint, because an operator said so; of a pause that is over also who ended it.

    Attributes:
        until: when it ends by itself; ``None``: when somebody resumes it.
    """

    endpoint: str
    at: datetime
    by: str
    reason: str
    until: datetime | None = None
    resumed_at: datetime | None = None
    resumed_by: str | None = None
    resumed_reason: str | None = None

    def holds(self, now: datetime) -> bool:
        """Say whether it is in force."""
        return self.resumed_at is None and (self.until is None or self.until > now)

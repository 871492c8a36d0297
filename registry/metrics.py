"""What goes through this process, counted for Prometheus as it happens; ``registry.figures`` shows it.

No label ever holds what a caller chose: endpoints and mappings are names of the registry, codes those of the catalogue.
Plain counters of one event loop: an accepted message costs less than a microsecond, and starting costs nothing.
"""

from bisect import bisect_left
from collections import Counter
from typing import Final

from hub_core.message import DeliveryState, Message, Outcome, Refusal, State

#: Seconds; partners answer in milliseconds or, before the time is up, in half a minute.
BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_DECIDED: Final = {State.REFUSED: "refused", State.PARKED: "parked"}
_SETTLED: Final = {DeliveryState.READY: "failed"}  # it will be tried again


class Spread:
    """How long things took: how many in each bucket, of which the last has no end, and all together."""

    def __init__(self) -> None:
        self.counts = [0] * (len(BUCKETS) + 1)
        self.seconds = 0.0

    def add(self, seconds: float) -> None:
        """Count one."""
        self.counts[bisect_left(BUCKETS, seconds)] += 1
        self.seconds += seconds


class Metrics:
    """Counts for one process of the hub.

    Attributes:
        messages: kept and decided, by endpoint and decision.
        mapped: read by a mapping, by its id.
        refused: turned away at the door, by code.
        attempts: to deliver, by endpoint and how they ended.
        took: how long attempts took, by endpoint.
    """

    def __init__(self) -> None:
        self.messages: Counter[tuple[str, ...]] = Counter()
        self.mapped: Counter[tuple[str, ...]] = Counter()
        self.refused: Counter[tuple[str, ...]] = Counter()
        self.attempts: Counter[tuple[str, ...]] = Counter()
        self.took: dict[str, Spread] = {}

    def decided(self, message: Message, outcome: Outcome) -> None:
        """Count a message that is on disk."""
        self.messages[message.endpoint, _DECIDED.get(outcome.state, "accepted")] += 1
        if outcome.mapping is not None:
            self.mapped[(outcome.mapping.partition("@")[0],)] += 1

    def turned_away(self, refusal: Refusal) -> None:
        """Count a call that was turned away."""
        self.refused[(refusal.code,)] += 1

    def attempted(self, endpoint: str, ended: DeliveryState, seconds: float) -> None:
        """Count an attempt to deliver a message, or a file of many, by how it ended."""
        self.attempts[endpoint, _SETTLED.get(ended, ended.value)] += 1
        self.took.setdefault(endpoint, Spread()).add(seconds)

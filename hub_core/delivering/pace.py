"""A token bucket: how many deliveries may begin. In any span of time at most ``burst + rate * span`` begin."""

import math
from typing import Final

_SECONDS: Final = {"s": 1, "min": 60, "h": 3600}


class Pace:
    """Lets deliveries begin at a rate; what is not used within a second is lost.

    Args:
        rate: as the registry writes it, such as ``90/min``.
        now: seconds of a clock that only goes on.

    Attributes:
        among: hubs that share the rate; each lets its part of it begin.
    """

    def __init__(self, rate: str, *, now: float) -> None:
        count, _, unit = rate.partition("/")
        self._whole = int(count) / _SECONDS[unit]
        self.among = 1
        self._tokens = float(self.burst)
        self._at = now

    @property
    def per_second(self) -> float:
        """How many may begin in a second, on average."""
        return self._whole / self.among

    @property
    def burst(self) -> int:
        """How many may begin at once."""
        return max(1, math.ceil(self.per_second))

    def room(self, now: float) -> int:
        """Return how many may begin now."""
        self._fill(now)
        return int(self._tokens)

    def wait(self, now: float) -> float:
        """Return after how many seconds the next one may begin."""
        self._fill(now)
        return max(0.0, (1 - self._tokens) / self.per_second)

    def take(self, now: float) -> None:
        """Begin one."""
        self._fill(now)
        self._tokens -= 1

    def _fill(self, now: float) -> None:
        self._tokens = min(self.burst, self._tokens + max(0.0, now - self._at) * self.per_second)
        self._at = now

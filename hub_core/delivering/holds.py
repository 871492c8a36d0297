"""When an endpoint was held back: the last times that its breaker was open, and that it was closed.

Only what the process itself has seen; nothing of it survives a restart. Seconds are those of a clock that only goes on.
"""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hub_core.course import Hold, Why

_KEPT: Final = 16


@dataclass
class _Span:
    """A time in which nothing went; ``until`` is ``None`` while nobody knows its end."""

    why: Why
    began: float
    until: float | None
    code: str | None


class Holds:
    """The last ones of one endpoint."""

    def __init__(self) -> None:
        self._spans: deque[_Span] = deque(maxlen=_KEPT)

    def begin(self, why: Why, now: float, *, until: float | None = None, code: str | None = None) -> None:
        """Note that nothing goes from now on."""
        self._spans.append(_Span(why, now, until, code))

    def end(self, why: Why, now: float) -> None:
        """Note that this no longer holds."""
        for span in self._spans:
            if span.why == why and span.until is None:
                span.until = now

    def between(self, due: datetime, at: datetime, now: float) -> tuple[Hold, ...]:
        """Return what held back a delivery that was due and begins ``at``, which is ``now``; oldest first."""
        held = []
        for span in self._spans:
            over = now if span.until is None else min(now, span.until)
            began, until = max(due, at - timedelta(seconds=now - span.began)), at - timedelta(seconds=now - over)
            if began < until:
                held.append(Hold(span.why, began, until, span.code))
        return tuple(held)

"""The course of an attempt: what held it back before it began, and how long each phase of the call took.

Whoever makes an attempt listens; whoever calls the partner tells, wherever it is. Nobody has to pass it on.
"""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import datetime
from typing import Final, Literal

import msgspec

Why = Literal["breaker", "closed"]


class Hold(msgspec.Struct, frozen=True, array_like=True):
    """Why a delivery did not begin although it was due.

    Attributes:
        why: the endpoint was left alone after failures, or outside of its opening hours.
        code: of the failure.
    """

    why: Why
    began: datetime
    until: datetime
    code: str | None = None


class Course(msgspec.Struct, frozen=True, array_like=True):
    """See the module.

    Attributes:
        phases: name to milliseconds, in their order; of a call that failed the last one is where it stopped.
        held: oldest first.
    """

    phases: dict[str, int] = {}
    held: tuple[Hold, ...] = ()


_LISTENING: Final[ContextVar[dict[str, float] | None]] = ContextVar("phases", default=None)


@contextlib.contextmanager
def listening() -> Iterator[dict[str, float]]:
    """Give the seconds of each phase that is told inside; they are there when the block ends, however it ends."""
    phases: dict[str, float] = {}
    token = _LISTENING.set(phases)
    try:
        yield phases
    finally:
        _LISTENING.reset(token)


def tell(phase: str, seconds: float) -> None:
    """Say that a phase of the call took so long; where a call comes to it again, that adds up."""
    phases = _LISTENING.get()
    if phases is not None:
        phases[phase] = phases.get(phase, 0.0) + seconds

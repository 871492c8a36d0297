"""What stands before each outbound endpoint: places, breaker, rate, opening hours.

What an endpoint takes at once and in a time is shared among the hubs on one database; the breaker is each hub's own.
A gate only says how many deliveries may begin now, and when to ask again; what waits stays in the journal and uses up
no attempt. Pauses by operators are the journal's, because every hub on it must honour them.
"""

import logging
import math
import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Final

import msgspec

from hub_core.course import Hold
from hub_core.delivering.breaker import Breaker, BreakerState, blames_endpoint, code_of
from hub_core.delivering.holds import Holds
from hub_core.delivering.hours import next_opening
from hub_core.delivering.pace import Pace
from hub_core.directory import Direction, Directory, Endpoint
from hub_core.directory.policy import Breaker as BreakerPolicy
from hub_core.outbox import Share

log = logging.getLogger("punte.delivery")
NEVER: Final = math.inf
_FAR: Final = datetime.max.replace(tzinfo=UTC)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How the gate of an endpoint stands.

    Attributes:
        breaker: see ``hub_core.delivering.breaker``.
        probe_in: seconds until a delivery may probe; ``None`` while the breaker is closed or being probed.
        code: of the failure that opened the breaker; ``None`` while it is closed.
        under_way: deliveries that are being sent.
    """

    breaker: BreakerState
    probe_in: float | None
    code: str | None
    under_way: int


class Gate:
    """The gate of one endpoint.

    Args:
        places: most deliveries under way, if the endpoint does not say.
        share: the part of this hub in what the endpoint says.
        now: seconds of a clock that only goes on.
    """

    def __init__(self, name: str, endpoint: Endpoint, *, places: int, share: Callable[[], Share], now: float) -> None:
        self.endpoint = endpoint
        self._name = name
        self._own_places = places
        self._share = share
        self._policy = endpoint.breaker or BreakerPolicy()
        self._breaker = Breaker(since=now)
        self._code: str | None = None
        self._pace = None if endpoint.rate is None else Pace(endpoint.rate, now=now)
        self._closed: tuple[datetime, datetime] | None = None
        self._holds = Holds()

    def room(self, held: int, *, at: datetime, now: float) -> int:
        """Return how many deliveries may begin.

        Args:
            held: deliveries under way.
            at: the time on the wall.
            now: seconds of a clock that only goes on.
        """
        rooms = [self._places - held]
        if (probes := self._breaker.lets_pass(now)) is not None:
            rooms.append(probes)
        if self._pace is not None:
            self._pace.among = self._share().among
            rooms.append(self._pace.room(now))
        return 0 if self._opens_at(at, now) > at else max(0, min(rooms))

    def wait(self, held: int, *, at: datetime, now: float) -> float:
        """Return in how many seconds there may be room though nothing ends; ``NEVER`` if only an end helps."""
        if self.endpoint.collect or held >= self._places or self._breaker.state is BreakerState.HALF_OPEN:
            return NEVER
        waits = [(self._opens_at(at, now) - at).total_seconds()]
        if self._breaker.state is BreakerState.OPEN:
            waits.append(self._breaker.until - now)
        if self._pace is not None:
            waits.append(self._pace.wait(now))
        return max(waits)

    @property
    def _places(self) -> int:
        if self.endpoint.collect:
            return 1  # one file after the other
        return self._share().of(self.endpoint.concurrency) if self.endpoint.concurrency else self._own_places

    def begin(self, now: float) -> None:
        """Count a delivery that begins."""
        if self._pace is not None:
            self._pace.take(now)
        self._turn(self._breaker.begun(now), now)

    def end(self, error: Exception | None, *, began: float, now: float) -> None:
        """Count how one ended; ``None``: it was taken."""
        failed = blames_endpoint(error)
        if failed:
            self._code = code_of(error)
        self._turn(self._breaker.ended(failed=failed, began=began, now=now, policy=self._policy), now)

    def drop(self, now: float) -> None:
        """Count one that began and was not sent."""
        self._turn(self._breaker.dropped(), now)

    def close_breaker(self, now: float) -> bool:
        """Let everything pass again; say whether that changed anything."""
        if self._breaker.state is BreakerState.CLOSED:
            return False
        self._turn(Breaker(since=now), now)
        return True

    def held(self, due: datetime, *, at: datetime, now: float) -> tuple[Hold, ...]:
        """Return what held back a delivery that was due and begins now."""
        return self._holds.between(due, at, now)

    def standing(self, held: int, now: float) -> Standing:
        """Return how it stands."""
        breaker = self._breaker
        return Standing(
            breaker=breaker.state,
            probe_in=max(0.0, breaker.until - now) if breaker.state is BreakerState.OPEN else None,
            code=None if breaker.state is BreakerState.CLOSED else self._code,
            under_way=held,
        )

    def _opens_at(self, at: datetime, now: float) -> datetime:
        """Return when it is open next: ``at`` itself if it is."""
        opening = self.endpoint.opening
        if opening is None:
            return at
        if self._closed is None or not self._closed[0] <= at < self._closed[1]:
            self._closed = (at, next_opening(opening, at) or _FAR)
            if self._closed[1] > at:
                self._holds.begin("closed", now, until=now + (self._closed[1] - at).total_seconds())
        return self._closed[1]

    def _turn(self, after: Breaker, now: float) -> None:
        before, self._breaker = self._breaker, after
        if after.state is before.state:
            return
        facts: dict[str, object] = {"endpoint": self._name}
        if after.state is BreakerState.OPEN:
            facts |= {"code": self._code, "pause": round(after.until - after.since, 1)}
        if after.state is BreakerState.CLOSED:
            self._holds.end("breaker", now)
        elif before.state is BreakerState.CLOSED:
            self._holds.begin("breaker", now, code=self._code)
        log.warning("breaker.%s", after.state, extra=facts)


class Gates:
    """The gates of all outbound endpoints, and what is under way through them.

    Args:
        places: most deliveries under way to an endpoint that does not say.
        share: the part of this hub in what an endpoint says; asked each time.
        ticks: seconds of a clock that only goes on.
    """

    def __init__(
        self, *, places: int, share: Callable[[], Share] = Share, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self._places = places
        self._share = share
        self._ticks = ticks
        self._gates: dict[str, Gate] = {}
        self._held: Counter[str] = Counter()

    def keep_only(self, directory: Directory) -> None:
        """Stand before the outbound endpoints of a registry set; one that changed gets a new gate."""
        out = {name: one for name, one in directory.endpoints.items() if one.direction is Direction.OUT}
        for name in self._gates.keys() - out.keys():
            del self._gates[name]
        for name, endpoint in out.items():
            known = self._gates.get(name)
            if known is None or known.endpoint != endpoint:
                self._gates[name] = Gate(name, endpoint, places=self._places, share=self._share, now=self._ticks())

    def endpoint(self, name: str) -> Endpoint | None:
        """Return an outbound endpoint."""
        gate = self._gates.get(name)
        return None if gate is None else gate.endpoint

    def rooms(self, at: datetime) -> dict[str, int]:
        """Return how many deliveries may begin at each endpoint; none where files of them are written."""
        now = self._ticks()
        return {
            name: 0 if gate.endpoint.collect else gate.room(self._held[name], at=at, now=now)
            for name, gate in self._gates.items()
        }

    def room(self, name: str, at: datetime) -> int:
        """Return how many deliveries, or files, may begin at one endpoint."""
        gate = self._gates.get(name)
        return 0 if gate is None else gate.room(self._held[name], at=at, now=self._ticks())

    def wait(self, shut: Iterable[str], at: datetime) -> float:
        """Return in how many seconds one of these may have room though nothing ends; ``NEVER`` if none."""
        now = self._ticks()
        return min((self._gates[name].wait(self._held[name], at=at, now=now) for name in shut), default=NEVER)

    def begin(self, name: str) -> float:
        """Count a delivery that begins; return the time, for ``end``."""
        now = self._ticks()
        self._held[name] += 1
        if (gate := self._gates.get(name)) is not None:
            gate.begin(now)
        return now

    def end(self, name: str, error: Exception | None, *, began: float) -> None:
        """Count how one ended; ``None``: it was taken."""
        self._held[name] -= 1
        if (gate := self._gates.get(name)) is not None:
            gate.end(error, began=began, now=self._ticks())

    def drop(self, name: str) -> None:
        """Count one that began and was not sent."""
        self._held[name] -= 1
        if (gate := self._gates.get(name)) is not None:
            gate.drop(self._ticks())

    def held(self, name: str, due: datetime, at: datetime) -> tuple[Hold, ...]:
        """Return what held back a delivery to an endpoint that was due and begins ``at``, which is now."""
        gate = self._gates.get(name)
        return () if gate is None else gate.held(due, at=at, now=self._ticks())

    def close_breaker(self, name: str) -> bool:
        """Let everything pass to an endpoint; say whether that changed anything."""
        gate = self._gates.get(name)
        return gate is not None and gate.close_breaker(self._ticks())

    def standing(self) -> dict[str, Standing]:
        """Return how every gate stands; other threads may ask."""
        now = self._ticks()
        return {name: gate.standing(self._held[name], now) for name, gate in [*self._gates.items()]}

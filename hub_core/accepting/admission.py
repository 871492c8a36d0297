"""Who may bring something now: the hub takes in hand what it can hold, and asks the others to come again.

Memory is what runs out first, so calls are weighed by the bytes of their bodies, not counted. No party gets so much
that another one finds no room: with n parties at the door, nobody holds more than one part of n + 1. Nothing is taken
either while what was taken before waits too long to be on disk.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Self

from hub_core.errors import TryLater

if TYPE_CHECKING:
    import asyncio

log = logging.getLogger("punte.admission")

BYTES: Final = 32_000_000
SURROUNDINGS: Final = 64_000  # bytes that a call takes beside its body: what a connection may have read unasked
LONGEST: Final = 5.0  # seconds that a write may wait before nothing more is taken
_SAID_ANEW: Final = 10.0  # seconds between two lines in the log
_SOON: Final = timedelta(seconds=1)
_LATER: Final = timedelta(seconds=3)


class Place:
    """What one call holds, from its headers to its answer: while the context is open."""

    __slots__ = ("_admission", "_size", "party", "weight")

    def __init__(self, admission: "Admission", party: str, size: int) -> None:
        self._admission = admission
        self._size = size
        self.party = party
        self.weight = 0

    def __enter__(self) -> Self:
        self._admission.enter(self, self._size)
        return self

    def __exit__(self, *_: object) -> None:
        self._admission.leave(self)

    def holds(self, size: int) -> None:
        """Say how many bytes of the body have come.

        Raises:
            TryLater: W429, W510: there is no room for more than was said before.
        """
        more = size + SURROUNDINGS - self.weight
        if more > 0:
            self._admission.add(self, more)


class Admission:
    """What the hub has in hand.

    Attributes:
        refused: how many calls were sent away, by code.
    """

    def __init__(self, capacity: int = BYTES, *, lag: Callable[[], float] = lambda: 0.0) -> None:
        """Prepare.

        Args:
            capacity: bytes; one body may exceed it by what it brings beyond the share of its party.
            lag: seconds that the oldest write has waited for the journal.
        """
        self.refused: Counter[str] = Counter()
        self._capacity = capacity
        self._lag = lag
        self._parties: dict[str, int] = {}
        self._calls = 0
        self._total = 0
        self._closed = False
        self._idle: asyncio.Event | None = None
        self._said = -_SAID_ANEW

    @property
    def in_hand(self) -> int:
        """Bytes that calls hold now."""
        return self._total

    @property
    def share(self) -> float:
        """What part of the room they take; one large body may take more than there is."""
        return self._total / self._capacity

    @property
    def calls(self) -> int:
        """How many calls are under way."""
        return self._calls

    @property
    def open(self) -> bool:
        """Calls are taken, unless there is no room."""
        return not self._closed

    def close(self) -> None:
        """Take nothing more; what is under way goes on."""
        self._closed = True

    async def emptied(self, within: timedelta) -> None:
        """Wait until no call is under way, at most for a time."""
        import asyncio  # here: whoever only looks at a store needs none of it

        if self._calls:
            self._idle = asyncio.Event()
            with suppress(TimeoutError):
                async with asyncio.timeout(within.total_seconds()):
                    await self._idle.wait()

    def admit(self, party: str, size: int) -> Place:
        """Return room for a call, to be held as a context.

        Args:
            party: who calls.
            size: bytes of the body, as far as they are known.

        Raises:
            TryLater: on entering; W503 the hub stops; W510 it has too much to do; W429 this party has too much under
                way.
        """
        return Place(self, party, size)

    def enter(self, place: Place, size: int) -> None:
        """Take a call in hand; see ``admit``. ``place`` holds nothing yet."""
        if self._closed:
            raise self._away("W503", "the hub is stopping", _SOON)
        if self._lag() > LONGEST:
            raise self._away("W510", "the journal does not keep up", _LATER)
        self._calls += 1
        self._parties.setdefault(place.party, 0)
        try:
            self.add(place, size + SURROUNDINGS)
        except TryLater:
            self.leave(place)
            raise

    def add(self, place: Place, more: int) -> None:
        """Hold more for a call; see ``Place.holds``."""
        held = self._parties[place.party]
        share = self._capacity // (1 + len(self._parties))
        if held and held + more > share:
            raise self._away("W429", "you have too much under way at once", _SOON)
        if self._total and self._total + min(more, share) > self._capacity:
            raise self._away("W510", "the hub has as much in hand as it can hold", _SOON)
        self._parties[place.party] = held + more
        self._total += more
        place.weight += more

    def leave(self, place: Place) -> None:
        """Give free what a call held."""
        self._calls -= 1
        self._total -= place.weight
        held = self._parties.get(place.party, 0) - place.weight
        if held:
            self._parties[place.party] = held
        else:
            self._parties.pop(place.party, None)
        if self._idle is not None and not self._calls:
            self._idle.set()

    def _away(self, code: str, text: str, after: timedelta) -> TryLater:
        self.refused[code] += 1
        now = time.monotonic()
        if now - self._said >= _SAID_ANEW:
            self._said = now
            log.warning("admission.refusing", extra={"code": code, "bytes": self._total, "so_far": {**self.refused}})
        return TryLater(code, text, after=after)

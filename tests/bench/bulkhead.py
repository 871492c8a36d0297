"""Ten partners over sockets, and one of them hangs: what do the others notice?

Messages come at a fixed rate, far below what the hub can do, so that a wait is the hub's and not the load's. The breaker
is kept from opening: the partner that hangs keeps all of its places all of the time.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

import msgspec

from adapters.rest import ADAPTER
from hub_core.clock import SystemClock
from hub_core.delivering.delivery import Deliverer
from hub_core.delivering.gates import Gates
from hub_core.directory import Direction, Directory, Endpoint
from hub_core.directory.policy import Breaker
from hub_core.journal.database import Database
from hub_core.journal.store import SqlJournal
from hub_core.message import Receipt
from hub_core.playing.partner import Act, Keep, Reply, playing
from hub_core.ports import Sent, Target
from hub_core.testing.builders import a_delivery, a_message, a_vault, an_outcome

PARTNERS: Final = 10
PER_SECOND: Final = 10  # messages for each partner
NEVER: Final = Breaker(failures=1000, percent=100, of=1000)


class Waits(msgspec.Struct, frozen=True):
    """99th percentiles, in milliseconds, of the time from kept to taken at the nine partners that never hang."""

    quick_ms: float
    beside_one_that_hangs_ms: float

    @property
    def ratio(self) -> float:
        """How much longer it takes beside one that hangs."""
        return self.beside_one_that_hangs_ms / self.quick_ms


def bulkhead(folder: Path, *, rounds: int, seconds: int) -> Waits:
    """Measure in alternating rounds."""
    quick: list[float] = []
    beside: list[float] = []
    for number in range(rounds + 1):
        for waits, first in ((quick, Reply(200)), (beside, Keep())):
            path = folder / f"bulkhead-{number}-{type(first).__name__}.sqlite3"
            measured = asyncio.run(_round(path, first, seconds=seconds if number else 1))
            waits.extend(measured if number else [])  # the first round warms up
    return Waits(_p99(quick), _p99(beside))


class Timed:
    """A target that tells how long a message was on its way."""

    def __init__(self, target: Target, took: Callable[[str], None]) -> None:
        self._target = target
        self._took = took

    async def send(self, sent: Sent) -> Receipt:
        """Hand one message over."""
        receipt = await self._target.send(sent)
        self._took(sent.message_id)
        return receipt

    async def close(self) -> None:
        """Give connections back."""
        await self._target.close()


async def _round(path: Path, first: Act, *, seconds: int) -> list[float]:
    """Return the seconds that each message took to the partners but the first."""
    begun: dict[str, float] = {}
    took: list[float] = []
    async with contextlib.AsyncExitStack() as stack:
        acts = [first, *[Reply(200)] * (PARTNERS - 1)]
        partners = [await stack.enter_async_context(playing(act)) for act in acts]
        ends = {f"p{number}": _endpoint(partner.url) for number, partner in enumerate(partners)}
        targets: dict[str, Target] = {
            name: Timed(ADAPTER.target(name, end), lambda message: took.append(time.perf_counter() - begun[message]))
            for name, end in ends.items()
        }
        for target in targets.values():
            stack.push_async_callback(target.close)

        async def opened(name: str) -> Target:
            return targets[name]

        journal = SqlJournal(stack.enter_context(Database(path)), a_vault())
        deliverer = Deliverer(
            journal=journal,
            targets=opened,
            directory=lambda: Directory(endpoints=ends),
            clock=SystemClock(),
            gates=Gates(places=8),
        )
        await deliverer.start()
        stack.push_async_callback(deliverer.stop, timedelta())
        await _send(journal, deliverer, begun, seconds=seconds)
        expected = (PARTNERS - (1 if isinstance(first, Keep) else 0)) * PER_SECOND * seconds
        async with asyncio.timeout(60):
            while len(took) < expected:  # noqa: ASYNC110 - what is waited for are sockets
                await asyncio.sleep(0.01)
    return took


async def _send(journal: SqlJournal, deliverer: Deliverer, begun: dict[str, float], *, seconds: int) -> None:
    """Keep a message for one partner after the other, evenly spread over the time."""
    start = time.perf_counter()
    for number in range(PARTNERS * PER_SECOND * seconds):
        await asyncio.sleep(start + number / (PARTNERS * PER_SECOND) - time.perf_counter())
        now = SystemClock().now()
        message = a_message(received_at=now)
        begun[message.id] = time.perf_counter()
        delivery = a_delivery(message, endpoint=f"p{number % PARTNERS}", due_at=now)
        await journal.record(message, an_outcome(message, delivery, decided_at=now))
        deliverer.wake()


def _endpoint(url: str) -> Endpoint:
    return Endpoint(
        institution="x",
        direction=Direction.OUT,
        adapter="rest",
        service="s",
        url=url,
        timeout=timedelta(minutes=5),
        breaker=NEVER,
    )


def _p99(waits: list[float]) -> float:
    return sorted(waits)[int(len(waits) * 0.99)] * 1000

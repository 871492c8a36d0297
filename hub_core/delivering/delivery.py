"""Bringing messages to partners: claim, send, settle.

Promise: at least once, with the same idempotency key in every attempt; in order per key where a route asks for it.
What is under way is held by a short lease, renewed while this process lives: another may take it over soon after this
one was killed, and whatever a stopped one writes later about it is refused.
Nothing is open in the database while a partner is called. Each endpoint has a gate of its own
(``hub_core.delivering.gates``): one that hangs fills its own places, not those of the others.
"""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

import msgspec

from hub_core.course import Course, Hold, listening
from hub_core.delivering.attempt import failed, sent, taken
from hub_core.delivering.gates import Gates
from hub_core.delivering.retry import Decision, decide
from hub_core.directory import Directory, Endpoint
from hub_core.directory.policy import Retry
from hub_core.errors import TryLater
from hub_core.journal.failpoints import reach
from hub_core.message import DeliveryState, Receipt
from hub_core.outbox import Claimed, Settlement
from hub_core.ports import Clock, Journal, Target
from hub_core.trace import following

log = logging.getLogger("punte.delivery")

_GRACE: Final = timedelta(seconds=5)  # beyond the endpoint's timeout, for a target that does not keep its promise
#: How long a process that was killed or stopped keeps its deliveries from the others.
LEASE: Final = timedelta(seconds=5)
_HEARTBEAT: Final = LEASE.total_seconds() / 3  # while anything is under way
_PAUSE: Final = 1.0  # seconds, after the journal or this module failed
_LONGEST_SLEEP: Final = 5.0  # seconds; another process may have added something, the clock may have been set
_GONE: Final = Decision(state=DeliveryState.PARKED, code="D303", detail="no such outbound endpoint in the registry")
_HELD: Final = Decision(state=DeliveryState.IN_DOUBT, code="D104", detail="the hub ended before the answer came")
_USED_UP: Final = Decision(state=DeliveryState.PARKED, code="D301", detail="the hub ended during the last attempt")
_PROVEN: Final = 3  # attempts in a row that no worker outlived: in the last of them no other suspect was under way


class Deliverer:
    """Carries what the journal holds for partners; one per process."""

    def __init__(
        self,
        *,
        journal: Journal,
        targets: Callable[[str], Awaitable[Target]],
        directory: Callable[[], Directory],
        clock: Clock,
        gates: Gates,
        at_once: int = 256,
        chance: Callable[[], float] = random.random,
        told: Callable[[str, DeliveryState, float], None] | None = None,
    ) -> None:
        """Prepare; nothing happens before ``start``.

        Args:
            journal: holds the deliveries.
            targets: opens the target of an endpoint by its name.
            directory: returns the registry set in force.
            clock: the time.
            gates: what stands before the endpoints.
            at_once: most deliveries under way in all; bounds memory, not fairness.
            chance: spreads retries; returns a number from 0 up to 1.
            told: is told of every attempt: endpoint, how it ended, and how many seconds it took.
        """
        self._journal = journal
        self._targets = targets
        self._directory = directory
        self._clock = clock
        self._gates = gates
        self._at_once = at_once
        self._chance = chance
        self._told = told
        self._wake = asyncio.Event()
        self._held: dict[str, Claimed] = {}
        self._under_way: set[asyncio.Task[None]] = set()
        self._loop: asyncio.Task[None] | None = None
        self._waits: str | None = None  # why the journal could not be asked last

    async def start(self) -> None:
        """Take back what an earlier run left unfinished, then begin."""
        taken_back = await self._take_back()
        self._loop = asyncio.create_task(self._run(taken_back=taken_back), name="punte-delivery")

    def wake(self) -> None:
        """Look again: a delivery was added. Call it in the event loop that ``start`` ran in."""
        self._wake.set()

    async def stop(self, timeout: timedelta = timedelta(seconds=10)) -> None:  # noqa: ASYNC109 - ends what is left
        """Claim nothing more, let what is under way end within ``timeout``, then cut it off.

        What is cut off stays held in the journal and is in doubt at the next start.
        """
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.wait([self._loop])
            self._loop = None
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=timeout.total_seconds())
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _take_back(self) -> bool:
        """Take back what an earlier run left unfinished; tell whether the journal was there."""
        try:
            count = await self._journal.take_back(now=self._clock.now())
        except TryLater:
            return False
        if count:
            log.warning("delivery.taken-back", extra={"count": count})
        reach("after-take-back-before-claim")
        return True

    async def _run(self, *, taken_back: bool) -> None:
        while not taken_back:
            await asyncio.sleep(_PAUSE)
            taken_back = await self._take_back()
        while True:
            self._wake.clear()
            pause = await self._round()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake.wait()

    async def _round(self) -> float:
        """Start what is due; return how many seconds there is nothing to do unless woken."""
        try:
            await self._start_due()
            longest = _HEARTBEAT if self._held else _LONGEST_SLEEP
            if len(self._under_way) >= self._at_once:
                return longest
            shut = {name for name, room in self._gates.rooms(self._clock.now()).items() if not room}
            due = await self._journal.next_due(besides=shut)
            self._waits = None
        except TryLater as error:
            if error.text != self._waits:
                log.warning("delivery.waits", extra={"code": error.code, "why": error.text})
            self._waits = error.text
            return _PAUSE
        except Exception:
            # Whatever it is, the next round must come: an outbox that stands still is the worst failure.
            log.exception("delivery.round-failed")
            return _PAUSE
        now = self._clock.now()
        waits = self._gates.wait(shut, now)
        if due is not None:
            waits = min(waits, (due - now).total_seconds())
        return min(max(waits, 0.0), longest)

    async def _start_due(self) -> None:
        now = self._clock.now()
        self._gates.keep_only(self._directory())
        claims = await self._journal.claim(
            limit=max(self._at_once - len(self._under_way), 0),
            lease=LEASE,
            now=now,
            rooms=self._gates.rooms(now),
            held=[*self._held.values()],
        )
        if claims:
            reach("after-claim")
        for claimed in claims:
            self._held[claimed.delivery.id] = claimed
            name = claimed.delivery.endpoint
            held = self._gates.held(name, claimed.delivery.due_at, now)
            task = asyncio.create_task(self._traced(claimed, self._gates.begin(name), held))
            self._under_way.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("delivery.unexpected", exc_info=task.exception())
        self._wake.set()

    async def _traced(self, claimed: Claimed, began: float, held: tuple[Hold, ...]) -> None:
        with following(claimed.trace):
            await self._carry(claimed, began, held)

    async def _carry(self, claimed: Claimed, began: float, held: tuple[Hold, ...]) -> None:
        """Make one attempt and write down how it ended."""
        start = time.monotonic()
        try:
            with listening() as phases:
                settlement = await self._try(claimed, began)
            seconds = time.monotonic() - start
            course = Course({name: round(took * 1000) for name, took in phases.items()}, held)
            settlement = msgspec.structs.replace(settlement, course=course)
            reach("after-send-before-settle")
            facts = {
                "reference": claimed.delivery.message_id,
                "delivery": claimed.delivery.id,
                "endpoint": claimed.delivery.endpoint,
                "attempt": claimed.attempt,
                "code": settlement.code,
                "seconds": round(seconds, 3),
            }
            if self._told is not None:
                self._told(claimed.delivery.endpoint, settlement.state, seconds)
            log.info("delivery.%s", settlement.state, extra=facts)
            await self._settle(settlement, claimed)
        finally:
            del self._held[claimed.delivery.id]

    async def _try(self, claimed: Claimed, began: float) -> Settlement:
        """Send, unless it is withheld."""
        name = claimed.delivery.endpoint
        endpoint = self._gates.endpoint(name)
        withheld = _withheld(claimed, endpoint)
        if endpoint is not None and withheld is None:
            return await self._attempt(claimed, endpoint, began)
        self._gates.drop(name)
        return failed(claimed, endpoint, withheld or _GONE, at=self._clock.now())

    async def _attempt(self, claimed: Claimed, endpoint: Endpoint, began: float) -> Settlement:
        """Send once; whatever happens, the gate hears of it."""
        name = claimed.delivery.endpoint
        error: Exception | None = None
        receipt = Receipt()
        target: Target | None = None
        try:
            reach("before-send")
            async with asyncio.timeout((endpoint.timeout + _GRACE).total_seconds()):
                target = await self._targets(name)
                receipt = await target.send(sent(claimed))
        except TimeoutError:
            error = TryLater("D103", "no answer in time", in_doubt=target is not None)
        except asyncio.CancelledError:
            self._gates.drop(name)
            raise
        except Exception as raised:  # noqa: BLE001 - the one guard of a delivery: what is not known is parked
            error = raised
        self._gates.end(name, error, began=began)
        now = self._clock.now()
        if error is None:
            return taken(claimed, receipt, at=now)
        decision = decide(
            error,
            attempt=claimed.attempt,
            since=claimed.since,
            policy=endpoint.retry or Retry(),
            hold=endpoint.in_doubt == "hold",
            now=now,
            chance=self._chance,
        )
        if decision.code == "D302":
            log.error("delivery.unexpected", exc_info=error, extra={"delivery": claimed.delivery.id})
        return failed(claimed, endpoint, decision, at=now)

    async def _settle(self, settlement: Settlement, claimed: Claimed) -> None:
        """Write it down; while the journal cannot, hold on: nobody else can claim it then either."""
        while True:
            try:
                if not await self._journal.settle(settlement):
                    log.warning("delivery.held-by-another", extra={"delivery": claimed.delivery.id})
            except TryLater:
                log.warning("delivery.not-settled", extra={"delivery": claimed.delivery.id})
                await asyncio.sleep(_PAUSE)
            else:
                reach("after-settle")
                return


def _withheld(claimed: Claimed, endpoint: Endpoint | None) -> Decision | None:
    """Return what follows instead of another attempt, where none is to be made.

    Attempts that no worker outlived count: a delivery that ends its worker every time must not do so for ever. One that
    was only held beside it has an attempt more.
    """
    if endpoint is None:
        return _GONE
    if claimed.in_doubt and endpoint.in_doubt == "hold":
        return _HELD
    if claimed.attempt > (endpoint.retry or Retry()).attempts and claimed.lost >= _PROVEN:
        return _USED_UP
    return None

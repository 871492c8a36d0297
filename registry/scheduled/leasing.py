"""A process that does a job says again and again that it lives; when it falls silent, another one takes the job over.

Whoever was only slow finds out when it speaks again, and stops. What it wants to write meanwhile the journal refuses: a
position moves, with what was in the list, only in the last run that was begun, and so does the end of a run.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Final

from hub_core.errors import PunteError
from hub_core.ports import Run, Schedule
from hub_core.ports.clock import Clock

#: Longer than a store is away when its server is started again.
LEASE: Final = timedelta(seconds=15)
BEATS: Final = 3  # times that a lease is renewed before it is over


_run: ContextVar[Run | None] = ContextVar("run", default=None)


@contextlib.asynccontextmanager
async def leased(
    journal: Schedule, run: Run, *, lease: timedelta, clock: Clock, given: asyncio.Timeout
) -> AsyncIterator[None]:
    """Renew the lease of a run until the context is left; let ``given`` be over once another process has begun it."""
    renewing = asyncio.create_task(_renew(journal, run, lease, clock, given), name="punte-lease")
    token = _run.set(run)
    try:
        yield
    finally:
        _run.reset(token)
        renewing.cancel()
        await asyncio.gather(renewing, return_exceptions=True)


def run_under_way() -> Run | None:
    """Return the run that this task does; ``None``: it does none."""
    return _run.get()


async def _renew(journal: Schedule, run: Run, lease: timedelta, clock: Clock, given: asyncio.Timeout) -> None:
    while True:
        await asyncio.sleep(lease.total_seconds() / BEATS)
        with contextlib.suppress(PunteError):  # the store is away: it may be there again before the lease is over
            if not await journal.renew_run(run.job, begun_at=run.begun_at, until=clock.now() + lease):
                given.reschedule(asyncio.get_running_loop().time())
                return


def lease_is_over(run: Run, now: datetime) -> bool:
    """Say whether the process of a run fell silent."""
    return run.lease_until is not None and run.lease_until <= now

"""Does jobs when they are due. The timer keeps nothing: when a job ran last stands in the journal.

Every process of a hub has a timer; the journal lets one of them begin a run. What was missed while no hub ran is
caught up once, soon after the start.
"""

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Final

from hub_core.errors import PunteError
from hub_core.ports.schedule import LOST, Run
from registry.jobs import JOBS, Done, Job

if TYPE_CHECKING:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

    from registry.parts import Parts

log = logging.getLogger("punte.schedule")
#: A start has better things to do first; also how long a store that cannot be written is left alone.
SOON: Final = timedelta(seconds=20)
DEFECT: Final = "W500"
_CLIP: Final = 2_000  # characters of a detail


class Schedule:
    """The timer of one process.

    Args:
        soon: how long a job that is due waits after the start.
    """

    def __init__(self, parts: "Parts", jobs: Sequence[Job] = JOBS, *, soon: timedelta = SOON) -> None:
        self._parts = parts
        self._jobs = jobs
        self._soon = soon
        self._timer: AsyncIOScheduler | None = None
        self._under_way: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin, in the event loop of the hub; loading the timer holds up no message."""
        self._begin(self._start())

    async def _start(self) -> None:
        module = await asyncio.to_thread(import_module, "apscheduler.schedulers.asyncio")
        self._timer = module.AsyncIOScheduler(timezone=UTC)
        self._timer.start()
        for job in self._jobs:
            self._set(job)

    async def stop(self) -> None:
        """End what is under way; it is begun again when its process counts as lost."""
        if self._timer is not None:
            self._timer.shutdown(wait=False)
            self._timer = None
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _set(self, job: Job) -> None:
        """Set the timer for the next run; never sooner than ``soon``, so that no fault can make it spin."""
        if self._timer is None:
            return  # the hub stops
        try:
            due = due_at(job, self._parts.view.runs(), now=self._parts.clock.now())
            wait = max(due - self._parts.clock.now(), self._soon)
        except PunteError:
            wait = self._soon
        self._timer.add_job(
            self._turn,
            "date",
            run_date=datetime.now(UTC) + wait,
            args=[job],
            id=job.name,
            replace_existing=True,
            misfire_grace_time=None,
        )

    async def _turn(self, job: Job) -> None:
        """Begin a task of our own: the timer's would be ended, and written about, without being waited for."""
        self._begin(self._run(job))

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work, name="punte-schedule")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _run(self, job: Job) -> None:
        """Run a job if no other process did, and write down how it ended."""
        journal, begun = self._parts.journal, self._parts.clock.now()
        try:
            if not await journal.begin_run(job.name, at=begun, every=job.every):
                return
            done = await _guarded(job, self._parts)
            ended = self._parts.clock.now()
            run = Run(
                job=job.name,
                begun_at=begun,
                ended_at=ended,
                code=done.code,
                detail=done.detail[:_CLIP],
                figures=done.figures,
            )
            await journal.end_run(run)
        except PunteError as error:
            log.warning("schedule.put-off", extra={"job": job.name, "code": error.code})
        else:
            facts = {"job": job.name, "code": done.code, "seconds": round((ended - begun).total_seconds(), 3)}
            log.info("schedule.ran", extra=facts)
        finally:
            self._set(job)


def due_at(job: Job, runs: Sequence[Run], *, now: datetime) -> datetime:
    """Return when a job is due; ``now`` if it never ran."""
    run = next((run for run in runs if run.job == job.name), None)
    if run is None or run.begun_at > now:
        return now
    return run.begun_at + (min(job.every, LOST) if run.ended_at is None else job.every)


async def _guarded(job: Job, parts: "Parts") -> Done:
    """Do a job; a defect in it stops neither the hub nor the next run."""
    try:
        async with asyncio.timeout(LOST.total_seconds() * 0.9):
            return await job.run(parts)
    except PunteError as error:
        return Done(code=error.code, detail=error.text)
    except TimeoutError:
        return Done(detail="not finished in time; the next run goes on")
    except Exception:
        # One job must not stop the others; the run is written down as failed.
        log.exception("schedule.defect", extra={"job": job.name})
        return Done(code=DEFECT, detail="unexpected failure; see the log")

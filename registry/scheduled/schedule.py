"""Does jobs when they are due. The timer keeps nothing: when a job ran last stands in the journal.

Every process of a hub has a timer; the journal lets one of them begin a run. What was missed while no hub ran is
caught up once, soon after the start.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from contextvars import copy_context
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Final

from hub_core.errors import PunteError
from hub_core.ports.schedule import Run
from registry.crontab import STUCK_AFTER
from registry.scheduled.jobs import Done, Job
from registry.scheduled.leasing import LEASE, lease_is_over, leased
from registry.scheduled.polling import jobs_of

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
        jobs: returns what is to be done under the registry set in force.
        soon: how long a job that is due waits after the start.
        lease: how long a process that does a job may be silent before another one takes the job over.
    """

    def __init__(
        self,
        parts: "Parts",
        jobs: Callable[["Parts"], Sequence[Job]] = jobs_of,
        *,
        soon: timedelta = SOON,
        lease: timedelta = LEASE,
    ) -> None:
        self._parts = parts
        self._jobs = jobs
        self._soon = soon
        self._lease = lease
        self._alone = alone_since(parts)
        self._timer: AsyncIOScheduler | None = None
        self._context = copy_context()
        self._under_way: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin, in the event loop of the hub; loading the timer holds up no message."""
        self._begin(self._start())

    async def _start(self) -> None:
        module = await asyncio.to_thread(import_module, "apscheduler.schedulers.asyncio")
        self._timer = module.AsyncIOScheduler(timezone=UTC)
        self._timer.start()
        self.follow()

    async def stop(self) -> None:
        """End what is under way; it is begun again when its process counts as dead."""
        if self._timer is not None:
            self._timer.shutdown(wait=False)
            self._timer = None
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def follow(self) -> None:
        """Set the timer for what is to be done under the registry set in force."""
        if self._timer is not None:
            self._timer.remove_all_jobs()
            for job in self._jobs(self._parts):
                self._begin(self._set(job))

    async def _set(self, job: Job) -> None:
        """Set the timer for the next run; never sooner than ``soon``, so that no fault can make it spin."""
        if self._timer is None:
            return  # the hub stops
        soon = min(self._soon, job.every)
        try:
            due = due_at(
                job, await asyncio.to_thread(self._parts.view.runs), now=self._parts.clock.now(), alone=self._alone
            )
            wait = max(due - self._parts.clock.now(), soon)
        except PunteError:
            wait = soon
        if self._timer is None:
            return
        self._timer.add_job(
            self._turn,
            "date",
            run_date=datetime.now(UTC) + wait,
            args=[job.name],
            id=job.name,
            replace_existing=True,
            misfire_grace_time=None,
        )

    async def _turn(self, name: str) -> None:
        """Begin a task of our own: the timer's would be ended, and written about, without being waited for."""
        job = self._named(name)
        if job is not None:
            self._begin(self._run(job))

    def _named(self, name: str) -> Job | None:
        """Return a job as it stands now; ``None``: the registry set in force has none of this name."""
        return next((job for job in self._jobs(self._parts) if job.name == name), None)

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        # In the context of the start: a timer is set inside of a run, and what that run left there is no affair of the
        # next one.
        task = asyncio.create_task(work, name="punte-schedule", context=self._context.copy())
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _run(self, job: Job) -> None:
        """Run a job if no other process did, and write down how it ended."""
        journal, begun = self._parts.journal, self._parts.clock.now()
        try:
            runs = await asyncio.to_thread(self._parts.view.runs)  # a server that hangs must hold up nothing else
            every = _since_due(job, runs, now=begun)
            left = any(_is_left(run, self._alone) for run in runs if run.job == job.name)
            lost = timedelta(0) if left else job.limit
            if every is None or not await journal.begin_run(
                job.name, at=begun, every=every, lost=lost, lease=self._lease
            ):
                return
            done = await _guarded(job, self._parts, Run(job=job.name, begun_at=begun), self._lease)
            ended = self._parts.clock.now()
            run = Run(
                job=job.name,
                begun_at=begun,
                ended_at=ended,
                code=done.code,
                detail=done.detail[:_CLIP],
                figures=done.figures,
            )
            if not await journal.end_run(run):
                log.warning("schedule.overtaken", extra={"job": job.name})
                return
        except PunteError as error:
            log.warning("schedule.put-off", extra={"job": job.name, "code": error.code})
        else:
            facts = {"job": job.name, "code": done.code, "seconds": round((ended - begun).total_seconds(), 3)}
            log.info("schedule.ran", extra=facts)
        finally:
            if (after := self._named(job.name)) is not None:
                await self._set(after)


def alone_since(parts: "Parts") -> datetime | None:
    """Return since when no other process can do jobs on this store; ``None``: several may share it.

    Where no hub runs, nothing is under way: since now.
    """
    if parts.settings.store is not None:
        return None
    return datetime.fromisoformat(parts.started_at) if parts.started_at else parts.clock.now()


def is_dead(run: Run, alone: datetime | None, now: datetime) -> bool:
    """Say whether the process of a run counts as dead: it fell silent, or that which is ``alone_since`` began later."""
    return _is_left(run, alone) or lease_is_over(run, now)


def _is_left(run: Run, alone: datetime | None) -> bool:
    return run.ended_at is None and alone is not None and run.begun_at < alone


def due_at(job: Job, runs: Sequence[Run], *, now: datetime, alone: datetime | None = None) -> datetime:
    """Return when a job is due; one that never ran: now, or at its next time.

    One under way is due at once if it ``is_dead``, else when its lease or its time is up.
    """
    run = next((run for run in runs if run.job == job.name), None)
    if run is None or run.begun_at > now:
        return now if job.cron is None else job.due_after(now)
    if run.ended_at is not None:
        return job.due_after(run.begun_at)
    if is_dead(run, alone, now):
        return run.begun_at
    over = run.begun_at + job.limit
    return over if run.lease_until is None else min(run.lease_until, over)


def late(parts: "Parts") -> dict[str, datetime]:
    """Return the jobs that a hub which runs should have begun long ago, and when.

    What was missed while no hub ran counts from the start.
    """
    if parts.started_at is None:
        return {}
    started, now = datetime.fromisoformat(parts.started_at), parts.clock.now()
    runs, alone = parts.view.runs(), alone_since(parts)
    due = ((job, max(started, due_at(job, runs, now=now, alone=alone))) for job in jobs_of(parts))
    return {job.name: at for job, at in due if at + max(job.every, STUCK_AFTER) < now}


def _since_due(job: Job, runs: Sequence[Run], *, now: datetime) -> timedelta | None:
    """Return how long ago a run must have begun for the job to be due; ``None``: it is not, whenever that was."""
    run = next((run for run in runs if run.job == job.name), None)
    if job.cron is None or run is None or run.begun_at > now or run.ended_at is None:
        return job.every
    due = job.due_after(run.begun_at)
    return None if due > now else now - due


async def _guarded(job: Job, parts: "Parts", run: Run, lease: timedelta) -> Done:
    """Do a job; a defect in it stops neither the hub nor the next run."""
    try:
        async with (
            asyncio.timeout(job.limit.total_seconds() * 0.9) as given,
            leased(parts.journal, run, lease=lease, clock=parts.clock, given=given),
        ):
            return await job.run(parts)
    except PunteError as error:
        return Done(code=error.code, detail=error.text)
    except TimeoutError:
        return Done(detail="not finished in time; the next run goes on")
    except Exception:
        # One job must not stop the others; the run is written down as failed.
        log.exception("schedule.defect", extra={"job": job.name})
        return Done(code=DEFECT, detail="unexpected failure; see the log")

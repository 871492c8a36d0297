"""The verb that shows what is done on a schedule."""

from datetime import datetime, timedelta

import msgspec

from hub_core.ports.schedule import Run
from registry.desk.arguments import Nothing
from registry.parts import Parts
from registry.scheduled.jobs import Job
from registry.scheduled.polling import found_by, jobs_of
from registry.scheduled.schedule import alone_since, due_at, is_dead, late


class JobRow(msgspec.Struct, frozen=True, kw_only=True):
    """How one job stands.

    Attributes:
        state: ``never`` ran, ``running``, ``cut off``: its process is dead, and it is due at once; ``ok``, ``fault``,
            or ``late``: a hub runs and should have begun it long ago.
        needs_human: as the verb ``status`` says it; a fault may pass by itself.
        what: its figures say.
    """

    job: str
    state: str
    every: str
    what: str
    begun_at: datetime | None = None
    well_at: datetime | None = None
    due_at: datetime
    code: str | None = None
    detail: str = ""
    figures: dict[str, float] = {}
    needs_human: bool = False


def schedule(parts: Parts, _: Nothing) -> list[JobRow]:
    """List the jobs, when they ran last, and what they found."""
    runs, now = parts.view.runs(), parts.clock.now()
    alone, behind = alone_since(parts), late(parts)
    rows = [_row(job, runs, now, alone) for job in jobs_of(parts)]
    found = {run.job for run, _ in found_by(parts)}
    return [
        msgspec.structs.replace(
            row, state="late" if row.job in behind else row.state, needs_human=row.job in behind or row.job in found
        )
        for row in rows
    ]


def _row(job: Job, runs: list[Run], now: datetime, alone: datetime | None) -> JobRow:
    run = next((run for run in runs if run.job == job.name), None)
    due = due_at(job, runs, now=now, alone=alone)
    if run is None:
        return JobRow(job=job.name, state="never", every=_told(job), what=job.what, due_at=due)
    return JobRow(
        job=job.name,
        state=_state(run, alone, now),
        every=_told(job),
        what=job.what,
        begun_at=run.begun_at,
        well_at=run.well_at,
        due_at=due,
        code=run.code,
        detail=run.detail,
        figures=run.figures,
    )


def _state(run: Run, alone: datetime | None, now: datetime) -> str:
    if run.ended_at is None:
        return "cut off" if is_dead(run, alone, now) else "running"
    return "fault" if run.code else "ok"


def _told(job: Job) -> str:
    if job.cron is not None:
        return job.cron.cron or ""
    hours, minutes = job.every // timedelta(hours=1), job.every // timedelta(minutes=1)
    return f"{hours} h" if hours else f"{minutes} min" if minutes else f"{job.every.total_seconds():g} s"

"""Lists that are fetched from partners who do not send, as scheduled work: one job per endpoint that polls."""

import asyncio
import hashlib
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from hub_core.directory import Direction, Endpoint
from hub_core.directory.polled import Poll
from hub_core.message import Arrival, Caller
from hub_core.ports import Answers, Batch, Item, Position, Replies, Run
from registry.crontab import STUCK_AFTER
from registry.scheduled.answering import take_answers
from registry.scheduled.jobs import JOBS, Done, Job
from registry.scheduled.leasing import run_under_way
from registry.scheduled.replying import reply

if TYPE_CHECKING:
    from registry.parts import Parts

#: A run begins no further page after it; what is left waits for the next run.
LONG_ENOUGH: Final = 60.0  # seconds
WITHHELD: Final = "D108"
_KEEPING: Final = timedelta(seconds=30)  # for deciding about the last page
#: Faults that pass by themselves: the partner or the store was not there for a while.
_PASSING: Final = frozenset({"D101", "D102", "D103", "J503"})
_PREFIX: Final = "poll "
#: Between looks for a receipt that an answer names: it came to the hub before the answer, but on another way.
_PAUSES: Final = (0.0, 0.1, 0.4, 1.5)  # seconds


def jobs_of(parts: "Parts") -> list[Job]:
    """Return everything that is done on a schedule: what every hub does, and the lists that this one fetches."""
    endpoints = sorted(parts.directory().endpoints.items())
    return [*JOBS, *(_job(name, endpoint, endpoint.poll) for name, endpoint in endpoints if endpoint.poll)]


def job_name(endpoint: str) -> str:
    """Return the name of the job that fetches the list of an endpoint."""
    return f"{_PREFIX}{endpoint}"


def runs_of(parts: "Parts") -> list[Run]:
    """Return the last runs of what is still done; a list that is fetched no more is of no interest."""
    names = {job.name for job in jobs_of(parts)}
    return [run for run in parts.view.runs() if run.job in names]


def found_by(parts: "Parts") -> list[tuple[Run, datetime]]:
    """Return the runs that found something for a person, and since when it is there.

    A fault that passes by itself is for a person once no run was well for as long as a delivery may be late.
    """
    jobs, before = {job.name: job for job in jobs_of(parts)}, parts.clock.now() - STUCK_AFTER
    faults = [run for run in runs_of(parts) if run.code is not None]
    since = [(run, jobs[run.job].due_after(run.well_at) if run.well_at else run.begun_at) for run in faults]
    return [(run, at) for run, at in since if run.code not in _PASSING or run.well_at is None or at < before]


async def poll(parts: "Parts", name: str) -> Done:
    """Take in what stands in a list behind its position.

    Raises:
        TryLater, Rejected, ConfigError: what the partner did; Refused: its institution has no right to send it;
            Rejected: J421, another process has taken it in; J423 another one took the job over.
    """
    endpoint = parts.directory().endpoints[name]
    poller = await parts.connections.poller(name, endpoint)
    end, taken, left_out, stray = time.monotonic() + LONG_ENOUGH, 0, 0, 0
    while True:
        before = await asyncio.to_thread(parts.view.position, name)
        batch = await poller.poll(before)
        if batch.items or batch.after != before:
            belong = [await _conversation(parts, endpoint, item) for item in batch.items]
            stray += sum(item.answers is not None and not it for item, it in zip(batch.items, belong, strict=True))
            left_out += await _keep(parts, name, before, batch, belong)
        taken += len(batch.items)
        if not batch.more or batch.after == before or time.monotonic() > end:
            break
    told = [f"{taken:,} documents seen"]
    if isinstance(poller, Replies) and (written := await reply(parts, name, poller)):
        told.append(f"{written:,} replies written")
    code = None
    if isinstance(poller, Answers):
        answered = await take_answers(parts, name, poller)
        told, code = answered.told or ["no replies"], answered.code
    if batch.withheld:
        told.append(f"{batch.withheld:,} cannot be read")
    if left_out:
        told.append(f"{left_out:,} left out: they have the id of another content")
    if stray:
        told.append(f"{stray:,} answer receipts that nobody here got")
    code = "J409" if left_out else WITHHELD if batch.withheld else code
    return Done(detail="; ".join(told), code=code, figures={"seen": float(taken)})


async def _conversation(parts: "Parts", endpoint: Endpoint, item: Item) -> str | None:
    """Return the conversation that a document answers in; its receipt may be written down a moment from now only."""
    if item.answers is None:
        return None
    there = parts.directory().endpoints.items()
    sent_to = {name for name, it in there if it.direction is Direction.OUT and it.institution == endpoint.institution}
    for pause in _PAUSES:
        await asyncio.sleep(pause)
        if found := await asyncio.to_thread(parts.view.conversation_of, item.answers, sent_to):
            return found
    return None


async def _keep(parts: "Parts", name: str, before: str | None, batch: Batch, belong: Sequence[str | None]) -> int:
    """Decide about a page and keep it with its position; return how many were left out."""
    endpoint = parts.directory().endpoints[name]
    caller = Caller(institution=endpoint.institution, key=job_name(name))
    arrivals = [
        Arrival(
            endpoint=name,
            caller=caller,
            body=item.body,
            media_type=item.media_type,
            sender_id=item.sender_id or hashlib.sha256(item.body).hexdigest(),
            correlation_id=conversation,
            name=item.name,
        )
        for item, conversation in zip(batch.items, belong, strict=True)
    ]
    position = Position(endpoint=name, before=before, after=batch.after, at=parts.clock.now(), run=run_under_way())
    with parts.admission.admit(endpoint.institution, sum(len(item.body) for item in batch.items)):
        return await parts.hub.take_in(arrivals, position)


def _job(name: str, endpoint: Endpoint, polled: Poll) -> Job:
    return Job(
        name=job_name(name),
        every=polled.every or timedelta(hours=1),
        what="documents seen in the list",
        run=partial(poll, name=name),
        limit=timedelta(seconds=LONG_ENOUGH) + endpoint.timeout + _KEEPING,
        cron=polled if polled.cron else None,
    )

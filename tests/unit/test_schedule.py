"""Scheduled jobs on a real journal, with a clock that the test moves and a timer that waits for hundredths of seconds."""

import asyncio
import threading
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from hub_core.directory.polled import Poll
from hub_core.errors import TryLater
from hub_core.journal.database import Database
from hub_core.journal.instants import to_micros
from hub_core.journal.store import SqlJournal
from hub_core.ports import Run
from hub_core.ports.schedule import LOST
from hub_core.testing.builders import NOW, FrozenClock, a_vault
from registry.scheduled.jobs import Done, Job
from registry.scheduled.leasing import LEASE
from registry.scheduled.schedule import Schedule, due_at

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SOON = timedelta(milliseconds=10)
DEADLINE = 10
LEFT = ContextVar("left", default="nothing")
SHARED = "postgresql://hub@localhost/hub"


class Counted:
    """A job that counts its runs."""

    def __init__(self, *script):
        self.script = list(script)
        self.times = 0

    async def run(self, parts):
        self.times += 1
        if self.script:
            raise self.script.pop(0)
        return Done(detail=f"run {self.times}", figures={"times": self.times})

    def job(self):
        return Job(name="count", every=HOUR, what="how often", run=self.run)


@pytest.fixture
def database(tmp_path):
    with Database(tmp_path / "journal.sqlite3") as database:
        yield database


def parts_of(journal, clock, *, store=SHARED):
    """Return what a timer needs of a hub; on a store that others may share, or in a file of its own."""
    settings, started_at = SimpleNamespace(store=store), clock.now().isoformat()
    return SimpleNamespace(journal=journal, view=journal, clock=clock, settings=settings, started_at=started_at)


@asynccontextmanager
async def hub(database, job, *, clock, store=SHARED, journal=None, **facts):
    """Run the timer of one process."""
    journal = journal or SqlJournal(database, a_vault())
    schedule = Schedule(parts_of(journal, clock, store=store), lambda _: [job], soon=SOON, **facts)
    schedule.start()
    try:
        yield journal
    finally:
        await schedule.stop()


async def ended(journal, begun_at=NOW):
    """Wait until a run that began then has ended, and return it."""
    async with asyncio.timeout(DEADLINE):
        while True:
            for run in journal.runs():
                if run.begun_at == begun_at and run.ended_at is not None:
                    return run
            await asyncio.sleep(0.005)


async def test_a_job_runs_soon_after_the_first_start_and_what_it_found_is_kept(database):
    counted = Counted()
    async with hub(database, counted.job(), clock=FrozenClock()) as journal:
        run = await ended(journal)
    assert (run.detail, run.figures, run.code, run.well_at) == ("run 1", {"times": 1}, None, NOW)


async def test_the_store_is_never_read_where_it_would_hold_up_messages(database):
    threads, clock = set(), FrozenClock()
    journal = SqlJournal(database, a_vault())
    parts = parts_of(journal, clock)

    def runs():
        threads.add(threading.current_thread())
        return journal.runs()

    parts.view = SimpleNamespace(runs=runs)
    schedule = Schedule(parts, lambda _: [Counted().job()], soon=SOON)
    schedule.start()
    await ended(journal)
    await schedule.stop()
    assert threads
    assert threading.main_thread() not in threads


async def test_a_job_that_ran_lately_does_not_run_again_at_the_next_start(database):
    counted, clock = Counted(), FrozenClock()
    async with hub(database, counted.job(), clock=clock) as journal:
        await ended(journal)
    async with hub(database, counted.job(), clock=clock):
        await asyncio.sleep(0.1)
    assert counted.times == 1


async def test_what_was_missed_while_no_hub_ran_is_caught_up_once(database):
    counted, clock = Counted(), FrozenClock()
    async with hub(database, counted.job(), clock=clock) as journal:
        await ended(journal)
    clock.advance(HOUR * 24 * 30)
    async with hub(database, counted.job(), clock=clock) as journal:
        await ended(journal, clock.now())
        await asyncio.sleep(0.1)
    assert counted.times == 2


async def test_of_two_processes_one_does_the_run(database):
    counted, clock = Counted(), FrozenClock()
    async with hub(database, counted.job(), clock=clock) as journal, hub(database, counted.job(), clock=clock):
        await ended(journal)
        await asyncio.sleep(0.1)
    assert counted.times == 1


async def cut_off(database, clock, **facts):
    """Let a run begin and its process end."""
    begun = asyncio.Event()

    async def hangs(parts):
        begun.set()
        await asyncio.Event().wait()

    async with hub(database, Job(name="count", every=HOUR, what="", run=hangs), clock=clock, **facts):
        await begun.wait()


@pytest.mark.parametrize(("lease", "silent"), [(LEASE, LEASE), (2 * LOST, LOST)], ids=["silent", "lost"])
async def test_a_run_that_was_cut_off_is_begun_again_when_its_lease_is_over_or_it_counts_as_lost(
    database, lease, silent
):
    clock, counted = FrozenClock(), Counted()
    await cut_off(database, clock, lease=lease)
    clock.advance(silent)
    async with hub(database, counted.job(), clock=clock) as journal:
        await ended(journal, clock.now())
    assert counted.times == 1


async def test_a_run_that_a_hub_of_an_older_version_began_is_left_alone_though_an_earlier_lease_is_over(database):
    journal = SqlJournal(database, a_vault())
    await journal.begin_run("count", at=NOW, every=HOUR, lease=LEASE)
    await database.write(lambda it: it.execute("UPDATE scheduled_run SET begun_at = ?", (to_micros(NOW + HOUR),)))
    assert [run.lease_until for run in journal.runs()] == [None]
    assert not await journal.begin_run("count", at=NOW + HOUR + LEASE, every=HOUR, lease=LEASE)


class Slow(SqlJournal):
    """Says that its process lives when it may."""

    def __init__(self, database):
        super().__init__(database, a_vault())
        self.may = asyncio.Event()

    async def renew_run(self, job, **facts):
        await self.may.wait()
        return await super().renew_run(job, **facts)


async def test_a_process_that_was_overtaken_stops_when_it_finds_out(database):
    clock, counted, slow = FrozenClock(), Counted(), Slow(database)
    begun, stopped = asyncio.Event(), asyncio.Event()

    async def hangs(parts):
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    job = Job(name="count", every=HOUR, what="", run=hangs)
    async with hub(database, job, clock=clock, journal=slow, lease=SOON):
        await begun.wait()
        clock.advance(SOON)
        async with hub(database, counted.job(), clock=clock, lease=SOON) as journal:
            await ended(journal, clock.now())
        assert not stopped.is_set()
        slow.may.set()
        async with asyncio.timeout(DEADLINE):
            await stopped.wait()
    assert [run.detail for run in journal.runs()] == ["run 1"]


@pytest.mark.parametrize(("store", "times"), [(None, 1), (SHARED, 0)])
async def test_a_run_that_was_cut_off_is_begun_again_at_once_where_no_other_process_can_be_at_it(
    database, store, times
):
    clock, counted = FrozenClock(), Counted()
    await cut_off(database, clock, store=store)
    clock.advance(timedelta(seconds=1))
    async with hub(database, counted.job(), clock=clock, store=store):
        await asyncio.sleep(0.2)
    assert counted.times == times


async def test_a_run_at_a_certain_time_that_was_cut_off_does_not_wait_for_the_next_time(database):
    clock, counted = FrozenClock(), Counted()
    await SqlJournal(database, a_vault()).begin_run("count", at=NOW, every=HOUR)
    clock.advance(timedelta(seconds=1))
    async with hub(database, at_half_past_six(run=counted.run), clock=clock, store=None) as journal:
        await ended(journal, clock.now())
    assert counted.times == 1


@pytest.mark.parametrize(
    ("fault", "code"), [(TryLater("J503", "not there"), "J503"), (ValueError("2850415123450"), "W500")]
)
async def test_a_job_that_fails_is_told_and_nothing_of_what_it_stumbled_on(database, fault, code):
    counted = Counted(fault)
    async with hub(database, counted.job(), clock=FrozenClock()) as journal:
        run = await ended(journal)
    assert (run.code, run.well_at) == (code, None)
    assert "2850415123450" not in run.detail


async def test_a_run_begins_without_what_the_one_before_it_left_in_its_context(database):
    found, clock, twice = [], FrozenClock(), asyncio.Event()

    async def run(parts):
        found.append(LEFT.get())
        LEFT.set("how far its call came")
        clock.advance(timedelta(seconds=1))
        if len(found) > 1:
            twice.set()
        return Done(detail="")

    job = Job(name="often", every=timedelta(milliseconds=1), what="what was there", run=run)
    async with hub(database, job, clock=clock), asyncio.timeout(DEADLINE):
        await twice.wait()
    assert found[:2] == ["nothing", "nothing"]


async def test_a_job_with_a_short_time_does_not_wait_for_the_long_pause_after_the_start(database):
    counted, clock = Counted(), FrozenClock()
    journal = SqlJournal(database, a_vault())
    job = Job(name="count", every=SOON, what="", run=counted.run)
    schedule = Schedule(parts_of(journal, clock), lambda _: [job], soon=HOUR)
    schedule.start()
    await ended(journal)
    await schedule.stop()
    assert counted.times == 1


async def test_what_is_done_follows_the_registry_set_in_force(database):
    counted, jobs = Counted(), []
    journal = SqlJournal(database, a_vault())
    schedule = Schedule(parts_of(journal, FrozenClock()), lambda _: jobs, soon=SOON)
    schedule.start()
    await asyncio.sleep(0.05)
    jobs.append(counted.job())
    schedule.follow()
    await ended(journal)
    jobs.clear()
    schedule.follow()
    await schedule.stop()
    assert counted.times == 1


def at_half_past_six(**facts):
    cron = Poll(cron="30 6 * * mon-fri", zone="Europe/Bucharest")
    return Job(**{"name": "count", "every": HOUR, "what": "", "run": None, "cron": cron} | facts)


@pytest.mark.parametrize(
    ("begun", "now", "due"),
    [
        (None, "2025-11-21T07:00+02:00", "2025-11-24T06:30+02:00"),  # a Friday; it never ran
        ("2025-11-21T06:30:01+02:00", "2025-11-21T07:00+02:00", "2025-11-24T06:30+02:00"),
        ("2025-11-19T06:30:01+02:00", "2025-11-21T07:00+02:00", "2025-11-20T06:30+02:00"),  # two were missed
        ("2025-03-28T06:30:01+02:00", "2025-03-29T07:00+02:00", "2025-03-31T06:30+03:00"),  # clocks are set forward
    ],
)
def test_a_job_at_certain_times_is_due_at_the_next_of_them(begun, now, due):
    begun, now, due = (text and datetime.fromisoformat(text) for text in (begun, now, due))
    runs = [Run(job="count", begun_at=begun, ended_at=begun)] if begun else []
    assert due_at(at_half_past_six(), runs, now=now) == due


async def test_missed_times_are_caught_up_once(database):
    counted, clock = Counted(), FrozenClock()
    job = at_half_past_six(run=counted.run)
    journal = SqlJournal(database, a_vault())
    await journal.begin_run(job.name, at=NOW - 30 * DAY, every=HOUR)
    await journal.end_run(Run(job=job.name, begun_at=NOW - 30 * DAY, ended_at=NOW - 30 * DAY))
    for _ in range(2):
        async with hub(database, job, clock=clock):
            await ended(journal)
            await asyncio.sleep(0.05)
    assert counted.times == 1

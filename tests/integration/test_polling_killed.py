"""A hub that is killed while it fetches a list: the list does not stand still when it is back, or another one is there."""

import asyncio
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from hub_core.errors import Rejected
from hub_core.ports import Run
from hub_core.settings import Settings
from registry.desk import Desk
from registry.parts import Parts
from registry.scheduled.leasing import BEATS, leased
from registry.scheduled.leasing import LEASE as SHIPPED_LEASE
from registry.scheduled.polling import poll
from registry.scheduled.schedule import Schedule
from tests.integration.listing import listing
from tests.integration.test_polling import COUNTRY, document, kept, registered

pytestmark = pytest.mark.network
CLAIMED = 40  # seconds for which a list may stand still after a kill: docs/how-to/run-on-postgresql.md
PATIENCE = 30  # seconds, for a hub to start
SOON = 30  # seconds; long before a run counts as lost (two minutes)
CHILD = Path(__file__).with_name("schedule_child.py")
DAY = timedelta(days=1)
LEASE = timedelta(seconds=3)  # a busy machine may keep a process from renewing it for two of them


@pytest.fixture
def listed():
    with listing() as listed:
        yield listed


@pytest.fixture
async def home(tmp_path, listed):
    """Return the folder of a hub that fetches a list every second."""
    parts = Parts(Settings(home=tmp_path / "home"), write=True)
    country = COUNTRY.replace("every: 5 min", "every: 1 s") % listed.url
    await Desk(parts).call("apply", {"files": {"country.yaml": country}, "by": "ana"})
    parts.close()
    return tmp_path / "home"


@contextmanager
def hub(home):
    """Run a hub until the context is left, then kill it."""
    environ = os.environ | {"PUNTE_HOME": str(home), "PUNTE_PORT": "0"}
    process = subprocess.Popen([sys.executable, "-m", "cli", "serve"], env=environ, stderr=subprocess.DEVNULL)
    try:
        wait_for((home / "address").exists, PATIENCE)
        yield
    finally:
        process.kill()
        process.wait()
        (home / "address").unlink(missing_ok=True)


def wait_for(happened, seconds):
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.02)


async def state(home):
    """Return how the job stands, as somebody sees it while no hub runs."""
    parts = Parts(Settings(home=home), write=False)
    (row,) = (row for row in await Desk(parts).call("schedule", {}) if row["job"] == "poll vacancies")
    parts.close()
    return row["state"]


async def test_a_list_that_was_being_fetched_when_its_hub_was_killed_is_fetched_soon_after_the_start(home, listed):
    listed.open.clear()
    with hub(home):
        wait_for(lambda: listed.asked, PATIENCE)
    assert await state(home) == "cut off"
    listed.open.set()
    listed.asked.clear()
    with hub(home):
        wait_for(lambda: listed.asked, SOON)


@contextmanager
def scheduling(settings, lease=LEASE):
    """Do jobs in a process of its own until the context is left, then kill it."""
    given = [str(settings.home), settings.store, str(lease.total_seconds())]
    with subprocess.Popen([sys.executable, CHILD, *given]) as process:
        try:
            yield
        finally:
            process.kill()


async def happened(what):
    async with asyncio.timeout(PATIENCE):
        while not what():  # noqa: ASYNC110 - another process tells nobody
            await asyncio.sleep(0.02)


@contextmanager
def two_hubs(settings, folder):
    """Return two hubs on one database."""
    second = msgspec.structs.replace(settings, home=folder / "other", keyring=settings.keyring_file)
    hubs = [Parts(one, write=True) for one in (settings, second)]
    yield hubs
    for parts in hubs:
        parts.close()


async def fetched(parts, run):
    """Fetch the list in a run whose lease nobody renews; return the code of what went wrong."""
    async with asyncio.timeout(PATIENCE) as given:
        async with leased(parts.journal, run, lease=DAY, clock=parts.clock, given=given):
            try:
                await poll(parts, "vacancies")
            except Rejected as fault:
                return fault.code
            finally:
                await parts.connections.close()


async def test_a_hub_that_was_only_slow_keeps_nothing_of_a_list_that_another_one_has_taken_over(
    postgresql_address, tmp_path, listed
):
    settings = Settings(home=tmp_path / "home", store=postgresql_address)
    (await registered(settings, listed)).close()
    listed.documents = [document(number) for number in range(3)]
    with two_hubs(settings, tmp_path) as (slow, other):
        now = slow.clock.now()
        runs = [Run(job="poll vacancies", begun_at=at) for at in (now, now + 2 * LEASE)]
        begun = [
            await parts.journal.begin_run(run.job, at=run.begun_at, every=DAY, lease=LEASE)
            for parts, run in zip((slow, other), runs, strict=True)
        ]
        assert begun == [True, True]
        assert await fetched(slow, runs[0]) == "J423"
        assert kept(other) == []
        assert await fetched(other, runs[1]) is None
        assert kept(other) == listed.documents


async def test_on_postgresql_another_hub_goes_on_with_a_list_soon_after_the_one_that_fetched_it_was_killed(
    postgresql_address, tmp_path, listed
):
    settings = Settings(home=tmp_path / "home", store=postgresql_address)
    (await registered(settings, listed, ("every: 5 min", "every: 1 s"))).close()
    listed.documents = [document(number) for number in range(3)]
    listed.open.clear()
    with scheduling(settings):
        await happened(lambda: listed.asked)
        other = Parts(
            msgspec.structs.replace(settings, home=tmp_path / "other", keyring=settings.keyring_file), write=True
        )
        schedule = Schedule(other, soon=LEASE / 10, lease=LEASE)
        schedule.start()
        (run,) = (run for run in other.view.runs() if run.job == "poll vacancies")
        await happened(lambda: other.clock.now() > run.begun_at + 2 * LEASE)
        asked = len(listed.asked)  # while the other one lives, though its first lease is over
    killed = time.monotonic()
    listed.open.set()
    await happened(lambda: len(kept(other)) == 3)
    took = time.monotonic() - killed
    await schedule.stop()
    await other.connections.close()
    other.close()
    assert asked == 1
    assert took < SOON
    assert kept(other) == listed.documents


async def test_with_the_shipped_lease_a_list_stands_still_no_longer_than_is_said(
    postgresql_address, tmp_path, listed, record_testsuite_property
):
    settings = Settings(home=tmp_path / "home", store=postgresql_address)
    (await registered(settings, listed)).close()
    listed.documents = [document(number) for number in range(3)]
    listed.open.clear()
    second = msgspec.structs.replace(settings, home=tmp_path / "other", keyring=settings.keyring_file)
    with scheduling(settings, SHIPPED_LEASE):
        await happened(lambda: listed.asked)
        other = Parts(second, write=True)
        schedule = Schedule(other)
        schedule.start()
        # It is renewed twice: when the other hub first looks it is not over yet, and that looks again 20 s later.
        await asyncio.sleep(2.5 * SHIPPED_LEASE.total_seconds() / BEATS)
    killed = time.monotonic()
    listed.open.set()
    async with asyncio.timeout(CLAIMED):
        while len(kept(other)) < 3:  # noqa: ASYNC110 - another process tells nobody
            await asyncio.sleep(0.1)
    record_testsuite_property("seconds", round(time.monotonic() - killed, 1))
    await schedule.stop()
    await other.connections.close()
    other.close()
    assert kept(other) == listed.documents

"""A hub that is killed while it fetches a list: the list does not stand still when it is back."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from hub_core.settings import Settings
from registry.desk import Desk
from registry.parts import Parts
from tests.integration.listing import listing
from tests.integration.test_polling import COUNTRY

pytestmark = pytest.mark.network
PATIENCE = 30  # seconds, for a hub to start
SOON = 5  # seconds


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

"""Two thousand callers who are slow on purpose: each is let go in time, and the others hardly notice."""

import asyncio
import contextlib
import resource
import time
from collections.abc import Iterator

import pytest

from tests.pressure.hub import Callers, Hub

pytestmark = pytest.mark.network
COUNT = 2_000
FILES = 3_000
DEADLINE = 10.0  # seconds that any of them has
NOISE = 0.2  # seconds that a busy machine adds to anything


@pytest.fixture
def _files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(FILES, hard)), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def slow(hub: Hub, said: bytes) -> float:
    """Say something and then nothing; return after how many seconds the hub hung up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", hub.port)
    begun = time.monotonic()
    writer.write(said)
    with contextlib.suppress(ConnectionError):
        while await reader.read(65536):
            pass
    writer.close()
    return time.monotonic() - begun


@pytest.mark.usefixtures("_files")
async def test_two_thousand_slow_callers_of_three_shapes_are_let_go_within_ten_seconds(pressed: Hub) -> None:
    head = pressed.head("cnas", 1_000, "slow")
    shapes = (b"", head[:40], head + b"{")
    portal = Callers(pressed, "portal", pause=0.05)
    portal.start(2)
    await asyncio.sleep(1)
    before = portal.p99()
    pressing = [asyncio.create_task(slow(pressed, shapes[number % 3])) for number in range(COUNT)]
    await asyncio.sleep(1)  # connecting them all is work for the machine, whoever does it
    portal.answers.clear()
    lasted = await asyncio.gather(*pressing)
    await portal.stop()
    assert max(lasted) < DEADLINE + 1
    assert set(portal.statuses) == {202}
    assert portal.p99() < max(2 * before, NOISE)
    assert portal.lost == 0

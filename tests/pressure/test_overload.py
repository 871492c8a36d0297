"""More than a hub can take: callers are asked to come again, memory stays bounded, nothing accepted is lost.

``PRESSURE_SECONDS=60`` gives the long form.
"""

import asyncio
import os
import time

import pytest

from tests.pressure.hub import PATIENCE, Callers, Hub

pytestmark = pytest.mark.network
SECONDS = float(os.environ.get("PRESSURE_SECONDS", "1"))
MOST_BYTES = 400_000_000
NOISE = 0.2  # seconds that a busy machine adds to anything
RECOVERY = 10.0


@pytest.mark.timeout(600)
async def test_ten_times_too_much_costs_neither_memory_nor_messages_nor_the_other_party_its_place(pressed: Hub) -> None:
    portal = Callers(pressed, "portal", pause=0.02)
    portal.start(2)
    await asyncio.sleep(1)
    before = portal.p99()
    portal.answers.clear()
    cnas, anpis = Callers(pressed, "cnas", size=500_000), Callers(pressed, "anpis", size=10_000)
    cnas.start(150)  # each party has a quarter of 32 MB: 14 of these fit
    anpis.start(300)  # and 108 of these
    await _seen(cnas, anpis)
    await asyncio.gather(cnas.stop(), anpis.stop())
    assert set(portal.statuses) == {202}
    for party in (cnas, anpis):
        assert set(party.statuses) <= {202, 429, 503}
        assert all(answer.after for answer in party.answers if answer.status != 202)
    assert pressed.peak_bytes <= MOST_BYTES
    accepted = cnas.accepted | anpis.accepted | portal.accepted
    assert accepted <= pressed.kept()
    await _recovered(portal, before)
    await portal.stop()


async def _seen(*parties: Callers) -> None:
    """Press for a while, and until each party has heard both answers."""
    await asyncio.sleep(SECONDS)
    async with asyncio.timeout(PATIENCE):
        while not all({202, 429} <= party.statuses.keys() for party in parties):  # noqa: ASYNC110 - answers are counted, not announced
            await asyncio.sleep(0.1)


async def _recovered(party: Callers, before: float) -> None:
    """Wait until a second is as good as those before the pressure."""
    deadline = time.monotonic() + RECOVERY
    while True:
        party.answers.clear()
        await asyncio.sleep(1)
        if party.answers and party.p99() <= max(2 * before, NOISE):
            return
        assert time.monotonic() < deadline, (before, party.p99())

"""A hub that is told to stop: nothing new is taken, what is under way ends, and it is gone within ten seconds."""

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.pressure.hub import PATIENCE, RECORD, Callers, Hub, read_answer, serving

pytestmark = pytest.mark.network
WITHIN = 10.0  # seconds


@pytest.fixture
def hub(home: Path) -> Iterator[Hub]:
    with serving(home) as running:
        yield running


@contextlib.asynccontextmanager
async def connected(hub: Hub) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", hub.port)
    try:
        yield reader, writer
    finally:
        writer.close()


@contextlib.asynccontextmanager
async def begun(hub: Hub) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Send a message but for its last byte."""
    async with connected(hub) as (reader, writer):
        writer.write(hub.head("cnas", len(RECORD), "last") + RECORD[:-1])
        await asyncio.sleep(0.2)
        yield reader, writer


async def test_what_is_under_way_ends_while_others_are_sent_elsewhere(hub: Hub) -> None:
    async with begun(hub) as (reader, writer), connected(hub) as (other_reader, other):
        hub.process.send_signal(signal.SIGTERM)
        told = time.monotonic()
        await asyncio.sleep(0.2)
        assert hub.get("/health/ready") == 503
        other.write(hub.head("portal", len(RECORD), "late") + RECORD)
        head = await other_reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 503 ")
        assert b"connection: close" in head
        assert b"retry-after: " in head
        writer.write(RECORD[-1:])
        answer = await read_answer(reader)
    assert answer.status == 202
    assert hub.process.wait(PATIENCE) == 0
    assert time.monotonic() - told < WITHIN
    assert answer.id in hub.kept()


async def test_whoever_does_not_end_in_time_is_cut_off(hub: Hub) -> None:
    async with begun(hub) as (reader, _):
        told = time.monotonic()
        assert hub.stop() == 0
        assert time.monotonic() - told < WITHIN
        assert (await reader.read()).startswith(b"HTTP/1.1 503 ")


async def test_a_second_signal_ends_it_at_once_and_nothing_acknowledged_is_lost(hub: Hub) -> None:
    portal = Callers(hub, "portal")
    portal.start(4)
    async with begun(hub):
        hub.process.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.3)
        told = time.monotonic()
        hub.process.send_signal(signal.SIGTERM)
        assert hub.process.wait(PATIENCE) == -signal.SIGTERM
        assert time.monotonic() - told < 1
    await portal.stop()
    assert portal.accepted
    assert portal.accepted <= hub.kept()

"""Those who wait for one login: they share it, its time and its end."""

import asyncio
import time
from datetime import timedelta

import pytest

from hub_core.errors import TryLater
from hub_core.playing.partner import Drip, Keep, Reply, playing
from tests.integration.login.door import After, arrived, call, calling, failure, shown_to, token

pytestmark = pytest.mark.network


async def test_many_messages_wait_for_one_login_and_then_not_for_each_other(endpoint):
    slow, parked = After(token()), After(Reply())
    async with playing(slow) as door, playing(parked) as partner, calling(endpoint(door, partner)) as client:
        calls = [asyncio.create_task(call(client)) for _ in range(20)]
        await arrived(door)
        assert partner.received == []
        slow.may.set()
        await arrived(partner, 20)  # all at once: nobody was answered yet
        parked.may.set()
        await asyncio.gather(*calls)
    assert len(door.received) == 1


@pytest.mark.parametrize("act", [Keep(), Drip(0.01)], ids=["hangs", "drips"])
async def test_login_and_call_have_the_time_of_one_call(endpoint, act):
    began = time.monotonic()
    async with (
        playing(act) as door,
        playing(Reply()) as partner,
        calling(endpoint(door, partner, timeout=timedelta(milliseconds=200))) as client,
    ):
        error = await failure(client)
    assert (type(error), error.code, partner.received) == (TryLater, "D101", [])
    assert time.monotonic() - began < 2


async def test_a_login_that_took_most_of_the_time_leaves_the_rest_for_the_call(endpoint):
    slow = After(token())
    async with (
        playing(slow) as door,
        playing(Keep()) as partner,
        calling(endpoint(door, partner, timeout=timedelta(milliseconds=600))) as client,
    ):
        began = time.monotonic()
        failing = asyncio.create_task(failure(client))
        await asyncio.sleep(0.3)
        slow.may.set()
        error = await failing
    assert (error.code, error.in_doubt) == ("D103", True)
    assert time.monotonic() - began < 0.9


async def test_all_who_wait_for_a_login_that_fails_are_told_and_the_next_one_tries_again(endpoint):
    refusing = After(Reply(401, b'{"error": "invalid_client"}'))
    async with (
        playing(refusing, token()) as door,
        playing(Reply()) as partner,
        calling(endpoint(door, partner)) as client,
    ):
        failing = [asyncio.create_task(failure(client)) for _ in range(5)]
        await arrived(door)
        refusing.may.set()
        errors = await asyncio.gather(*failing)
        assert len(door.received) == 1
        await call(client)
    assert {(error.code, "invalid_client" in error.text) for error in errors} == {("D110", True)}


async def test_who_is_cancelled_leaves_the_login_to_the_others(endpoint):
    slow = After(token())
    async with playing(slow) as door, playing(Reply()) as partner, calling(endpoint(door, partner)) as client:
        first, second = asyncio.create_task(call(client)), asyncio.create_task(call(client))
        await arrived(door)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        slow.may.set()
        await second
    assert (len(door.received), len(partner.received)) == (1, 1)


async def test_a_login_ends_with_the_last_who_waits_for_it_and_the_next_call_logs_in(endpoint):
    async with (
        playing(Keep(), token()) as door,
        playing(Reply()) as partner,
        calling(endpoint(door, partner)) as client,
    ):
        before = len(asyncio.all_tasks())
        calls = [asyncio.create_task(call(client)) for _ in range(3)]
        await arrived(door)
        for one in calls:
            one.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        await asyncio.sleep(0.01)
        assert len(asyncio.all_tasks()) <= before + 1  # the partner's own ends may be closing
        await call(client)
    assert shown_to(partner) == ["Bearer t-1"]


async def test_a_client_that_is_closed_during_a_login_leaves_nobody_waiting(endpoint):
    async with playing(Keep()) as door, playing(Reply()) as partner, calling(endpoint(door, partner)) as client:
        failing = asyncio.create_task(failure(client))
        await arrived(door)
        await client.close()
        async with asyncio.timeout(5):
            error = await failing
    assert (type(error), error.code, partner.received) == (TryLater, "D101", [])

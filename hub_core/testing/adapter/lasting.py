"""What a target leaves behind: no secret and no body in any text, no connection, no task, no second request."""

import asyncio
import gc
import gzip
import logging
import os
import time
import tracemalloc
from collections.abc import Callable
from typing import Any, Final

import pytest

from hub_core.errors import PunteError, TryLater
from hub_core.playing.partner import Act, Drip, Keep, Reply, Reset, Vanish, playing
from hub_core.testing.adapter.secrets import BEARER, SECRET, VARIABLE
from hub_core.testing.adapter.sending import NAME, SENT, SHORT, Sending

MUCH: Final = 50_000_000  # bytes, of an answer once it would be decompressed
ROOM: Final = 8_000_000  # bytes that taking an answer in may cost, whatever it is
SOON: Final = 5.0  # seconds; a cancelled call ends at once, this is for a busy machine
FAILURES: Final[dict[str, Act]] = {
    "an error": Reply(500, b"no"),
    "silence": Vanish(),
    "half an answer": Reset(),
    "401": Reply(401),
}


async def failed(send: Callable[[], Any]) -> PunteError | None:
    """Return the error of a call, if it has one of the closed set."""
    try:
        await send()
    except PunteError as error:
        return error
    return None


class Lasting(Sending):
    """``Target``, over several calls."""

    async def test_no_secret_is_in_an_error_or_in_what_the_target_says_of_itself(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(VARIABLE, SECRET)
        for failure in FAILURES.values():
            async with playing(failure) as partner, self.target(partner, credentials=BEARER) as target:
                error = await failed(lambda: target.send(SENT))
                assert SECRET not in f"{error!s} {error!r} {target!r} {vars(target)}"

    async def test_neither_bodies_nor_secrets_are_logged(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setenv(VARIABLE, SECRET)
        caplog.set_level(logging.DEBUG)
        for act in (self.taken, *FAILURES.values()):
            async with playing(act) as partner, self.target(partner, credentials=BEARER) as target:
                await failed(lambda: target.send(SENT))
        logged = " ".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
        assert SECRET not in logged
        assert NAME not in logged

    async def test_it_never_sends_twice_by_itself(self) -> None:
        for what, failure in FAILURES.items():
            async with playing(failure, self.taken) as partner, self.target(partner) as target:
                assert await failed(lambda: target.send(SENT)) is not None, what
            assert len(partner.received) == 1, what

    async def test_an_answer_that_grows_when_it_is_decompressed_takes_no_room(self) -> None:
        bomb = Reply(200, gzip.compress(b" " * MUCH), {"Content-Encoding": "gzip", "Content-Type": "text/xml"})
        async with playing(bomb) as partner, self.target(partner) as target:
            tracemalloc.start()
            await failed(lambda: target.send(SENT))
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        assert most < ROOM

    async def test_a_call_that_is_cancelled_ends_at_once_and_the_next_one_works(self) -> None:
        async with playing(Keep(), self.taken) as partner, self.target(partner) as target:
            sending = asyncio.create_task(target.send(SENT))
            async with asyncio.timeout(SOON):
                while not partner.received:  # noqa: ASYNC110 - the partner tells nobody
                    await asyncio.sleep(0.005)
            sending.cancel()
            started = time.monotonic()
            with pytest.raises(asyncio.CancelledError):
                await sending
            assert time.monotonic() - started < SOON
            await target.send(SENT)

    async def test_what_is_closed_leaves_no_connection_and_no_task(self) -> None:
        async with playing(self.taken) as partner:
            async with self.target(partner) as target:
                await target.send(SENT)
            before = open_files(), len(asyncio.all_tasks())
            for _ in range(5):
                async with self.target(partner) as target:
                    await target.send(SENT)
            after = open_files(), len(asyncio.all_tasks())
        assert after[0] <= before[0] + 5  # the partner's own ends of connections may still be closing
        assert after[1] <= before[1] + 5

    @pytest.mark.parametrize("head", [False, True])
    async def test_an_answer_that_drips_is_left_in_time_and_in_doubt(self, head: bool) -> None:  # noqa: FBT001 - a case
        started = time.monotonic()
        error, _ = await self.outcome(Drip(seconds=0.05, head=head), timeout=SHORT)
        assert isinstance(error, TryLater)
        assert (error.code, error.in_doubt) == ("D103", True)
        assert time.monotonic() - started < SOON

    async def test_a_partner_that_does_not_speak_tls_got_nothing(self) -> None:
        async with playing(self.taken) as partner, self.target(partner.url.replace("http:", "https:")) as target:
            error = await failed(lambda: target.send(SENT))
        assert isinstance(error, TryLater)
        assert (error.code, error.in_doubt) == ("D101", False)


def open_files() -> int:
    """Return how many files and connections this process has open."""
    gc.collect()
    return len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0  # noqa: PTH208, PTH112 - once

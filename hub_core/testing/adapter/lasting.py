"""What a target leaves behind: no secret and no body in any text, no connection, no task, no second request."""

import asyncio
import gc
import gzip
import logging
import os
import time
import tracemalloc
from typing import Final

import pytest

from hub_core.errors import TryLater
from hub_core.playing.partner import Act, Drip, Keep, Reply, Reset, Vanish
from hub_core.testing.adapter.entering import Entering, failed
from hub_core.testing.adapter.secrets import BEARER, SECRET, VARIABLE, told_by
from hub_core.testing.adapter.sending import NAME, SENT, SHORT

MUCH: Final = 50_000_000  # bytes, of an answer once it would be decompressed
ROOM: Final = 8_000_000  # bytes that taking an answer in may cost, whatever it is
SOON: Final = 5.0  # seconds; a cancelled call ends at once, this is for a busy machine
FAILURES: Final[dict[str, Act]] = {
    "an error": Reply(500, b"no"),
    "silence": Vanish(),
    "half an answer": Reset(),
    "401": Reply(401),
}


class Lasting(Entering):
    """``Target``, over several calls."""

    @property
    def _acts(self) -> dict[str, Act]:
        """Everything that a partner may say or not say, but that it took a message."""
        refused = {} if self.refused is None else {"a refusal": self.refused}
        return FAILURES | refused | {"no answer": Reply(200, b"no"), "nothing": Reply(200)}

    async def test_no_secret_is_in_an_error_or_in_what_the_target_says_of_itself(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(VARIABLE, SECRET)
        for credentials in ({"credentials": BEARER}, {}):
            for what, answer in self._acts.items():
                async with self.playing(answer) as partner, self.target(partner, **credentials) as target:
                    told = told_by(target, await failed(lambda: target.send(SENT)))
                assert SECRET not in told, what
                assert self.token not in told, f"{what}: what a login hands out is a secret, too"

    async def test_neither_bodies_nor_secrets_are_logged(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setenv(VARIABLE, SECRET)
        caplog.set_level(logging.DEBUG)
        for act in (self.taken, *self._acts.values()):
            async with self.playing(act) as partner, self.target(partner, credentials=BEARER) as target:
                await failed(lambda: target.send(SENT))
        logged = " ".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
        assert SECRET not in logged
        assert self.token not in logged
        assert NAME not in logged

    async def test_it_never_sends_twice_by_itself(self) -> None:
        for what, answer in self._acts.items():
            async with self.playing(answer, self.taken) as partner, self.target(partner) as target:
                error = await failed(lambda: target.send(SENT))
            assert error is not None or what not in FAILURES, what
            assert len(partner.received) == 1, what

    async def test_an_answer_that_grows_when_it_is_decompressed_takes_no_room(self) -> None:
        bomb = Reply(200, gzip.compress(b" " * MUCH), {"Content-Encoding": "gzip", "Content-Type": "text/xml"})
        async with self.playing(bomb) as partner, self.target(partner) as target:
            tracemalloc.start()
            await failed(lambda: target.send(SENT))
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        assert most < ROOM

    async def test_a_call_that_is_cancelled_ends_at_once_and_the_next_one_works(self) -> None:
        async with self.playing(Keep(), self.taken) as partner, self.target(partner) as target:
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
        async with self.playing(self.taken) as partner:
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
        async with self.playing(self.taken) as partner, self.target(partner.url.replace("http:", "https:")) as target:
            error = await failed(lambda: target.send(SENT))
        assert isinstance(error, TryLater)
        assert (error.code, error.in_doubt) == ("D101", False)


def open_files() -> int:
    """Return how many files and connections this process has open."""
    gc.collect()
    return len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0  # noqa: PTH208, PTH112 - once

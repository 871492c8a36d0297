"""The poller: the same place gives the same documents; whatever the partner says or does not say ends in time."""

import asyncio
import contextlib
import gzip
import time
import tracemalloc
from typing import Final

import pytest

from hub_core.accepting.hub import MAX_ID
from hub_core.errors import ConfigError, Rejected, TryLater
from hub_core.playing.partner import Act, Babble, Drip, Flood, Keep, Reply, Reset, Vanish
from hub_core.ports import Batch
from hub_core.ports.schedule import MAX_POSITION
from hub_core.testing.adapter.committing import Committing
from hub_core.testing.adapter.entering import failed
from hub_core.testing.adapter.lasting import MUCH, ROOM, SOON
from hub_core.testing.adapter.secrets import BEARER, SECRET, VARIABLE, told_by
from hub_core.testing.adapter.sending import NAME, SHORT
from hub_core.testing.adapter.walking import STEPS

MOST: Final = 1_000  # documents of one batch


@pytest.mark.network
class Fetching(Committing):
    """``Poller`` against a partner that answers by script."""

    async def test_a_list_is_fetched_to_its_end_and_every_document_opens(self) -> None:
        items = [item for batch in await self.walked() for item in batch.items]
        assert len(items) >= 2
        for item in items:
            assert self.adapter.open(item.body).kind in self.adapter.spec.kinds

    async def test_the_same_places_give_the_same_documents(self) -> None:
        assert await self.walked() == await self.walked()

    async def test_whoever_begins_anew_at_a_place_asks_for_what_stands_behind_it(self) -> None:
        once, twice, anew = [await self._asked(anew=anew) for anew in (False, False, True)]
        assert anew[0] == once[0]
        if once == twice:  # else its requests hold a time or the like
            assert anew[1] == once[1]

    async def _asked(self, *, anew: bool) -> tuple[list[Batch], list[tuple[str, bytes]]]:
        """Return what is fetched, and by which requests; ``anew``: after a crash behind each part of the list."""
        async with self.playing(*self.pages) as partner, contextlib.AsyncExitStack() as stack:
            pollers = [await stack.enter_async_context(self.poller(partner)) for _ in range(STEPS if anew else 1)]

            async def poll(position: str | None) -> Batch:
                return await (pollers.pop() if anew else pollers[0]).poll(position)

            return await self._walk(poll), [(request.asked, request.body) for request in partner.received]

    async def test_places_and_ids_are_short_and_printable(self) -> None:
        for batch in await self.walked():
            assert len(batch.items) <= MOST
            assert len(batch.after) <= MAX_POSITION
            assert batch.after.isprintable()
            for item in batch.items:
                assert item.sender_id is None or (len(item.sender_id) <= MAX_ID and item.sender_id.isprintable())

    @pytest.mark.parametrize("status", [429, 500, 503])
    async def test_a_failing_partner_is_asked_later(self, status: int) -> None:
        error = await self.fault(Reply(status, NAME.encode()))
        assert (type(error), error.code) == (TryLater, "D102")
        assert NAME not in str(error)

    @pytest.mark.parametrize("status", [401, 302])
    async def test_a_door_that_is_closed_or_moved_is_told_and_nobody_is_followed(self, status: int) -> None:
        async with self.playing(Reply(200, b"[]")) as elsewhere:
            error = await self.fault(Reply(status, headers={"Location": elsewhere.url}))
        assert (type(error), error.code) == (ConfigError, "D105")
        assert elsewhere.received == []

    @pytest.mark.parametrize("act", [Vanish(), Reset(), Babble()], ids=["silence", "half an answer", "no HTTP"])
    async def test_an_answer_that_is_lost_is_fetched_later(self, act: Act) -> None:
        assert isinstance(await self.fault(act), TryLater)

    @pytest.mark.parametrize("act", [Keep(), Drip(seconds=0.05)], ids=["hangs", "drips"])
    async def test_a_partner_that_is_too_slow_is_left_in_time(self, act: Act) -> None:
        started = time.monotonic()
        assert isinstance(await self.fault(act, timeout=SHORT), TryLater)
        assert time.monotonic() - started < SOON

    @pytest.mark.parametrize(
        "body", [b"<html><body>Log in, please</body></html>", b'{"a": [', b"", b"\xff\xfe\x00", NAME.encode()]
    )
    async def test_what_is_no_list_is_refused_without_repeating_it(self, body: bytes) -> None:
        error = await self.fault(Reply(200, body, {"Content-Type": "application/json"}))
        assert isinstance(error, Rejected)
        assert NAME not in str(error)

    async def test_a_list_without_end_is_not_read_to_its_end(self) -> None:
        assert isinstance(await self.fault(Flood(), timeout=SHORT * 10), Rejected | TryLater)

    async def test_a_list_that_grows_when_it_is_decompressed_is_refused(self) -> None:
        bomb = Reply(200, gzip.compress(b" " * MUCH), {"Content-Encoding": "gzip"})
        tracemalloc.start()
        error = await self.fault(bomb)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert isinstance(error, Rejected)
        assert most < ROOM

    async def test_no_secret_is_in_an_error(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(VARIABLE, SECRET)
        for credentials in ({"credentials": BEARER}, {}):
            for act in (Reply(400), Reply(401), Reply(500), Vanish(), Reply(200, b"no")):
                for at in range(len(self.pages)):
                    told = await self._told_at(at, act, **credentials)
                    assert SECRET not in told, f"call {at + 1}: {act}"
                    assert self.token not in told, f"call {at + 1}: {act}: what a login hands out is a secret, too"

    async def _told_at(self, at: int, act: Act, **changes: object) -> str:
        """Return what is said where one of the calls goes wrong."""
        async with self.playing(*self.pages[:at], act) as partner, self.poller(partner, **changes) as poller:
            return told_by(poller, await failed(lambda: self._walk(poller.poll)))

    async def test_fetching_that_is_cancelled_ends_at_once_and_the_next_one_works(self) -> None:
        async with self.playing(Keep(), *self.pages) as partner, self.poller(partner) as poller:
            fetching = asyncio.ensure_future(poller.poll(None))
            async with asyncio.timeout(SOON):
                while not partner.received:  # noqa: ASYNC110 - the partner tells nobody
                    await asyncio.sleep(0.005)
            fetching.cancel()
            with pytest.raises(asyncio.CancelledError):
                async with asyncio.timeout(SOON):
                    await fetching
            assert (await poller.poll(None)).items

    async def test_a_poller_is_closed_twice_without_harm(self) -> None:
        async with self.playing(*self.pages) as partner, self.poller(partner) as poller:
            await poller.poll(None)
            await poller.close()

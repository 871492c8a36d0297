"""The poller: the same place gives the same documents; whatever the partner says or does not say ends in time."""

import asyncio
import contextlib
import gzip
import time
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import ClassVar, Final

import pytest

from hub_core.accepting.hub import MAX_ID
from hub_core.directory import Endpoint
from hub_core.errors import ConfigError, PunteError, Rejected, TryLater
from hub_core.playing.partner import Act, Babble, Drip, Flood, Keep, Partner, Received, Reply, Reset, Vanish, playing
from hub_core.ports import Batch, Poller, Polls
from hub_core.ports.schedule import MAX_POSITION
from hub_core.testing.adapter.base import NOWHERE, AdapterSuite
from hub_core.testing.adapter.lasting import MUCH, ROOM, SOON
from hub_core.testing.adapter.secrets import BEARER, SECRET, VARIABLE, hiding
from hub_core.testing.adapter.sending import NAME, SHORT

MOST: Final = 1_000  # documents of one batch
STEPS: Final = 50  # batches after which a list of a suite has surely ended


@pytest.mark.network
class Fetching(AdapterSuite):
    """``Poller`` against a partner that answers by script.

    Attributes:
        pages: what a partner answers, one after the other, whose list holds two documents or more.
        gone: how it answers who commits what it no longer has.
    """

    pages: ClassVar[tuple[Act, ...]]
    gone: ClassVar[Act] = Reply(404)

    def commits(self, request: Received) -> bool:
        """Say whether a request takes something away from the partner's list; here any but ``GET``."""
        return request.method != "GET"

    def endpoints(self) -> list[Endpoint]:
        """Return those of the suite, and one that is fetched from."""
        return [*super().endpoints(), self.polled(NOWHERE)]

    def polled(self, url: str, **changes: object) -> Endpoint:
        """Return the endpoint whose list lies at ``url``."""
        raise NotImplementedError

    @contextlib.asynccontextmanager
    async def poller(self, partner: Partner, **changes: object) -> AsyncIterator[Poller]:
        """Open the poller of a partner."""
        endpoint = hiding(self.adapter.spec, self.polled(partner.url, **changes))
        self.adapter.check("there", endpoint)
        assert isinstance(self.adapter, Polls)
        poller = self.adapter.poller("there", endpoint)
        try:
            yield poller
        finally:
            await poller.close()

    async def walked(self) -> list[Batch]:
        """Fetch the whole list, each batch from where the last one ended."""
        async with playing(*self.pages) as partner, self.poller(partner) as poller:
            return await self._walk(poller.poll)

    async def _walk(self, poll: Callable[[str | None], Awaitable[Batch]]) -> list[Batch]:
        batches: list[Batch] = []
        position = None
        for _ in range(STEPS):
            batch = await poll(position)
            batches.append(batch)
            if not batch.more or batch.after == position:
                return batches
            position = batch.after
        pytest.fail("the list does not end")

    async def fault(self, act: Act, **changes: object) -> PunteError:
        """Fetch from a partner that has no list; return the error."""
        async with playing(act) as partner, self.poller(partner, **changes) as poller:
            try:
                await poller.poll(None)
            except (TryLater, ConfigError, Rejected) as failed:
                return failed
        pytest.fail("something was fetched")

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
        async with playing(*self.pages) as partner, contextlib.AsyncExitStack() as stack:
            pollers = [await stack.enter_async_context(self.poller(partner)) for _ in range(STEPS if anew else 1)]

            async def poll(position: str | None) -> Batch:
                return await (pollers.pop() if anew else pollers[0]).poll(position)

            return await self._walk(poll), [(request.asked, request.body) for request in partner.received]

    async def test_nothing_is_committed_at_the_partner_before_it_is_kept(self) -> None:
        kept = handed = 0
        async with playing(*self.pages) as partner, self.poller(partner) as poller:

            async def poll(position: str | None) -> Batch:
                nonlocal kept, handed
                kept = handed  # the hub comes with a place once everything before it is kept
                batch = await poller.poll(position)
                committed = sum(map(self.commits, partner.received))
                assert committed <= kept, f"{committed} commits, {kept} kept; commits() says what counts as one"
                handed += len(batch.items)
                return batch

            await self._walk(poll)

    @pytest.mark.parametrize("done", [True, False], ids=["done", "not done"])
    async def test_a_commit_whose_answer_is_lost_neither_stops_the_list_nor_doubles_it(self, done: bool) -> None:  # noqa: FBT001 - a case
        async with playing(*self.pages) as partner, self.poller(partner) as poller:
            whole = await self._walk(poller.poll)
        first = next((number for number, asked in enumerate(partner.received) if self.commits(asked)), None)
        if first is None:
            return  # nothing is taken away at this partner
        after = (self.gone, *self.pages[first + 1 :]) if done else self.pages[first:]
        async with playing(*self.pages[:first], Vanish(), *after) as partner, self.poller(partner) as poller:

            async def poll(position: str | None) -> Batch:
                try:
                    return await poller.poll(position)
                except TryLater:
                    return await poller.poll(position)  # as the hub does, later

            again = await self._walk(poll)
        assert [item for batch in again for item in batch.items] == [item for batch in whole for item in batch.items]

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
        async with playing(Reply(200, b"[]")) as elsewhere:
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
        for act in (Reply(401), Reply(500), Vanish(), Reply(200, b"no")):
            assert SECRET not in str(await self.fault(act, credentials=BEARER))

    async def test_fetching_that_is_cancelled_ends_at_once_and_the_next_one_works(self) -> None:
        async with playing(Keep(), *self.pages) as partner, self.poller(partner) as poller:
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
        async with playing(*self.pages) as partner, self.poller(partner) as poller:
            await poller.poll(None)
            await poller.close()

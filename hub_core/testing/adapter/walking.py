"""How a poller is spoken to by a suite, and how a hub walks through its list."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import ClassVar, Final

import pytest

from hub_core.directory import Endpoint
from hub_core.errors import ConfigError, PunteError, Rejected, TryLater
from hub_core.playing.partner import Act, Partner, Received, Reply
from hub_core.ports import Batch, Poller, Polls
from hub_core.testing.adapter.base import NOWHERE, AdapterSuite
from hub_core.testing.adapter.secrets import hiding

STEPS: Final = 50  # batches after which a list of a suite has surely ended


class Walking(AdapterSuite):
    """A poller and its partner, who answers by script.

    Attributes:
        pages: what a partner answers, one after the other, whose list holds two documents or more.
        ids: that the partner gives to these documents, in their order.
        receipts: that they answer, in their order.
        gone: how it answers who commits what it no longer has.
    """

    pages: ClassVar[tuple[Act, ...]]
    ids: ClassVar[tuple[str, ...]] = ()
    receipts: ClassVar[tuple[str, ...]] = ()
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
        async with self.playing(*self.pages) as partner, self.poller(partner) as poller:
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
        async with self.playing(act) as partner, self.poller(partner, **changes) as poller:
            try:
                await poller.poll(None)
            except (TryLater, ConfigError, Rejected) as failed:
                return failed
        pytest.fail("something was fetched")

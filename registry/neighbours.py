"""What the other processes of a hub do on the same database, and what this one does about it."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Final

from hub_core.errors import PunteError, TryLater
from hub_core.journal.engines.engine import EVERYTHING
from hub_core.journal.engines.statements import ADDED
from hub_core.journal.recording import FILES
from registry.desk import sealing
from registry.desk.releasing import follow
from registry.desk.sealing import ROTATED
from registry.keys import CHANGED
from registry.mappings.releases import ACTED
from registry.parts import Parts
from registry.sets.store import APPLIED

log = logging.getLogger("punte.neighbours")
PAUSE: Final = 5.0  # seconds, after the store could not be read
#: Seconds between two looks without an announcement: one may be lost where nobody notices, such as in a pooler.
LOOK: Final = 60.0


class Neighbours:
    """Follows what others announce. On an engine of one process there is nothing to follow."""

    def __init__(self, parts: Parts, *, deliveries_added: Callable[[], None], files_added: Callable[[], None]) -> None:
        self._parts = parts
        self._under_way: set[asyncio.Task[None]] = set()
        self._again: set[str] = set()
        self._added: dict[str, Callable[[], None]] = {ADDED: deliveries_added, FILES: files_added}
        self._changed: dict[str, Callable[[], Awaitable[None]]] = {
            CHANGED: lambda: asyncio.to_thread(parts.keys.reload),
            APPLIED: self._registry,
            ROTATED: self._keyring,
            ACTED: lambda: follow(parts),
        }

    def listen(self) -> None:
        """Begin; call it in the event loop of the hub."""
        loop = asyncio.get_running_loop()

        def told(topic: str) -> None:
            with contextlib.suppress(RuntimeError):  # a loop that has ended follows nothing
                loop.call_soon_threadsafe(self._hear, topic)

        self._parts.database.listen(told)
        if self._parts.database.shared:
            self._begin(self._look())

    async def stop(self) -> None:
        """End what is under way."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK)
            self._hear(EVERYTHING)

    def _hear(self, topic: str) -> None:
        for name, wake in self._added.items():
            if topic in {name, EVERYTHING}:
                wake()
        for name in self._changed:
            if topic in {name, EVERYTHING}:
                self._begin(self._followed(name))

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _followed(self, name: str) -> None:
        """Follow what changed; what cannot be read now is followed later: a revoked key must not stay in use."""
        try:
            await self._changed[name]()
        except TryLater as error:
            log.warning("neighbours.put-off", extra={"topic": name, "code": error.code, "why": error.text})
            await self._later(name)
        except PunteError as error:
            log.warning("neighbours.not-followed", extra={"topic": name, "code": error.code})

    async def _later(self, name: str) -> None:
        if name not in self._again:
            self._again.add(name)
            await asyncio.sleep(PAUSE)
            self._again.discard(name)
            self._begin(self._followed(name))

    async def _keyring(self) -> None:
        sealing.follow(self._parts)

    async def _registry(self) -> None:
        parts = self._parts
        if await asyncio.to_thread(parts.sets.number) != parts.directory().number:
            directory = await asyncio.to_thread(parts.sets.current)
            parts.in_force(directory)
            await parts.connections.keep_only(directory)
            log.info("registry.followed", extra={"number": directory.number})

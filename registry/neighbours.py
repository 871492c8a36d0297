"""What the other processes of a hub do on the same database, and what this one does about it."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine

from hub_core.errors import PunteError
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


class Neighbours:
    """Follows what others announce. On an engine of one process there is nothing to follow."""

    def __init__(self, parts: Parts, *, deliveries_added: Callable[[], None], files_added: Callable[[], None]) -> None:
        self._parts = parts
        self._under_way: set[asyncio.Task[None]] = set()
        self._topics: dict[str, Callable[[], None]] = {
            ADDED: deliveries_added,
            FILES: files_added,
            CHANGED: parts.keys.reload,
            APPLIED: lambda: self._begin(self._registry()),
            ROTATED: lambda: sealing.follow(parts),
            ACTED: lambda: self._begin(follow(parts)),
        }

    def listen(self) -> None:
        """Begin; call it in the event loop of the hub."""
        loop = asyncio.get_running_loop()

        def told(topic: str) -> None:
            with contextlib.suppress(RuntimeError):  # a loop that has ended follows nothing
                loop.call_soon_threadsafe(self._hear, topic)

        self._parts.database.listen(told)

    async def stop(self) -> None:
        """End what is under way."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _hear(self, topic: str) -> None:
        for name, follow_up in self._topics.items():
            if topic in {name, EVERYTHING}:
                try:
                    follow_up()
                except PunteError as error:
                    log.warning("neighbours.not-followed", extra={"topic": name, "code": error.code})

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(self._guarded(work))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _guarded(self, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except PunteError as error:
            log.warning("neighbours.not-followed", extra={"code": error.code})

    async def _registry(self) -> None:
        parts = self._parts
        if parts.sets.number() != parts.directory().number:
            directory = parts.sets.current()
            parts.in_force(directory)
            await parts.connections.keep_only(directory)
            log.info("registry.followed", extra={"number": directory.number})

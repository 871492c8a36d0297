"""Sealing anew in the background: what an older key or an older version has written, in small steps with rests.

Runs in the hub's process, through its one writer. It rests as long as it works, so that messages pass in between; a
kill at any time costs nothing, because the rows themselves say what is still to be done.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Final

from hub_core.errors import TryLater
from hub_core.journal.bodies import Vault
from hub_core.journal.database import Database
from hub_core.journal.dropping import KeyDropped
from hub_core.journal.resealing import Step, keys_in_use, reseal_step, seal_step

log = logging.getLogger("punte.sealing")
_REST: Final = 2  # times as long as a step took
_PAUSE: Final = 5.0  # seconds, after the store could not be written


class Resealer:
    """Brings every message to the current key; one per process that owns a store."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look for something to do, now and whenever woken."""
        self._wake.set()
        self._task = asyncio.create_task(self._run(), name="punte-sealing")

    def wake(self) -> None:
        """Look again: there is another current key."""
        self._wake.set()

    async def stop(self) -> None:
        """End after the step under way."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._seal_all()
            except TryLater as error:
                if isinstance(error, KeyDropped):
                    self._vault.reread()
                await asyncio.sleep(_PAUSE)
                self._wake.set()
            except Exception:
                # Rows stay readable as they are; an operator sees in `punte seal status` that they are left.
                log.exception("sealing.defect")

    async def _seal_all(self) -> None:
        done, failed = await self._walk(partial(seal_step, vault=self._vault))
        current = self._vault.key_id
        for key_id in await self._database.write(keys_in_use):
            if key_id != current:
                walked = await self._walk(partial(reseal_step, vault=self._vault, key_id=key_id))
                done, failed = done + walked[0], failed + walked[1]
        if done or failed:
            log.info("sealing.done", extra={"messages": done, "failed": failed, "key": current})

    async def _walk(self, step: Callable[..., Step]) -> tuple[int, int]:
        """Take step after step until one finds nothing; return messages sealed and messages that do not open."""
        done = failed = last = 0
        while True:
            begun = time.monotonic()
            taken = await self._database.write(partial(step, after=last))
            if taken.last == last:
                return done, failed
            done, failed, last = done + taken.done, failed + taken.failed, taken.last
            await asyncio.sleep(_REST * (time.monotonic() - begun))

"""Files of many messages: closing one when it is due, writing it, settling its rows.

Deliveries to an endpoint with ``collect`` wait in the journal until a file is due. What it will be is written down
there first; only then it is put in its place, and only then its rows are settled. Whatever ends the hub in between,
the next start goes on with the same file of the same name. What no file can carry is parked by itself.

One process of a hub does this, and looks at one endpoint after the other: files are rare, and the folder of a partner
that hangs ends within its time-out.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from hub_core.delivering.choosing import PAGE, Chooser, collect_of
from hub_core.delivering.gates import Gates
from hub_core.directory import Directory
from hub_core.directory.policy import Collect
from hub_core.errors import ConfigError, PunteError
from hub_core.filed import Early, Unwritten
from hub_core.journal.failpoints import reach
from hub_core.message import DeliveryState
from hub_core.ports import Clock, Filing, Journal, JournalView

log = logging.getLogger("punte.filing")
LOOK: Final = timedelta(seconds=5)  # between two looks at what waits
HELD_BACK: Final = "R308"


class Filer:
    """Writes the files of all endpoints with ``collect``.

    Args:
        journal: where files are closed and settled.
        view: where their rows wait.
        filings: opens what writes the files of an endpoint, by its name.
        chooser: makes the next file of an endpoint.
        directory: returns the registry set in force.
        due_at: returns when a file is due whose oldest message came then.
        clock: the time.
        gates: what stands before the endpoints.
        leads: says whether this process does it, of several on one journal.
        told: is told of every attempt to put a file: endpoint, how it ended, and how many seconds it took.
    """

    def __init__(
        self,
        *,
        journal: Journal,
        view: JournalView,
        filings: Callable[[str], Awaitable[Filing]],
        chooser: Chooser,
        directory: Callable[[], Directory],
        due_at: Callable[[Collect, datetime], datetime],
        clock: Clock,
        gates: Gates,
        leads: Callable[[], bool],
        told: Callable[[str, DeliveryState, float], None],
    ) -> None:
        self._journal = journal
        self._view = view
        self._filings = filings
        self._chooser = chooser
        self._directory = directory
        self._due_at = due_at
        self._clock = clock
        self._gates = gates
        self._leads = leads
        self._told = told
        self._loop: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, in the event loop of the hub."""
        self._loop = asyncio.create_task(self._run(), name="punte-filing")

    async def stop(self) -> None:
        """Stop where it is; the next start goes on there."""
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.wait([self._loop])

    async def _run(self) -> None:
        while True:
            if self._leads():
                for name in [*self._collecting()]:
                    await self._guarded(name)
            await asyncio.sleep(LOOK.total_seconds())

    def _collecting(self) -> list[str]:
        return [name for name, endpoint in self._directory().endpoints.items() if endpoint.collect is not None]

    async def _guarded(self, name: str) -> None:
        try:
            await self.turn(name)
        except PunteError as error:
            log.warning("filing.put-off", extra={"endpoint": name, "code": error.code, "why": error.text})
        except Exception:
            # One endpoint must not stop the others; it is tried again at the next look.
            log.exception("filing.defect", extra={"endpoint": name})

    async def turn(self, name: str) -> int:
        """Write what is to be written at an endpoint now; return how many files that were.

        Raises:
            TryLater: its folder, or the journal. ConfigError: how it is set up. Rejected: J422.
        """
        written = 0
        while await self._lets_pass(name) and (done := await self._step(name)) is not None:
            written += done
        return written

    async def write_now(self, name: str, early: Early) -> None:
        """Write the next file of an endpoint before its time, with what waits; the closed one first, if there is one.

        A process that does not lead only closes it: the one that does writes it within seconds.

        Raises:
            ConfigError: R105, it collects nothing; R308, it is held back, or a file is being written; or its set-up.
            TryLater: its folder, or the journal. Rejected: J422.
        """
        collect_of(self._directory(), name)
        if not await self._lets_pass(name):
            raise ConfigError(HELD_BACK, f"nothing is written to {name} now", mend="see punte endpoint list")
        if not self._leads():
            if await asyncio.to_thread(self._view.unwritten, name) is None:
                await self._close(name, early)
        elif await self._step(name, early) == 0:
            await self._step(name)

    async def _step(self, name: str, early: Early | None = None) -> int | None:
        """Write the closed file (1), or close the next one if it is due (0); ``None``: there is nothing to do."""
        error: Exception | None = None
        began = self._gates.begin(name)
        try:
            file = await asyncio.to_thread(self._view.unwritten, name)
            if file is None:
                return 0 if await self._close(name, early) else None
            await self._write(file)
        except Exception as raised:
            error = raised
            raise
        finally:
            self._gates.end(name, error, began=began)
        return 1

    async def _lets_pass(self, name: str) -> bool:
        pauses, now = await asyncio.to_thread(self._view.pauses), self._clock.now()
        paused = any(pause.endpoint == name and pause.holds(now) for pause in pauses)
        return not paused and self._gates.room(name, now) > 0

    async def _close(self, name: str, early: Early | None) -> bool:
        """Close a file if it is due, or because somebody says so; say whether one was."""
        now = self._clock.now()
        if not await asyncio.to_thread(self._is_due, name, now, early):
            return False
        found = await asyncio.to_thread(self._chooser.next_file, name, await self._filings(name), early)
        for begin in range(0, len(found.aside), PAGE):
            await self._journal.set_aside(found.aside[begin : begin + PAGE], at=now)
        if (file := found.file) is None:
            return False
        await self._journal.close_file(file)
        by = {} if early is None else {"by": early.by}
        rows = len(file.delivery_ids)
        log.info("filing.closed", extra={"endpoint": name, "number": file.number, "rows": rows} | by)
        reach("after-filed-before-put")
        return True

    def _is_due(self, name: str, now: datetime, early: Early | None) -> bool:
        collect, waits = collect_of(self._directory(), name), self._view.collecting(name)
        if waits.oldest is None:
            return False
        return early is not None or waits.count >= collect.most or self._due_at(collect, waits.oldest) <= now

    async def _write(self, file: Unwritten) -> None:
        filing = await self._filings(file.endpoint)
        start = time.monotonic()
        try:
            await filing.put(file.name, file.body)
        except Exception:
            self._told(file.endpoint, DeliveryState.READY, time.monotonic() - start)
            raise
        self._told(file.endpoint, DeliveryState.SENT, time.monotonic() - start)
        reach("after-put-before-settle")
        await self._journal.settle_file(file.endpoint, file.number, at=self._clock.now())
        log.info("filing.written", extra={"endpoint": file.endpoint, "number": file.number})

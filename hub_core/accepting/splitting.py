"""Files become messages: each row of a kept file is judged and kept as a message of its own.

The sender was answered once the file itself was kept. The rows follow in the order of the file, some in one commit:
those that are there are its beginning, so that a restart goes on behind the last of them. A row's id follows from
its file and its line: whatever is tried twice is kept once.
"""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping
from itertools import dropwhile, islice
from typing import Final

import msgspec

from hub_core.accepting.hub import Hub
from hub_core.clock import row_id
from hub_core.directory import Directory
from hub_core.errors import PunteError, Rejected, TryLater
from hub_core.journal.failpoints import reach
from hub_core.journal.whole import message_of
from hub_core.message import Entry, Message, Outcome
from hub_core.ports import Adapter, Clock, Journal, JournalView, Part, Split, Splits

log = logging.getLogger("punte.splitting")
BATCH: Final = 1024  # rows of one commit
TURN: Final = 32  # rows that are judged between two looks at what else there is to do: some milliseconds
AT_ONCE: Final = 4  # files; the others wait
_PAUSE: Final = 1.0  # seconds, after something went wrong


class Splitter:
    """Makes messages of the rows of every file that waits for it.

    Args:
        hub: judges and keeps each row.
        journal: where finished files are noted.
        view: where the files lie.
        adapters: by name.
        directory_of: the registry set of a number; rows are handled by that of their file.
        clock: the time.
    """

    def __init__(
        self,
        hub: Hub,
        *,
        journal: Journal,
        view: JournalView,
        adapters: Mapping[str, Adapter],
        directory_of: Callable[[int], Directory],
        clock: Clock,
    ) -> None:
        self._hub = hub
        self._journal = journal
        self._view = view
        self._adapters = adapters
        self._directory_of = directory_of
        self._clock = clock
        self._room = asyncio.Semaphore(AT_ONCE)
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._woken = False
        self._looking: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Take up every file that nobody works on: those of an earlier run, and what was just kept."""
        self._woken = True
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look(), name="punte-splitting")

    async def _look(self) -> None:
        """Look for files, again while the store cannot be read: nobody else may come to tell of them."""
        while self._woken:
            self._woken = False
            try:
                found = await asyncio.to_thread(self._view.unsplit)
            except TryLater:
                await asyncio.sleep(_PAUSE)
                self._woken = True
            else:
                self._take_up(found)

    def _take_up(self, found: Iterable[str]) -> None:
        for message_id in found:
            if message_id not in self._under_way:
                task = asyncio.create_task(self._carry(message_id), name=f"punte-split-{message_id}")
                self._under_way[message_id] = task
                task.add_done_callback(self._ended)

    async def stop(self) -> None:
        """Stop between two batches; the next start goes on there."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait([self._looking])
        tasks = [*self._under_way.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way = {name: other for name, other in self._under_way.items() if other is not task}

    async def _carry(self, message_id: str) -> None:
        async with self._room:
            while True:
                try:
                    await self.split(message_id)
                except TryLater:
                    log.warning("file.waits", extra={"reference": message_id})
                    await asyncio.sleep(_PAUSE)
                except PunteError as error:
                    # It was whole when it came: its description or its adapter is another one now. The file stays
                    # where it is, is shown as unfinished, and is tried again at the next start.
                    log.error("file.stuck", extra={"reference": message_id, "code": error.code})  # noqa: TRY400
                    return
                except Exception:
                    # One file must not stop the others; it is shown as unfinished.
                    log.exception("file.defect", extra={"reference": message_id})
                    return
                else:
                    return

    async def split(self, message_id: str) -> None:
        """Keep the rows of one file that are not kept yet.

        Raises:
            Rejected: the file cannot be read any more. TryLater: J503.
        """
        file = await asyncio.to_thread(message_of, self._view, message_id)
        directory = await asyncio.to_thread(self._directory_of, file.registry_set)
        split = await asyncio.to_thread(self._read, file, directory)
        done = (await asyncio.to_thread(self._view.rows, message_id)).last_line
        rest = dropwhile(lambda part: part.line <= done, split.parts)
        before: asyncio.Task[None] | None = None
        try:
            while batch := await self._judged(file, split.media_type, islice(rest, BATCH), directory):
                if before is not None:
                    await before
                    reach("after-rows-before-more")
                # The next rows are judged while these are synced to disk; what is on disk is always a beginning.
                before = asyncio.create_task(self._hub.keep_all(batch))
        finally:
            if before is not None:
                await before
        reach("after-rows-before-done")
        detail = f"{split.count} rows"
        await self._journal.split(Entry(message_id=message_id, at=self._clock.now(), step="split", detail=detail))

    def _read(self, file: Message, directory: Directory) -> Split:
        endpoint = directory.endpoints[file.endpoint]
        adapter = self._adapters[endpoint.adapter]
        if not isinstance(adapter, Splits):
            raise Rejected("F115", f"the adapter {endpoint.adapter} reads no files", where=file.endpoint)
        return adapter.split(endpoint, file.body)

    async def _judged(
        self, file: Message, media_type: str, parts: Iterable[Part], directory: Directory
    ) -> list[tuple[Message, Outcome]]:
        """Return the messages of some rows and what is decided about them; others have their turn in between.

        All rows of a turn go through one stage before the first goes on, as in ``Hub.accept``.
        """
        judged: list[tuple[Message, Outcome]] = []
        rest = iter(parts)
        while rows := [row_message(file, part, media_type) for part in islice(rest, TURN)]:
            opened = [self._hub.open(row.endpoint, row.body, directory) for row in rows]
            read = [self._hub.understand(row, one, directory) for row, one in zip(rows, opened, strict=True)]
            judged += [(row, self._hub.decide(row, one, directory)) for row, one in zip(rows, read, strict=True)]
            await asyncio.sleep(0)
        return judged


def row_message(file: Message, part: Part, media_type: str) -> Message:
    """Return the message of a row: the same in every attempt."""
    return msgspec.structs.replace(
        file,
        id=row_id(file.id, part.line),
        correlation_id=file.id,
        sender_id=None,
        name=None,
        media_type=media_type,
        body=part.body,
        digest=hashlib.sha256(part.body).digest(),
        line=part.line,
        row_key=part.key,
    )

"""A set of mappings that reads live messages beside the one in force, without effect: its differences are counted.

It looks at a message only after its decision was kept and answered for, in a thread of its own that rests nine times
as long as it works: a tenth of one processor at most, and an answer waits for at most one document. What comes faster
than that is skipped, and counted.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from adapters.kit.load import opened_again
from hub_core.directory import Directory, Endpoint
from hub_core.errors import Rejected
from hub_core.mapping import MappingSet
from hub_core.mapping.trying.compare import Told, differences, told_by, told_in
from hub_core.mapping.trying.tally import Tally
from hub_core.message import Message, Outcome
from hub_core.ports import Adapter
from registry.mappings.differences import with_documents

log = logging.getLogger("punte.shadow")
MAX_WAITING: Final = 1_000  # messages
MAX_WAITING_BYTES: Final = 32_000_000
REST: Final = 9  # times as long as it took to read a message


class Offered(NamedTuple):
    """One decided message, and the endpoint that it came by."""

    message: Message
    outcome: Outcome
    endpoint: Endpoint


class Shadow:
    """One release at work beside the one in force."""

    def __init__(
        self,
        release: int,
        mappings: MappingSet,
        adapters: Mapping[str, Adapter],
        directory: Callable[[], Directory],
        *,
        since: datetime,
    ) -> None:
        self.release = release
        self.since = since
        self._mappings = mappings
        self._adapters = adapters
        self._directory = directory
        self._lock = threading.Lock()
        self._tally = Tally()
        self._skipped = 0
        self._bytes = 0
        self._waiting: queue.Queue[Offered | None] = queue.Queue(MAX_WAITING)
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="shadow", daemon=True)
        self._thread.start()

    def offer(self, message: Message, outcome: Outcome) -> None:
        """Take a decided message, unless too many wait; returns at once."""
        endpoint = self._directory().endpoints.get(message.endpoint)
        canonical = outcome.mapping is None and outcome.record is not None
        if endpoint is None or canonical or outcome.rows is not None:
            return  # a question, a record, a file whose rows come by themselves: no mapping reads it
        size = len(message.body)
        with self._lock:
            if self._bytes + size > MAX_WAITING_BYTES or self._waiting.full():
                self._skipped += 1
                return
            self._bytes += size
            self._waiting.put_nowait(Offered(message, outcome, endpoint))

    def counted(self) -> dict[str, Any]:
        """Return what was counted: numbers, and fields with the ids of a few messages; no values."""
        with self._lock:
            tally = self._tally
            return {
                "since": self.since,
                "compared": tally.compared,
                "different": tally.different,
                "failed": tally.failed,
                "skipped": self._skipped,
                "waiting": self._waiting.qsize(),
                "more": tally.more,
                "fields": with_documents(tally),
            }

    def close(self) -> None:
        """Stop; what waits is forgotten."""
        self._closed = True
        with self._lock:
            if not self._waiting.full():
                self._waiting.put_nowait(None)

    def _work(self) -> None:
        while (offered := self._waiting.get()) is not None and not self._closed:
            started = time.thread_time()
            try:
                self._compare(offered)
            except Exception:
                # What runs in shadow has no effect, not even when it fails; how often is told.
                log.exception("shadow.defect", extra={"reference": offered.message.id})
                with self._lock:
                    self._tally.failed += 1
            with self._lock:
                self._bytes -= len(offered.message.body)
            time.sleep(REST * (time.thread_time() - started))

    def _compare(self, offered: Offered) -> None:
        message, outcome = offered.message, offered.outcome
        try:
            opened = opened_again(self._adapters, offered.endpoint, message.body)
        except Rejected:
            return  # no mapping was asked
        mapping = self._mappings.find(opened, offered.endpoint.mappings)
        version = mapping.version if mapping else None
        if outcome.mapping is None and not any(finding.code == "V302" for finding in outcome.findings):
            return  # its contract refused it
        found = []
        if version != outcome.mapping:
            on = message.received_at.astimezone(UTC).date()
            nothing = Told(verdict="refused", record=None, findings=())
            now = told_by(mapping.read(opened, on=on)) if mapping else nothing
            found = differences(told_in(outcome), now)
        name = (version or outcome.mapping or "").partition("@")[0]
        with self._lock:
            self._tally.add(message.id, name, found)

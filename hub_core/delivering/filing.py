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
from collections.abc import Awaitable, Callable, Hashable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple

import msgspec

from hub_core.canonical import Beneficiary
from hub_core.delivering.gates import Gates
from hub_core.directory import Directory, Endpoint
from hub_core.document import Document
from hub_core.errors import ConfigError, PunteError, Rejected, TryLater
from hub_core.filed import Candidate, Closed, SetAside, Unwritten
from hub_core.journal.failpoints import reach
from hub_core.mapping.compiled import CompiledMapping
from hub_core.message import DeliveryState, Severity
from hub_core.policy import Collect
from hub_core.ports import Clock, Filing, Journal, JournalView, Whole

log = logging.getLogger("punte.filing")
LOOK: Final = timedelta(seconds=5)  # between two looks at what waits
PAGE: Final = 1_000  # rows whose records are in memory at once
DEFECT: Final = "D302"
UNFIT: Final = "F116"  # "rows that the file cannot carry"
_records: Final = msgspec.json.Decoder(Beneficiary)


class Chosen:
    """The rows of a file that is being made; what belongs to another file waits for the next one.

    Args:
        filing: of the endpoint.
        mapping: writes each row.
        on: day of writing.
        holds: what is parked holds the later ones of its order key.
    """

    def __init__(self, filing: Filing, mapping: CompiledMapping, *, on: date, holds: bool) -> None:
        self._filing = filing
        self._mapping = mapping
        self._on = on
        self._holds = holds
        self._kind: Hashable = None
        self._waiting: set[str | None] = set()
        self.documents: list[Document] = []
        self.delivery_ids: list[str] = []

    def take(self, page: Sequence[Candidate], most: int) -> list[SetAside]:
        """Take what belongs into the file, up to ``most`` rows; return what no file can carry."""
        aside = []
        for one in page:
            if len(self.documents) >= most:
                break
            if one.line is not None and one.line in self._waiting:
                continue  # it must not overtake
            try:
                document = self._written(one)
                kind = self._filing.kind(document)
            except (ConfigError, TryLater):
                raise
            except Exception as fault:
                # One record must not hold up all: what is not known is parked.
                code, told = _fault(fault)
                if code == DEFECT:
                    log.exception("delivery.unexpected", extra={"delivery": one.delivery_id})
                aside.append(SetAside(delivery_id=one.delivery_id, code=code, detail=told, holds=self._holds))
                if self._holds:
                    self._waiting.add(one.line)
                continue
            if self.documents and kind != self._kind:
                self._waiting.add(one.line)
                continue
            self._kind = kind
            self.documents.append(document)
            self.delivery_ids.append(one.delivery_id)
        return aside

    def _written(self, one: Candidate) -> Document:
        if one.fault is not None:
            raise Rejected(one.fault, "its contents do not open")
        writing = self._mapping.write(_records.decode(one.record), on=self._on)
        if writing.document is None:
            first = next(found for found in writing.findings if found.severity is Severity.ERROR)
            raise Rejected(first.code, first.text, findings=[first])
        return writing.document


class Made(NamedTuple):
    """A file that can be written, of the first rows of those that were chosen."""

    whole: Whole
    rows: int


class Filer:
    """Writes the files of all endpoints with ``collect``.

    Args:
        journal: where files are closed and settled.
        view: where their rows wait.
        filings: opens what writes the files of an endpoint, by its name.
        mappings: returns a mapping by its id.
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
        mappings: Callable[[str], CompiledMapping],
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
        self._mappings = mappings
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
        while self._lets_pass(name) and (done := await self._step(name)) is not None:
            written += done
        return written

    async def _step(self, name: str) -> int | None:
        """Write the closed file (1), or close the next one if it is due (0); ``None``: there is nothing to do."""
        error: Exception | None = None
        began = self._gates.begin(name)
        try:
            file = await asyncio.to_thread(self._view.unwritten, name)
            if file is None:
                return 0 if await self._close(name) else None
            await self._write(file)
        except Exception as raised:
            error = raised
            raise
        finally:
            self._gates.end(name, error, began=began)
        return 1

    def _lets_pass(self, name: str) -> bool:
        now = self._clock.now()
        paused = any(pause.endpoint == name and pause.holds(now) for pause in self._view.pauses())
        return not paused and self._gates.room(name, now) > 0

    async def _close(self, name: str) -> bool:
        """Close a file if it is due; say whether one was."""
        endpoint, now = self._directory().endpoints[name], self._clock.now()
        waits = await asyncio.to_thread(self._view.collecting, name)
        collect = endpoint.collect
        if collect is None or endpoint.writes is None or waits.oldest is None:
            return False
        if waits.count < collect.most and self._due_at(collect, waits.oldest) > now:
            return False
        filing = await self._filings(name)
        mapping = self._mappings(endpoint.writes)
        chosen = await self._choose(name, endpoint, Chosen(filing, mapping, on=_day(now), holds=_holds(endpoint)))
        if not chosen.documents:
            return False
        number = next((file.number for file in self._view.filed(name)), 0) + 1
        made = await asyncio.to_thread(make, filing, chosen.documents, number, now)
        file = Closed(
            endpoint=name,
            number=number,
            name=made.whole.name,
            body=made.whole.body,
            delivery_ids=tuple(chosen.delivery_ids[: made.rows]),
            first_line=made.whole.first_line,
            at=now,
        )
        await self._journal.close_file(file)
        log.info("filing.closed", extra={"endpoint": name, "number": number, "rows": made.rows})
        reach("after-filed-before-put")
        return True

    async def _choose(self, name: str, endpoint: Endpoint, chosen: Chosen) -> Chosen:
        """Write rows, page by page; park at once what no file can carry."""
        most = endpoint.collect.most if endpoint.collect else 0
        after: int | None = 0
        while after is not None and len(chosen.documents) < most:
            page, after = await asyncio.to_thread(self._view.candidates, name, after=after, limit=PAGE)
            if aside := await asyncio.to_thread(chosen.take, page, most):
                await self._journal.set_aside(aside, at=self._clock.now())
        return chosen

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


def make(filing: Filing, documents: Sequence[Document], number: int, at: datetime) -> Made:
    """Make a file of as many of the first documents as one can carry: the sum of all may be too long for its column.

    Raises:
        ConfigError: it cannot even carry one, though each was found to fit.
    """
    count = len(documents)
    while True:
        try:
            return Made(filing.whole(documents[:count], number=number, at=at), count)
        except Rejected as fault:
            if count == 1:
                raise ConfigError(fault.code, fault.text, mend="mend the description of the file") from fault
        count //= 2


def _holds(endpoint: Endpoint) -> bool:
    return endpoint.parked == "hold"


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()


def _fault(fault: Exception) -> tuple[str, str]:
    """Return code and words of what a delivery is parked for; those of a defect hold no value.

    What is wrong with a row is told as what no file can carry: its own code has a mend for who sends files to the hub.
    """
    if not isinstance(fault, Rejected):
        return DEFECT, type(fault).__name__
    code = UNFIT if fault.code.startswith("F") else fault.code
    columns = dict.fromkeys(found.source for found in fault.findings if found.source)
    return code, f"{fault.text} ({', '.join(columns)})" if columns else fault.text

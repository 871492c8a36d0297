"""The journal on SQL: the port ``Journal``, and with it the reading side."""

import asyncio
from collections.abc import Awaitable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeVar

from hub_core.errors import Rejected
from hub_core.filed import Closed, FileAnswer, SetAside
from hub_core.journal import (
    answering,
    filing,
    outbox,
    parking,
    pausing,
    purging,
    recording,
    repairing,
    replaying,
    scheduling,
    settling,
)
from hub_core.journal.bodies import Vault
from hub_core.journal.database import Database
from hub_core.journal.dropping import KeyDropped
from hub_core.journal.engines.connection import Connection
from hub_core.journal.engines.statements import chunks
from hub_core.journal.entries import ParkedRow, PurgePart, PurgeStep
from hub_core.journal.failpoints import reach
from hub_core.journal.instants import to_micros
from hub_core.journal.replays import Replay
from hub_core.journal.view import SqlJournalView
from hub_core.message import Delivery, DeliveryState, Entry, Message, Outcome, Refusal
from hub_core.outbox import Claimed, Pause, Settlement
from hub_core.ports.schedule import LOST, Position, Run

T = TypeVar("T")
MAX_REFUSALS: Final = 10_000
_CLIP: Final = 200  # characters that one field of a refusal may take: whoever is turned away chooses them


class SqlJournal(SqlJournalView):
    """Writes through the database's one writer, reads through connections of its own."""

    def __init__(self, database: Database, vault: Vault, *, max_refusals: int = MAX_REFUSALS) -> None:
        super().__init__(database.readers, vault)
        self._database = database
        self._max_refusals = max_refusals

    async def record(self, message: Message, outcome: Outcome) -> Outcome:
        """Keep and decide; see ``Journal.record``. Returns ``outcome`` itself if the message is new."""
        recorded = recording.prepare(message, outcome, self._vault)
        reach("after-seal-before-hand-over")
        try:
            standing: Outcome | recording.Standing
            standing = await self._database.write_batched(recording.record, recorded, size=recorded.size)
        except KeyDropped:
            self._vault.reread()
            raise
        return standing if standing is outcome else self._opened(standing)

    async def record_all(self, decided: Sequence[tuple[Message, Outcome]]) -> list[Outcome]:
        """Keep and decide, all or none; see ``Journal.record_all``. Sealing many messages holds up nobody else."""
        recorded: list[recording.Recorded] = []
        for some in chunks(decided):
            recorded += [recording.prepare(message, outcome, self._vault) for message, outcome in some]
            await asyncio.sleep(0)
        work = partial(recording.record_all, items=recorded)
        standing = await self._sealed(self._database.write(work, size=sum(one.size for one in recorded)))
        return [self._opened(one) for one in standing]

    async def take_in(self, decided: Sequence[tuple[Message, Outcome]], position: Position) -> list[Outcome | None]:
        """Keep and decide with a step through a list; see ``Journal.take_in``."""
        recorded = [recording.prepare(message, outcome, self._vault) for message, outcome in decided]
        work = partial(recording.take_in, items=recorded, position=position)
        standing = await self._sealed(self._database.write(work, size=sum(one.size for one in recorded)))
        return [None if one is None else self._opened(one) for one in standing]

    def _opened(self, standing: Outcome | recording.Standing) -> Outcome:
        return standing if isinstance(standing, Outcome) else standing.opened(self._vault)

    async def refuse(self, refusal: Refusal) -> None:
        """Note a refused call; see ``Journal.refuse``. Long fields are cut at 200 characters."""
        await self._database.write(partial(_refuse, refusal=refusal, keep=self._max_refusals), size=_CLIP)

    async def claim(
        self,
        *,
        limit: int,
        lease: timedelta,
        now: datetime,
        rooms: Mapping[str, int] | None = None,
        held: Collection[Claimed] = (),
    ) -> list[Claimed]:
        """Take due deliveries; see ``Journal.claim``. What cannot be opened is parked: it holds up no other."""
        taken = await self._database.write(
            partial(outbox.claim, limit=limit, lease=lease, now=now, rooms=rooms or {}, held=held)
        )
        claimed: list[Claimed] = []
        for one in taken:
            try:
                claimed.append(one.opened(self._vault))
            except Rejected as error:
                parked = DeliveryState.PARKED
                await self.settle(
                    Settlement(delivery_id=one.id, fence=one.fence, state=parked, at=now, code=error.code)
                )
        return claimed

    async def settle(self, settlement: Settlement) -> bool:
        """Write how an attempt ended; see ``Journal.settle``."""
        settled: bool = await self._database.write_batched(settling.settle, (settlement, self._vault))
        return settled

    async def settle_doubt(self, delivery_id: str, entry: Entry, *, sent: bool) -> None:
        """Write down what a person found out; see ``Journal.settle_doubt``."""
        work = partial(settling.settle_doubt, delivery_id=delivery_id, entry=entry, vault=self._vault, sent=sent)
        await self._database.write(work)

    async def set_aside(self, items: Sequence[SetAside], *, at: datetime) -> None:
        """Park what no file can carry; see ``Journal.set_aside``."""
        await self._database.write(partial(filing.set_aside, items=items, vault=self._vault, at=at))

    async def close_file(self, file: Closed) -> None:
        """Write a file down; see ``Journal.close_file``."""
        await self._database.write(partial(filing.close, file=file, vault=self._vault), size=len(file.body))

    async def settle_file(self, endpoint: str, number: int, *, at: datetime) -> None:
        """Settle the rows of a file as sent; see ``Journal.settle_file``."""
        work = partial(filing.settle_some, endpoint=endpoint, number=number, at=at)
        while not await self._database.write(work):
            reach("after-some-settled-before-more")

    async def answer_file(self, endpoint: str, number: int, answer: FileAnswer, *, at: datetime, by: str) -> int:
        """Write down what a partner says of a file; see ``Journal.answer_file``."""
        file = answering.AnsweredFile(endpoint=endpoint, number=number, at=at, by=by)
        parked = 0
        for some in chunks(answer.rows):
            lines = {row.line: row.told for row in some}
            parked += await self._database.write(
                partial(answering.refuse_lines, file=file, lines=lines, vault=self._vault)
            )
        rest = partial(answering.refuse_rest, file=file, told=answer.told, vault=self._vault)
        while answer.refused and (more := await self._database.write(rest)):
            parked += more
        await self._database.write(partial(answering.close_answer, file=file, answer=answer))
        return parked

    async def close_parked(self, row: ParkedRow, entry: Entry, *, refused: bool) -> None:
        """Close what was given up; see ``Journal.close_parked``."""
        work = partial(parking.close, row=row, entry=entry, vault=self._vault, refused=refused)
        await self._database.write(work)

    async def pause(self, pause: Pause) -> None:
        """Let nothing go to an endpoint; see ``Journal.pause``."""
        await self._database.write(partial(pausing.pause, begun=pause))

    async def resume(self, endpoint: str, *, at: datetime, by: str, reason: str) -> bool:
        """End a pause; see ``Journal.resume``."""
        return await self._database.write(partial(pausing.resume, endpoint=endpoint, at=at, by=by, reason=reason))

    async def next_due(self, *, besides: Collection[str] = ()) -> datetime | None:
        """Return when the next delivery may be claimed; see ``Journal.next_due``."""
        return await self._database.write(partial(outbox.next_due, besides=besides))

    async def take_back(self, *, now: datetime) -> int:
        """Take back what workers of an earlier run held; see ``Journal.take_back``."""
        return await self._database.write(partial(outbox.take_back, now=now, everything=not self._database.shared))

    async def begin_run(
        self, job: str, *, at: datetime, every: timedelta, lost: timedelta = LOST, lease: timedelta | None = None
    ) -> bool:
        """Begin a run of a job that is due; see ``Schedule.begin_run``."""
        work = partial(scheduling.begin_run, job=job, at=at, every=every, lost=lost, lease=lease)
        return await self._database.write(work)

    async def renew_run(self, job: str, *, begun_at: datetime, until: datetime) -> bool:
        """Say that the process of a run lives; see ``Schedule.renew_run``."""
        return await self._database.write(partial(scheduling.renew_run, job=job, begun_at=begun_at, until=until))

    async def end_run(self, run: Run) -> bool:
        """Write down how a run ended; see ``Schedule.end_run``."""
        return await self._database.write(partial(scheduling.end_run, run=run))

    async def note(self, entry: Entry) -> None:
        """Add a line to a message's history; see ``Journal.note``."""
        await self._database.write(partial(settling.note, entry=entry, vault=self._vault))

    async def split(self, entry: Entry) -> None:
        """Write down that all rows of a file are kept; see ``Journal.split``."""
        await self._database.write(partial(settling.split, entry=entry, vault=self._vault))

    async def purge(self, part: PurgePart, *, before: datetime, at: datetime, after: int = 0) -> PurgeStep:
        """Delete what is old and closed, step by step; see ``Journal.purge``."""
        if part == "messages":
            return await self._database.write(partial(purging.purge_messages, before=before, after=after))
        work = partial(purging.purge_bodies, vault=self._vault, before=before, after=after, at=at)
        return await self._sealed(self._database.write(work))

    async def _sealed(self, writing: Awaitable[T]) -> T:
        """Wait for what was sealed to be written; if its key is no longer in use, take the keyring's for the next."""
        try:
            return await writing
        except KeyDropped:
            self._vault.reread()
            raise

    async def redeliver(self, deliveries: Sequence[Delivery], entry: Entry, outcome: Outcome | None = None) -> None:
        """Deliver again; see ``Journal.redeliver``."""
        work = partial(replaying.redeliver, deliveries=deliveries, entry=entry, vault=self._vault, outcome=outcome)
        await self._database.write(work)

    async def repair(self, copy: Message, outcome: Outcome, entry: Entry) -> Outcome:
        """Take a corrected copy in the place of a message; see ``Journal.repair``."""
        prepared = recording.prepare(copy, outcome, self._vault)
        work = partial(repairing.repair, copy=prepared, entry=entry, vault=self._vault)
        return self._opened(await self._database.write(work))

    async def replay(self, replays: Sequence[Replay]) -> list[str | None]:
        """Deliver messages again; see ``Journal.replay``."""
        return await self._database.write(partial(replaying.replay, replays=replays, vault=self._vault))


def _refuse(connection: Connection, *, refusal: Refusal, keep: int) -> None:
    cursor = connection.execute(
        "INSERT INTO refusal (reference, at, endpoint, code, party, detail) VALUES (?, ?, ?, ?, ?, ?) RETURNING seq",
        (
            refusal.reference,
            to_micros(refusal.at),
            refusal.endpoint[:_CLIP],
            refusal.code,
            refusal.party,
            refusal.detail[:_CLIP],
        ),
    )
    connection.execute("DELETE FROM refusal WHERE seq <= ?", (cursor.fetchone()[0] - keep,))

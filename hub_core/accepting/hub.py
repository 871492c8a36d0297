"""The whole flow of one message: allow -> open -> validate -> map -> check -> route -> decide -> keep.

What lies between the arrival and the journal is ``hub_core.accepting.judging``.
"""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Generator, Mapping, Sequence
from types import coroutine

import msgspec

from hub_core.accepting.judging import Judge, Opened, failing
from hub_core.attachments.attachment import named_in
from hub_core.clock import repair_id
from hub_core.directory import Direction, Directory, Endpoint
from hub_core.directory.access import allow
from hub_core.document import Document
from hub_core.errors import PunteError, Refused, Rejected
from hub_core.journal.failpoints import reach
from hub_core.mapping import MappingSet, value_at
from hub_core.message import Arrival, Caller, Entry, Message, Outcome, Refusal, State
from hub_core.ports import Adapter, Clock, Journal, Position, Splits
from hub_core.trace import current

log = logging.getLogger("punte.hub")
FILES = 2  # looked through at once, each in a thread
SIDE_BY_SIDE = 1_000_000  # bytes of the messages whose documents are open at once, but for one that is larger
MAX_ID = 255  # characters of a sender's id, as in the header Idempotency-Key


class Hub(Judge):
    """Accepts arrivals, decides about each exactly once, and answers after COMMIT."""

    def __init__(
        self,
        *,
        directory: Callable[[], Directory],
        mappings: Callable[[], MappingSet],
        adapters: Mapping[str, Adapter],
        journal: Journal,
        clock: Clock,
        new_id: Callable[[], str],
        wake: Callable[[], None],
        kept: Callable[[Message, Outcome], None] | None = None,
        turned_away: Callable[[Refusal], None] | None = None,
        freed: Callable[[Sequence[str]], object] | None = None,
    ) -> None:
        """Take the parts.

        ``kept`` is told of every new decision once it is on disk, ``turned_away`` of every refused call, ``freed`` of
        files that came with a message which was kept before; none must take long.
        """
        super().__init__(mappings=mappings, adapters=adapters, clock=clock, new_id=new_id)
        self._directory = directory
        self._journal = journal
        self._wake = wake
        self._kept = kept
        self._turned_away = turned_away
        self._freed = freed
        self._reading = asyncio.Semaphore(FILES)
        self._side_by_side = 0
        # Asked once: to ask whether an object fulfils a protocol takes as long as parsing a small document.
        self._splits: dict[str, Splits | None] = {}

    async def accept(self, arrival: Arrival) -> Outcome:
        """Run the whole flow for one arrival; see ``ports.Services.accept`` for what is raised."""
        directory = self._directory()
        try:
            endpoint = self._endpoint(arrival.endpoint, directory)
            purpose = allow(directory, arrival.caller, endpoint.service, arrival.purpose)
        except Refused as fault:
            fault.reference = await self.turn_away(
                endpoint=arrival.endpoint, code=fault.code, party=arrival.caller.institution
            )
            raise
        message, outcome = await self._decided_in_stages(arrival, endpoint, purpose, directory)
        await _next_stage()
        reach("after-decide-before-keep")
        return await self.keep(message, outcome)

    async def take_in(self, arrivals: Sequence[Arrival], position: Position) -> int:
        """Run the flow for what one fetch of a list brought: all is kept with the position, or nothing.

        Where no id stands in a document, the one that came with it counts, whatever the endpoint declares. Returns how
        many were left out because their id stands for another content.

        Raises:
            Refused: no access right. Rejected: J421, J423. TryLater: nothing was accepted.
        """
        directory = self._directory()
        decided: list[tuple[Message, Outcome]] = []
        for arrival in arrivals:
            endpoint = self._endpoint(arrival.endpoint, directory)
            purpose = allow(directory, arrival.caller, endpoint.service, arrival.purpose)
            opened = await self._opened(arrival, directory)
            decided.append(self._decided(arrival, endpoint, purpose, opened, directory, own_id=arrival.sender_id))
            await asyncio.sleep(0)  # a long list holds up nobody else
        firsts = await self._journal.take_in(decided, position)
        self._tell_new(decided, firsts)
        return firsts.count(None)

    async def repair(self, first: Message, body: bytes, entry: Entry) -> tuple[Message, Outcome]:
        """Take a corrected copy in the place of a message, as if its sender had sent it now.

        A copy that is refused, too, is not kept, and the first stays as it is.

        Raises:
            Refused: the sender may not send it any more. Rejected: B413 too large; see also ``Journal.repair``.
        """
        directory = self._directory()
        endpoint = self._endpoint(first.endpoint, directory)
        caller = Caller(institution=first.party, key=f"operator:{entry.by}")
        purpose = allow(directory, caller, endpoint.service, first.purpose)
        if len(body) > endpoint.max_body_bytes:
            raise Rejected("B413", f"the endpoint takes at most {endpoint.max_body_bytes:,} bytes")
        arrival = Arrival(
            endpoint=first.endpoint,
            caller=caller,
            body=body,
            media_type=first.media_type,
            correlation_id=first.correlation_id,
            attachments=named_in(first.attachments, body.decode("utf-8", "replace")),
        )
        is_row = first.line is not None
        opened = self.open(first.endpoint, body, directory) if is_row else await self._opened(arrival, directory)
        made = self._message(arrival, endpoint, purpose, None, directory.number)
        copy = msgspec.structs.replace(made, id=repair_id(first.id), repairs=first.id)
        outcome = self.judge(copy, opened, directory)
        if outcome.state is State.REFUSED:
            return copy, outcome
        standing = await self._journal.repair(copy, outcome, entry)
        if standing is outcome:
            self._tell(copy, outcome)
        return copy, standing

    async def keep(self, message: Message, outcome: Outcome) -> Outcome:
        """Write a message and its outcome; the outcome that stands is the first one."""
        first = await self._journal.record(message, outcome)
        if first is outcome:
            self._tell(message, outcome)
        elif message.attachments and self._freed is not None:
            self._freed([one.file for one in message.attachments])
        return first

    async def keep_all(self, decided: Sequence[tuple[Message, Outcome]]) -> None:
        """Write messages and their outcomes in this order, all or none; see ``Journal.record_all``."""
        self._tell_new(decided, await self._journal.record_all(decided))

    def _tell_new(self, decided: Sequence[tuple[Message, Outcome]], firsts: Sequence[Outcome | None]) -> None:
        for (message, outcome), first in zip(decided, firsts, strict=True):
            if first is outcome:
                self._tell(message, outcome)

    def _tell(self, message: Message, outcome: Outcome) -> None:
        """Say what is new: it is on disk."""
        reach("after-keep-before-wake")
        if outcome.deliveries:
            self._wake()
        if self._kept is not None:
            self._kept(message, outcome)

    async def note(self, message_id: str, step: str, detail: str) -> None:
        """Add a line to a message's history."""
        await self._journal.note(Entry(message_id=message_id, at=self._clock.now(), step=step, detail=detail))

    async def turn_away(self, *, endpoint: str, code: str, party: str | None = None) -> str:
        """Keep a bounded note of a refused call and return the reference to answer with."""
        refusal = Refusal(reference=self._new_id(), at=self._clock.now(), endpoint=endpoint, code=code, party=party)
        if self._turned_away is not None:
            self._turned_away(refusal)
        await self._journal.refuse(refusal)
        return refusal.reference

    async def _decided_in_stages(
        self, arrival: Arrival, endpoint: Endpoint, purpose: str, directory: Directory
    ) -> tuple[Message, Outcome]:
        """Decide about an arrival, side by side with the others that came in the same turn of the event loop.

        All go through one stage before the first goes on: its code and tables stay in the processor's caches, which
        saves a fifth of the time. A document is many times its bytes, so only so many are open at once.
        """
        size = len(arrival.body)
        if self._side_by_side + size > SIDE_BY_SIDE:
            # The document has no name here: it must be gone before the disk is waited for.
            return self._decided(arrival, endpoint, purpose, await self._opened(arrival, directory), directory)
        self._side_by_side += size
        try:
            await _next_stage()
            opened = await self._opened(arrival, directory)
            await _next_stage()
            return self._decided(arrival, endpoint, purpose, opened, directory)
        finally:
            self._side_by_side -= size

    def _decided(
        self,
        arrival: Arrival,
        endpoint: Endpoint,
        purpose: str,
        opened: Opened,
        directory: Directory,
        *,
        own_id: str | None = None,
    ) -> tuple[Message, Outcome]:
        """Return the message that an arrival is, and what is decided about it; ``own_id`` where it names none."""
        try:
            own_id = sender_id(arrival, endpoint, opened) or own_id
        except Rejected as fault:
            opened = fault
        message = self._message(arrival, endpoint, purpose, own_id, directory.number)
        reach("after-receive-before-decide")
        return message, self.judge(message, opened, directory)

    async def _opened(self, arrival: Arrival, directory: Directory) -> Opened:
        """Open an arrival, or see that it is a whole file; reading a large one does not hold up the others."""
        endpoint = directory.endpoints[arrival.endpoint]
        try:
            adapter = self._splitting(endpoint.adapter)
            if adapter is None:
                return self.open(arrival.endpoint, arrival.body, directory)
            async with self._reading:
                return await asyncio.to_thread(adapter.split, endpoint, arrival.body)
        except Rejected as fault:
            return fault
        except PunteError:
            raise
        except Exception as error:  # noqa: BLE001 - as Judge.open: what a sender brought is kept
            return failing(endpoint.adapter, "reading", error)

    def _splitting(self, name: str) -> Splits | None:
        """Return an adapter that reads files; ``None``: it does not."""
        if name not in self._splits:
            found = self._adapters[name]
            self._splits[name] = found if isinstance(found, Splits) else None
        return self._splits[name]

    def _endpoint(self, name: str, directory: Directory) -> Endpoint:
        """Return an inbound endpoint; a new registry set may have dropped it while the body was being read."""
        endpoint = directory.endpoints.get(name)
        if endpoint is None or endpoint.direction is not Direction.IN:
            raise Refused("A404", "no service of this name takes messages here")
        return endpoint

    def _message(
        self, arrival: Arrival, endpoint: Endpoint, purpose: str, own_id: str | None, registry_set: int
    ) -> Message:
        message_id = self._new_id()
        return Message(
            id=message_id,
            endpoint=arrival.endpoint,
            party=arrival.caller.institution,
            service=endpoint.service,
            purpose=purpose,
            sender_id=own_id,
            correlation_id=arrival.correlation_id or message_id,
            received_at=self._clock.now(),
            media_type=arrival.media_type,
            body=arrival.body,
            digest=hashlib.sha256(arrival.body).digest(),
            registry_set=registry_set,
            trace=current(),
            attachments=arrival.attachments,
            name=arrival.name,
        )


@coroutine
def _next_stage() -> Generator[None, None, None]:
    """Let the others that came in the same turn go first; ``asyncio.sleep(0)`` takes two calls more."""
    yield


def sender_id(arrival: Arrival, endpoint: Endpoint, opened: Opened) -> str | None:
    """Return the sender's own id of the message, from the place that the endpoint declares.

    Raises:
        Rejected: B110, it is too long or holds characters that cannot be printed. It is not cut: that would make one
            message of two.
    """
    match endpoint.message_id:
        case None:
            return None
        case "header":
            return arrival.sender_id
        case "wsa":
            found = opened.message_id if isinstance(opened, Document) else None
        case path:
            found = value_at(opened, path) if isinstance(opened, Document) else None
    if found is not None and (len(found) > MAX_ID or not found.isprintable()):
        raise Rejected("B110", f"a message id has at most {MAX_ID} printable characters")
    return found

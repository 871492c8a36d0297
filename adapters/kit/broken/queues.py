"""Lapses of pollers whose partner keeps documents until they are committed."""

import contextlib
from typing import Final

from adapters.kit.answered import Answered
from adapters.kit.broken.fetching import lapse
from adapters.kit.broken.good import GoodQueue, Queueing, breaks
from hub_core.errors import Rejected, TryLater
from hub_core.ports import Batch, Item


async def _passes_over(self: Queueing, position: str | None) -> Batch:
    try:
        return await Queueing.poll(self, position)
    except Rejected:
        found = self.text_at(await self.get(self.url), "id")
        return Batch(items=(), after=found, more=bool(found))


def _half(self: Queueing, found: str, read: Answered) -> tuple[Item, ...]:
    return Queueing.item(self, found, read) if read.complete else (Item(body=read.body, sender_id=found),)


async def _reads_again(self: Queueing, found: str) -> Answered:
    try:
        return await Queueing.read(self, found)
    except TryLater:
        return await Queueing.read(self, found)


async def _reads_what_there_is(self: Queueing, found: str) -> Answered:  # noqa: ARG001 - which is the fault
    return await self.get(f"{self.url}/read")


async def _commits_what_there_is(self: Queueing, position: str) -> None:  # noqa: ARG001 - same
    await Queueing.commit(self, "head")


async def _takes_any_no(self: Queueing, position: str) -> None:
    with contextlib.suppress(Rejected):
        await Queueing.commit(self, position)


async def _does_not_look_back(self: Queueing, position: str | None) -> Batch:
    if position:
        await self.commit(position)
    return await Queueing.poll(self, None)


def _without_id(self: Queueing, found: str, read: Answered) -> tuple[Item, ...]:  # noqa: ARG001 - same
    return (Item(body=read.body, answers=self.text_at(read, "answers")),)


def _without_receipt(self: Queueing, found: str, read: Answered) -> tuple[Item, ...]:
    self.text_at(read, "answers")
    return (Item(body=read.body, sender_id=found),)


def _tells_secret(self: Queueing, found: str, read: Answered) -> tuple[Item, ...]:
    try:
        return Queueing.item(self, found, read)
    except Rejected as error:
        raise Rejected(error.code, f"no document for {self.headers()}", where=self.name) from error


ANY_CALL: Final = "whatever_goes_wrong_at_any_call_no_document_is_lost"
NAMED: Final = "what_is_read_and_committed_is_named"
breaks(ANY_CALL, GoodQueue, fetching=lapse(Queueing, poll=_passes_over))
breaks(ANY_CALL, GoodQueue, fetching=lapse(Queueing, item=_half))
breaks(ANY_CALL, GoodQueue, fetching=lapse(Queueing, read=_reads_again))
breaks(NAMED, GoodQueue, fetching=lapse(Queueing, read=_reads_what_there_is))
breaks(NAMED, GoodQueue, fetching=lapse(Queueing, commit=_commits_what_there_is))
breaks("a_commit_that_is_not_taken_is_told", GoodQueue, fetching=lapse(Queueing, commit=_takes_any_no))
breaks(
    "what_was_committed_and_stands_there_again_is_not_handed_over_as_new",
    GoodQueue,
    fetching=lapse(Queueing, poll=_does_not_look_back),
)
breaks("every_document_has_the_id_that_the_partner_gave_it", GoodQueue, fetching=lapse(Queueing, item=_without_id))
breaks("every_document_names_the_receipt_that_it_answers", GoodQueue, fetching=lapse(Queueing, item=_without_receipt))
breaks("no_secret_is_in_an_error", GoodQueue, fetching=lapse(Queueing, item=_tells_secret))

"""Queues: what stands in one is taken away once it is kept here, whatever goes wrong at any call."""

import contextlib
from collections.abc import Iterable
from typing import Final, NamedTuple
from urllib.parse import unquote

import pytest

from hub_core.errors import ConfigError, Rejected, TryLater
from hub_core.playing.partner import Act, Partner, Received, Reply, Vanish
from hub_core.ports import Batch, Item
from hub_core.testing.adapter.walking import STEPS, Walking

JUNK: Final = b"<html><body>Log in, please</body></html>"
FAULTS: Final[dict[str, Act]] = {
    "unreadable": Reply(200, JUNK),
    "cut off": Reply(200, b"x" * 20, {"Content-Encoding": "gzip"}),  # which is never unpacked
    "nothing": Reply(200),
    "refused": Reply(400, JUNK),
    "fails": Reply(500, JUNK),
    "silence": Vanish(),
}


class Step(NamedTuple):
    """One call of ``poll``: what was kept before, what came, and the requests that it made."""

    kept: tuple[str, ...]
    batch: Batch
    requests: list[Received]


@pytest.mark.network
class Committing(Walking):
    """``Poller`` of a partner who keeps documents until they are committed; of any other, what can go wrong as well."""

    async def test_nothing_is_committed_at_the_partner_before_it_is_kept(self) -> None:
        kept = handed = 0
        async with self.playing(*self.pages) as partner, self.poller(partner) as poller:

            async def poll(position: str | None) -> Batch:
                nonlocal kept, handed
                kept = handed  # the hub comes with a place once everything before it is kept
                batch = await poller.poll(position)
                committed = sum(map(self.commits, partner.received))
                assert committed <= kept, f"{committed} commits, {kept} kept; commits() says what counts as one"
                handed += len(batch.items)
                return batch

            await self._walk(poll)

    @pytest.mark.parametrize("done", [True, False], ids=["done", "not done"])
    async def test_a_commit_whose_answer_is_lost_neither_stops_the_list_nor_doubles_it(self, done: bool) -> None:  # noqa: FBT001 - a case
        async with self.playing(*self.pages) as partner, self.poller(partner) as poller:
            whole = await self._walk(poller.poll)
        first = next((number for number, asked in enumerate(partner.received) if self.commits(asked)), None)
        if first is None:
            return  # nothing is taken away at this partner
        after = (self.gone, *self.pages[first + 1 :]) if done else self.pages[first:]
        async with self.playing(*self.pages[:first], Vanish(), *after) as partner, self.poller(partner) as poller:

            async def poll(position: str | None) -> Batch:
                try:
                    return await poller.poll(position)
                except TryLater:
                    return await poller.poll(position)  # as the hub does, later

            again = await self._walk(poll)
        assert [item for batch in again for item in batch.items] == [item for batch in whole for item in batch.items]

    @pytest.mark.parametrize("what", FAULTS)
    async def test_whatever_goes_wrong_at_any_call_no_document_is_lost(self, what: str) -> None:
        whole = [item.body for batch in await self.walked() for item in batch.items]
        for at in range(len(self.pages)):
            handed = [item.body for item in await self._read_on(at, FAULTS[what])]
            lost = [body for body in whole if body not in handed]
            instead = handed.count(
                getattr(FAULTS[what], "body", b"no body")
            )  # as it came: the hub keeps and refuses it
            assert len(lost) <= instead, f"{what} at call {at + 1}: a document was passed over"

    @pytest.mark.parametrize("status", [400, 403, 500])
    async def test_a_commit_that_is_not_taken_is_told(self, status: int) -> None:
        if getattr(self.gone, "status", None) == status:
            pytest.skip("what is gone is answered so")
        first = await self._first()
        script = (*self.pages[:first], Reply(status), *self.pages[first + 1 :])
        async with self.playing(*script) as partner, self.poller(partner) as poller:
            with pytest.raises((TryLater, ConfigError, Rejected)):
                await self._walk(poller.poll)

    async def test_what_was_committed_and_stands_there_again_is_not_handed_over_as_new(self) -> None:
        first = await self._first()
        script = (*self.pages[: first + 1], *self.pages[:first])
        async with self.playing(*script) as partner, self.poller(partner) as poller:
            position = None
            while partner.at < first:
                position = (await poller.poll(position)).after
            with contextlib.suppress(TryLater, Rejected):
                assert not (await poller.poll(position)).items, "the list would never end"

    async def test_what_is_read_and_committed_is_named(self) -> None:
        await self._first()
        for step in await self._steps():
            reads = [asked for asked in step.requests if not self.commits(asked)]
            read = [step.batch.after, *(item.sender_id or "" for item in step.batch.items)]
            for asked in reads[1:]:  # the first one asks what there is
                assert _names(asked, read), f"{asked.asked} does not say what is read"
            for asked in step.requests:
                assert not self.commits(asked) or _names(asked, step.kept), f"{asked.asked}: what is committed?"

    async def test_what_takes_something_away_is_known_to_the_suite(self) -> None:
        asked = [request for step in await self._steps() for request in step.requests]
        known = any(map(self.commits, asked)) or all(request.method == "GET" for request in asked)
        assert known, "commits() says of no request that it takes something away, and some are no GET"

    async def test_every_document_has_the_id_that_the_partner_gave_it(self) -> None:
        assert self.ids, "name those of the documents in `ids`, or say in `exempt` why they have none"
        assert [item.sender_id for batch in await self.walked() for item in batch.items] == [*self.ids]

    async def test_every_document_names_the_receipt_that_it_answers(self) -> None:
        assert self.receipts, "name those of the documents in `receipts`, or say in `exempt` why there are none"
        assert [item.answers for batch in await self.walked() for item in batch.items] == [*self.receipts]

    async def _first(self) -> int:
        """Return which request is the first to take something away."""
        asked = [request for step in await self._steps() for request in step.requests]
        found = next((number for number, request in enumerate(asked) if self.commits(request)), None)
        if found is None:
            pytest.skip("nothing is taken away at this partner")
        return found

    async def _steps(self) -> list[Step]:
        """Walk through the list, and tell what was asked in each step."""
        steps: list[Step] = []
        async with self.playing(*self.pages) as partner, self.poller(partner) as poller:

            async def poll(position: str | None) -> Batch:
                began = len(partner.received)
                batch = await poller.poll(position)
                kept = [item.sender_id or "" for step in steps for item in step.batch.items]
                steps.append(Step((position or "", *kept), batch, partner.received[began:]))
                return batch

            await self._walk(poll)
        return steps

    async def _read_on(self, at: int, fault: Act) -> list[Item]:
        """Read the whole list as the hub does, though one of the calls goes wrong once."""
        items: list[Item] = []
        position = None
        async with self.playing(*self.pages) as partner, self.poller(partner) as poller:
            partner.script[at] = fault
            for _ in range(STEPS):
                began, before = partner.at, len(partner.received)
                try:
                    batch = await poller.poll(position)
                except (TryLater, Rejected):
                    assert partner.script[at] is fault, "what was mended still fails"
                    _asked_once(partner.received[before + at - began :])
                    partner.script[at], partner.at = self.pages[at], began  # the hub comes again, the partner is well
                    continue
                assert self._committed(partner) <= len(items), "committed before it was kept"
                items += batch.items
                position = batch.after
                if not batch.more and partner.at == at + 1 and partner.script[at] is fault:
                    partner.script[at], partner.at = self.pages[at], at  # it took that for an empty list
                elif not batch.more:
                    return items
        pytest.fail("the list does not end")

    def _committed(self, partner: Partner) -> int:
        """Return how many commits there were, each counted once."""
        return len({(asked.asked, asked.body) for asked in partner.received if self.commits(asked)})


def _asked_once(requests: list[Received]) -> None:
    """Hold that what went wrong first was not asked again behind it."""
    again = [asked for asked in requests[1:] if (asked.asked, asked.body) == (requests[0].asked, requests[0].body)]
    assert not again, "asked again by itself: that is the hub's decision"


def _names(request: Received, words: Iterable[str]) -> bool:
    text = " ".join([unquote(request.asked), *request.headers.values(), request.body.decode("latin-1")])
    return any(word in text for word in words if word)

"""Lapses of pollers."""

import asyncio
import contextlib
import itertools
import json
import uuid
from collections.abc import Callable
from typing import Any, Final

import aiohttp
import msgspec

from adapters.kit.answered import Answered
from adapters.kit.broken.good import Fetching, GoodQueue, Queueing, breaks
from hub_core.errors import ConfigError, TryLater
from hub_core.ports import Batch, Item

_NUMBERS: Final = itertools.count()


def lapse(of: type[Fetching] = Fetching, /, **methods: Callable[..., Any]) -> type[Fetching]:
    """Return a poller with some of its methods replaced."""
    return type("Lapse", (of,), methods)


async def _beginning(self: Fetching, position: str | None) -> Batch:  # noqa: ARG001 - which is the fault
    batch = await Fetching.poll(self, None)
    return msgspec.structs.replace(batch, after=str(next(_NUMBERS)), more=True)


async def _any_shape(self: Fetching, position: str | None) -> Batch:
    answered = await self.get(f"{self.url}?after={position or ''}")
    try:
        page = json.loads(answered.body)
    except ValueError:
        page = {"items": [], "next": ""}
    return Batch(items=self.items([msgspec.json.encode(one) for one in page["items"]]), after=page["next"])


def _new_ids(self: Fetching, bodies: list[bytes]) -> tuple[Item, ...]:  # noqa: ARG001 - the poller's shape
    return tuple(Item(body=body, sender_id=str(uuid.uuid4())) for body in bodies)


def _long_ids(self: Fetching, bodies: list[bytes]) -> tuple[Item, ...]:  # noqa: ARG001 - same
    return tuple(Item(body=body, sender_id="x" * 300 + str(number)) for number, body in enumerate(bodies))


async def _remembers(self: Fetching, position: str | None) -> Batch:  # noqa: ARG001 - which is the fault
    batch = await Fetching.poll(self, getattr(self, "place", None))
    self.place = batch.after  # type: ignore[attr-defined] # what a crash forgets
    return batch


async def _own_get(self: Fetching, url: str) -> Answered:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        try:
            answered = await response.read()
        except aiohttp.ClientError as error:
            raise TryLater("D101", "not reachable", where=self.name) from error
    return Answered(status=response.status, headers={}, body=answered, complete=True)


async def _waits_for_each_byte(self: Fetching, url: str) -> Answered:
    patient = aiohttp.ClientTimeout(total=6, sock_read=self.endpoint.timeout.total_seconds())
    try:
        async with aiohttp.ClientSession(timeout=patient) as session, session.get(url) as response:
            return Answered(status=response.status, headers={}, body=await response.read(), complete=True)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise TryLater("D101", "not reachable", where=self.name) from error


async def _tells_own_secret(self: Fetching, url: str) -> Answered:
    try:
        return await Fetching.get(self, url)
    except ConfigError as error:
        raise ConfigError(error.code, f"refused {self.headers()}", where=self.name) from error


async def _deaf(self: Fetching, url: str) -> Answered:
    try:
        return await Fetching.get(self, url)
    except asyncio.CancelledError:
        raise TryLater("D103", "stopped", where=self.name) from None


async def _commits_at_once(self: Queueing, position: str | None) -> Batch:  # noqa: ARG001 - same
    batch = await Queueing.poll(self, None)
    if batch.after:
        await self.commit(batch.after)
    return batch


async def _stumbles(self: Queueing, position: str) -> None:
    self.client.judge(await self.client.call("POST", f"{self.url}/{position}", None, {}))


async def _does_not_care(self: Queueing, position: str) -> None:
    with contextlib.suppress(TryLater):
        await Queueing.commit(self, position)


breaks("a_list_is_fetched_to_its_end_and_every_document_opens", fetching=lapse(poll=_beginning))
breaks("what_is_no_list_is_refused_without_repeating_it", fetching=lapse(poll=_any_shape))
breaks("the_same_places_give_the_same_documents", fetching=lapse(items=_new_ids))
breaks("places_and_ids_are_short_and_printable", fetching=lapse(items=_long_ids))
breaks("whoever_begins_anew_at_a_place_asks_for_what_stands_behind_it", fetching=lapse(poll=_remembers))
breaks("a_list_that_grows_when_it_is_decompressed_is_refused", fetching=lapse(get=_own_get))
breaks("a_partner_that_is_too_slow_is_left_in_time", fetching=lapse(get=_waits_for_each_byte))
breaks("no_secret_is_in_an_error", fetching=lapse(get=_tells_own_secret))
breaks("fetching_that_is_cancelled_ends_at_once_and_the_next_one_works", fetching=lapse(get=_deaf))
breaks(
    "nothing_is_committed_at_the_partner_before_it_is_kept", GoodQueue, fetching=lapse(Queueing, poll=_commits_at_once)
)
LOST: Final = "a_commit_whose_answer_is_lost_neither_stops_the_list_nor_doubles_it"
breaks(LOST, GoodQueue, fetching=lapse(Queueing, commit=_stumbles))
breaks(LOST, GoodQueue, fetching=lapse(Queueing, commit=_does_not_care))

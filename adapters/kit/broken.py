"""Adapters that each break one promise of the port: what ``punte adapter check`` must find, and how it names it.

Every one of them is the good one below, with the one slip that people make.
"""

import asyncio
import itertools
import json
import logging
import uuid
from collections.abc import Callable
from typing import Any, ClassVar, Final

import aiohttp
import msgspec

from adapters.kit.base import BaseAdapter
from adapters.kit.client import Answered, Client, authorisation
from adapters.kit.sending import content
from hub_core.directory import Direction, Endpoint
from hub_core.document import Document
from hub_core.errors import ConfigError, Rejected, TryLater
from hub_core.message import Receipt
from hub_core.polled import Poll
from hub_core.ports import Batch, Capability, Field, Item, Poller, Sent, Spec, Target
from hub_core.wording import InBand

loud = logging.getLogger("broken")  # not `log`: what it says is no line of the hub
BROKEN: Final[dict[str, tuple[type["Good"], str]]] = {}
SPEC: Final = Spec(
    name="broken",
    sdk="1.0",
    summary="JSON in, JSON out, lists.",
    kinds=("json",),
    media_types=frozenset({"application/json"}),
    capabilities=(
        Capability(name="receive", direction=Direction.IN, description="Takes a document."),
        Capability(name="fetch", direction=Direction.IN, description="Fetches a list.", fetches=True),
        Capability(name="send", direction=Direction.OUT, description="Posts a record."),
    ),
    fields=(Field(name="url", description="Address of the partner."),),
    promises="A delivery is one POST with the header Idempotency-Key, the same in every attempt; any 2xx is a receipt.",
)


class Good(BaseAdapter):
    """Breaks nothing."""

    spec = SPEC
    sending: ClassVar[type["Sending"]]
    fetching: ClassVar[type["Fetching"]]

    def target(self, name: str, endpoint: Endpoint) -> Target:
        """Return what sends."""
        if endpoint.direction is not Direction.OUT:
            raise self.spec.cannot(endpoint.direction)
        return self.sending(name, endpoint)

    def poller(self, name: str, endpoint: Endpoint) -> Poller:
        """Return what fetches."""
        return self.fetching(name, endpoint)


class Sending:
    """Sends as it should."""

    def __init__(self, name: str, endpoint: Endpoint) -> None:
        self.name, self.url, self.endpoint = name, endpoint.url or "", endpoint
        self.client = Client(name, endpoint)

    async def send(self, sent: Sent) -> Receipt:
        """Send one message."""
        answered = await self.call(*content(sent))
        self.client.judge(answered)
        return Receipt(detail=f"HTTP {answered.status}")

    async def call(self, body: bytes, headers: dict[str, str]) -> Answered:
        """Make the request."""
        return await self.client.post(body, headers)

    async def close(self) -> None:
        """Give connections back."""
        await self.client.close()


class Fetching:
    """Fetches as it should: each page holds its items and the place of the next one."""

    def __init__(self, name: str, endpoint: Endpoint) -> None:
        self.name, self.url, self.poll_as = name, endpoint.url or "", endpoint.poll or Poll()
        self.client = Client(name, endpoint, max_answer_bytes=endpoint.max_body_bytes)

    async def poll(self, position: str | None) -> Batch:
        """Fetch the page behind a position."""
        answered = await self.client.get(f"{self.url}?after={position or ''}", {})
        self.client.judge(answered)
        try:
            page = msgspec.json.decode(answered.body, type=dict[str, Any])
            items, after = [msgspec.json.encode(item) for item in page["items"]], str(page["next"])
        except (msgspec.DecodeError, KeyError, TypeError) as error:
            raise Rejected("D203", "no list", where=self.name) from error
        return Batch(items=self.items(items), after=after, more=bool(items))

    def items(self, bodies: list[bytes]) -> tuple[Item, ...]:
        """Return the documents of a page."""
        return tuple(Item(body=body) for body in bodies)

    async def close(self) -> None:
        """Give connections back."""
        await self.client.close()


Good.sending, Good.fetching = Sending, Fetching


def breaks(promise: str, **parts: Any) -> None:
    """Note an adapter that breaks a promise, by the name of the test that finds it."""
    name = "".join(word.capitalize() for word in promise.split("_"))
    known = sum(found == promise for _, found in BROKEN.values())
    BROKEN[f"{promise}_{known + 1}"] = type(name, (Good,), parts), promise


def slip(**methods: Callable[..., Any]) -> type[Sending]:
    """Return a target with some of its methods replaced."""
    return type("Slip", (Sending,), methods)


def lapse(**methods: Callable[..., Any]) -> type[Fetching]:
    """Return a poller with some of its methods replaced."""
    return type("Lapse", (Fetching,), methods)


async def _again(self: Sending, sent: Sent) -> Receipt:
    try:
        return await Sending.send(self, sent)
    except TryLater:
        return await Sending.send(self, sent)


async def _new_key(self: Sending, sent: Sent) -> Receipt:
    return await Sending.send(self, msgspec.structs.replace(sent, key=str(uuid.uuid4())))


async def _without_key(self: Sending, body: bytes, headers: dict[str, str]) -> Answered:
    return await Sending.call(self, body, {name: it for name, it in headers.items() if name != "idempotency-key"})


async def _glad(self: Sending, sent: Sent) -> Receipt:
    answered = await self.call(*content(sent))
    return Receipt(detail=f"HTTP {answered.status}")


async def _gives_up(self: Sending, sent: Sent) -> Receipt:
    try:
        return await Sending.send(self, sent)
    except TryLater as error:
        raise Rejected("D201", error.text, where=self.name) from error


async def _sure(self: Sending, sent: Sent) -> Receipt:
    try:
        return await Sending.send(self, sent)
    except TryLater as error:
        raise TryLater(error.code, error.text, where=self.name, after=error.after) from error


async def _own_session(self: Sending, body: bytes, headers: dict[str, str], **options: Any) -> Answered:
    told = headers | authorisation(self.endpoint.credentials)
    async with (
        aiohttp.ClientSession() as session,
        session.post(self.url, data=body, headers=told, **options) as response,
    ):
        return Answered(status=response.status, headers={}, body=await response.read(), complete=True)


async def _waits(self: Sending, body: bytes, headers: dict[str, str]) -> Answered:
    return await asyncio.wait_for(
        _own_session(self, body, headers, timeout=aiohttp.ClientTimeout(total=None), allow_redirects=False), 10
    )


async def _logs_body(self: Sending, body: bytes, headers: dict[str, str]) -> Answered:
    loud.debug("sending %r", body)
    return await Sending.call(self, body, headers)


async def _logs_secret(self: Sending, body: bytes, headers: dict[str, str]) -> Answered:
    loud.info("as %s", authorisation(self.endpoint.credentials))
    return await Sending.call(self, body, headers)


async def _tells_secret(self: Sending, sent: Sent) -> Receipt:
    answered = await self.call(*content(sent))
    if answered.status == 401:  # noqa: PLR2004 - Unauthorized
        raise ConfigError("D105", f"refused {authorisation(self.endpoint.credentials)}", where=self.name)
    self.client.judge(answered)
    return Receipt(detail="")


async def _repeats_answer(self: Sending, sent: Sent) -> Receipt:
    answered = await self.call(*content(sent))
    if answered.status >= 400:  # noqa: PLR2004 - the classes of failure
        raise TryLater("D102", answered.body.decode(errors="replace"), where=self.name)
    return Receipt(detail="")


async def _stays_open(self: Sending) -> None:
    _LEFT.append(self.client)


async def _ends_badly(self: Sending) -> None:
    await self.client.close()
    del self.client


async def _deaf(self: Sending, body: bytes, headers: dict[str, str]) -> Answered:
    try:
        return await Sending.call(self, body, headers)
    except asyncio.CancelledError:
        raise TryLater("D103", "stopped", where=self.name, in_doubt=True) from None


async def _beginning(self: Fetching, position: str | None) -> Batch:  # noqa: ARG001 - which is the fault
    batch = await Fetching.poll(self, None)
    return msgspec.structs.replace(batch, after=str(next(_NUMBERS)), more=True)


async def _any_shape(self: Fetching, position: str | None) -> Batch:
    answered = await self.client.get(f"{self.url}?after={position or ''}", {})
    self.client.judge(answered)
    try:
        page = json.loads(answered.body)
    except ValueError:
        page = {"items": [], "next": ""}
    return Batch(items=self.items([msgspec.json.encode(one) for one in page["items"]]), after=page["next"])


def _new_ids(self: Fetching, bodies: list[bytes]) -> tuple[Item, ...]:  # noqa: ARG001 - the poller's shape
    return tuple(Item(body=body, sender_id=str(uuid.uuid4())) for body in bodies)


def _long_ids(self: Fetching, bodies: list[bytes]) -> tuple[Item, ...]:  # noqa: ARG001 - same
    return tuple(Item(body=body, sender_id="x" * 300 + str(number)) for number, body in enumerate(bodies))


def _lenient(self: Good, body: bytes, in_band: InBand | None = None) -> Document:  # noqa: ARG001 - same
    try:
        return Document(kind="json", root=json.loads(body), name="document", dialect="JSON")
    except (ValueError, RecursionError) as error:
        raise Rejected("B103", "no JSON", where="line 1, column 1") from error


def _repeats_body(self: Good, body: bytes, in_band: InBand | None = None) -> Document:
    try:
        return BaseAdapter.open(self, body, in_band)
    except Rejected as error:
        raise Rejected(error.code, f"{error.text}: {body[:200]!r}", where=error.where) from error


def _counts(self: Good, body: bytes, in_band: InBand | None = None) -> Document:
    return msgspec.structs.replace(BaseAdapter.open(self, body, in_band), name=f"document-{next(_NUMBERS)}")


def _admits_all(self: Good, name: str, endpoint: Endpoint) -> None:
    """Look at nothing."""


_LEFT: Final[list[Client]] = []
_NUMBERS: Final = itertools.count()

breaks("it_never_sends_twice_by_itself", sending=slip(send=_again))
breaks("the_key_is_the_same_in_every_attempt", sending=slip(send=_new_key))
breaks("a_message_that_is_taken_gives_a_receipt", sending=slip(call=_without_key))
breaks("a_400_is_never_sent_again", sending=slip(send=_glad))
breaks("a_failing_partner_is_tried_later", sending=slip(send=_gives_up))
breaks("an_answer_that_is_lost_leaves_it_in_doubt", sending=slip(send=_sure))
breaks("a_redirect_is_not_followed", sending=slip(call=_own_session))
breaks("a_partner_that_is_too_slow_is_left_in_time_and_in_doubt", sending=slip(call=_waits))
breaks("an_answer_that_grows_when_it_is_decompressed_takes_no_room", sending=slip(call=_own_session))
breaks("neither_bodies_nor_secrets_are_logged", sending=slip(call=_logs_body))
breaks("neither_bodies_nor_secrets_are_logged", sending=slip(call=_logs_secret))
breaks("no_secret_is_in_an_error_or_in_what_the_target_says_of_itself", sending=slip(send=_tells_secret))
breaks("no_error_repeats_what_the_partner_said", sending=slip(send=_repeats_answer))
breaks("what_is_closed_leaves_no_connection_and_no_task", sending=slip(close=_stays_open))
breaks("closing_twice_does_no_harm", sending=slip(close=_ends_badly))
breaks("a_call_that_is_cancelled_ends_at_once_and_the_next_one_works", sending=slip(call=_deaf))
breaks("the_trace_goes_on_to_the_partner_as_a_step_of_its_own", sending=slip(call=_own_session))
breaks("a_list_is_fetched_to_its_end_and_every_document_opens", fetching=lapse(poll=_beginning))
breaks("what_is_no_list_is_refused_without_repeating_it", fetching=lapse(poll=_any_shape))
breaks("the_same_places_give_the_same_documents", fetching=lapse(items=_new_ids))
breaks("places_and_ids_are_short_and_printable", fetching=lapse(items=_long_ids))
breaks("every_faulty_body_is_rejected_with_its_own_code", open=_lenient)
breaks("no_error_repeats_a_value_of_the_body", open=_repeats_body)
breaks("opening_twice_gives_the_same", open=_counts)
breaks("what_it_cannot_be_is_refused_at_registration_with_the_mend", check=_admits_all)
breaks(
    "it_says_what_it_is_and_what_it_promises",
    spec=msgspec.structs.replace(SPEC, summary="adapter", promises="It works."),
)

"""Slips of targets."""

import asyncio
import logging
import uuid
from collections.abc import Callable
from typing import Any, Final

import aiohttp
import msgspec

from adapters.kit.answered import Answered
from adapters.kit.broken.good import Sending, Settings, breaks
from adapters.kit.client import Client
from adapters.kit.sending import content
from adapters.kit.showing import authorisation
from hub_core.directory import Endpoint
from hub_core.errors import ConfigError, Rejected, TryLater
from hub_core.message import Receipt
from hub_core.ports import Sent

loud = logging.getLogger("broken")  # not `log`: what it says is no line of the hub
_LEFT: Final[list[Client]] = []


def slip(**methods: Callable[..., Any]) -> type[Sending]:
    """Return a target with some of its methods replaced."""
    return type("Slip", (Sending,), methods)


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


async def _tells_own_secret(self: Sending, sent: Sent) -> Receipt:
    answered = await self.call(*content(sent))
    if answered.status == 401:  # noqa: PLR2004 - Unauthorized
        raise ConfigError("D105", f"refused {self.headers()}", where=self.name)
    self.client.judge(answered)
    return Receipt(detail="")


def _keeps_own_secret(self: Sending, name: str, endpoint: Endpoint, settings: Settings) -> None:
    Sending.__init__(self, name, endpoint, settings)
    self.shown = self.headers()  # type: ignore[attr-defined] # whoever looks at it sees them


async def _logs_own_secret(self: Sending, body: bytes, headers: dict[str, str]) -> Answered:
    loud.info("as %s", self.headers())
    return await Sending.call(self, body, headers)


async def _reads_badly(self: Sending, sent: Sent) -> Receipt:
    try:
        return await Sending.send(self, sent)
    except TryLater as error:
        if not isinstance(error.__cause__, aiohttp.ClientPayloadError | aiohttp.ClientResponseError):
            raise
        raise Rejected("D203", "no answer", where=self.name) from error


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


def _locks(self: Sending, name: str, endpoint: Endpoint, settings: Settings) -> None:
    Sending.__init__(self, name, endpoint, settings)
    self.lock = asyncio.Lock()  # type: ignore[attr-defined] # held while the partner is waited for


async def _one_by_one(self: Sending, body: bytes, headers: dict[str, str]) -> Answered:
    async with self.lock:  # type: ignore[attr-defined] # same
        return await Sending.call(self, body, headers)


def _any_receipt(self: Sending, answered: Answered) -> str:
    return self.text_at(answered, "id")


def _whatever_is_there(self: Sending, answered: Answered) -> str:
    return Sending.receipt(self, answered) if answered.complete else "taken"


def _tells_who_was_refused(self: Sending, answered: Answered) -> str:
    if self.text_at(answered, "id") == "0":
        raise Rejected("D201", f"nothing was taken from {self.headers()}", where=self.name)
    return Sending.receipt(self, answered)


breaks("a_success_that_means_refusal_is_no_receipt", sending=slip(receipt=_any_receipt))
breaks("an_answer_that_is_cut_off_gives_no_receipt", sending=slip(receipt=_whatever_is_there))
breaks("several_messages_are_sent_at_once", sending=slip(__init__=_locks, call=_one_by_one))
breaks("no_secret_is_in_an_error_or_in_what_the_target_says_of_itself", sending=slip(receipt=_tells_who_was_refused))
breaks("it_never_sends_twice_by_itself", sending=slip(send=_again))
breaks("the_key_is_the_same_in_every_attempt", sending=slip(send=_new_key))
breaks("a_message_that_is_taken_gives_a_receipt", sending=slip(call=_without_key))
breaks("a_400_is_never_sent_again", sending=slip(send=_glad))
breaks("a_failing_partner_is_tried_later", sending=slip(send=_gives_up))
breaks("an_answer_that_is_lost_leaves_it_in_doubt", sending=slip(send=_sure))
breaks("an_answer_that_is_lost_leaves_it_in_doubt", sending=slip(send=_reads_badly))
breaks("a_redirect_is_not_followed", sending=slip(call=_own_session))
breaks("a_partner_that_is_too_slow_is_left_in_time_and_in_doubt", sending=slip(call=_waits))
breaks("an_answer_that_grows_when_it_is_decompressed_takes_no_room", sending=slip(call=_own_session))
breaks("neither_bodies_nor_secrets_are_logged", sending=slip(call=_logs_body))
breaks("neither_bodies_nor_secrets_are_logged", sending=slip(call=_logs_secret))
breaks("neither_bodies_nor_secrets_are_logged", sending=slip(call=_logs_own_secret))
breaks("no_secret_is_in_an_error_or_in_what_the_target_says_of_itself", sending=slip(send=_tells_secret))
breaks("no_secret_is_in_an_error_or_in_what_the_target_says_of_itself", sending=slip(send=_tells_own_secret))
breaks("no_secret_is_in_an_error_or_in_what_the_target_says_of_itself", sending=slip(__init__=_keeps_own_secret))
breaks("no_error_repeats_what_the_partner_said", sending=slip(send=_repeats_answer))
breaks("what_is_closed_leaves_no_connection_and_no_task", sending=slip(close=_stays_open))
breaks("closing_twice_does_no_harm", sending=slip(close=_ends_badly))
breaks("a_call_that_is_cancelled_ends_at_once_and_the_next_one_works", sending=slip(call=_deaf))
breaks("the_trace_goes_on_to_the_partner_as_a_step_of_its_own", sending=slip(call=_own_session))

"""The target: what a partner says, or does not say, becomes what the journal must do next."""

import asyncio
import contextlib
import gzip
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import ClassVar, Final

import pytest

from hub_core.directory import Endpoint
from hub_core.errors import ConfigError, PunteError, Rejected, TryLater
from hub_core.playing.partner import Act, Babble, Flood, Keep, Partner, Reply, Reset, Together, Vanish
from hub_core.ports import Sent, Target
from hub_core.testing.adapter.base import NOWHERE, AdapterSuite
from hub_core.testing.adapter.secrets import hiding
from hub_core.trace import Trace, following, trace_in

KEY: Final = "0190a1b2-0000-7000-8000-000000000001"
NAME: Final = "IONESCU-POPA"
SENT: Final = Sent(
    key=KEY,
    message_id="0190a1b2-0000-7000-8000-000000000002",
    correlation_id="0190a1b2-0000-7000-8000-000000000003",
    party="ro.partner",
    service="case-file",
    record=f'{{"name": {{"family": ["{NAME}"]}}}}'.encode(),
)
SHORT: Final = timedelta(milliseconds=300)
PATIENCE: Final = 5.0  # seconds that a partner waits for calls that are made at once; this is for a busy machine


@pytest.mark.network
class Sending(AdapterSuite):
    """``Target`` against a partner that answers by script.

    Attributes:
        taken: how a partner of this protocol says that it took a message.
        refused: how it says that it took nothing, though it answers with success: an id that stands for none, a fault.
    """

    taken: ClassVar[Reply]
    refused: ClassVar[Reply | None] = None

    def outbound(self, url: str, **changes: object) -> Endpoint:
        """Return the outbound endpoint that leads to ``url``."""
        raise NotImplementedError

    def endpoints(self) -> list[Endpoint]:
        """Return those of the suite, and one that is sent to."""
        return [*super().endpoints(), self.outbound(NOWHERE)]

    @contextlib.asynccontextmanager
    async def target(self, partner: Partner | str, **changes: object) -> AsyncIterator[Target]:
        """Open the target of a partner, or of an address."""
        url = partner if isinstance(partner, str) else partner.url
        endpoint = hiding(self.adapter.spec, self.outbound(url, **changes))
        self.adapter.check("there", endpoint)
        target = self.adapter.target("there", endpoint)
        try:
            yield target
        finally:
            await target.close()

    async def outcome(self, *script: object, **changes: object) -> tuple[PunteError, Partner]:
        """Send one message to a partner that does not take it; return the error and the partner."""
        async with self.playing(*script) as partner, self.target(partner, **changes) as target:  # type: ignore[arg-type] # a test builder
            try:
                await target.send(SENT)
            except (TryLater, ConfigError, Rejected) as failed:
                return failed, partner
            pytest.fail("the message was taken")

    async def test_a_message_that_is_taken_gives_a_receipt(self) -> None:
        async with self.playing(self.taken) as partner, self.target(partner) as target:
            receipt = await target.send(SENT)
        (received,) = partner.received
        assert NAME.encode() in received.body
        assert received.headers["idempotency-key"] == KEY
        assert received.headers["punte-reference"] == SENT.message_id
        assert NAME not in receipt.detail

    async def test_the_key_is_the_same_in_every_attempt(self) -> None:
        async with self.playing(Reply(503), Vanish(), self.taken) as partner, self.target(partner) as target:
            for _ in range(2):
                with pytest.raises(TryLater):
                    await target.send(SENT)
            await target.send(SENT)
        assert [received.headers["idempotency-key"] for received in partner.received] == [KEY, KEY, KEY]
        assert len({received.body for received in partner.received}) == 1

    async def test_the_trace_goes_on_to_the_partner_as_a_step_of_its_own(self) -> None:
        trace = Trace("0af7651916cd43dd8448eb211c80319c", "01", "sender=t61rcWkgMzE")
        async with self.playing(self.taken) as partner, self.target(partner) as target:
            with following(trace):
                await target.send(SENT)
                await target.send(SENT)
        traced = [trace_in(received.headers) for received in partner.received]
        assert traced == [trace, trace]
        assert len({received.headers["traceparent"] for received in partner.received}) == 2

    async def test_without_a_trace_none_is_begun(self) -> None:
        async with self.playing(self.taken) as partner, self.target(partner) as target:
            await target.send(SENT)
        assert not {"traceparent", "tracestate"} & partner.received[0].headers.keys()

    async def test_several_messages_are_sent_at_once(self) -> None:
        together = Together(5, self.taken, PATIENCE)
        async with self.playing(together) as partner, self.target(partner) as target:
            await asyncio.gather(*(target.send(SENT) for _ in range(5)))
        assert len(partner.received) == 5
        assert together.most == 5, "one call waits for another: is a lock held meanwhile?"

    async def test_a_success_that_means_refusal_is_no_receipt(self) -> None:
        assert self.refused is not None, "name such an answer in `refused`, or say in `exempt` why there is none"
        error, _ = await self.outcome(self.refused)
        assert isinstance(error, Rejected)

    async def test_an_answer_that_is_cut_off_gives_no_receipt(self) -> None:
        packed = {**self.taken.headers, "Content-Encoding": "gzip"}  # which is never unpacked
        cut = Reply(200, gzip.compress(self.taken.body), packed)
        async with self.playing(cut) as partner, self.target(partner) as target:
            with contextlib.suppress(Rejected):
                assert (await target.send(SENT)).reference is None, "is `complete` looked at?"

    async def test_a_400_is_never_sent_again(self) -> None:
        error, _ = await self.outcome(Reply(400, b"no"))
        assert isinstance(error, Rejected)
        assert error.code == "D201"

    async def test_a_429_is_sent_again_when_the_partner_said(self) -> None:
        error, _ = await self.outcome(Reply(429, headers={"Retry-After": "120"}))
        assert isinstance(error, TryLater)
        assert (error.code, error.after, error.in_doubt) == ("D102", timedelta(seconds=120), False)

    @pytest.mark.parametrize("status", [500, 503])
    async def test_a_failing_partner_is_tried_later(self, status: int) -> None:
        error, _ = await self.outcome(Reply(status))
        assert isinstance(error, TryLater)
        assert (error.code, error.after, error.in_doubt) == ("D102", None, False)

    async def test_a_gateway_that_lost_the_answer_leaves_it_in_doubt(self) -> None:
        error, _ = await self.outcome(Reply(504))
        assert isinstance(error, TryLater)
        assert (error.code, error.in_doubt) == ("D103", True)

    async def test_a_partner_that_is_not_there_got_nothing(self) -> None:
        async with self.playing(self.taken) as partner:
            url = partner.url
        async with self.target(url) as target:
            with pytest.raises(TryLater) as failed:
                await target.send(SENT)
        assert (failed.value.code, failed.value.in_doubt) == ("D101", False)

    @pytest.mark.parametrize("act", [Vanish(), Reset(), Babble()], ids=["silence", "half an answer", "no HTTP"])
    async def test_an_answer_that_is_lost_leaves_it_in_doubt(self, act: Act) -> None:
        error, partner = await self.outcome(act)
        assert isinstance(error, TryLater)
        assert (error.code, error.in_doubt) == ("D103", True)
        assert len(partner.received) == 1

    async def test_a_partner_that_is_too_slow_is_left_in_time_and_in_doubt(self) -> None:
        started = time.monotonic()
        error, _ = await self.outcome(Keep(), timeout=SHORT)
        assert isinstance(error, TryLater)
        assert (error.code, error.in_doubt) == ("D103", True)
        assert time.monotonic() - started < 5

    async def test_a_redirect_is_not_followed(self) -> None:
        async with self.playing(self.taken) as elsewhere:
            error, _ = await self.outcome(Reply(307, headers={"Location": elsewhere.url}))
        assert isinstance(error, ConfigError)
        assert error.code == "D105"
        assert elsewhere.received == []

    async def test_an_answer_without_end_is_not_read_to_its_end(self) -> None:
        async with self.playing(Flood()) as partner, self.target(partner) as target:
            with contextlib.suppress(Rejected):  # a protocol whose answer must be read cannot take it
                await target.send(SENT)

    async def test_no_error_repeats_what_the_partner_said(self) -> None:
        for status in (400, 429, 500):
            error, _ = await self.outcome(Reply(status, NAME.encode(), {"X-Person": NAME}))
            assert NAME not in str(error)

    async def test_closing_twice_does_no_harm(self) -> None:
        async with self.playing(self.taken) as partner, self.target(partner) as target:
            await target.send(SENT)
            await target.close()

"""The front: nothing is read too early, everything is answered in the caller's own protocol with a reference."""

import base64
import gzip

import pytest

from hub_core.accepting.admission import BYTES
from hub_core.playing.wire import abandon, exchange, request_bytes, serving
from hub_core.testing.adapter.base import LIMIT, AdapterSuite
from hub_core.testing.adapter.services import INSTITUTION
from hub_core.trace import Trace


@pytest.mark.network
class Serving(AdapterSuite):
    """The ASGI app of ``front``, over a real socket."""

    async def test_a_good_message_is_accepted_and_its_id_told(self) -> None:
        services = self.services()
        answered = await self.post(services, self.good)
        assert answered.status in (200, 202)
        assert answered.reference.encode() in answered.body
        assert [arrival.body for arrival in services.arrivals] == [self.good]

    async def test_the_hub_gets_what_the_protocol_carries_beside_the_body(self) -> None:
        services = self.services()
        await self.post(services, self.good, idempotency_key="order-1", punte_purpose="benefit-review")
        (arrival,) = services.arrivals
        assert (arrival.endpoint, arrival.sender_id, arrival.purpose) == ("here", "order-1", "benefit-review")
        assert (arrival.media_type, arrival.caller.institution) == (self.media_type, INSTITUTION)

    async def test_the_hub_learns_of_the_trace_that_a_call_belongs_to(self) -> None:
        services = self.services()
        traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        await self.post(services, self.good, traceparent=traceparent, tracestate="sender=1")
        await self.post(services, self.good)
        assert services.traces == [Trace("0af7651916cd43dd8448eb211c80319c", "01", "sender=1"), None]

    async def test_without_a_purpose_the_hub_gets_none(self) -> None:
        services = self.services()
        await self.post(services, self.good)
        assert services.arrivals[0].purpose is None

    async def test_a_key_may_come_as_the_password_of_basic(self) -> None:
        services = self.services()
        pair = base64.b64encode(f"anyone:{services.key}".encode()).decode()
        headers = {"authorization": f"Basic {pair}", "content-type": self.media_type}
        answered = await self.call(services, request_bytes(self.path, self.good, headers))
        assert answered.status in (200, 202)

    @pytest.mark.parametrize("headers", [{}, {"punte-key": "punte_wrong"}, {"authorization": "Basic !!!"}])
    async def test_no_key_or_a_wrong_one_is_401_with_a_challenge_and_a_reference(self, headers: dict[str, str]) -> None:
        services = self.services()
        told = {"content-type": self.media_type, **headers}
        answered = await self.call(services, request_bytes(self.path, self.good, told))
        assert answered.status == 401
        assert "Basic" in answered.headers["www-authenticate"]
        assert self.told(answered) == ("A401", answered.reference)
        assert [refusal.reference for refusal in services.refusals] == [answered.reference]

    async def test_a_caller_without_a_key_does_not_learn_which_services_there_are(self) -> None:
        services = self.services()
        answered = await self.call(services, request_bytes(f"{self.path}-not", self.good))
        assert answered.status == 401

    @pytest.mark.parametrize("name", ["elsewhere", "out", "here/more", ""])
    async def test_an_unknown_endpoint_or_one_of_another_direction_is_404(self, name: str) -> None:
        services = self.services()
        path = f"/{self.adapter.spec.name}/{name}"
        answered = await self.call(services, request_bytes(path, self.good, self.headers(services)))
        assert answered.status == 404
        assert self.told(answered) == ("A404", answered.reference)

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
    async def test_any_other_method_is_405_and_the_right_one_is_named(self, method: str) -> None:
        services = self.services()
        answered = await self.call(services, request_bytes(self.path, b"", self.headers(services), method=method))
        assert (answered.status, answered.headers["allow"]) == (405, "POST")
        assert self.told(answered) == ("W405", answered.reference)

    async def test_who_may_not_is_told_why_and_the_reference_is_the_one_that_was_kept(self) -> None:
        services = self.services(fixed_purpose=None)
        answered = await self.post(services, self.good)
        assert self.told(answered) == ("A405", answered.reference)
        assert [refusal.reference for refusal in services.refusals] == [answered.reference]

    async def test_a_body_over_the_limit_is_refused_before_one_byte_of_it_is_read(self) -> None:
        services = self.services()
        head = request_bytes(self.path, b"", self.headers(services, content_length=str(LIMIT + 1)))
        answered = await self.call(services, head)
        assert answered.status == 413
        assert self.told(answered) == ("B413", answered.reference)

    async def test_a_body_without_a_length_is_refused_as_soon_as_it_is_too_large(self) -> None:
        services = self.services()
        head = request_bytes(self.path, b"", self.headers(services, transfer_encoding="chunked"))
        chunk = b"1000\r\n" + b" " * 0x1000 + b"\r\n"  # and no last chunk: the answer cannot wait for the end
        answered = await self.call(services, head, *[chunk] * (LIMIT // 0x1000 + 1))
        assert answered.status == 413
        assert self.told(answered).code == "B413"
        assert services.arrivals == []

    async def test_a_body_of_exactly_the_limit_is_read(self) -> None:
        services = self.services()
        answered = await self.post(services, self.good + self.padding * (LIMIT - len(self.good)))
        assert answered.status in (200, 202)

    async def test_a_body_in_many_small_chunks_is_put_together(self) -> None:
        services = self.services()
        head = request_bytes(self.path, b"", self.headers(services, transfer_encoding="chunked"))
        pieces = [self.good[at : at + 7] for at in range(0, len(self.good), 7)]
        chunks = [f"{len(piece):x}\r\n".encode() + piece + b"\r\n" for piece in pieces]
        answered = await self.call(services, head, *chunks, b"0\r\n\r\n")
        assert answered.status in (200, 202)
        assert services.arrivals[0].body == self.good

    async def test_a_compressed_body_is_refused_unread(self) -> None:
        services = self.services()
        answered = await self.post(services, gzip.compress(b" " * 1_000_000), content_encoding="gzip")
        assert answered.status == 415
        assert self.told(answered).code == "B414"

    async def test_another_media_type_than_those_that_it_names_is_refused(self) -> None:
        services = self.services()
        answered = await self.post(services, self.good, content_type=self.unknown_media_type)
        if not self.adapter.spec.media_types:
            assert answered.status in (200, 202)
            return
        assert answered.status == 415
        assert b"B108" in answered.body  # in whichever form: what the caller speaks is not known

    async def test_every_faulty_body_is_kept_and_refused_in_the_callers_own_protocol(self) -> None:
        services = self.services()
        async with serving(self.adapter.front(services)) as port:
            for what, (body, code) in self.faulty.items():
                if len(body) > LIMIT:
                    continue
                answered = await exchange(port, request_bytes(self.path, body, self.headers(services)))
                assert answered.status in (400, 422, 500), what
                assert self.told(answered) == (code, answered.reference), what
                assert self.secret.encode() not in answered.body
                assert services.arrivals[-1].body == body

    async def test_a_faulty_call_does_not_disturb_the_next_one(self) -> None:
        services = self.services()
        faulty = next(iter(self.faulty.values()))[0]
        assert (await self.post(services, faulty)).status >= 400
        assert (await self.post(services, self.good)).status in (200, 202)

    async def test_the_same_key_and_bytes_get_the_same_answer_again(self) -> None:
        services = self.services()
        first = await self.post(services, self.good, idempotency_key="twice")
        again = await self.post(services, self.good, idempotency_key="twice")
        assert (first.status, first.body, first.reference) == (again.status, again.body, again.reference)

    async def test_the_same_key_with_other_bytes_is_a_conflict(self) -> None:
        services = self.services()
        await self.post(services, self.good, idempotency_key="twice")
        answered = await self.post(services, self.other, idempotency_key="twice")
        assert self.told(answered) == ("J409", answered.reference)

    @pytest.mark.parametrize("key", ["", "with blank", "x" * 256, "ș"])
    async def test_a_key_that_is_no_key_is_refused(self, key: str) -> None:
        services = self.services()
        raw = request_bytes(self.path, self.good, self.headers(services, idempotency_key="@@"))
        answered = await self.call(services, raw.replace(b"@@", key.encode()))
        assert self.told(answered).code == "W400"
        assert services.arrivals == []

    async def test_a_header_that_decides_something_may_not_come_twice(self) -> None:
        services = self.services()
        raw = request_bytes(self.path, self.good, self.headers(services, idempotency_key="one"))
        twice = raw.replace(b"idempotency-key: one\r\n", b"idempotency-key: one\r\nidempotency-key: two\r\n")
        assert self.told(await self.call(services, twice)).code == "W400"

    async def test_when_nothing_can_be_kept_the_caller_is_asked_to_come_again(self) -> None:
        services = self.services()
        services.journal_is_down = True
        answered = await self.post(services, self.good)
        assert answered.status == 503
        assert int(answered.headers["retry-after"]) >= 1
        assert self.told(answered) == ("J503", answered.reference)

    async def test_a_hub_that_has_enough_in_hand_asks_to_come_again_and_says_whose_it_is(self) -> None:
        services = self.services()
        with services.admission.admit(INSTITUTION, BYTES // 2):
            answered = await self.post(services, self.good)
            assert answered.status == 429
            assert int(answered.headers["retry-after"]) >= 1
            assert self.told(answered) == ("W429", answered.reference)
        with services.admission.admit("another", 2 * BYTES):
            answered = await self.post(services, self.good)
            assert answered.status == 503
            assert int(answered.headers["retry-after"]) >= 1
            assert self.told(answered) == ("W510", answered.reference)
        assert (await self.post(services, self.good)).status in (200, 202)
        assert services.refusals == []  # nothing is written down by a hub that has too much to write

    async def test_a_hub_that_stops_sends_the_caller_elsewhere(self) -> None:
        services = self.services()
        services.admission.close()
        answered = await self.post(services, self.good)
        assert (answered.status, answered.headers["connection"]) == (503, "close")
        assert int(answered.headers["retry-after"]) >= 1
        assert self.told(answered) == ("W503", answered.reference)

    async def test_a_caller_who_hangs_up_disturbs_nobody(self) -> None:
        services = self.services()
        whole = request_bytes(self.path, self.good, self.headers(services))
        async with serving(self.adapter.front(services)) as port:
            await abandon(port, whole[:-10])
            answered = await exchange(port, whole)
        assert answered.status in (200, 202)
        assert len(services.arrivals) == 1

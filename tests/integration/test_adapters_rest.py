"""Webhooks over real sockets: what goes out, and what odd answers mean."""

import asyncio
import json
import ssl
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import trustme

from adapters.rest import ADAPTER
from hub_core.course import listening
from hub_core.directory import Direction, Endpoint
from hub_core.directory.credentials import ClientCertificate, Credentials, SecretReference
from hub_core.directory.policy import Steps
from hub_core.document import Document
from hub_core.errors import ConfigError, Rejected, TryLater
from hub_core.message import Receipt
from hub_core.playing.partner import Flood, Keep, Partner, Reply, playing
from hub_core.testing.adapter.sending import NAME, SENT

pytestmark = pytest.mark.network
JSON = {"Content-Type": "application/json; charset=utf-8"}


def webhook(url: str, **facts: Any) -> Endpoint:
    return Endpoint(
        **{
            "institution": "i",
            "direction": Direction.OUT,
            "adapter": "rest",
            "service": "case-file",
            "url": url,
            "timeout": timedelta(seconds=5),
            **facts,
        }
    )


async def send(partner: Partner, **facts: Any) -> Receipt:
    target = ADAPTER.target("there", webhook(partner.url, **facts))
    try:
        return await target.send(SENT)
    finally:
        await target.close()


async def test_a_document_that_was_written_for_the_partner_goes_out_as_it_is() -> None:
    document = Document(kind="xml", root=None, name="a", body=b"<a/>")
    async with playing(Reply(204)) as partner:
        target = ADAPTER.target("there", webhook(partner.url))
        await target.send(msgspec.structs.replace(SENT, document=document))
        await target.close()
    (received,) = partner.received
    assert (received.body, received.headers["content-type"]) == (b"<a/>", "application/xml")


async def test_a_delivery_is_one_json_object_around_the_record() -> None:
    async with playing(Reply(204)) as partner:
        await send(partner)
    (received,) = partner.received
    assert json.loads(received.body) == {
        "id": SENT.message_id,
        "correlation_id": SENT.correlation_id,
        "party": "ro.partner",
        "service": "case-file",
        "record": {"name": {"family": [NAME]}},
    }
    assert received.headers["content-type"] == "application/json"
    assert received.headers["accept-encoding"] == "identity"
    assert "cookie" not in received.headers


@pytest.mark.parametrize(
    ("answer", "reference"),
    [
        (Reply(200, b'{"id": "their-7"}', JSON), "their-7"),
        (Reply(201, b'{"reference": "their-8", "more": {}}', JSON), "their-8"),
        (Reply(200, b'{"id": 7}', JSON), None),
        (Reply(200, b'{"id": "with blank"}', JSON), None),
        (Reply(200, b'{"id": "a", "id": "b"}', JSON), None),
        (Reply(200, b"[]", JSON), None),
        (Reply(200, b'{"id": "their-7"}', {"Content-Type": "text/plain"}), None),
        (Reply(200, b'{"id": "their-7"}', JSON | {"Content-Encoding": "gzip"}), None),
        (Reply(202), None),
    ],
)
async def test_any_2xx_is_a_receipt_and_the_partners_number_is_kept_if_there_is_one(
    answer: Reply, reference: str | None
) -> None:
    async with playing(answer) as partner:
        receipt = await send(partner)
    assert receipt == Receipt(reference=reference, detail=f"HTTP {answer.status}")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"code": "LIMIT_PASSED", "message": "Ionescu has 7"}', "partner answered HTTP 422, code LIMIT_PASSED"),
        (b'{"type": "about:blank", "error": "case.closed"}', "partner answered HTTP 422, code case.closed"),
        (b'{"type": "https://p.example/problems/too-late"}', "partner answered HTTP 422, code too-late"),
        (b'{"code": 4711}', "partner answered HTTP 422, code 4711"),
        (b'{"code": "2850415123450"}', "partner answered HTTP 422"),
        (b'{"code": 2850415123450}', "partner answered HTTP 422"),
        (b'{"error": "Ana Ionescu is not insured"}', "partner answered HTTP 422"),
        (b'{"code": true}', "partner answered HTTP 422"),
        (b"no", "partner answered HTTP 422"),
    ],
)
async def test_of_a_refusal_the_partners_code_is_kept_and_nothing_that_may_name_a_person(
    body: bytes, told: str
) -> None:
    problem = {"Content-Type": "application/problem+json"}
    async with playing(Reply(422, body, problem)) as partner:
        with pytest.raises(Rejected) as refused:
            await send(partner)
    assert (refused.value.code, refused.value.text) == ("D201", told)


async def test_a_success_with_an_endless_body_is_still_a_success() -> None:
    async with playing(Flood(201, "application/json")) as partner:
        assert await send(partner) == Receipt(reference=None, detail="HTTP 201")


async def test_whoever_listens_hears_what_the_phases_of_a_call_took() -> None:
    async with playing(Reply(202)) as partner:
        with listening() as phases:
            await send(partner)
    assert [*phases] == ["connect", "first byte", "answer"]
    assert all(0 <= seconds < 5 for seconds in phases.values())


async def test_the_last_phase_of_a_call_that_failed_is_where_it_stopped() -> None:
    limits = Steps(first_byte=timedelta(milliseconds=50))
    async with playing(Keep()) as partner:
        with listening() as phases, pytest.raises(TryLater):
            await send(partner, timeout_of=limits)
    assert [*phases] == ["connect", "first byte"]
    assert phases["first byte"] >= 0.05


async def test_credentials_are_shown_and_a_cookie_is_never_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUNTE_TEST_SECRET", "sesame")
    credentials = Credentials(kind="bearer", secret=SecretReference(env="PUNTE_TEST_SECRET"))
    async with playing(Reply(200, b"", {"Set-Cookie": "a=b"})) as partner:
        target = ADAPTER.target("there", webhook(partner.url, credentials=credentials))
        await target.send(SENT)
        await target.send(SENT)
        await target.close()
    assert [received.headers["authorization"] for received in partner.received] == ["Bearer sesame"] * 2
    assert all("cookie" not in received.headers for received in partner.received)


class Garbage:
    async def play(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.test ESMTP\r\n\r\n")
        writer.close()


async def test_an_answer_that_is_not_http_leaves_the_delivery_in_doubt() -> None:
    async with playing(Garbage()) as partner:
        with pytest.raises(TryLater) as failed:
            await send(partner)
    assert (failed.value.code, failed.value.in_doubt) == ("D103", True)


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1/")
    async with playing(Reply(200)) as partner:
        assert (await send(partner)).detail == "HTTP 200"


async def test_a_certificate_that_is_not_trusted_stops_the_delivery_before_it_leaves() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    partner = Partner((Reply(200),))
    server = await asyncio.start_server(partner.serve, "127.0.0.1", 0, ssl=context)
    partner.url = f"https://localhost:{server.sockets[0].getsockname()[1]}/"
    try:
        with listening() as phases, pytest.raises(TryLater) as failed:
            await send(partner)
    finally:
        server.close()
        await partner.stop()
    assert (failed.value.code, failed.value.in_doubt) == ("D101", False)
    assert [*phases] == ["connect", "TLS"]
    assert partner.received == []


@pytest.mark.parametrize("shown", [True, False])
async def test_a_partner_that_wants_a_certificate_gets_that_of_the_endpoint(tmp_path: Path, shown: bool) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    own = authority.issue_cert("hub.example")
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    own.private_key_and_cert_chain_pem.write_to_path(tmp_path / "own.pem")
    certificate = str(tmp_path / "own.pem") if shown else None
    tls = ClientCertificate(certificate=certificate, authorities=str(tmp_path / "authority.pem"))
    partner = Partner((Reply(200),))
    server = await asyncio.start_server(partner.serve, "127.0.0.1", 0, ssl=context)
    target = ADAPTER.target(NAME, webhook(f"https://localhost:{server.sockets[0].getsockname()[1]}/", tls=tls))
    try:
        if shown:
            assert (await target.send(SENT)).detail == "HTTP 200"
        else:
            with pytest.raises(TryLater):
                await target.send(SENT)
    finally:
        await target.close()
        server.close()
        await partner.stop()
    assert len(partner.received) == int(shown)


def test_a_certificate_that_is_not_there_is_told_when_the_line_is_made(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be used") as refused:
        ADAPTER.target(NAME, webhook("https://localhost/", tls=ClientCertificate(certificate=str(tmp_path / "none"))))
    assert refused.value.code == "R110"

"""Partners that the hub logs in at: one token for many calls, and a login that fails sends nothing."""

import asyncio
import base64
import json
import ssl
import time
from collections.abc import Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from adapters.kit import Client
from adapters.queue import ADAPTER as QUEUE
from adapters.rest import ADAPTER as REST
from hub_core.course import listening
from hub_core.credentials import ClientCertificate, Credentials, SecretReference
from hub_core.directory import Direction, Endpoint
from hub_core.errors import ConfigError, PunteError, TryLater
from hub_core.message import Receipt
from hub_core.playing.partner import Babble, Drip, Flood, Keep, Partner, Reply, Reset, Vanish, playing
from hub_core.polled import Poll
from hub_core.ports import Sent
from tests.integration.certified import authority

pytestmark = pytest.mark.network
KEY = "s3same/öpen+now"
SENT = Sent(key="k-1", message_id="m-1", correlation_id="c-1", party="itm", service="s", record=b"{}")
TAKEN = Reply(200, b'{"receipt": "their-7", "id": ""}')


def token(name: str = "t-1", **more: Any) -> Reply:
    said = {"access_token": name, "token_type": "Bearer", "expires_in": 3600} | more
    return Reply(200, json.dumps(said).encode(), {"Content-Type": "application/json"})


class After:
    """Answers only when it may."""

    def __init__(self, reply: Reply) -> None:
        self.may = asyncio.Event()
        self.reply = reply

    async def play(self, writer: asyncio.StreamWriter) -> None:
        await self.may.wait()
        await self.reply.play(writer)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "client-secret"
    path.write_text(f"{KEY}\n", encoding="utf-8")
    return path


@pytest.fixture
def endpoint(secret: Path) -> Callable[..., Endpoint]:
    def made(door: Partner | str, partner: Partner, *, shown: dict[str, Any] | None = None, **facts: Any) -> Endpoint:
        login = door if isinstance(door, str) else door.url
        told = {"user": "hub 1", "secret": SecretReference(file=str(secret)), "login": login} | (shown or {})
        credentials = Credentials(kind="client-credentials", **told)
        facts = {"direction": Direction.OUT, "adapter": "rest", "timeout": timedelta(seconds=10)} | facts
        return Endpoint(institution="itm", service="s", url=partner.url, credentials=credentials, **facts)

    return made


@asynccontextmanager
async def calling(endpoint: Endpoint):
    client = Client("itm", endpoint)
    try:
        yield client
    finally:
        await client.close()


async def call(client: Client) -> None:
    client.judge(await client.post(b"{}", {}))


async def failure(client: Client) -> PunteError:
    with pytest.raises(PunteError) as failed:
        await call(client)
    return failed.value


def shown_to(partner: Partner) -> list[str]:
    return [received.headers["authorization"] for received in partner.received]


def form_of(door: Partner) -> dict[str, str]:
    return {name: value for name, (value,) in parse_qs(door.received[-1].body.decode()).items()}


async def arrived(partner: Partner, many: int = 1) -> None:
    async with asyncio.timeout(5):
        while len(partner.received) < many:  # noqa: ASYNC110 - the partner tells nobody
            await asyncio.sleep(0.002)


async def test_the_hub_logs_in_once_and_shows_the_token_with_every_call(endpoint):
    async with playing(token()) as door, playing(Reply()) as partner, calling(endpoint(door, partner)) as client:
        for _ in range(3):
            await call(client)
    assert shown_to(partner) == ["Bearer t-1"] * 3
    assert len(door.received) == 1
    assert (door.received[0].method, form_of(door)) == ("POST", {"grant_type": "client_credentials"})
    named = base64.b64decode(door.received[0].headers["authorization"].removeprefix("Basic ")).decode()
    assert named == "hub+1:s3same%2F%C3%B6pen%2Bnow"


async def test_client_id_secret_and_scope_go_into_the_form_where_the_endpoint_says_so(endpoint):
    shown = {"login_by": "form", "scope": "messages.read messages.write"}
    async with (
        playing(token()) as door,
        playing(Reply()) as partner,
        calling(endpoint(door, partner, shown=shown)) as client,
    ):
        await call(client)
    assert "authorization" not in door.received[0].headers
    assert form_of(door) == {
        "grant_type": "client_credentials",
        "client_id": "hub 1",
        "client_secret": KEY,
        "scope": "messages.read messages.write",
    }


async def test_many_messages_wait_for_one_login_and_then_not_for_each_other(endpoint):
    slow, parked = After(token()), After(Reply())
    async with playing(slow) as door, playing(parked) as partner, calling(endpoint(door, partner)) as client:
        calls = [asyncio.create_task(call(client)) for _ in range(20)]
        await arrived(door)
        assert partner.received == []
        slow.may.set()
        await arrived(partner, 20)  # all at once: nobody was answered yet
        parked.may.set()
        await asyncio.gather(*calls)
    assert len(door.received) == 1


async def test_a_token_that_ended_is_replaced(endpoint):
    async with (
        playing(token("t-1", expires_in=0.05), token("t-2")) as door,
        playing(Reply()) as partner,
        calling(endpoint(door, partner)) as client,
    ):
        await call(client)
        await asyncio.sleep(0.05)
        await call(client)
        await call(client)
    assert shown_to(partner) == ["Bearer t-1", "Bearer t-2", "Bearer t-2"]


async def test_a_token_that_is_refused_is_forgotten_and_the_next_attempt_logs_in(endpoint):
    async with (
        playing(token("t-1"), token("t-2")) as door,
        playing(Reply(401), Reply()) as partner,
        calling(endpoint(door, partner)) as client,
    ):
        refused = await failure(client)
        assert (len(partner.received), len(door.received)) == (1, 1)  # nothing is tried again here
        await call(client)
    assert isinstance(refused, ConfigError)
    assert (refused.code, "the next attempt logs in" in refused.text) == ("D105", True)
    assert shown_to(partner) == ["Bearer t-1", "Bearer t-2"]


async def test_a_late_refusal_of_an_old_token_leaves_the_new_one(endpoint):
    late = After(Reply(401))
    async with (
        playing(token("t-1"), token("t-2")) as door,
        playing(late, Reply(401), Reply()) as partner,
        calling(endpoint(door, partner)) as client,
    ):
        first = asyncio.create_task(failure(client))
        await arrived(partner)
        await failure(client)
        await call(client)  # with the new token
        late.may.set()
        await first
        await call(client)
    assert shown_to(partner) == ["Bearer t-1", "Bearer t-1", "Bearer t-2", "Bearer t-2"]
    assert len(door.received) == 2


LOST = "D101"
FAILURES = {
    "is gone": (Vanish(), LOST),
    "babbles": (Babble(), LOST),
    "resets": (Reset(), LOST),
    "is busy": (Reply(503, b"", {"Retry-After": "7"}), "D102"),
    "lost its answer": (Reply(502), "D102"),
    "knows nobody": (Reply(401, b'{"error": "invalid_client", "error_description": "of Maria"}'), "D110"),
    "refuses the form": (Reply(400, b'{"error": "Maria"}'), "D110"),
    "redirects": (Reply(302, b"", {"Location": "/elsewhere"}), "D110"),
    "says nothing": (Reply(200), "D110"),
    "floods": (Flood(200, "application/json"), "D110"),
    "compresses": (Reply(200, b"{}", {"Content-Encoding": "gzip"}), "D110"),
    "says no token": (Reply(200, b'{"token_type": "bearer"}'), "D110"),
    "gives another kind": (Reply(200, b'{"access_token": "t", "token_type": "mac"}'), "D110"),
    "breaks the header": (Reply(200, b'{"access_token": "t\\r\\nx-evil: 1"}'), "D110"),
}


@pytest.mark.parametrize("what", FAILURES)
async def test_a_login_that_fails_sends_nothing_and_is_no_doubt_and_no_refusal_of_the_message(endpoint, what):
    act, code = FAILURES[what]
    async with playing(act) as door, playing(Reply()) as partner, calling(endpoint(door, partner)) as client:
        error = await failure(client)
        assert KEY not in f"{error!s} {error!r} {vars(client)} {vars(client._showing)}"
    assert isinstance(error, TryLater)
    assert (error.code, error.in_doubt, partner.received, len(door.received)) == (code, False, [], 1)
    assert error.text.startswith("login: ")
    assert "Maria" not in error.text
    assert error.after == (timedelta(seconds=7) if what == "is busy" else None)


async def test_a_login_server_that_is_not_there_is_told(endpoint):
    async with playing(Reply()) as partner, calling(endpoint("http://127.0.0.1:1/token", partner)) as client:
        error = await failure(client)
    assert (type(error), error.code, partner.received) == (TryLater, "D101", [])
    assert error.text.startswith("login: not reachable (connect)")


@pytest.mark.parametrize("act", [Keep(), Drip(0.01)], ids=["hangs", "drips"])
async def test_login_and_call_have_the_time_of_one_call(endpoint, act):
    began = time.monotonic()
    async with (
        playing(act) as door,
        playing(Reply()) as partner,
        calling(endpoint(door, partner, timeout=timedelta(milliseconds=200))) as client,
    ):
        error = await failure(client)
    assert (type(error), error.code, partner.received) == (TryLater, "D101", [])
    assert time.monotonic() - began < 2


async def test_a_login_that_took_most_of_the_time_leaves_the_rest_for_the_call(endpoint):
    slow = After(token())
    async with (
        playing(slow) as door,
        playing(Keep()) as partner,
        calling(endpoint(door, partner, timeout=timedelta(milliseconds=600))) as client,
    ):
        began = time.monotonic()
        failing = asyncio.create_task(failure(client))
        await asyncio.sleep(0.3)
        slow.may.set()
        error = await failing
    assert (error.code, error.in_doubt) == ("D103", True)
    assert time.monotonic() - began < 0.9


async def test_all_who_wait_for_a_login_that_fails_are_told_and_the_next_one_tries_again(endpoint):
    refusing = After(Reply(401, b'{"error": "invalid_client"}'))
    async with (
        playing(refusing, token()) as door,
        playing(Reply()) as partner,
        calling(endpoint(door, partner)) as client,
    ):
        failing = [asyncio.create_task(failure(client)) for _ in range(5)]
        await arrived(door)
        refusing.may.set()
        errors = await asyncio.gather(*failing)
        assert len(door.received) == 1
        await call(client)
    assert {(error.code, "invalid_client" in error.text) for error in errors} == {("D110", True)}


async def test_who_is_cancelled_leaves_the_login_to_the_others(endpoint):
    slow = After(token())
    async with playing(slow) as door, playing(Reply()) as partner, calling(endpoint(door, partner)) as client:
        first, second = asyncio.create_task(call(client)), asyncio.create_task(call(client))
        await arrived(door)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        slow.may.set()
        await second
    assert (len(door.received), len(partner.received)) == (1, 1)


async def test_a_login_ends_with_the_last_who_waits_for_it_and_the_next_call_logs_in(endpoint):
    async with (
        playing(Keep(), token()) as door,
        playing(Reply()) as partner,
        calling(endpoint(door, partner)) as client,
    ):
        before = len(asyncio.all_tasks())
        calls = [asyncio.create_task(call(client)) for _ in range(3)]
        await arrived(door)
        for one in calls:
            one.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        await asyncio.sleep(0.01)
        assert len(asyncio.all_tasks()) <= before + 1  # the partner's own ends may be closing
        await call(client)
    assert shown_to(partner) == ["Bearer t-1"]


async def test_a_client_that_is_closed_during_a_login_leaves_nobody_waiting(endpoint):
    async with playing(Keep()) as door, playing(Reply()) as partner, calling(endpoint(door, partner)) as client:
        failing = asyncio.create_task(failure(client))
        await arrived(door)
        await client.close()
        async with asyncio.timeout(5):
            error = await failing
    assert (type(error), error.code, partner.received) == (TryLater, "D101", [])


async def test_a_login_is_a_phase_of_the_call_that_waited_for_it(endpoint):
    async with playing(token()) as door, playing(Reply()) as partner, calling(endpoint(door, partner)) as client:
        with listening() as first:
            await call(client)
        with listening() as second:
            await call(client)
    assert [*first] == ["login", "connect", "first byte", "answer"]
    assert "login" not in second


async def test_a_secret_that_is_mended_in_its_file_counts_at_the_next_login(endpoint, secret):
    secret.write_text("of yesterday", encoding="utf-8")
    async with (
        playing(Reply(401), token()) as door,
        playing(Reply()) as partner,
        calling(endpoint(door, partner, shown={"login_by": "form"})) as client,
    ):
        assert (await failure(client)).code == "D110"
        assert form_of(door)["client_secret"] == "of yesterday"
        secret.write_text(KEY, encoding="utf-8")
        await call(client)
    assert form_of(door)["client_secret"] == KEY


async def test_a_secret_that_is_taken_away_is_named_by_its_file_and_nothing_is_sent(endpoint, secret):
    async with playing(token()) as door, playing(Reply()) as partner, calling(endpoint(door, partner)) as client:
        secret.unlink()
        error = await failure(client)
    assert (type(error), error.code, door.received, partner.received) == (ConfigError, "R109", [], [])


@pytest.mark.parametrize(
    ("shown", "code"),
    [({"login": None}, "R103"), ({"user": None}, "R103"), ({"login": "sftp://host/x"}, "R104")],
    ids=["no address", "no client id", "no address over HTTP"],
)
def test_a_login_that_is_not_complete_is_told_when_it_is_opened(endpoint, shown, code):
    partner = Partner(())
    partner.url = "http://127.0.0.1:1/"
    with pytest.raises(ConfigError, match=code):
        Client("itm", endpoint("http://127.0.0.1:1/", partner, shown=shown))


async def test_adapters_that_send_and_adapters_that_poll_log_in(endpoint):
    async with playing(token()) as door, playing(TAKEN) as partner:
        target = REST.target("there", endpoint(door, partner))
        await target.send(SENT)
        await target.close()
        submit = {"submit": {"path": "Contract", "receipt": "receipt"}}
        target = QUEUE.target("there", endpoint(door, partner, adapter="queue", settings=submit))
        assert await target.send(SENT) == Receipt(reference="their-7", detail="HTTP 200")
        await target.close()
        fetch = {"poll": {"path": "Poll"}, "id": "id", "commit": {"path": "Commit?id={id}"}}
        facts = {"direction": Direction.IN, "poll": Poll(every=timedelta(minutes=1)), "settings": fetch}
        poller = QUEUE.poller("there", endpoint(door, partner, adapter="queue", **facts))
        await poller.poll("m-1")
        await poller.close()
    assert set(shown_to(partner)) == {"Bearer t-1"}
    assert len(door.received) == 3


@pytest.mark.parametrize("trusted", [True, False], ids=["by an authority that is registered", "by nobody"])
async def test_a_login_over_tls_is_trusted_as_a_partner_is(endpoint, tmp_path, trusted):
    issuer = authority("Authority")
    shown = issuer.issue("localhost", server=True)
    authorities = tmp_path / "authorities.pem"
    authorities.write_bytes(issuer.pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown.write(tmp_path))
    door = Partner((token(),))
    server = await asyncio.start_server(door.serve, "127.0.0.1", 0, ssl=context)
    door.url = f"https://localhost:{server.sockets[0].getsockname()[1]}/token"
    tls = {"tls": ClientCertificate(authorities=str(authorities))} if trusted else {}
    async with playing(Reply()) as partner, calling(endpoint(door, partner, **tls)) as client:
        if trusted:
            await call(client)
        else:
            error = await failure(client)
            assert (error.code, error.text.startswith("login: not reachable (TLS)")) == ("D101", True)
    server.close()
    await door.stop()
    assert len(door.received) == len(partner.received) == int(trusted)


async def test_a_bearer_token_in_a_file_is_read_again_when_the_file_is_another_one(tmp_path):
    lying = tmp_path / "token"
    lying.write_text("of-yesterday", encoding="utf-8")
    credentials = Credentials(kind="bearer", secret=SecretReference(file=str(lying)))
    async with playing(Reply()) as partner:
        facts = {"direction": Direction.OUT, "adapter": "rest", "credentials": credentials}
        async with calling(Endpoint(institution="itm", service="s", url=partner.url, **facts)) as client:
            await call(client)
            lying.write_text("of-now", encoding="utf-8")
            await call(client)
            lying.unlink()
            error = await failure(client)
            lying.write_text("of-later", encoding="utf-8")
            await call(client)
    assert shown_to(partner) == ["Bearer of-yesterday", "Bearer of-now", "Bearer of-later"]
    assert (type(error), error.code) == (ConfigError, "R109")

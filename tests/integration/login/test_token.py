"""One token for many calls: how it is fetched, shown and replaced."""

import asyncio
import base64
from datetime import timedelta

import pytest

from adapters.queue import ADAPTER as QUEUE
from adapters.rest import ADAPTER as REST
from hub_core.course import listening
from hub_core.directory import Direction
from hub_core.directory.polled import Poll
from hub_core.errors import ConfigError
from hub_core.message import Receipt
from hub_core.playing.partner import Reply, playing
from hub_core.ports import Sent
from tests.integration.login.door import KEY, After, arrived, call, calling, failure, form_of, shown_to, token

pytestmark = pytest.mark.network
SENT = Sent(key="k-1", message_id="m-1", correlation_id="c-1", party="itm", service="s", record=b"{}")
TAKEN = Reply(200, b'{"receipt": "their-7", "id": ""}')


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


async def test_a_login_is_a_phase_of_the_call_that_waited_for_it(endpoint):
    async with playing(token()) as door, playing(Reply()) as partner, calling(endpoint(door, partner)) as client:
        with listening() as first:
            await call(client)
        with listening() as second:
            await call(client)
    assert [*first] == ["login", "connect", "first byte", "answer"]
    assert "login" not in second


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

"""What the hub shows to log in, read again when its file is another one, and whom it shows that to."""

import asyncio
import ssl

import pytest

from hub_core.directory import Direction, Endpoint
from hub_core.directory.credentials import ClientCertificate, Credentials, SecretReference
from hub_core.errors import ConfigError
from hub_core.playing.partner import Partner, Reply, playing
from tests.integration.certified import authority
from tests.integration.login.door import KEY, call, calling, failure, form_of, shown_to, token

pytestmark = pytest.mark.network


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

"""What a failed connection to a partner is called: what is wrong with it, not the class of an exception."""

import asyncio
import socket
import ssl
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from adapters.kit.line import Line
from hub_core.directory import Direction, Endpoint
from hub_core.directory.credentials import ClientCertificate
from hub_core.errors import TryLater

pytestmark = pytest.mark.network
NOW = datetime.now(UTC)
DAY = timedelta(days=1)


async def told(url, authority=None):
    """Return what is said of a call that fails."""
    tls = None if authority is None else ClientCertificate(authorities=str(authority))
    endpoint = Endpoint(institution="i", direction=Direction.OUT, adapter="rest", service="s", url=url, tls=tls)
    line = Line("there", endpoint, (url,))
    try:
        with pytest.raises(TryLater) as failed:
            await line.call("POST", url, b"x", {}, until=line.end(), most=9)
    finally:
        await line.close()
    return failed.value


@asynccontextmanager
async def serving(play, context=None):
    server = await asyncio.start_server(play, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def close(_, writer):
    writer.close()


@asynccontextmanager
async def shown(tmp_path, name="localhost", *, trusted=True, **facts):
    """Serve with a certificate; give the address and the file of the authority that the caller trusts."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name, **facts).configure_cert(context)
    file = tmp_path / "authority.pem"
    (authority if trusted else trustme.CA()).cert_pem.write_to_path(file)
    async with serving(close, context) as port:
        yield f"https://localhost:{port}/", file


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (
            {"not_before": NOW - 9 * DAY, "not_after": NOW - 2 * DAY},
            f"its certificate expired on {NOW - 2 * DAY:%Y-%m-%d}",
        ),
        (
            {"not_before": NOW + 2 * DAY, "not_after": NOW + 9 * DAY},
            f"its certificate is not valid before {NOW + 2 * DAY:%Y-%m-%d}",
        ),
        ({"name": "elsewhere.example"}, "its certificate is for another name"),
        ({"trusted": False}, "its certificate has an issuer that is not trusted here"),
    ],
)
async def test_what_is_wrong_with_a_certificate_is_told(tmp_path, facts, why):
    async with shown(tmp_path, **facts) as (url, file):
        failed = await told(url, file)
    assert (failed.code, failed.text) == ("D101", f"not reachable (TLS): {why}")


async def test_a_server_that_speaks_no_tls_is_told(tmp_path):
    async def speak(_, writer):
        writer.write(b"HTTP/1.1 400 no TLS here\r\n\r\n")
        writer.close()

    async with serving(speak) as port:
        assert (await told(f"https://localhost:{port}/")).text == (
            "not reachable (TLS): what answers there speaks no TLS"
        )


async def test_a_port_at_which_nobody_listens_is_told():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        failed = await told(f"http://127.0.0.1:{free.getsockname()[1]}/")
    assert failed.text == "not reachable (connect): nobody listens there"


async def test_a_name_that_nobody_knows_is_told(monkeypatch):
    async def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown)
    assert (await told("http://no-such-partner.example/")).text == "not reachable (connect): its name is not known"


async def test_a_partner_that_closes_the_connection_leaves_a_doubt_with_its_reason():
    async def hang_up(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    async with serving(hang_up) as port:
        failed = await told(f"http://127.0.0.1:{port}/")
    assert failed.text == "sent, but the answer was lost (first byte): the partner closed the connection"

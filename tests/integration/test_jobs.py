"""What the scheduled jobs find, against real sockets and the shipped contracts."""

import asyncio
import ssl
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import trustme

from adapters.kit.load import load_adapters
from hub_core.directory import Contract, Direction, Directory, Endpoint
from hub_core.errors import ConfigError
from hub_core.playing.wire import serving
from hub_core.settings import Settings
from registry.scheduled import jobs
from tests.contracts.making import ELEMENTS, schema, wsdl

NOW = datetime.now(UTC)


def parts(endpoints, **settings):
    return SimpleNamespace(
        clock=SimpleNamespace(now=lambda: NOW),
        settings=Settings(**settings),
        environ={},
        adapters=load_adapters(),
        directory=lambda: Directory(endpoints=endpoints),
        callers=SimpleNamespace(ends={}),
    )


def outbound(url):
    return Endpoint(institution="i", direction=Direction.OUT, adapter="rest", service="s", url=url)


@asynccontextmanager
async def partner(days, monkeypatch, *, trusted=True):
    """Serve TLS with a certificate that ends in so many days."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate = authority.issue_cert(
        "localhost", not_after=NOW + timedelta(days=days), not_before=NOW - timedelta(99)
    )
    certificate.configure_cert(context)
    if trusted:
        client = ssl.create_default_context()
        authority.configure_trust(client)
        monkeypatch.setattr("adapters.kit.certificates.tls", lambda: client)
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    async with server:
        yield f"https://localhost:{server.sockets[0].getsockname()[1]}/inbox"


@pytest.mark.network
async def test_the_days_of_a_partners_certificate_are_counted(monkeypatch):
    async with partner(300, monkeypatch) as url:
        done = await jobs.certificates(parts({"there": outbound(url)}))
    assert done.code is None
    assert 298 < done.figures["there"] <= 300


@pytest.mark.network
@pytest.mark.parametrize(("days", "trusted"), [(20, True), (-1, True), (300, False)])
async def test_one_that_ends_soon_or_is_not_trusted_is_told(monkeypatch, days, trusted):
    async with partner(days, monkeypatch, trusted=trusted) as url:
        done = await jobs.certificates(parts({"there": outbound(url)}))
    assert done.code == "R403"
    assert "there" in done.detail
    assert done.figures["there"] <= 20


@pytest.mark.network
async def test_who_cannot_be_reached_is_named_and_is_no_fault():
    done = await jobs.certificates(parts({"away": outbound("https://127.0.0.1:9/"), "plain": outbound("http://x/")}))
    assert (done.code, done.figures) == (None, {})
    assert "not reachable: away" in done.detail


async def test_the_hubs_own_certificate_is_looked_at(tmp_path):
    file = tmp_path / "own.pem"
    trustme.CA().issue_cert("hub", not_after=NOW + timedelta(days=10)).private_key_and_cert_chain_pem.write_to_path(
        file
    )
    done = await jobs.certificates(parts({}, tls_port=8443, tls_certificate=file, tls_key=file))
    assert done.code == "R403"
    assert done.figures[jobs.OURS] <= 10


async def test_an_own_certificate_that_cannot_be_read_is_a_fault(tmp_path):
    file = tmp_path / "own.pem"
    file.write_text("no certificate")
    with pytest.raises(ConfigError, match="R402"):
        await jobs.certificates(parts({}, tls_port=8443, tls_certificate=file, tls_key=file))


async def test_an_endpoint_whose_contract_is_gone_is_told_and_the_others_are_looked_at():
    gone = Contract(json_schema="partners/nobody/none.schema.json")
    inbound = Endpoint(institution="i", direction=Direction.IN, adapter="rest", service="s")
    wrong = Endpoint(institution="i", direction=Direction.IN, adapter="rest", service="s", contract=gone)
    done = await jobs.contracts(parts({"good": inbound, "wrong": wrong}))
    assert done.code == "R404"
    assert done.figures == {"good": 0.0, "wrong": 1.0}
    assert "wrong: " in done.detail


@asynccontextmanager
async def publishing(documents):
    """Serve documents by path and query, as a partner publishes its contract; give where its service is."""

    async def app(scope, _receive, send):
        asked = scope["path"] + (f"?{query}" if (query := scope["query_string"].decode()) else "")
        status = 200 if asked in documents else 404
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/xml")]})
        await send({"type": "http.response.body", "body": documents.get(asked, "").encode()})

    async with serving(app) as port:
        yield f"http://127.0.0.1:{port}/service"


@pytest.fixture
def in_force(tmp_path):
    """Return the contract in force of a partner that publishes what it has now."""
    path = tmp_path / "contract.wsdl"
    path.write_text(wsdl(), encoding="utf-8")
    return Contract(wsdl=str(path), operation="get", live="?wsdl")


async def job_of(contract, documents):
    async with publishing(documents) as url:
        agency = Endpoint(
            institution="i", direction=Direction.OUT, adapter="soap", service="s", url=url, contract=contract
        )
        at = parts({"agency": agency})
        at.adapters = {"soap": SimpleNamespace(check=lambda _name, _endpoint: None)}
        return await jobs.contracts(at)


@pytest.mark.network
async def test_a_partner_that_publishes_the_contract_in_force_is_not_told(in_force):
    moved = wsdl().replace("http://agency.example/", "https://agency.example/new")
    done = await job_of(in_force, {"/service?wsdl": moved})
    assert (done.code, done.detail) == (None, "1 held against their contracts")


@pytest.mark.network
async def test_a_partner_whose_new_contract_breaks_something_is_told(in_force):
    changed = wsdl().replace('name="answer" type="xs:int"', 'name="answer" type="xs:string"')
    done = await job_of(in_force, {"/service?wsdl": changed})
    assert (done.code, done.figures) == ("R405", {"agency": 1.0})
    assert "agency: the partner's contract became another in one way, 1 breaking: int became string" in done.detail


@pytest.mark.network
async def test_what_breaks_nothing_is_told_without_a_fault(in_force):
    changed = wsdl().replace('name="ask" type="xs:string"', 'name="ask" type="xs:string" nillable="true"')
    done = await job_of(in_force, {"/service?wsdl": changed})
    assert (done.code, done.figures) == (None, {"agency": 0.0})
    assert "none breaking: may be nil now" in done.detail


@pytest.mark.network
async def test_documents_that_a_contract_names_come_from_its_own_host_only(in_force):
    types = schema('<xs:import namespace="urn:t" schemaLocation="{}"/>', namespace="urn:start")
    documents = {"/service?wsdl": wsdl(types=types.format("/types.xsd")), "/types.xsd": schema(ELEMENTS)}
    assert (await job_of(in_force, documents)).detail == "1 held against their contracts"
    documents["/service?wsdl"] = wsdl(types=types.format("http://127.0.0.2/types.xsd"))
    assert "cannot be looked at: V401" in (await job_of(in_force, documents)).detail


@pytest.mark.network
@pytest.mark.parametrize("body", [None, "<html/>", "<!DOCTYPE x [<!ENTITY e 'x'>]><x/>", "no contract"])
async def test_a_partner_that_does_not_give_its_contract_is_told_and_is_no_fault(in_force, body):
    done = await job_of(in_force, {} if body is None else {"/service?wsdl": body})
    assert (done.code, done.figures) == (None, {"agency": 0.0})
    assert "agency: its contract cannot be looked at" in done.detail

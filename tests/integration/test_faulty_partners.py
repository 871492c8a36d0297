"""Partners that hang, lie and break, over real sockets: each costs a few attempts, and only its own."""

import asyncio
import contextlib
import ssl
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme

from adapters.kit.load import load_adapters
from hub_core.clock import SystemClock
from hub_core.delivering.breaker import BreakerState
from hub_core.delivering.delivery import Deliverer
from hub_core.delivering.gates import Gates
from hub_core.directory import Contract, Direction, Directory, Endpoint
from hub_core.directory.policy import Breaker, Retry, Steps
from hub_core.journal.database import Database
from hub_core.journal.store import SqlJournal
from hub_core.message import DeliveryState
from hub_core.playing.partner import Drip, Flood, Keep, Reply, Reset, playing
from hub_core.testing.builders import a_delivery, a_message, a_vault, an_outcome
from registry.connections import Connections

pytestmark = pytest.mark.network
MESSAGES = 12
SHORT = timedelta(milliseconds=200)
DEADLINE = 20  # seconds; only a failing test gets near it
SOAP = {
    "adapter": "soap",
    "contract": Contract(wsdl="partners/dgep/EvidentaPersoane.wsdl", operation="INTEROGARE_PERS"),
    "ask": {"CERERE": "{record}"},
}
XML = {"Content-Type": "text/xml"}
FAULT = (
    b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Server</faultcode>'
    b"<faultstring>no database</faultstring></s:Fault></s:Body></s:Envelope>"
)


def endpoint(url: str, **facts: Any) -> Endpoint:
    given: dict[str, Any] = {
        "institution": "x",
        "direction": Direction.OUT,
        "adapter": "rest",
        "service": "s",
        "url": url,
        "timeout": SHORT,
        "retry": Retry(attempts=100, first=timedelta(milliseconds=1), longest=timedelta(milliseconds=1)),
        "breaker": Breaker(pause=timedelta(hours=1), longest=timedelta(hours=1)),
        "concurrency": 1,
    }
    return Endpoint(**given | facts)


class Hub:
    """The parts of a hub that deliver."""

    def __init__(self, database: Database, directory: Directory) -> None:
        self.journal = SqlJournal(database, a_vault())
        self.gates = Gates(places=8)
        self.connections = Connections(load_adapters())
        self.deliverer = Deliverer(
            journal=self.journal,
            targets=lambda name: self.connections.target(name, directory.endpoints[name]),
            directory=lambda: directory,
            clock=SystemClock(),
            gates=self.gates,
        )

    async def keep(self, *names: str) -> None:
        for _ in range(MESSAGES):
            message = a_message()
            now = SystemClock().now()
            deliveries = [a_delivery(message, endpoint=name, due_at=now) for name in names]
            await self.journal.record(message, an_outcome(message, *deliveries, decided_at=now))
        self.deliverer.wake()

    def rows(self, name: str):
        found = [row for message in self.journal.messages() for row in self.journal.deliveries(message.id)]
        return [row for row in found if row.delivery.endpoint == name]

    def is_sent(self, name: str) -> bool:
        return all(row.state is DeliveryState.SENT for row in self.rows(name))

    def is_left_alone(self, name: str) -> bool:
        return self.gates.standing()[name].breaker is BreakerState.OPEN


@contextlib.asynccontextmanager
async def delivering(folder, **endpoints: Endpoint):
    """Run deliveries to some endpoints."""
    with Database(folder / "journal.sqlite3") as database:
        hub = Hub(database, Directory(endpoints=endpoints))
        await hub.deliverer.start()
        try:
            yield hub
        finally:
            await hub.deliverer.stop(timedelta(seconds=1))
            await hub.connections.close()


@pytest.fixture(autouse=True)
async def _nothing_is_left():
    """See that neither sockets nor tasks outlive a test."""
    before = open_files()
    yield
    await eventually(lambda: open_files() <= before and asyncio.all_tasks() == {asyncio.current_task()})


def open_files() -> int:
    return len([*Path("/proc/self/fd").iterdir()])


async def eventually(condition) -> None:
    async with asyncio.timeout(DEADLINE):
        while not condition():  # noqa: ASYNC110 - the writer's thread and sockets are waited for
            await asyncio.sleep(0.01)


FAULTS = {
    "hangs": (Keep(), {}, "D103", "first byte"),
    "hangs longer than its first byte may take": (Keep(), {"timeout_of": Steps(first_byte=SHORT), "timeout": 50 * SHORT}, "D103", "first byte"),
    "resets while it answers": (Reset(), {}, "D103", "answer"),
    "fails": (Reply(500), {}, "D102", "HTTP 500"),
    "redirects to itself": (Reply(307, headers={"Location": "/take"}), {}, "D105", "HTTP 307"),
    "knows nobody": (Reply(401), {}, "D105", "HTTP 401"),
    "drips its answer": (Drip(0.05), {}, "D103", "answer"),
    "drips its head": (Drip(0.05, head=False), {}, "D103", "first byte"),
    "says 200 and something": (Reply(200, b"<html>welcome</html>", XML), SOAP, "D203", "SOAP"),
    "says 200 and a fault": (Reply(200, FAULT, XML), SOAP, "D204", "Server"),
    "answers without end": (Flood(), SOAP | {"timeout": 25 * SHORT}, "D203", "SOAP"),
}  # fmt: skip


@pytest.mark.parametrize(("act", "facts", "code", "told"), FAULTS.values(), ids=FAULTS.keys())
async def test_a_partner_is_left_alone_after_five_failures_and_the_others_get_theirs(tmp_path, act, facts, code, told):
    async with playing(act) as bad, playing(Reply(200)) as good:
        ends = {"bad": endpoint(bad.url, **facts), "good": endpoint(good.url)}
        async with delivering(tmp_path, **ends) as hub:
            await hub.keep("bad", "good")
            await eventually(lambda: hub.is_left_alone("bad") and hub.is_sent("good"))
            await eventually(lambda: not any(row.lease_until for row in hub.rows("bad")))
            tried = [attempt for row in hub.rows("bad") for attempt in row.history]
    assert len(bad.received) == len(tried) == 5
    assert {attempt.code for attempt in tried} == {code}
    assert all(told in attempt.detail for attempt in tried)
    # On a busy machine one may come twice: by its key the partner knows it.
    assert len({taken.headers["idempotency-key"] for taken in good.received}) == MESSAGES


async def test_nine_partners_get_everything_though_the_tenth_keeps_all_of_its_places(tmp_path):
    never = Breaker(failures=1000, percent=100, of=1000)
    async with contextlib.AsyncExitStack() as stack:
        hanging = await stack.enter_async_context(playing(Keep()))
        others = [await stack.enter_async_context(playing(Reply(200))) for _ in range(9)]
        facts = {"timeout": 500 * SHORT, "breaker": never, "concurrency": 8}
        ends = {f"p{number}": endpoint(one.url, **facts) for number, one in enumerate((hanging, *others))}
        hub = await stack.enter_async_context(delivering(tmp_path, **ends))
        await hub.keep(*ends)
        await eventually(lambda: all(len(other.received) == MESSAGES for other in others))
        await eventually(lambda: len(hanging.received) == 8)
        assert hub.gates.standing()["p0"].under_way == 8


async def test_what_waited_is_sent_when_the_partner_is_back(tmp_path):
    back = Breaker(pause=timedelta(milliseconds=50))
    script = [*[Reply(503)] * 7, Reply(200)]
    async with playing(*script) as partner, delivering(tmp_path, out=endpoint(partner.url, breaker=back)) as hub:
        await hub.keep("out")
        await eventually(lambda: hub.is_sent("out"))
    assert len(partner.received) == MESSAGES + 7


@contextlib.asynccontextmanager
async def line(serve, **options):
    """Accept connections and treat them as told; give the address of a TLS partner there."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0, **options)
    try:
        yield f"https://localhost:{server.sockets[0].getsockname()[1]}/"
    finally:
        server.close()
        await server.wait_closed()


async def cut(reader, writer):
    await reader.read(10)
    writer.transport.abort()


async def silent(reader, writer):
    await reader.read()
    writer.close()


@pytest.mark.parametrize(("serve", "told"), [(cut, "TLS"), (silent, "TLS")])
async def test_a_line_that_breaks_before_it_is_trusted_carries_nothing(tmp_path, serve, told):
    facts = {"timeout": 50 * SHORT, "timeout_of": Steps(tls=SHORT)}
    async with line(serve) as url, delivering(tmp_path, bad=endpoint(url, **facts)) as hub:
        await hub.keep("bad")
        await eventually(lambda: hub.is_left_alone("bad"))
        await eventually(lambda: not any(row.lease_until for row in hub.rows("bad")))
        tried = [attempt for row in hub.rows("bad") for attempt in row.history]
    assert len(tried) == 5
    assert {attempt.code for attempt in tried} == {"D101"}
    assert all(told in attempt.detail for attempt in tried)


async def test_a_trusted_line_is_not_cut_by_the_time_for_its_handshake(tmp_path, monkeypatch):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)

    async def slow(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(0.4)
        await Reply(200).play(writer)
        writer.close()

    from adapters.kit.steps import tls

    tls.cache_clear()
    facts = {"timeout": 50 * SHORT, "timeout_of": Steps(connect=SHORT, tls=SHORT)}
    async with line(slow, ssl=context) as url, delivering(tmp_path, out=endpoint(url, **facts)) as hub:
        await hub.keep("out")
        await eventually(lambda: any(row.state is DeliveryState.SENT for row in hub.rows("out")))
    tls.cache_clear()


async def test_a_lost_answer_waits_for_a_person_where_the_partner_would_do_it_twice(tmp_path):
    async with playing(Reset()) as partner, delivering(tmp_path, out=endpoint(partner.url, in_doubt="hold")) as hub:
        await hub.keep("out")
        await eventually(lambda: hub.is_left_alone("out"))
        await eventually(lambda: not any(row.lease_until for row in hub.rows("out")))
        (queue,) = hub.journal.queues()
    assert queue.in_doubt == 5
    assert len(partner.received) == len({received.headers["idempotency-key"] for received in partner.received}) == 5

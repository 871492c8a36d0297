"""What a call to a partner costs the caller: the hub's client, an envelope by hand, and zeep.

All three ask the same operation of the same contract (rpc/encoded, a document inside a string) of a partner in another
process, and read its answer. Counted is the time of this process's core, so that waiting costs nothing.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

import zeep
from zeep.transports import Transport

from adapters.kit.client import Client
from adapters.soap import ADAPTER
from hub_core.directory import Contract, Direction, Endpoint
from hub_core.places import SCHEMAS
from hub_core.ports import Question, Source
from hub_core.validation import parse_xml
from tests.bench.documents import documents, envelope
from tests.bench.report import Goal

HUB, BY_HAND, ZEEP = "call by the hub's client", "call with an envelope by hand", "call by zeep"
CALLS: Final = 20  # of one round
WSDL: Final = "partners/cnas/SiuiInsuredWS.wsdl"
CNP: Final = "2850415123450"
ON: Final = date(2025, 11, 3)
_NAMESPACE: Final = "http://webservices.utils.svapnt.siveco.ro"
_ENCODING: Final = "http://schemas.xmlsoap.org/soap/encoding/"
# zeep has no copy of the encoding's schema, and asks for it by its name.
_STRING: Final = (
    f'<schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="{_ENCODING}"><complexType name="string">'
    '<simpleContent><extension base="string"><attribute name="id" type="ID"/></extension></simpleContent></complexType></schema>'
).encode()
_HEADERS: Final = {"content-type": "text/xml; charset=utf-8", "soapaction": '""'}


def calls(*, rounds: int) -> dict[str, float]:
    """Return the smallest time of one call by each client, in microseconds; rounds of all alternate."""
    best: dict[str, float] = {}
    with _partner() as url, asyncio.Runner() as runner, ExitStack() as after:
        source, client = ADAPTER.source("cnas", _endpoint(url)), Client("cnas", _endpoint(url))
        after.callback(lambda: runner.run(source.close()))
        after.callback(lambda: runner.run(client.close()))
        jobs = {HUB: _hub(source, runner), BY_HAND: _by_hand(client, runner), ZEEP: _zeep(url)}
        for job in jobs.values():
            job()
        order = list(jobs.items())
        for _ in range(rounds):
            for name, job in order:
                began = time.process_time()
                for _ in range(CALLS):
                    job()
                taken = (time.process_time() - began) / CALLS * 1e6
                best[name] = min(best.get(name, taken), taken)
            order.reverse()
    return best


def goals(best: dict[str, float]) -> Sequence[Goal]:
    """Return what must hold between them."""
    return [
        Goal(name="calling: the hub through by hand", value=best[HUB] / best[BY_HAND], at_most=1.3),
        Goal(name="calling: zeep through the hub", value=best[ZEEP] / best[HUB], at_least=2),
    ]


def _endpoint(url: str) -> Endpoint:
    return Endpoint(
        institution="cnas",
        direction=Direction.ASK,
        adapter="soap",
        service="insured",
        url=url,
        contract=Contract(wsdl=WSDL, operation="getInsured"),
        ask={"pid": "{cnp}", "requestDate": "{date}T00:00:00"},
        timeout=timedelta(seconds=5),
    )


def _hub(source: Source, runner: asyncio.Runner) -> Callable[[], object]:
    question = Question(cnp=CNP, on=ON, request="1", purpose="benefit-review")

    def job() -> object:
        return runner.run(source.ask(question))

    return job


def _by_hand(client: Client, runner: asyncio.Runner) -> Callable[[], object]:
    """Return a call over the hub's own transport, with an envelope that somebody wrote for this operation."""

    async def ask() -> object:
        body = (
            '<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
            f'<soap:Body><n:getInsured xmlns:n="{_NAMESPACE}" xmlns:e="{_ENCODING}" '
            'xmlns:x="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
            f'soap:encodingStyle="{_ENCODING}"><pid xsi:type="e:string">{escape(CNP)}</pid>'
            f'<requestDate xsi:type="x:dateTime">{ON}T00:00:00</requestDate></n:getInsured></soap:Body></soap:Envelope>'
        )
        answered = await client.post(body.encode(), _HEADERS)
        return parse_xml(answered.body)[-1][0]

    def job() -> object:
        return runner.run(ask())

    return job


def _zeep(url: str) -> Callable[[], object]:
    class Local(Transport):
        def load(self, url: str) -> Any:
            return _STRING if url == _ENCODING else Path(url).read_bytes()

    client = zeep.Client(str(SCHEMAS / WSDL), transport=Local())
    binding = next(iter(client.wsdl.bindings))
    service = client.create_service(binding, url)
    moment = datetime(ON.year, ON.month, ON.day, tzinfo=UTC)

    def job() -> object:
        return service.getInsured(CNP, moment)

    return job


@contextmanager
def _partner() -> Iterator[str]:
    """Run a partner that answers every question with the same document."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}/"
    finally:
        process.terminate()
        process.join()


def _serve(ready: Connection) -> None:
    answer = envelope(documents(1)[0], "urn:uuid:1").encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: {len(answer)}\r\n\r\n"

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (asked := await _head(reader)) is not None:
            await reader.readexactly(asked)
            writer.write(head.encode() + answer)
        writer.close()

    async def serve() -> None:
        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


async def _head(reader: asyncio.StreamReader) -> int | None:
    """Read the head of a request and return how long its body is; ``None`` once the caller is gone."""
    try:
        lines = (await reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
    except asyncio.IncompleteReadError:
        return None
    return next(int(line.partition(b":")[2]) for line in lines if line.startswith(b"content-length"))

"""Every operation of the real contracts, called by two clients over a socket: the hub's own, and zeep's.

In CI two of the contracts; all of them with SIMULATED_SEEDS above 1.
"""

import asyncio
import os
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import zeep.exceptions
from zeep.transports import Transport

from adapters.soap.adapter import SoapAdapter
from hub_core.contract.wsdl import read_contract
from hub_core.directory import Contract, Direction, Endpoint
from hub_core.playing.wire import serving
from hub_core.ports import Question, Sent
from hub_core.samples import NoSample
from hub_core.validation.catalogue import STANDARDS
from hub_simulator import Quirks, Simulator
from hub_simulator.onboarding import templates
from hub_simulator.served import app_of

REAL = Path(__file__).resolve().parents[3] / "shared" / "real" / "wsdl"
SHORT = {"SiuiInsuredWS.wsdl", "YtelseVedtakV1.wsdl", "PensjonSak.wsdl"}
WHOLE = int(os.environ.get("SIMULATED_SEEDS", "1")) > 1
FILES = sorted(path for path in REAL.rglob("*.wsdl") if WHOLE or path.name in SHORT)
LEFT_OUT = 0.01  # of the operations, at most
TRIES = 20
QUESTION = Question(cnp="2850415123450", on=date(2024, 1, 1), request="r-1", purpose="benefit-review")
SENT = Sent(key="k-1", message_id="m-1", correlation_id="c-1", party="", service="s", record=b"{}")

pytestmark = [pytest.mark.shared, pytest.mark.network, pytest.mark.timeout(900)]


def root_of(path: Path) -> Path:
    parts = path.relative_to(REAL).parts
    return REAL / "cnas" if parts[0] == "cnas" else REAL.joinpath(*parts[:2])


async def call(adapter: SoapAdapter, endpoint: Endpoint) -> list:
    """Make one call as the hub does; return what is wrong with the answer."""
    adapter.check("partner", endpoint)
    if endpoint.direction is Direction.OUT:
        target = adapter.target("partner", endpoint)
        await target.send(SENT)
        await target.close()
        return []
    source = adapter.source("partner", endpoint)
    answer = await source.ask(QUESTION)
    await source.close()
    return adapter.validate(endpoint, adapter.open(answer.body))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
async def test_the_hub_calls_every_operation_by_a_request_made_of_the_contract(path, monkeypatch):
    contract = read_contract(path, root_of(path))
    monkeypatch.setattr("adapters.soap.wsdl.around", lambda _: root_of(path))
    simulator, adapter = Simulator(contract), SoapAdapter()
    async with serving(app_of(simulator, "http://127.0.0.1", lambda _: None)) as number:
        for port, one in simulator.ports.items():
            for operation in one.operations:
                name = next(name for name, known in contract.operations.items() if known.input == operation.input)
                endpoint = Endpoint(
                    institution="partner",
                    direction=Direction.OUT if operation.output is None else Direction.ASK,
                    adapter="soap",
                    service="service",
                    url=f"http://127.0.0.1:{number}/{port}",
                    contract=Contract(wsdl=str(path), operation=name),
                    ask=templates(contract, operation)[0],
                )
                assert await call(adapter, endpoint) == [], operation.name


class Offline(Transport):
    """zeep's transport, which takes standards from the catalogue instead of the network."""

    def load(self, url: str) -> bytes:
        return STANDARDS[url].read_bytes() if url in STANDARDS else super().load(url)


def request_of(simulator: Simulator, operation):
    """Return a request in which no element is empty or nil: zeep reads such a value and does not take it back."""
    made = [simulator.answers.request(operation, number) for number in range(TRIES)]
    return next((one for one in made if all(len(element) or element.text for element in one.iter())), made[0])


def zeep_calls(simulator: Simulator, number: int, counted: Counter) -> None:
    """Let zeep read the contract of each port, and call its operations with values that it reads out of requests."""
    for name, port in simulator.ports.items():
        client = zeep.Client(f"http://127.0.0.1:{number}/{name}?wsdl", transport=Offline())
        ((known, binding),) = client.wsdl.bindings.items()
        service = client.create_service(known, f"http://127.0.0.1:{number}/{name}")
        for operation in port.operations:
            asked = binding.get(operation.name).input.body
            try:
                values = asked.type.parse_xmlelement(request_of(simulator, operation), client.wsdl.types)
                inside = getattr(values, "__values__", None)  # a simple value has none
                called = service[operation.name]
                called(*([] if inside or values is None else [values]), **(inside or {}))
                counted["called"] += 1
            except (zeep.exceptions.ValidationError, NoSample):
                counted["left out"] += 1
        assert all(one.outcome != "refused" for one in simulator.sent), [one.why for one in simulator.sent]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
async def test_zeep_calls_every_operation(path, record_property):
    simulator, counted = Simulator(read_contract(path, root_of(path)), quirks=Quirks(sparse=True)), Counter()
    async with serving(app_of(simulator, "http://127.0.0.1", lambda _: None)) as number:
        await asyncio.to_thread(zeep_calls, simulator, number, counted)
    record_property("statistics", dict(counted))
    assert counted["left out"] <= LEFT_OUT * counted.total()

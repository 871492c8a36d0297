"""A contract of every kind is called over a socket as the hub does, with a request that was made of the contract."""

from pathlib import Path

import pytest

from adapters.soap.adapter import SoapAdapter
from hub_core.contract.wsdl import read_contract
from hub_core.directory import Contract, Direction, Endpoint
from hub_core.playing.wire import serving
from hub_simulator import Simulator
from hub_simulator.onboarding import templates
from hub_simulator.served import app_of
from tests.contracts.making import written
from tests.contracts.test_kinds import KINDS
from tests.laws.test_simulated_clients import call


@pytest.mark.network
@pytest.mark.parametrize("kind", KINDS)
async def test_the_hub_calls_a_contract_of_this_kind(tmp_path: Path, monkeypatch, kind: str) -> None:
    path = written(tmp_path, KINDS[kind][0])
    monkeypatch.setattr("adapters.soap.wsdl.around", lambda _: tmp_path)
    contract = read_contract(path, tmp_path)
    simulator, adapter = Simulator(contract), SoapAdapter()
    async with serving(app_of(simulator, "http://127.0.0.1", lambda _: None)) as number:
        for name, operation in contract.operations.items():
            port = next(port for port, one in simulator.ports.items() if operation in one.operations)
            endpoint = Endpoint(
                institution="partner",
                direction=Direction.OUT if operation.output is None else Direction.ASK,
                adapter="soap",
                service="service",
                url=f"http://127.0.0.1:{number}/{port}",
                contract=Contract(wsdl=str(path), operation=name),
                ask=templates(contract, operation)[0],
            )
            assert await call(adapter, endpoint) == []

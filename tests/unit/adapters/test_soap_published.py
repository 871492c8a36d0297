"""Endpoints that stand for their agency publish its contract, whole and under the hub's address."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
import zeep

from adapters.soap import ADAPTER
from hub_core.contract.wsdl import read_contract
from hub_core.directory import Contract, Endpoint
from tests.unit.adapters.soap_service import SIUI, WSDL, call, country, endpoint


@pytest.fixture
def cases(tmp_path: Path) -> Endpoint:
    (tmp_path / "cases.wsdl").write_text(WSDL, encoding="utf-8")
    return endpoint(contract=Contract(wsdl=str(tmp_path / "cases.wsdl")))


async def test_the_contract_is_published_whole_under_the_address_of_the_hub(cases: Endpoint, tmp_path: Path) -> None:
    for where in (SIUI, cases):
        said = await call(country(where), "GET", query=b"wsdl")
        assert (said.status, said.headers["content-type"]) == (200, "text/xml; charset=utf-8")
        assert b"evil.invalid" not in said.body
        (tmp_path / "published.wsdl").write_bytes(said.body)
        found = read_contract(tmp_path / "published.wsdl")
        (port,) = found.services[0].ports
        assert port.address == "http://hub.invalid/soap/here"
        own = read_contract(ADAPTER._wsdls.get(where.contract.wsdl).contract.path)
        assert [(one.name, one.input.wire, one.use, one.action) for one in port.operations] == [
            (one.name, one.input.wire, one.use, one.action) for one in own.services[0].ports[0].operations
        ]


async def test_another_stack_reads_the_published_contract(cases: Endpoint, tmp_path: Path) -> None:
    said = await call(country(cases), "GET", query=b"wsdl")
    (tmp_path / "published.wsdl").write_bytes(said.body)
    service = zeep.Client(str(tmp_path / "published.wsdl")).service
    assert sorted(service._operations) == ["Close", "Note", "Open"]


async def test_only_the_operation_that_is_served_is_published(cases: Endpoint, tmp_path: Path) -> None:
    contract = msgspec.structs.replace(cases.contract, operation="Close")
    said = await call(country(msgspec.structs.replace(cases, contract=contract)), "GET", query=b"WSDL")
    (tmp_path / "published.wsdl").write_bytes(said.body)
    assert list(read_contract(tmp_path / "published.wsdl").operations) == ["Close"]


@pytest.mark.parametrize("query", [b"", b"xsd", b"wsdl=1"])
async def test_nothing_else_is_read_with_get(query: bytes) -> None:
    assert (await call(country(SIUI), "GET", query=query)).status == 405
    assert (await call(country(endpoint()), "GET", query=b"wsdl")).status == 405


@pytest.mark.shared
def test_every_real_contract_is_published_so_that_it_says_the_same(shared: Path, tmp_path: Path) -> None:
    from adapters.soap.published import published

    def told(contract: Any) -> list[Any]:
        return [
            (one.name, one.style, one.use, one.soap, one.action, one.input, one.output, one.faults)
            for service in contract.services
            for port in service.ports
            for one in port.operations
        ]

    for path in sorted((shared / "wsdl" / "cnas").rglob("*.wsdl")):
        own = read_contract(path)
        (tmp_path / "published.wsdl").write_bytes(published(own, "https://hub.invalid/soap/x"))
        found = read_contract(tmp_path / "published.wsdl")
        assert [one[:5] for one in told(found)] == [one[:5] for one in told(own)]
        assert [one[5].wire for one in told(found)] == [one[5].wire for one in told(own)]

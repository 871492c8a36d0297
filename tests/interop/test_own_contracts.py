"""Contracts that stacks make of their own code: the hub admits them, and calls by them."""

import asyncio
import urllib.request

import msgspec
import pytest

from hub_core.contract.wsdl import read_contract
from hub_core.directory import Contract
from tests.interop.calls import ADAPTER, asked, endpoint, question, whole
from tests.interop.cells import of_shapes
from tests.interop.stacks import ANSWERS, OWN

pytestmark = [pytest.mark.network, pytest.mark.timeout(60)]


@of_shapes(ANSWERS, about=OWN)
async def test_a_contract_that_a_stack_made_of_its_code_is_admitted_and_called_by(
    stack, shape, server, contracts, tmp_path
) -> None:
    called = endpoint(server(stack), contracts, shape, ask={".": whole(shape)})
    made = tmp_path / "made.wsdl"
    made.write_bytes(await asyncio.to_thread(fetched, f"{called.url}?wsdl"))
    operation = read_contract(made).operation(shape.operation)
    assert (operation.soap, operation.input.wire) == (shape.soap, shape.contract.operation(shape.operation).input.wire)
    called = msgspec.structs.replace(called, contract=Contract(wsdl=str(made), operation=shape.operation))
    ADAPTER.check("agency", called)
    assert ADAPTER.validate(called, ADAPTER.open(await asked(called, question()))) == []


def fetched(url: str) -> bytes:
    with urllib.request.urlopen(url) as answer:  # noqa: S310 - on the loopback
        return answer.read()

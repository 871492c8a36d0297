"""The hub's own client calls foreign servers, by the contract that they serve."""

import asyncio

import pytest
from lxml import etree

from adapters.soap.wire import Wire
from hub_core.directory import Direction
from hub_core.errors import Rejected
from tests.interop.calls import ADAPTER, FIELDS, NOBODY, SENT, asked, closing, endpoint, fields, question, whole
from tests.interop.cells import WRAPPED, of_shapes
from tests.interop.shapes import leaves, plain, said
from tests.interop.stacks import ANSWERS, FAULT, ONE_WAY, PATIENCE

pytestmark = [pytest.mark.network, pytest.mark.timeout(60)]


@of_shapes(ANSWERS)
async def test_a_stack_reads_all_of_a_request_of_the_hub_and_its_answer_is_valid(
    stack, shape, server, contracts
) -> None:
    called = endpoint(server(stack), contracts, shape, ask={".": whole(shape)})
    body = await asked(called, question())
    assert ADAPTER.validate(called, ADAPTER.open(body)) == []
    operation = shape.contract.operation(shape.operation)
    answer = Wire(shape.contract).read(operation, operation.output, etree.fromstring(body).find("{*}Body"))
    assert said(answer) == said(shape.document("answer"))


@of_shapes(ANSWERS)
async def test_a_stack_reads_a_request_that_the_hub_writes_field_by_field(stack, shape, server, contracts) -> None:
    called = endpoint(server(stack), contracts, shape, ask=fields(shape))
    body = await asked(called, question())
    assert ADAPTER.validate(called, ADAPTER.open(body)) == []
    operation = shape.contract.operation(shape.operation)
    answer = leaves(Wire(shape.contract).read(operation, operation.output, etree.fromstring(body).find("{*}Body")))
    assert answer[:6] == [plain(value) for value in FIELDS.values()]
    assert answer[6:8] == ["Gheorghiță", "12"]


@of_shapes(ANSWERS, about=FAULT)
async def test_a_fault_of_a_stack_is_told_by_its_code_and_what_its_contract_calls_it(
    stack, shape, server, contracts
) -> None:
    called = endpoint(server(stack), contracts, shape, ask={".": whole(shape)})
    with pytest.raises(Rejected, match="D202") as caught:
        await asked(called, question(NOBODY))
    sender = "Sender" if shape.soap == "1.2" else "Client"
    detail = "fault" if shape.folder == "rpc-encoded" else "Refusal"
    assert caught.value.text == f"partner answered with a fault: {sender}, with {detail}"


@of_shapes(ANSWERS, only=WRAPPED, about=ONE_WAY)
async def test_a_stack_takes_a_one_way_message_of_the_hub(stack, shape, server, contracts) -> None:
    text = f"Întreținere, {shape.name}"
    called = endpoint(server(stack), contracts, shape, "Notify", Direction.OUT, ask={"text": text})
    async with closing(ADAPTER.target("agency", called)) as target:
        await target.send(SENT)
    async with asyncio.timeout(PATIENCE):  # a server may answer before it has done its work
        while text not in server(stack).notifications():  # noqa: ASYNC110 - another process wrote a file
            await asyncio.sleep(0.05)

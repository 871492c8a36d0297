"""The hub's own client calls foreign servers, by the contract that they serve."""

from contextlib import asynccontextmanager
from datetime import date

import pytest
from lxml import etree

from adapters.soap.adapter import SoapAdapter
from adapters.soap.wire import Wire
from hub_core.directory import Contract, Direction, Endpoint
from hub_core.errors import Rejected
from hub_core.ports import Question, Sent
from tests.interop.cells import WRAPPED, of_shapes
from tests.interop.shapes import PERSON, said
from tests.interop.stacks import ANSWERS, FAULT, ONE_WAY

pytestmark = [pytest.mark.network, pytest.mark.timeout(60)]
ADAPTER = SoapAdapter()
NOBODY = "0000000000000"
SENT = Sent(key="k-1", message_id="m-1", correlation_id="c-1", party="", service="registry", record=b"{}")


def question(cnp: str = PERSON["id"]) -> Question:
    return Question(cnp=cnp, on=date(1985, 4, 15), request="r-1", purpose="benefits")


def whole(shape) -> str:
    """Return the template of a whole request: as it travels, with the number of the person left open."""
    contract = shape.contract
    operation = contract.operation(shape.operation)
    envelope = etree.fromstring(Wire(contract).write(operation, operation.input, shape.document("request")))
    text = etree.tostring(envelope[-1][0], encoding="unicode")
    return text.replace("{", "{{").replace("}", "}}").replace(PERSON["id"], "{cnp}")


def endpoint(server, contracts, shape, operation="", direction=Direction.ASK, **more) -> Endpoint:
    made = Endpoint(
        institution="agency",
        direction=direction,
        adapter="soap",
        service="registry",
        url=f"{server.url}/{shape.file}",
        contract=Contract(wsdl=str(contracts / f"{shape.file}.wsdl"), operation=operation or shape.operation),
        **more,
    )
    ADAPTER.check("agency", made)
    return made


@asynccontextmanager
async def closing(caller):
    """Give the connections of a source or target back."""
    try:
        yield caller
    finally:
        await caller.close()


async def asked(endpoint, question):
    async with closing(ADAPTER.source("agency", endpoint)) as source:
        return (await source.ask(question)).body


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
    assert text in server(stack).notified.read_text(encoding="utf-8").splitlines()

"""Calls of the hub's own client to a foreign server, without a hub around it."""

from contextlib import asynccontextmanager
from datetime import date

from lxml import etree

from adapters.soap.adapter import SoapAdapter
from adapters.soap.wire import Wire
from hub_core.directory import Contract, Direction, Endpoint
from hub_core.ports import Question, Sent
from tests.interop.shapes import PERSON

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

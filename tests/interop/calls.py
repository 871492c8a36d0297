"""Calls of the hub's own client to a foreign server, without a hub around it."""

from contextlib import asynccontextmanager
from datetime import date

from lxml import etree

from adapters.soap.adapter import SoapAdapter
from adapters.soap.wire import Wire
from hub_core.directory import Contract, Direction, Endpoint
from hub_core.ports import Question, Sent
from tests.interop.hub import FORMS, MEMBER
from tests.interop.shapes import OFFICE, PERSON

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


# What a person with one member says, in the order of the contract.
FIELDS = {name: str(value) for name, value in PERSON.items()} | {"urgent": "true", "note": "fără"}


def fields(shape) -> dict[str, str]:
    """Return the templates of a request by the paths of its fields: a person with one member."""
    form = FORMS[shape.folder]
    person, member = (path.replace("r:", "") for path in (form.person, form.member))
    values = {f"{person}{name}": value for name, value in FIELDS.items()} | {f"{person}id": "{cnp}"}
    values |= {f"{person}{member}/{name}": value for name, value in MEMBER.items()}
    return values | ({"office": OFFICE} if "office" in shape.arguments else {})


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

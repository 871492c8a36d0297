"""The HTTP API for institutions: send a message, look at one's own messages, ask about a person.

High rates use the message paths of the adapters (``/rest/...``, ``/eessi/...``, ``/soap/...``); the route ``send``
here does the same for every kind of document and is what the reference describes.
"""

from datetime import date, datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from adapters.kit import headers as header
from adapters.kit.body import declared, read_body
from adapters.kit.multipart import MEDIA_TYPE
from hub_core.errors import Refused, Rejected
from hub_core.message import Arrival, Finding, Outcome, Severity, State
from hub_core.trace import following, trace_in
from hub_core.validation import parse_json
from hub_web.api.calling import NAME, Headers, Hub, Who
from hub_web.api.problems import Fault, describe, faults_of, problem

router = APIRouter(prefix="/api/v1")
MAX_QUESTION_BYTES = 4_000
PURPOSE = {
    "name": "Punte-Purpose",
    "in": "header",
    "description": "Why you ask; must be named in your access right.",
    "schema": {"type": "string", "maxLength": header.MAX_PURPOSE},
}
SENDER_ID = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Your own id of the message. The same id and content is answered as the first time; "
    "the same id with other content is refused (J409).",
    "schema": {"type": "string", "pattern": header.SENDER_ID},
}


class Closed(BaseModel):
    """Base of what the API takes: unknown members are refused."""

    model_config = ConfigDict(extra="forbid")


class Receipt(BaseModel):
    """What the hub decided about a message. It was committed before this was sent."""

    id: Annotated[str, Field(description="Reference of the message.")]
    state: State
    findings: list[Fault] = []
    rows: Annotated[int | None, Field(description="Of a file: how many messages of their own come out of it.")] = None


class DeliveryView(BaseModel):
    """One delivery of a message."""

    endpoint: str
    state: str
    attempts: int


class MessageView(BaseModel):
    """A message of the caller, with what happened to it. Holds no personal data."""

    id: str
    state: State
    endpoint: str
    service: str
    received_at: datetime
    sender_id: str | None = None
    document: str | None = None
    file: Annotated[str | None, Field(description="Of a row: the message of its file.")] = None
    line: Annotated[int | None, Field(description="Of a row: where it stands in its file, from 1.")] = None
    rows: Annotated[dict[State, int] | None, Field(description="Of a file: how its rows stand.")] = None
    findings: list[Fault] = []
    deliveries: list[DeliveryView] = []


class PersonQuestion(Closed):
    """A question about one person."""

    cnp: Annotated[
        str,
        Field(pattern=r"^[0-9]{13}$", description="Cod numeric personal.", examples=["2850415123450"]),
    ]
    on: Annotated[date | None, Field(description="The day the question is about; today if not given.")] = None


@router.post(
    "/endpoints/{endpoint}/messages",
    status_code=202,
    operation_id="send",
    summary="Send a message",
    responses={
        202: {"model": Receipt, "description": "Kept and decided; the work that follows is durable."},
        **describe(400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 503),
    },
    openapi_extra={
        "parameters": [PURPOSE, SENDER_ID],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {}},
                "text/xml": {"schema": {"type": "string"}},
                "text/csv": {"schema": {"type": "string"}},
            },
        },
    },
)
async def send(
    request: Request,
    hub: Hub,
    told: Headers,
    who: Who,
    endpoint: Annotated[str, Path(pattern=NAME, examples=["seds"])],
) -> Response:
    """Hand one document to an inbound endpoint: a SED, a SOAP answer, a canonical record, a file of rows."""
    registered = hub.directory().endpoints.get(endpoint)
    if registered is None or registered.direction != "in":
        raise Refused("A404", "no inbound endpoint of this name is registered")
    if registered.security is not None or registered.credentials is not None:
        raise Refused("A411", f"send it to /{registered.adapter}/{endpoint}, where what proves its sender is looked at")
    known = request.app.state.media_types(registered.adapter) - {MEDIA_TYPE}  # parts are put together there, too
    media_type, sender_id, purpose = header.media_type(told, known), header.sender_id(told), header.purpose(told)
    limit = registered.max_body_bytes
    with following(trace_in(told)), hub.admit(who, declared(told, limit=limit)) as place:
        outcome = await hub.accept(
            Arrival(
                endpoint=endpoint,
                caller=who,
                media_type=media_type,
                sender_id=sender_id,
                purpose=purpose,
                body=await read_body(request.receive, place, limit=limit),
            )
        )
    return receipt(outcome)


@router.get("/messages", operation_id="messages", responses=describe(401, 403, 422))
def messages(
    request: Request,
    who: Who,
    state: State | None = None,
    before: Annotated[str | None, Query(description="Id of the last message of the page before.")] = None,
    person: Annotated[
        str | None,
        Header(
            alias="Punte-Person",
            max_length=100,
            description="Only messages that name this person, as scheme:number. No part of the address: it is logged.",
            examples=["ro.cnp:2850415123450"],
        ),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[MessageView]:
    """List your own messages, newest first."""
    rows = request.app.state.own_messages(who.institution, state=state, person=person, before=before, limit=limit)
    return [MessageView(**row) for row in rows]


@router.get("/messages/{message_id}", operation_id="message", responses=describe(401, 403, 404, 422))
def message(request: Request, who: Who, message_id: Annotated[str, Path(pattern=r"^[0-9a-f-]{36}$")]) -> MessageView:
    """Show one of your own messages: its state, findings and deliveries."""
    row = request.app.state.own_message(who.institution, message_id)
    if row is None:
        raise Rejected("J404", "you have sent no message of this id")
    return MessageView(**row)


@router.post(
    "/queries/{query}",
    operation_id="query",
    responses=describe(400, 401, 403, 404, 408, 413, 415, 422, 429, 503),
    openapi_extra={
        "parameters": [PURPOSE],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": PersonQuestion.model_json_schema()}},
        },
    },
)
async def query(
    request: Request, hub: Hub, told: Headers, who: Who, query: Annotated[str, Path(pattern=NAME, examples=["person"])]
) -> Response:
    """Ask every institution that the query lists about one person.

    One record per source comes back side by side, with one merged view. A source that is late, silent or fails is
    named with a code; it never counts as "no".
    """
    header.media_type(told, {"application/json"})
    purpose = header.purpose(told)
    with following(trace_in(told)), hub.admit(who, declared(told, limit=MAX_QUESTION_BYTES)) as place:
        question = asked(await read_body(request.receive, place, limit=MAX_QUESTION_BYTES))
        result = await request.app.state.ask(query, caller=who, cnp=question.cnp, on=question.on, purpose=purpose)
    return JSONResponse(msgspec.to_builtins(result), headers={"Punte-Reference": result.id})


def asked(body: bytes) -> PersonQuestion:
    """Return the question in a body.

    Raises:
        Rejected: B103 to B109; W400 with the fields that are wrong.
    """
    try:
        return PersonQuestion.model_validate(parse_json(body))
    except ValidationError as error:
        findings = [
            Finding(code="W400", severity=Severity.ERROR, text=fault["type"], at=_place(fault["loc"]))
            for fault in error.errors(include_url=False, include_context=False, include_input=False)
        ]
    raise Rejected("W400", "the question is not valid", findings=findings)


def _place(loc: tuple[int | str, ...]) -> str:
    """Return where a fault is; a name that the sender made up may hold anything and is not repeated."""
    if not loc:
        return "body"
    return f"body.{loc[0]}" if loc[0] in PersonQuestion.model_fields else "body.(a name not in the schema)"


def receipt(outcome: Outcome) -> JSONResponse:
    """Return the answer for an outcome: 202, or the problem of its first error."""
    faults = faults_of(outcome.findings)
    if outcome.state is State.REFUSED:
        first = next((fault for fault in faults if fault.severity == "error"), faults[0])
        return problem(first.code, first.text, reference=outcome.message_id, findings=faults)
    body = Receipt(id=outcome.message_id, state=outcome.state, findings=faults, rows=outcome.rows)
    return JSONResponse(
        body.model_dump(mode="json", exclude_none=True),
        status_code=202,
        headers={"Punte-Reference": outcome.message_id, "Location": f"/api/v1/messages/{outcome.message_id}"},
    )

"""Errors of the API as RFC 9457 problems; each carries a stable code and a reference."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.middleware.base import RequestResponseEndpoint
from starlette.responses import Response

from adapters.kit.body import Gone
from adapters.kit.reply import SAFE, trouble_of
from hub_core.codes import CODES
from hub_core.errors import PunteError, TryLater
from hub_core.message import Finding

MEDIA_TYPE = "application/problem+json"
REFERENCE = "Punte-Reference"
BY_STATUS = {404: "W404", 405: "W405"}


class Fault(BaseModel):
    """One finding inside a problem; never a value."""

    code: str
    severity: str
    text: str
    at: str | None = None
    source: str | None = None
    line: int | None = None


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: Annotated[str, Field(description="Address of the code's description.", examples=["/docs/codes#A401"])]
    title: str
    status: int
    detail: str
    code: Annotated[str, Field(description="Stable code of the hub's catalogue.", examples=["A401"])]
    reference: Annotated[str, Field(description="Name this to the operator.")]
    findings: list[Fault] = []


def faults_of(findings: Iterable[Finding]) -> list[Fault]:
    """Return findings as the API tells them."""
    return [
        Fault(code=one.code, severity=one.severity, text=one.text, at=one.at, source=one.source, line=one.line)
        for one in findings
    ]


def describe(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return FastAPI's ``responses`` for the problems that a route can answer."""
    return {
        status: {"model": Problem, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
        for status in statuses
    }


def problem(
    code: str, detail: str, *, reference: str, findings: Sequence[Fault] = (), headers: dict[str, str] | None = None
) -> JSONResponse:
    """Return the answer for a code of the catalogue."""
    entry = CODES[code]
    body = Problem(
        type=f"/docs/codes#{code}",
        title=entry.title,
        status=entry.status or 500,
        detail=detail,
        code=code,
        reference=reference,
        findings=list(findings),
    )
    return JSONResponse(
        body.model_dump(exclude_none=True),
        status_code=body.status,
        media_type=MEDIA_TYPE,
        headers={REFERENCE: reference, **dict(SAFE), **(headers or {})},
    )


def install_problems(api: FastAPI) -> None:
    """Let every error of the API become a problem, and every answer carry a reference."""

    @api.middleware("http")
    async def _refer(request: Request, call_next: RequestResponseEndpoint) -> Response:
        response = await call_next(request)
        if REFERENCE not in response.headers:
            response.headers[REFERENCE] = request.app.state.new_id()
        response.headers.update(dict(SAFE))
        return response

    @api.exception_handler(PunteError)
    async def _expected(request: Request, error: PunteError) -> JSONResponse:
        reference = await _reference(request, error)
        headers = {name.title(): value for name, value in trouble_of(error, reference).headers}
        findings = faults_of(error.findings)
        return problem(error.code, error.text, reference=reference, findings=findings, headers=headers)

    @api.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        # Only the parameter and the kind of fault: pydantic's own text repeats the value.
        findings = [
            Fault(code="W400", severity="error", text=str(fault["type"]), at=".".join(map(str, fault["loc"][:2])))
            for fault in error.errors()
        ]
        reference = await _noted(request, "W400")
        return problem("W400", "the request is not valid", reference=reference, findings=findings)

    @api.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        code = BY_STATUS.get(error.status_code, "W400")
        headers = dict(error.headers or {})
        return problem(code, CODES[code].title, reference=request.app.state.new_id(), headers=headers)

    @api.exception_handler(Gone)
    async def _gone(_: Request, __: Gone) -> Response:
        return Response(status_code=408)  # nobody reads it

    @api.exception_handler(Exception)
    async def _defect(request: Request, _: Exception) -> JSONResponse:
        return problem("W500", "the hub failed; nothing was lost", reference=request.app.state.new_id())


async def _reference(request: Request, error: PunteError) -> str:
    """Return the reference of an error: the one it was kept under, or a new one."""
    if error.reference:
        return error.reference
    if isinstance(error, TryLater):
        return str(request.app.state.new_id())
    return await _noted(request, error.code)


async def _noted(request: Request, code: str) -> str:
    """Keep a note of a refused call under the pattern of its address: the address itself may hold anything."""
    state = request.app.state
    party = getattr(request.state, "party", None)
    try:
        return str(await state.turn_away(endpoint=request.scope["route"].path, code=code, party=party))
    except TryLater:
        return str(state.new_id())

"""Health for load balancers and supervisors."""

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel

from hub_core.errors import TryLater
from hub_web.api.problems import describe

router = APIRouter(prefix="/health", tags=["health"])


class Health(BaseModel):
    """The process is there, or ready to take messages."""

    status: Literal["ok"] = "ok"


@router.get("/live", operation_id="live")
async def live() -> Health:
    """Answer while the process runs."""
    return Health()


@router.get("/ready", operation_id="ready", responses=describe(503))
async def ready(request: Request) -> Health:
    """Answer 200 while messages can be accepted: registry loaded, journal writable."""
    if not await request.app.state.ready():
        raise TryLater("W503", "the hub is not ready")
    return Health()

"""Figures for Prometheus: for callers on this machine, and for those who show the key that the settings name."""

import hmac
from ipaddress import ip_address
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from hub_core.errors import Refused
from hub_core.security.secrets import Secret

router = APIRouter(include_in_schema=False)
MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
#: A proxy on this machine speaks for somebody else.
_FORWARDED: Final = ("forwarded", "via", "x-forwarded-for", "x-real-ip")


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """Return every figure; in a thread of its own, because the store is read."""
    if not (_is_near(request) or _shows_key(request)):
        raise Refused("W406", "the figures are for this machine, or for who shows their key")
    return Response(request.app.state.metrics(), media_type=MEDIA_TYPE)


def _is_near(request: Request) -> bool:
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    return ip_address(request.client.host.partition("%")[0]).is_loopback


def _shows_key(request: Request) -> bool:
    key: Secret | None = request.app.state.metrics_key
    kind, _, shown = request.headers.get("authorization", "").partition(" ")
    return key is not None and kind.lower() == "bearer" and hmac.compare_digest(shown.encode(), key.reveal().encode())

"""The control API: operators' verbs on a local socket that only the hub's own user may open.

It is one address per verb, ``POST /<verb>`` with a JSON object, and carries no API key: the socket's mode is the lock.
"""

import logging
from typing import Protocol

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub_core.errors import ConfigError, PunteError, describe
from registry.desk import Desk

log = logging.getLogger("punte.control")
MAX_ARGUMENT_BYTES = 32_000_000
WRONG, FAILED = 400, 500


class HasDesk(Protocol):
    """What the control API needs of the running hub."""

    @property
    def desk(self) -> Desk:
        """The operator's verbs."""
        ...


def build(hub: HasDesk) -> Starlette:
    """Return the control application."""

    async def call(request: Request) -> Response:
        verb = request.path_params["verb"]
        try:
            body = await request.body()
            if len(body) > MAX_ARGUMENT_BYTES:
                return _error(ConfigError("B413", "the arguments are too large"), status=413)
            arguments = msgspec.json.decode(body or b"{}", type=dict[str, object])
            result = await hub.desk.call(verb, arguments)
        except msgspec.DecodeError:
            return _error(ConfigError("B103", "the arguments are not a JSON object"))
        except PunteError as error:
            return _error(error)
        except Exception:
            log.exception("control.defect", extra={"verb": verb})
            return _error(PunteError("W500", "unexpected failure"), status=FAILED)
        return Response(msgspec.json.encode(result), media_type="application/json")

    return Starlette(routes=[Route("/{verb:str}", call, methods=["POST"])])


def _error(error: PunteError, *, status: int = WRONG) -> Response:
    return Response(msgspec.json.encode({"error": describe(error)}), status_code=status, media_type="application/json")

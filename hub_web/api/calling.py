"""What every route of the API asks for: the hub, the headers once they are checked, and who calls."""

from typing import Annotated

from fastapi import Depends, Request

from adapters.kit import headers as header
from hub_core.message import Caller
from hub_core.ports import Services

#: How an endpoint or a query may be called, where a path names one.
NAME = r"^[a-z][a-z0-9-]{0,63}$"


def services(request: Request) -> Services:
    """Return the hub behind this application."""
    hub: Services = request.app.state.services
    return hub


def headers(request: Request) -> dict[str, str]:
    """Return the headers by lower-case name, after the checks that every call passes.

    Raises:
        Rejected: W400. Refused: W403.
    """
    told = header.headers_of(request.scope)
    header.check_headers(request.scope, told)
    return told


def caller(request: Request, told: Annotated[dict[str, str], Depends(headers)]) -> Caller:
    """Return who calls.

    Raises:
        Refused: A401, A417 to A421.
    """
    who = services(request).authenticate(told, header.line_of(request.scope))
    request.state.party = who.institution  # for the note, should the call be refused
    return who


Hub = Annotated[Services, Depends(services)]
Headers = Annotated[dict[str, str], Depends(headers)]
Who = Annotated[Caller, Depends(caller)]

"""The page of an endpoint, for those who may call it: how to, with a sample and its codes."""

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, FastAPI, Path, Request, Response

from hub_core.directory import Direction, Directory
from hub_core.errors import ConfigError, Refused
from hub_web.api.calling import NAME, Hub, Who
from hub_web.api.docs import SAFE
from hub_web.api.problems import describe

if TYPE_CHECKING:
    from hub_web.partner import Known
    from hub_web.partner.blocks import Page

router = APIRouter(prefix="/api/v1")
HTML, MARKDOWN = "text/html", "text/markdown"


@router.get(
    "/endpoints/{endpoint}/page",
    operation_id="page",
    summary="Read how to call an endpoint",
    response_class=Response,
    responses={
        200: {"content": {HTML: {}, MARKDOWN: {}}, "description": "The page, in the form that Accept asks for."},
        **describe(401, 403, 404, 422),
    },
)
def page(
    request: Request, hub: Hub, who: Who, endpoint: Annotated[str, Path(pattern=NAME, examples=["seds"])]
) -> Response:
    """Show how to call an inbound endpoint: address, contract, a sample in four languages, codes, limits.

    With ``Accept: text/markdown`` as Markdown. Only for who may call it.
    """
    from hub_web.partner import Known, as_html, as_markdown  # with what reads contracts, on first use

    directory = hub.directory()
    if endpoint not in directory.endpoints or directory.endpoints[endpoint].direction is not Direction.IN:
        raise Refused("A404", "no inbound endpoint of this name is registered")
    if not _may_see(directory, endpoint, who.institution):
        raise Refused("A403", "the page is for those who may call the endpoint")
    known = Known(directory=directory, mappings=request.app.state.mappings(), address=hub.public_address())
    made = _made(request.app, endpoint, known)
    if MARKDOWN in request.headers.get("accept", ""):
        return Response(as_markdown(made), media_type=MARKDOWN, headers=SAFE)
    return Response(as_html(made), media_type=HTML, headers=SAFE)


def _made(app: FastAPI, name: str, known: "Known") -> "Page":
    """Return a page, made once for a registry set and its mappings: it reads contracts and makes samples."""
    from hub_web.partner import page_of

    kept: dict[str, tuple[Known, Page]] = app.state.pages
    before = kept.get(name)
    if before is not None and before[0].directory is known.directory and before[0].mappings is known.mappings:
        return before[1]
    try:
        page = page_of(name, known)
    except ConfigError as fault:
        raise Refused("A404", f"the endpoint has no page: {fault.code}") from fault
    kept[name] = known, page
    return page


def _may_see(directory: Directory, name: str, institution: str) -> bool:
    endpoint = directory.endpoints[name]
    from hub_web.partner.call import services_of

    services = services_of(endpoint, directory)
    rights = (right for right in directory.access.values() if right.institution == institution)
    return endpoint.institution == institution or any(right.service in services for right in rights)

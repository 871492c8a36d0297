"""The HTTP API as one application: its routes, its problems, its reference."""

from typing import Any

from fastapi import FastAPI

from hub_web.api import health, metrics, pages, public
from hub_web.api.docs import install_docs
from hub_web.api.problems import install_problems


def api_of(state: dict[str, Any]) -> FastAPI:
    """Return the API; ``state`` holds what the routes need from the hub."""
    api = FastAPI(
        title="Punte",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,  # a redirect would repeat the Host that the caller made up
    )
    for name, value in state.items():
        setattr(api.state, name, value)
    api.state.pages = {}
    for part in (public, health, metrics, pages):
        api.include_router(part.router)
    install_problems(api)
    install_docs(api)
    return api

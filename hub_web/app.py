"""The application that a listener serves: message paths go straight to their adapter, the rest to the API.

FastAPI about halves the rate of a plain ASGI path, so messages never pass through it.
"""

from collections.abc import Mapping

from hub_core.ports import AsgiApp, Receive, Scope, Send


def application(fronts: Mapping[str, AsgiApp], api: AsgiApp) -> AsgiApp:
    """Return one ASGI app; ``fronts`` maps the first segment of a path (``soap``) to an adapter's front."""

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        front = None
        if scope["type"] == "http":
            front = fronts.get(scope["path"].split("/", 2)[1])
        await (front or api)(scope, receive, send)

    return dispatch

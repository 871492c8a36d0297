"""The application that a listener serves: message paths go straight to their adapter, the rest to the API.

FastAPI about halves the rate of a plain ASGI path, so messages never pass through it.
"""

import asyncio
from collections.abc import Awaitable, Callable

from adapters.kit.problem import Answering
from hub_core.errors import Refused
from hub_core.ports import AsgiApp, Receive, Scope, Send

_UNKNOWN = Answering(Refused("W404", "an address has no escapes and no empty parts"))


def application(front: Callable[[str], AsgiApp | None], api: AsgiApp) -> AsgiApp:
    """Return one ASGI app; ``front`` gives an adapter's front for the first segment of a path (``soap``)."""

    def dispatch(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        path: bytes = scope["raw_path"]
        # No address of the hub needs an escape: a proxy that guards paths must see the path that counts here.
        if b"%" in path or b"//" in path:
            return _UNKNOWN(scope, receive, send)
        return (front(scope["path"].split("/", 2)[1]) or api)(scope, receive, send)

    return dispatch


class MadeLater:
    """An app that a thread makes when it is called first; its callers wait, nobody else does."""

    def __init__(self, make: Callable[[], AsgiApp]) -> None:
        self._make = make
        self._making: asyncio.Task[AsgiApp] | None = None

    def make(self) -> asyncio.Task[AsgiApp]:
        """Begin to make it, if nobody called it yet."""
        if self._making is None:
            self._making = asyncio.create_task(asyncio.to_thread(self._make))
        return self._making

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a call on."""
        await (await asyncio.shield(self.make()))(scope, receive, send)

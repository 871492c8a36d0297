"""Listeners as uvicorn runs them, but for the handshakes of TLS, which are bounded in number and in time.

To asyncio nobody is a connection who has not shaken hands: such callers could take every file that the hub may open.
"""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final, cast

import uvicorn

from hub_web.protocol import Protocol

if TYPE_CHECKING:
    from asyncio.base_events import Server

_PAUSE: Final = 0.1  # seconds, where no file is left for a caller


class Listener(uvicorn.Server):
    """A uvicorn server that leaves signals to ``serve``: several share one process."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen."""
        await self.lifespan.startup()
        loop, config = asyncio.get_running_loop(), self.config
        kind = cast("type[Protocol]", config.http_protocol_class)

        def connection() -> Protocol:
            return kind(config=config, server_state=self.server_state, app_state=self.lifespan.state)

        self.servers = []
        for bound in sockets or ():
            if isinstance(config.ssl, ssl.SSLContext):
                shaking = Handshakes(connection, config.ssl, most=kind.max_handshakes, seconds=kind.seconds)
                shaking.listen(bound, config.backlog)
                self.servers.append(cast("Server", shaking))
            else:
                self.servers.append(await loop.create_server(connection, sock=bound, backlog=config.backlog))
        self.started = True

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do nothing; ``serve`` sets ``should_exit``."""
        yield


class Handshakes:
    """Accepts callers over TLS; closed as a server of asyncio is.

    Args:
        connection: makes the protocol of one who has shaken hands.
        context: what is shown to them, and asked of them.
        most: at once; a new one pushes out the oldest.
        seconds: that each may take, as the head of a request: before that nobody counts the time.
    """

    def __init__(
        self, connection: Callable[[], Protocol], context: ssl.SSLContext, *, most: int, seconds: float
    ) -> None:
        self._connection = connection
        self._context = context
        self._most = most
        self._seconds = seconds
        self._under_way: dict[asyncio.Task[None], None] = {}  # the oldest first

    def listen(self, bound: socket.socket, backlog: int) -> None:
        """Begin to accept."""
        own = bound.dup()  # uvicorn closes its own before anybody here can have heard that no more are accepted
        own.setblocking(False)
        own.listen(backlog)
        self._accepting = asyncio.create_task(self._accept(own))

    def close(self) -> None:
        """Accept nobody more; who shakes hands now is let go."""
        for task in (self._accepting, *self._under_way):
            task.cancel()

    async def wait_closed(self) -> None:
        """Wait until nobody is accepted any more."""
        await asyncio.gather(self._accepting, *self._under_way, return_exceptions=True)

    async def _accept(self, bound: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        with bound:
            while True:
                try:
                    caller, _ = await loop.sock_accept(bound)
                except OSError:  # the caller has gone, or no file is left
                    await asyncio.sleep(_PAUSE)
                    continue
                self._begin(caller)

    def _begin(self, caller: socket.socket) -> None:
        if len(self._under_way) >= self._most:
            oldest = next(iter(self._under_way))
            del self._under_way[oldest]
            oldest.cancel()
        task = asyncio.create_task(self._shake(caller))
        self._under_way[task] = None
        task.add_done_callback(lambda done: self._under_way.pop(done, None))

    async def _shake(self, caller: socket.socket) -> None:
        with contextlib.suppress(OSError):  # no TLS, too late, gone: nobody is there to be answered
            await asyncio.get_running_loop().connect_accepted_socket(
                self._connection,
                caller,
                ssl=self._context,
                ssl_handshake_timeout=self._seconds,
                ssl_shutdown_timeout=self._seconds,
            )

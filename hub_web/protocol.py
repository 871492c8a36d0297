"""HTTP as a listener speaks it: uvicorn's protocol with limits and deadlines, which httptools has none of.

Of that protocol the opening and closing of connections is left; requests go through ``hub_web.cycle``.

A caller who is not known yet can hold no more than one head of a request, for no longer than ``seconds``; where all
connections are taken, a new one pushes out the one that has been silent the longest. A caller who does not read has
the same time for each stretch of an answer. Whatever ends a connection here is told as a problem with a reference,
where an answer still has its place in the stream.
"""

from asyncio import TimerHandle, Transport
from collections import deque
from itertools import chain
from typing import Final, cast
from urllib.parse import unquote
from weakref import WeakKeyDictionary

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from adapters.kit.problem import problem
from adapters.kit.reply import WAIT, Trouble, headers_in
from hub_core.clock import new_id
from hub_core.codes import CODES
from hub_core.ports import Scope
from hub_web.cycle import Cycle

_ASGI: Final = {"version": "3.0", "spec_version": "2.3"}
#: Of each listener, the connections whose callers have the word, the longest silent first.
_SILENT: Final[WeakKeyDictionary[ServerState, dict["Protocol", None]]] = WeakKeyDictionary()


class _TooLarge(Exception):
    """Stops the parser."""


class Protocol(HttpToolsProtocol):
    """One connection.

    Attributes:
        max_head_bytes: address and headers of a request, and what a body may hold besides its content at a stretch.
        max_header_lines: headers of a request.
        max_connections: at once, of one listener.
        max_handshakes: of TLS, besides; a new one pushes out the oldest.
        seconds: to send a head and the first of its body, to end a body whose request was answered before, and to read
            what fills the buffer of an answer.
        last_seconds: for a request that is under way when the listener closes.
    """

    max_head_bytes = 64_000
    max_header_lines = 100
    max_connections = 4_000
    max_handshakes = 1_000
    seconds = 10.0
    last_seconds = 0.5

    cycle: Cycle  # type: ignore[assignment]  # in the place of uvicorn's; None before the first request
    pipeline: deque[Cycle]  # type: ignore[assignment]  # same

    _in_head = True  # no request is complete up to its body
    _in_body = False  # the first of a body has come
    _unread = 0  # bytes since the parser last gave anything on
    _deadline: TimerHandle | None = None
    _unheard: TimerHandle | None = None
    _idle: TimerHandle | None = None  # looks for a connection that is kept and not used
    _idle_since: float | None = None
    _fault = "B111"
    _certificate: bytes | None = None  # that the caller showed

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin; a caller who says nothing is not waited for."""
        super().connection_made(transport)
        line = transport.get_extra_info("ssl_object")
        self._certificate = None if line is None else line.getpeercert(binary_form=True)
        self._silent = _SILENT.setdefault(self.server_state, {})
        if len(self.connections) > self.max_connections:
            oldest = next(iter(self._silent), None)
            if oldest is None:
                self._refuse("W503")
                return
            oldest._late()  # noqa: SLF001 - one of us
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._wait_no_more()
        self._heard()
        if self._idle is not None:
            self._idle.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came; never keep more of it than one head."""
        self._unread += len(data)
        self._idle_since = None
        super().data_received(data)
        if self._unread > self.max_head_bytes:
            self._refuse("B431")
        elif self._idle_since is None and self._expecting():
            self._wait()

    def on_message_begin(self) -> None:
        """Begin a head."""
        self.url = b""
        self.headers = []
        self.expect_100_continue = False

    def on_headers_complete(self) -> None:
        """Start the request, if its head is within the limits."""
        headers, self.headers = self.headers, []  # what follows a chunked body is never taken for a header
        size = len(self.url) + sum(map(len, chain.from_iterable(headers)))
        if size > self.max_head_bytes or len(headers) > self.max_header_lines:
            self._fault = "B431"
            raise _TooLarge
        version = self.parser.get_http_version()
        before = self.cycle
        self.cycle = cycle = Cycle(
            self._scope(version, headers),
            self.transport,
            self.flow,
            keep_alive=version != "1.0" and self.parser.should_keep_alive(),
            invite=self.expect_100_continue,
            answered=self.on_response_complete,
        )
        if before is None or before.response_complete:
            self._start(cycle)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft(cycle)
        self._in_head = False
        self._in_body = False
        self._unread = 0

    def on_body(self, body: bytes) -> None:
        """Pass on a part of the body; its reader has a deadline of their own, as long as there is one."""
        self._in_body = True
        self._unread = 0
        if not self.cycle.response_complete:
            self._wait_no_more()
            self.cycle.take(body)

    def on_message_complete(self) -> None:
        """Expect the next request."""
        self._in_head = True
        self._unread = 0
        self._wait_no_more()
        if not self.cycle.response_complete:
            self.cycle.more_body = False
            self.cycle.set()

    def on_response_complete(self) -> None:
        """Go on with the next request; a body that nobody reads any more must end soon."""
        if not self._in_head:
            self._wait()
        else:
            self._silent[self] = None
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start(self.pipeline.pop())
            return
        self._idle_since = self.loop.time()
        if self._idle is None:
            self._idle = self.loop.call_later(self.timeout_keep_alive, self._look_for_idleness)

    def _scope(self, version: str, headers: list[tuple[bytes, bytes]]) -> Scope:
        url = httptools.parse_url(self.url)
        path = url.path.decode("ascii")
        return {
            "type": "http",
            "asgi": _ASGI,
            "http_version": version,
            "server": self.server,
            "client": self.client,
            "scheme": self.scheme,
            "method": self.parser.get_method().decode("ascii"),
            "root_path": self.root_path,
            "path": unquote(path) if "%" in path else path,
            "raw_path": url.path,
            "query_string": url.query or b"",
            "headers": headers,
            "certificate": self._certificate,
        }

    def _start(self, cycle: Cycle) -> None:
        task = self.loop.create_task(cycle.run(self.app))
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)

    def _look_for_idleness(self) -> None:
        """Close a connection that was not used for a while; one timer looks again and again, not one per request."""
        self._idle = None
        if self._idle_since is None or self.transport.is_closing():
            return
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._idle = self.loop.call_later(left, self._look_for_idleness)
        else:
            self.transport.close()

    def shutdown(self) -> None:
        """Let a request under way end, but not for long: the hub has waited for those that it must not cut off."""
        super().shutdown()
        if not self.transport.is_closing():
            self._wait_no_more()
            self._deadline = self.loop.call_later(self.last_seconds, self._refuse, "W503")

    def pause_writing(self) -> None:
        """Wait for a caller who does not read, but not for long."""
        super().pause_writing()
        self._unheard = self.loop.call_later(self.seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on."""
        self._heard()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  uvicorn's signature
        """Answer what is no HTTP."""
        self._refuse(self._fault)

    def _heard(self) -> None:
        if self._unheard is not None:
            self._unheard.cancel()
            self._unheard = None

    def _wait(self) -> None:
        self._silent[self] = None
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.seconds, self._late)

    def _wait_no_more(self) -> None:
        self._silent.pop(self, None)
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _late(self) -> None:
        self._wait_no_more()
        if self._in_head and not self._unread:
            self.transport.close()  # not one byte: there is nobody to answer
        else:
            self._refuse("B408")

    def _expecting(self) -> bool:
        """Tell whether it is the caller's turn and nobody else counts the time."""
        return self._answered() if self._in_head else not (self._in_body or self.pipeline)

    def _answered(self) -> bool:
        """Tell whether no request is under way."""
        return self.cycle is None or self.cycle.response_complete

    def _refuse(self, code: str) -> None:
        """End the connection, with an answer unless it would be taken for that of another request."""
        if self.transport.is_closing():
            return
        if self._answered() if self._in_head else not (self.pipeline or self.cycle.response_started):
            self.transport.write(_answer(code))
        self.transport.close()


def _answer(code: str) -> bytes:
    entry = CODES[code]
    status = cast("int", entry.status)  # every code that is used here has one
    after = WAIT if code == "W503" else None
    trouble = Trouble(code=code, text=entry.title, reference=new_id(), status=status, after=after)
    reply = problem(trouble)
    headers = dict(headers_in(reply, trouble.reference)) | {b"connection": b"close"}
    lines = b"".join(b"%b: %b\r\n" % header for header in headers.items())
    return STATUS_LINE[status] + lines + b"\r\n" + reply.body

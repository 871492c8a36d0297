"""One request and its answer, between a connection and an ASGI app.

What uvicorn's own cycle does, in fewer steps: a body that came whole is handed on as it is, and the head of an answer
leaves with the first of its content.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from string import ascii_lowercase, digits
from typing import Any, Final

from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT, FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from hub_core.ports import AsgiApp, Scope

log: Final = logging.getLogger("punte.serve")
_GONE: Final = {"type": "http.disconnect"}
_BODILESS: Final = (204, 304)  # RFC 9110, sections 15.3.5 and 15.4.5
_NAME: Final = f"{ascii_lowercase}{digits}!#$%&'*+-.^_`|~".encode()  # section 5.6.2; ASGI has no capitals there
_LINE: Final = bytes({*range(256)} - {*range(32), 127} | {9})  # section 5.5: no controls but the tab
_FAILED: Final = (
    (b"content-type", b"text/plain; charset=utf-8"),
    (b"content-length", b"21"),
    (b"connection", b"close"),
)


class Cycle:
    """One request.

    Attributes:
        body: what has come of it and nobody has read.
        more_body: there is more to come.
        disconnected: the caller is gone.
        response_started: the app has begun to answer.
        response_complete: it has answered.
        keep_alive: the connection stays open after the answer.
    """

    def __init__(
        self,
        scope: Scope,
        transport: asyncio.Transport,
        flow: FlowControl,
        *,
        keep_alive: bool,
        invite: bool,
        answered: Callable[[], None],
    ) -> None:
        """Prepare.

        Args:
            scope: of the request.
            transport: of its connection.
            flow: of its connection.
            keep_alive: see the attribute.
            invite: the caller waits to be asked for the body.
            answered: called when the answer is complete.
        """
        self.body: bytes | bytearray = b""
        self.more_body = True
        self.disconnected = False
        self.response_started = False
        self.response_complete = False
        self.keep_alive = keep_alive
        self._scope = scope
        self._transport = transport
        self._flow = flow
        self._invite = invite
        self._answered = answered
        self._news = False
        self._event: asyncio.Event | None = None  # made when the app has to wait
        self._head = b""
        self._chunked = False
        self._left = 0  # bytes that were announced and not sent

    @property
    def message_event(self) -> "Cycle":
        """What a connection that is lost sets."""
        return self

    def set(self) -> None:
        """Wake the app: something came, or nothing more will."""
        self._news = True
        if self._event is not None:
            self._event.set()

    def take(self, part: bytes) -> None:
        """Take a part of the body; who sends on faster than it is read must wait."""
        if self.body:
            self.body = bytearray(self.body) if self.body.__class__ is bytes else self.body
            self.body += part
        else:
            self.body = part
        if len(self.body) > HIGH_WATER_LIMIT:
            self._flow.pause_reading()
        self.set()

    async def run(self, app: AsgiApp) -> None:
        """Let an app answer; what it leaves unanswered is answered with 500."""
        try:
            await app(self._scope, self.receive, self.send)
        except BaseException:
            # Whatever it is, also that the task is cancelled: the caller must not wait for the answer for ever.
            log.exception("request.defect")
            await self._give_up()
        else:
            if not self.response_complete and not self.disconnected:
                log.error("request.unanswered")
                await self._give_up()

    async def receive(self) -> dict[str, Any]:
        """Return what came; see the ASGI specification."""
        if self._invite and not self._transport.is_closing():
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self._invite = False
        if not self.disconnected and not self.response_complete:
            self._flow.resume_reading()
            if not self._news:
                self._event = self._event or asyncio.Event()
                await self._event.wait()
                self._event.clear()
            self._news = False
        if self.disconnected or self.response_complete:
            return _GONE.copy()
        body, self.body = bytes(self.body), b""
        return {"type": "http.request", "body": body, "more_body": self.more_body}

    async def send(self, message: Any) -> None:
        """Send a part of the answer; see the ASGI specification.

        Raises:
            RuntimeError: the app does not keep to it.
        """
        if self._flow.write_paused and not self.disconnected:
            await self._flow.drain()
        if self.disconnected:
            return
        kind = message["type"]
        if kind == "http.response.start" and not self.response_started:
            self._start(message["status"], message.get("headers", ()))
        elif kind == "http.response.body" and self.response_started and not self.response_complete:
            self._continue(message.get("body", b""), more=message.get("more_body", False))
        else:
            raise RuntimeError(f"the ASGI message {kind} has no place here")

    def _start(self, status: int, headers: Sequence[tuple[bytes, bytes]]) -> None:
        """Keep the head of the answer until there is something behind it."""
        self.response_started = True
        self._invite = False
        told = dict(headers)
        lines = [*map(b": ".join, headers)]
        if b"".join(told).translate(None, _NAME) or b"".join(lines).translate(None, _LINE):  # what may not stand there
            raise RuntimeError("invalid HTTP header")
        if b"close" in told.get(b"connection", b"").lower():
            self.keep_alive = False
        elif not self.keep_alive:
            lines.append(b"connection: close")
        if self._scope["method"] == "HEAD":
            pass
        elif (length := told.get(b"content-length")) is not None:
            self._left = int(length)
        elif status not in _BODILESS:
            self._chunked = True
            if b"transfer-encoding" not in told:
                lines.append(b"transfer-encoding: chunked")
        self._head = STATUS_LINE[status] + b"\r\n".join([*lines, b"", b""])

    def _continue(self, body: bytes, *, more: bool) -> None:
        if self._scope["method"] == "HEAD":
            body = b""
        elif self._chunked:
            body = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
            body += b"" if more else b"0\r\n\r\n"
        else:
            self._left -= len(body)
            if self._left < 0 or (self._left and not more):
                raise RuntimeError("the content is not as long as was said")
        if head_and_body := self._head + body:
            self._transport.write(head_and_body)
        self._head = b""
        if not more:
            self._end()

    def _end(self) -> None:
        self.response_complete = True
        self.body = b""  # what came of a body that nobody read
        self.set()
        if not self.keep_alive:
            self._transport.close()
        self._answered()

    async def _give_up(self) -> None:
        """Answer what was not answered; where that has begun, end the connection."""
        if self.response_started:
            self._transport.close()
        elif not self.disconnected:
            await self.send({"type": "http.response.start", "status": 500, "headers": _FAILED})
            await self.send({"type": "http.response.body", "body": b"Internal Server Error"})

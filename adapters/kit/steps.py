"""The steps of a call to a partner, and how long each may take.

connect       waiting for a free line, looking up the name, connecting
TLS           until both sides trust the line
first byte    from the request to the head of the answer
answer        the rest of it; only the time for the whole call ends it
"""

import asyncio
import functools
import ssl
from contextvars import ContextVar
from datetime import timedelta
from enum import StrEnum
from types import TracebackType
from typing import Any, Final, Self

import aiohttp

from hub_core.course import tell
from hub_core.directory.credentials import ClientCertificate
from hub_core.directory.policy import Steps
from hub_core.errors import ConfigError

_CURRENT: ContextVar["Progress | None"] = ContextVar("progress", default=None)


class Step(StrEnum):
    """See the module."""

    CONNECT = "connect"
    TLS = "TLS"
    FIRST_BYTE = "first byte"
    ANSWER = "answer"


class Progress:
    """How far one call is.

    Attributes:
        step: that it is at.
        sent: whether the request has begun to leave.
        handshake: the last one that was begun.
    """

    def __init__(self, limits: Steps) -> None:
        self.step = Step.CONNECT
        self.sent = False
        self.handshake: ssl.SSLObject | None = None
        self._limits: Final[dict[Step, timedelta | None]] = {
            Step.CONNECT: limits.connect,
            Step.TLS: limits.tls,
            Step.FIRST_BYTE: limits.first_byte,
            Step.ANSWER: None,
        }
        self._deadline = asyncio.timeout(None)
        self._since = 0.0

    async def __aenter__(self) -> Self:
        await self._deadline.__aenter__()
        self._since = asyncio.get_running_loop().time()
        self._before = _CURRENT.set(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _CURRENT.reset(self._before)
        self._told(asyncio.get_running_loop().time())
        await self._deadline.__aexit__(kind, error, trace)

    def enter(self, step: Step) -> None:
        """Begin a step; its time is counted from now."""
        now = asyncio.get_running_loop().time()
        self._told(now)
        self.step = step
        limit = self._limits[step]
        self._deadline.reschedule(None if limit is None else now + limit.total_seconds())

    def _told(self, now: float) -> None:
        tell(self.step, now - self._since)
        self._since = now

    def late(self, whole: timedelta) -> str:
        """Say what was not in time: the step, or the whole call."""
        limit = self._limits[self.step] if self._deadline.expired() else None
        return f"not in time, {(limit or whole).total_seconds():g} s{'' if limit else ' in all'}"


class _Tls(ssl.SSLContext):
    """Tells the call when its handshake begins: the event loop asks for the engine of TLS only then."""

    def wrap_bio(self, *arguments: Any, **options: Any) -> ssl.SSLObject:
        handshake = super().wrap_bio(*arguments, **options)
        if (progress := _CURRENT.get()) is not None:
            progress.enter(Step.TLS)
            progress.handshake = handshake
        return handshake


@functools.cache
def tls() -> ssl.SSLContext:
    """Return how partners are trusted: by the machine's authorities, and by their name."""
    return tls_with(ClientCertificate())


def tls_with(own: ClientCertificate) -> ssl.SSLContext:
    """Return how one partner is trusted, and what the hub shows to it.

    Raises:
        ConfigError: R110, a file is not there or does not hold what it should.
    """
    context = _Tls(ssl.PROTOCOL_TLS_CLIENT)
    try:
        if own.authorities is None:
            context.load_default_certs()
        else:
            context.load_verify_locations(own.authorities)
        if own.certificate is not None:
            # An empty password: a key that needs one must not ask for it at a terminal.
            context.load_cert_chain(own.certificate, own.key, password="")
    except OSError as error:  # with the errors of ssl, which tell nothing of what the files hold
        text = f"a key or certificate cannot be used: {error.strerror or type(error).__name__}"
        raise ConfigError("R110", text, where="tls", mend="name PEM files, a key without a password") from None
    context.set_alpn_protocols(["http/1.1"])
    return context


def traced() -> aiohttp.TraceConfig:
    """Return what makes a session tell the ``Progress`` that a request was given as ``trace_request_ctx``."""
    trace = aiohttp.TraceConfig()
    trace.on_connection_create_start.append(_connecting)
    trace.on_request_headers_sent.append(_leaving)
    return trace


async def _connecting(_session: object, context: Any, _parameters: object) -> None:
    context.trace_request_ctx.enter(Step.CONNECT)


async def _leaving(_session: object, context: Any, _parameters: object) -> None:
    context.trace_request_ctx.sent = True
    context.trace_request_ctx.enter(Step.FIRST_BYTE)

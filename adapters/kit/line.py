"""The line to one partner over HTTP: connections, TLS, deadlines, limits, and what their failures mean.

Connecting is tried three times where it is refused at once; a request that may have left is never repeated. Every step
has its own time (``adapters.kit.steps``), and a failure tells its step. Answers are bounded, and never decompressed.
"""

import asyncio
import ssl
from collections.abc import Mapping
from typing import Any, Final

import aiohttp
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from adapters.kit.answered import Answered
from adapters.kit.faults import why
from adapters.kit.pieces import Pieces
from adapters.kit.steps import Progress, Step, tls, tls_with, traced
from hub_core.directory import Endpoint
from hub_core.directory.policy import Steps
from hub_core.errors import TryLater
from hub_core.trace import current

CONNECT_ATTEMPTS: Final = 3
CONNECTIONS: Final = 32
# Shorter than the time after which common servers close an idle connection: one closed meanwhile would put a
# delivery in doubt for nothing.
KEEP_ALIVE_SECONDS: Final = 2


class Line:
    """Makes calls, and shows nothing of who the hub is but its certificate.

    Args:
        name: of the endpoint, for error texts.
        endpoint: whose times and ``tls`` count.
        addresses: that are called; one of them over TLS makes the machine's authorities be read now.

    Raises:
        ConfigError: R110, no usable key or certificate.
    """

    def __init__(self, name: str, endpoint: Endpoint, addresses: tuple[str, ...]) -> None:
        self._name = name
        self._whole = endpoint.timeout
        self._steps = endpoint.timeout_of or Steps()
        self._connections = max(CONNECTIONS, endpoint.concurrency or 0)
        self._tls = _trusted(endpoint, addresses)
        self._session: aiohttp.ClientSession | None = None

    def end(self) -> float:
        """Return by when a call that begins now must have its answer, in seconds of the event loop."""
        return asyncio.get_running_loop().time() + self._whole.total_seconds()

    async def call(
        self,
        method: str,
        url: str,
        body: bytes | Pieces | None,
        headers: Mapping[str, str],
        *,
        until: float,
        most: int,
    ) -> Answered:
        """Make one call and return the answer, whatever its status.

        Args:
            method: such as ``POST``.
            url: the whole address.
            body: to send.
            headers: by lower-case name.
            until: as ``end``.
            most: bytes that the answer may have.

        Raises:
            TryLater: D101, D103; J503, a file cannot be read. Rejected: J115, J131, one is not what it was.
        """
        progress = Progress(self._steps)
        try:
            async with asyncio.timeout_at(until), progress:
                return await _connecting(self._exchange, method, url, body, headers, progress, most)
        except TimeoutError as error:
            raise self._lost(progress, progress.late(self._whole)) from error
        except aiohttp.ClientError as error:
            if isinstance(body, Pieces) and body.fault is not None:
                raise body.fault from error
            raise self._lost(progress, why(error, progress.handshake)) from error

    async def close(self) -> None:
        """Give connections back; calls under way end as those whose connection is lost."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _exchange(
        self,
        method: str,
        url: str,
        body: bytes | Pieces | None,
        headers: Mapping[str, str],
        progress: Progress,
        most: int,
    ) -> Answered:
        trace = current()
        traced_by = {} if trace is None else trace.headers()
        sending = {"accept-encoding": "identity", **traced_by, **headers}
        if isinstance(body, Pieces):
            sending["content-length"] = str(body.size)  # many partners know no chunks
        async with self._open().request(
            method, url, data=body, headers=sending, allow_redirects=False, trace_request_ctx=progress
        ) as response:
            progress.enter(Step.ANSWER)
            received = {name.lower(): value for name, value in reversed([*response.headers.items()])}
            if received.get("content-encoding", "identity").lower() != "identity":
                return Answered(status=response.status, headers=received, body=b"", complete=False)
            chunks = bytearray()
            async for chunk in response.content.iter_any():
                chunks += chunk
                if len(chunks) > most:
                    response.close()
                    return Answered(status=response.status, headers=received, body=b"", complete=False)
            return Answered(status=response.status, headers=received, body=bytes(chunks), complete=True)

    def _open(self) -> aiohttp.ClientSession:
        """Return the session, made on first use because it belongs to the running loop."""
        if self._session is None:
            connector = aiohttp.TCPConnector(
                limit=self._connections, keepalive_timeout=KEEP_ALIVE_SECONDS, ssl=self._tls
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                timeout=aiohttp.ClientTimeout(total=None),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                trace_configs=[traced()],
            )
            # Else aiohttp repeats GET, PUT and DELETE by itself where a connection is lost; no public switch stops it.
            self._session._retry_connection = False  # noqa: SLF001 - same
        return self._session

    def _lost(self, progress: Progress, why: str) -> TryLater:
        if progress.sent:
            text = f"sent, but the answer was lost ({progress.step}): {why}"
            return TryLater("D103", text, where=self._name, in_doubt=True)
        return TryLater("D101", f"not reachable ({progress.step}): {why}", where=self._name)


def _trusted(endpoint: Endpoint, addresses: tuple[str, ...]) -> ssl.SSLContext | bool:
    """Return how the partner is trusted; reading the machine's authorities takes longer than some calls."""
    if endpoint.tls is not None:
        return tls_with(endpoint.tls)
    return tls() if any(address.lower().startswith("https:") for address in addresses) else True


async def _connecting(exchange: Any, *args: object) -> Answered:
    """Try again where nothing was sent yet; a certificate that is not trusted stays so."""
    attempts = AsyncRetrying(
        retry=retry_if_exception(
            lambda error: (
                isinstance(error, aiohttp.ClientConnectorError) and not isinstance(error, aiohttp.ClientSSLError)
            )
        ),
        stop=stop_after_attempt(CONNECT_ATTEMPTS),
        wait=wait_exponential_jitter(multiplier=0.05, max=0.5, jitter=0.05),
        reraise=True,
    )
    answered: Answered = await attempts(exchange, *args)
    return answered

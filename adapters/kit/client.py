"""The outbound side of every adapter: one HTTP client per partner, and what its failures mean for a delivery.

    before the request left    name lookup, connection, TLS, time up       TryLater D101, nothing was sent
    after it left              connection lost, time up, answer broken     TryLater D103, in doubt
    2xx                                                                    an answer
    408, 425, 429, 500, 503, 507 and the like                              TryLater D102, Retry-After obeyed
    502, 504                   a gateway lost the partner's answer         TryLater D103, in doubt
    3xx, 401, 405, 407         wrong address or credentials                ConfigError D105; never followed
    other 4xx, 501, 505                                                    Rejected D201

Connecting is tried three times where it is refused at once; a request that may have left is never repeated here: that
is the journal's decision. Every step has its own time (``adapters.kit.steps``), and a failure tells its step. Answers
are bounded, and never decompressed.
"""

import asyncio
import base64
import email.utils
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import aiohttp
import msgspec
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from adapters.kit.pieces import Pieces
from adapters.kit.steps import Progress, Step, tls, tls_with, traced
from hub_core.credentials import Credentials
from hub_core.directory import Endpoint
from hub_core.errors import ConfigError, Rejected, TryLater
from hub_core.policy import Steps
from hub_core.security.secrets import resolve
from hub_core.trace import current

MAX_ANSWER_BYTES: Final = 10_000_000
CONNECT_ATTEMPTS: Final = 3
CONNECTIONS: Final = 32
LONGEST_WAIT: Final = timedelta(days=1)  # of what a partner may ask for
# Shorter than the time after which common servers close an idle connection: one closed meanwhile would put a
# delivery in doubt for nothing.
KEEP_ALIVE_SECONDS: Final = 2

_LATER: Final = frozenset({408, 423, 425, 429, 500, 503, 507, 508, 509, 529})
_LOST: Final = frozenset({502, 504})
_DOOR: Final = frozenset({401, 405, 407})  # with every 3xx: no message gets in there


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """What a partner answered.

    Attributes:
        headers: by lower-case name; of repeated ones the first.
        complete: the whole body is there; ``False``: it was larger than allowed, or compressed.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    complete: bool

    @property
    def media_type(self) -> str:
        """From ``Content-Type``, without parameters; empty if not sent."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Client:
    """Calls one partner.

    Args:
        name: of the endpoint, for error texts.
        endpoint: with ``url``; its credentials are resolved now.

    Raises:
        ConfigError: R103 no url; R109 no secret; R110 no usable key or certificate.
    """

    def __init__(self, name: str, endpoint: Endpoint, *, max_answer_bytes: int = MAX_ANSWER_BYTES) -> None:
        if endpoint.url is None:
            raise ConfigError("R103", "the endpoint has no url", where="url", mend="add url: https://...")
        self._name = name
        self._url = endpoint.url
        self._whole = endpoint.timeout
        self._steps = endpoint.timeout_of or Steps()
        self._connections = max(CONNECTIONS, endpoint.concurrency or 0)
        self._headers = authorisation(endpoint.credentials)
        self._tls = _trusted(endpoint)
        self._max_answer_bytes = max_answer_bytes
        self._session: aiohttp.ClientSession | None = None

    async def post(self, body: bytes | Pieces, headers: Mapping[str, str]) -> Answered:
        """Send a body and return the answer, whatever its status.

        Raises:
            TryLater: D101, D103; J503, a file cannot be read. Rejected: J115, J131, one is not what it was.
        """
        return await self.call("POST", self._url, body, headers)

    async def get(self, url: str, headers: Mapping[str, str]) -> Answered:
        """Fetch what lies at an address of this partner and return the answer, whatever its status.

        Raises:
            TryLater: D101, D103.
        """
        return await self.call("GET", url, None, headers)

    async def call(self, method: str, url: str, body: bytes | Pieces | None, headers: Mapping[str, str]) -> Answered:
        """Make one call to an address of this partner and return the answer, whatever its status.

        Raises:
            TryLater: D101, D103.
        """
        progress = Progress(self._steps)
        try:
            async with asyncio.timeout(self._whole.total_seconds()), progress:
                return await _connecting(self._exchange, method, url, body, headers, progress)
        except TimeoutError as error:
            raise self._lost(progress, progress.late(self._whole)) from error
        except aiohttp.ClientError as error:
            if isinstance(body, Pieces) and body.fault is not None:
                raise body.fault from error
            # The texts of aiohttp name hosts and parts of answers; its kinds say enough.
            raise self._lost(progress, type(error).__name__) from error

    async def close(self) -> None:
        """Give connections back."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def judge(self, answered: Answered) -> None:
        """Return if the partner took the request.

        Raises:
            TryLater: D102, D103. ConfigError: D105. Rejected: D201.
        """
        status = answered.status
        if 200 <= status < 300:  # noqa: PLR2004 - the class of success
            return
        text = f"partner answered HTTP {status}"
        if status in _LATER:
            raise TryLater("D102", text, where=self._name, after=retry_after(answered.headers.get("retry-after")))
        if status in _DOOR or 300 <= status < 400:  # noqa: PLR2004 - the class of redirects
            raise ConfigError("D105", text, where=self._name, mend="mend its url or credentials, then apply")
        if status in _LOST:
            raise TryLater("D103", text, where=self._name, in_doubt=True)
        raise Rejected("D201", text, where=self._name)

    async def _exchange(
        self, method: str, url: str, body: bytes | Pieces | None, headers: Mapping[str, str], progress: Progress
    ) -> Answered:
        trace = current()
        traced_by = {} if trace is None else trace.headers()
        sending = {"accept-encoding": "identity", **traced_by, **self._headers, **headers}
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
                if len(chunks) > self._max_answer_bytes:
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


def _trusted(endpoint: Endpoint) -> ssl.SSLContext | bool:
    """Return how the partner is trusted; reading the machine's authorities takes longer than some calls."""
    if endpoint.tls is not None:
        return tls_with(endpoint.tls)
    return tls() if (endpoint.url or "").lower().startswith("https:") else False


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


def authorisation(credentials: Credentials | None) -> dict[str, str]:
    """Return the HTTP headers that credentials stand for; none for those that travel in the envelope.

    Raises:
        ConfigError: R109, the secret is not there; R103, the kind needs a field that is missing.
    """
    if credentials is None or credentials.kind in ("username-token", "block"):
        return {}
    secret = resolve(credentials.secret).reveal()
    if credentials.kind == "basic":
        pair = base64.b64encode(f"{credentials.user or ''}:{secret}".encode()).decode()
        return {"authorization": f"Basic {pair}"}
    if credentials.kind == "bearer":
        return {"authorization": f"Bearer {secret}"}
    if credentials.header is None:
        raise ConfigError("R103", "credentials of kind header name no header", where="credentials", mend="add header:")
    return {credentials.header.lower(): secret}


def retry_after(text: str | None, *, now: datetime | None = None) -> timedelta | None:
    """Return the time that a ``Retry-After`` asks for, a day at most; ``None`` if it says nothing readable.

    Source: RFC 9110, section 10.2.3.

    >>> retry_after("120")
    datetime.timedelta(seconds=120)
    """
    if text is None:
        return None
    if text.strip().isascii() and text.strip().isdecimal():
        return min(timedelta(seconds=int(text.strip()[:9])), LONGEST_WAIT)
    try:
        until = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(timedelta(0), min(until - (now or datetime.now(UTC)), LONGEST_WAIT))

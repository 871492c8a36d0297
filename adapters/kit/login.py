"""Logging in for a token that counts for a while: OAuth 2.0 with client credentials (RFC 6749, section 4.4).

One login serves all calls that wait for it, and no call waits for another. The token is kept in memory until shortly
before it ends, or until the partner refuses it. A login that fails means that nothing of the message was sent.
"""

import asyncio
import math
import re
from collections.abc import Mapping
from contextvars import Context
from typing import Any, Final
from urllib.parse import quote_plus, urlencode

import msgspec

from adapters.kit.answered import LATER, LOST, Answered, retry_after
from adapters.kit.line import Line
from adapters.kit.showing import Shown, basic
from hub_core.course import tell
from hub_core.directory.credentials import Credentials
from hub_core.errors import ConfigError, TryLater
from hub_core.security.secrets import Secret, resolve

MAX_ANSWER_BYTES: Final = 64_000
NOTHING_SENT: Final = "nothing else was sent"
_VISIBLE: Final = re.compile(r"[\x21-\x7e]{1,16000}")  # what is longer fits in no header that common servers take
LASTS: Final = 300.0  # seconds, of a token whose answer does not say how long
LONGEST: Final = 86_400.0  # seconds after which the hub logs in again, whatever the answer says
MARGIN: Final = 30.0  # seconds before its end that a token is given up; of a short one, a tenth of its time
# RFC 6749, section 5.2: nothing else of an answer is told to people.
_ERRORS: Final = frozenset({
    "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type",
    "invalid_scope",
})  # fmt: skip


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """What a login gave.

    Attributes:
        shown: headers of the calls that use it.
        lasts: seconds for which it is used.
    """

    shown: Shown
    lasts: float


class Login:
    """Shows the token of a login; see the module and ``adapters.kit.showing.Showing``.

    Raises:
        ConfigError: R103, R104, ``login`` or ``user`` is missing or none; R109, the secret is not there.
    """

    refused_text = "; its token is forgotten, the next attempt logs in"

    def __init__(self, name: str, credentials: Credentials, line: Line) -> None:
        if not credentials.login or not credentials.user:
            mend = "add login: https://... and user:"
            raise ConfigError("R103", "a login needs an address and a user", where="credentials", mend=mend)
        if not credentials.login.lower().startswith(("http:", "https:")):
            mend = "write https://host/path"
            raise ConfigError("R104", "a login goes over HTTP", where="credentials.login", mend=mend)
        resolve(credentials.secret)  # one that is not there is told now
        self._name = name
        self._credentials = credentials
        self._url, self._user = credentials.login, credentials.user
        self._line = line
        self._token: Token | None = None
        self._ends = 0.0  # seconds of the event loop
        self._asking: asyncio.Task[Token] | None = None
        self._waiting = 0

    async def headers(self, until: float) -> Shown:
        """Return the headers of the next call; logs in where there is no token that counts."""
        began = asyncio.get_running_loop().time()
        if self._token is not None and began < self._ends:
            return self._token.shown
        try:
            async with asyncio.timeout_at(until):
                return (await self._asked()).shown
        except TimeoutError as error:
            raise TryLater("D101", f"login: no answer in time; {NOTHING_SENT}", where=self._name) from error
        finally:
            tell("login", asyncio.get_running_loop().time() - began)

    def refused(self, shown: Shown) -> None:
        """Forget the token with these headers; a later one stays."""
        if self._token is not None and self._token.shown is shown:
            self._token = None

    async def token(self) -> Token:
        """Log in and return the token, whether there is one or not.

        Raises:
            TryLater: D101, D102, D110. ConfigError: R109.
        """
        loop = asyncio.get_running_loop()
        body, headers = self._request(await asyncio.to_thread(resolve, self._credentials.secret))
        try:
            answered = await self._line.call(
                "POST", self._url, body, headers, until=self._line.end(), most=MAX_ANSWER_BYTES
            )
        except TryLater as error:
            raise TryLater("D101", f"login: {error.text}; {NOTHING_SENT}", where=self._name) from error
        token = self._token = judged(answered, self._name)
        self._ends = loop.time() + token.lasts
        return token

    async def _asked(self) -> Token:
        """Wait for the one login that is under way, or begin it; it ends with the last who waits."""
        if self._asking is None or self._asking.done():
            # It is made for all who wait: neither the trace nor the phases of the first one are its own.
            self._asking = asyncio.create_task(self.token(), context=Context())
        self._waiting += 1
        try:
            return await asyncio.shield(self._asking)
        finally:
            self._waiting -= 1
            if self._waiting == 0:
                self._asking.cancel()
                self._asking = None

    def _request(self, secret: Secret) -> tuple[bytes, dict[str, str]]:
        form = {"grant_type": "client_credentials"}
        headers = {"accept": "application/json", "content-type": "application/x-www-form-urlencoded"}
        if self._credentials.scope is not None:
            form["scope"] = self._credentials.scope
        if self._credentials.login_by == "form":
            form |= {"client_id": self._user, "client_secret": secret.reveal()}
        else:  # RFC 6749, section 2.3.1: both are form-encoded first
            headers["authorization"] = basic(quote_plus(self._user), quote_plus(secret.reveal())).reveal()
        return urlencode(form).encode(), headers


def judged(answered: Answered, where: str) -> Token:
    """Return the token that the answer to a login holds.

    Raises:
        TryLater: D102, D110.
    """
    status = answered.status
    if status in LATER | LOST:
        after = retry_after(answered.headers.get("retry-after"))
        raise TryLater("D102", f"login: answered HTTP {status}; {NOTHING_SENT}", where=where, after=after)
    said = _object_in(answered)
    if not 200 <= status < 300:  # noqa: PLR2004 - the class of success
        error = said.get("error")
        told = f" {error}" if isinstance(error, str) and error in _ERRORS else ""
        raise _failed(f"answered HTTP {status}{told}", where)
    if str(said.get("token_type", "bearer")).lower() != "bearer":
        raise _failed("the token is of another kind than bearer", where)
    token = said.get("access_token")
    if not isinstance(token, str) or not _VISIBLE.fullmatch(token):
        raise _failed("the answer holds no access_token that can be shown", where)
    return Token(shown={"authorization": Secret(f"Bearer {token}")}, lasts=lasting(said.get("expires_in")))


def _failed(why: str, where: str) -> TryLater:
    return TryLater("D110", f"login: {why}; {NOTHING_SENT}", where=where)


def lasting(expires_in: object) -> float:
    """Return for how many seconds a token is used, by the ``expires_in`` of its answer (RFC 6749, section 5.1).

    >>> lasting(3600), lasting("60"), lasting(None)
    (3570.0, 54.0, 270.0)
    """
    try:
        # Some write the number as a text.
        told = LASTS if expires_in is None or isinstance(expires_in, bool) else float(expires_in)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        told = LASTS
    told = LASTS if math.isnan(told) else min(max(told, 0.0), LONGEST)
    return max(told - MARGIN, told * 0.9)


def _object_in(answered: Answered) -> Mapping[str, Any]:
    """Return the JSON object of an answer; an empty one where there is none."""
    try:
        said = msgspec.json.decode(answered.body, strict=True) if answered.complete else {}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}

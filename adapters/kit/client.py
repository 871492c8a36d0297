"""The outbound side of every adapter: one HTTP client per partner, and what its failures mean for a delivery.

    before the request left    name lookup, connection, TLS, time up       TryLater D101, nothing was sent
    before it left             the login gave no token                     TryLater D101, D102, D110
    after it left              connection lost, time up, answer broken     TryLater D103, in doubt
    2xx                                                                    an answer
    408, 425, 429, 500, 503, 507 and the like                              TryLater D102, Retry-After obeyed
    502, 504                   a gateway lost the partner's answer         TryLater D103, in doubt
    3xx, 401, 405, 407         wrong address or credentials                ConfigError D105; never followed
    other 4xx, 501, 505                                                    Rejected D201

A request is never repeated here: that is the journal's decision. ``adapters.kit.line`` makes the calls.
"""

from collections.abc import Mapping
from typing import Final

from adapters.kit.answered import LATER, LOST, Answered, retry_after
from adapters.kit.line import Line
from adapters.kit.login import Login
from adapters.kit.pieces import Pieces
from adapters.kit.showing import Showing, Written
from hub_core.directory import Endpoint
from hub_core.errors import ConfigError, Rejected, TryLater

MAX_ANSWER_BYTES: Final = 10_000_000
UNKNOWN: Final = 401  # a partner does not know who calls
_DOOR: Final = frozenset({UNKNOWN, 405, 407})  # with every 3xx: no message gets in there


class Client:
    """Calls one partner, and shows who the hub is as the endpoint's ``credentials`` say: with every call.

    Args:
        name: of the endpoint, for error texts.
        endpoint: with ``url``; its credentials are resolved now, and again when the file of a secret changed.

    Raises:
        ConfigError: R103 no url, or credentials that are not complete; R109 no secret; R110 no usable key or
            certificate.
    """

    def __init__(self, name: str, endpoint: Endpoint, *, max_answer_bytes: int = MAX_ANSWER_BYTES) -> None:
        if endpoint.url is None:
            raise ConfigError("R103", "the endpoint has no url", where="url", mend="add url: https://...")
        self._name = name
        self._url = endpoint.url
        self._max_answer_bytes = max_answer_bytes
        credentials = endpoint.credentials
        addresses = (endpoint.url, (credentials.login if credentials else None) or "")
        self._line = Line(name, endpoint, addresses)
        self._showing: Showing
        if credentials is not None and credentials.kind == "client-credentials":
            self._showing = Login(name, credentials, self._line)
        else:
            self._showing = Written(credentials)

    async def post(self, body: bytes | Pieces, headers: Mapping[str, str]) -> Answered:
        """Send a body to the endpoint's ``url`` and return the answer, whatever its status; see ``call``."""
        return await self.call("POST", self._url, body, headers)

    async def get(self, url: str, headers: Mapping[str, str]) -> Answered:
        """Fetch what lies at an address of this partner and return the answer, whatever its status; see ``call``."""
        return await self.call("GET", url, None, headers)

    async def call(self, method: str, url: str, body: bytes | Pieces | None, headers: Mapping[str, str]) -> Answered:
        """Make one call to an address of this partner and return the answer, whatever its status.

        The address may be on any host; whoever answers there is shown the credentials, but where ``headers`` say
        otherwise. A token that is needed first is fetched in the same time (``timeout``).

        Raises:
            TryLater: D101, D103; D102, D110, the login failed; J503, a file cannot be read. ConfigError: R109.
            Rejected: J115, J131, a file is not what it was.
        """
        until = self._line.end()
        shown = await self._showing.headers(until)
        told = {**{name: value.reveal() for name, value in shown.items()}, **headers}
        answered = await self._line.call(method, url, body, told, until=until, most=self._max_answer_bytes)
        if answered.status == UNKNOWN:
            self._showing.refused(shown)
        return answered

    async def close(self) -> None:
        """Give connections back."""
        await self._line.close()

    def judge(self, answered: Answered) -> None:
        """Return if the partner took the request.

        Raises:
            TryLater: D102, D103. ConfigError: D105. Rejected: D201.
        """
        status = answered.status
        if 200 <= status < 300:  # noqa: PLR2004 - the class of success
            return
        text = f"partner answered HTTP {status}"
        if status in LATER:
            raise TryLater("D102", text, where=self._name, after=retry_after(answered.headers.get("retry-after")))
        if status in _DOOR or 300 <= status < 400:  # noqa: PLR2004 - the class of redirects
            text += self._showing.refused_text if status == UNKNOWN else ""
            mend = "mend its url or credentials, then apply; a secret that is mended in its file needs no more"
            raise ConfigError("D105", text, where=self._name, mend=mend)
        if status in LOST:
            raise TryLater("D103", text, where=self._name, in_doubt=True)
        raise Rejected("D201", text, where=self._name)

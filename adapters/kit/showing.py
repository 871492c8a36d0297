"""How the hub shows a partner who it is, in the headers of a call."""

import base64
from collections.abc import Mapping
from typing import Final, Protocol

from hub_core.directory.credentials import Credentials
from hub_core.errors import ConfigError
from hub_core.security.secrets import LiveSecret, Secret

Shown = Mapping[str, Secret]  # values of headers, by lower-case name
NOTHING: Final[Shown] = {}
# Kinds that travel in the envelope of SOAP.
_ELSEWHERE: Final = frozenset({"username-token", "block"})


class Showing(Protocol):
    """What makes the headers of calls.

    Attributes:
        refused_text: what follows when the partner does not let the hub in, for people.
    """

    refused_text: str

    async def headers(self, until: float) -> Shown:
        """Return the headers of the next call.

        Args:
            until: when that call must have its answer, in seconds of the event loop.

        Raises:
            TryLater: D101, D102, D110. ConfigError: R109.
        """
        ...

    def refused(self, shown: Shown) -> None:
        """Take note that the partner let nobody in who showed these headers."""
        ...


class Written:
    """Shows what a secret says; one in a file is read again when the file is another one.

    Raises:
        ConfigError: R103, the kind needs a field that is missing; R109, the secret is not there.
    """

    refused_text = ""

    def __init__(self, credentials: Credentials | None) -> None:
        self._credentials = credentials
        shows = credentials is not None and credentials.kind not in _ELSEWHERE
        self._secret = LiveSecret(credentials.secret) if credentials is not None and shows else None
        self._of: Secret | None = None
        self._headers = NOTHING
        self._now()

    async def headers(self, until: float) -> Shown:  # noqa: ARG002 - for those who have to ask somebody
        """Return the headers of the next call; see ``Showing``."""
        return self._now()

    def refused(self, shown: Shown) -> None:  # noqa: ARG002 - there is but one secret
        """Take note that the partner let nobody in who showed these headers."""
        if self._secret is not None:
            self._secret.forget()

    def _now(self) -> Shown:
        if self._secret is not None and self._credentials is not None:
            secret = self._secret.get()
            if secret is not self._of:
                self._headers, self._of = _worded(self._credentials, secret), secret
        return self._headers


def authorisation(credentials: Credentials | None) -> dict[str, str]:
    """Return the HTTP headers that written credentials stand for; none for those that travel in the envelope.

    Raises:
        ConfigError: as ``Written``.
    """
    return {name: value.reveal() for name, value in Written(credentials)._now().items()}  # noqa: SLF001 - of this file


def basic(user: str, secret: str) -> Secret:
    """Return the header of HTTP Basic (RFC 7617, in UTF-8)."""
    return Secret(f"Basic {base64.b64encode(f'{user}:{secret}'.encode()).decode()}")


def _worded(credentials: Credentials, secret: Secret) -> Shown:
    if credentials.kind == "basic":
        return {"authorization": basic(credentials.user or "", secret.reveal())}
    if credentials.kind == "bearer":
        return {"authorization": Secret(f"Bearer {secret.reveal()}")}
    if credentials.header is None:
        raise ConfigError("R103", "credentials of kind header name no header", where="credentials", mend="add header:")
    return {credentials.header.lower(): secret}

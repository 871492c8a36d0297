"""How the demo talks to the hub: over its public HTTP addresses, as any institution would."""

import http.client
from typing import NamedTuple
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 60


class Reply(NamedTuple):
    """What came back over HTTP."""

    status: int
    body: bytes
    headers: dict[str, str]

    @property
    def reference(self) -> str:
        """The reference that every answer of the hub carries."""
        return self.headers.get("punte-reference", "")


class Caller:
    """An institution with its key."""

    def __init__(self, address: str, key: str) -> None:
        self._address = address
        self._key = key

    def post(self, path: str, body: bytes, *, media_type: str, headers: dict[str, str] | None = None) -> Reply:
        """Send one request; the answer is returned whatever its status."""
        parts = urlsplit(self._address)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request(
                "POST", path, body, {"Content-Type": media_type, "Punte-Key": self._key, **(headers or {})}
            )
            response = connection.getresponse()
            answered = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, response.read(), answered)
        finally:
            connection.close()

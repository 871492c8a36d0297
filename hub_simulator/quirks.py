"""How a simulated partner can be difficult, and what it demands of its callers."""

import base64
import binascii
import codecs
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

import msgspec

from adapters.soap.names import WSSE
from hub_core.errors import Refused


class Require(StrEnum):
    """Credentials that a caller must show; any user and password will do."""

    USERNAME_TOKEN = "username-token"  # noqa: S105 - a name
    BASIC = "basic"


class Quirks(msgspec.Struct, frozen=True, kw_only=True):
    """How it behaves.

    Attributes:
        latency: before each answer.
        fault_rate: share of calls that are answered with a fault.
        faults_as_200: faults come with HTTP status 200.
        encoding: of the answers.
        require: ``None``: nothing is demanded.
    """

    latency: timedelta = timedelta(0)
    fault_rate: float = 0.0
    faults_as_200: bool = False
    encoding: str = "UTF-8"
    require: Require | None = None

    def __post_init__(self) -> None:
        """Refuse an encoding that nobody knows; raises LookupError."""
        codecs.lookup(self.encoding)

    def admit(self, headers: Mapping[str, str], header: Any) -> None:
        """Look at the credentials of a call.

        Args:
            headers: of HTTP, names in lower case.
            header: the ``Header`` of the envelope, or ``None``.

        Raises:
            Refused: A401, there are none.
        """
        if self.require is Require.BASIC and not _basic(headers.get("authorization", "")):
            raise Refused("A401", "credentials are missing: HTTP Basic")
        if self.require is Require.USERNAME_TOKEN and not _token(header):
            raise Refused("A401", "credentials are missing: a UsernameToken of WS-Security")


def _basic(authorization: str) -> bool:
    kind, _, value = authorization.partition(" ")
    try:
        user, colon, _ = base64.b64decode(value.strip(), validate=True).partition(b":")
    except binascii.Error:
        return False
    return kind.lower() == "basic" and bool(user and colon)


def _token(header: Any) -> bool:
    wsse = f"{{{WSSE}}}"
    token = header.find(f"{wsse}Security/{wsse}UsernameToken") if header is not None else None
    return token is not None and bool(token.findtext(f"{wsse}Username")) and bool(token.findtext(f"{wsse}Password"))

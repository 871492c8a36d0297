"""Credentials that a simulated partner demands of its callers: any at all, or those of one user."""

import base64
import binascii
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from adapters.soap.names import WSSE
from adapters.soap.security.replays import Replays
from adapters.soap.security.tokens import AGE, Account, check_token
from hub_core.directory.credentials import SecretReference
from hub_core.errors import ConfigError, Refused
from hub_core.security.secrets import resolve


class Require(StrEnum):
    """How credentials are shown."""

    USERNAME_TOKEN = "username-token"  # noqa: S105 - a name
    BASIC = "basic"


class Demand:
    """What a caller must show; without an account any user and password will do."""

    def __init__(self, kind: Require, account: Account | None = None) -> None:
        self._kind = kind
        self._account = account
        self._replays = Replays()

    def check(self, headers: Mapping[str, str], header: Any) -> None:
        """Look at the credentials of a call.

        Args:
            headers: of HTTP, names in lower case.
            header: the ``Header`` of the envelope, or ``None``.

        Raises:
            Refused: A401, there are none; A401, A411 to A414, they are not those.
        """
        if self._kind is Require.BASIC:
            self._check_basic(headers.get("authorization", ""))
        else:
            self._check_token(header)

    def _check_basic(self, authorization: str) -> None:
        kind, _, value = authorization.partition(" ")
        try:
            shown = base64.b64decode(value.strip(), validate=True)
        except binascii.Error:
            shown = b""
        user, colon, _ = shown.partition(b":")
        if kind.lower() != "basic" or not user or not colon:
            raise Refused("A401", "credentials are missing: HTTP Basic")
        known = self._account
        if known is not None and not hmac.compare_digest(shown, f"{known.user}:{known.password}".encode()):
            raise Refused("A401", "user or password is not right")

    def _check_token(self, header: Any) -> None:
        wsse = f"{{{WSSE}}}"
        security: Any = header.find(f"{wsse}Security") if header is not None else None
        token = security.find(f"{wsse}UsernameToken") if security is not None else None
        if token is None or not token.findtext(f"{wsse}Username") or not token.findtext(f"{wsse}Password"):
            raise Refused("A401", "credentials are missing: a UsernameToken of WS-Security")
        if self._account is not None:
            check_token(security, self._account, now=datetime.now(UTC), age=AGE, replays=self._replays)


def demand_of(text: str) -> Demand:
    """Return what ``KIND`` or ``KIND:USER:FILE`` demands; the password is what stands in the file.

    Raises:
        ConfigError: R104, it is neither; R109, the file cannot be read.
    """
    kind, *account = text.split(":", 2)
    if kind not in set(Require) or len(account) == 1 or not all(account):
        mend = "write basic or username-token, or either with :USER:PASSWORD-FILE"
        raise ConfigError("R104", "this demands nothing that is known", where="--require", mend=mend)
    if not account:
        return Demand(Require(kind))
    user, file = account
    return Demand(Require(kind), Account(user, resolve(SecretReference(file=str(Path(file)))).reveal()))

"""What one endpoint writes into its requests, and what it demands of messages and answers."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from lxml import etree

from adapters.soap.names import WSSE, WSU
from adapters.soap.security.places import Envelope
from adapters.soap.security.replays import Replays
from adapters.soap.security.tokens import AGE, Account, check_timestamp, check_token, timestamp, username_token
from hub_core.directory import Endpoint
from hub_core.directory.credentials import Security, Signed, Signing
from hub_core.errors import ConfigError
from hub_core.security.secrets import LiveSecret, resolve_pem

if TYPE_CHECKING:  # the libraries of signatures take 0.05 s to import, and few endpoints need them
    from adapters.soap.security.signing import Signer

NONCE_BYTES: Final = 16
_NAMES: Final = f'xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}"'
_NONE: Final = Security()


def _now() -> datetime:
    return datetime.now(UTC)


class Outgoing:
    """Shows who the hub is.

    Raises:
        ConfigError: R103 no user, R109 a secret is not there, R110 a key or certificate cannot be used.
    """

    def __init__(self, endpoint: Endpoint, *, now: Callable[[], datetime] = _now) -> None:
        security = endpoint.security or _NONE
        self._now = now
        self._account = _account(endpoint)
        self._age = security.timestamp
        self._signer: Signer | None = None
        if security.sign is not None:
            self._signer = _signer(security.sign)
        self._answers = None if security.signed is None else _Signatures(security.signed)

    def header(self) -> str:
        """Return the Security header of the next request; empty where there is nothing to show."""
        parts = ""
        if self._age is not None:
            parts += timestamp(self._now(), self._age)
        if self._account is not None:
            parts += username_token(self._account(), now=self._now(), nonce=os.urandom(NONCE_BYTES))
        return f"<wsse:Security {_NAMES}>{parts}</wsse:Security>" if parts or self._signer else ""

    def sign(self, envelope: bytes) -> bytes:
        """Return a request with its signature, where the endpoint wants one."""
        return envelope if self._signer is None else self._signer.sign(envelope)

    @property
    def signs(self) -> bool:
        """Whether requests are signed."""
        return self._signer is not None

    @property
    def doubts(self) -> bool:
        """Whether answers have to prove who wrote them."""
        return self._answers is not None

    def check(self, answer: etree._Element) -> None:
        """See that an answer was signed by the partner, and take out what proved it.

        Raises:
            Refused: A411, A413, A415, A416.
        """
        if self._answers is not None:
            envelope = Envelope(answer)
            now = self._now()
            stamp = None
            if self._age is not None or envelope.security.find(f"{{{WSU}}}Timestamp") is not None:
                stamp = check_timestamp(envelope.security, now=now, age=self._age or AGE)
            self._answers.check(envelope, stamp, now)
            envelope.drop_security()


class Incoming:
    """Demands of each message what its endpoint says.

    Attributes:
        signs: messages must be signed.
        proves: a message says itself who sent it, by a password or a signature.
        demands: something is looked at.

    Raises:
        ConfigError: R103, R109, R110.
    """

    def __init__(self, endpoint: Endpoint, *, now: Callable[[], datetime] = _now) -> None:
        security = endpoint.security or _NONE
        self._now = now
        self._account = _account(endpoint)
        self._stamped = security.timestamp is not None
        self._age = security.timestamp or AGE
        self._signed = None if security.signed is None else _Signatures(security.signed)
        self._replays = Replays()
        self.signs = self._signed is not None
        self.proves = self._account is not None or self.signs
        self.demands = self.proves or self._stamped

    def check(self, root: etree._Element) -> None:
        """See that a message proves what it must, and take out what proved it: no reader has to understand it.

        The signature comes last but for the token: what is cheap to refuse is refused first, and a nonce is
        remembered only of a message that holds in all else.

        Raises:
            Refused: A411 to A416. TryLater: W510.
        """
        if not self.demands:
            return
        envelope = Envelope(root)
        now = self._now()
        stamp = None
        if self._stamped or envelope.security.find(f"{{{WSU}}}Timestamp") is not None:
            stamp = check_timestamp(envelope.security, now=now, age=self._age)
        if self._signed is not None:
            self._signed.check(envelope, stamp, now)
        if self._account is not None:
            check_token(envelope.security, self._account(), now=now, age=self._age, replays=self._replays)
        envelope.drop_security()


def _signer(sign: Signing) -> "Signer":
    from adapters.soap.security.signing import Signer

    return Signer(resolve_pem(sign.key), resolve_pem(sign.certificate), sign.algorithm)


class _Signatures:
    def __init__(self, signed: Signed) -> None:
        from adapters.soap.security.signing import certificates

        self._trusted = certificates(resolve_pem(signed.certificate))
        self._algorithms = signed.algorithms

    def check(self, envelope: Envelope, stamp: etree._Element | None, now: datetime) -> None:
        from adapters.soap.security.verifying import verify

        verify(envelope, stamp, trusted=self._trusted, algorithms=self._algorithms, now=now)


def _account(endpoint: Endpoint) -> Callable[[], Account] | None:
    """Return what gives the account with the secret of now; ``None``: there is none."""
    credentials = endpoint.credentials
    if credentials is None or credentials.kind != "username-token":
        return None
    if not credentials.user:
        raise ConfigError("R103", "a user name token needs a user", where="credentials", mend="add user:")
    form = (endpoint.security or _NONE).form
    user, secret = credentials.user, LiveSecret(credentials.secret)
    return lambda: Account(user, secret.get().reveal(), form)

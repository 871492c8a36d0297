"""How two systems show each other who they are, as it is registered: credentials, certificates, WS-Security."""

from datetime import timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

SCOPE = r"^[\x21\x23-\x5b\x5d-\x7e]{1,100}( [\x21\x23-\x5b\x5d-\x7e]{1,100}){0,19}$"  # RFC 6749, section 3.3
FINGERPRINT = r"^([0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}$"


class Struct(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Base of what is registered: immutable and closed; unknown fields are spelling mistakes."""


class SecretReference(Struct, frozen=True, kw_only=True):
    """Where a secret lies; exactly one of the two. A registry file never holds the secret itself.

    Attributes:
        env: name of an environment variable.
        file: path of a file.
    """

    env: str | None = None
    file: str | None = None


class Credentials(Struct, frozen=True, kw_only=True):
    """How the hub shows itself to a partner.

    Attributes:
        kind: HTTP Basic, WS-Security UsernameToken, a bearer token, a header of the partner's own, or a header block of
            a SOAP message whose templates fill in ``{user}`` and ``{secret}``; over SFTP a private key or a password.
            ``client-credentials``: the hub logs in for a bearer token that counts for a while (OAuth 2.0, RFC 6749,
            section 4.4).
        user: for all but ``bearer`` and ``header``; for ``client-credentials`` the client id.
        header: name of the header, for ``header``.
        secret: password, token, value of the header, client secret, or a private key without a password, as ssh-keygen
            writes it.
        login: address where the hub logs in, or ``env:NAME``, for ``client-credentials``; on any host.
        login_by: how client id and secret are shown there: ``basic`` in a header, ``form`` in the body.
        scope: asked for there; left out: what the partner gives by itself.
    """

    kind: Literal["basic", "username-token", "bearer", "header", "block", "ssh-key", "password", "client-credentials"]
    user: str | None = None
    header: str | None = None
    secret: SecretReference
    login: str | None = None
    login_by: Literal["basic", "form"] = "basic"
    scope: Annotated[str, Meta(pattern=SCOPE, examples=["messages.read messages.write"])] | None = None


class ClientCertificate(Struct, frozen=True, kw_only=True):
    """What the hub shows when it connects (mutual TLS), as PEM files.

    Attributes:
        certificate: path; with what leads from it to its authority.
        key: path; without a password.
        authorities: path of the certificates that the partner is trusted by; left out: the machine's.
    """

    certificate: str | None = None
    key: str | None = None
    authorities: str | None = None


class CallerCertificate(Struct, frozen=True, kw_only=True):
    """A certificate that an institution shows when it calls: one by its fingerprint, or all that bear two names.

    Attributes:
        sha256: fingerprint: SHA-256 of the certificate, in hex, with or without colons.
        subject: whom it is issued to, as RFC 4514 writes names: `CN=siui.example,O=Agency,C=RO`.
        issuer: who issued it, in the same way; beside ``subject``.
    """

    sha256: (
        Annotated[
            str,
            Meta(pattern=FINGERPRINT, examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]),
        ]
        | None
    ) = None
    subject: str | None = None
    issuer: str | None = None


class Signing(Struct, frozen=True, kw_only=True):
    """How the hub signs Body and Timestamp.

    Attributes:
        key: where the private key lies, in PEM form without a password.
        certificate: where its certificate lies, in PEM form.
        algorithm: of the signature, as the key has it; SHA-1 only for partners who know nothing else.
    """

    key: SecretReference
    certificate: SecretReference
    algorithm: Literal["rsa-sha256", "ecdsa-sha256", "rsa-sha1"] = "rsa-sha256"


class Signed(Struct, frozen=True, kw_only=True):
    """By whom messages (``in``) or answers (``out``, ``ask``) must be signed.

    Attributes:
        certificate: where the partner's certificate lies, in PEM form; two while one takes over from the other.
        algorithms: that count; SHA-1 only where it is named.
    """

    certificate: SecretReference
    algorithms: tuple[Literal["rsa-sha256", "ecdsa-sha256", "rsa-sha1"], ...] = ("rsa-sha256", "ecdsa-sha256")


class Security(Struct, frozen=True, kw_only=True):
    """WS-Security: what the hub writes into its requests, and what it demands of messages and answers.

    Attributes:
        form: how a user name token shows the password of ``credentials``.
        timestamp: after which a message is too old. ``out``, ``ask``: requests carry a Timestamp that says so; ``in``:
            one is demanded. Left out: none is, and tokens end after five minutes.
        sign: how requests are signed.
        signed: by whom messages or answers must be signed.
    """

    form: Literal["text", "digest"] = "text"
    timestamp: timedelta | None = None
    sign: Signing | None = None
    signed: Signed | None = None

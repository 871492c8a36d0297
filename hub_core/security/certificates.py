"""Certificates: what one says of itself, who issued it, and how a proxy hands on the one that a caller showed to it.

Sources: RFC 5280 (certificates), RFC 4514 (names), RFC 9440 (Client-Cert), nginx (``$ssl_client_escaped_cert``).
"""

import base64
import hashlib
import re
from datetime import datetime
from typing import Final, NamedTuple
from urllib.parse import unquote_to_bytes

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding

MAX_CHARACTERS: Final = 30_000  # of a certificate in a header; real ones have 1,000 to 4,000
_PEM: Final = re.compile(rb"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*")


class Certificate(NamedTuple):
    """What a certificate says of itself; names as RFC 4514 writes them, ``sha256`` in 64 small hex digits."""

    sha256: str
    subject: str
    issuer: str
    begins: datetime
    ends: datetime


class Authorities:
    """Who issues the certificates that count.

    Raises:
        ValueError: there is none in the PEM file.
    """

    def __init__(self, pem: bytes) -> None:
        self._certificates = x509.load_pem_x509_certificates(pem)

    def issued(self, der: bytes) -> bool:
        """Tell whether one of them signed a certificate, or is that certificate itself.

        Raises:
            ValueError: it is no certificate.
        """
        certificate = x509.load_der_x509_certificate(der)
        return any(certificate == known or _signed(certificate, known) for known in self._certificates)


def end_of(pem: bytes) -> datetime:
    """Return when the first certificate of a PEM file ends.

    Raises:
        ValueError: there is none.
    """
    return x509.load_pem_x509_certificates(pem)[0].not_valid_after_utc


def certificate_of(body: bytes) -> Certificate:
    """Return what a certificate, in DER or PEM form, says of itself.

    Raises:
        ValueError: it is none.
    """
    pem = body.lstrip().startswith(b"-----BEGIN")
    certificate = x509.load_pem_x509_certificate(body) if pem else x509.load_der_x509_certificate(body)
    der = certificate.public_bytes(Encoding.DER) if pem else body
    return Certificate(
        sha256=hashlib.sha256(der).hexdigest(),
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        begins=certificate.not_valid_before_utc,
        ends=certificate.not_valid_after_utc,
    )


def written(name: str) -> str:
    """Return a name as ``Certificate`` has it, however it is spaced.

    Raises:
        ValueError: it is no name.
    """
    return x509.Name.from_rfc4514_string(name).rfc4514_string()


def handed_on(header: str) -> bytes:
    """Return the certificate, in DER form, that a proxy says a caller showed: one, escaped PEM or as RFC 9440 has it.

    Raises:
        ValueError: the header is neither.
    """
    if len(header) > MAX_CHARACTERS:
        raise ValueError("too long")
    if header.startswith(":") and header.endswith(":"):
        return base64.b64decode(header[1:-1], validate=True)
    pem = _PEM.fullmatch(unquote_to_bytes(header))
    if pem is None:
        raise ValueError("no PEM")
    return base64.b64decode(b"".join(pem[1].split()), validate=True)


def _signed(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):  # another issuer, another kind of key, another key
        return False
    return True

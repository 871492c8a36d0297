"""Envelopes, keys and certificates for the tests of WS-Security."""

import functools
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

from adapters.soap.names import SOAP_11, WSSE, WSU
from adapters.soap.security.signing import Signer
from adapters.soap.security.tokens import timestamp

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
AGE = timedelta(minutes=5)


class Pair(NamedTuple):
    key: bytes
    certificate: bytes


def pair(name: str = "partner", *, kind: str = "rsa", ends: datetime = datetime(2036, 1, 1, tzinfo=UTC)) -> Pair:
    return _pair(name, kind, ends)


@functools.cache
def _pair(name: str, kind: str, ends: datetime) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1()) if kind == "ec" else rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(ends)
        .sign(key, SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Pair(pem, certificate.public_bytes(Encoding.PEM))


def envelope(
    body: str = "<m:pay xmlns:m='urn:m'><m:sum>100</m:sum></m:pay>",
    *,
    security: str | None = None,
    soap: str = SOAP_11,
    at: datetime = NOW,
) -> bytes:
    parts = timestamp(at, AGE) if security is None else security
    header = f'<wsse:Security xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}">{parts}</wsse:Security>'
    return (
        f'<soap:Envelope xmlns:soap="{soap}"><soap:Header>{header}</soap:Header>'
        f"<soap:Body>{body}</soap:Body></soap:Envelope>"
    ).encode()


def signed(name: str = "partner", algorithm: str = "rsa-sha256", **more: object) -> etree._Element:
    keys = pair(name, kind="ec" if algorithm.startswith("ec") else "rsa")
    return etree.fromstring(Signer(*keys, algorithm).sign(envelope(**more)))

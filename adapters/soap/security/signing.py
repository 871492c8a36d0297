"""Signing what goes out: Body and Timestamp, exclusive canonical form, the certificate beside it.

Source: X.509 Certificate Token Profile 1.1.1, section 3.
"""

import base64
import logging
from typing import Final, Literal

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureConstructionMethod, SignatureMethod
from signxml.signer import SignatureReference, XMLSigner

from adapters.soap.names import DS, VERSIONS, WSSE, WSSE_BASE64, WSSE_X509, WSU
from hub_core.errors import ConfigError

# The library tells canonical forms, and with them whole messages, to its log.
logging.getLogger("signxml").setLevel(logging.WARNING)

Algorithm = Literal["rsa-sha256", "ecdsa-sha256", "rsa-sha1"]
METHODS: Final = {
    "rsa-sha256": (SignatureMethod.RSA_SHA256, DigestAlgorithm.SHA256),
    "ecdsa-sha256": (SignatureMethod.ECDSA_SHA256, DigestAlgorithm.SHA256),
    "rsa-sha1": (SignatureMethod.RSA_SHA1, DigestAlgorithm.SHA1),
}
_EXCLUSIVE: Final = CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0
ID: Final = f"{{{WSU}}}Id"
_BODY, _STAMP, _TOKEN = "punte-body", "punte-timestamp", "punte-certificate"


class _Signer(XMLSigner):
    def check_deprecated_methods(self) -> None:
        """Take SHA-1, too: an endpoint that has it says so by name."""


class Signer:
    """Signs with one key.

    Args:
        key: PEM, without a password.
        certificate: PEM; the first one is sent along.
        algorithm: by which the digest and the signature are made.

    Raises:
        ConfigError: R110, the key or the certificate cannot be read, or they do not belong to each other.
    """

    def __init__(self, key: bytes, certificate: bytes, algorithm: Algorithm = "rsa-sha256") -> None:
        self._key = _private_key(key, algorithm)
        self._certificate = certificates(certificate)[0]
        if self._certificate.public_key() != self._key.public_key():
            raise _unusable("the key does not belong to the certificate")
        self._method, self._digest = METHODS[algorithm]

    def __repr__(self) -> str:
        return "Signer(…)"

    def sign(self, envelope: bytes) -> bytes:
        """Return an envelope of ours with its Body, and its Timestamp if it has one, signed.

        It must hold a Security header, whose last part the signature becomes.
        """
        root = etree.fromstring(envelope)
        soap = root.tag.removesuffix("Envelope")
        security = root.find(f"{soap}Header/{{{WSSE}}}Security")
        if security is None:
            raise ValueError("an envelope without a Security header")
        security.set(f"{soap}mustUnderstand", "1" if VERSIONS[soap[1:-1]] == "1.1" else "true")
        signed = {_BODY: root.find(f"{soap}Body"), _STAMP: security.find(f"{{{WSU}}}Timestamp")}
        references = []
        for name, element in signed.items():
            if element is not None:
                element.set(ID, name)
                references.append(SignatureReference(f"#{name}", _EXCLUSIVE))
        security.append(self._token())
        signer = _Signer(
            method=SignatureConstructionMethod.detached,
            signature_algorithm=self._method,
            digest_algorithm=self._digest,
            c14n_algorithm=_EXCLUSIVE,
        )
        signature = signer.sign(root, key=self._key, reference_uri=references, key_info=_key_info())
        security.append(signature)
        return etree.tostring(root, encoding="UTF-8", xml_declaration=True)

    def _token(self) -> etree._Element:
        token = etree.Element(f"{{{WSSE}}}BinarySecurityToken", EncodingType=WSSE_BASE64, ValueType=WSSE_X509)
        token.set(ID, _TOKEN)
        token.text = base64.b64encode(self._certificate.public_bytes(Encoding.DER)).decode()
        return token


def certificates(pem: bytes) -> list[x509.Certificate]:
    """Return the certificates of a PEM file.

    Raises:
        ConfigError: R110.
    """
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError:
        raise _unusable("no certificate in PEM form") from None


def _private_key(pem: bytes, algorithm: Algorithm) -> RSAPrivateKey | EllipticCurvePrivateKey:
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError):
        raise _unusable("no private key in PEM form without a password") from None
    if not isinstance(key, EllipticCurvePrivateKey if algorithm.startswith("ecdsa") else RSAPrivateKey):
        raise _unusable(f"the key is not one for {algorithm}")
    return key


def _key_info() -> etree._Element:
    info = etree.Element(f"{{{DS}}}KeyInfo", nsmap={"ds": DS, "wsse": WSSE})
    reference = etree.SubElement(info, f"{{{WSSE}}}SecurityTokenReference")
    etree.SubElement(reference, f"{{{WSSE}}}Reference", URI=f"#{_TOKEN}", ValueType=WSSE_X509)
    return info


def _unusable(text: str) -> ConfigError:
    return ConfigError("R110", text, where="security", mend="name PEM files with the key and its certificate")

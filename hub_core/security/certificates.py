"""What a certificate says of itself."""

from datetime import datetime

from cryptography import x509


def end_of(pem: bytes) -> datetime:
    """Return when the first certificate of a PEM file ends.

    Raises:
        ValueError: there is none.
    """
    return x509.load_pem_x509_certificates(pem)[0].not_valid_after_utc

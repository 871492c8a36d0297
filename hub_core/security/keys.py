"""API keys: how one is made, shown, sent and recognised. Where they lie is the registry's affair.

A key is 256 random bits. It cannot be guessed, so it is kept as a plain SHA-256: the slow hashes made for passwords
defend words that people choose, and would cost every call tens of milliseconds. Only the digest is ever stored.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from typing import Final

from hub_core.errors import Refused

PREFIX: Final = "punte_"  # lets scanners of repositories recognise a key that was committed by mistake
RANDOM_BYTES: Final = 32
MAX_HEADER: Final = 400  # characters; a Basic header with the longest name and a key has about 160


def new_key() -> str:
    """Return a new key, to be shown once and then forgotten."""
    return PREFIX + secrets.token_urlsafe(RANDOM_BYTES)


def digest_of(key: str) -> bytes:
    """Return the 32 bytes under which a key is stored and looked up."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()


#: Compares two digests in constant time.
same: Final[Callable[[bytes, bytes], bool]] = hmac.compare_digest


def presented(headers: Mapping[str, str]) -> bytes:
    """Return the digest of the key in the headers; ``Punte-Key`` counts before ``Authorization: Basic``.

    With Basic the key is the password. The user is not looked at: SOAP clients send what they are set up with.

    Args:
        headers: by lower-case name.

    Raises:
        Refused: A401, no key, or one that is no header of ours.
    """
    if key := headers.get("punte-key", "").strip():
        return digest_of(_short(key))
    scheme, _, credentials = headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() != "basic" or not credentials:
        raise Refused("A401", "no key was sent")
    try:
        text = base64.b64decode(_short(credentials.strip()), validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise Refused("A401", "the Basic header cannot be read") from error
    _, colon, key = text.partition(":")
    if not colon:
        raise Refused("A401", "the Basic header holds no password")
    return digest_of(key)


def _short(text: str) -> str:
    if len(text) > MAX_HEADER:
        raise Refused("A401", "the key is too long")
    return text

"""Sealing: bytes that only the holder of a key can read, and that nobody can change or move unseen.

AES-256-GCM (NIST SP 800-38D) with a random nonce of 96 bits. A sealed value is one byte of version, the nonce, the
ciphertext, the tag. Beside the bytes the tag covers what they belong to (``bound_to``): a value that is put in
another's place does not open. A long value is compressed before (Zstandard, RFC 8878): documents and records take a
third of the room then.

Values that are only ever compared are kept as keyed hashes (HMAC-SHA-256): who has the store and not the key can
neither read them nor try all thirteen-digit numbers.
"""

import os
import threading
from hashlib import sha256
from typing import Final

import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from hub_core.errors import Rejected

KEY_BYTES: Final = 32
AS_IT_IS: Final = b"\x01"  # the version of a value
PACKED: Final = b"\x02"  # compressed; the tag covers this version, too
_LONG: Final = 1000  # bytes, from which on it pays
_LEVEL: Final = -3  # higher ones have tables that push the hub's code out of the processor's caches
_NONCE_BYTES: Final = 12
_BLOCK_BYTES: Final = 64  # of SHA-256
_TOKEN_BYTES: Final = 16  # of the hash: two of 2^64 values may meet, and a row of an index stays short


class _Kept(threading.local):
    """What packs for a thread: making one takes longer than using it."""

    def __init__(self) -> None:
        self.pack = zstandard.ZstdCompressor(level=_LEVEL).compress
        self.unpack = zstandard.ZstdDecompressor().decompress


_KEPT: Final = _Kept()


class Cipher:
    """One key at work. Safe to use from several threads."""

    __slots__ = ("_aead",)

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)

    def seal(self, opened: bytes, bound_to: bytes) -> bytes:
        """Return sealed bytes that open only with the same ``bound_to``."""
        nonce = os.urandom(_NONCE_BYTES)
        if len(opened) >= _LONG and len(packed := _KEPT.pack(opened)) < len(opened):
            return PACKED + nonce + self._aead.encrypt(nonce, packed, PACKED + bound_to)
        return AS_IT_IS + nonce + self._aead.encrypt(nonce, opened, bound_to)

    def open(self, sealed: bytes, bound_to: bytes) -> bytes:
        """Return what was sealed.

        Raises:
            Rejected: J115, another key, another place, or changed bytes.
        """
        version, nonce, rest = sealed[:1], sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        if version not in (AS_IT_IS, PACKED):
            raise unopened("is of a form that this version does not know")
        try:
            if version == PACKED:
                return _KEPT.unpack(self._aead.decrypt(nonce, rest, PACKED + bound_to))
            return self._aead.decrypt(nonce, rest, bound_to)
        except (InvalidTag, ValueError):
            raise unopened("was changed, or belongs to another place") from None


class Hasher:
    """Keyed hashes for one purpose: the same text gives the same token, and tokens of two purposes never meet."""

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes, purpose: str) -> None:
        derived = HKDFExpand(SHA256(), KEY_BYTES, b"punte lookup " + purpose.encode()).derive(key)
        # RFC 2104, section 4: what follows from the key alone is hashed once; half the time of the module hmac.
        block = derived.ljust(_BLOCK_BYTES, b"\0")
        self._inner = sha256(bytes(byte ^ 0x36 for byte in block))
        self._outer = sha256(bytes(byte ^ 0x5C for byte in block))

    def digest(self, value: bytes) -> bytes:
        """Return 32 bytes."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(value)
        outer.update(inner.digest())
        return outer.digest()

    def token(self, text: str) -> str:
        """Return 32 characters."""
        return self.digest(text.encode("utf-8", "surrogatepass"))[:_TOKEN_BYTES].hex()


def unopened(why: str) -> Rejected:
    """Return the error for a sealed value that does not open."""
    return Rejected("J115", f"a sealed value {why}", where="journal")

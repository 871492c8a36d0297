"""Sealing by hand, as much as the hub does: AES-256-GCM of all that is personal, keyed hashes of what is looked up.

A message has a data key; what was said of its sender and the data key are sealed by the key of the file.
"""

import os
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_BLOCK: Final = 64  # bytes of SHA-256
_pack: Final = msgspec.msgpack.Encoder().encode


class Sealed(NamedTuple):
    """What is written of one message; hashes are keyed."""

    sender: bytes | None
    digest: bytes
    envelope: bytes
    body: bytes
    decision: bytes
    persons: list[bytes]


class Seal:
    """The keys of one file, which lie beside it."""

    def __init__(self, file: Path) -> None:
        if not file.exists():
            file.touch(0o600)
            file.write_bytes(os.urandom(2 * _KEY_BYTES))
        keys = file.read_bytes()
        self._aead = AESGCM(keys[:_KEY_BYTES])
        self._hashes = {purpose: _pads(keys[_KEY_BYTES:] + purpose) for purpose in (b"sender", b"digest", b"person")}

    def seal(self, message_id: str, body: bytes, decision: bytes, sender: str | None, persons: list[str]) -> Sealed:
        """Seal a message; every value opens only as what it is, of this message."""
        data_key, bound_to = os.urandom(_KEY_BYTES), message_id.encode()
        own = AESGCM(data_key)
        digest = sha256(body).digest()
        return Sealed(
            sender=None if sender is None else self.hashed(b"sender", sender.encode()),
            digest=self.hashed(b"digest", digest),
            envelope=_sealed(self._aead, _pack((data_key, digest, sender)), b"envelope of " + bound_to),
            body=_sealed(own, body, b"body of " + bound_to),
            decision=_sealed(own, decision, b"decision of " + bound_to),
            persons=[self.hashed(b"person", person.encode()) for person in persons],
        )

    def hashed(self, purpose: bytes, value: bytes) -> bytes:
        """Return 16 bytes of HMAC-SHA-256."""
        inner, outer = (half.copy() for half in self._hashes[purpose])
        inner.update(value)
        outer.update(inner.digest())
        return outer.digest()[:16]

    def open(self, message_id: str, envelope: bytes, body: bytes, decision: bytes) -> tuple[bytes, bytes]:
        """Return body and decision."""
        bound_to = message_id.encode()
        data_key, _, _ = msgspec.msgpack.decode(_opened(self._aead, envelope, b"envelope of " + bound_to))
        own = AESGCM(data_key)
        return _opened(own, body, b"body of " + bound_to), _opened(own, decision, b"decision of " + bound_to)


def _sealed(aead: AESGCM, plain: bytes, bound_to: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + aead.encrypt(nonce, plain, bound_to)


def _opened(aead: AESGCM, sealed: bytes, bound_to: bytes) -> bytes:
    return aead.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound_to)


def _pads(key: bytes):  # type: ignore[no-untyped-def]  # the type of a hash has no public name
    block = sha256(key).digest().ljust(_BLOCK, b"\0")
    return sha256(bytes(byte ^ 0x36 for byte in block)), sha256(bytes(byte ^ 0x5C for byte in block))

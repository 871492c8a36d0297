"""A content as it lies in its file: cut into chunks, each sealed by itself, so that none of it is ever whole in memory.

AES-256-GCM with a key that seals this one file. The nonce of a chunk is its number and whether it is the last: a chunk
opens only in its own place, and a file that was cut or added to does not end (Hoang, Reyhanitabar, Rogaway, Vizár:
Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance, 2015, section 7).
"""

from collections.abc import Iterator
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub_core.security.sealing import unopened

HEAD: Final = b"punte attachment 1\n"
CHUNK: Final = 98_304  # bytes; a multiple of three, so that chunks can be written as base64 one after the other
_SEALED: Final = CHUNK + 16


class ChunkSealer:
    """Seals one content as it comes."""

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)
        self._rest = bytearray()
        self._number = 0

    def seal(self, content: bytes) -> Iterator[bytes]:
        """Take more of the content, and yield the chunks that are full."""
        self._rest += content
        while len(self._rest) > CHUNK:  # one is kept back: it may be the last
            yield self._sealed(bytes(self._rest[:CHUNK]), last=False)
            del self._rest[:CHUNK]

    def end(self) -> bytes:
        """Return the last chunk."""
        return self._sealed(bytes(self._rest), last=True)

    def _sealed(self, content: bytes, *, last: bool) -> bytes:
        sealed = self._aead.encrypt(_nonce(self._number, last=last), content, HEAD)
        self._number += 1
        return sealed


def opened(file: BinaryIO, key: bytes) -> Iterator[bytes]:
    """Yield the content of a sealed file, each piece once it proved to be what was sealed in its place.

    Raises:
        Rejected: J115, it was changed, cut or added to, or sealed by another key.
    """
    aead = AESGCM(key)
    if file.read(len(HEAD)) != HEAD:
        raise unopened("is of a form that this version does not know")
    number, chunk = 0, file.read(_SEALED)
    while True:
        following = file.read(_SEALED)
        try:
            yield aead.decrypt(_nonce(number, last=not following), chunk, HEAD)
        except (InvalidTag, ValueError):
            raise unopened("was changed, cut or added to") from None
        if not following:
            return
        number, chunk = number + 1, following


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11) + last.to_bytes()

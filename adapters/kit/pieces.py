"""A body that is put together while it is sent: texts, and contents that lie in files."""

import asyncio
import base64
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import NamedTuple

from hub_core.attachments.attachment import Enclosed
from hub_core.errors import PunteError


class AsBase64(NamedTuple):
    """A content that stands in a text."""

    content: Enclosed


Piece = bytes | Enclosed | AsBase64


class Pieces:
    """A body of a known length that is never whole in memory.

    Attributes:
        pieces: in their order.
        size: in bytes.
        fault: why it ended before it was whole, where a file could not be read.
    """

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.pieces = pieces
        self.size = sum(_size(piece) for piece in pieces)
        self.fault: PunteError | None = None

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.pieces:
            if isinstance(piece, bytes):
                yield piece
            elif isinstance(piece, AsBase64):
                # All chunks but the last are a multiple of three bytes.
                yield from map(base64.b64encode, piece.content.chunks())
            else:
                yield from piece.chunks()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield it again from its beginning; files are read outside of the event loop."""
        chunks = iter(self)
        try:
            while (chunk := await asyncio.to_thread(next, chunks, None)) is not None:
                yield chunk
        except PunteError as fault:
            self.fault = fault
            raise


def body_of(pieces: Sequence[Piece]) -> bytes | Pieces:
    """Return a body; as bytes where nothing of it lies in a file."""
    if all(isinstance(piece, bytes) for piece in pieces):
        return b"".join(piece for piece in pieces if isinstance(piece, bytes))
    return Pieces(pieces)


def _size(piece: Piece) -> int:
    if isinstance(piece, bytes):
        return len(piece)
    if isinstance(piece, AsBase64):
        return -(-piece.content.size // 3) * 4
    return piece.size

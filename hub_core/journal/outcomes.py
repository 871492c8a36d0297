"""Decided outcomes as bytes: what is read back equals what was decided, to the byte."""

from collections.abc import Callable
from typing import Final

import msgspec

from hub_core.message import Outcome

#: Returns an outcome as bytes.
encode_outcome: Final[Callable[[Outcome], bytes]] = msgspec.msgpack.Encoder().encode
_DECODER: Final = msgspec.msgpack.Decoder(Outcome)


class _Record(msgspec.Struct):
    """The one field that a delivery needs."""

    record: bytes | None = None


_RECORD: Final = msgspec.msgpack.Decoder(_Record)


def decode_outcome(encoded: bytes) -> Outcome:
    """Return the outcome exactly as it was decided."""
    return _DECODER.decode(encoded)


def record_in(encoded: bytes) -> bytes:
    """Return the canonical record of an outcome, without decoding the rest; empty if it has none."""
    return _RECORD.decode(encoded).record or b""

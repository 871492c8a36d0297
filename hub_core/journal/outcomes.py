"""Decided outcomes as sealed bytes: what is read back equals what was decided, to the byte."""

from typing import Final

import msgspec

from hub_core.journal.bodies import seal, unseal
from hub_core.message import Outcome

_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(Outcome)


class _Record(msgspec.Struct):
    """The one field that a delivery needs."""

    record: bytes | None = None


_RECORD: Final = msgspec.msgpack.Decoder(_Record)


def seal_outcome(outcome: Outcome) -> bytes:
    """Return an outcome as it is written to the file."""
    return seal(_ENCODER.encode(outcome))


def open_outcome(sealed: bytes) -> Outcome:
    """Return the outcome exactly as it was decided."""
    return _DECODER.decode(unseal(sealed))


def record_in(sealed: bytes) -> bytes:
    """Return the canonical record of a sealed outcome, without decoding the rest; empty if it has none."""
    return _RECORD.decode(unseal(sealed)).record or b""

"""Trace context: which larger piece of work a message belongs to, as its sender numbers it.

It is taken in with a call, kept with the message, passed on to partners and written into log lines. The hub begins no
trace of its own and changes nothing but the number of the step. Source: W3C Trace Context, 2021, sections 3.2 and 3.3.
"""

import re
import secrets
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Final

import msgspec

MAX_STATE: Final = 512  # characters
_MAX_MEMBERS: Final = 32
# A later version may say more behind these four parts.
_PARENT: Final = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?")
_MEMBER: Final = re.compile(
    r"[a-z0-9][a-z0-9_*/@-]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]"
)
_KNOWN_FLAGS: Final = 0b11  # sampled, random


class Trace(msgspec.Struct, frozen=True, array_like=True):
    """Where a message stands in a trace.

    Attributes:
        id: of the trace, 32 hexadecimal digits.
        flags: two hexadecimal digits.
        state: ``tracestate`` as it came; empty: none did.
    """

    id: str
    flags: str = "00"
    state: str = ""

    def headers(self) -> dict[str, str]:
        """Return the headers of one call to a partner: a new step of the same trace."""
        parent = f"00-{self.id}-{secrets.token_hex(8)}-{self.flags}"
        return {"traceparent": parent} | ({"tracestate": self.state} if self.state else {})


_CURRENT: Final[ContextVar[Trace | None]] = ContextVar("trace", default=None)


def trace_in(headers: Mapping[str, str]) -> Trace | None:
    """Return the trace that the headers of a call name, by lower-case name; what is not valid counts as not sent."""
    told = headers.get("traceparent")
    found = _PARENT.fullmatch(told) if told is not None else None
    if found is None or (found[3] and found[0].startswith("00")):
        return None
    return Trace(found[1], f"{int(found[2], 16) & _KNOWN_FLAGS:02x}", _state(headers.get("tracestate", "")))


def current() -> Trace | None:
    """Return the trace of what is being done in this task."""
    return _CURRENT.get()


class following:  # noqa: N801 - reads as what it does
    """Let whatever is done inside belong to a trace."""

    __slots__ = ("_token", "_trace")

    def __init__(self, trace: Trace | None) -> None:
        self._trace = trace

    def __enter__(self) -> None:
        self._token = _CURRENT.set(self._trace)

    def __exit__(self, *_: object) -> None:
        _CURRENT.reset(self._token)


def _state(told: str) -> str:
    members = [member.strip(" \t") for member in told.split(",") if member.strip(" \t")]
    fits = len(told) <= MAX_STATE and len(members) <= _MAX_MEMBERS
    return ",".join(members) if fits and all(map(_MEMBER.fullmatch, members)) else ""

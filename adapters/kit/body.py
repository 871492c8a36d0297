"""The body of a call: read once, never beyond its limit, never longer than its time."""

import asyncio
import re
from collections.abc import Mapping
from typing import Final

from hub_core.errors import Rejected
from hub_core.ports import Receive

SECONDS: Final = 30.0  # that a caller may take to send a body, once it began: until then the listener counts
_LENGTH: Final = re.compile(r"[0-9]{1,18}")


class Gone(Exception):
    """The caller closed the connection."""


async def read_body(receive: Receive, headers: Mapping[str, str], *, limit: int, seconds: float = SECONDS) -> bytes:
    """Return the body.

    Args:
        receive: of the ASGI call.
        headers: by lower-case name.
        limit: bytes.
        seconds: for what comes after the first of it.

    Raises:
        Rejected: B413 as soon as it is known to be larger than ``limit``, B408 if it came too slowly.
        Gone: the caller closed the connection.
    """
    declared = headers.get("content-length", "")
    if declared and (not _LENGTH.fullmatch(declared) or int(declared) > limit):
        raise _too_large(limit)
    body, more = await _chunk(receive)
    if more:
        try:
            async with asyncio.timeout(seconds):
                body = await _rest(receive, body, limit)
        except TimeoutError as error:
            raise Rejected("B408", f"the body did not come within {seconds:g} seconds") from error
    if len(body) > limit:
        raise _too_large(limit)
    return body


async def _rest(receive: Receive, begun: bytes, limit: int) -> bytes:
    """Return a body that came in several chunks, or as much of it as shows that it is too large."""
    body, more = bytearray(begun), True
    while more and len(body) <= limit:
        chunk, more = await _chunk(receive)
        body += chunk
    return bytes(body)


async def _chunk(receive: Receive) -> tuple[bytes, bool]:
    event = await receive()
    if event["type"] != "http.request":
        raise Gone
    return event.get("body", b""), event.get("more_body", False)


def _too_large(limit: int) -> Rejected:
    return Rejected("B413", f"the endpoint takes at most {limit:,} bytes")

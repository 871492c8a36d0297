"""The body of a call: read once, never beyond its limit, never longer than its time."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any, Final

from adapters.kit.multipart import Part
from adapters.kit.parts import PartReader
from hub_core.errors import Rejected
from hub_core.ports import Place, Receive

SECONDS: Final = 30.0  # that a caller may take to send a body, once it began: until then the listener counts
PATIENCE: Final = 10.0  # seconds of it that a caller has whatever comes
SLOWEST: Final = 1_000  # bytes per second that a caller must bring to have more
STEADY: Final = 250_000  # bytes per second with which a body with attachments may take longer than that
AT_ONCE: Final = 50_000  # bytes that are taken apart in the event loop; more in a thread, together
_BLOCK: Final = 500_000  # bytes that are handed to the thread
_LENGTH: Final = re.compile(r"[0-9]{1,18}")


class Gone(Exception):
    """The caller closed the connection."""


def declared(headers: Mapping[str, str], *, limit: int) -> int:
    """Return how long the body will be; 0 where the caller does not say.

    Raises:
        Rejected: B413, longer than ``limit`` bytes.
    """
    told = headers.get("content-length", "")
    if told and (not _LENGTH.fullmatch(told) or int(told) > limit):
        raise _too_large(limit)
    return int(told or 0)


async def read_body(receive: Receive, place: Place, *, limit: int, seconds: float = SECONDS) -> bytes:
    """Return the body.

    Args:
        receive: of the ASGI call.
        place: learns how much has come.
        limit: bytes.
        seconds: for what comes after the first of it, at the rate ``SLOWEST``; less for what comes more slowly.

    Raises:
        Rejected: B413 as soon as it is known to be larger than ``limit``, B408 if it came too slowly.
        TryLater: there is no room for what the caller did not declare.
        Gone: the caller closed the connection.
    """
    body, more = _chunk(await receive())
    if more:
        try:
            body = await _rest(receive, body, place, limit=limit, seconds=seconds)
        except TimeoutError as error:
            raise Rejected("B408", "the body did not come in time") from error
    if len(body) > limit:
        raise _too_large(limit)
    place.holds(len(body))
    return body


async def read_parts(
    receive: Receive, place: Place, reader: PartReader, *, limit: int, seconds: float = SECONDS
) -> tuple[bytes, list[Part]]:
    """Return the root of a body of several parts, and the others; what is large goes to files as it comes.

    Args:
        receive: of the ASGI call.
        place: learns what is held in memory.
        reader: takes the parts apart.
        limit: bytes, of everything.
        seconds: see ``read_body``; a second more for each ``STEADY`` bytes.

    Raises:
        Rejected: B413, B408, B112. TryLater: as ``read_body``; J503, a file cannot be written.
        Gone: the caller closed the connection.
    """
    came, waiting, more = 0, bytearray(), True
    start = asyncio.get_running_loop().time()
    try:
        async with asyncio.timeout(None) as deadline:
            while more:
                chunk, more = _chunk(await receive())
                came += len(chunk)
                if came > limit:
                    raise _too_large(limit)
                waiting += chunk
                if not more and came <= AT_ONCE:
                    reader.write(bytes(waiting))
                elif not more or len(waiting) >= _BLOCK:
                    await asyncio.to_thread(reader.write, bytes(waiting))
                    waiting.clear()
                place.holds(reader.room.taken + len(waiting))
                deadline.reschedule(start + min(seconds + came / STEADY, PATIENCE + came / SLOWEST))
    except TimeoutError as error:
        raise Rejected("B408", "the body did not come in time") from error
    return reader.end()


async def _rest(receive: Receive, begun: bytes, place: Place, *, limit: int, seconds: float) -> bytes:
    """Return a body that came in several chunks, or as much of it as shows that it is too large."""
    body, more = bytearray(begun), True
    start = asyncio.get_running_loop().time()
    async with asyncio.timeout(None) as deadline:
        while more and len(body) <= limit:
            place.holds(len(body))
            deadline.reschedule(start + min(seconds, PATIENCE + len(body) / SLOWEST))
            chunk, more = _chunk(await receive())
            body += chunk
    return bytes(body)


def _chunk(event: Mapping[str, Any]) -> tuple[bytes, bool]:
    if event["type"] != "http.request":
        raise Gone
    return event.get("body", b""), event.get("more_body", False)


def _too_large(limit: int) -> Rejected:
    return Rejected("B413", f"the endpoint takes at most {limit:,} bytes")

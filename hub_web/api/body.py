"""Reading a request's body within a limit."""

from fastapi import Request

from hub_core.errors import Rejected


async def read_body(request: Request, *, limit: int) -> bytes:
    """Return the body.

    Raises:
        Rejected: B413 as soon as it is known to be larger than ``limit`` bytes, B414 if it is compressed, B109 if
            it is empty.
    """
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Rejected("B414", "send the body uncompressed")
    too_large = Rejected("B413", f"this endpoint takes at most {limit} bytes")
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise too_large
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise too_large
    if not body:
        raise Rejected("B109", "the body is empty")
    return bytes(body)

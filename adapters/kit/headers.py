"""The headers of a call, read and checked the same way at every door of the hub."""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Final

from hub_core.errors import Refused, Rejected
from hub_core.ports import Line, Scope

MAX_PURPOSE: Final = 200  # characters
SENDER_ID: Final = r"^[\x21-\x7e]{1,255}$"
_SENDER_ID: Final = re.compile(SENDER_ID.strip("^$"))
# Two of one of these would leave it to chance which one counts.
_ONCE: Final = frozenset(
    {
        "authorization",
        "content-encoding",
        "content-type",
        "idempotency-key",
        "origin",
        "punte-key",
        "punte-purpose",
        "sec-fetch-site",
        "soapaction",
    }
)


def headers_of(scope: Scope) -> dict[str, str]:
    """Return the headers of a call by lower-case name, before any check; what came twice is joined by a comma."""
    sent = scope["headers"]
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in sent}
    if len(headers) != len(sent):  # RFC 9110, section 5.3
        for header in headers:
            headers[header] = ", ".join(
                value.decode("latin-1") for name, value in sent if name == header.encode("latin-1")
            )
    return headers


def line_of(scope: Scope) -> Line:
    """Return what the connection of a call says of who calls."""
    client = scope.get("client")
    return Line(client[0] if client else "", scope.get("certificate"))


def check_headers(scope: Scope, headers: Mapping[str, str]) -> None:
    """Check what would make the rest of the headers doubtful.

    Raises:
        Rejected: W400, a header was sent twice.
        Refused: W403, a browser sends this for a page of another site, with credentials that it remembers.
    """
    if len(headers) != len(scope["headers"]):
        names = [name.decode("latin-1") for name, _ in scope["headers"]]
        for name in _ONCE:
            if names.count(name) > 1:
                raise Rejected("W400", f"the header {name} was sent twice")
    # A browser adds remembered passwords and certificates by itself; a header of our own only where the page may.
    if ("authorization" in headers or "punte-key" not in headers) and _from_elsewhere(headers):
        raise Refused("W403", "a page of another site may not use the credentials of a browser")


def media_type(headers: Mapping[str, str], known: AbstractSet[str]) -> str:
    """Return the media type without parameters; empty if none was sent.

    Args:
        headers: of the call.
        known: ``Spec.media_types``; empty: any may be sent.

    Raises:
        Rejected: B108 not one of ``known``, B414 the body is compressed.
    """
    sent = headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent and known and sent not in known:
        raise Rejected("B108", f"send one of: {', '.join(sorted(known))}")
    if headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise Rejected("B414", "send the body uncompressed")
    return sent


def sender_id(headers: Mapping[str, str]) -> str | None:
    """Return the sender's own id of the message.

    Raises:
        Rejected: W400.
    """
    key = headers.get("idempotency-key")
    if key is not None and not _SENDER_ID.fullmatch(key):
        raise Rejected("W400", "the header Idempotency-Key has 1 to 255 visible ASCII characters")
    return key


def purpose(headers: Mapping[str, str]) -> str | None:
    """Return why the caller asks.

    Raises:
        Rejected: W400, longer than 200 characters.
    """
    told = headers.get("punte-purpose", "").strip()
    if len(told) > MAX_PURPOSE:
        raise Rejected("W400", f"the header Punte-Purpose has at most {MAX_PURPOSE} characters")
    return told or None


def _from_elsewhere(headers: Mapping[str, str]) -> bool:
    if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return True
    origin = headers.get("origin")
    return origin is not None and origin.partition("://")[2] != headers.get("host", "-")

"""What a partner answered over HTTP, and which statuses ask to come again."""

import email.utils
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

LONGEST_WAIT: Final = timedelta(days=1)  # of what a partner may ask for

#: The partner asks to come again.
LATER: Final = frozenset({408, 423, 425, 429, 500, 503, 507, 508, 509, 529})
#: A gateway lost what the partner answered.
LOST: Final = frozenset({502, 504})


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """What a partner answered.

    Attributes:
        headers: by lower-case name; of repeated ones the first.
        complete: the whole body is there; ``False``: it was larger than allowed, or compressed.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    complete: bool

    @property
    def media_type(self) -> str:
        """From ``Content-Type``, without parameters; empty if not sent."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def retry_after(text: str | None, *, now: datetime | None = None) -> timedelta | None:
    """Return the time that a ``Retry-After`` asks for, a day at most; ``None`` if it says nothing readable.

    Source: RFC 9110, section 10.2.3.

    >>> retry_after("120")
    datetime.timedelta(seconds=120)
    """
    if text is None:
        return None
    if text.strip().isascii() and text.strip().isdecimal():
        return min(timedelta(seconds=int(text.strip()[:9])), LONGEST_WAIT)
    try:
        until = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(timedelta(0), min(until - (now or datetime.now(UTC)), LONGEST_WAIT))

"""The time of the machine, and ids that follow it."""

import contextlib
import ctypes
import hashlib
import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from typing import Final

_utc_now: Final = partial(datetime.now, UTC)
_TIMEX_BYTES: Final = 512  # struct timex has 208 on 64 bits
_TIME_ERROR: Final = 5

_FRACTIONS = 4096  # parts of a millisecond that fit the 12 bits beside the version
_NANOSECONDS = 1_000_000  # in a millisecond


class SystemClock:
    """The port ``Clock`` on the machine's own time."""

    def now(self) -> datetime:
        """Return the present instant in UTC."""
        return datetime.now(UTC)


class SteadyClock:
    """The machine's time, which never goes back: what is due or leased is not put off because somebody set the clock.

    After the machine's clock was set back it goes at half the pace until both agree. It follows a step forward at once.
    """

    def __init__(
        self, wall: Callable[[], datetime] = _utc_now, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._last = (wall(), monotonic())

    def now(self) -> datetime:
        """Return the present instant in UTC."""
        with self._lock:
            at, measured = self._last
            elapsed = self._monotonic() - measured
            now = max(self._wall(), at + timedelta(seconds=elapsed / 2))
            self._last = (now, measured + elapsed)
            return now


class _Stamps:
    """Numbers that grow with the time, and also when it stands still or goes back."""

    def __init__(self) -> None:
        self._last = 0
        self._lock = threading.Lock()

    def next(self) -> int:
        stamp = time.time_ns() * _FRACTIONS // _NANOSECONDS
        with self._lock:
            self._last = max(stamp, self._last + 1)
            return self._last


_STAMPS = _Stamps()


def new_id() -> str:
    """Return a UUIDv7 as text; within one process each is greater than the one before.

    Source: RFC 9562, 5.7 and 6.2 method 3 (the fraction of the millisecond stands in ``rand_a``).
    """
    milliseconds, fraction = divmod(_STAMPS.next(), _FRACTIONS)
    number = milliseconds << 80 | 7 << 76 | fraction << 64 | 2 << 62 | int.from_bytes(os.urandom(8)) >> 2
    digits = f"{number:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def is_kept() -> bool:
    """Say whether something keeps this machine's clock right, as far as the kernel tells; adjtimex(2)."""
    with contextlib.suppress(OSError, AttributeError):
        state: int = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))  # modes 0: it only reads
        return state != _TIME_ERROR
    return True


def row_id(file_id: str, line: int) -> str:
    """Return the id of a row: a UUIDv7 of the time of its file, the same in every attempt and every version.

    Hubs of two versions may split one file at once, and the id alone tells them that a row is there already: how it is
    made never changes. (An index that takes each line of a file once would say the same, but it could not be made where
    one came twice, and where there are many rows nothing could be written while it is made.)
    Ids of one file grow with the line, so that an index by id takes them at its end and not all over its pages.

    >>> row_id("019a8f3c-1111-7abc-8def-000000000000", 2)
    '019a8f3c-1111-7000-8002-3079980c6ff5'
    """
    return _derived(file_id, f"{line:06x}{_digits_of(file_id, 'rows')}")


def repair_id(message_id: str) -> str:
    """Return the id of the corrected copy of a message: there is one, however often it is handed in."""
    return _derived(message_id, _digits_of(message_id, "repaired"))


def _derived(origin: str, digits: str) -> str:
    return f"{origin[:13]}-7{digits[:3]}-8{digits[3:6]}-{digits[6:18]}"


@lru_cache(maxsize=64)
def _digits_of(origin: str, what: str) -> str:
    return hashlib.sha256(f"{origin}:{what}".encode("ascii")).hexdigest()

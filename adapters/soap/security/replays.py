"""Nonces that were seen: each counts once, for as long as its message would be fresh.

They are remembered in memory, by one process: what a restart forgets can be sent again for as long as it is fresh, and
is then known by its message id.
"""

import hashlib
import threading
from datetime import datetime
from typing import Final

from hub_core.errors import Refused, TryLater

MOST: Final = 100_000  # remembered at once, of about 150 bytes each


class Replays:
    """What was seen, and until when it is remembered."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._until: dict[bytes, datetime] = {}
        self._lock = threading.Lock()  # large messages are looked through in threads

    def note(self, user: str, nonce: bytes, created: str, *, now: datetime, until: datetime) -> None:
        """Remember a nonce.

        Raises:
            Refused: A414, it was seen. TryLater: W510, so many are fresh that no more can be remembered.
        """
        key = hashlib.sha256(b"\0".join((user.encode(), created.encode(), nonce))).digest()
        with self._lock:
            self._forget(now)
            if key in self._until:
                raise Refused("A414", "this nonce was used before")
            if len(self._until) >= self._most:
                # Forgetting one early would let its message in twice.
                raise TryLater("W510", "too many messages with a nonce at once")
            self._until[key] = until

    def _forget(self, now: datetime) -> None:
        """Forget what has ended; they end about in the order in which they came."""
        while self._until:
            first = next(iter(self._until))
            if self._until[first] >= now:
                return
            del self._until[first]

"""The time."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The time; aware, UTC."""

    def now(self) -> datetime:
        """Return the present instant."""
        ...

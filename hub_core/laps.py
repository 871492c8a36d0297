"""How long the steps of a process took, counted from the moment at which the system made it."""

import os
import time
from pathlib import Path
from typing import Final

_STARTED: Final = 19  # place of the start time behind the name of the program, proc(5)


class Laps:
    """A stopwatch with laps; the first one began when the process did.

    Attributes:
        taken: milliseconds of every step by its name, in their order.
    """

    def __init__(self) -> None:
        self.taken: dict[str, int] = {}
        self._last = _born()

    def end(self, name: str) -> None:
        """End a step; the next one begins."""
        now = _now()
        self.taken[name] = round((now - self._last) * 1000)
        self._last = now

    def facts(self) -> dict[str, int]:
        """Return all of them and their sum, as a line of the log tells them."""
        return {"ms": sum(self.taken.values()), **{f"ms_{name}": taken for name, taken in self.taken.items()}}


def _now() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def _born() -> float:
    """Return when this process was made, in seconds since the machine was; exact to the system's tick of 10 ms."""
    fields = Path("/proc/self/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    return int(fields[_STARTED]) / os.sysconf("SC_CLK_TCK")

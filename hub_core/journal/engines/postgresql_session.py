"""A session of PostgreSQL that waits for no answer for ever.

A server that was killed breaks its connections. One that was stopped, or whose device hangs, says nothing: every wait
for it is bounded here, and who comes while it is silent is told at once instead of waiting in turn.
"""

import contextlib
import time
from typing import Any, Final

import psycopg
from psycopg.abc import RV, PQGen

#: Seconds that one statement may take; what the server itself ends sooner, it can explain.
PATIENCE: Final = 8.0
_CANCELLING: Final = 1.0  # seconds in which a server that lives takes the wish to end a statement
_REST: Final = 2.0  # seconds in which nobody tries a silent server again
_INTERVAL: Final = 0.1  # seconds between two looks for signals; psycopg's own


class Silent(psycopg.OperationalError):
    """The server does not answer."""


class Overdue(psycopg.OperationalError):
    """The server lives, and did not end a statement in time."""


class Silence:
    """What the sessions of one process know of a server that does not answer."""

    def __init__(self) -> None:
        self._until = 0.0

    def begin(self) -> None:
        """Take the server as silent for a while."""
        self._until = time.monotonic() + _REST

    def check(self) -> None:
        """See that it is worth while to ask.

        Raises:
            Silent: a moment ago there was no answer.
        """
        if time.monotonic() < self._until:
            raise Silent("the server did not answer a moment ago")


class Session(psycopg.Connection[Any]):
    """Gives up what takes longer than it has patience, and with it itself: its state is unknown then.

    Attributes:
        patience: seconds for one statement; ``None``: as long as it takes.
        silence: shared by the sessions of one process.
    """

    patience: float | None = PATIENCE
    silence: Silence

    def wait(self, gen: PQGen[RV], interval: float = _INTERVAL, timeout: float | None = None) -> RV:
        """Wait for the server; a wait with a time-out of its own is none for an answer.

        Raises:
            Silent, Overdue: it took too long.
        """
        if timeout is not None or self.patience is None:
            return super().wait(gen, interval, timeout)
        end = time.monotonic() + self.patience
        try:
            return super().wait(gen, interval, self.patience)
        except psycopg.OperationalError as error:
            if time.monotonic() < end or self.closed:
                raise
            raise self._given_up() from error

    def _given_up(self) -> Silent | Overdue:
        """End the statement at a server that lives, such as a commit that waits for a standby; then the session."""
        self.patience = None
        why: Silent | Overdue = Overdue("the server did not end a statement in time")
        try:
            if not psycopg.capabilities.has_cancel_safe():  # the older way would wait for ever
                raise Silent
            self.cancel_safe(timeout=_CANCELLING)
        except psycopg.Error:
            self.silence.begin()
            why = Silent("the server did not answer in time")
        with contextlib.suppress(psycopg.Error):
            self.close()
        return why

"""Hears what other processes announce, so that they need not be asked all the time; tells which leads, and how many."""

import contextlib
import threading
from collections.abc import Callable, Collection
from typing import Final

import psycopg

from hub_core.journal.engines.engine import EVERYTHING
from hub_core.journal.engines.postgresql_connection import CHANNEL
from hub_core.journal.engines.postgresql_session import Session
from hub_core.outbox import ALL, Share

_LEADING: Final = 0x50554E55  # the advisory lock of the one that leads
_LISTENING: Final = 0x50554E56  # the advisory lock that everyone shares who listens
_OTHERS: Final = (
    "SELECT count(*) FILTER (WHERE pid < pg_backend_pid()), count(*) FROM pg_locks WHERE locktype = 'advisory' AND "
    "objid = $1 AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_LOOK_UP: Final = 1.0  # seconds between two looks whether to lead, who else is there, and whether to end
_PATIENCE: Final = 3.0  # seconds for an answer: whoever wants to write or look later is spared the wait
_PAUSE: Final = 1.0  # seconds before connecting again


class Listener(threading.Thread):
    """A thread with a session of its own, made anew whenever it is lost.

    Attributes:
        leads: its session holds the lock of the leader. Whoever is cut off finds out a little later than the
            database does: what a leader does must be harmless when two do it.
        share: its part of what all that listen may do together; true within two seconds.
    """

    def __init__(
        self,
        connect: Callable[[], Session],
        told: Callable[[str], None],
        *,
        ended: threading.Event,
        own: Collection[int],
    ) -> None:
        """Prepare.

        Args:
            connect: makes a session.
            told: called with each topic.
            ended: set when the thread is to end.
            own: numbers of this process's sessions, whose announcements it knows.
        """
        super().__init__(name="punte-listener", daemon=True)
        self.leads = False
        self.share = ALL
        self._connect = connect
        self._told = told
        self._ended = ended
        self._own = own

    def run(self) -> None:
        """Listen until the end."""
        while not self._ended.is_set():
            with contextlib.suppress(psycopg.Error), contextlib.closing(self._connect()) as connection:
                connection.execute(f"LISTEN {CHANNEL}")
                connection.execute("SELECT pg_advisory_lock_shared($1)", (_LISTENING,))
                self._told(EVERYTHING)
                self._hear(connection)
            self.leads = False
            self._ended.wait(_PAUSE)

    def _hear(self, connection: Session) -> None:
        connection.patience = _PATIENCE
        while not self._ended.is_set():
            if not self.leads:
                self._try_to_lead(connection)
            self._look_round(connection)  # a server that hangs breaks nothing: it has to be asked
            for heard in connection.notifies(timeout=_LOOK_UP):
                if heard.pid not in self._own:
                    self._told(heard.payload)
                if self._ended.is_set():
                    return

    def _look_round(self, connection: Session) -> None:
        rank, among = connection.execute(_OTHERS, (_LISTENING,)).fetchone() or ALL
        if self.share != (rank, among):
            self.share = Share(rank, among)
            self._told(EVERYTHING)

    def _try_to_lead(self, connection: Session) -> None:
        row = connection.execute("SELECT pg_try_advisory_lock($1)", (_LEADING,)).fetchone()
        if row is not None and row[0]:
            self.leads = True
            self._told(EVERYTHING)

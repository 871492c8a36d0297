"""Hears what other processes announce, so that they need not be asked all the time."""

import contextlib
import logging
import threading
from collections.abc import Callable
from typing import Any, Final

import psycopg

from hub_core.journal.postgresql_connection import CHANNEL

log = logging.getLogger("punte.journal")
EVERYTHING: Final = ""  # the topic that stands for all: something may have been missed
_LOOK_UP: Final = 1.0  # seconds between two looks whether to end
_PAUSE: Final = 1.0  # seconds before connecting again


class Listener(threading.Thread):
    """A thread with a session of its own, made anew whenever it is lost."""

    def __init__(
        self,
        connect: Callable[[], "psycopg.Connection[Any]"],
        told: Callable[[str], None],
        ended: threading.Event,
    ) -> None:
        super().__init__(name="punte-listener", daemon=True)
        self._connect = connect
        self._told = told
        self._ended = ended

    def run(self) -> None:
        """Listen until the end."""
        while not self._ended.is_set():
            with contextlib.suppress(psycopg.Error), contextlib.closing(self._connect()) as connection:
                connection.execute(f"LISTEN {CHANNEL}")
                self._told(EVERYTHING)
                self._hear(connection)
            self._ended.wait(_PAUSE)

    def _hear(self, connection: "psycopg.Connection[Any]") -> None:
        while not self._ended.is_set():
            for heard in connection.notifies(timeout=_LOOK_UP):
                self._told(heard.payload)

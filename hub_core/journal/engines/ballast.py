"""Room on the device that is kept back: when everything else is full, it is there for what was begun.

A full device lets SQLite not even delete. So a file of a few megabytes lies beside the database. It is removed when a
write finds the device full. From then on only what ends something is written - how a delivery ended, what a person
decides, what is purged - and nothing new is taken, until the device has room for the file again.
"""

import contextlib
import os
import shutil
from pathlib import Path
from typing import Final

BYTES: Final = 4_000_000
#: Room from which on the file is made again: with less, the next messages would fill the device at once.
ENOUGH: Final = 2 * BYTES


class Ballast:
    """The file beside a database."""

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(f"{database.name}.ballast")
        self._held = False

    def take(self) -> bool:
        """Make the file, if there is enough room beside it; say whether it is there."""
        if not self._held:
            try:
                if self._whole() or self._free() >= ENOUGH:
                    self._make()
                    self._held = True
            except OSError:
                self._remove()
        return self._held

    def has_room(self) -> bool:
        """Say whether ``take`` would find enough room."""
        with contextlib.suppress(OSError):
            return self._held or self._free() >= ENOUGH
        return False

    def is_full(self, error: str) -> bool:
        """Say whether something failed because the device is full.

        Args:
            error: SQLite's name of it. Some say only that a write failed: then what is free counts.
        """
        with contextlib.suppress(OSError):
            return error == "SQLITE_FULL" or self._free() < BYTES
        return error == "SQLITE_FULL"

    def give_way(self, error: str) -> bool:
        """Remove the file, if a write failed because the device is full; say whether it is. See ``is_full``."""
        full = self.is_full(error)
        if full:
            self._held = False
            self._remove()
        return full

    def _whole(self) -> bool:
        """Say whether an earlier process left the file."""
        return self._path.exists() and self._path.stat().st_size == BYTES

    def _free(self) -> int:
        return shutil.disk_usage(self._path.parent).free

    def _make(self) -> None:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, BYTES)
        finally:
            os.close(descriptor)

    def _remove(self) -> None:
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)

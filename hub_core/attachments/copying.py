"""Copying the files of a store: with its backup, and back. A name says what must lie in the file: that is checked."""

import contextlib
import hashlib
import os
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from hub_core.attachments.folder import Folder, sync
from hub_core.errors import ConfigError

_BLOCK: Final = 1_000_000  # bytes in memory
_NEW: Final = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC


def copy_files(names: Iterable[str], source: Folder, target: Folder, advance: Callable[[int], None]) -> list[str]:
    """Copy files that are not there yet; return the names of those that the source does not have.

    Raises:
        ConfigError: J120 one does not hold what it must; J123 it cannot be written.
    """
    missing = []
    try:
        target.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in names:
            if not source.holds(name):
                missing.append(name)
            elif not target.holds(name):
                _copy(name, source.path, target.path)
            advance(1)
        sync(target.path)
    except OSError as error:
        text = f"an attachment cannot be copied: {error.strerror}"
        raise ConfigError("J123", text, where=str(target.path)) from error
    return missing


def _copy(name: str, source: Path, target: Path) -> None:
    part = target / f".{secrets.token_hex(16)}.part"
    digest = hashlib.sha256()
    try:
        with (source / name).open("rb") as opened, os.fdopen(os.open(part, _NEW, 0o600), "wb") as written:
            while block := opened.read(_BLOCK):
                digest.update(block)
                written.write(block)
            written.flush()
            os.fsync(written.fileno())
        if digest.hexdigest() != name:
            raise ConfigError("J120", "the file of an attachment is damaged", where=str(source / name))
        part.replace(target / name)
    finally:
        with contextlib.suppress(FileNotFoundError):
            part.unlink()

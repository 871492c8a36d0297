"""One process owns what lies at a path; a lock file beside it says which."""

import fcntl
import os
from pathlib import Path

from hub_core.errors import ConfigError


def take(path: Path) -> int:
    """Take the lock file beside a path and return its descriptor; closing that gives it free, and so does dying.

    The folder is made (0700) where it is absent; the number of the holder stands in the file.

    Raises:
        ConfigError: J101 another process holds it; J102 the folder cannot be used.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ConfigError("J102", f"the folder cannot be used ({type(error).__name__})", where=str(path)) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
        os.close(descriptor)
        raise ConfigError("J101", f"process {holder} writes this journal", where=str(path)) from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
    return descriptor

"""Files that nobody may read, whoever runs the tests."""

import fcntl
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def shut(path: Path) -> Iterator[None]:
    """Let nobody read a file for a while: by its mode; root, for whom no mode counts, because a program holds it."""
    before = signal.signal(signal.SIGIO, signal.SIG_IGN)  # it tells who holds a file that another one wants it
    with path.open("r+b") as held:
        path.chmod(0)
        fcntl.fcntl(held, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        try:
            yield
        finally:
            path.chmod(0o644)
    signal.signal(signal.SIGIO, before)

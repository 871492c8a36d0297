"""Where the files of an adapter go, for its suite: a folder of this machine, or what stands for a partner's server."""

import asyncio
import contextlib
import os
import resource
import signal
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Final, Protocol

ROOT: Final = "PUNTE_FILES"  # names the folder below which all those of this machine lie
HALF: Final = 50_000  # bytes of a file after which a full place takes no more

Trouble = Callable[[], AbstractAsyncContextManager[None]]


class Place(Protocol):
    """Where files are put.

    Attributes:
        troubles: contexts in which no file of more than ``HALF`` bytes gets there, by their names: ``away`` at least;
            ``full``, ``hangs``, ``breaks off`` where the place can be so. When one is left, all is well again.
    """

    troubles: Mapping[str, Trouble]

    def files(self) -> dict[str, bytes]:
        """Return everything that lies there, by its name; what is hidden, too."""
        ...

    def leave(self, name: str, body: bytes) -> None:
        """Lay a file there, as somebody else would."""
        ...


class FolderPlace:
    """A folder of this machine; a ``Place``.

    Args:
        path: of the folder, which is there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.troubles: Mapping[str, Trouble] = {"away": self._away, "full": self._full}

    @property
    def name(self) -> str:
        """Of the folder, below the one that ``PUNTE_FILES`` names."""
        return self.path.name

    def files(self) -> dict[str, bytes]:
        """Return everything that lies there; see ``Place``."""
        return {path.name: path.read_bytes() for path in self.path.iterdir() if path.is_file()}

    def leave(self, name: str, body: bytes) -> None:
        """Lay a file there; see ``Place``."""
        (self.path / name).write_bytes(body)

    def killed(self, work: Callable[[], Coroutine[Any, Any, object]]) -> bool:
        """Do something in a process of its own, which is killed once a file of it has ``HALF`` bytes.

        Returns:
            Whether it came to that.
        """
        child = os.fork()
        if not child:
            try:
                resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
                resource.setrlimit(resource.RLIMIT_FSIZE, (HALF, HALF))
                signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # the kernel ends it in the midst of that write
                asyncio.run(work())
            finally:
                os._exit(0)  # whatever happened: nothing of pytest goes on here
        _, status = os.waitpid(child, 0)
        return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXFSZ

    @contextlib.asynccontextmanager
    async def _away(self) -> AsyncIterator[None]:
        elsewhere = self.path.with_name(f"{self.name}-away")
        self.path.rename(elsewhere)
        try:
            yield
        finally:
            elsewhere.rename(self.path)  # fails where somebody made the folder anew: then a share would be hidden

    @contextlib.asynccontextmanager
    async def _full(self) -> AsyncIterator[None]:
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (HALF, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextlib.contextmanager
def folder_place() -> Iterator[FolderPlace]:
    """Make an empty folder below one that ``PUNTE_FILES`` names meanwhile."""
    before = os.environ.get(ROOT)
    with tempfile.TemporaryDirectory(prefix="punte-files-") as root:
        place = FolderPlace(Path(root) / "partner")
        place.path.mkdir()
        os.environ[ROOT] = root
        try:
            yield place
        finally:
            if before is None:
                del os.environ[ROOT]
            else:
                os.environ[ROOT] = before

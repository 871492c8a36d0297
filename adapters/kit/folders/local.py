"""A folder on this machine, below the one root that ``PUNTE_FILES`` names."""

import asyncio
import contextlib
import errno
import os
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final, ParamSpec, TypeVar

from adapters.kit.folders import port
from adapters.kit.folders.port import PIECE, PROBE, Lying, closed, plain, seen, unfinished
from hub_core.errors import ConfigError, TryLater
from hub_core.journal.failpoints import reach

ROOT: Final = "PUNTE_FILES"
P = ParamSpec("P")
T = TypeVar("T")
_GONE: Final = (errno.ENOENT, errno.ELOOP)  # moved, or a link has taken its place
_THROUGH: Final = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READING: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_WRITING: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class LocalFolder:
    """One folder below the root; a ``Folder``. What is done there is done in one thread, one after the other.

    It may be a share whose server hangs: then that thread is lost until the server answers, and no other one; what is
    asked for meanwhile ends in time as well, undone.

    Each operation opens the folder anew, step by step from the root, and works in what it opened: a link that a partner
    lays in the place of a folder, at whatever moment, leads the hub nowhere.

    Args:
        name: relative to the root, such as ``anofm/lists``.
        timeout: of each operation, in seconds.
        environ: where ``PUNTE_FILES`` names the root.

    Raises:
        ConfigError: R104, R109: no root is set, or the folder does not lie below it.
    """

    def __init__(self, name: str, timeout: float = 30.0, *, environ: Mapping[str, str] = os.environ) -> None:
        root = environ.get(ROOT, "")
        if not root:
            mend = f"set {ROOT} to the folder below which partners leave files"
            raise ConfigError("R109", f"{ROOT} is not set", where="settings.folder", mend=mend)
        self._root = Path(root).resolve()
        self.path = (self._root / name).resolve()
        if not self.path.is_relative_to(self._root) or not self.path.is_dir():
            mend = f"make it there, or name another one below {root}"
            raise ConfigError("R104", f"there is no folder {name!r} below {ROOT}", where="settings.folder", mend=mend)
        self._timeout = timeout
        self._worker: ThreadPoolExecutor | None = None

    async def lying(self, below: str = "") -> list[Lying]:
        """Return the files that can be seen; see ``Folder``."""
        return await self._beside(self._lying, below)

    async def find(self, name: str, *, below: str = "") -> Lying | None:
        """Return what has a name; see ``Folder``."""
        plain(name, below)
        return await self._beside(self._find, name, below)

    async def now(self) -> float:
        """Return the time of this machine."""
        return time.time()

    async def read(self, file: Lying, into: Callable[[bytes], object]) -> bool:
        """Hand the bytes of a file over; see ``Folder``."""
        plain(file.name, file.below)
        return await self._beside(self._read, file, into)

    async def move(self, name: str, to: str, as_name: str, *, below: str = "") -> None:
        """Move a file to a folder below this one; see ``Folder``."""
        plain(name, below, to, as_name)
        await self._beside(self._move, name, to, as_name, below)

    async def write(self, name: str, body: bytes, *, below: str = "") -> None:
        """Write a file; see ``Folder``."""
        plain(name, below)
        await self._beside(self._write, name, body, below)

    async def remove(self, name: str) -> None:
        """Take a file away; see ``Folder``."""
        plain(name)
        await self._beside(self._remove, name)

    async def look(self) -> str:
        """Say where it is; see ``Folder``."""
        await self.write(PROBE, b"")
        await self.remove(PROBE)
        return f"{self.path} on this machine"

    async def close(self) -> None:
        """Give the thread back."""
        if self._worker is not None:
            self._worker.shutdown(wait=False)
        self._worker = None

    async def _beside(self, work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        self._worker = self._worker or ThreadPoolExecutor(1, "punte-folder")
        doing = asyncio.get_running_loop().run_in_executor(self._worker, partial(work, *args, **named))
        try:
            done, _ = await asyncio.wait({doing}, timeout=self._timeout)
            if done:
                return doing.result()
        finally:
            doing.cancel()  # what has begun goes on, and counts for nothing
        raise TryLater("D101", "the folder does not answer", where=self.path.name)

    def _lying(self, below: str) -> list[Lying]:
        with self._used():
            try:
                with self._opened(below) as handle:
                    return sorted(self._listed(handle, below), key=lambda file: (file.changed, file.name))
            except FileNotFoundError:
                return []

    def _listed(self, handle: int, below: str) -> Iterator[Lying]:
        files = 0
        with os.scandir(handle) as entries:
            for count, entry in enumerate(entries):
                if files >= port.MOST:
                    return
                if seen(entry.name) and entry.is_file(follow_symlinks=False):
                    facts = entry.stat(follow_symlinks=False)
                    files += 1
                    yield Lying(entry.name, facts.st_size, _changed(facts), below)
                elif count - files >= port.MOST_BESIDE:
                    raise port.crowded(self.path.name)

    def _find(self, name: str, below: str) -> Lying | None:
        with self._used():
            try:
                with self._opened(below) as handle:
                    facts = os.stat(name, dir_fd=handle, follow_symlinks=False)
            except FileNotFoundError:
                return None
        return Lying(name, facts.st_size, _changed(facts), below)

    def _read(self, file: Lying, into: Callable[[bytes], object]) -> bool:
        with self._used(), self._opened(file.below) as handle:
            try:
                with os.fdopen(os.open(file.name, _READING, dir_fd=handle), "rb", buffering=0) as stream:
                    left = file.size
                    while left and (piece := stream.read(min(left, PIECE))):
                        into(piece)
                        left -= len(piece)
                    after = os.fstat(stream.fileno())
            except OSError as error:
                if error.errno in _GONE:
                    return False
                raise closed() from error
        unchanged = (after.st_size, _changed(after)) == (file.size, file.changed)
        return not left and unchanged and stat.S_ISREG(after.st_mode)

    def _write(self, name: str, body: bytes, below: str) -> None:
        new = unfinished(name)
        with self._used(), self._opened(below, make=True) as handle:
            _removed(new, handle)  # of a hub that was killed; or a link, laid to lead the hub elsewhere
            with os.fdopen(os.open(new, _WRITING, 0o666, dir_fd=handle), "wb") as stream:
                stream.write(body)
                stream.flush()
                os.fsync(stream.fileno())
            reach("after-put-before-name")
            os.replace(new, name, src_dir_fd=handle, dst_dir_fd=handle)
            os.fsync(handle)  # names outlive a loss of power, too

    def _remove(self, name: str) -> None:
        with self._used(), self._opened() as handle:
            _removed(name, handle)

    def _move(self, name: str, to: str, as_name: str, below: str) -> None:
        gone = contextlib.suppress(FileNotFoundError)  # moved before, or taken away
        with self._used(), self._opened(to, make=True) as there, gone, self._opened(below) as here:
            os.replace(name, as_name, src_dir_fd=here, dst_dir_fd=there)
            os.fsync(there)
            os.fsync(here)

    @contextlib.contextmanager
    def _opened(self, below: str = "", *, make: bool = False) -> Iterator[int]:
        """Open the folder, or one below it and make that one; the folder itself may be a share that is away."""
        *way, last = (*self.path.relative_to(self._root).parts, *filter(None, [below])) or (".",)
        with contextlib.ExitStack() as stack:
            handle = stack.enter_context(_handle(self._root, _THROUGH))
            for step in way:
                handle = stack.enter_context(_handle(step, _THROUGH, handle))
            if below and make:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(last, dir_fd=handle)
            yield stack.enter_context(_handle(last, _FOLDER, handle))

    @contextlib.contextmanager
    def _used(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            where = self.path.name
            raise TryLater("D101", f"the folder cannot be used: {error.strerror}", where=where) from error


def _changed(facts: os.stat_result) -> float:
    """Return when a file was changed last; its own time may be that of the file it was copied from."""
    return max(facts.st_mtime, facts.st_ctime)


def _removed(name: str, handle: int) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(name, dir_fd=handle)


@contextlib.contextmanager
def _handle(path: str | Path, flags: int, beside: int | None = None) -> Iterator[int]:
    """Open a folder, relative to an open one."""
    try:
        handle = os.open(path, flags, dir_fd=beside)
    except OSError as error:
        if error.errno in (errno.ENOTDIR, errno.ELOOP):
            raise NotADirectoryError(None, "a link lies in the place of a folder") from error
        raise
    try:
        yield handle
    finally:
        os.close(handle)

"""The folder of the files: written while a content arrives, named by what they hold, removed when nothing names them.

No name comes from a message: a file is called by the SHA-256 of what lies in it, and by a random name until then.
"""

import contextlib
import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

from hub_core.attachments.attachment import Attachment, Enclosed
from hub_core.errors import Rejected, TryLater
from hub_core.journal.failpoints import reach
from hub_core.security.chunks import HEAD, ChunkSealer, opened
from hub_core.security.sealing import KEY_BYTES

#: File in which the id lies.
MARK: Final = "store-id"
#: Bytes that stay free on the device: the journal may lie there, too.
RESERVE: Final = 64_000_000
_NAME: Final = re.compile(r"[0-9a-f]{64}")
_PART: Final = re.compile(r"\.[0-9a-f]{32}\.part")


class Folder:
    """Where a store's attachments lie.

    Attributes:
        path: of the folder.
        store_id: that must lie in it: see ``taking``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.store_id: str | None = None

    @property
    def is_the_stores(self) -> bool:
        """Whether it is the folder that the store was given; one that is not mounted just now is not."""
        return self.store_id is not None and self.mark() == self.store_id

    def mark(self) -> str | None:
        """Return the id that lies in it."""
        try:
            with (self.path / MARK).open(encoding="ascii") as file:
                return file.read(100).strip()
        except (OSError, UnicodeDecodeError):
            return None

    @property
    def is_empty(self) -> bool:
        """Whether no attachment lies here."""
        return next(self.older(timedelta()), None) is None

    def begin(self, *, name: str, media_type: str) -> "Writing":
        """Begin a file; ``name`` and ``media_type`` are what the sender says of its content.

        Raises:
            TryLater: J503.
        """
        if not self.is_the_stores:
            raise TryLater("J503", "the folder of attachments is not there", where="attachments")
        try:
            return Writing(self.path, name=name, media_type=media_type)
        except OSError as error:
            raise _unwritten(error) from error

    def chunks(self, attachment: Attachment) -> Iterator[bytes]:
        """Yield the content of an attachment.

        Raises:
            Rejected: J131 its file is not there; J115 it is not what was kept. TryLater: J503, it cannot be read.
        """
        try:
            with (self.path / attachment.file).open("rb") as file:
                yield from opened(file, attachment.key)
        except FileNotFoundError:
            if not self.is_the_stores:
                raise TryLater("J503", "the folder of attachments is not there", where="attachments") from None
            raise Rejected("J131", "the file of an attachment is not there", where="attachments") from None
        except OSError as error:
            text = f"an attachment cannot be read: {error.strerror}"
            raise TryLater("J503", text, where="attachments") from error

    def enclosed(self, attachment: Attachment) -> Enclosed:
        """Return an attachment as it goes out."""
        return Enclosed(size=attachment.size, media_type=attachment.media_type, chunks=lambda: self.chunks(attachment))

    def holds(self, name: str) -> bool:
        """Say whether a file lies here."""
        return (self.path / name).is_file()

    def remove(self, names: Iterable[str]) -> int:
        """Remove files that nothing names any more; return how many were there. What cannot be removed, is later."""
        removed = 0
        for name in names:
            with contextlib.suppress(OSError):
                (self.path / name).unlink()
                removed += 1
        return removed

    def older(self, age: timedelta) -> Iterator[str]:
        """Yield the names of files, those half written as well, that nobody has written to for some time."""
        since = time.time() - age.total_seconds()
        with contextlib.suppress(FileNotFoundError), os.scandir(self.path) as found:
            for entry in found:
                if _NAME.fullmatch(entry.name) or _PART.fullmatch(entry.name):
                    with contextlib.suppress(FileNotFoundError):
                        if entry.stat(follow_symlinks=False).st_mtime < since:
                            yield entry.name


class Writing:
    """One file while its content arrives; not safe for two threads at once.

    Attributes:
        size: bytes of the content so far.
    """

    def __init__(self, folder: Path, *, name: str, media_type: str) -> None:
        self.size = 0
        self._name = name
        self._media_type = media_type
        self._folder = folder
        self._path = folder / f".{secrets.token_hex(16)}.part"
        self._key = secrets.token_bytes(KEY_BYTES)
        self._sealer = ChunkSealer(self._key)
        self._digest, self._sum = hashlib.sha256(), hashlib.sha256()
        # The file is closed by ``end`` or ``drop``.
        self._file = os.fdopen(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600), "wb")
        try:
            self._put(HEAD)
        except OSError:
            self.drop()
            raise

    def write(self, content: bytes) -> None:
        """Take more of the content.

        Raises:
            TryLater: J503, there is no room for it.
        """
        self.size += len(content)
        self._digest.update(content)
        try:
            for chunk in self._sealer.seal(content):
                self._put(chunk)
        except OSError as error:
            raise _unwritten(error) from error

    def end(self) -> Attachment:
        """Finish the file: it has its name, and is durable, when this returns.

        Raises:
            TryLater: J503.
        """
        try:
            self._put(self._sealer.end())
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            reach("after-attachment-before-name")
            file = self._sum.hexdigest()
            self._path.replace(self._folder / file)
            sync(self._folder)
        except OSError as error:
            raise _unwritten(error) from error
        return Attachment(
            digest=self._digest.digest(),
            size=self.size,
            media_type=self._media_type,
            name=self._name,
            file=file,
            key=self._key,
        )

    def drop(self) -> None:
        """Give the file up."""
        with contextlib.suppress(OSError):
            self._file.close()
        with contextlib.suppress(OSError):
            self._path.unlink()

    def _put(self, sealed: bytes) -> None:
        room = os.statvfs(self._folder)
        if room.f_bavail * room.f_frsize < RESERVE + len(sealed):
            raise OSError(28, "No space left on device")
        self._sum.update(sealed)
        self._file.write(sealed)


def sync(folder: Path) -> None:
    """Let the names in a folder be durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritten(error: OSError) -> TryLater:
    return TryLater("J503", f"an attachment cannot be kept: {error.strerror}", where="attachments")

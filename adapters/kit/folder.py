"""Folders of files that partners leave for the hub: bounded, below one root, each file moved by renaming.

Below the folder itself, made when they are needed:

    taken/      kept by the hub, its rows are being judged
    done/       judged; the reply tells how
    refused/    nothing of it counts; the reply tells why
    replies/    what became of each file

Nothing that a partner names is ever a path: names come from the folder's own listing, links are not followed.
"""

import contextlib
import hashlib
import os
import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from hub_core.errors import ConfigError, TryLater

ROOT: Final = "PUNTE_FILES"
TAKEN, DONE, REFUSED, REPLIES = "taken", "done", "refused", "replies"
MOST: Final = 10_000  # files that are looked at in one listing
#: Names of files that are being written; those of hidden files begin with a point.
UNFINISHED: Final = (".tmp", ".part", ".filepart", ".partial", ".crdownload", "~")
LONGEST_NAME: Final = 150  # characters of a name that are kept behind a fingerprint
_NAMED: Final = re.compile(r"([0-9a-f]{64})-(.+)", re.DOTALL)


class Lying(NamedTuple):
    """A file that lies in a folder; ``changed`` is its last change, in seconds since 1970."""

    name: str
    size: int
    changed: float


class Folder:
    """One folder below the root.

    Args:
        name: relative to the root, such as ``anofm/lists``.
        settle: seconds since its last change after which a file is whole.
        marker: end of the name of an empty file that says it instead, such as ``.done``.
        environ: where ``PUNTE_FILES`` names the root.

    Raises:
        ConfigError: R104, R109: no root is set, or the folder does not lie below it.
    """

    def __init__(
        self,
        name: str,
        *,
        settle: float = 0.0,
        marker: str | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._settle = settle
        self._marker = marker
        root = environ.get(ROOT, "")
        if not root:
            mend = f"set {ROOT} to the folder below which partners leave files"
            raise ConfigError("R109", f"{ROOT} is not set", where="settings.folder", mend=mend)
        self.path = (Path(root) / name).resolve()
        if not self.path.is_relative_to(Path(root).resolve()) or not self.path.is_dir():
            mend = f"make it there, or name another one below {root}"
            raise ConfigError("R104", f"there is no folder {name!r} below {ROOT}", where="settings.folder", mend=mend)

    def lying(self, below: str = "") -> list[Lying]:
        """Return the files of the folder, or of one of those below it, oldest change first.

        Raises:
            TryLater: D101, it cannot be listed.
        """
        try:
            return sorted(self._listed(self.path / below), key=lambda file: (file.changed, file.name))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._away(error) from error

    def whole(self) -> list[Lying]:
        """Return the files that nobody writes any more."""
        files = self.lying()
        names = {file.name for file in files}
        files = [file for file in files if not file.name.lower().endswith(UNFINISHED)]
        if (marker := self._marker) is not None:
            return [file for file in files if file.name + marker in names and not file.name.endswith(marker)]
        return [file for file in files if time.time() - file.changed >= self._settle]

    def read(self, file: Lying) -> bytes | None:
        """Return the bytes of a file; ``None``: it is gone, or changed while it was read."""
        try:
            with (self.path / file.name).open("rb") as stream:
                body = stream.read(file.size + 1)
                after = os.fstat(stream.fileno())
        except OSError:
            return None
        return body if len(body) == file.size and _changed(after) == file.changed else None

    def take(self, name: str, fingerprint: str) -> None:
        """Move a file that the hub keeps to ``taken``."""
        self._move(self.path / name, TAKEN, f"{fingerprint}-{name[-LONGEST_NAME:]}")
        self._unmark(name)

    def refuse(self, name: str) -> None:
        """Move a file that the hub does not even read to ``refused``."""
        self._move(self.path / name, REFUSED, name)
        self._unmark(name)

    def taken(self) -> Iterator[tuple[str, str]]:
        """Yield the fingerprint and the name of every file that no reply was written for."""
        for file in self.lying(TAKEN):
            if found := _NAMED.fullmatch(file.name):
                yield found[1], found[2]

    def reply(self, name: str, body: bytes) -> None:
        """Write a reply, whole or not at all; one of the same name is replaced."""
        path = self._below(REPLIES) / name
        new = path.with_name(f".{name}.tmp")
        try:
            with new.open("wb") as stream:
                stream.write(body)
                stream.flush()
                os.fsync(stream.fileno())
            new.replace(path)
        except OSError as error:
            raise self._away(error) from error
        _sync(path.parent)

    def close(self, fingerprint: str, name: str, *, refused: bool) -> None:
        """Move a file whose reply is written out of ``taken``."""
        kept = f"{fingerprint}-{name}"
        self._move(self.path / TAKEN / kept, REFUSED if refused else DONE, kept)

    def _listed(self, folder: Path) -> Iterator[Lying]:
        with os.scandir(folder) as entries:
            for count, entry in enumerate(entries):
                if count >= MOST:
                    return
                if entry.name.startswith(".") or not entry.is_file(follow_symlinks=False):
                    continue
                facts = entry.stat(follow_symlinks=False)
                yield Lying(entry.name, facts.st_size, _changed(facts))

    def _unmark(self, name: str) -> None:
        """Take the marker of a moved file away: the next file of its name has one of its own."""
        if self._marker is not None:
            with contextlib.suppress(OSError):
                (self.path / f"{name}{self._marker}").unlink(missing_ok=True)

    def _move(self, path: Path, below: str, name: str) -> None:
        target = self._below(below) / name
        try:
            path.replace(target)
        except FileNotFoundError:
            return  # moved before, or taken away
        except OSError as error:
            raise self._away(error) from error
        _sync(target.parent)
        _sync(path.parent)

    def _below(self, name: str) -> Path:
        path = self.path / name
        try:
            path.mkdir(exist_ok=True)
        except OSError as error:
            raise self._away(error) from error
        return path

    def _away(self, error: OSError) -> TryLater:
        return TryLater("D101", f"the folder cannot be used: {error.strerror}", where=self.path.name)


def fingerprint_of(body: bytes) -> str:
    """Return what a file is known by: the same bytes under another name are the same file."""
    return hashlib.sha256(body).hexdigest()


def _changed(facts: os.stat_result) -> float:
    """Return when a file was changed last; its own time may be that of the file it was copied from."""
    return max(facts.st_mtime, facts.st_ctime)


def _sync(folder: Path) -> None:
    """See that names in a folder outlive a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""Mappings kept on disk, bound and compiled, by the content of everything that they were made from.

What is kept is code, so whoever can write there can run code as the hub. Nothing is therefore read from a folder or a
file that anybody but its owner could have written; a digest inside would not help against the owner, and need not.
Where the folder cannot be had, everything works without it.
"""

import contextlib
import hashlib
import os
import pickle
import stat
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Final, Generic, TypeVar

import msgspec

from hub_core.places import ROOT

KEPT: Final = 180  # files, of about 0.7 MB each for a large mapping: sixty mappings, read, traced and written
_SUFFIX: Final = ".compiled"
_ENGINE: Final = ("hub_core/mapping", "hub_core/canonical", "hub_core/contract", "hub_core/yaml.py")
_FAILURES: Final = (pickle.PickleError, AttributeError, EOFError, ImportError, TypeError, ValueError)


T = TypeVar("T")


class Cache:
    """A folder of compiled mappings.

    Args:
        folder: made with mode 0700 when something is kept first.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, content: object, make: Callable[[], T], kind: type[T]) -> tuple[T, bool]:
        """Return what was compiled from ``content``, made and kept where it is not there; and whether it was."""
        name = key_of(content) + _SUFFIX
        found = self._read(name)
        if isinstance(found, kind):
            return found, True
        made = make()
        self._write(name, made)
        return made, False

    def holds(self, content: object) -> bool:
        """Tell whether there is a file for what was compiled from ``content``."""
        return (self.folder / (key_of(content) + _SUFFIX)).exists()

    def _read(self, name: str) -> object:
        try:
            if not _is_own(os.lstat(self.folder)):
                return None
            with os.fdopen(os.open(self.folder / name, os.O_RDONLY | os.O_NOFOLLOW), "rb") as stream:
                if not _is_own(os.fstat(stream.fileno())):
                    return None
                return pickle.load(stream)  # noqa: S301 - code of our own, see the head of this module
        except (OSError, *_FAILURES):
            return None

    def _write(self, name: str, made: object) -> None:
        """Keep it, whole or not at all; what cannot be kept is made again next time."""
        try:
            body = pickle.dumps(made)
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not _is_own(os.lstat(self.folder)):
                return
            with tempfile.NamedTemporaryFile(dir=self.folder, delete=False) as stream:
                stream.write(body)
            Path(stream.name).rename(self.folder / name)
            self._forget()
        except (OSError, *_FAILURES):
            return

    def _forget(self) -> None:
        """Remove the oldest files beyond ``KEPT``; of several processes that do so, one finds nothing left."""
        files = sorted(self.folder.iterdir(), key=lambda path: path.stat().st_mtime)
        for path in files[:-KEPT]:
            with contextlib.suppress(FileNotFoundError):
                path.unlink()


class Packed(Generic[T]):
    """A part of what is kept that is unpacked when somebody asks for it: most of a mapping is not needed to read."""

    def __init__(self, value: T) -> None:
        self._body = b""
        self._value: T | None = value

    def get(self) -> T:
        """Return the part."""
        if self._value is None:
            self._value = pickle.loads(self._body)  # noqa: S301 - from the same file as the whole
        return self._value

    def __getstate__(self) -> bytes:
        return pickle.dumps(self.get())

    def __setstate__(self, body: bytes) -> None:
        self._body, self._value = body, None


def user_cache(environ: Mapping[str, str] = os.environ) -> Cache | None:
    """Return the cache of the user who runs this process, below ``XDG_CACHE_HOME`` or ``~/.cache``.

    Source: XDG Base Directory Specification 0.8.
    """
    base = Path(environ.get("XDG_CACHE_HOME") or Path(environ.get("HOME", "")) / ".cache")
    return Cache(base / "punte" / "mappings") if base.is_absolute() else None


def _is_own(facts: os.stat_result) -> bool:
    """Tell whether a folder or file is ours, and nobody else could have written it."""
    kind = stat.S_ISDIR(facts.st_mode) or stat.S_ISREG(facts.st_mode)
    return kind and facts.st_uid == os.getuid() and not facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def versions(folder: Path) -> list[tuple[str, int, int]]:
    """Return name, time and size of every file below a folder: what is made of contracts changes with them."""
    found = [(path, path.stat()) for path in sorted(folder.rglob("*")) if path.is_file()]
    return [(path.relative_to(folder).as_posix(), state.st_mtime_ns, state.st_size) for path, state in found]


def key_of(content: object) -> str:
    """Return the name of what is made from something, by this program."""
    return hashlib.sha256(msgspec.msgpack.encode((_engine(), content))).hexdigest()


@cache
def _engine() -> str:
    """Return what decides, beside its content, what a mapping is compiled to: this program and its Python."""
    whole = hashlib.sha256(sys.version.encode())
    for name in _ENGINE:
        for path in sorted((ROOT / name).rglob("*.py")) or [ROOT / name]:
            whole.update(path.read_bytes())
    return whole.hexdigest()

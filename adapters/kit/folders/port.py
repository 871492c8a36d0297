"""The port of folders, and the rules that hold wherever one lies.

Nothing that a partner names is ever a path: names come from a folder's own listing, and links are not followed.
"""

import hashlib
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from hub_core.errors import Rejected, TryLater

MOST: Final = 10_000  # files of one listing; the others come once these are moved
MOST_BESIDE: Final = 100_000  # names that are no files for the hub, which a listing passes over
PROBE: Final = ".punte-probe.tmp"  # written and taken away again
PIECE: Final = 1_000_000  # bytes that are read, or sent to a server, at once
LONGEST_NAME: Final = 150  # bytes of a name that are kept where something is written before or behind it
_LONGEST: Final = 255  # bytes of a name, as file systems have it


class Lying(NamedTuple):
    """A file that lies in a folder, or in the one ``below`` it.

    Attributes:
        changed: its last change, in seconds since 1970 by the clock there.
    """

    name: str
    size: int
    changed: float
    below: str = ""


class Folder(Protocol):
    """One folder, and those directly below it: ``below`` names one of these, made when something is put there first.

    Every operation ends within the time that a call to the partner may take, and raises:
        TryLater: D101, it cannot be used now.
        ConfigError: D105, D106: nobody gets in there before something is mended.
    """

    async def lying(self, below: str = "") -> list[Lying]:
        """Return the files that can be seen, at most ``MOST`` of them; oldest change first.

        Raises:
            TryLater: also D101, more than ``MOST_BESIDE`` other things lie among them.
        """
        ...

    async def find(self, name: str, *, below: str = "") -> Lying | None:
        """Return what has a name, file or not; ``None``: nothing has."""
        ...

    async def now(self) -> float:
        """Return the time by the clock that dates the files, in seconds since 1970."""
        ...

    async def read(self, file: Lying, into: Callable[[bytes], object]) -> bool:
        """Hand the bytes of a file over in pieces.

        Returns:
            Whether they were those of the file as it was listed; ``False``: it is gone, or changed, and what was handed
            over counts for nothing.

        Raises:
            Rejected: D108, it lies there, and nobody lets the hub read it.
        """
        ...

    async def move(self, name: str, to: str, as_name: str, *, below: str = "") -> None:
        """Move a file to a folder below this one, in the place of one that has the name; no fault if it is gone.

        Without ``to`` it comes back into this one.
        """
        ...

    async def write(self, name: str, body: bytes, *, below: str = "") -> None:
        """Write a file, whole or not at all, as durably as the place can; one of the same name is replaced."""
        ...

    async def remove(self, name: str) -> None:
        """Take a file away, if it is there."""
        ...

    async def look(self) -> str:
        """Say what it is, for people, once it is seen that files can be written and taken away there."""
        ...

    async def close(self) -> None:
        """Give connections back."""
        ...


def crowded(where: str) -> TryLater:
    """Return the error of a folder in which other things hide the files."""
    return TryLater("D101", f"more than {MOST_BESIDE:,} things lie there that are no files to be taken", where=where)


def closed() -> Rejected:
    """Return the error of a file that the hub may not read."""
    return Rejected("D108", "the hub cannot read the file")


async def put_once(folder: Folder, name: str, body: bytes, *, where: str) -> None:
    """Put a file into a folder, whole or not at all; the same one again changes nothing.

    Args:
        folder: of the partner.
        name: of the file; never a value of a message.
        body: its bytes.
        where: the endpoint's name, for errors.

    Raises:
        TryLater: D107, another file has its name; it is left alone. The errors of ``Folder``.
    """
    lying = await folder.find(name)
    if lying is None:
        await folder.write(name, body)
        return
    if lying.size != len(body) or not await _holds(folder, lying, body):
        raise TryLater("D107", f"another file lies there as {name}", where=where)


async def _holds(folder: Folder, file: Lying, body: bytes) -> bool:
    found = hashlib.sha256()  # piece by piece: the file is in memory once already
    try:
        return await folder.read(file, found.update) and found.hexdigest() == fingerprint_of(body)
    except Rejected:  # whose it is cannot be seen: not ours
        return False


def fingerprint_of(body: bytes) -> str:
    """Return what a file is known by: the same bytes under another name are the same file."""
    return hashlib.sha256(body).hexdigest()


def seen(name: str) -> bool:
    """Return whether a file of this name is looked at; no name of another kind is ever used.

    >>> [seen(name) for name in ("listă 1.csv", ".hidden", "..", "a/b", "", "two" + chr(10) + "lines")]
    [True, False, False, False, False, False]
    """
    clean = all(ord(letter) >= ord(" ") and letter not in "/\\\x7f" for letter in name)
    return clean and name[:1] not in {"", "."} and len(name.encode("utf-8", "surrogateescape")) <= _LONGEST


def unfinished(name: str) -> str:
    """Return under which name a file lies until it is whole: no other hub's, and after a kill the same again.

    What two hubs wrote under one name would be half of each; what had a new name each time would stay there. A hub is
    known by its home, which no other process works in meanwhile.
    """
    home = Path(os.environ.get("PUNTE_HOME", ".punte")).absolute()
    mark = hashlib.sha256(os.fsencode(f"{socket.gethostname()}\n{home}\n{name}")).hexdigest()
    return f".punte-{mark[:16]}.tmp"


def plain(*names: str) -> None:
    """Raise ValueError, a defect of the caller, if one of these names leads elsewhere."""
    if any("/" in name or name in {".", ".."} for name in names):
        raise ValueError("a name is no path")


def shortened(name: str) -> str:
    """Return the end of a name, so that there is room before and behind it.

    >>> len(shortened("ș" * 100 + ".csv")), shortened("lista.csv")
    (77, 'lista.csv')
    """
    return name.encode("utf-8", "surrogateescape")[-LONGEST_NAME:].decode("utf-8", "ignore")

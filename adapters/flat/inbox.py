"""What lies in a folder for the hub, and where it goes from there.

Below the folder itself, made when they are needed:

    taken/      kept by the hub, its rows are being judged
    done/       judged; the reply tells how
    refused/    nothing of it counts; the reply tells why
    replies/    what became of each file

In ``taken`` a fingerprint stands before each name, so that the reply finds its file after a crash; elsewhere files have
the names that they came by.
"""

import hashlib
import os
import re
from typing import Final

from adapters.kit.folders.port import Folder, Lying, shortened
from hub_core.errors import Rejected

TAKEN, DONE, REFUSED, REPLIES = "taken", "done", "refused", "replies"
#: Names of files that are being written; those of hidden files begin with a point.
UNFINISHED: Final = (".tmp", ".part", ".filepart", ".partial", ".crdownload", "~")
_LETTERS: Final = 8  # of a mark
_NAMED: Final = re.compile(r"([0-9a-f]{64})-(.+)", re.DOTALL)


class Inbox:
    """The files of one folder that are for the hub.

    Args:
        folder: where they lie.
        settle: seconds since its last change after which a file is whole.
        marker: end of the name of an empty file that says it instead, such as ``.done``.
    """

    def __init__(self, folder: Folder, *, settle: float = 0.0, marker: str | None = None) -> None:
        self._folder = folder
        self._settle = settle
        self._marker = marker

    async def close(self) -> None:
        """Give connections back."""
        await self._folder.close()

    async def look(self) -> str:
        """Say where files lie, and how many."""
        where = await self._folder.look()
        lying, whole = len(await self._folder.lying()), len(await self.whole())
        return f"{where}; {lying:,} files there, {whole:,} of them whole"

    async def whole(self) -> list[Lying]:
        """Return the files that nobody writes any more, oldest change first."""
        files = await self._folder.lying()
        names = {file.name for file in files}
        files = [file for file in files if not file.name.lower().endswith(UNFINISHED)]
        if (marker := self._marker) is not None:
            return [file for file in files if file.name + marker in names and not file.name.endswith(marker)]
        now = await self._folder.now()
        return [file for file in files if now - file.changed >= self._settle]

    async def body(self, file: Lying) -> bytes | None:
        """Return the bytes of a file; ``None``: it is gone, or changed while it was read.

        Raises:
            Rejected: D108, the hub may not read it.
        """
        body = bytearray()
        return bytes(body) if await self._folder.read(file, body.extend) else None

    async def fingerprint(self, file: Lying) -> str | None:
        """Return what a file is known by, without holding its bytes; otherwise as ``body``."""
        digest = hashlib.sha256()
        return digest.hexdigest() if await self._folder.read(file, digest.update) else None

    async def keep(self, file: Lying) -> None:
        """Move a file that needs no reply to ``done``."""
        await self._set_aside(file, DONE)

    async def take(self, name: str, fingerprint: str) -> None:
        """Move a file that the hub keeps to ``taken``; one that took its place in that moment is put back."""
        taken = f"{fingerprint}-{shortened(name)}"
        await self._folder.move(name, TAKEN, taken)
        if await self._is(fingerprint, taken):
            await self._unmark(name)
        else:
            await self._keep(taken, "", name, mark=fingerprint, below=TAKEN)

    async def refuse(self, file: Lying) -> None:
        """Move a file that the hub does not even read to ``refused``."""
        await self._set_aside(file, REFUSED)

    async def taken(self) -> list[tuple[str, str]]:
        """Return the fingerprint and the name of every file that no reply was written for."""
        found = [_NAMED.fullmatch(file.name) for file in await self._folder.lying(TAKEN)]
        return [(it[1], it[2]) for it in found if it]

    async def reply(self, name: str, body: bytes) -> None:
        """Write the reply of a file; that of an earlier file of its name stays beside it, and gets a mark."""
        name = f"{shortened(name)}.reply.csv"
        if (old := await self._folder.find(name, below=REPLIES)) is not None:
            mark = _mark_of(old, body)
            await self._folder.move(name, REPLIES, _marked(name, mark), below=REPLIES)
        await self._folder.write(name, body, below=REPLIES)

    async def answered(self, fingerprint: str, name: str, *, refused: bool) -> None:
        """Move a file whose reply is written out of ``taken``."""
        to = REFUSED if refused else DONE
        await self._keep(f"{fingerprint}-{name}", to, name, mark=fingerprint, below=TAKEN)

    async def _set_aside(self, file: Lying, to: str) -> None:
        """Move a file as it was listed; another one that took its place meanwhile stays, and comes next."""
        if await self._folder.find(file.name) == file:
            await self._keep(file.name, to, file.name, mark=_mark_of(file))
            await self._unmark(file.name)

    async def _is(self, fingerprint: str, taken: str) -> bool:
        moved = await self._folder.find(taken, below=TAKEN)
        try:
            return moved is None or await self.fingerprint(moved) == fingerprint
        except Rejected:  # it may not be read: it is another one
            return False

    async def _keep(self, name: str, to: str, as_name: str, *, mark: str, below: str = "") -> None:
        """Move a file to where it stays; beside one of its name it gets a mark."""
        if await self._folder.find(as_name, below=to) is not None:
            as_name = _marked(as_name, mark)
        await self._folder.move(name, to, as_name, below=below)

    async def _unmark(self, name: str) -> None:
        """Take the marker of a moved file away: the next file of its name has one of its own."""
        if self._marker is not None:
            await self._folder.remove(f"{name}{self._marker}")


def _mark_of(file: Lying, replaced_by: bytes = b"") -> str:
    """Return a mark of a file whose bytes are not read; some servers tell changes by the second only."""
    return hashlib.sha256(f"{file.size} {file.changed} ".encode() + replaced_by).hexdigest()


def _marked(name: str, mark: str) -> str:
    """Return a name that no other file has.

    >>> _marked("lista.csv", "3f9a2c1be7")
    'lista-3f9a2c1b.csv'
    """
    stem, suffix = os.path.splitext(shortened(name))  # noqa: PTH122 - a name, not a path
    return f"{stem}-{mark[:_LETTERS]}{suffix}"

"""A folder on a partner's server, over SFTP version 3 with the extensions of OpenSSH where they are offered.

Source: draft-ietf-secsh-filexfer-02; OpenSSH, PROTOCOL, section 4.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Final, cast

import asyncssh
from asyncssh.constants import FILEXFER_TYPE_DIRECTORY, FILEXFER_TYPE_REGULAR

from adapters.kit.folders import port
from adapters.kit.folders.port import PIECE, PROBE, Lying, closed, plain, seen, unfinished
from adapters.kit.folders.ssh import KINDS, Server, connect, told
from hub_core.errors import ConfigError, PunteError, TryLater

#: A connection that nobody used for so long is given back, as are those over HTTP.
IDLE_SECONDS: Final = 5.0
_LONGEST_VERSION: Final = 60  # letters of what a server says of itself
_SAME_TIME: Final = 5.0  # seconds between clocks that are of no interest
_NEW: Final = asyncssh.FXF_WRITE | asyncssh.FXF_CREAT | asyncssh.FXF_EXCL
_CLOSED: Final = (asyncssh.SFTPPermissionDenied, asyncssh.SFTPFailure)


class SftpFolder:
    """One folder of a server; a ``Folder``. Connects when it is used, and again after a connection was lost.

    Args:
        server: where it lies.
        timeout: of each operation, connecting and the whole of a file included; in seconds.
    """

    def __init__(self, server: Server, timeout: float) -> None:
        self._server = server
        self._timeout = timeout
        self._kinds = [*KINDS]
        self._opening = asyncio.Lock()
        self._connection: asyncssh.SSHClientConnection | None = None
        self._client: asyncssh.SFTPClient | None = None
        self._ahead: float | None = None  # of the clock there before ours, in seconds
        self._users = 0
        self._idle: asyncio.TimerHandle | None = None

    async def lying(self, below: str = "") -> list[Lying]:
        """Return the files that can be seen; see ``Folder``."""
        async with self._at_work() as client:
            listing = asyncio.ensure_future(self._listed(client, below))
            try:
                found = await asyncio.shield(listing)
            except asyncio.CancelledError:
                self._drop()  # to end a listing would wait for the answer of a server that may hang
                with suppress(asyncssh.Error):
                    await listing
                raise
            return sorted(found, key=lambda file: (file.changed, file.name))

    async def find(self, name: str, *, below: str = "") -> Lying | None:
        """Return what has a name; see ``Folder``."""
        async with self._at_work() as client:
            try:
                facts = await client.lstat(self._path(name, below))
            except asyncssh.SFTPNoSuchFile:
                return None
            return Lying(name, facts.size or 0, _changed(facts), below)

    async def now(self) -> float:
        """Return the time there, learned from a file that is written for it: servers' clocks differ, by hours even."""
        async with self._at_work() as client:
            if self._ahead is None:
                self._ahead = await self._written_at(client) - time.time()
            return time.time() + self._ahead

    async def look(self) -> str:
        """Say who answers, with which key, and how its clock goes; see ``Folder``."""
        async with self._at_work() as client:
            ahead = await self._written_at(client) - time.time()
            assert self._connection is not None  # noqa: S101 - it is at work; narrows the type
            version = str(self._connection.get_extra_info("server_version"))[:_LONGEST_VERSION]
            key = self._connection.get_server_host_key()
        shown = "".join(letter if letter.isprintable() else "?" for letter in version)
        fingerprint = "" if key is None else key.get_fingerprint()
        late = f", its clock {abs(ahead):,.0f} s {'ahead' if ahead > 0 else 'behind'}"
        return f"{shown} at {self._server.shown}, known by {fingerprint}{late if abs(ahead) > _SAME_TIME else ''}"

    async def read(self, file: Lying, into: Callable[[bytes], object]) -> bool:
        """Hand the bytes of a file over; see ``Folder``."""
        async with self._at_work() as client:
            try:
                async with self._file(client, self._path(file.name, file.below), asyncssh.FXF_READ) as stream:
                    at = 0
                    while at < file.size and (piece := await stream.read(min(file.size - at, PIECE), at)):
                        into(cast(bytes, piece))
                        at += len(piece)
                    after = await stream.stat()
            except asyncssh.SFTPNoSuchFile:
                return False
            except _CLOSED as error:
                fault = error  # not raised in here: the connection is well
            else:
                return (at, after.size, _changed(after)) == (file.size, file.size, file.changed)
        raise closed() from fault

    async def move(self, name: str, to: str, as_name: str, *, below: str = "") -> None:
        """Move a file to a folder below this one; see ``Folder``."""
        async with self._at_work() as client:
            if to:
                await self._make(client, to)
            with suppress(asyncssh.SFTPNoSuchFile):  # moved before, or taken away
                await _renamed(client, self._path(name, below), self._path(as_name, to))

    async def write(self, name: str, body: bytes, *, below: str = "") -> None:
        """Write a file; see ``Folder``."""
        async with self._at_work() as client:
            if below:
                await self._make(client, below)
            new = self._path(unfinished(name), below)
            await self._put(client, new, body)
            await _renamed(client, new, self._path(name, below))

    async def remove(self, name: str) -> None:
        """Take a file away; see ``Folder``."""
        async with self._at_work() as client:
            with suppress(asyncssh.SFTPNoSuchFile):
                await client.remove(self._path(name))

    async def close(self) -> None:
        """Give the connection back."""
        connection = self._connection
        self._drop()
        if connection is not None:
            with suppress(asyncssh.Error, OSError):
                await connection.wait_closed()

    def _path(self, name: str, below: str = "") -> bytes:
        """Return the path of a file, or without a name that of a folder below, or of this one."""
        plain(name, below)
        path = "/".join((self._server.path.rstrip("/"), *filter(None, (below, name))))
        return (path or "/").encode("utf-8", "surrogateescape")

    async def _listed(self, client: asyncssh.SFTPClient, below: str) -> list[Lying]:
        found, beside = list[Lying](), 0
        listing = cast("AsyncGenerator[asyncssh.SFTPName, None]", client.scandir(self._path("", below)))
        with suppress(asyncssh.SFTPNoSuchFile):
            async with aclosing(listing) as entries:
                async for entry in entries:
                    name = cast(bytes, entry.filename).decode("utf-8", "surrogateescape")
                    if len(found) >= port.MOST:
                        break
                    if seen(name) and entry.attrs.type == FILEXFER_TYPE_REGULAR and entry.attrs.size is not None:
                        found.append(Lying(name, entry.attrs.size, _changed(entry.attrs), below))
                    elif (beside := beside + 1) > port.MOST_BESIDE:
                        raise port.crowded(self._server.shown)
        return found

    async def _make(self, client: asyncssh.SFTPClient, below: str) -> None:
        path = self._path("", below)
        try:
            found = await client.lstat(path)
        except asyncssh.SFTPNoSuchFile:
            await client.mkdir(path)
            return
        if found.type != FILEXFER_TYPE_DIRECTORY:
            raise TryLater("D101", "a link lies in the place of a folder", where=self._server.shown)

    async def _put(self, client: asyncssh.SFTPClient, path: bytes, body: bytes) -> None:
        with suppress(asyncssh.SFTPNoSuchFile):
            await client.remove(path)  # of a hub that was killed; or a link, laid to lead the hub elsewhere
        async with self._file(client, path, _NEW) as stream:
            for at in range(0, len(body), PIECE):  # else all of it would be encrypted and in memory before it is sent
                await stream.write(body[at : at + PIECE], at)
            with suppress(asyncssh.SFTPOpUnsupported):
                await stream.fsync()

    @asynccontextmanager
    async def _file(
        self, client: asyncssh.SFTPClient, path: bytes, flags: int
    ) -> AsyncIterator[asyncssh.SFTPClientFile]:
        stream = await client.open(path, flags, encoding=None)
        try:
            yield stream
        except asyncio.CancelledError:
            self._drop()  # to close the file would wait for the answer of a server that may hang
            raise
        except BaseException:
            await stream.close()
            raise
        await stream.close()

    async def _written_at(self, client: asyncssh.SFTPClient) -> float:
        path = self._path(PROBE)
        await self._put(client, path, b"\n")
        changed = _changed(await client.lstat(path))
        await client.remove(path)
        return changed

    @asynccontextmanager
    async def _at_work(self) -> AsyncIterator[asyncssh.SFTPClient]:
        self._users += 1
        if self._idle is not None:
            self._idle.cancel()
        try:
            with told(self._server.shown):
                async with asyncio.timeout(self._timeout):
                    yield await self._opened()
        except PunteError:
            self._drop()  # whatever hangs or is broken there is not waited for again
            raise
        finally:
            self._users -= 1
            if not self._users:
                self._idle = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._drop)

    async def _opened(self) -> asyncssh.SFTPClient:
        async with self._opening:
            if self._connection is None or self._client is None or self._connection.is_closed():
                self._drop()
                self._connection = await connect(self._server, self._kinds)
                client = await self._connection.start_sftp_client(path_encoding=None)
                await self._enter(client)
                self._client = client
            return self._client

    async def _enter(self, client: asyncssh.SFTPClient) -> None:
        try:
            found = await client.stat(self._path(""))
        except asyncssh.SFTPNoSuchFile:
            found = None
        if found is None or found.type != FILEXFER_TYPE_DIRECTORY:
            mend = "ask the partner for the folder's path, mend url, then apply"
            raise ConfigError("D105", "there is no such folder", where=self._server.shown, mend=mend)

    def _drop(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        if self._connection is not None:
            self._connection.abort()
        self._connection = self._client = self._idle = self._ahead = None


async def _renamed(client: asyncssh.SFTPClient, path: bytes, target: bytes) -> None:
    """Rename a file in the place of another one; at once, where the server can."""
    try:
        await client.posix_rename(path, target)
    except asyncssh.SFTPOpUnsupported:
        await client.lstat(path)  # once it is renamed, the target is what must not be removed
        with suppress(asyncssh.SFTPNoSuchFile):
            await client.remove(target)
        await client.rename(path, target)


def _changed(attrs: asyncssh.SFTPAttrs) -> float:
    return float(attrs.mtime or 0)

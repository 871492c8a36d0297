"""A partner's server over SFTP that stands in this process: it can be away, full, hang, and break off on purpose."""

import asyncio
import contextlib
import shutil
import tempfile
from pathlib import Path

import asyncssh

from hub_core.directory.credentials import Credentials, SecretReference
from hub_core.testing.adapter.place import HALF
from hub_core.testing.adapter.secrets import SECRET, VARIABLE

USER = "hub"


class SftpPlace:
    """A folder on such a server; a ``Place``.

    Attributes:
        host_key: fingerprint of its key.
        credentials: that it lets in; their secret is the one that the kit looks for, by its variable.
    """

    credentials = Credentials(kind="password", user=USER, secret=SecretReference(env=VARIABLE))

    def __init__(self, path):
        self.path = path
        self.troubles = {"away": self._away, "full": self._full, "hangs": self._hangs, "breaks off": self._breaks_off}
        self._key = asyncssh.generate_private_key("ssh-ed25519")
        self.host_key = self._key.get_fingerprint()
        self._port = 0
        self._connections = set()
        self.opened = []
        self.half_written = None  # what it does then

    @property
    def url(self):
        """Address of the folder."""
        return f"sftp://127.0.0.1:{self._port}{self.path}"

    def files(self):
        """Return everything that lies there; see ``Place``."""
        return {path.name: path.read_bytes() for path in self.path.iterdir()}

    def leave(self, name, body):
        """Lay a file there; see ``Place``."""
        (self.path / name).write_bytes(body)

    async def open(self):
        """Let callers in, at the same port each time."""
        self._listener = await asyncssh.listen(
            "127.0.0.1",
            self._port,
            server_host_keys=[self._key],
            server_factory=lambda: _Door(self._connections),
            sftp_factory=lambda channel: _Files(channel, self),
        )
        self._port = self._listener.get_port()

    async def shut(self):
        """Break every connection, and let nobody in."""
        self._listener.close()
        for connection in [*self._connections]:
            connection.abort()
        await self._listener.wait_closed()
        for stream in self.opened:
            stream.close()

    @contextlib.asynccontextmanager
    async def _away(self):
        await self.shut()
        try:
            yield
        finally:
            await self.open()

    @contextlib.asynccontextmanager
    async def _when_half_written(self, act):
        self.half_written = act
        try:
            yield
        finally:
            self.half_written = None

    def _full(self):
        async def refuse(_):
            raise asyncssh.SFTPFailure("no space left on device")

        return self._when_half_written(refuse)

    def _breaks_off(self):
        async def break_off(connection):
            connection.abort()

        return self._when_half_written(break_off)

    @contextlib.asynccontextmanager
    async def _hangs(self):
        go_on = asyncio.Event()
        async with self._when_half_written(lambda _: go_on.wait()):
            try:
                yield
            finally:
                go_on.set()


class _Door(asyncssh.SSHServer):
    def __init__(self, connections):
        self._connections = connections

    def connection_made(self, conn):
        self._connection = conn
        self._connections.add(conn)

    def connection_lost(self, exc):
        self._connections.discard(self._connection)

    def password_auth_supported(self):
        return True

    def validate_password(self, username, password):
        return (username, password) == (USER, SECRET)


class _Files(asyncssh.SFTPServer):
    def __init__(self, channel, place):
        super().__init__(channel)
        self._place = place

    def open(self, path, pflags, attrs):
        self._place.opened.append(super().open(path, pflags, attrs))
        return self._place.opened[-1]

    async def write(self, file_obj, offset, data):
        if self._place.half_written is not None and offset + len(data) > HALF:
            super().write(file_obj, offset, data[: max(0, HALF - offset)])
            await self._place.half_written(self.channel.get_connection())
        return super().write(file_obj, offset, data)


@contextlib.asynccontextmanager
async def sftp_place():
    """Run such a server, with an empty folder."""
    path = Path(tempfile.mkdtemp(prefix="sftp-"))
    place = SftpPlace(path)
    await place.open()
    try:
        yield place
    finally:
        await place.shut()
        shutil.rmtree(path)

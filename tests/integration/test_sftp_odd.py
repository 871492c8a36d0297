"""Folders on servers that are not OpenSSH: without extensions, with a clock of another zone, with names made up."""

import asyncio
from datetime import timedelta

import asyncssh
import msgspec
import pytest

from adapters.flat.dropbox import Dropbox, DropboxPoller
from adapters.kit.folders.ssh import server_of
from hub_core.directory import Direction, Endpoint
from hub_core.directory.credentials import Credentials, SecretReference
from hub_core.errors import ConfigError, TryLater

SLOW_CLOCK = 3 * 3600  # seconds; a server whose times are those of another zone


class OddServer(asyncssh.SFTPServer):
    """One that knows no extension, whose clock is three hours late, and whose listing leads elsewhere."""

    def posix_rename(self, oldpath, newpath):
        raise asyncssh.SFTPOpUnsupported("no extensions")

    def fsync(self, file_obj):
        raise asyncssh.SFTPOpUnsupported("no extensions")

    def lstat(self, path):
        return self._late(super().lstat(path))

    def fstat(self, file_obj):
        return self._late(super().fstat(file_obj))

    async def scandir(self, path):
        for name in (b"../../etc/passwd", b"/etc/passwd", b"a/b", b"..", b"nul\0"):
            yield asyncssh.SFTPName(name, attrs=self._late(super().lstat(path + b"/lista.csv")))
        async for entry in super().scandir(path):
            if entry.filename not in {b".", b".."}:
                entry.attrs = self._late(entry.attrs)
                yield entry

    @staticmethod
    def _late(found):
        attrs = found if isinstance(found, asyncssh.SFTPAttrs) else asyncssh.SFTPAttrs.from_local(found)
        attrs.mtime -= SLOW_CLOCK
        attrs.crtime_ns = attrs.atime_ns = attrs.mtime_ns = None
        return attrs


class OnePassword(asyncssh.SSHServer):
    def password_auth_supported(self):
        return True

    def validate_password(self, username, password):
        return (username, password) == ("punte", "letmein")


@pytest.fixture
async def odd(tmp_path, monkeypatch):
    """Return an endpoint of an odd server, its key, and the folder that it offers."""
    monkeypatch.setenv("SFTP_PASSWORD", "letmein")
    path = tmp_path / "lists"
    path.mkdir()
    key = asyncssh.generate_private_key("ssh-ed25519")
    listener = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_host_keys=[key],
        server_factory=OnePassword,
        sftp_factory=lambda channel: OddServer(channel, chroot=str(tmp_path)),
    )
    who = Credentials(kind="password", user="punte", secret=SecretReference(env="SFTP_PASSWORD"))
    url = f"sftp://127.0.0.1:{listener.get_port()}/lists"
    endpoint = Endpoint(
        institution="anofm", direction=Direction.IN, adapter="flat", service="lists", url=url, credentials=who
    )
    yield endpoint, key.get_fingerprint(), path
    listener.close()
    await listener.wait_closed()


async def test_a_server_without_extensions_has_files_replaced_all_the_same(odd, folder_of):
    endpoint, key, path = odd
    folder = folder_of(endpoint, key)
    for body in (b"first", b"second"):
        await folder.write("lista.csv", body, below="replies")
    assert (path / "replies" / "lista.csv").read_bytes() == b"second"
    for body in (b"first", b"second"):
        (path / "lista.csv").write_bytes(body)
        await folder.move("lista.csv", "taken", "lista.csv")
    await folder.move("lista.csv", "taken", "lista.csv")
    assert (path / "taken" / "lista.csv").read_bytes() == b"second"


async def test_the_age_of_a_file_is_told_by_the_clock_of_its_server(odd):
    endpoint, key, path = odd
    (path / "lista.csv").write_bytes(b"half")
    waiting = DropboxPoller(endpoint, Dropbox(host_key=(key,), settle=timedelta(hours=1)))
    assert (await waiting.poll(None)).items == ()
    await waiting.close()


async def test_whoever_looks_at_a_server_is_told_by_what_it_is_known_and_that_its_clock_is_late(odd, folder_of):
    endpoint, key, _ = odd
    seen = await folder_of(endpoint, key).look()
    assert f"known by {key}, its clock 10,80" in seen
    assert seen.endswith(" s behind")


async def test_names_that_a_server_makes_up_lead_nowhere(odd, folder_of):
    endpoint, key, path = odd
    (path / "lista.csv").write_bytes(b"x")
    assert [file.name for file in await folder_of(endpoint, key).lying()] == ["lista.csv"]


async def test_a_server_that_hangs_while_it_lists_is_left_in_time_and_asked_anew(odd, folder_of, monkeypatch):
    async def never(*_):
        await asyncio.Event().wait()
        yield

    endpoint, key, _ = odd
    folder = folder_of(msgspec.structs.replace(endpoint, timeout=timedelta(seconds=0.5)), key)
    with monkeypatch.context() as hanging:
        hanging.setattr(OddServer, "scandir", never)
        async with asyncio.timeout(10):
            with pytest.raises(TryLater, match="not in time"):
                await folder.lying()
    assert await folder.lying() == []


async def test_a_wrong_password_is_told_without_it(odd, folder_of, monkeypatch):
    endpoint, key, _ = odd
    monkeypatch.setenv("SFTP_PASSWORD", "guessed")
    with pytest.raises(ConfigError, match="D105") as refused:
        await folder_of(endpoint, key).lying()
    assert "guessed" not in repr((refused.value, server_of(endpoint, (key,))))

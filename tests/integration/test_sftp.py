"""Folders on servers: who is trusted, what strange and failing servers do, and that no file is lost by it."""

import asyncio
import json
import os
import sys
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import asyncssh
import pytest

from adapters.flat import ADAPTER
from adapters.flat.dropbox import Dropbox, DropboxPoller
from adapters.kit.folder import open_folder
from adapters.kit.load import load_adapters
from adapters.kit.ssh import server_of
from cli import main
from hub_core.credentials import Credentials, SecretReference
from hub_core.directory import Contract, Direction, Endpoint
from hub_core.errors import ConfigError, TryLater
from hub_core.journal.entries import Filter
from hub_core.settings import Settings
from registry.desk import Desk
from registry.parts import Parts
from registry.polling import poll
from registry.reading import read_set
from tests.integration import sshd
from tests.integration.file_child import a_file

CHILD = Path(__file__).with_name("poll_child.py")
SLOW_CLOCK = 3 * 3600  # seconds; a server whose times are those of another zone
REGISTRY = """
institutions:
  anofm: {{name: Employment agency}}
endpoints:
  vacancies:
    institution: anofm
    direction: in
    adapter: flat
    service: lists
    contract: {{rows: partners/anofm/monthly.rows.yaml}}
    poll: {{every: 1 min}}
    {where}
    settings: {{host_key: {key}}}
access:
  anofm-lists: {{institution: anofm, service: lists, purposes: [labour-market], fixed_purpose: labour-market}}
"""
real = pytest.mark.system("sshd")


@pytest.fixture(scope="module")
def _running():
    with sshd.serving() as running:
        yield running


@pytest.fixture
def server(_running):
    _running.empty()
    return _running


def at(server, **other):
    """Return an endpoint whose folder the server offers."""
    key = SecretReference(file=str(server.key))
    said = {
        "direction": Direction.IN,
        "url": server.url,
        "credentials": Credentials(kind="ssh-key", user=server.user.pw_name, secret=key),
    }
    return Endpoint(institution="anofm", adapter="flat", service="lists", **said | other)


@pytest.fixture
async def opened():
    """Return a function that opens a folder, which is closed in the end."""
    folders = []

    def open_one(endpoint, host_key):
        folders.append(open_folder(endpoint, None, host_key=(host_key,)))
        return folders[-1]

    yield open_one
    for folder in folders:
        await folder.close()


@real
async def test_a_server_that_shows_another_key_is_not_spoken_to_and_its_key_is_told(server, opened):
    before = server.log().count("Accepted")
    with pytest.raises(ConfigError) as refused:
        await opened(at(server), f"SHA256:{'A' * 43}").lying()
    assert refused.value.code == "D106"
    assert server.host_key in refused.value.text
    assert server.second_host_key in refused.value.text
    assert server.log().count("Accepted") == before


@real
@pytest.mark.parametrize(("pinned", "code", "state"), [("host_key", 0, "ok"), ("no_key", 1, "fault")])
def test_an_endpoint_is_tried_with_the_server_itself_before_it_is_applied(
    server, tmp_path, capsys, pinned, code, state
):
    key = {"host_key": server.host_key, "no_key": f"SHA256:{'A' * 43}"}[pinned]
    (tmp_path / "lists.yaml").write_text(REGISTRY.format(where=server.registered, key=key))
    (server.files / "lista.csv").write_bytes(b"x")
    with pytest.raises(SystemExit) as ended:
        main(["endpoint", "check", "vacancies", "--from", str(tmp_path), "--live", "--json"])
    (place,) = (step for step in json.loads(capsys.readouterr().out) if step["step"] == "place")
    assert (ended.value.code or 0, place["state"]) == (code, state)
    assert server.host_key in place["text"]
    assert ("1 files there, 0 of them whole" in place["text"]) == (state == "ok")
    assert [path.name for path in server.files.iterdir()] == ["lista.csv"]


@real
async def test_a_server_of_another_key_holds_files_up_and_loses_none(server, tmp_path):
    (server.files / "lista.csv").write_bytes(a_file(2))
    parts = Parts(Settings(home=tmp_path), write=True)
    seen = []
    for key in (f"SHA256:{'A' * 43}", server.host_key):
        country = REGISTRY.format(where=server.registered, key=f"{key}, settle: 1 ms")
        await Desk(parts).call("apply", {"files": {"country.yaml": country}, "by": "ana"})
        try:
            seen.append((await poll(parts, "vacancies")).detail)
        except ConfigError as fault:
            seen.append(fault.code)
        await asyncio.sleep(1.1)  # times of files are told in seconds
    assert seen == ["D106", "1 documents seen"]
    assert parts.view.parked() == []
    await parts.connections.close()
    parts.close()


@real
async def test_a_hub_that_is_killed_in_the_middle_of_a_file_has_every_row_once(server, tmp_path):
    body = a_file(300)
    (server.files / "lista.csv").write_bytes(body)
    async with stalling(server, after=len(body) // 2) as (port, stalled, go_on):
        where = server.registered.replace(f":{server.port}/", f":{port}/")
        country = REGISTRY.format(where=where, key=f"{server.host_key}, settle: 1 ms")
        await asyncio.sleep(1.1)  # times of files are told in seconds
        parts = Parts(Settings(home=tmp_path), write=True)
        await Desk(parts).call("apply", {"files": {"country.yaml": country}, "by": "ana"})
        parts.close()
        child = await asyncio.create_subprocess_exec(sys.executable, CHILD, tmp_path, "")
        await asyncio.wait_for(stalled.wait(), 30)
        child.kill()
        await child.wait()
        go_on.set()
        parts = Parts(Settings(home=tmp_path), write=True)
        assert parts.view.messages(Filter(limit=1)) == []
        assert [(await poll(parts, "vacancies")).detail for _ in range(2)] == ["1 documents seen", "0 documents seen"]
        (kept,) = parts.view.messages(Filter(rows=False, limit=10))
        assert parts.view.message(kept.id).outcome.rows == 300
        await parts.connections.close()
        parts.close()
    assert [path.read_bytes() for path in (server.files / "taken").iterdir()] == [body]


@asynccontextmanager
async def stalling(server, *, after):
    """Stand before a server; hold back what it sends behind so many bytes until it may go on."""
    stalled, go_on, writers, carrying = asyncio.Event(), asyncio.Event(), [], set()

    async def carry(reader, writer, most=None):
        writers.append(writer)
        sent = 0
        with suppress(OSError):
            while part := await reader.read(1000):
                if most is not None and sent > most:
                    stalled.set()
                    await go_on.wait()
                writer.write(part)
                sent += len(part)
        writer.close()

    async def connected(reader, writer):
        there, to_there = await asyncio.open_connection("127.0.0.1", server.port)
        carrying.update(map(asyncio.create_task, (carry(reader, to_there), carry(there, writer, after))))

    async with await asyncio.start_server(connected, "127.0.0.1", 0) as listener:
        yield listener.sockets[0].getsockname()[1], stalled, go_on
        await asyncio.gather(*carrying)
        for writer in writers:
            with suppress(OSError):
                await writer.wait_closed()


@real
async def test_a_file_for_a_partner_is_put_there_once_with_its_marker(server):
    outgoing = at(
        server,
        direction=Direction.OUT,
        contract=Contract(rows="partners/anofm/monthly.rows.yaml"),
        settings={"host_key": [server.host_key], "marker": ".done"},
    )
    filing = ADAPTER.filing("lists", outgoing)
    for _ in range(2):
        await filing.put("lists-1.csv", b"whole")
    with pytest.raises(TryLater, match="D107"):
        await filing.put("lists-1.csv", b"other")
    await filing.close()
    assert {path.name: path.read_bytes() for path in server.files.iterdir()} == {
        "lists-1.csv": b"whole",
        "lists-1.csv.done": b"",
    }


@real
async def test_a_server_of_several_keys_is_known_by_any_of_them(server, opened):
    folder = opened(at(server), server.second_host_key)
    for _ in range(2):
        assert await folder.lying() == []
        await folder.close()
    assert folder._kinds[0].startswith("ecdsa")


@real
async def test_what_the_machines_own_user_trusts_does_not_count(server, opened, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "known_hosts").write_text(f"[127.0.0.1]:{server.port} {server.public_host_key}\n")
    (tmp_path / ".ssh" / "config").write_text("Host *\n  StrictHostKeyChecking no\n")
    with pytest.raises(ConfigError, match="D106"):
        await opened(at(server), f"SHA256:{'A' * 43}").lying()


@real
async def test_a_server_that_does_not_know_the_hub_lets_nobody_in(server, opened, tmp_path):
    other = tmp_path / "other"
    other.write_bytes(asyncssh.generate_private_key("ssh-ed25519").export_private_key())
    stranger = Credentials(kind="ssh-key", user=server.user.pw_name, secret=SecretReference(file=str(other)))
    with pytest.raises(ConfigError) as refused:
        await opened(at(server, credentials=stranger), server.host_key).lying()
    assert refused.value.code == "D105"


@real
async def test_a_folder_that_is_not_there_is_told(server, opened):
    with pytest.raises(ConfigError, match="there is no such folder"):
        await opened(at(server, url=f"{server.url}/elsewhere"), server.host_key).lying()


@real
async def test_a_folder_in_which_nobody_may_write_is_told(server, opened):
    server.files.chmod(0o555)
    with pytest.raises(ConfigError, match="the account may not use the folder"):
        await opened(at(server), server.host_key).write("borderou.csv", b"x")


@real
async def test_a_file_that_may_not_be_read_does_not_hold_up_the_others(server):
    (server.files / "closed.csv").write_bytes(b"x")
    (server.files / "closed.csv").chmod(0)
    (server.files / "open.csv").write_bytes(b"y")
    poller = DropboxPoller(at(server), Dropbox(host_key=(server.host_key,), settle=timedelta(0)))
    (item,) = (await poller.poll(None)).items
    await poller.close()
    assert item.body == b"y"


@real
async def test_a_server_that_dies_in_the_middle_of_a_file_gives_it_the_next_time(server, opened):
    body = os.urandom(3_000_000)
    (server.files / "lista.csv").write_bytes(body)
    folder = opened(at(server), server.host_key)
    (file,) = await folder.lying()
    with pytest.raises(TryLater, match="D101"):
        await folder.read(file, lambda _: server.kill())
    with pytest.raises(TryLater, match="D101"):
        await folder.lying()
    server.start()
    again = bytearray()
    assert await folder.read(file, again.extend)
    assert again == body


@real
async def test_a_server_that_hangs_is_left_in_time_and_asked_anew(server, opened):
    folder = opened(at(server, timeout=timedelta(seconds=0.5)), server.host_key)
    await folder.lying()
    server.freeze()
    with pytest.raises(TryLater, match="TimeoutError"):
        await folder.lying()
    server.thaw()
    assert await folder.lying() == []


@real
async def test_a_file_that_grows_is_taken_once_it_is_whole(server):
    poller = DropboxPoller(at(server), Dropbox(host_key=(server.host_key,), settle=timedelta(seconds=1.5)))
    with (server.files / "lista.csv").open("wb") as stream:
        for part in (b"one half, ", b"and the other"):
            stream.write(part)
            stream.flush()
            assert (await poller.poll(None)).items == ()
    await asyncio.sleep(2.5)
    (item,) = (await poller.poll(None)).items
    await poller.close()
    assert item.body == b"one half, and the other"


@real
async def test_a_connection_that_nobody_uses_is_given_back(server, opened, monkeypatch):
    monkeypatch.setattr("adapters.kit.sftpfolder.IDLE_SECONDS", 0.0)
    folder = opened(at(server), server.host_key)
    for _ in range(2):
        assert await folder.lying() == []
        await asyncio.sleep(0.05)
        assert folder._connection is None


@pytest.mark.parametrize(
    "url",
    [
        "sftp://host",
        "sftp://host/../etc",
        "sftp://host/a/%2e%2e/b",
        "sftp://host:0/lists",
        "sftp://host:99999/lists",
        "sftp://host/two%0alines",
        "sftp://punte:letmein@host/lists",
        "https://host/lists",
    ],
)
def test_what_is_no_address_of_a_folder_is_refused(url):
    endpoint = Endpoint(institution="anofm", direction=Direction.IN, adapter="flat", service="lists", url=url)
    with pytest.raises(ConfigError) as refused:
        open_folder(endpoint, None, host_key=(f"SHA256:{'A' * 43}",))
    assert (refused.value.code, refused.value.where) == ("R104", "url")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("url: ", "# ", "R103 an endpoint with poll needs an address; add url: sftp://host/path, or settings.folder"),
        ("sftp://", "https://", "R104 the adapter flat calls no https:; correct the address"),
        ("//host", "//punte@host", "R107 the address holds a user or a secret"),
        ("{host_key", "{marker: .done} # ", "R103 nothing says by which key the server is known"),
        ("SHA256:", "MD5:", "R104"),
        ("user: punte, ", "", "R103 credentials of kind password need 'user'"),
        ("kind: password", "kind: basic", "R103 nothing says who the hub is there; add credentials: {kind: ssh-key"),
        ("credentials:", "# ", "R103 nothing says who the hub is there"),
        ("{host_key", "{folder: anofm/lists, host_key", "R104 files lie in one folder"),
        ("poll:", "# ", "R104 'url' has no effect at an endpoint with direction: in"),
        ("adapter: flat", "adapter: rest", "R104 credentials of kind password are for folders over SFTP"),
    ],
)
def test_what_cannot_be_a_folder_on_a_server_is_refused_when_it_is_registered(tmp_path, monkeypatch, old, new, fault):
    monkeypatch.setenv("SFTP_PASSWORD", "letmein")
    where = "url: sftp://host/lists\n    credentials: {kind: password, user: punte, secret: {env: SFTP_PASSWORD}}"
    body = REGISTRY.format(where=where, key=f"SHA256:{'A' * 43}")
    assert told(tmp_path, body) == []
    assert any(fault in one for one in told(tmp_path, body.replace(old, new)))


def told(folder, body):
    """Return the faults of a registry file, each with what to do."""
    (folder / "lists.yaml").write_text(body)
    try:
        read_set(folder, adapters=load_adapters(), mappings=(), environ=os.environ)
    except ConfigError as error:
        return [f"{it.code} {it.text}; {it.help}" for it in error.findings]
    return []


@pytest.mark.parametrize("password", [None, "letmein"])
def test_what_is_no_key_that_can_be_used_is_refused(tmp_path, password):
    key = asyncssh.generate_private_key("ssh-ed25519")
    path = tmp_path / "key"
    path.write_bytes(key.export_private_key("pkcs8-pem", passphrase=password) if password else key.export_public_key())
    who = Credentials(kind="ssh-key", user="punte", secret=SecretReference(file=str(path)))
    url = "sftp://host/lists"
    endpoint = Endpoint(
        institution="anofm", direction=Direction.IN, adapter="flat", service="lists", url=url, credentials=who
    )
    with pytest.raises(ConfigError) as refused:
        open_folder(endpoint, None, host_key=(f"SHA256:{'A' * 43}",))
    assert (refused.value.code, refused.value.where) == ("R110", "credentials.secret")


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


async def test_a_server_without_extensions_has_files_replaced_all_the_same(odd, opened):
    endpoint, key, path = odd
    folder = opened(endpoint, key)
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


async def test_whoever_looks_at_a_server_is_told_by_what_it_is_known_and_that_its_clock_is_late(odd, opened):
    endpoint, key, _ = odd
    seen = await opened(endpoint, key).look()
    assert f"known by {key}, its clock 10,80" in seen
    assert seen.endswith(" s behind")


async def test_names_that_a_server_makes_up_lead_nowhere(odd, opened):
    endpoint, key, path = odd
    (path / "lista.csv").write_bytes(b"x")
    assert [file.name for file in await opened(endpoint, key).lying()] == ["lista.csv"]


async def test_a_wrong_password_is_told_without_it(odd, opened, monkeypatch):
    endpoint, key, _ = odd
    monkeypatch.setenv("SFTP_PASSWORD", "guessed")
    with pytest.raises(ConfigError, match="D105") as refused:
        await opened(endpoint, key).lying()
    assert "guessed" not in repr((refused.value, server_of(endpoint, (key,))))

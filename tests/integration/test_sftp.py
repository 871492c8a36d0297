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
from cli import main
from hub_core.directory import Contract, Direction, Endpoint
from hub_core.directory.credentials import Credentials, SecretReference
from hub_core.errors import ConfigError, TryLater
from hub_core.journal.entries import Filter
from hub_core.settings import Settings
from registry.desk import Desk
from registry.parts import Parts
from registry.scheduled.polling import poll
from tests.integration import sshd
from tests.integration.file_child import a_file

CHILD = Path(__file__).with_name("poll_child.py")
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


@real
async def test_a_server_that_shows_another_key_is_not_spoken_to_and_its_key_is_told(server, folder_of):
    before = server.log().count("Accepted")
    with pytest.raises(ConfigError) as refused:
        await folder_of(at(server), f"SHA256:{'A' * 43}").lying()
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
    (tmp_path / "lists.yaml").write_text(sshd.REGISTRY.format(where=server.registered, key=key))
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
        country = sshd.REGISTRY.format(where=server.registered, key=f"{key}, settle: 1 ms")
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
        country = sshd.REGISTRY.format(where=where, key=f"{server.host_key}, settle: 1 ms")
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
async def test_a_server_of_several_keys_is_known_by_any_of_them(server, folder_of):
    folder = folder_of(at(server), server.second_host_key)
    for _ in range(2):
        assert await folder.lying() == []
        await folder.close()
    assert folder._kinds[0].startswith("ecdsa")


@real
async def test_what_the_machines_own_user_trusts_does_not_count(server, folder_of, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "known_hosts").write_text(f"[127.0.0.1]:{server.port} {server.public_host_key}\n")
    (tmp_path / ".ssh" / "config").write_text("Host *\n  StrictHostKeyChecking no\n")
    with pytest.raises(ConfigError, match="D106"):
        await folder_of(at(server), f"SHA256:{'A' * 43}").lying()


@real
async def test_a_server_that_does_not_know_the_hub_lets_nobody_in(server, folder_of, tmp_path):
    other = tmp_path / "other"
    other.write_bytes(asyncssh.generate_private_key("ssh-ed25519").export_private_key())
    stranger = Credentials(kind="ssh-key", user=server.user.pw_name, secret=SecretReference(file=str(other)))
    with pytest.raises(ConfigError) as refused:
        await folder_of(at(server, credentials=stranger), server.host_key).lying()
    assert refused.value.code == "D105"


@real
async def test_a_folder_that_is_not_there_is_told(server, folder_of):
    with pytest.raises(ConfigError, match="there is no such folder"):
        await folder_of(at(server, url=f"{server.url}/elsewhere"), server.host_key).lying()


@real
async def test_a_folder_in_which_nobody_may_write_is_told(server, folder_of):
    server.files.chmod(0o555)
    with pytest.raises(ConfigError, match="the account may not use the folder"):
        await folder_of(at(server), server.host_key).write("borderou.csv", b"x")


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
async def test_a_server_that_dies_in_the_middle_of_a_file_gives_it_the_next_time(server, folder_of):
    body = os.urandom(3_000_000)
    (server.files / "lista.csv").write_bytes(body)
    folder = folder_of(at(server), server.host_key)
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
async def test_a_server_that_hangs_is_left_in_time_and_asked_anew(server, folder_of):
    folder = folder_of(at(server, timeout=timedelta(seconds=0.5)), server.host_key)
    await folder.lying()
    server.freeze()
    with pytest.raises(TryLater, match="not in time"):
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
async def test_a_connection_that_nobody_uses_is_given_back(server, folder_of, monkeypatch):
    monkeypatch.setattr("adapters.kit.folders.sftp.IDLE_SECONDS", 0.0)
    folder = folder_of(at(server), server.host_key)
    for _ in range(2):
        assert await folder.lying() == []
        await asyncio.sleep(0.05)
        assert folder._connection is None

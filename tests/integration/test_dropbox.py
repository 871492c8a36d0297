"""Files that partners leave in a folder: each taken once, when it is whole, and answered by a reply file."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from adapters.flat.adapter import FlatAdapter
from adapters.flat.dropbox import Dropbox, DropboxPoller
from adapters.flat.inbox import Inbox
from adapters.kit.folders.local import LocalFolder
from adapters.kit.folders.port import fingerprint_of
from adapters.kit.folders.sftp import SftpFolder
from hub_core.directory import Direction, Endpoint
from hub_core.errors import ConfigError
from hub_core.journal.entries import Filter
from hub_core.settings import Settings
from registry.assemble import splitter_of
from registry.desk import Desk
from registry.parts import Parts
from registry.scheduled.polling import poll
from tests.integration import sshd
from tests.integration.file_child import a_file
from tests.integration.shut import shut

CHILD = Path(__file__).with_name("poll_child.py")
COUNTRY = """
institutions:
  anofm: {name: Employment agency}
endpoints:
  vacancies:
    institution: anofm
    direction: in
    adapter: flat
    service: lists
    contract: {rows: partners/anofm/monthly.rows.yaml}
    max_body_bytes: 20 kB
    poll: {every: 1 min}
    PLACE
access:
  anofm-lists: {institution: anofm, service: lists, purposes: [labour-market], fixed_purpose: labour-market}
"""


@pytest.fixture(scope="module")
def server():
    with sshd.serving() as running:
        yield running


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return the folder on this machine in which files are left."""
    path = tmp_path / "files" / "anofm" / "lists"
    path.mkdir(parents=True)
    monkeypatch.setenv("PUNTE_FILES", str(tmp_path / "files"))
    return path


@pytest.fixture(params=["local", pytest.param("sftp", marks=pytest.mark.system("sshd"))])
def place(request):
    """Return the folder in which files are left, and what the registry says of where it is."""
    if request.param == "local":
        return request.getfixturevalue("folder"), "settings: {folder: anofm/lists, marker: .done}"
    server = request.getfixturevalue("server")
    server.empty()
    return server.files, f"{server.registered}\n    settings: {{marker: .done, host_key: {server.host_key}}}"


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path / "home")


async def registered(settings, said):
    parts = Parts(settings, write=True)
    await Desk(parts).call("apply", {"files": {"country.yaml": COUNTRY.replace("PLACE", said)}, "by": "ana"})
    return parts


@pytest.fixture
def left(place):
    """Return the folder in which files are left, wherever it is."""
    return place[0]


@pytest.fixture
async def hub(settings, place):
    parts = await registered(settings, place[1])
    yield parts
    await parts.connections.close()
    parts.close()


def leave(folder, name, body):
    """Leave a file as a partner does who marks it when it is whole."""
    (folder / name).write_bytes(body)
    (folder / f"{name}.done").touch()


async def judged(hub):
    """Judge the rows of every file, as the hub does in the background."""
    splitter = splitter_of(hub)
    for message_id in hub.view.unsplit():
        await splitter.split(message_id)


async def carried(hub):
    """Take what lies there, judge its rows, and write the replies."""
    taken = await poll(hub, "vacancies")
    await judged(hub)
    replied = await poll(hub, "vacancies")
    return taken.detail, replied.detail


def names(folder, below):
    return sorted(path.name for path in (folder / below).glob("*"))


def files(hub):
    return hub.view.messages(Filter(rows=False))


async def test_a_file_is_taken_and_its_reply_tells_every_faulty_line_and_the_mend(hub, left):
    leave(left, "lista.csv", a_file(3, bad={1}))
    assert await carried(hub) == ("1 documents seen", "0 documents seen; 1 replies written")
    reply = (left / "replies" / "lista.csv.reply.csv").read_text("utf-8-sig").splitlines()
    assert reply == [
        "line;column;code;result;what is wrong;what to do",
        ";;;taken;2 of 3 rows taken, 1 refused;",
        "3;;F102;refused;10 columns where 9 are expected;Send as many columns as the description names.",
    ]
    assert [path.name for path in left.iterdir() if path.is_file()] == []
    assert names(left, "done") == ["lista.csv"]
    assert names(left, "taken") == []


async def test_a_file_that_is_not_whole_is_refused_and_told(hub, left):
    leave(left, "lista.csv", b"not;the;titles\r\n")
    await carried(hub)
    reply = (left / "replies" / "lista.csv.reply.csv").read_text("utf-8-sig")
    assert "nothing of this file counts" in reply
    assert "F108" in reply
    assert names(left, "refused") == ["lista.csv"]


async def test_the_same_bytes_under_another_name_are_the_same_file(hub, left):
    for name in ("one.csv", "two.csv"):
        leave(left, name, a_file(2))
    await carried(hub)
    (kept,) = files(hub)
    assert names(left, "replies") == ["one.csv.reply.csv", "two.csv.reply.csv"]
    for name in ("one.csv", "two.csv"):
        assert [row.id for row in hub.view.messages(Filter(file=name))] == [kept.id]


async def test_the_name_of_a_file_is_shown_to_who_says_why_and_to_nobody_else(hub, left):
    leave(left, "Popescu Ana.csv", a_file(2))
    await carried(hub)
    desk = Desk(hub)
    (found,) = await desk.call("messages", {"file": "popescu ana.csv"})
    shown = await desk.call("message", {"id": found["id"]})
    assert "Popescu" not in repr((found, shown))
    assert found["name"] == shown["message"]["name"] == "…"
    revealed = await desk.call("message", {"id": found["id"], "reveal": True, "by": "ana", "reason": "they called"})
    assert revealed["message"]["name"] == "Popescu Ana.csv"
    assert [row.name for row in hub.view.messages(Filter(rows=True))] == [None, None]


async def test_a_file_of_the_same_name_with_other_bytes_is_another_file(hub, left):
    for count in (1, 2):
        leave(left, "lista.csv", a_file(count))
        await carried(hub)
    assert len(files(hub)) == 2
    mark = fingerprint_of(a_file(2))[:8]
    assert {path.name: path.read_bytes() for path in (left / "done").iterdir()} == {
        "lista.csv": a_file(1),
        f"lista-{mark}.csv": a_file(2),
    }


def keyed(split):
    """Return the rows of a file as if its description said that a row is known by its first column."""
    parts = (msgspec.structs.replace(one, key=json.loads(one.body)["row"]["cnp"]) for one in split.parts)
    return msgspec.structs.replace(split, parts=parts)


async def test_a_row_that_came_in_an_earlier_file_is_taken_and_told(hub, left, monkeypatch):
    split = FlatAdapter.split
    monkeypatch.setattr(FlatAdapter, "split", lambda *of: keyed(split(*of)))
    leave(left, "first.csv", a_file(1))
    await carried(hub)
    leave(left, "second.csv", a_file(2))
    await carried(hub)
    reply = (left / "replies" / "second.csv.reply.csv").read_text("utf-8-sig").splitlines()
    assert reply[1] == ";;;taken;2 of 2 rows taken, 0 refused;"
    (told,) = reply[2:]
    assert told.startswith("2;;F128;told;the same row came before: ")


async def test_the_newest_reply_has_the_name_of_the_file_and_earlier_ones_a_mark(hub, left):
    for count in (1, 2, 3):
        leave(left, "lista.csv", a_file(count))
        await carried(hub)
    newest = (left / "replies" / "lista.csv.reply.csv").read_text("utf-8-sig")
    assert "3 of 3 rows taken" in newest
    marked = [name for name in names(left, "replies") if re.fullmatch(r"lista\.csv\.reply-[0-9a-f]{8}\.csv", name)]
    assert len(marked) == 2


async def test_a_file_that_takes_the_place_of_another_while_that_is_moved_is_taken_as_well(hub, left, monkeypatch):
    leave(left, "lista.csv", a_file(1))
    late = iter([a_file(2)])

    def at_the_last_moment(move):
        async def laid_and_moved(self, name, to, as_name, **named):
            for body in late if to == "taken" else ():
                leave(left, name, body)
            await move(self, name, to, as_name, **named)

        return laid_and_moved

    for folder in (LocalFolder, SftpFolder):
        monkeypatch.setattr(folder, "move", at_the_last_moment(folder.move))
    await carried(hub)
    await carried(hub)
    assert len(files(hub)) == 2
    assert [path.read_bytes() for path in (left / "done").iterdir()] == [a_file(2)]


async def test_a_file_gets_its_name_back_beside_those_that_a_former_version_named(hub, left):
    former = f"{fingerprint_of(a_file(1))}-lista.csv"
    (left / "done").mkdir()
    (left / "done").chmod(0o777)
    (left / "done" / former).write_bytes(b"before")
    leave(left, "lista.csv", a_file(1))
    for _ in range(2):
        await poll(hub, "vacancies")
    assert names(left, "taken") == [former]
    await carried(hub)
    assert names(left, "done") == [former, "lista.csv"]


async def test_a_file_that_is_larger_than_allowed_is_not_read_and_told(hub, left):
    with (left / "huge.csv").open("wb") as stream:
        stream.truncate(1_000_000_000)
    (left / "huge.csv.done").touch()
    assert await carried(hub) == ("0 documents seen", "0 documents seen")
    assert "B413;refused;the file has 1,000,000,000 bytes, and at most 20,000 are taken" in (
        left / "replies" / "huge.csv.reply.csv"
    ).read_text("utf-8-sig")
    assert names(left, "refused") == ["huge.csv"]
    assert files(hub) == []


async def test_a_file_that_may_not_be_read_is_told_once_and_taken_when_it_may_be(hub, left):
    leave(left, "closed.csv", a_file(1))
    leave(left, "open.csv", a_file(2))
    reply = left / "replies" / "closed.csv.reply.csv"
    with shut(left / "closed.csv"):
        done = await poll(hub, "vacancies")
        assert (done.code, done.detail) == ("D108", "1 documents seen; 1 cannot be read")
        assert reply.read_text("utf-8-sig").splitlines()[1].startswith(";;D108;told;the hub cannot read the file;")
        reply.unlink()
        assert (await poll(hub, "vacancies")).code == "D108"
        assert not reply.exists()
    assert (await poll(hub, "vacancies")).code is None
    await carried(hub)
    assert "1 of 1 rows taken" in reply.read_text("utf-8-sig")
    assert names(left, "done") == ["closed.csv", "open.csv"]


async def test_no_file_that_was_refused_makes_way_for_the_next_one_of_its_name(hub, left):
    for size in (20_001, 20_002):
        leave(left, "huge.csv", b"x" * size)
        await poll(hub, "vacancies")
    assert sorted(path.stat().st_size for path in (left / "refused").iterdir()) == [20_001, 20_002]


async def test_a_reply_holds_no_value_of_the_file(hub, left):
    body = a_file(2, bad={0, 1})
    leave(left, "lista.csv", body)
    await carried(hub)
    reply = (left / "replies" / "lista.csv.reply.csv").read_text("utf-8-sig")
    cells = {cell for line in body.decode("cp1250").splitlines()[1:] for cell in line.split(";") if len(cell) > 3}
    assert not [cell for cell in cells if cell in reply]


@pytest.mark.parametrize(
    ("place", "spot"),
    [
        ("local", "after-message-before-deliveries:2"),
        pytest.param("sftp", "after-commit-before-answer:2", marks=pytest.mark.system("sshd")),
    ],
    indirect=["place"],
)
async def test_a_hub_that_is_killed_while_it_takes_files_has_every_row_once(settings, place, spot):
    left, said = place
    for number in range(3):
        leave(left, f"lista-{number}.csv", a_file(number + 1))
    (await registered(settings, said)).close()
    command = [sys.executable, str(CHILD), str(settings.home), ""]
    environ = os.environ | {"PUNTE_FAILPOINT": spot, "PYTHONPATH": str(CHILD.parents[2])}
    ended = await asyncio.to_thread(subprocess.run, command, env=environ, check=False)
    assert ended.returncode == -signal.SIGKILL
    parts = Parts(settings, write=True)
    await carried(parts)
    assert len(files(parts)) == 3
    assert len(parts.view.messages(Filter(rows=True, limit=100))) == 1 + 2 + 3
    assert len(names(left, "done")) == 3
    await parts.connections.close()
    parts.close()


async def test_a_folder_is_opened_where_it_holds_up_no_message(hub, monkeypatch):
    threads, poller = [], FlatAdapter.poller
    monkeypatch.setattr(FlatAdapter, "poller", lambda *of: threads.append(threading.current_thread()) or poller(*of))
    await poll(hub, "vacancies")
    assert len(threads) == 1
    assert threading.main_thread() not in threads


def poller(**dropbox):
    endpoint = Endpoint(institution="anofm", direction=Direction.IN, adapter="flat", service="lists")
    return DropboxPoller(endpoint, Dropbox(folder="anofm/lists", **dropbox))


async def test_a_file_that_is_being_written_waits(folder):
    (folder / "lista.csv").write_bytes(b"half")
    assert (await poller().poll(None)).items == ()
    await asyncio.sleep(0.05)
    (item,) = (await poller(settle=timedelta(milliseconds=10)).poll(None)).items
    assert item.body == b"half"


@pytest.mark.parametrize("name", [".hidden.csv", "lista.csv.part", "lista.csv.tmp", "lista.csv~"])
async def test_names_of_files_that_are_not_finished_are_left_alone(folder, name):
    (folder / name).write_bytes(b"half")
    (folder / f"{name}.done").touch()
    assert (await poller(marker=".done").poll(None)).items == ()


async def test_a_marker_says_that_a_file_is_whole(folder):
    waiting = poller(marker=".done")
    (folder / "lista.csv").write_bytes(b"whole")
    assert (await waiting.poll(None)).items == ()
    (folder / "lista.csv.done").write_bytes(b"")
    (item,) = (await waiting.poll(None)).items
    assert item.body == b"whole"


@pytest.mark.parametrize("set_aside", [Inbox.keep, Inbox.refuse])
async def test_a_file_that_changed_since_it_was_listed_is_not_set_aside_unread(folder, set_aside):
    (folder / "lista.csv").write_bytes(b"one")
    inbox = Inbox(LocalFolder("anofm/lists"))
    (listed,) = await inbox.whole()
    (folder / "lista.csv").write_bytes(b"another")
    await set_aside(inbox, listed)
    assert [path.name for path in folder.iterdir()] == ["lista.csv"]
    await set_aside(inbox, *await inbox.whole())
    assert not (folder / "lista.csv").exists()
    await inbox.close()


async def test_a_link_is_not_followed(folder, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"key")
    (folder / "lista.csv").symlink_to(secret)
    (folder / "lista.csv.done").write_bytes(b"")
    assert (await poller(marker=".done").poll(None)).items == ()


@pytest.mark.parametrize("name", ["elsewhere", "anofm/../..", "anofm/out"])
def test_a_folder_that_is_not_there_or_leads_out_of_the_root_is_refused(folder, tmp_path, name):
    (tmp_path / "files" / "anofm" / "out").symlink_to(tmp_path)
    with pytest.raises(ConfigError) as refused:
        LocalFolder(name)
    assert (refused.value.code, refused.value.where) == ("R104", "settings.folder")


def test_without_a_root_no_folder_is_used(monkeypatch):
    monkeypatch.delenv("PUNTE_FILES", raising=False)
    with pytest.raises(ConfigError, match="PUNTE_FILES is not set"):
        LocalFolder("anofm/lists")

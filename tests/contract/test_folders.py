"""What every folder of files promises, wherever it lies: held against one on this machine and one on a real server."""

import os
import threading

import pytest

from adapters.kit.folders import port
from adapters.kit.folders.local import LocalFolder
from adapters.kit.folders.port import Lying, unfinished
from adapters.kit.folders.where import open_folder
from hub_core.directory import Direction, Endpoint
from hub_core.directory.credentials import Credentials, SecretReference
from hub_core.errors import Rejected, TryLater
from tests.integration import sshd
from tests.integration.shut import shut

NOBODY = Endpoint(institution="anofm", direction=Direction.IN, adapter="flat", service="lists")


@pytest.fixture(scope="module")
def server():
    with sshd.serving() as running:
        yield running


@pytest.fixture(params=["local", pytest.param("sftp", marks=pytest.mark.system("sshd"))])
def place(request, tmp_path, monkeypatch):
    """Return where the files lie, and how a folder there is opened."""
    if request.param == "local":
        monkeypatch.setenv("PUNTE_FILES", str(tmp_path))
        path = tmp_path / "lists"
        path.mkdir()
        return path, lambda: open_folder(NOBODY, "lists")
    server = request.getfixturevalue("server")
    server.empty()
    endpoint = Endpoint(
        institution="anofm",
        direction=Direction.IN,
        adapter="flat",
        service="lists",
        url=server.url,
        credentials=Credentials(kind="ssh-key", user=server.user.pw_name, secret=SecretReference(file=str(server.key))),
    )
    return server.files, lambda: open_folder(endpoint, None, host_key=(server.host_key,))


@pytest.fixture
def path(place):
    return place[0]


@pytest.fixture
async def folder(place):
    opened = place[1]()
    yield opened
    await opened.close()


async def read(folder, file):
    body = bytearray()
    return bytes(body) if await folder.read(file, body.extend) else None


async def test_files_are_listed_with_their_size_oldest_first(folder, path):
    for size, name in enumerate(("new.csv", "old.csv", "older.csv")):
        (path / name).write_bytes(b"x" * size)
        os.utime(path / name, (1000 - size, 1000 - size))
    listed = await folder.lying()
    assert {(file.name, file.size) for file in listed} == {("new.csv", 0), ("old.csv", 1), ("older.csv", 2)}
    assert listed == sorted(listed, key=lambda file: file.changed)


async def test_names_that_could_mean_something_else_are_not_seen(folder, path):
    for name in (".hidden", "two\nlines", "bell\a", "back\\slash"):
        (path / name).touch()
    assert await folder.lying() == []


async def test_folders_and_links_are_not_seen(folder, path):
    (path / "folder").mkdir()
    (path / "link").symlink_to("/etc/passwd")
    assert await folder.lying() == []


async def test_a_folder_that_was_not_made_yet_is_empty(folder):
    assert await folder.lying("taken") == []


async def test_letters_and_long_names_are_kept(folder, path):
    names = {"listă țărănească.csv", "ș" * 125 + ".csv", os.fsdecode(b"list\xe3.csv")}
    for name in names:
        (path / name).write_bytes(b"x")
    assert {file.name for file in await folder.lying()} == names
    assert [await read(folder, file) for file in await folder.lying()] == [b"x"] * 3


async def test_a_full_folder_is_listed_in_part(folder, path, monkeypatch):
    monkeypatch.setattr(port, "MOST", 5)
    for number in range(9):
        (path / f"{number}.csv").touch()
    assert 0 < len(await folder.lying()) <= 5


async def test_what_is_no_file_for_the_hub_hides_none(folder, path, monkeypatch):
    monkeypatch.setattr(port, "MOST", 1)
    for number in range(9):
        (path / f".{number}.csv").touch()
    (path / "lista.csv").touch()
    assert [file.name for file in await folder.lying()] == ["lista.csv"]


async def test_a_folder_in_which_other_things_hide_the_files_is_told(folder, path, monkeypatch):
    monkeypatch.setattr(port, "MOST_BESIDE", 5)
    for number in range(9):
        (path / f".{number}.csv").touch()
    with pytest.raises(TryLater, match="D101 more than 5 things lie there"):
        await folder.lying()


async def test_a_file_is_read_in_pieces(folder, path):
    body = os.urandom(2 * port.PIECE + 7)
    (path / "lista.csv").write_bytes(body)
    (file,) = await folder.lying()
    pieces = []
    assert await folder.read(file, pieces.append)
    assert b"".join(pieces) == body
    assert max(map(len, pieces)) <= port.PIECE


async def test_an_empty_file_is_a_file(folder, path):
    (path / "lista.csv").touch()
    (file,) = await folder.lying()
    assert await read(folder, file) == b""


@pytest.mark.parametrize("now", [b"longer than before", b"less"])
async def test_a_file_that_changed_since_it_was_listed_is_not_read(folder, path, now):
    (path / "lista.csv").write_bytes(b"as listed")
    (file,) = await folder.lying()
    (path / "lista.csv").write_bytes(now)
    assert await read(folder, file) is None


async def test_a_file_that_is_gone_is_not_read(folder):
    assert await read(folder, Lying("lista.csv", 3, 0.0)) is None


async def test_a_file_that_may_not_be_read_is_told_and_is_read_when_it_may_be(folder, path):
    (path / "lista.csv").write_bytes(b"mine")
    with shut(path / "lista.csv"):
        (file,) = await folder.lying()
        with pytest.raises(Rejected, match="D108"):
            await read(folder, file)
    (file,) = await folder.lying()
    assert await read(folder, file) == b"mine"


async def test_a_link_that_took_the_place_of_a_file_is_not_read(folder, path):
    (path / "lista.csv").write_bytes(b"mine")
    (file,) = await folder.lying()
    (path / "lista.csv").unlink()
    (path / "lista.csv").symlink_to("/etc/passwd")
    assert await read(folder, file) is None


async def test_a_file_moves_in_the_place_of_one_of_its_name(folder, path):
    for body in (b"first", b"second"):
        (path / "lista.csv").write_bytes(body)
        await folder.move("lista.csv", "taken", "kept.csv")
    await folder.move("kept.csv", "done", "kept.csv", below="taken")
    assert [file.name for file in await folder.lying()] == []
    assert (path / "done" / "kept.csv").read_bytes() == b"second"


async def test_a_file_that_was_moved_before_is_no_fault(folder, path):
    (path / "lista.csv").write_bytes(b"mine")
    for _ in range(2):
        await folder.move("lista.csv", "taken", "lista.csv")
    assert (path / "taken" / "lista.csv").read_bytes() == b"mine"


async def test_what_has_a_name_is_found_however_full_the_folder_is(folder, path, monkeypatch):
    monkeypatch.setattr(port, "MOST", 0)
    (path / "done").mkdir()
    (path / "done" / "lista.csv").write_bytes(b"mine")
    (path / "done" / "link").symlink_to("/nowhere")
    found = await folder.find("lista.csv", below="done")
    assert (found.name, found.size) == ("lista.csv", 4)
    assert await folder.find("link", below="done") is not None
    assert await folder.find("lista.csv") is None
    assert await folder.find("lista.csv", below="refused") is None


async def test_what_is_written_replaces_what_was_there(folder, path):
    for body in (b"first, and longer", b"second"):
        await folder.write("lista.csv.reply.csv", body, below="replies")
    assert (path / "replies" / "lista.csv.reply.csv").read_bytes() == b"second"
    assert len([*(path / "replies").iterdir()]) == 1


async def test_a_large_file_is_written_whole(folder, path):
    body = os.urandom(2 * port.PIECE + 7)
    await folder.write("borderou.csv", body)
    assert (path / "borderou.csv").read_bytes() == body


async def test_what_a_killed_hub_left_half_written_does_not_matter(folder, path):
    (path / unfinished("borderou.csv")).write_bytes(b"half of something longer")
    await folder.write("borderou.csv", b"whole")
    assert [*path.iterdir()] == [path / "borderou.csv"]


async def test_what_another_hub_has_half_written_is_left_alone(folder, path, monkeypatch):
    half = path / unfinished("borderou.csv")
    half.write_bytes(b"half")
    monkeypatch.setenv("PUNTE_HOME", "/home-of-another-hub")
    await folder.write("borderou.csv", b"whole")
    assert half.read_bytes() == b"half"
    assert (path / "borderou.csv").read_bytes() == b"whole"


async def test_a_link_does_not_lead_writing_elsewhere(folder, path):
    (path / "mine").write_bytes(b"mine")
    (path / unfinished("borderou.csv")).symlink_to(path / "mine")
    (path / "borderou.csv").symlink_to(path / "mine")
    await folder.write("borderou.csv", b"whole")
    assert (path / "mine").read_bytes() == b"mine"
    assert not (path / "borderou.csv").is_symlink()


async def test_a_link_in_the_place_of_a_folder_below_is_not_followed(folder, path):
    (path / "replies").symlink_to(path)
    with pytest.raises(TryLater, match="a link lies in the place of a folder"):
        await folder.write("lista.csv.reply.csv", b"told", below="replies")
    assert [*path.iterdir()] == [path / "replies"]


async def test_what_is_taken_away_may_be_gone_already(folder, path):
    (path / "lista.csv.done").touch()
    for _ in range(2):
        await folder.remove("lista.csv.done")
    assert [*path.iterdir()] == []


async def test_a_folder_of_this_machine_that_hangs_is_left_in_time_and_holds_up_one_thread(tmp_path, monkeypatch):
    monkeypatch.setenv("PUNTE_FILES", str(tmp_path))
    (tmp_path / "lista.csv").write_bytes(b"x")
    folder = LocalFolder(".", timeout=0.1)
    (file,) = await folder.lying()
    go_on, threads = threading.Event(), threading.active_count()
    for work in (folder.read(file, lambda _: go_on.wait()), folder.write("late.csv", b"late"), folder.lying()):
        with pytest.raises(TryLater, match="D101 the folder does not answer"):
            await work
    assert threading.active_count() == threads
    go_on.set()
    assert [file.name for file in await folder.lying()] == ["lista.csv"]
    await folder.close()


@pytest.fixture
def neighbours(tmp_path, monkeypatch):
    """Return the folders of two partners on this machine, as the hub and as they see it."""
    monkeypatch.setenv("PUNTE_FILES", str(tmp_path))
    ours, theirs = tmp_path / "cluj" / "lists", tmp_path / "iasi"
    for path in (ours, theirs):
        path.mkdir(parents=True)
    return LocalFolder("cluj/lists"), ours, theirs


async def test_a_link_that_is_laid_at_the_last_moment_brings_nobody_into_the_folder_of_somebody_else(
    neighbours, monkeypatch
):
    folder, ours, theirs = neighbours
    (ours / "forged.csv").write_bytes(b"forged")
    replace = os.replace

    def lay_a_link_and_replace(*args, **named):
        (ours / "taken").rename(ours / ".aside")
        (ours / "taken").symlink_to(theirs)
        replace(*args, **named)

    monkeypatch.setattr(os, "replace", lay_a_link_and_replace)
    await folder.move("forged.csv", "taken", "forged.csv")
    assert [*theirs.iterdir()] == []
    assert (ours / ".aside" / "forged.csv").exists()


async def test_nothing_is_fetched_through_a_link_in_the_place_of_a_folder_below(neighbours):
    folder, ours, theirs = neighbours
    (theirs / "lista.csv").write_bytes(b"of somebody else")
    (ours / "taken").symlink_to(theirs)
    for fetched in (
        folder.lying("taken"),
        folder.find("lista.csv", below="taken"),
        folder.move("lista.csv", "done", "lista.csv", below="taken"),
    ):
        with pytest.raises(TryLater, match="a link lies in the place of a folder"):
            await fetched
    assert [path.name for path in theirs.iterdir()] == ["lista.csv"]


async def test_a_link_in_the_place_of_the_folder_itself_is_not_followed_either(neighbours):
    folder, ours, theirs = neighbours
    (theirs / "lista.csv").write_bytes(b"of somebody else")
    ours.rmdir()
    ours.symlink_to(theirs)
    with pytest.raises(TryLater, match="a link lies in the place of a folder"):
        await folder.lying()


async def test_its_clock_is_the_one_that_dates_the_files(folder, path):
    await folder.write("lista.csv", b"x")
    (file,) = await folder.lying()
    assert abs(await folder.now() - file.changed) < 3
    assert [*path.iterdir()] == [path / "lista.csv"]


async def test_a_name_is_never_a_path(folder):
    for name in ("../lista.csv", "/etc/lista.csv", "a/b", ".."):
        with pytest.raises(ValueError, match="no path"):
            await folder.write(name, b"x")
        with pytest.raises(ValueError, match="no path"):
            await folder.move("lista.csv", "taken", name)


async def test_whoever_looks_at_it_leaves_nothing(folder, path):
    assert await folder.look()
    assert [*path.iterdir()] == []

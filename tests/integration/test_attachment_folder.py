"""Which folder is a store's: hubs on one database share one, and nobody writes where a disk is not mounted."""

import shutil

import pytest

from hub_core.attachments.folder import MARK, Folder
from hub_core.attachments.taking import check_folder, take_folder
from hub_core.errors import ConfigError
from hub_core.journal.store import SqlJournal
from hub_core.testing.builders import a_message, a_vault, an_outcome
from hub_core.testing.journal.attaching import an_attachment


@pytest.fixture
def database(store):
    with store.open() as database:
        yield database


def taken(database, path, *, shared=None):
    """Return a folder as a hub that starts there takes it."""
    folder = Folder(path)

    async def take():
        await database.write(
            lambda connection: take_folder(connection, folder, shared=database.shared if shared is None else shared)
        )

    return folder, take


def fault_of(database, folder):
    with database.read() as connection, pytest.raises(ConfigError) as raised:
        check_folder(connection, folder)
    return raised.value


async def test_a_new_store_makes_its_folder_which_nobody_else_may_read(database, tmp_path):
    folder, take = taken(database, tmp_path / "files")
    await take()
    assert folder.is_the_stores
    assert (folder.path / MARK).stat().st_mode & 0o077 == folder.path.stat().st_mode & 0o077 == 0
    with database.read() as connection:
        check_folder(connection, folder)


async def test_a_second_hub_finds_the_same_folder_and_is_told_of_another(database, tmp_path):
    _, take = taken(database, tmp_path / "files")
    await take()
    same, take = taken(database, tmp_path / "files", shared=True)
    await take()
    assert same.is_the_stores
    other, take = taken(database, tmp_path / "local", shared=True)
    await take()
    assert not other.is_the_stores
    assert fault_of(database, other).code == "J130"


async def test_a_disk_that_is_not_mounted_is_told_with_what_to_do(database, tmp_path):
    folder, take = taken(database, tmp_path / "files")
    await take()
    message = a_message(attachments=(an_attachment(),))
    await SqlJournal(database, a_vault()).record(message, an_outcome(message))
    shutil.rmtree(folder.path)
    folder.path.mkdir()
    await take()
    assert [*folder.path.iterdir()] == []
    assert folder.store_id in fault_of(database, folder).mend


async def test_where_one_process_has_the_store_a_folder_that_held_nothing_is_made_anew(database, tmp_path):
    folder, take = taken(database, tmp_path / "files", shared=False)
    await take()
    shutil.rmtree(folder.path)
    await take()
    assert folder.is_the_stores


async def test_a_folder_with_files_of_another_store_stays_as_it_is(database, tmp_path):
    folder, take = taken(database, tmp_path / "files")
    folder.path.mkdir()
    (folder.path / MARK).write_text("another")
    (folder.path / ("a" * 64)).write_text("its file")
    await take()
    assert ((folder.path / MARK).read_text(), folder.is_the_stores) == ("another", False)
    assert "another store's" in fault_of(database, folder).text

"""What the status says at a glance: a store that cannot be written, and who was turned away at the door."""

import asyncio
import contextlib
import sqlite3

import pytest

from hub_core.directory import Directory
from hub_core.errors import ConfigError, TryLater
from hub_core.journal.engines import sqlite
from hub_core.journal.writer import FULL, Trouble
from hub_core.settings import Settings
from hub_core.testing.journal.base import keep
from registry.backing import back_up
from registry.desk.arguments import Nothing
from registry.desk.status import status
from registry.doctor import storage
from registry.parts import Parts
from registry.running import Running


@pytest.fixture
def parts(tmp_path):
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    parts = Parts(Settings(home=home), write=True)
    parts.serving = True
    parts.journal  # noqa: B018 - opens it
    yield parts
    parts.close()


def first_of(parts):
    """Return what the status names first."""
    (first, *_) = status(parts, Nothing())["stuck"]
    return first


async def test_the_status_names_first_that_the_file_is_gone(parts):
    status(parts, Nothing())  # as a hub has read its store before
    parts.settings.database.unlink()
    told = first_of(parts)
    assert (told.what, told.why) == ("store", "nothing new is taken: the file of the journal was moved or removed")
    assert status(parts, Nothing())["needs_human"]


def test_who_reads_a_store_that_is_gone_is_told_so(parts):
    parts.settings.database.unlink()
    with pytest.raises(TryLater) as told:
        status(parts, Nothing())
    assert told.value.text == "the file of the journal was moved or removed"


async def test_the_status_names_a_file_that_another_program_holds_and_since_when(parts, monkeypatch):
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 50)
    parts.journal._database._writer._drop_connection()  # the next one waits so short
    with contextlib.closing(sqlite3.connect(parts.settings.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await asyncio.gather(keep(parts.journal), return_exceptions=True)
        told = first_of(parts)
        other.rollback()
    assert told.why == "nothing new is taken: the journal cannot be written (SQLITE_BUSY)"
    assert told.since is not None


async def test_a_balancer_is_told_no_while_the_store_cannot_be_written_and_yes_soon_after(parts, monkeypatch):
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 50)
    parts.in_force(Directory(number=1))
    parts.journal._database._writer._drop_connection()  # the next one waits so short
    hub = Running(parts, None, begin=None)
    with contextlib.closing(sqlite3.connect(parts.settings.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await asyncio.gather(keep(parts.journal), return_exceptions=True)
        assert [await hub.ready() for _ in range(3)] == [False] * 3
        other.rollback()
    async with asyncio.timeout(10):
        while not await hub.ready():  # noqa: ASYNC110 - as balancers do: nobody else writes meanwhile
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("why", "word"),
    [
        ("the file of the journal was moved or removed", "do not stop the hub"),
        ("the journal cannot be written (SQLITE_BUSY)", "fuser"),
        (FULL, "make room"),
    ],
)
def test_each_trouble_has_its_mend(why, word, tmp_path):
    assert word in storage.written(Trouble(why), Settings(home=tmp_path)).mend


def test_a_store_that_can_be_written_is_well(tmp_path):
    assert storage.written(None, Settings(home=tmp_path)).ok


async def test_no_backup_says_start_the_hub_where_the_log_of_a_lost_file_lies(parts, tmp_path):
    await keep(parts.journal)
    parts.settings.database.unlink()
    with pytest.raises(ConfigError) as told:
        back_up(parts.settings, tmp_path / "copy", with_keys=False, steps=None, environ={})
    assert told.value.code == "J104"


async def test_the_status_says_who_was_turned_away_how_often_and_when_last(parts):
    for code, party in (("A401", None), ("A404", "cnas"), ("A401", None)):
        await parts.hub.turn_away(endpoint="here", code=code, party=party)
    told = status(parts, Nothing())["refusals"]
    assert [(it["code"], it["party"], it["count"]) for it in told] == [("A401", None, 2), ("A404", "cnas", 1)]
    assert told[0]["newest"] >= told[1]["newest"]

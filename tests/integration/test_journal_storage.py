"""The device is full, or the file is held by somebody else: callers are told, nothing is falsely accepted, it recovers."""

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from hub_core.errors import ConfigError, TryLater
from hub_core.journal.database import Database
from hub_core.journal.engines import sqlite
from hub_core.journal.readers import look
from hub_core.journal.store import SqlJournal
from hub_core.testing.builders import a_message, a_vault, an_outcome

ROOT = Path(__file__).resolve().parents[2]


async def keep(journal, *, size=2000):
    """Return the id of a message that was accepted, or what was raised."""
    message = a_message(body=os.urandom(size))
    try:
        await journal.record(message, an_outcome(message))
    except TryLater as error:
        return error
    return message.id


def ids(database):
    with database.read() as reader:
        return {name for (name,) in reader.execute("SELECT id FROM message")}


async def test_a_full_file_accepts_nothing_falsely_and_recovers(tmp_path):
    with Database(tmp_path / "journal.sqlite3") as database:
        journal = SqlJournal(database, a_vault())
        await database.write(lambda connection: connection.execute("PRAGMA max_page_count = 60").fetchone())
        answers = [await keep(journal) for _ in range(60)]
        refused = [answer for answer in answers if isinstance(answer, TryLater)]
        accepted = [answer for answer in answers if isinstance(answer, str)]
        # The connection that failed is replaced, and the new one has its room again.
        assert [error.code for error in refused] == ["J503"]
        assert "SQLITE_FULL" in refused[0].text
        assert refused[0].after is not None
        assert ids(database) == set(accepted)


WHEN_FULL = """
import asyncio, json, resource, sys
sys.path.insert(0, "tests/integration")
from pathlib import Path
from hub_core.journal.database import Database
from hub_core.journal.readers import look
from hub_core.journal.store import SqlJournal
from hub_core.testing.builders import a_vault
from test_journal_storage import ids, keep

async def many(journal):
    answers = await asyncio.gather(*(keep(journal, size=20_000) for _ in range(16)))
    return [answer for answer in answers if isinstance(answer, str)]

async def main(path):
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Database(path) as database:
        journal = SqlJournal(database, a_vault())
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, unlimited[1]))
        accepted = [one for _ in range(12) for one in await many(journal)]
        readable = len(journal.messages())
        full = len(accepted)
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
        after = await many(journal)
        with database.read() as reader:
            sound = reader.execute("PRAGMA integrity_check").fetchone()[0]
        told = {"full": full, "readable": readable, "after": len(after), "sound": sound}
        print(json.dumps(told | {"same": ids(database) == {*accepted, *after}}))

asyncio.run(main(Path(sys.argv[1])))
"""


def test_a_device_that_takes_no_more_bytes_is_survived_without_a_restart(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", WHEN_FULL, tmp_path / "journal.sqlite3"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert 0 < told["full"] < 12 * 16
    assert told["readable"] == min(told["full"], 50)
    assert (told["after"], told["sound"], told["same"]) == (16, "ok", True)


async def test_a_file_locked_by_somebody_else_is_waited_for_then_told(tmp_path, monkeypatch):
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 50)
    path = tmp_path / "journal.sqlite3"
    with Database(path) as database:
        journal = SqlJournal(database, a_vault())
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        answers = await asyncio.gather(*(keep(journal) for _ in range(5)))
        assert {type(answer) for answer in answers} == {TryLater}
        other.execute("ROLLBACK")
        other.close()
        accepted = await keep(journal)
        assert ids(database) == {accepted}


async def test_a_lock_that_ends_in_time_is_waited_for(tmp_path):
    path = tmp_path / "journal.sqlite3"
    with Database(path) as database:
        journal = SqlJournal(database, a_vault())
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        asyncio.get_running_loop().call_later(0.1, other.rollback)
        accepted = await keep(journal)
        other.close()
        assert ids(database) == {accepted}


async def test_a_file_that_cannot_be_opened_again_is_tried_each_time(tmp_path, monkeypatch):
    with Database(tmp_path / "journal.sqlite3") as database:
        journal = SqlJournal(database, a_vault())
        await database.write(lambda connection: connection.execute("PRAGMA max_page_count = 1").fetchone())
        with monkeypatch.context() as patch:
            patch.setattr(database._engine, "writer", _cannot_open)
            answers = [await keep(journal, size=100_000) for _ in range(3)]
        assert {type(answer) for answer in answers} == {TryLater}
        assert isinstance(await keep(journal), str)


def _cannot_open():
    raise sqlite3.OperationalError("unable to open database file")


@pytest.mark.parametrize("size", [1, 100])
async def test_whoever_waits_while_the_journal_closes_gets_an_answer(tmp_path, size):
    database = Database(tmp_path / "journal.sqlite3")
    journal = SqlJournal(database, a_vault())
    waiting = [asyncio.create_task(keep(journal)) for _ in range(size)]
    await asyncio.sleep(0)
    database.close()
    answers = await asyncio.wait_for(asyncio.gather(*waiting), timeout=20)
    assert {type(answer) for answer in answers} <= {TryLater, str}


def gone(path, *, to):
    """Move a journal's file away, as somebody does who tidies up."""
    return path.rename(path.with_name(to))


async def test_nothing_is_accepted_into_a_file_that_was_moved_away(tmp_path):
    path = tmp_path / "journal.sqlite3"
    with Database(path) as database:
        journal = SqlJournal(database, a_vault())
        await keep(journal)
        gone(path, to="moved.sqlite3")
        answer = await keep(journal)
        assert isinstance(answer, TryLater)
        assert (answer.code, answer.text) == ("J503", "the file of the journal was moved or removed")


async def test_a_file_that_is_put_back_is_written_again_without_a_restart(tmp_path):
    path = tmp_path / "journal.sqlite3"
    with Database(path) as database:
        journal = SqlJournal(database, a_vault())
        before = await keep(journal)
        moved = gone(path, to="moved.sqlite3")
        await keep(journal)
        moved.rename(path)
        after = await keep(journal)
        assert ids(database) == {before, after}


async def test_another_file_in_the_place_of_the_first_is_not_written(tmp_path):
    path = tmp_path / "journal.sqlite3"
    with Database(path) as database:
        journal = SqlJournal(database, a_vault())
        gone(path, to="moved.sqlite3")
        path.touch()
        assert isinstance(await keep(journal), TryLater)
        assert path.stat().st_size == 0


async def test_a_file_that_is_away_is_known_before_anything_is_written(tmp_path):
    path = tmp_path / "journal.sqlite3"
    with Database(path) as database:
        assert database.trouble is None
        path.unlink()
        assert database.trouble.why == "the file of the journal was moved or removed"


async def test_a_write_that_failed_is_trouble_until_one_goes_well(tmp_path, monkeypatch):
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 50)
    path = tmp_path / "journal.sqlite3"
    with Database(path) as database:
        journal = SqlJournal(database, a_vault())
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        await keep(journal)
        assert database.trouble.why == "the journal cannot be written (SQLITE_BUSY)"
        other.rollback()
        other.close()
        await keep(journal)
        assert database.trouble is None


@pytest.mark.parametrize("way", [Database, look], ids=["to write", "to look"])
def test_a_log_whose_file_is_gone_is_left_as_it_is(tmp_path, way):
    path, log = tmp_path / "journal.sqlite3", tmp_path / "journal.sqlite3-wal"
    log.write_bytes(b"what was accepted")
    with pytest.raises(ConfigError) as told:
        way(path)
    assert told.value.code == "J104"
    assert not path.exists()
    assert log.read_bytes() == b"what was accepted"

"""The file: its owner, its modes, its readers, its settings."""

import asyncio
import contextlib
import sqlite3
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub_core.clock import SystemClock, new_id
from hub_core.errors import ConfigError
from hub_core.journal import schema
from hub_core.journal.database import Database
from hub_core.journal.engines.sqlite import Sqlite
from hub_core.journal.readers import look
from hub_core.journal.schema import JOURNAL, Migrations, pending
from hub_core.journal.store import SqlJournal
from hub_core.journal.view import SqlJournalView
from hub_core.testing.builders import a_delivery, a_message, a_vault, an_outcome


@pytest.fixture
def path(tmp_path):
    return tmp_path / "home" / "journal.sqlite3"


async def keep(database):
    message = a_message()
    await SqlJournal(database, a_vault()).record(message, an_outcome(message))
    return message


async def test_only_the_owner_may_read_the_files(path):
    with Database(path) as database:
        await keep(database)
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert modes == dict.fromkeys([f"journal.sqlite3{end}" for end in ("", "-wal", "-shm", ".lock", ".ballast")], 0o600)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_that_others_could_read_is_closed_to_them(path):
    Database(path).close()
    path.chmod(0o644)
    Database(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_second_writer_is_told_who_writes(path):
    with Database(path), pytest.raises(ConfigError) as raised:
        Database(path)
    assert raised.value.code == "J101"


def test_a_second_writing_process_is_told_who_writes(path):
    with Database(path):
        script = f"from hub_core.journal.database import Database; Database({str(path)!r})"
        other = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert other.returncode == 1
    assert "J101 process" in other.stderr


def test_a_closed_file_may_be_opened_again(path):
    for _ in range(3):
        Database(path).close()


def test_closing_twice_is_closing_once(path):
    database = Database(path)
    database.close()
    with Database(path):
        database.close()
        with pytest.raises(ConfigError):
            Database(path)


def test_another_programs_database_is_left_alone(path):
    path.parent.mkdir()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE theirs (x)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(ConfigError) as raised:
        Database(path)
    assert raised.value.code == "J102"
    assert path.read_bytes()[100:] == before[100:]  # the header's mode byte may have changed, nothing else


@pytest.mark.parametrize("opened", [Database, look])
def test_a_file_that_is_no_database_is_refused(path, opened):
    path.parent.mkdir()
    path.write_bytes(b"%PDF-1.7" * 4096)
    with pytest.raises(ConfigError) as raised:
        opened(path)
    assert raised.value.code == "J102"


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError) as raised:
        Database(tmp_path / "file" / "journal.sqlite3")
    assert raised.value.code == "J102"


def test_connections_are_set_as_promised(path):
    with Database(path) as database:
        wanted = {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "trusted_schema": 0,
            "cell_size_check": 1,
        }
        connection = Sqlite(path).writer()
        assert {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted} == wanted
        connection.close()
        with database.read() as reader:
            assert reader.execute("PRAGMA query_only").fetchone()[0] == 1


async def test_what_a_group_changes_goes_through_no_temporary_file(path, monkeypatch):
    seen: set[str] = set()

    def look_around(_: str) -> None:
        seen.update(str(file.readlink()) for file in Path("/proc/self/fd").iterdir() if file.is_symlink())

    with Database(path) as database:
        journal = SqlJournal(database, a_vault())
        messages = [a_message(sender_id=f"{number}") for number in range(400)]
        pairs = [(message, an_outcome(message)) for message in messages]
        await journal.record_all(pairs[:200])
        monkeypatch.setattr("hub_core.journal.writer.reach", look_around)
        await journal.record_all(pairs[200:])
    assert any(name.endswith("-wal") for name in seen)
    assert not any("etilqs_" in name for name in seen)  # as SQLite calls them


async def test_a_reader_cannot_write(path):
    with Database(path) as database:
        with pytest.raises(sqlite3.OperationalError), database.read() as reader:
            reader.execute("DELETE FROM message")
        await keep(database)


async def test_one_look_sees_one_state(path):
    with Database(path) as database:
        with database.read() as reader:
            before = reader.execute("SELECT count(*) FROM message").fetchone()
            await keep(database)
            assert reader.execute("SELECT count(*) FROM message").fetchone() == before
        with database.read() as reader:
            assert reader.execute("SELECT count(*) FROM message").fetchone() == (1,)


async def test_another_process_reads_while_the_hub_writes(path):
    script = (
        "import sys; from pathlib import Path; from hub_core.journal.readers import look;"
        "from hub_core.journal.view import SqlJournalView; from hub_core.testing.builders import a_vault;"
        "print(*(row.id for row in SqlJournalView(look(Path(sys.argv[1])), a_vault()).messages()))"
    )
    with Database(path) as database:
        message = await keep(database)
        command = [sys.executable, "-c", script, path]
        seen = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=True)
        await keep(database)
    assert seen.stdout.split() == [message.id]


def test_looking_loads_no_event_loop():
    script = "import sys, hub_core.journal.view; print('asyncio' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"


def test_looking_where_nothing_is_creates_nothing(path):
    with pytest.raises(ConfigError) as raised:
        look(path)
    assert raised.value.code == "J103"
    assert not path.parent.exists()


async def test_looking_at_a_stopped_hub_leaves_the_file_as_it_was(path):
    with Database(path) as database:
        message = await keep(database)
    before = path.read_bytes()
    readers = look(path)
    assert [row.id for row in SqlJournalView(readers, a_vault()).messages()] == [message.id]
    readers.close()
    assert path.read_bytes() == before


async def test_a_look_does_not_stand_in_the_hubs_way(path):
    Database(path).close()
    readers = look(path)
    with readers.read(), Database(path) as database:
        await keep(database)
    readers.close()


async def test_tables_of_others_live_in_the_same_file(path, tmp_path):
    (tmp_path / "001_pre_keys.sql").write_text(
        "CREATE TABLE key (name TEXT PRIMARY KEY);\nCREATE INDEX k ON key (name);"
    )
    families = (Migrations("registry", tmp_path),)
    with Database(path, migrations=families) as database:
        await database.write(lambda connection: connection.execute("INSERT INTO key VALUES ('a')"))
        with database.read() as reader:
            assert reader.execute("SELECT name FROM key").fetchall() == [("a",)]
    look(path, migrations=families).close()


def test_a_file_of_an_older_version_is_only_looked_at_after_the_hub_started(path, tmp_path):
    Database(path).close()
    (tmp_path / "001_pre_keys.sql").write_text("CREATE TABLE key (name TEXT);")
    with pytest.raises(ConfigError) as raised:
        look(path, migrations=(Migrations("registry", tmp_path),))
    assert raised.value.mend == "start the hub once"


def test_a_file_of_a_newer_version_is_left_alone(path, tmp_path, monkeypatch):
    for name in JOURNAL.names():
        (tmp_path / name).write_text((JOURNAL.folder / name).read_text())
    (tmp_path / "999_post_newer.sql").write_text("CREATE TABLE newer (x);")
    with monkeypatch.context() as patch:
        patch.setattr("hub_core.journal.database.JOURNAL", Migrations("journal", tmp_path))
        Database(path).close()
    for opened in (Database, look):
        with pytest.raises(ConfigError) as raised:
            opened(path)
        assert (raised.value.code, raised.value.mend) == ("J102", "run the newer version")


def test_a_migration_that_fails_changes_nothing(path, tmp_path):
    (tmp_path / "001_pre_half.sql").write_text("CREATE TABLE half (x);\nINSERT INTO nowhere VALUES (1);")
    with pytest.raises(ConfigError):
        Database(path, migrations=(Migrations("registry", tmp_path),))
    with Database(path) as database, database.read() as reader:
        tables = {name for (name,) in reader.execute("SELECT name FROM sqlite_master")}
    assert "half" not in tables


def test_all_migrations_make_the_schema_that_is_written_down(path):
    fresh = sqlite3.connect(":memory:")
    fresh.execute(schema._LOG)
    for statement in schema.statements((JOURNAL.folder.parent / "schema.sql").read_text()):
        fresh.execute(statement)
    with Database(path) as database, database.read() as reader:
        assert shape(reader) == shape(fresh)
    fresh.close()


def shape(connection):
    """Return tables with their columns and checks, and indexes, in an order that does not depend on when they came."""
    return sorted(connection.execute("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"))


def test_migrations_are_numbered_without_gaps_and_named_by_when_they_run():
    names = JOURNAL.names()
    assert [int(name[:3]) for name in names] == list(range(1, len(names) + 1))
    assert {name.split("_")[1] for name in names} <= {"pre", "post"}
    assert {path.name for path in JOURNAL.folder.glob("*.sql")} == set(names)


def test_an_up_to_date_file_has_nothing_pending(path):
    with Database(path) as database, database.read() as reader:
        assert pending(reader, (JOURNAL,)) == []


PLANS = {  # statement to an index that it must use, so that a long journal stays quick
    "SELECT seq FROM message WHERE sender_id = ? AND party = ? AND endpoint = ?": "message_sender",
    "SELECT seq FROM message WHERE sender_id = ? LIMIT 9": "message_sender",
    "SELECT seq FROM message WHERE state = ? ORDER BY seq DESC LIMIT 9": "message_state",
    "SELECT seq FROM message WHERE party = ? ORDER BY seq DESC LIMIT 9": "message_party",
    "SELECT state, count(*) FROM message GROUP BY state": "message_state",
    "SELECT endpoint FROM delivery WHERE ready_at IS NOT NULL AND endpoint > ? ORDER BY endpoint LIMIT 1": "delivery_due",
    "SELECT seq FROM delivery WHERE endpoint = ? AND ready_at IS NOT NULL AND ready_at <= ? "
    "ORDER BY ready_at, seq LIMIT 1": "delivery_due",
    "SELECT seq FROM delivery WHERE ready_at IS NOT NULL AND lease_until IS NOT NULL": "delivery_due",
    "SELECT 1 FROM delivery WHERE endpoint = ? AND order_key = ? AND state IN ('ready', 'in-doubt') LIMIT 1": "delivery_open",
    "SELECT count(*), min(seq) FROM delivery WHERE state IN ('ready', 'in-doubt')": "delivery_open",
    "SELECT seq FROM entry WHERE message_seq = ? ORDER BY seq": "entry_message",
    "SELECT message_seq FROM message_person WHERE person = ?": "message_person",
    "SELECT seal_key FROM message WHERE seal_key > ? ORDER BY seal_key LIMIT 1": "message_seal_key",
    "SELECT seq FROM message WHERE seal_key = ? AND seq > ? ORDER BY seq LIMIT 9": "message_seal_key",
    "SELECT seal_key, count(*) FROM message GROUP BY seal_key": "message_seal_key",
    "SELECT message_seq FROM content WHERE sealed = 0 AND message_seq > ? ORDER BY message_seq LIMIT 9": "content_plain",
}


@pytest.mark.parametrize(("statement", "index"), PLANS.items())
def test_statements_use_their_index(path, statement, index):
    with Database(path) as database, database.read() as reader:
        plan = reader.execute(f"EXPLAIN QUERY PLAN {statement}", [new_id()] * statement.count("?")).fetchall()
    told = " / ".join(row[3] for row in plan)
    assert index in told
    assert "TEMP B-TREE" not in told


async def test_what_is_due_is_not_put_off_when_the_machines_clock_is_set_back(tmp_path, monkeypatch):
    with Database(tmp_path / "journal.sqlite3") as database:
        journal, clock = SqlJournal(database, a_vault()), database.clock
        message = a_message()
        await journal.record(message, an_outcome(message, a_delivery(message, due_at=clock.now())))
        monkeypatch.setattr(SystemClock, "now", lambda _: datetime.now(UTC) - timedelta(hours=1))
        claims = await journal.claim(limit=1, lease=timedelta(seconds=5), now=clock.now())
        assert [claimed.delivery.message_id for claimed in claims] == [message.id]


LARGE_SORT = (
    "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 30000) "
    "SELECT hex(randomblob(100)) AS text FROM number ORDER BY text"
)


@pytest.mark.parametrize("kind", ["reader", "writer"])
def test_a_large_sort_leaves_nothing_in_a_temporary_file(path, kind):
    with Database(path) as database:
        engine = database.readers._engine
        with contextlib.closing(getattr(engine, kind)()) as connection:
            rows = connection.execute(LARGE_SORT)
            assert rows.fetchone() is not None
            opened = [file.readlink().name for file in Path("/proc/self/fd").iterdir() if file.is_symlink()]
    assert [name for name in opened if name.startswith("etilqs")] == []

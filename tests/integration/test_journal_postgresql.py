"""PostgreSQL is gone, restarted, out of a standby: callers are told, nothing is falsely accepted, it recovers."""

import asyncio
import subprocess
import sys
import uuid

import psycopg
import pytest

from hub_core.clock import new_id
from hub_core.errors import ConfigError, NotThere, TryLater
from hub_core.journal.database import Database
from hub_core.journal.engines.postgresql import Postgresql
from hub_core.journal.engines.postgresql_words import declaration
from hub_core.journal.entries import Filter
from hub_core.journal.readers import look
from hub_core.journal.schema import JOURNAL, Migrations, statements
from hub_core.journal.store import SqlJournal
from hub_core.journal.where import engine_of
from hub_core.playing.postgresql import PostgresqlServer, running, schema
from hub_core.settings import from_environment
from hub_core.testing.builders import a_delivery, a_message, a_vault, an_outcome


@pytest.fixture
def server():
    """Run a server of the test's own, which it may kill; what is committed is on the device."""
    with running() as server:
        yield server


async def keep(journal, **facts):
    """Return the id of the message that stands, or what was raised."""
    message = a_message(**facts)
    try:
        outcome = await journal.record(message, an_outcome(message, a_delivery(message, order_key="p1")))
    except TryLater as error:
        return error
    return outcome.message_id


def ids(journal):
    return {row.id for row in journal.messages(Filter(limit=1000))}


def test_a_server_that_goes_while_a_hub_opens_its_database_may_be_waited_for(server):
    def kill(connection):
        connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(NotThere) as fault:
        Database(Postgresql(server.address), prepare=kill)
    assert fault.value.code == "J102"


def test_the_number_of_a_session_that_ended_is_not_taken_for_our_own_when_another_has_it(postgresql_address):
    engine = Postgresql(postgresql_address)
    ended, writer = engine.writer(), engine.writer()
    ended.close()
    assert len(engine._own) == 1
    writer.close()
    assert not engine._own


async def test_a_server_that_is_gone_accepts_nothing_and_one_that_is_back_goes_on_without_a_restart(server):
    with Database(Postgresql(server.address)) as database:
        journal = SqlJournal(database, a_vault())
        accepted = {await keep(journal) for _ in range(5)}
        server.kill()
        refused = await keep(journal)
        assert (refused.code, refused.after is not None) == ("J503", True)
        with pytest.raises(TryLater) as raised:
            journal.messages()
        assert raised.value.code == "J503"
        server.start()
        accepted.add(await keep(journal))
        assert ids(journal) == accepted


async def test_killing_the_server_under_load_loses_nothing_that_was_accepted(server):
    with Database(Postgresql(server.address)) as database:
        journal = SqlJournal(database, a_vault())
        accepted, ended = set(), asyncio.Event()

        async def sender():
            while not ended.is_set():
                number = new_id()
                while isinstance(answer := await keep(journal, sender_id=number), TryLater):  # noqa: ASYNC110 - as senders do
                    await asyncio.sleep(0.01)
                accepted.add(answer)

        async with asyncio.TaskGroup() as group:
            for _ in range(16):
                group.create_task(sender())
            for _ in range(3):
                await asyncio.sleep(0.3)
                await asyncio.to_thread(server.kill)
                await asyncio.to_thread(server.start)
                before = len(accepted)
                async with asyncio.timeout(10):
                    while len(accepted) == before:  # noqa: ASYNC110 - the senders are waited for
                        await asyncio.sleep(0.01)
            ended.set()
        with psycopg.connect(server.address) as connection:
            kept = [number for (number,) in connection.execute("SELECT id FROM message")]
        assert set(kept) == accepted


async def test_a_statement_that_an_administrator_cancels_is_tried_later(server):
    with Database(Postgresql(server.address)) as database:
        answer = asyncio.create_task(database.write(lambda connection: connection.execute("SELECT pg_sleep(60)")))
        await until(server, "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)'")
        with pytest.raises(TryLater):
            await answer
        assert isinstance(await keep(SqlJournal(database, a_vault())), str)


async def until(server, statement):
    """Run a statement again and again until it returns a row."""
    async with asyncio.timeout(20):
        async with await psycopg.AsyncConnection.connect(server.address, autocommit=True) as connection:
            while not await (await connection.execute(statement)).fetchone():  # noqa: ASYNC110 - of another process
                await asyncio.sleep(0.02)


CANCEL_WAITING = (
    "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND pid <> pg_backend_pid()"
)


async def test_a_commit_that_no_standby_confirmed_does_not_count_and_again_gets_the_first_outcome(server):
    with Database(Postgresql(server.address)) as database:
        journal = SqlJournal(database, a_vault())
        await keep(journal)
        server.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        server.execute("SELECT pg_reload_conf()")
        first, again = a_message(sender_id="7"), a_message(sender_id="7")
        outcome = an_outcome(first)
        waiting = asyncio.create_task(journal.record(first, outcome))
        await until(server, CANCEL_WAITING)
        with pytest.raises(TryLater) as raised:
            await waiting
        assert raised.value.code == "J503"
        server.execute("ALTER SYSTEM RESET synchronous_standby_names")
        server.execute("SELECT pg_reload_conf()")
        assert await journal.record(again, an_outcome(again, mapping="newer")) == outcome


async def test_what_was_accepted_stands_at_the_standby_when_the_primary_dies(server, tmp_path):
    standby = PostgresqlServer(server.folder.parent / "standby")
    standby.create_standby(server, "second")
    standby.start()
    try:
        server.execute("ALTER SYSTEM SET synchronous_standby_names = 'second'")
        server.execute("SELECT pg_reload_conf()")
        with Database(Postgresql(server.address)) as database:
            journal = SqlJournal(database, a_vault())
            await until(server, "SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'")
            answers = [asyncio.create_task(keep(journal)) for _ in range(200)]
            await answers[0]
            await asyncio.to_thread(server.kill)
            accepted = {answer for answer in await asyncio.gather(*answers) if isinstance(answer, str)}
        await asyncio.to_thread(standby.run, "pg_ctl", "promote", "-D", str(standby.data))
        with Database(Postgresql(standby.address)) as database:
            journal = SqlJournal(database, a_vault())
            assert accepted
            assert accepted <= ids(journal)
            assert isinstance(await keep(journal), str)
    finally:
        standby.kill()


async def test_an_address_of_several_servers_finds_the_one_that_writes(server, tmp_path):
    standby = PostgresqlServer(server.folder.parent / "standby")
    standby.create_standby(server, "second")
    standby.start()
    try:
        both = f"postgresql:///postgres?host={standby.folder},{server.folder}&user=postgres"
        with Database(Postgresql(both)) as database:
            assert isinstance(await keep(SqlJournal(database, a_vault())), str)
    finally:
        standby.kill()


def test_where_no_server_is_a_look_and_a_start_say_so(tmp_path):
    for opened in (Database, look):
        with pytest.raises(ConfigError) as raised:
            opened(Postgresql(f"postgresql:///x?host={tmp_path}&user=postgres"))
        assert raised.value.code == "J102"
        assert str(tmp_path) not in raised.value.text


def test_looking_where_nothing_is_creates_nothing(postgresql_address):
    with pytest.raises(ConfigError) as raised:
        look(Postgresql(postgresql_address))
    assert raised.value.code == "J103"
    assert tables(postgresql_address) == []


def test_another_programs_database_is_left_alone(postgresql_address):
    with psycopg.connect(postgresql_address) as other:
        other.execute("CREATE TABLE theirs (x integer)")
    for opened in (Database, look):
        with pytest.raises(ConfigError) as raised:
            opened(Postgresql(postgresql_address))
        assert raised.value.code == "J102"
    assert tables(postgresql_address) == ["theirs"]


def tables(address):
    with psycopg.connect(address) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1")
        return [name for (name,) in rows]


async def test_a_reader_cannot_write(postgresql_address):
    with Database(Postgresql(postgresql_address)) as database:
        with pytest.raises(TryLater), database.read() as reader:
            reader.execute("DELETE FROM message")
        assert isinstance(await keep(SqlJournal(database, a_vault())), str)


async def test_one_look_sees_one_state(postgresql_address):
    with Database(Postgresql(postgresql_address)) as database:
        with database.read() as reader:
            before = reader.execute("SELECT count(*) FROM message").fetchone()
            await keep(SqlJournal(database, a_vault()))
            assert reader.execute("SELECT count(*) FROM message").fetchone() == before
        with database.read() as reader:
            assert reader.execute("SELECT count(*) FROM message").fetchone() == (1,)


def test_all_migrations_make_the_schema_that_is_written_down(postgresql, postgresql_address):
    fresh = schema(postgresql, f"fresh{uuid.uuid4().hex}")
    with psycopg.connect(fresh, autocommit=True) as connection:
        for statement in statements((JOURNAL.folder.parent / "schema.sql").read_text()):
            connection.execute(declaration(statement).encode())
    Database(Postgresql(postgresql_address)).close()
    assert shape(postgresql_address) == shape(fresh)


def shape(address):
    """Return columns, checks, references and indexes, without the names of schemas and the order of columns."""
    with psycopg.connect(address) as connection:
        (own,) = connection.execute("SELECT current_schema()").fetchone()
        columns = connection.execute(
            "SELECT table_name, column_name, data_type, is_nullable, column_default, is_identity "
            "FROM information_schema.columns WHERE table_schema = current_schema() AND table_name <> 'migration'"
        ).fetchall()
        constraints = connection.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE connamespace = current_schema()::regnamespace AND conrelid <> coalesce(to_regclass('migration'), 0)"
        ).fetchall()
        indexes = connection.execute(
            "SELECT tablename, indexname, indexdef FROM pg_indexes "
            "WHERE schemaname = current_schema() AND tablename <> 'migration'"
        ).fetchall()
    rows = (" | ".join(map(str, row)) for row in [*columns, *constraints, *indexes])
    return sorted(row.replace(f'"{own}".', "").replace(f"{own}.", "") for row in rows)


def newer(tmp_path, *scripts):
    for name, text in scripts:
        (tmp_path / name).write_text(text)
    return (Migrations("registry", tmp_path),)


async def test_what_may_run_beside_older_software_runs_and_the_rest_waits_until_it_has_gone(
    postgresql_address, tmp_path
):
    families = newer(tmp_path, ("001_pre_x.sql", "CREATE TABLE x (n INTEGER);"), ("002_post_x.sql", "DROP TABLE x;"))
    with Database(Postgresql(postgresql_address)) as older:
        with Database(Postgresql(postgresql_address), migrations=families):
            assert "x" in tables(postgresql_address)
            assert isinstance(await keep(SqlJournal(older, a_vault())), str)
        look(Postgresql(postgresql_address), migrations=families).close()
    async with asyncio.timeout(10):
        while "x" in tables(postgresql_address):  # the server ends a closed session when it comes to it
            Database(Postgresql(postgresql_address), migrations=families).close()
            await asyncio.sleep(0.02)


async def test_a_changed_password_is_used_for_the_next_session_without_a_restart(server, tmp_path):
    def change(password):
        server.execute(f"ALTER ROLE hub PASSWORD '{password}'")
        file.write_text(f"{password}\n")

    def cut_off():
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'hub'")

    file = tmp_path / "password"
    (server.data / "pg_hba.conf").write_text("local all hub scram-sha-256\nlocal all postgres trust\n")
    server.execute("CREATE ROLE hub LOGIN")
    server.execute("CREATE SCHEMA hub AUTHORIZATION hub")
    server.execute("SELECT pg_reload_conf()")
    change("first")
    address = f"postgresql://hub@/postgres?host={server.folder}"
    environ = {"PUNTE_STORE": address, "PUNTE_STORE_PASSWORD": f"file:{file}"}
    with Database(engine_of(from_environment(environ), environ)) as database:
        journal = SqlJournal(database, a_vault())
        change("second")
        cut_off()
        accepted = {await keep(journal)}
        file.unlink()
        cut_off()
        refused = await keep(journal)
        assert (refused.code, refused.text) == (
            "J503",
            "the journal cannot be written (OperationalError: its password cannot be read)",
        )
        change("third")
        accepted.add(await keep(journal))
        assert ids(journal) == accepted


def test_a_password_is_shown_nowhere(postgresql_address, monkeypatch):
    environ = {
        "PUNTE_STORE": "postgresql://hub@127.0.0.1:1/punte",
        "PUNTE_STORE_PASSWORD": "env:PG_SECRET",
        "PG_SECRET": "s3cret-word",
    }
    with pytest.raises(ConfigError) as raised:
        Database(engine_of(from_environment(environ), environ))
    assert "s3cret" not in str(raised.value) + repr(raised.value.__cause__) + raised.value.text + raised.value.where


@pytest.mark.parametrize(
    "environ",
    [
        {"PUNTE_STORE": "mysql://x/y"},
        {"PUNTE_STORE": "postgresql://hub:s3cret@host/punte"},
        {"PUNTE_STORE": "postgresql://hub@host/punte", "PUNTE_STORE_PASSWORD": "s3cret"},
    ],
)
def test_a_store_that_cannot_be_meant_is_refused_without_showing_it(environ):
    with pytest.raises(ConfigError) as raised:
        from_environment(environ)
    assert raised.value.code == "R104"
    assert "s3cret" not in str(raised.value)


def test_only_a_store_on_a_server_loads_its_driver():
    script = (
        "import sys, registry.parts, hub_core.journal.database, hub_core.journal.where; print('psycopg' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"

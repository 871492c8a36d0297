"""An administrator sets defaults for the hub's role or database: what the hub promises does not hang on them."""

import asyncio
import re
import select
import socket
import tempfile
import threading
import uuid

import psycopg
import pytest

from hub_core.errors import ConfigError, TryLater
from hub_core.journal.database import Database
from hub_core.journal.engines.postgresql import Postgresql
from hub_core.journal.entries import Filter
from hub_core.journal.store import SqlJournal
from hub_core.playing.postgresql import running, schema
from hub_core.testing.builders import a_message, a_vault, an_outcome

LINE = ("partner", "p1")
_NOTE = "INSERT INTO refusal (reference, at, endpoint, code, detail) VALUES ('r', 0, 'e', 'c', '')"


@pytest.fixture(scope="module")
def server():
    """Run a server of the module's own, whose defaults its tests may change."""
    with running(durable=False) as server:
        yield server


@pytest.fixture
def given(server):
    """Return what sets defaults of the role; they are as they were afterwards."""

    def give(**settings):
        for name, value in settings.items():
            server.execute(f"ALTER ROLE postgres SET {name} = '{value}'")
        return schema(server, f"s{uuid.uuid4().hex}")

    yield give
    server.execute("ALTER SYSTEM RESET ALL")  # first: otherwise the next waits for a standby
    server.execute("SELECT pg_reload_conf()")
    server.execute("ALTER ROLE postgres RESET ALL")


async def until(server, statement):
    """Run a statement again and again until it returns a row."""
    async with asyncio.timeout(20):
        async with await psycopg.AsyncConnection.connect(server.address, autocommit=True) as connection:
            while not await (await connection.execute(statement)).fetchone():  # noqa: ASYNC110 - of another process
                await asyncio.sleep(0.02)


@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
async def test_whoever_waited_for_a_line_sees_what_was_written_meanwhile_at_every_level(server, given, level):
    engine = Postgresql(given(default_transaction_isolation=level))
    with Database(engine):
        first, second = engine.writer(), engine.writer()
        seen = []

        def wait_and_look():
            second.begin()
            second.hold([LINE])
            seen.append(second.execute("SELECT count(*) FROM refusal").fetchone()[0])
            second.commit()

        first.begin()
        first.hold([LINE])
        first.execute(_NOTE)
        waiting = threading.Thread(target=wait_and_look)
        waiting.start()
        await until(server, "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        first.commit()
        await asyncio.to_thread(waiting.join)
        for connection in (first, second):
            connection.close()
        assert seen == [1]


async def test_a_commit_that_no_standby_confirmed_does_not_count_where_warnings_are_not_sent(server, given):
    with Database(Postgresql(given(client_min_messages="error"))) as database:
        journal = SqlJournal(database, a_vault())
        server.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        server.execute("SELECT pg_reload_conf()")
        message = a_message(sender_id="7")
        waiting = asyncio.create_task(journal.record(message, an_outcome(message)))
        await until(
            server,
            "SELECT pg_cancel_backend(pid) FROM pg_stat_activity "
            "WHERE wait_event = 'SyncRep' AND pid <> pg_backend_pid()",
        )
        with pytest.raises(TryLater) as raised:
            await waiting
        assert raised.value.code == "J503"


@pytest.mark.parametrize("right", ["INSERT", "SELECT"])
async def test_rights_that_were_taken_away_are_waited_for(server, given, right):
    address = given().replace("user=postgres", "user=clerk")
    name = address.rpartition("%3D")[2]
    server.execute("DROP ROLE IF EXISTS clerk")
    server.execute(f'CREATE ROLE clerk LOGIN; GRANT ALL ON SCHEMA "{name}" TO clerk')
    with Database(Postgresql(address)) as database:
        journal, message = SqlJournal(database, a_vault()), a_message()
        server.execute(f'ALTER TABLE "{name}".message OWNER TO postgres')
        if right == "INSERT":
            server.execute(f'GRANT SELECT ON "{name}".message TO clerk')
        else:
            with pytest.raises(TryLater, match="J503"):
                journal.messages(Filter())
        with pytest.raises(TryLater, match=r"J503.*InsufficientPrivilege"):
            await journal.record(message, an_outcome(message))
        server.execute(f'ALTER TABLE "{name}".message OWNER TO clerk')
        assert (await journal.record(message, an_outcome(message))).message_id == message.id
    server.execute(f'DROP SCHEMA "{name}" CASCADE; DROP OWNED BY clerk; DROP ROLE clerk')


async def test_what_was_kept_is_read_as_it_came_whatever_encoding_is_the_default(given):
    with Database(Postgresql(given(client_encoding="LATIN1"))) as database:
        journal = SqlJournal(database, a_vault())
        message = a_message(endpoint="țară")
        await journal.record(message, an_outcome(message))
        assert [row.endpoint for row in journal.messages(Filter())] == ["țară"]


async def test_a_limit_for_statements_that_suits_others_stops_no_migration_and_no_message(given):
    with Database(Postgresql(f"{given()}%20-cstatement_timeout%3D1")) as database:
        journal = SqlJournal(database, a_vault())
        message = a_message()
        assert (await journal.record(message, an_outcome(message))).message_id == message.id


class Pooler(threading.Thread):
    """Stands before a server, gives sessions a number of its own, and takes one caller."""

    def __init__(self, folder, server):
        super().__init__(daemon=True)
        self._server = f"{server.folder}/.s.PGSQL.5432"
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(f"{folder}/.s.PGSQL.5432")
        self._listening.listen()

    def run(self):
        caller, _ = self._listening.accept()
        with caller, self._listening, socket.socket(socket.AF_UNIX) as server:
            server.connect(self._server)
            while ready := select.select([caller, server], [], [])[0]:
                for one in ready:
                    if not (said := one.recv(65536)):
                        return
                    named = re.sub(rb"(?s)K\x00\x00\x00\x0c.{4}", b"K\x00\x00\x00\x0c\x00\x00\x00\x07", said)
                    (server.sendall(said) if one is caller else caller.sendall(named))


def test_a_pooler_before_the_server_is_told_before_anything_is_kept(server, given):
    address = given()
    with tempfile.TemporaryDirectory(prefix="p-", dir="/tmp") as folder:
        Pooler(folder, server).start()
        with pytest.raises(ConfigError, match="J102 a pooler") as raised:
            Database(Postgresql(address.replace(str(server.folder), folder)))
    assert "itself" in raised.value.mend

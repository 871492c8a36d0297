"""PostgreSQL is stopped as it stands (SIGSTOP): nothing breaks and nothing answers. Nobody waits for it for ever."""

import asyncio
import time
import uuid
from contextlib import contextmanager

import pytest

from hub_core.errors import TryLater
from hub_core.journal.database import Database
from hub_core.journal.engines import postgresql_session
from hub_core.journal.engines.postgresql import Postgresql
from hub_core.journal.engines.postgresql_session import Session
from hub_core.journal.entries import Filter
from hub_core.journal.store import SqlJournal
from hub_core.outbox import Pause
from hub_core.playing.postgresql import running, schema
from hub_core.testing.builders import NOW, a_delivery, a_message, a_vault, an_outcome
from hub_core.testing.journal.base import claim

PATIENCE = 1.0  # seconds, instead of PATIENCE


@pytest.fixture(scope="module")
def server():
    with running(durable=False) as server:
        yield server


@pytest.fixture
def database(server):
    """Open a database of the test's own, at a server that goes on and waits for no standby afterwards."""
    with Database(Hurried(schema(server, f"s{uuid.uuid4().hex}"))) as database:
        yield database
    server.execute("ALTER SYSTEM RESET synchronous_standby_names")
    server.execute("SELECT pg_reload_conf()")


def without_standby(server):
    server.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
    server.execute("SELECT pg_reload_conf()")
    time.sleep(0.2)


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    """Wait less than a hub would."""
    monkeypatch.setattr(Session, "patience", PATIENCE)
    monkeypatch.setattr(postgresql_session, "_CANCELLING", 0.3)
    monkeypatch.setattr(postgresql_session, "_REST", 0.5)


class Hurried(Postgresql):
    """An engine whose writer has less patience."""

    def writer(self, *, patience=PATIENCE):
        return super().writer(patience=patience)


@contextmanager
def frozen(server):
    server.freeze()
    try:
        yield
    finally:
        server.thaw()


async def keep(journal):
    """Return the id of the message that was kept, or the code of what was raised."""
    message = a_message()
    try:
        return (await journal.record(message, an_outcome(message, a_delivery(message)))).message_id
    except TryLater as error:
        return error.code


def look(journal):
    try:
        return [row.id for row in journal.messages(Filter())]
    except TryLater as error:
        return error.code


async def test_while_the_server_hangs_callers_are_told_in_time_and_the_loop_runs(server, database):
    journal = SqlJournal(database, a_vault())
    before = await keep(journal)
    turns, ended = 0, False

    async def turning():
        nonlocal turns
        while not ended:
            await asyncio.sleep(0.01)
            turns += 1

    task = asyncio.create_task(turning())
    with frozen(server):
        began = time.monotonic()
        assert {await keep(journal), *await asyncio.gather(*(keep(journal) for _ in range(20)))} == {"J503"}
        assert time.monotonic() - began < PATIENCE + 4
        assert turns > 50
        ended = True
        began = time.monotonic()
        assert [look(journal) for _ in range(50)] == ["J503"] * 50
        assert time.monotonic() - began < 4
    await task
    await until_kept(journal)
    assert before in look(journal)
    assert before in [claimed.delivery.message_id for claimed in await claim(journal)]


async def until_kept(journal):
    async with asyncio.timeout(10):
        while await keep(journal) == "J503":  # noqa: ASYNC110 - as senders do
            await asyncio.sleep(0.05)


async def test_who_comes_while_the_server_is_known_to_hang_is_told_at_once(server, database):
    journal = SqlJournal(database, a_vault())
    await keep(journal)
    with frozen(server):
        await keep(journal)
        began = time.monotonic()
        assert (await keep(journal), look(journal)) == ("J503", "J503")
        assert database.trouble.why == "the journal cannot be written (the server does not answer)"
        assert time.monotonic() - began < 0.3


async def test_the_listener_finds_out_before_anybody_asks(server, database, monkeypatch):
    monkeypatch.setattr("hub_core.journal.engines.postgresql_listener._PATIENCE", 0.5)
    journal = SqlJournal(database, a_vault())
    database.listen(lambda _: None)
    async with asyncio.timeout(10):
        while not database.leads:  # noqa: ASYNC110 - of another thread
            await asyncio.sleep(0.02)
    with frozen(server):
        async with asyncio.timeout(10):
            while database.leads:  # noqa: ASYNC110 - of another thread
                await asyncio.sleep(0.02)
        began = time.monotonic()
        assert look(journal) == "J503"
        assert time.monotonic() - began < 0.3
    async with asyncio.timeout(10):
        while not database.leads:  # noqa: ASYNC110 - of another thread
            await asyncio.sleep(0.02)


async def test_a_commit_that_waits_for_a_standby_too_long_does_not_count_and_reads_go_on(server, database):
    journal = SqlJournal(database, a_vault())
    await keep(journal)
    without_standby(server)
    assert [await keep(journal) for _ in range(2)] == ["J503", "J503"]
    assert len(look(journal)) == 3  # here, and not known to be elsewhere
    assert database.trouble.why == "the journal cannot be written (the server lives, but did not end it in time)"
    assert sessions_waiting(database) == 0
    server.execute("ALTER SYSTEM RESET synchronous_standby_names")
    server.execute("SELECT pg_reload_conf()")
    await until_kept(journal)


def sessions_waiting(database):
    with database.read() as connection:
        return connection.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'").fetchone()[0]


async def test_a_message_of_which_no_standby_is_known_is_not_confirmed_when_it_comes_again(server, database):
    journal = SqlJournal(database, a_vault())
    await keep(journal)
    without_standby(server)
    message = a_message(sender_id="7")
    for _ in range(2):
        with pytest.raises(TryLater):
            await journal.record(message, an_outcome(message))


async def test_a_pause_that_was_not_confirmed_is_not_taken_as_done(server, database):
    journal = SqlJournal(database, a_vault())
    await keep(journal)
    with frozen(server), pytest.raises(TryLater):
        await journal.pause(Pause(endpoint="out", at=NOW, by="op", reason="r"))

"""Tables are changed while messages come in: senders notice nothing, and older software goes on beside newer."""

import asyncio
import contextlib
import shutil
import time
from collections import Counter
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from hub_core.errors import ConfigError, TryLater
from hub_core.journal.database import Database
from hub_core.journal.engines.postgresql import Postgresql
from hub_core.journal.schema import JOURNAL, Migrations
from hub_core.journal.store import SqlJournal
from hub_core.testing.builders import NOW, a_delivery, a_message, a_vault, an_outcome
from hub_core.testing.journal.base import LEASE, send

SCRIPTS = {
    "901_pre_wider.sql": "ALTER TABLE message ADD COLUMN newer TEXT NOT NULL DEFAULT '';\n"
    "CREATE INDEX message_newer ON message (newer);",
    "902_pre_beside.sql": "ALTER TABLE delivery ADD COLUMN newer TEXT;\n"
    "CREATE TABLE beside (message_seq INTEGER PRIMARY KEY REFERENCES message (seq));",
    "903_post_narrower.sql": "DROP INDEX message_newer;\nALTER TABLE message DROP COLUMN newer;",
}


@pytest.fixture
def newer(tmp_path):
    """Return the tables of software that is newer by two steps before and one after."""
    folder = tmp_path / "newer"
    shutil.copytree(JOURNAL.folder, folder)
    for name, text in SCRIPTS.items():
        (folder / name).write_text(text)
    return Migrations("journal", folder)


@contextlib.contextmanager
def software(monkeypatch, migrations):
    """Be another release for a while."""
    with monkeypatch.context() as patch:
        patch.setattr("hub_core.journal.database.JOURNAL", migrations)
        yield


class Load:
    """Senders that go on, each to the nodes in turn until one takes its message; and a worker that delivers."""

    def __init__(self, nodes):
        self.nodes = nodes
        self.accepted = {}
        self.turned = Counter()
        self.longest = 0.0
        self._ended = False
        self._number = 0

    async def __aenter__(self):
        self._tasks = [asyncio.create_task(self._send(turn)) for turn in range(6)]
        self._tasks.append(asyncio.create_task(self._deliver()))
        await self.more()
        return self

    async def __aexit__(self, *_):
        await self.more()
        self._ended = True
        await asyncio.gather(*self._tasks)

    async def more(self, count=100):
        """Wait until so many more messages were accepted."""
        wanted = len(self.accepted) + count
        async with asyncio.timeout(30):
            while len(self.accepted) < wanted:  # noqa: ASYNC110 - the senders are waited for
                await asyncio.sleep(0.005)

    async def _send(self, turn):
        while not self._ended:
            self._number += 1
            number = str(self._number)
            begun = time.monotonic()
            while number not in self.accepted:
                turn += 1
                message = a_message(sender_id=number)
                outcome = an_outcome(message, a_delivery(message, order_key=f"p{turn % 5}"))
                try:
                    standing = await self.nodes[turn % len(self.nodes)].record(message, outcome)
                    self.accepted[number] = standing.message_id
                except TryLater as error:
                    self.turned[error.text] += 1
                    await asyncio.sleep(0.005)
            self.longest = max(self.longest, time.monotonic() - begun)

    async def _deliver(self):
        while not self._ended:
            node = self.nodes[0]
            with contextlib.suppress(TryLater):
                for claimed in await node.claim(limit=8, lease=LEASE, now=NOW):
                    await send(node, claimed)
            await asyncio.sleep(0.01)


def check(database, load):
    """See that each accepted message is there once."""
    with database.read() as connection:
        kept = [number for (number,) in connection.execute("SELECT id FROM message")]
    assert sorted(kept) == sorted(load.accepted.values())


def seen(database):
    with database.read() as connection:
        return {name for (name,) in connection.execute("SELECT name FROM migration WHERE name > '9'")}


async def test_two_nodes_are_upgraded_one_after_the_other_and_no_message_is_turned_away(
    postgresql_address, newer, monkeypatch
):
    def opened():
        return Database(Postgresql(postgresql_address))

    one, two = opened(), opened()
    nodes = [SqlJournal(one, a_vault()), SqlJournal(two, a_vault())]
    async with Load(nodes) as load:
        for place, seen_then in ((0, {name for name in SCRIPTS if "_pre_" in name}), (1, set(SCRIPTS))):
            old = nodes[place]._database
            nodes[place] = nodes[1 - place]  # what stands before the hubs sends nothing more there
            await load.more(20)
            await asyncio.to_thread(old.close)
            with software(monkeypatch, newer):
                database = await asyncio.to_thread(opened)
            assert seen(database) == seen_then
            nodes[place] = SqlJournal(database, a_vault())
            await load.more()
    assert load.turned == {}
    check(nodes[0]._database, load)
    for node in nodes:
        node._database.close()
    with pytest.raises(ConfigError) as raised:  # what was there before does not fit any more
        opened()
    assert raised.value.code == "J102"


async def test_a_migration_that_somebody_stands_in_the_way_of_gives_way_to_messages(
    postgresql_address, newer, monkeypatch
):
    with Database(Postgresql(postgresql_address)) as older, psycopg.connect(postgresql_address) as looking:
        async with Load([SqlJournal(older, a_vault())]) as load:
            looking.execute("SELECT count(*) FROM message")  # a long look, as of a backup
            with software(monkeypatch, newer):
                upgrade = asyncio.create_task(asyncio.to_thread(Database, Postgresql(postgresql_address)))
                await asyncio.sleep(1.5)
                await load.more()
                assert not upgrade.done()
                looking.rollback()
                (await upgrade).close()
            await load.more()
        assert load.turned == {}
        assert load.longest < 2
        assert len(seen(older)) == 2
        check(older, load)


async def test_a_file_is_migrated_at_a_restart_and_every_message_comes_through(tmp_path, newer, monkeypatch):
    path = tmp_path / "journal.sqlite3"
    first = Database(path)
    nodes = [SqlJournal(first, a_vault())]
    async with Load(nodes) as load:
        await asyncio.to_thread(first.close)
        with software(monkeypatch, newer):
            second = await asyncio.to_thread(Database, path)
        nodes[0] = SqlJournal(second, a_vault())
    assert set(load.turned) == {"the journal is closed"}
    assert seen(second) == set(SCRIPTS)
    check(second, load)
    second.close()


def content(store):
    """Return all that is in a database, and whether any of it was ever written again."""
    if not store.shared:
        return Path(store.where).read_bytes()
    with psycopg.connect(store.where) as connection:
        relations = connection.execute(
            "SELECT relname, relfilenode FROM pg_class WHERE relnamespace = current_schema()::regnamespace ORDER BY 1"
        ).fetchall()
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1")
        rows = {
            name: connection.execute(
                sql.SQL("SELECT xmin, xmax, t.* FROM {} AS t ORDER BY ctid").format(sql.Identifier(name))
            ).fetchall()
            for (name,) in tables.fetchall()
        }
    return relations, rows


async def test_software_of_before_refuses_a_store_that_newer_software_has_changed_and_writes_nothing(
    store, newer, monkeypatch
):
    with software(monkeypatch, newer), store.open() as database:
        message = a_message()
        await SqlJournal(database, a_vault()).record(message, an_outcome(message, a_delivery(message)))
    before = content(store)
    with pytest.raises(ConfigError) as raised:
        store.open()
    assert (raised.value.code, raised.value.mend) == ("J102", "run the newer version")
    assert content(store) == before
    with software(monkeypatch, newer), store.open() as database:
        assert SqlJournal(database, a_vault()).body(message.id) == message.body

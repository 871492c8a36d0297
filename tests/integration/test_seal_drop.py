"""A key is dropped while another process of the hub still seals with it: no message becomes one that nobody opens."""

import asyncio
import threading
from contextlib import closing
from functools import partial

import pytest

from hub_core.errors import ConfigError, TryLater
from hub_core.journal import recording
from hub_core.journal.bodies import Vault
from hub_core.journal.database import Database
from hub_core.journal.dropping import drop_key
from hub_core.journal.engines.postgresql import Postgresql
from hub_core.journal.instants import to_micros
from hub_core.journal.resealing import reseal_step
from hub_core.journal.store import SqlJournal
from hub_core.security.keyring import Keyring
from hub_core.testing.builders import KEYRING, NOW, a_message, a_vault, an_outcome

OLD = KEYRING.current
NEW = KEYRING.renewed(NOW)


class Node:
    """A process of the hub with its own way to the keyring."""

    def __init__(self, database, keyring):
        self.file = keyring
        self.vault = Vault(lambda: self.file)
        self.database = database
        self.journal = SqlJournal(database, self.vault)

    async def keep(self, message=None):
        message = message or a_message()
        return (await self.journal.record(message, an_outcome(message))).message_id

    async def drop(self):
        await self.database.write(partial(drop_key, key_id=OLD.id, at=to_micros(NOW)))
        self.file = self.file.without(OLD.id)
        self.vault.replace(self.file)


@pytest.fixture
def nodes(postgresql_store):
    with postgresql_store() as one, postgresql_store() as two:
        yield Node(one, NEW), Node(two, KEYRING)


@pytest.fixture
def postgresql_store(postgresql_address):
    return lambda: Database(Postgresql(postgresql_address))


async def test_a_process_that_has_not_heard_accepts_nothing_with_the_dropped_key_and_then_reads_the_keyring(nodes):
    one, late = nodes
    await late.keep()
    await one.database.write(partial(reseal_step, vault=one.vault, key_id=OLD.id, after=0))
    await one.drop()
    late.file = one.file
    with pytest.raises(TryLater) as raised:
        await late.keep()
    assert raised.value.code == "J503"
    kept = await late.keep()
    assert one.journal.body(kept)


async def test_one_whose_keyring_was_not_brought_up_to_date_accepts_nothing(nodes):
    one, late = nodes
    await one.drop()
    for _ in range(2):
        with pytest.raises(TryLater):
            await late.keep()
    assert one.journal.messages() == []


async def test_a_message_that_is_being_written_with_a_key_keeps_it_from_being_dropped(nodes):
    one, late = nodes
    writing, go_on = threading.Event(), threading.Event()
    message = a_message()
    recorded = recording.prepare(message, an_outcome(message), late.vault)

    def slowly(connection):
        recording.record(connection, [recorded])
        writing.set()
        go_on.wait()

    kept = asyncio.create_task(late.database.write(slowly))
    await asyncio.to_thread(writing.wait)
    dropping = asyncio.create_task(one.drop())
    await asyncio.sleep(0.3)
    assert not dropping.done()
    go_on.set()
    await kept
    with pytest.raises(ConfigError) as raised:
        await dropping
    assert raised.value.code == "J114"
    assert one.journal.body(message.id)


async def test_sealing_anew_does_not_bring_a_dropped_key_back(nodes):
    one, late = nodes
    await one.keep()
    await one.drop()
    newer = one.vault.key_id
    with pytest.raises(TryLater):
        await late.database.write(partial(reseal_step, vault=a_vault(backwards()), key_id=newer, after=0))
    assert one.journal.messages()


def backwards():
    """Return a keyring in which the dropped key is the current one."""
    newer, older = NEW.current, OLD
    return Keyring(seals=(newer, older), lookup=NEW.lookup)


async def test_on_a_file_a_dropped_key_is_refused_as_well(tmp_path):
    with closing(Database(tmp_path / "journal.sqlite3")) as database:
        node = Node(database, KEYRING)
        await database.write(partial(drop_key, key_id=OLD.id, at=to_micros(NOW)))
        with pytest.raises(TryLater):
            await node.keep()
        assert node.journal.messages() == []

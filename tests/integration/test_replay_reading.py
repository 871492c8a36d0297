"""A replay asks the database a number of times that does not grow with the messages of a batch."""

import contextlib
from functools import partial

import pytest

from hub_core.journal import replaying
from hub_core.journal.readers import Readers
from hub_core.journal.store import SqlJournal
from hub_core.journal.view import SqlJournalView
from hub_core.testing.builders import a_vault
from hub_core.testing.journal.replaying import a_replay, anew, sent


class Counted:
    """A connection that counts its statements."""

    def __init__(self, connection):
        self.connection = connection
        self.asked = 0

    def execute(self, *statement):
        self.asked += 1
        return self.connection.execute(*statement)

    def __getattr__(self, name):
        return getattr(self.connection, name)


class CountedReaders(Readers):
    """Counts the statements of all looks."""

    asked = 0

    @contextlib.contextmanager
    def read(self):
        with super().read() as connection:
            counted = Counted(connection)
            yield counted
            self.asked += counted.asked


@pytest.fixture
def journal(store):
    with store.open() as database:
        yield SqlJournal(database, a_vault())


async def replays_of(journal, count, **facts):
    return [a_replay(anew(await sent(journal, **facts))) for _ in range(count)]


async def looks(store, replays):
    readers = CountedReaders(store.engine())
    view = SqlJournalView(readers, a_vault())
    with contextlib.closing(readers):
        assert len(view.whole([one.entry.message_id for one in replays])) == len(replays)
        assert {*view.hindered(replays)} == {None}
    return readers.asked


async def test_a_dry_run_asks_no_more_often_for_many_than_for_one(store, journal):
    one, many = await replays_of(journal, 1), await replays_of(journal, 50)
    assert await looks(store, one) == await looks(store, many)


async def test_a_replay_asks_no_more_often_for_many_than_for_one(journal):
    one, many = await replays_of(journal, 1, order_key="p1"), await replays_of(journal, 50, order_key="p1")

    def asked(connection, replays):
        counted = Counted(connection)
        assert {*replaying.replay(counted, replays, a_vault())} == {None}
        return counted.asked

    counts = [await journal._database.write(partial(asked, replays=replays)) for replays in (one, many)]
    assert counts[0] == counts[1]

"""Group commit: many callers, few commits, no caller harmed by another."""

import asyncio
import hashlib
import threading

import pytest

from hub_core.journal import writer
from hub_core.journal.database import Database
from hub_core.journal.store import SqlJournal
from hub_core.message import Refusal
from hub_core.testing.builders import NOW, a_delivery, a_message, a_vault, an_outcome


@pytest.fixture
def database(tmp_path):
    with Database(tmp_path / "journal.sqlite3") as database:
        yield database


async def keep(journal, **facts):
    message = a_message(**facts)
    await journal.record(message, an_outcome(message, a_delivery(message)))
    return message.id


def add(number):
    def work(connection):
        connection.execute("CREATE TABLE IF NOT EXISTS number (n INTEGER NOT NULL UNIQUE)")
        connection.execute("INSERT INTO number VALUES (?)", (number,))
        return number

    return work


def numbers(database):
    with database.read() as reader:
        return [n for (n,) in reader.execute("SELECT n FROM number ORDER BY n")]


async def test_many_callers_share_few_commits(database):
    journal = SqlJournal(database, a_vault())
    await asyncio.gather(*(keep(journal) for _ in range(64)))
    assert database.commits <= 3


async def test_callers_that_come_back_share_few_commits(database):
    journal = SqlJournal(database, a_vault())

    async def caller():
        for _ in range(20):
            await keep(journal)

    await asyncio.gather(*(caller() for _ in range(64)))
    assert len(journal.messages()) == 50
    assert database.commits <= 64 * 20 / 8


async def test_a_lonely_caller_gets_a_commit_of_its_own(database):
    journal = SqlJournal(database, a_vault())
    for _ in range(5):
        await keep(journal)
    assert database.commits == 5


async def test_a_reader_sees_what_was_answered(database):
    journal = SqlJournal(database, a_vault())

    async def caller():
        identity = await keep(journal)
        assert journal.message(identity) is not None

    await asyncio.gather(*(caller() for _ in range(64)))


async def test_a_command_that_fails_undoes_its_own_and_nothing_else(database):
    await database.write(add(0))

    def half(connection):
        connection.execute("INSERT INTO number VALUES (77)")
        raise ValueError("half way")

    answers = await asyncio.gather(
        *(database.write(work) for work in (add(1), half, add(0), add(2))), return_exceptions=True
    )
    assert [type(answer).__name__ for answer in answers] == ["int", "ValueError", "IntegrityError", "int"]
    assert numbers(database) == [0, 1, 2]
    assert database.commits == 2


async def test_a_message_that_cannot_be_written_harms_no_neighbour(database):
    journal = SqlJournal(database, a_vault())
    twin = a_message()
    same = a_delivery(twin)
    await journal.record(twin, an_outcome(twin, same))
    broken = a_message(party="\ud800")  # half a character: no text that a database could hold
    other = a_message()
    answers = await asyncio.gather(
        keep(journal),
        journal.record(broken, an_outcome(broken)),
        journal.record(other, an_outcome(other, a_delivery(other, id=same.id))),
        keep(journal),
        return_exceptions=True,
    )
    assert [isinstance(answer, Exception) for answer in answers] == [False, True, True, False]
    assert {row.id for row in journal.messages()} == {twin.id, answers[0], answers[3]}


async def test_commands_of_all_kinds_share_a_commit(database):
    journal = SqlJournal(database, a_vault())
    refusal = Refusal(reference="1", at=NOW, endpoint="cnas-in", code="A401")
    await asyncio.gather(keep(journal), database.write(add(1)), journal.refuse(refusal), keep(journal))
    assert database.commits == 1
    assert len(journal.messages()) == 2


async def test_a_caller_that_goes_away_leaves_the_others_their_answers(database):
    journal = SqlJournal(database, a_vault())
    leaving = asyncio.create_task(keep(journal))
    staying = asyncio.create_task(keep(journal))
    await asyncio.sleep(0)
    leaving.cancel()
    assert journal.message(await staying) is not None


async def test_a_group_is_bounded_in_bytes(database, monkeypatch):
    monkeypatch.setattr(writer, "MAX_BYTES", 50_000)
    journal = SqlJournal(database, a_vault())
    noise = hashlib.shake_256(b"noise").digest(99_000)  # what repeats would be packed
    identities = await asyncio.gather(
        *(keep(journal, body=noise[:20_000]) for _ in range(8)), keep(journal, body=noise)
    )
    assert {row.id for row in journal.messages()} == set(identities)
    assert database.commits >= 5


async def test_a_group_is_bounded_in_commands(database):
    journal = SqlJournal(database, a_vault())
    await asyncio.gather(*(keep(journal) for _ in range(200)))
    assert database.commits >= 200 / writer.MAX_COMMANDS


async def test_many_deliveries_of_one_message_are_one_commit(database):
    journal = SqlJournal(database, a_vault())
    message = a_message()
    await journal.record(message, an_outcome(message, *(a_delivery(message) for _ in range(500))))
    assert database.commits == 1
    assert journal.counts().open_deliveries == 500


def test_event_loops_of_several_threads_may_write(database):
    journal = SqlJournal(database, a_vault())

    async def many():
        await asyncio.gather(*(keep(journal) for _ in range(20)))

    threads = [threading.Thread(target=asyncio.run, args=(many(),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(journal.counts().messages.values()) == 60


async def test_the_ring_of_refusals_keeps_its_size(database):
    journal = SqlJournal(database, a_vault(), max_refusals=10)
    for number in range(25):
        await journal.refuse(Refusal(reference=str(number), at=NOW, endpoint="cnas-in", code="A401"))
    assert [refusal.reference for refusal in journal.refusals(100)] == [str(number) for number in range(24, 14, -1)]

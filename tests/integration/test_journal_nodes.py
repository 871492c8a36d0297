"""Several hub processes on one database of PostgreSQL: no delivery is held twice, none waits for a dead process."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from hub_core.delivering.delivery import LEASE
from hub_core.journal.database import Database
from hub_core.journal.engines.engine import EVERYTHING
from hub_core.journal.engines.postgresql import IDLE_TIMEOUT, Postgresql
from hub_core.journal.engines.statements import ADDED
from hub_core.journal.entries import Filter
from hub_core.journal.store import SqlJournal
from hub_core.journal.view import SqlJournalView
from hub_core.message import State
from hub_core.outbox import ALL, Share
from hub_core.testing.builders import a_delivery, a_message, a_vault, an_outcome
from hub_core.testing.journal.base import claim, keep, send
from tests.integration.stores import Store

CHILD = Path(__file__).with_name("journal_child.py")
ROOT = CHILD.parents[2]
COUNT = 120
DEADLINE = 60  # seconds


@pytest.fixture
def store(postgresql_address, tmp_path):
    return Store(postgresql_address, tmp_path)


def start(store, *, failpoint=None):
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    if failpoint:
        environment["PUNTE_FAILPOINT"] = failpoint
    return subprocess.Popen([sys.executable, CHILD, store.where, store.folder, str(COUNT)], env=environment)


def ledger(store):
    path = store.folder / "ledger"
    lines = [line.split() for line in path.read_text().splitlines()] if path.exists() else []
    return {kind: [value for word, value in lines if word == kind] for kind in ("intent", "acked", "sent")}


def wait_for(what, *, seconds=DEADLINE):
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def rows(store):
    readers = store.look()
    view = SqlJournalView(readers, a_vault())
    found = [(row, view.deliveries(row.id)) for row in view.messages(Filter(limit=1000))]
    readers.close()
    return found


def check_order(store, *, repeated):
    """See that each message was kept once and sent, and that those of one key were first sent in the order kept."""
    kept = rows(store)
    assert sorted(row.sender_id for row, _ in kept) == sorted(str(number) for number in range(COUNT))
    assert {row.state for row, _ in kept} == {State.DELIVERED}
    sent = ledger(store)["sent"]
    first = {key: sent.index(key) for key in set(sent)}
    lines = defaultdict(list)
    for _, (delivery,) in reversed(kept):  # oldest first
        lines[delivery.delivery.order_key].append(first[delivery.delivery.id])
    assert [line == sorted(line) for line in lines.values()] == [True] * 3
    assert sum(Counter(sent).values()) - COUNT <= repeated


def test_two_processes_keep_and_deliver_what_reaches_both(store):
    with start(store) as one, start(store) as two:
        assert (one.wait(DEADLINE), two.wait(DEADLINE)) == (0, 0)
    check_order(store, repeated=0)


def test_what_a_killed_process_held_is_sent_by_the_other(store):
    with start(store, failpoint="after-send-before-settle:5") as one:
        wait_for(lambda: ledger(store)["sent"])  # it delivers; the other begins too late to take all of it
        with start(store) as two:
            assert one.wait(DEADLINE) == -signal.SIGKILL
            assert two.wait(DEADLINE) == 0
    check_order(store, repeated=4)


def test_processes_may_be_killed_between_any_two_steps(store):
    for failpoint in ("after-commit-before-answer:2", "after-insert-before-commit:3", "after-claim:2"):
        with start(store, failpoint=failpoint) as one, start(store, failpoint=failpoint) as two:
            codes = {one.wait(DEADLINE), two.wait(DEADLINE)}
            assert codes <= {0, -signal.SIGKILL}
    with start(store) as one:
        assert one.wait(DEADLINE) == 0
    check_order(store, repeated=24)


def test_a_stopped_process_is_overtaken_and_changes_nothing_when_it_goes_on(store):
    with start(store) as one:
        wait_for(lambda: ledger(store)["sent"])
        one.send_signal(signal.SIGSTOP)
        stopped = time.monotonic()
        with start(store) as two:
            assert two.wait(DEADLINE) == 0
        assert time.monotonic() - stopped < LEASE.total_seconds() + 10
        one.send_signal(signal.SIGCONT)
        assert one.wait(DEADLINE) == 0
    check_order(store, repeated=4)


@pytest.fixture
def two_nodes(store):
    with store.open() as one, store.open() as two:
        yield SqlJournal(one, a_vault()), SqlJournal(two, a_vault())


async def test_a_claim_of_one_node_leaves_alone_what_another_is_about_to_take(store, two_nodes):
    one, two = two_nodes
    deliveries = {(await keep(one)).id for _ in range(30)}
    answers = await asyncio.gather(*(claim(node, limit=7) for node in [one, two] * 4))
    given = [claimed.delivery.id for claims in answers for claimed in claims]
    assert len(given) == len(set(given))
    rest = [claimed.delivery.id for claimed in await claim(one)]
    assert sorted(given + rest) == sorted(deliveries)


async def test_deliveries_of_one_key_that_reach_both_nodes_at_once_go_out_one_by_one(store, two_nodes):
    async def sender(node, number):
        for _ in range(25):
            message = a_message()
            keys = [f"p{key}" for key in range(4)] if number % 2 else [f"p{key}" for key in reversed(range(4))]
            deliveries = [a_delivery(message, order_key=key, endpoint=f"e{key}") for key in keys]
            await node.record(message, an_outcome(message, *deliveries))

    async def worker(node):
        sent = 0
        while sent < 400:
            claims = await claim(node)
            lines = [claimed.delivery.order_key for claimed in claims]
            assert len(lines) == len(set(lines))
            for claimed in claims:
                assert await send(node, claimed)
            sent += len(claims)
            total.append(len(claims))
            if sum(total) >= 400:
                return

    total = []
    await asyncio.gather(
        *(sender(two_nodes[number % 2], number) for number in range(4)), *(worker(node) for node in two_nodes)
    )
    assert sum(total) == 400


async def test_a_message_is_delivered_when_two_nodes_have_sent_its_last_deliveries_at_the_same_time(two_nodes):
    for _ in range(40):
        message = a_message()
        await two_nodes[0].record(message, an_outcome(message, *(a_delivery(message, endpoint=name) for name in "ab")))
        claims = await claim(two_nodes[0])
        await asyncio.gather(*(send(node, claimed) for node, claimed in zip(two_nodes, claims, strict=True)))
    assert {row.state for row in two_nodes[0].messages()} == {State.DELIVERED}


async def test_a_node_hears_what_another_added(store, two_nodes):
    heard = asyncio.Queue()
    loop = asyncio.get_running_loop()
    two = two_nodes[1]._database
    two.listen(lambda topic: loop.call_soon_threadsafe(heard.put_nowait, topic))
    while await heard.get() != EVERYTHING or not two.leads:
        pass
    began = time.monotonic()
    await keep(two_nodes[0])
    topic = EVERYTHING
    while topic == EVERYTHING:
        topic = await asyncio.wait_for(heard.get(), timeout=5)
    assert topic == ADDED
    assert time.monotonic() - began < 1


def test_one_node_leads_and_another_follows_it(store):
    one, two = store.open(), store.open()
    one.listen(lambda _: None)
    wait_for(lambda: one.leads)
    two.listen(lambda _: None)
    time.sleep(1)
    assert not two.leads
    one.close()
    wait_for(lambda: two.leads)
    two.close()


def test_nodes_share_what_an_endpoint_takes_and_whoever_is_left_has_all_of_it(store):
    one, two = store.open(), store.open()
    for node in (one, two):
        node.listen(lambda _: None)
    wait_for(lambda: {one.share, two.share} == {Share(0, 2), Share(1, 2)})
    assert sorted(node.share.of(1) for node in (one, two)) == [0, 1]
    one.close()
    wait_for(lambda: two.share == ALL)
    two.close()


async def test_the_time_is_that_of_the_database(store):
    with store.open() as database, psycopg.connect(store.where) as connection:
        assert abs(database.clock.now() - connection.execute("SELECT clock_timestamp()").fetchone()[0]) < timedelta(
            seconds=1
        )


async def test_a_node_that_was_stopped_in_a_transaction_keeps_nobody_out_for_long(store):
    with store.open() as database:
        journal = SqlJournal(database, a_vault())
        first = await keep(journal, order_key="p1")
        (claimed,) = await claim(journal)
        other = Postgresql(store.where)
        blocking = threading.Event()

        def stopped():
            connection = other.writer()
            connection.begin()
            connection.hold([(first.endpoint, "p1")])
            blocking.set()
            time.sleep(8)
            connection.close()

        thread = threading.Thread(target=stopped)
        thread.start()
        blocking.wait()
        began = time.monotonic()
        assert await send(journal, claimed)
        assert time.monotonic() - began < 7
        await asyncio.to_thread(thread.join)


def test_a_second_process_that_starts_finds_the_tables_made(store):
    def opened():
        Database(Postgresql(store.where)).close()

    threads = [threading.Thread(target=opened) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.look().close()


async def test_another_leads_when_the_leader_stands_still_and_its_connection_stays(postgresql_address):
    arguments = [sys.executable, "-m", "tests.integration.leader_child", postgresql_address]
    leader = await asyncio.create_subprocess_exec(*arguments, stdout=subprocess.PIPE, cwd=ROOT)
    try:
        assert await leader.stdout.readline() == b"leads\n"
        with Database(Postgresql(postgresql_address)) as database:
            database.listen(lambda _: None)
            leader.send_signal(signal.SIGSTOP)
            async with asyncio.timeout(3 * IDLE_TIMEOUT.total_seconds()):
                while not database.leads:  # noqa: ASYNC110 - of another thread
                    await asyncio.sleep(0.02)
    finally:
        leader.kill()
        await leader.wait()

"""A process is killed between any two steps; what it acknowledged is there, decided once and delivered."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from hub_core.journal.entries import Filter
from hub_core.journal.store import SqlJournal
from hub_core.journal.view import SqlJournalView
from hub_core.message import State
from hub_core.testing.builders import a_vault

CHILD = Path(__file__).with_name("journal_child.py")
ROOT = CHILD.parents[2]
COUNT = 60
DEADLINE = 60  # seconds


def start(store, *, failpoint=None, count=COUNT):
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    if failpoint:
        environment["PUNTE_FAILPOINT"] = failpoint
    return subprocess.Popen(
        [sys.executable, CHILD, store.where, store.folder, str(count)], env=environment, stderr=subprocess.PIPE
    )


def run(store, **facts):
    with start(store, **facts) as child:
        _, errors = child.communicate(timeout=DEADLINE)
    return child.returncode, errors.decode()


def ledger(store):
    """Return numbers handed in, numbers answered, and how often each delivery was sent."""
    lines = [line.split() for line in (store.folder / "ledger").read_text().splitlines()]
    told = {kind: [value for word, value in lines if word == kind] for kind in ("intent", "acked", "sent")}
    return set(told["intent"]), set(told["acked"]), Counter(told["sent"])


def kept(view):
    """Return sender's numbers to messages; fails if a number was decided twice."""
    rows = [row for state in State for row in view.messages(Filter(state=state, limit=1000))]
    assert len({row.sender_id for row in rows}) == len(rows)
    return {row.sender_id: row for row in rows}


def check_what_is_left(store):
    """See that a killed process left what it promised, first with the read-only eye of a command."""
    intents, acked, _ = ledger(store)
    readers = store.look()
    there = kept(SqlJournalView(readers, a_vault()))
    readers.close()
    assert acked <= set(there) <= intents
    with store.open() as database:
        journal = SqlJournal(database, a_vault())
        assert set(kept(journal)) == set(there)
        for row in there.values():
            assert journal.body(row.id).startswith(f"message {row.sender_id} ".encode())
            assert len(journal.deliveries(row.id)) == 1
        if not store.shared:
            with database.read() as reader:
                assert reader.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
                assert reader.execute("PRAGMA foreign_key_check").fetchall() == []


def check_that_all_is_delivered(store, *, repeated):
    """Send everything again as the senders would, and see that each message was decided once and delivered."""
    code, errors = run(store)
    assert code == 0, errors
    _, acked, sent = ledger(store)
    assert acked == {str(number) for number in range(COUNT)}
    readers = store.look()
    view = SqlJournalView(readers, a_vault())
    messages = kept(view)
    deliveries = {row.delivery.id for message in messages.values() for row in view.deliveries(message.id)}
    readers.close()
    assert {message.state for message in messages.values()} == {State.DELIVERED}
    assert set(sent) == deliveries
    assert len(deliveries) == COUNT
    assert sum(sent.values()) - COUNT <= repeated


@pytest.mark.parametrize("hit", [2, 5])
@pytest.mark.parametrize("failpoint", ["after-insert-before-commit", "after-commit-before-answer"])
def test_nothing_acknowledged_is_lost_and_nothing_is_decided_twice(store, failpoint, hit):
    code, errors = run(store, failpoint=f"{failpoint}:{hit}")
    assert code == -signal.SIGKILL, errors
    check_what_is_left(store)
    check_that_all_is_delivered(store, repeated=0)


def test_what_was_not_committed_was_not_answered(store):
    run(store, failpoint="after-insert-before-commit:1")
    intents, acked, _ = ledger(store)
    assert intents
    assert acked == set()
    readers = store.look()
    assert kept(SqlJournalView(readers, a_vault())) == {}
    readers.close()


def test_what_was_committed_but_not_answered_is_there(store):
    run(store, failpoint="after-commit-before-answer:1")
    _, acked, _ = ledger(store)
    assert acked == set()
    readers = store.look()
    assert kept(SqlJournalView(readers, a_vault()))
    readers.close()


@pytest.mark.parametrize(("hit", "under_way"), [(1, 0), (3, 4)])
def test_what_was_claimed_and_not_sent_is_sent_once(store, hit, under_way):
    code, errors = run(store, failpoint=f"after-claim:{hit}")
    assert code == -signal.SIGKILL, errors
    check_what_is_left(store)
    check_that_all_is_delivered(store, repeated=under_way)


@pytest.mark.parametrize("hit", [1, 30])
def test_what_was_sent_and_not_settled_is_sent_again_with_the_same_key(store, hit):
    code, errors = run(store, failpoint=f"after-send-before-settle:{hit}")
    assert code == -signal.SIGKILL, errors
    check_what_is_left(store)
    # At most what was under way at the moment of death: the places of the endpoint.
    check_that_all_is_delivered(store, repeated=4)


@pytest.mark.parametrize("acknowledged", [1, 17, 55])
def test_a_process_may_be_killed_at_any_moment(store, acknowledged):
    with start(store) as child:
        deadline = time.monotonic() + DEADLINE
        while not (store.folder / "ledger").exists() or len(ledger_lines(store)) < acknowledged:
            assert time.monotonic() < deadline
            assert child.poll() is None
        child.kill()
        child.communicate()
    check_what_is_left(store)
    check_that_all_is_delivered(store, repeated=4)


def ledger_lines(store):
    return [line for line in (store.folder / "ledger").read_text().splitlines() if line.startswith("acked")]


def test_killing_again_and_again_loses_nothing(store):
    for failpoint in ("after-commit-before-answer:2", "after-insert-before-commit:3", "after-claim:2") * 2:
        run(store, failpoint=failpoint)
        check_what_is_left(store)
    check_that_all_is_delivered(store, repeated=24)

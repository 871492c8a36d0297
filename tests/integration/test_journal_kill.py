"""A process is killed between any two steps; what it acknowledged is there, decided once and delivered."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from hub_core.journal.database import Database
from hub_core.journal.entries import Filter
from hub_core.journal.readers import look
from hub_core.journal.store import SqlJournal
from hub_core.journal.view import SqlJournalView
from hub_core.message import State
from hub_core.testing.builders import a_vault

CHILD = Path(__file__).with_name("journal_child.py")
ROOT = CHILD.parents[2]
COUNT = 60
DEADLINE = 60  # seconds


def start(path, *, failpoint=None, count=COUNT):
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    if failpoint:
        environment["PUNTE_FAILPOINT"] = failpoint
    return subprocess.Popen([sys.executable, CHILD, path, str(count)], env=environment, stderr=subprocess.PIPE)


def run(path, **facts):
    with start(path, **facts) as child:
        _, errors = child.communicate(timeout=DEADLINE)
    return child.returncode, errors.decode()


def ledger(path):
    """Return numbers handed in, numbers answered, and how often each delivery was sent."""
    lines = [line.split() for line in path.with_suffix(".ledger").read_text().splitlines()]
    told = {kind: [value for word, value in lines if word == kind] for kind in ("intent", "acked", "sent")}
    return set(told["intent"]), set(told["acked"]), Counter(told["sent"])


def kept(view):
    """Return sender's numbers to messages; fails if a number was decided twice."""
    rows = [row for state in State for row in view.messages(Filter(state=state, limit=1000))]
    assert len({row.sender_id for row in rows}) == len(rows)
    return {row.sender_id: row for row in rows}


def check_what_is_left(path):
    """See that a killed process left what it promised, first with the read-only eye of a command."""
    intents, acked, _ = ledger(path)
    readers = look(path)
    there = kept(SqlJournalView(readers, a_vault()))
    readers.close()
    assert acked <= set(there) <= intents
    with Database(path) as database:
        journal = SqlJournal(database, a_vault())
        assert set(kept(journal)) == set(there)
        for row in there.values():
            assert journal.body(row.id).startswith(f"message {row.sender_id} ".encode())
            assert len(journal.deliveries(row.id)) == 1
        with database.read() as reader:
            assert reader.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert reader.execute("PRAGMA foreign_key_check").fetchall() == []


def check_that_all_is_delivered(path, *, repeated):
    """Send everything again as the senders would, and see that each message was decided once and delivered."""
    code, errors = run(path)
    assert code == 0, errors
    _, acked, sent = ledger(path)
    assert acked == {str(number) for number in range(COUNT)}
    readers = look(path)
    view = SqlJournalView(readers, a_vault())
    messages = kept(view)
    deliveries = {row.delivery.id for message in messages.values() for row in view.deliveries(message.id)}
    readers.close()
    assert {message.state for message in messages.values()} == {State.DELIVERED}
    assert set(sent) == deliveries
    assert len(deliveries) == COUNT
    assert sum(sent.values()) - COUNT <= repeated


@pytest.mark.parametrize("hit", [1, 2, 5])
@pytest.mark.parametrize("failpoint", ["after-insert-before-commit", "after-commit-before-answer"])
def test_nothing_acknowledged_is_lost_and_nothing_is_decided_twice(tmp_path, failpoint, hit):
    path = tmp_path / "journal.sqlite3"
    code, errors = run(path, failpoint=f"{failpoint}:{hit}")
    assert code == -signal.SIGKILL, errors
    check_what_is_left(path)
    check_that_all_is_delivered(path, repeated=0)


def test_what_was_not_committed_was_not_answered(tmp_path):
    path = tmp_path / "journal.sqlite3"
    run(path, failpoint="after-insert-before-commit:1")
    intents, acked, _ = ledger(path)
    assert intents
    assert acked == set()
    readers = look(path)
    assert kept(SqlJournalView(readers, a_vault())) == {}
    readers.close()


def test_what_was_committed_but_not_answered_is_there(tmp_path):
    path = tmp_path / "journal.sqlite3"
    run(path, failpoint="after-commit-before-answer:1")
    _, acked, _ = ledger(path)
    assert acked == set()
    readers = look(path)
    assert kept(SqlJournalView(readers, a_vault()))
    readers.close()


@pytest.mark.parametrize(("hit", "under_way"), [(1, 0), (3, 4)])
def test_what_was_claimed_and_not_sent_is_sent_once(tmp_path, hit, under_way):
    path = tmp_path / "journal.sqlite3"
    code, errors = run(path, failpoint=f"after-claim:{hit}")
    assert code == -signal.SIGKILL, errors
    check_what_is_left(path)
    check_that_all_is_delivered(path, repeated=under_way)


@pytest.mark.parametrize("hit", [1, 30])
def test_what_was_sent_and_not_settled_is_sent_again_with_the_same_key(tmp_path, hit):
    path = tmp_path / "journal.sqlite3"
    code, errors = run(path, failpoint=f"after-send-before-settle:{hit}")
    assert code == -signal.SIGKILL, errors
    check_what_is_left(path)
    # At most what was under way at the moment of death: the places of the endpoint.
    check_that_all_is_delivered(path, repeated=4)


@pytest.mark.parametrize("acknowledged", [1, 17, 55])
def test_a_process_may_be_killed_at_any_moment(tmp_path, acknowledged):
    path = tmp_path / "journal.sqlite3"
    with start(path) as child:
        deadline = time.monotonic() + DEADLINE
        while not path.with_suffix(".ledger").exists() or len(ledger_lines(path)) < acknowledged:
            assert time.monotonic() < deadline
            assert child.poll() is None
        child.kill()
        child.communicate()
    check_what_is_left(path)
    check_that_all_is_delivered(path, repeated=4)


def ledger_lines(path):
    return [line for line in path.with_suffix(".ledger").read_text().splitlines() if line.startswith("acked")]


def test_killing_again_and_again_loses_nothing(tmp_path):
    path = tmp_path / "journal.sqlite3"
    for failpoint in ("after-commit-before-answer:2", "after-insert-before-commit:3", "after-claim:2") * 2:
        run(path, failpoint=failpoint)
        check_what_is_left(path)
    check_that_all_is_delivered(path, repeated=24)

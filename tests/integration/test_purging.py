"""What was kept long enough is deleted: by the desk, by the command, through kills; what the store holds shrinks."""

import asyncio
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from hub_core.clock import SystemClock
from hub_core.errors import ConfigError
from hub_core.journal.entries import Filter
from hub_core.journal.view import SqlJournalView
from hub_core.settings import Settings, from_environment
from hub_core.testing.builders import a_delivery, a_message, a_vault, an_outcome
from hub_core.testing.journal.base import send
from registry.desk import Desk
from registry.parts import Parts
from registry.purging import purge_all

CHILD = Path(__file__).with_name("purge_child.py")
ROOT = CHILD.parents[2]
CNP = "2850415123450"


async def keep(parts, *, days, **facts):
    """Keep a message that was received so many days ago; return its id."""
    message = a_message(received_at=SystemClock().now() - timedelta(days=days), **facts)
    await parts.journal.record(message, an_outcome(message, persons=(f"ro.cnp:{CNP}",)))
    return message.id


def parts_of(home, **settings):
    return Parts(Settings(home=home, **settings), write=True)


async def counts(parts):
    return {row["part"]: row["count"] for row in await Desk(parts).call("purgeable", {})}


async def test_bodies_and_messages_have_their_own_time(tmp_path):
    parts = parts_of(tmp_path, keep_bodies=30, keep_metadata=365)
    young, middle, _ = [await keep(parts, days=days) for days in (1, 40, 400)]
    assert await counts(parts) == {"messages": 1, "bodies": 1}
    assert await purge_all(parts, by="schedule") == {"messages": 1, "bodies": 1}
    assert await counts(parts) == {"messages": 0, "bodies": 0}
    assert [row.id for row in parts.view.messages(Filter())] == [middle, young]
    assert parts.view.message(middle).purged_at is not None
    assert parts.view.body(young)
    parts.close()


async def test_old_messages_that_came_behind_younger_ones_are_found(tmp_path):
    parts = parts_of(tmp_path)
    messages = [a_message(received_at=SystemClock().now()) for _ in range(150)]
    await parts.journal.record_all([(message, an_outcome(message)) for message in messages])
    await keep(parts, days=2000)
    assert await purge_all(parts, by="schedule") == {"messages": 1, "bodies": 0}
    parts.close()


async def test_without_a_time_everything_is_kept_for_ever(tmp_path):
    parts = parts_of(tmp_path, keep_bodies=0, keep_metadata=0)
    await keep(parts, days=10_000)
    assert await purge_all(parts, by="schedule") == {"messages": 0, "bodies": 0}
    parts.close()


async def test_a_purged_message_is_shown_without_its_body(tmp_path):
    parts = parts_of(tmp_path, keep_bodies=30)
    message_id = await keep(parts, days=40)
    await purge_all(parts, by="schedule")
    shown = await Desk(parts).call("message", {"id": message_id, "reveal": True, "reason": "x", "by": "ana"})
    assert (shown["record"], shown["body"], shown["message"]["size"]) == (None, "", 0)
    assert shown["message"]["purged_at"]
    parts.close()


async def test_messages_are_accepted_while_many_are_purged(tmp_path):
    parts = parts_of(tmp_path, keep_bodies=30)
    messages = [a_message(received_at=SystemClock().now() - timedelta(days=40), body=b"x" * 2000) for _ in range(1500)]
    await parts.journal.record_all([(message, an_outcome(message)) for message in messages])
    purging = asyncio.create_task(purge_all(parts, by="schedule"))
    accepted = 0
    while not purging.done():
        await keep(parts, days=0)
        accepted += 1
    assert await purging == {"messages": 0, "bodies": 1500}
    assert accepted > 20
    parts.close()


async def test_nothing_of_a_purged_person_is_left_in_the_file(tmp_path):
    parts = parts_of(tmp_path, keep_bodies=30)
    message = a_message(received_at=SystemClock().now() - timedelta(days=40))
    outcome = an_outcome(message, a_delivery(message, order_key=CNP), persons=(f"ro.cnp:{CNP}",), cases=("C-77",))
    await parts.journal.record(message, outcome)
    tokens = [parts.vault.token(*pair) for pair in (("person", f"ro.cnp:{CNP}"), ("case", "C-77"), ("order", CNP))]
    assert all(token in stored(parts) for token in tokens)
    (claimed,) = await parts.journal.claim(limit=1, lease=timedelta(minutes=1), now=SystemClock().now())
    await send(parts.journal, claimed)
    await purge_all(parts, by="schedule")
    assert not any(token in stored(parts) for token in tokens)
    parts.close()


def stored(parts):
    with parts.reads.read() as connection:
        return str([connection.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES])  # noqa: S608


TABLES = ("message", "content", "receipt", "message_case", "message_person", "delivery", "entry")


def child(store, part, *, failpoint=None):
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    if failpoint:
        environment["PUNTE_FAILPOINT"] = failpoint
    return subprocess.run([sys.executable, CHILD, store.where, part], env=environment, check=False).returncode


@pytest.mark.parametrize("part", ["bodies", "messages"])
def test_a_kill_in_the_middle_leaves_each_message_whole_or_gone_and_the_next_time_ends_it(store, part):
    assert child(store, part, failpoint="after-purge-before-commit:2") == -signal.SIGKILL
    readers = store.look()
    view = SqlJournalView(readers, a_vault())
    rows = view.messages(Filter(limit=1000))
    purged = [row.id for row in rows if view.message(row.id).purged_at is not None]
    assert len(rows) == (150 if part == "bodies" else 86)
    assert len(purged) == (64 if part == "bodies" else 0)
    assert all(view.body(row.id) for row in rows if row.id not in purged)
    readers.close()
    assert child(store, part) == 0
    readers = store.look()
    with readers.read() as connection:
        assert connection.execute("SELECT count(*) FROM content").fetchone()[0] == 0
    readers.close()


def test_a_body_is_not_kept_longer_than_its_message():
    for environ in ({"PUNTE_KEEP_METADATA": "30"}, {"PUNTE_KEEP_BODIES": "0"}, {"PUNTE_KEEP_BODIES": "-1"}):
        with pytest.raises(ConfigError) as raised:
            from_environment(environ)
        assert raised.value.code == "R104"
    assert from_environment({"PUNTE_KEEP_METADATA": "0"}).keep_bodies == 90


def punte(home, *arguments, code=0, **environ):
    done = subprocess.run(
        [sys.executable, "-m", "cli", "purge", *arguments],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PUNTE_HOME": str(home), "TERM": "dumb"} | environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


async def test_the_command_counts_asks_and_deletes(tmp_path):
    parts = parts_of(tmp_path)
    for days in (1, 100, 2000):
        await keep(parts, days=days)
    parts.close()
    shown = punte(tmp_path, "--dry-run")
    assert "bodies and records" in shown
    assert "1,825 days" in shown
    assert "--yes" in punte(tmp_path, code=2)
    assert "all that is left of 1 messages, bodies and records of 1 messages" in punte(tmp_path, "--yes")
    assert "nothing is old enough" in punte(tmp_path, "--yes")

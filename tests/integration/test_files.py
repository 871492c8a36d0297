"""A file is one kept message and as many messages as it has rows; whatever happens, each row is one, in order."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from hub_core.clock import row_id
from hub_core.directory import Contract
from hub_core.errors import TryLater
from hub_core.journal.database import Database
from hub_core.journal.entries import Filter
from hub_core.journal.store import SqlJournal
from hub_core.journal.whole import message_of
from hub_core.message import State
from hub_core.rows import open_file
from hub_core.testing.builders import a_vault
from tests.integration.file_child import DIRECTORY, LISTS, TITLES, a_file, a_hub, an_arrival, described, in_form, row
from tests.shipped import SHIPPED

CHILD = Path(__file__).with_name("file_child.py")
ROOT = CHILD.parents[2]
COUNT = 150


@pytest.fixture(scope="module")
def mappings():
    return SHIPPED


@pytest.fixture
def journal(tmp_path):
    with Database(tmp_path / "journal.sqlite3") as database:
        yield SqlJournal(database, a_vault())


def rows_of(journal, file_id):
    """Return the rows in the order in which they were kept."""
    return list(reversed(journal.messages(Filter(correlation_id=file_id, rows=True, limit=1000))))


async def test_the_sender_is_answered_with_the_number_of_rows_before_they_are_messages(journal, mappings):
    woken = []
    hub, _ = a_hub(journal, mappings, kept=lambda _, outcome: woken.append(outcome.rows))
    outcome = await hub.accept(an_arrival(a_file(3)))
    assert (outcome.state, outcome.rows, outcome.document) == (State.ACCEPTED, 3, "anofm/monthly")
    assert journal.unsplit() == [outcome.message_id]
    assert rows_of(journal, outcome.message_id) == []
    assert woken == [3]


async def test_each_row_is_judged_and_routed_by_itself(journal, mappings):
    hub, splitter = a_hub(journal, mappings)
    body = "\r\n".join([TITLES, row(0), row(1, "N")]).encode("cp1250")
    file = await hub.accept(an_arrival(body))
    await splitter.split(file.message_id)
    paid, unpaid = rows_of(journal, file.message_id)
    assert (paid.line, paid.state, paid.mapping.partition("@")[0]) == (2, State.DELIVERING, "anofm.monthly/1")
    assert (unpaid.line, unpaid.state) == (3, State.ACCEPTED)
    assert [one.delivery.endpoint for one in journal.deliveries(paid.id)] == ["cases"]
    assert journal.rows(file.message_id).complete


async def test_a_bad_row_is_refused_with_its_line_and_the_others_go_on(journal, mappings):
    hub, splitter = a_hub(journal, mappings)
    file = await hub.accept(an_arrival(a_file(4, bad={1})))
    await splitter.split(file.message_id)
    rows = rows_of(journal, file.message_id)
    assert [one.state for one in rows] == [State.DELIVERING, State.REFUSED, State.DELIVERING, State.DELIVERING]
    (finding,) = journal.message(rows[1].id).outcome.findings
    assert (finding.code, finding.line) == ("F102", 3)


async def test_a_value_that_the_mapping_refuses_is_told_with_column_and_line(journal, mappings):
    hub, splitter = a_hub(journal, mappings)
    body = "\r\n".join([TITLES, row(0), row(1).rstrip(";") + ";77"]).encode("cp1250")
    file = await hub.accept(an_arrival(body))
    await splitter.split(file.message_id)
    (finding,) = journal.message(rows_of(journal, file.message_id)[1].id).outcome.findings
    assert (finding.code, finding.source, finding.line) == ("M204", "reason", 3)


async def test_a_file_that_is_not_whole_is_refused_and_gives_no_rows(journal, mappings):
    hub, _ = a_hub(journal, mappings)
    outcome = await hub.accept(an_arrival(b"CNP;Nume\r\n1;2\r\n"))
    assert (outcome.state, outcome.findings[0].code) == (State.REFUSED, "F108")
    assert journal.unsplit() == []
    assert journal.body(outcome.message_id) == b"CNP;Nume\r\n1;2\r\n"


async def test_the_same_file_again_is_answered_as_the_first_time(journal, mappings):
    hub, splitter = a_hub(journal, mappings)
    first = await hub.accept(an_arrival(a_file(3)))
    await splitter.split(first.message_id)
    again = await hub.accept(an_arrival(a_file(3)))
    assert again == first
    assert journal.unsplit() == []
    assert len(rows_of(journal, first.message_id)) == 3


async def test_splitting_twice_makes_no_row_twice(journal, mappings):
    hub, splitter = a_hub(journal, mappings)
    file = await hub.accept(an_arrival(a_file(40)))
    await asyncio.gather(splitter.split(file.message_id), splitter.split(file.message_id))
    await splitter.split(file.message_id)
    assert [one.line for one in rows_of(journal, file.message_id)] == list(range(2, 42))


async def test_a_row_can_be_judged_again_from_its_own_bytes(journal, mappings):
    hub, splitter = a_hub(journal, mappings)
    file = await hub.accept(an_arrival(a_file(1)))
    await splitter.split(file.message_id)
    message = message_of(journal, row_id(file.message_id, 2))
    again = hub.judge(message, hub.open("lists", message.body, DIRECTORY), DIRECTORY)
    assert again.record == journal.message(message.id).outcome.record


async def test_a_file_waits_while_the_journal_cannot_be_written(journal, mappings, monkeypatch):
    hub, splitter = a_hub(journal, mappings)
    file = await hub.accept(an_arrival(a_file(3)))
    monkeypatch.setattr("hub_core.accepting.splitting._PAUSE", 0.01)
    keep, failures = journal.record_all, [TryLater("J503", "no"), TryLater("J503", "no")]

    async def failing(decided, **told):
        if failures:
            raise failures.pop()
        return await keep(decided, **told)

    monkeypatch.setattr(journal, "record_all", failing)
    splitter.wake()
    async with asyncio.timeout(10):
        while journal.unsplit():  # noqa: ASYNC110 - tasks of the splitter are waited for
            await asyncio.sleep(0.01)
    await splitter.stop()
    assert [one.line for one in rows_of(journal, file.message_id)] == [2, 3, 4]


async def test_a_file_that_can_no_longer_be_read_is_left_for_a_person(journal, mappings, monkeypatch, caplog):
    hub, splitter = a_hub(journal, mappings)
    file = await hub.accept(an_arrival(a_file(3)))
    other = Contract(rows="partners/cnpp/payments.rows.yaml")
    monkeypatch.setitem(DIRECTORY.endpoints, "lists", msgspec.structs.replace(LISTS, contract=other))
    splitter.wake()
    async with asyncio.timeout(10):
        while not caplog.records:  # noqa: ASYNC110 - a task of the splitter is waited for
            await asyncio.sleep(0.01)
    await splitter.stop()
    assert journal.unsplit() == [file.message_id]
    assert [record.getMessage() for record in caplog.records] == ["file.stuck"]


def run(path, form, failpoint=None):
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    if failpoint:
        environment["PUNTE_FAILPOINT"] = failpoint
    done = subprocess.run(
        [sys.executable, CHILD, path, str(COUNT), form], env=environment, capture_output=True, timeout=60, check=False
    )
    return done.returncode, done.stderr.decode()


# The first commit is the file itself; five batches of rows follow.
@pytest.mark.parametrize(
    ("form", "failpoint"),
    [
        ("csv", "after-insert-before-commit:2"),
        ("csv", "after-commit-before-answer:5"),
        ("fixed", "after-commit-before-answer:2"),
        ("json-lines", "after-insert-before-commit:3"),
        ("xml", "after-commit-before-answer:3"),
        ("zip", "after-insert-before-commit:5"),
    ],
)
def test_killed_while_a_file_is_split_the_next_start_goes_on_there(tmp_path, form, failpoint):
    lines = [row.line for row in open_file(in_form(form, COUNT), described(form)).rows()]
    path = tmp_path / "journal.sqlite3"
    code, errors = run(path, form, failpoint)
    assert code == -signal.SIGKILL, errors
    with Database(path) as database:
        journal = SqlJournal(database, a_vault())
        (file_id,) = journal.unsplit()
        before = rows_of(journal, file_id)
        assert [one.line for one in before] == lines[: len(before)]
        assert len(before) < COUNT
    code, errors = run(path, form)
    assert code == 0, errors
    with Database(path) as database:
        journal = SqlJournal(database, a_vault())
        rows = rows_of(journal, file_id)
        assert rows[: len(before)] == before
        assert [one.line for one in rows] == lines
        assert journal.rows(file_id).states == {State.DELIVERING: COUNT - 1, State.REFUSED: 1}
        assert sum(len(journal.deliveries(one.id)) for one in rows) == COUNT - 1
        assert journal.unsplit() == []

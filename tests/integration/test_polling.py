"""Lists of partners who do not send: every document once, in its order, whatever happens meanwhile."""

import asyncio
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from adapters.rest import ADAPTER
from hub_core.accepting.admission import Admission
from hub_core.directory import Direction, Directory, Endpoint
from hub_core.directory.polled import Poll
from hub_core.errors import Refused, Rejected, TryLater
from hub_core.message import State
from hub_core.ports import Run
from hub_core.settings import Settings
from registry.desk import Desk
from registry.parts import Parts
from registry.scheduled.polling import found_by, jobs_of, poll, runs_of
from tests.integration.listing import listing

pytestmark = pytest.mark.network
CHILD = Path(__file__).with_name("poll_child.py")
COUNTRY = """
institutions:
  anofm: {name: Employment agency}
endpoints:
  vacancies:
    institution: anofm
    direction: in
    adapter: rest
    service: vacancies
    url: %s
    message_id: id
    max_body_bytes: 2 kB
    poll: {every: 5 min, items: data.items, next: next, parameter: after}
access:
  anofm-vacancies: {institution: anofm, service: vacancies, purposes: [statistics], fixed_purpose: statistics}
"""


@pytest.fixture
def listed():
    with listing() as listed:
        yield listed


@pytest.fixture
def settings(store, tmp_path):
    return Settings(home=tmp_path / "home", store=store.where if store.shared else None)


async def registered(settings, listed, *changes):
    """Return a hub that fetches the list."""
    text = COUNTRY % listed.url
    for before, after in changes:
        text = text.replace(before, after)
    parts = Parts(settings, write=True)
    await Desk(parts).call("apply", {"files": {"country.yaml": text}, "by": "ana"})
    return parts


@pytest.fixture
async def hub(settings, listed):
    parts = await registered(settings, listed)
    yield parts
    await parts.connections.close()
    parts.close()


def document(number, *, more=""):
    return f'{{"id": "{number}",  "vacancy": 1.50{more}}}'


def kept(parts):
    """Return the bodies that are kept, in the order in which they came."""
    rows = parts.view.messages()
    return [parts.view.body(row.id).decode() for row in reversed(rows)]


async def test_documents_are_kept_as_they_stand_in_the_list_and_each_once(hub, listed):
    listed.documents = [document(number) for number in range(5)]
    assert (await poll(hub, "vacancies")).detail == "5 documents seen"
    listed.documents.append(document(5))
    assert (await poll(hub, "vacancies")).detail == "1 documents seen"
    assert kept(hub) == listed.documents
    assert listed.asked == ["", "after=2", "after=4", "after=5", "after=5", "after=6"]
    assert hub.view.position("vacancies") == "6"


async def test_a_page_that_is_seen_again_changes_nothing(hub, listed):
    listed.documents = [document(number) for number in range(2)]
    for _ in range(2):
        listed.answer = None
        await poll(hub, "vacancies")
        listed.answer = listed.answered("/list")
        assert (await poll(hub, "vacancies")).code is None
    assert kept(hub) == listed.documents


async def test_a_document_that_changed_under_its_id_is_told_and_the_list_goes_on(hub, listed):
    listed.documents = [document(1), document(1, more="0"), document(2)]
    done = await poll(hub, "vacancies")
    assert (done.code, done.detail) == ("J409", "3 documents seen; 1 left out: they have the id of another content")
    assert kept(hub) == [listed.documents[0], listed.documents[2]]


async def test_a_document_that_nothing_reads_is_kept_with_its_findings(hub, listed):
    listed.documents = [document(1)]
    await poll(hub, "vacancies")
    (row,) = hub.view.messages()
    assert (row.state, row.codes, row.party) == (State.REFUSED, ("V302",), "anofm")


@pytest.mark.parametrize(
    "answer",
    [
        b'{"data": {"items": {}}, "next": null}',
        b'{"data": {}, "next": null}',
        b"[1, 2]",
        b'{"data": {"items": []}, "next": {"a": 1}}',
        b'{"data": {"items": []}, "next": "%s"}' % (b"9" * 501),
        b'{"data": {"items": []}, "next": "a\\nb"}',
        b'{"data": {"items": [%s]}, "next": null}' % b", ".join([b"1"] * 1001),
        b'{"data": {"items": ["%s"]}, "next": null}' % (b"x" * 9000),
        b"<html>",
    ],
)
async def test_an_answer_that_is_no_list_is_refused(listed, answer):
    listed.answer = answer
    with pytest.raises(Rejected):
        await first_page(listed, parameter="after")


@pytest.mark.parametrize("link", ["http://127.0.0.2:9/x", "//elsewhere.invalid/x", "file:///etc/passwd", "http://[/"])
async def test_a_link_that_leads_elsewhere_is_not_followed(listed, link):
    listed.answer = b'{"data": {"items": [1]}, "next": "%s"}' % link.encode()
    with pytest.raises(Rejected) as raised:
        await first_page(listed)
    assert raised.value.code == "D203"


async def first_page(listed, **facts):
    endpoint = Endpoint(
        institution="anofm",
        direction=Direction.IN,
        adapter="rest",
        service="vacancies",
        url=listed.url,
        max_body_bytes=8_000,
        poll=Poll(items="data.items", next="next", **facts),
    )
    poller = ADAPTER.poller("vacancies", endpoint)
    try:
        return await poller.poll(None)
    finally:
        await poller.close()


@pytest.fixture
async def sqlite_hub(tmp_path, listed):
    parts = await registered(Settings(home=tmp_path / "home"), listed)
    yield parts
    await parts.connections.close()
    parts.close()


async def test_links_are_followed_and_without_an_id_the_bytes_are_one(tmp_path, listed):
    listed.links, listed.documents = True, [document(number) for number in (1, 2, 3, 1)]
    changes = (("    message_id: id\n", ""), (", parameter: after", ""))
    parts = await registered(Settings(home=tmp_path / "home"), listed, *changes)
    for _ in range(2):
        await poll(parts, "vacancies")
    assert kept(parts) == listed.documents[:3]
    assert parts.view.position("vacancies") == f"{listed.url}?after=2"
    await parts.connections.close()
    parts.close()


async def test_nothing_is_taken_in_without_a_right_or_without_room(sqlite_hub, listed):
    listed.documents = [document(1)]
    sqlite_hub.admission.close()
    with pytest.raises(TryLater):
        await poll(sqlite_hub, "vacancies")
    sqlite_hub.admission = Admission(1_000_000)
    sqlite_hub.in_force(Directory(endpoints=sqlite_hub.directory().endpoints))
    with pytest.raises(Refused):
        await poll(sqlite_hub, "vacancies")
    assert (kept(sqlite_hub), sqlite_hub.view.position("vacancies")) == ([], None)


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
async def test_two_processes_that_fetch_the_same_list_at_once_keep_every_document_once(settings, listed, tmp_path):
    listed.documents = [document(number) for number in range(6)]
    one = await registered(settings, listed)
    other = msgspec.structs.replace(settings, home=tmp_path / "other", keyring=settings.keyring_file)
    two = Parts(other, write=True)
    ends = await asyncio.gather(poll(one, "vacancies"), poll(two, "vacancies"), return_exceptions=True)
    assert {end.code for end in ends} <= {None, "J421"}
    assert kept(one) == listed.documents
    for parts in (one, two):
        await parts.connections.close()
        parts.close()


def life(settings, place):
    """Let a process take in the list and die there; return how it ended."""
    command = [sys.executable, str(CHILD), str(settings.home), settings.store or ""]
    environ = os.environ | {"PUNTE_FAILPOINT": place, "PYTHONPATH": str(CHILD.parents[2])}
    return subprocess.run(command, env=environ, check=False).returncode


@pytest.mark.parametrize(
    ("store", "place"),
    [("postgresql", "after-message-before-deliveries:2"), ("sqlite", "after-commit-before-answer:2")],
    indirect=["store"],
)
async def test_a_hub_that_is_killed_between_two_pages_loses_nothing_and_keeps_nothing_twice(settings, listed, place):
    listed.documents = [document(number) for number in range(6)]
    parts = await registered(settings, listed)
    parts.close()
    assert await asyncio.to_thread(life, settings, place) == -signal.SIGKILL
    parts = Parts(settings, write=True)
    assert parts.view.position("vacancies") == ("2" if "message" in place else "4")
    await poll(parts, "vacancies")
    assert kept(parts) == listed.documents
    await parts.connections.close()
    parts.close()


async def test_there_is_a_job_for_each_list_and_none_when_it_is_fetched_no_more(sqlite_hub, listed):
    (job,) = [job for job in jobs_of(sqlite_hub) if job.name.startswith("poll ")]
    now = sqlite_hub.clock.now()
    assert await sqlite_hub.journal.begin_run(job.name, at=now, every=job.every)
    assert [run.job for run in runs_of(sqlite_hub)] == ["poll vacancies"]
    shown = {row["job"]: row["every"] for row in await Desk(sqlite_hub).call("schedule", {})}
    assert shown["poll vacancies"] == "5 min"
    lines = (COUNTRY % listed.url).splitlines()
    pushed = "\n".join(line for line in lines if not line.strip().startswith(("poll:", "url:")))
    await Desk(sqlite_hub).call("apply", {"files": {"country.yaml": pushed}, "by": "ana"})
    assert runs_of(sqlite_hub) == []


@pytest.mark.parametrize(
    ("code", "well", "minutes", "needed"),
    [
        ("D102", True, 16, False),  # the list was due 5 minutes after it was well; it may be late for 15 more
        ("D102", True, 21, True),
        ("D102", False, 0, True),
        ("D105", True, 6, True),
    ],
)
async def test_a_fault_that_passes_by_itself_is_for_a_person_once_it_has_lasted(
    sqlite_hub, code, well, minutes, needed
):
    job, now, sqlite_hub.serving = "poll vacancies", sqlite_hub.clock.now(), True
    first, last = now - timedelta(minutes=minutes, seconds=1), now - timedelta(seconds=1)
    for begun, found in ((first, None if well else code), (last, code)):
        assert await sqlite_hub.journal.begin_run(job, at=begun, every=timedelta(0))
        await sqlite_hub.journal.end_run(Run(job=job, begun_at=begun, ended_at=begun, code=found))
    shown = await Desk(sqlite_hub).call("status", {})
    assert [it["where"] for it in shown["stuck"]] == [job] * needed
    assert [bool(found_by(sqlite_hub)), shown["needs_human"]] == [needed, needed]
    assert await jobs_that_need_somebody(sqlite_hub) == [job] * needed


async def jobs_that_need_somebody(parts):
    return [row["job"] for row in await Desk(parts).call("schedule", {}) if row["needs_human"]]


@pytest.mark.parametrize(
    ("began", "needed"),
    [
        (30, True),  # minutes ago; the list is fetched every 5, and may be late for 15 more
        (10, False),  # whatever stood still before the hub began
        (None, False),  # no hub runs, which status says by another line
    ],
)
async def test_a_list_that_a_running_hub_does_not_fetch_is_for_a_person(sqlite_hub, began, needed):
    job, now, sqlite_hub.serving = "poll vacancies", sqlite_hub.clock.now(), True
    ran = now - timedelta(minutes=30)
    assert await sqlite_hub.journal.begin_run(job, at=ran, every=timedelta(0))
    await sqlite_hub.journal.end_run(Run(job=job, begun_at=ran, ended_at=ran))
    sqlite_hub.started_at = began and (now - timedelta(minutes=began)).isoformat()
    shown = await Desk(sqlite_hub).call("status", {})
    assert ([it["where"] for it in shown["stuck"]], shown["needs_human"]) == ([job] * needed, needed)
    assert await jobs_that_need_somebody(sqlite_hub) == [job] * needed

"""Partners with a queue: what was handed in is answered later, once or several times, and no answer is lost."""

import asyncio
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.queue import ADAPTER
from hub_core.delivering.delivery import Deliverer
from hub_core.directory import Direction, Endpoint
from hub_core.errors import ConfigError, Rejected
from hub_core.message import Arrival, Caller, State
from hub_core.ports import Sent
from hub_core.settings import Settings
from registry.desk import Desk
from registry.parts import Parts
from registry.scheduled.polling import poll
from tests.integration.queueing import queueing

pytestmark = pytest.mark.network
CHILD = Path(__file__).with_name("poll_child.py")
SUBMIT = {"path": "Contract", "receipt": "MessageResponse.ResponseId"}
FETCH = {
    "poll": {"path": "PollMessage"},
    "id": "MessageId",
    "read": {"path": "ReadMessage?id={id}"},
    "commit": {"path": "CommitRead?id={id}"},
    "answers": "Result.Of",
}
COUNTRY = """
institutions:
  itm: {name: Labour inspectorate}
  anofm: {name: Employment agency}
endpoints:
  people: {institution: anofm, direction: in, adapter: rest, service: people, message_id: header}
  contracts:
    institution: itm
    direction: out
    adapter: queue
    service: contracts
    url: %(url)s
    settings: {submit: {path: Contract, receipt: MessageResponse.ResponseId}}
  vacancies:
    institution: itm
    direction: in
    adapter: queue
    service: results
    url: %(url)s
    poll: {every: 30 s}
    settings:
      poll: {path: PollMessage}
      id: MessageId
      read: {path: "ReadMessage?id={id}"}
      commit: {path: "CommitRead?id={id}"}
      answers: Result.Of
routes:
  all: {services: people, to: contracts}
access:
  anofm-sends: {institution: anofm, service: people, purposes: [labour-market]}
  itm-answers: {institution: itm, service: results, purposes: [labour-market], fixed_purpose: labour-market}
"""
PERSON = b'{"beneficiary": {"name": {"full": "Maria Ionescu"}}}'
ANOFM = Caller(institution="anofm", key="k")


@pytest.fixture
def queue():
    with queueing() as queue:
        yield queue


@pytest.fixture
def settings(store, tmp_path):
    return Settings(home=tmp_path / "home", store=store.where if store.shared else None)


async def registered(settings, queue):
    parts = Parts(settings, write=True)
    await Desk(parts).call("apply", {"files": {"country.yaml": COUNTRY % {"url": queue.url}}, "by": "ana"})
    return parts


@pytest.fixture
async def hub(settings, queue):
    parts = await registered(settings, queue)
    yield parts
    await parts.connections.close()
    parts.close()


def endpoint(queue, direction, **settings):
    facts = {"institution": "itm", "adapter": "queue", "service": "results", "url": queue.url}
    return Endpoint(direction=direction, settings=settings, **facts)


async def handed_in(hub, ends=State.DELIVERED):
    """Take a message, hand it in and write down what came of it, as the hub does; return the message's id."""
    arrival = Arrival(endpoint="people", caller=ANOFM, body=PERSON, purpose="labour-market")
    outcome = await hub.hub.accept(arrival)
    deliverer = Deliverer(
        journal=hub.journal,
        targets=lambda name: hub.connections.target(name, hub.directory().endpoints[name]),
        directory=hub.directory,
        clock=hub.clock,
        gates=hub.gates,
    )
    await deliverer.start()
    async with asyncio.timeout(30):
        while hub.view.messages()[0].state is not ends:  # noqa: ASYNC110 - the journal tells nobody
            await asyncio.sleep(0.02)
    await deliverer.stop(timedelta(seconds=5))
    return outcome.message_id


def fetched(hub):
    rows = hub.view.messages()
    return [row for row in reversed(rows) if row.endpoint == "vacancies"]


async def test_every_answer_belongs_to_the_conversation_of_the_message_whose_receipt_it_names(hub, queue):
    queue.answers = 3
    message = await handed_in(hub)
    done = await poll(hub, "vacancies")
    assert done.detail == "3 documents seen"
    conversations = [hub.view.message(row.id).message.correlation_id for row in fetched(hub)]
    assert conversations == [message] * 3
    assert queue.waiting == []
    assert queue.committed == ["m-1-0", "m-1-1", "m-1-2"]


async def test_an_answer_to_a_receipt_that_nobody_got_is_kept_and_told(hub, queue):
    queue.submit("somebody else", b"{}")
    done = await poll(hub, "vacancies")
    assert done.detail == "1 documents seen; 1 answer receipts that nobody here got"
    (row,) = fetched(hub)
    assert hub.view.message(row.id).message.correlation_id == row.id


async def test_from_a_batch_to_its_answers_and_back(hub, queue):
    queue.answers = 2
    message = await handed_in(hub)
    await poll(hub, "vacancies")
    answers = [row.id for row in fetched(hub)]
    shown = await Desk(hub).call("message", {"id": message})
    assert [(it["id"], it["state"], it["answers"]) for it in shown["conversation"]] == [
        (answer, "refused", True) for answer in answers
    ]
    told = [(it["by"], it["code"], it["detail"]) for it in shown["entries"] if it["step"] == "answered"]
    assert told == [("itm", "V302", f"answered by message {answer}, which is refused") for answer in answers]
    back = await Desk(hub).call("message", {"id": answers[0]})
    assert [(it["id"], it["answers"]) for it in back["conversation"]] == [(message, False), (answers[1], False)]
    listed = await Desk(hub).call("messages", {"correlation_id": message})
    assert {it["id"] for it in listed} == set(answers)


async def test_a_batch_that_the_partner_found_invalid_is_not_offered_to_be_sent_again(hub, queue):
    queue.invalid = True
    message = await handed_in(hub, ends=State.PARKED)
    (waits,) = (await Desk(hub).call("message", {"id": message}))["now"]
    assert "messages repair" in waits["command"]
    assert "discard" in waits["command"]
    (group,) = (await Desk(hub).call("parked", {}))["groups"]
    assert (group["code"], group["mend"].count("repair"), group["mend"].count("discard")) == ("D201", 1, 1)


async def test_an_empty_queue_is_no_fault_and_nothing_is_committed_twice(hub, queue):
    queue.submit("one", b"{}")
    for _ in range(3):
        await poll(hub, "vacancies")
    assert queue.committed == ["m-1-0"]
    assert len(fetched(hub)) == 1


async def test_what_stands_there_again_after_its_commit_changes_nothing(hub, queue):
    queue.submit("one", b"{}")
    head = queue.waiting[0]
    await poll(hub, "vacancies")
    queue.waiting[:] = [head]
    await poll(hub, "vacancies")
    assert len(fetched(hub)) == 1
    assert queue.committed == ["m-1-0", "m-1-0"]


async def test_a_commit_without_effect_is_told_and_does_not_run_in_a_circle(hub, queue):
    queue.submit("one", b"{}")
    queue.stuck = True
    with pytest.raises(Rejected, match="stands at the head again"):
        await poll(hub, "vacancies")
    assert len(fetched(hub)) == 1


@pytest.mark.parametrize("place", ["after-message-before-deliveries:2", "after-commit-before-answer:2"])
async def test_a_hub_that_is_killed_between_answers_has_each_once_and_commits_none_that_it_lost(settings, queue, place):
    queue.answers = 3
    queue.submit("one", b"{}")
    bodies = [body for _, body in queue.waiting]
    (await registered(settings, queue)).close()
    command = [sys.executable, str(CHILD), str(settings.home), settings.store or ""]
    environ = os.environ | {"PUNTE_FAILPOINT": place, "PYTHONPATH": str(CHILD.parents[2])}
    ended = await asyncio.to_thread(subprocess.run, command, env=environ, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert queue.committed == ["m-1-0"]
    parts = Parts(settings, write=True)
    await poll(parts, "vacancies")
    assert [parts.view.body(row.id) for row in fetched(parts)] == bodies
    await parts.connections.close()
    parts.close()


@pytest.mark.parametrize("body", [b"<broken", b'{"Note": "to all"}', b'{"Result": {"Of": "%s"}}' % (b"9" * 500)])
async def test_what_names_no_receipt_is_handed_over_all_the_same_and_holds_nothing_up(queue, body):
    queue.waiting = [("m-1", body)]
    poller = ADAPTER.poller("results", endpoint(queue, Direction.IN, **FETCH))
    (item,) = (await poller.poll(None)).items
    assert (item.body, item.answers) == (body, None)
    assert (await poller.poll("m-1")).items == ()
    await poller.close()


async def submitted(queue, **facts):
    target = ADAPTER.target("contracts", endpoint(queue, Direction.OUT, submit=SUBMIT, **facts))
    sent = Sent(key="k-1", message_id="m", correlation_id="m", party="anofm", service="people", record=b"{}")
    try:
        return await target.send(sent)
    finally:
        await target.close()


@pytest.mark.parametrize("xml", [False, True])
async def test_the_receipt_is_found_in_json_and_in_xml(queue, xml):
    queue.xml = xml
    assert (await submitted(queue)).reference == queue.receipts["k-1"]


async def test_a_receipt_that_stands_for_nothing_parks_the_message_though_the_partner_answered_200(queue):
    queue.invalid = True
    with pytest.raises(Rejected) as refused:
        await submitted(queue)
    assert (refused.value.code, queue.taken) == ("D201", {})


@pytest.mark.parametrize(("step", "path"), [("poll", "PollMessage"), ("read", "ReadMessage"), ("commit", "CommitRead")])
async def test_a_fault_says_at_which_step_it_came(queue, step, path):
    queue.submit("one", b"{}")
    queue.closed = {f"/api/{path}"}
    poller = ADAPTER.poller("results", endpoint(queue, Direction.IN, **FETCH))
    with pytest.raises(ConfigError) as raised:
        await poller.poll("m-0")
    await poller.close()
    assert (raised.value.code, raised.value.text) == ("D105", f"{step}: partner answered HTTP 401")


async def test_a_fault_of_handing_in_says_so(queue):
    queue.closed = {"/api/Contract"}
    with pytest.raises(ConfigError) as raised:
        await submitted(queue)
    assert raised.value.text == "submit: partner answered HTTP 401"


async def test_answers_in_xml_are_read_and_keep_their_bytes(queue):
    queue.xml = True
    queue.submit("one", b"{}")
    poller = ADAPTER.poller("results", endpoint(queue, Direction.IN, **FETCH))
    batch = await poller.poll(None)
    await poller.close()
    (item,) = batch.items
    assert item.body.startswith(b"<q:Result")
    assert (item.answers, item.sender_id, item.media_type) == (queue.receipts["one"], "m-1-0", "application/xml")
    assert ADAPTER.open(item.body).name == "Result"


def test_an_answer_in_json_is_called_what_it_calls_itself():
    names = [ADAPTER.open(body).name for body in (b'{"type": "contract-result"}', b'{"Result": {}}')]
    assert names == ["contract-result", "document"]


@pytest.mark.parametrize(
    ("direction", "settings", "place"),
    [
        (Direction.OUT, {}, "settings.submit"),
        (Direction.OUT, {"submit": SUBMIT, "answers": "a"}, "settings.answers"),
        (Direction.IN, {}, "settings.poll"),
        (Direction.IN, {**FETCH, "submit": SUBMIT}, "settings.submit"),
        (Direction.IN, FETCH, "poll"),
    ],
)
def test_a_step_that_is_missing_or_too_many_is_told_at_registration(queue, direction, settings, place):
    with pytest.raises(ConfigError) as refused:
        ADAPTER.check("results", endpoint(queue, direction, **settings))
    assert refused.value.where == place
    assert refused.value.mend


@pytest.mark.parametrize("path", ["http://elsewhere.invalid/", "//elsewhere.invalid/x", "/rooted", "../up", "a//b"])
def test_a_path_that_leads_elsewhere_is_refused(queue, path):
    with pytest.raises(ConfigError) as refused:
        ADAPTER.check("c", endpoint(queue, Direction.OUT, submit={**SUBMIT, "path": path}))
    assert refused.value.code == "R104"

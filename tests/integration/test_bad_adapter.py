"""An adapter of another package that fails in a way that no adapter may: what came is kept, and the others go on."""

import asyncio
import contextlib
import json
import logging
import threading
from importlib.metadata import EntryPoint, entry_points

import pytest

from adapters.kit import load
from hub_core.errors import ConfigError
from hub_core.journal.entries import Filter
from hub_core.settings import Settings
from registry.assemble import assemble
from registry.scheduled.jobs import contracts
from tests.integration.bad_adapter import ADAPTER

COUNTRY = """
institutions:
  town: {name: Town hall}
endpoints:
  strange: {institution: town, direction: in, adapter: bad, service: cases, message_id: header}
  strange-out: {institution: town, direction: out, adapter: bad, service: cases, url: "http://127.0.0.1:9/"}
  plain: {institution: town, direction: in, adapter: rest, service: cases, message_id: header}
routes:
  all: {services: cases, to: strange-out}
access:
  town-sends: {institution: town, service: cases, purposes: [benefits], fixed_purpose: benefits}
"""
LATER = "2100-01-01T00:00:00Z"
BODY = b'{"beneficiary": {"name": {"family": "Popa"}}}'


@pytest.fixture
def bad(monkeypatch):
    points = [*entry_points(group=load.GROUP), EntryPoint("bad", f"{ADAPTER.__module__}:ADAPTER", load.GROUP)]
    monkeypatch.setattr(load, "entry_points", lambda group: points)
    ADAPTER.fails = set()
    return ADAPTER


@contextlib.asynccontextmanager
async def a_hub(tmp_path):
    async with assemble(Settings(home=tmp_path / "home", port=0)) as hub:
        yield hub


async def apply(hub):
    await hub.desk.call("apply", {"files": {"c.yaml": COUNTRY}, "by": "ana"})
    return (await hub.desk.call("key_new", {"name": "k", "institution": "town", "by": "ana"}))["key"]


async def sent(hub, key, path):
    """Send a message to an endpoint; return status, code and headers of the answer."""
    said = []

    async def receive():
        return {"type": "http.request", "body": BODY}

    async def send(event):
        said.append(event)

    headers = [(b"punte-key", key.encode()), (b"content-type", b"application/json"), (b"idempotency-key", b"1")]
    scope = {"type": "http", "method": "POST", "path": path, "headers": headers}
    await hub.front(path.split("/")[1])(scope, receive, send)
    return said[0]["status"], json.loads(said[1]["body"]), dict(said[0]["headers"])


@pytest.mark.parametrize("part", ["open", "validate"])
async def test_a_message_that_its_adapter_fails_at_is_kept_and_parked_with_what_failed(
    tmp_path, bad, part, caplog
) -> None:
    async with a_hub(tmp_path) as hub:
        key = await apply(hub)
        bad.fails = {part}
        status, receipt, _ = await sent(hub, key, "/bad/strange")
        assert (status, receipt.get("state")) == (202, "parked"), receipt
        (row,) = hub._parts.view.messages(Filter())
        assert hub._parts.view.body(row.id) == BODY
        (finding,) = hub._parts.view.message(row.id).outcome.findings
        plain, _, _ = await sent(hub, key, "/rest/plain")
    assert (status, receipt["state"], row.state) == (202, "parked", "parked")
    assert finding.code == "D302"
    assert "the adapter bad failed while" in finding.text
    assert "ZeroDivisionError" in finding.text
    assert "Popa" not in finding.text
    assert "adapter.defect" in [record.getMessage() for record in caplog.records]
    assert plain == 202


async def test_a_parked_message_is_decided_anew_once_the_adapter_is_mended(tmp_path, bad) -> None:
    async with a_hub(tmp_path) as hub:
        key = await apply(hub)
        bad.fails = {"open"}
        _, receipt, _ = await sent(hub, key, "/bad/strange")
        bad.fails = set()
        (group,) = (await hub.desk.call("parked", {}))["groups"]
        act = {"of": group["id"], "what": "retry", "until": LATER, "by": "ana", "reason": "mended"}
        assert (await hub.desk.call("parked_act", act))["done"] == 1
        (row,) = hub._parts.view.messages(Filter())
    assert (row.id, row.state) == (receipt["id"], "delivering")


@pytest.mark.parametrize(
    ("verb", "told"), [("why", {}), ("capture", {"name": "n", "fixture": "f", "by": "ana"})], ids=["why", "capture"]
)
async def test_a_verb_that_opens_a_message_again_tells_that_its_adapter_fails_or_is_gone(
    tmp_path, bad, verb, told
) -> None:
    async with a_hub(tmp_path) as hub:
        key = await apply(hub)
        _, receipt, _ = await sent(hub, key, "/bad/strange")
        bad.fails = {"open"}
        with pytest.raises(ConfigError, match="V404 the adapter bad failed while opening a message: ZeroDivisionError"):
            await hub.desk.call(verb, {"id": receipt["id"], **told})
        hub._parts.adapters.give_up("bad", ConfigError("V402", "taken out"))
        with pytest.raises(ConfigError, match="V402 taken out"):
            await hub.desk.call(verb, {"id": receipt["id"], **told})


async def test_a_front_that_cannot_be_made_quarantines_its_adapter_and_callers_come_again(tmp_path, bad) -> None:
    async with a_hub(tmp_path) as hub:
        key = await apply(hub)
    bad.fails = {"front"}
    async with a_hub(tmp_path) as hub:
        status, problem, headers = await sent(hub, key, "/bad/strange")
        plain, _, _ = await sent(hub, key, "/rest/plain")
        assert (status, problem["code"]) == (503, "V402")
        assert int(headers[b"retry-after"]) >= 1
        assert plain == 202
        assert hub._parts.adapters.quarantined["bad"].code == "V404"
        assert hub.front("unheard-of") is None


async def test_an_endpoint_that_its_adapter_fails_to_check_is_not_registered_and_its_line_is_named(
    tmp_path, bad
) -> None:
    bad.fails = {"check"}
    async with a_hub(tmp_path) as hub:
        with pytest.raises(ConfigError) as refused:
            await apply(hub)
    assert [(fault.code, fault.line) for fault in refused.value.findings] == [("V404", 5), ("V404", 6)]
    assert all(fault.help for fault in refused.value.findings)


async def test_an_adapter_that_fails_later_is_told_of_by_the_nightly_look(tmp_path, bad) -> None:
    async with a_hub(tmp_path) as hub:
        await apply(hub)
        bad.fails = {"check"}
        done = await contracts(hub._parts)
    assert done.code == "R404"
    assert "strange: V404" in done.detail
    assert done.figures["plain"] == 0


async def test_what_cannot_be_opened_is_an_endpoint_that_is_not_set_up_and_what_cannot_be_closed_stops_nobody(
    tmp_path, bad, caplog
) -> None:
    async with a_hub(tmp_path) as hub:
        await apply(hub)
        connections, endpoint = hub._parts.connections, hub.directory().endpoints["strange-out"]
        bad.fails = {"target", "close"}
        with pytest.raises(ConfigError, match="V404"):
            await connections.target("strange-out", endpoint)
        bad.fails = {"close"}
        await connections.target("strange-out", endpoint)
        with caplog.at_level(logging.ERROR):
            await connections.close()
    assert "adapter.defect" in [record.getMessage() for record in caplog.records]


async def test_an_adapter_that_ends_the_program_when_it_is_imported_is_quarantined() -> None:
    points = [EntryPoint("ends", "tests.integration.ending_adapter:ADAPTER", load.GROUP)]
    adapters = load.load_adapters(points=points, report=lambda _: None).load()
    assert "SystemExit" in adapters.quarantined["ends"].text


async def test_what_hangs_while_it_is_opened_holds_up_no_loop_and_is_begun_once(tmp_path, bad, monkeypatch) -> None:
    go_on, begun = threading.Event(), []
    opened = bad.target
    monkeypatch.setattr(bad, "target", lambda *given: begun.append(go_on.wait(10)) or opened(*given))
    async with a_hub(tmp_path) as hub:
        await apply(hub)
        connections, endpoint = hub._parts.connections, hub.directory().endpoints["strange-out"]
        waiting = [asyncio.create_task(connections.target("strange-out", endpoint)) for _ in range(3)]
        for _ in range(2):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(connections.target("strange-out", endpoint), 0.01)
        go_on.set()
        assert len({id(target) for target in await asyncio.gather(*waiting)}) == 1
    assert begun == [True]

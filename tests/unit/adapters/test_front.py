"""The front as an ASGI app, without a socket: where it is mounted, and what it ignores."""

import asyncio
import base64
import json
from typing import Any

import msgspec
import pytest

from adapters.kit import body
from adapters.kit.front import front
from adapters.kit.json_voice import JsonVoice
from adapters.kit.reply import Voice
from adapters.rest import ADAPTER
from hub_core.accepting.admission import Admission
from hub_core.directory import Direction, Endpoint
from hub_core.errors import Refused, TryLater
from hub_core.ports import Spec
from hub_core.testing.adapter.services import INSTITUTION, MemoryServices


def services() -> MemoryServices:
    endpoint = Endpoint(institution=INSTITUTION, direction=Direction.IN, adapter="rest", service="cases")
    return MemoryServices(ADAPTER, {"cases": endpoint})


async def call(
    hub: MemoryServices,
    path: str,
    *,
    root: str = "",
    events: list[dict[str, Any]] | None = None,
    kind: str = "http",
    headers: dict[str, str] | None = None,
    seconds: float = 30,
    between: float = 0,
    spec: Spec = ADAPTER.spec,
    voice: Voice | None = None,
) -> list[dict[str, Any]]:
    waiting = events if events is not None else [{"type": "http.request", "body": b"{}"}]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if not waiting:
            await asyncio.Event().wait()  # a caller who sends no more and does not leave
        await asyncio.sleep(between)
        return waiting.pop(0)

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    told = {"punte-key": hub.key} if headers is None else headers
    raw = [(name.encode(), value.encode()) for name, value in told.items()]
    scope = {"type": kind, "method": "POST", "path": path, "root_path": root, "headers": raw}
    await front(spec, voice or JsonVoice(), hub, seconds=seconds)(scope, receive, send)
    return sent


@pytest.mark.parametrize(
    ("path", "root"),
    [("/rest/cases", ""), ("/rest/cases/", ""), ("/hub/rest/cases", "/hub"), ("/rest/cases", "/rest"), ("/cases", "")],
)
async def test_it_finds_its_endpoint_wherever_it_is_mounted(path: str, root: str) -> None:
    start, _ = await call(services(), path, root=root)
    assert start["status"] == 202


async def test_what_is_not_http_is_left_alone() -> None:
    assert await call(services(), "/rest/cases", kind="lifespan") == []


async def test_a_caller_who_leaves_before_the_end_gets_nothing_and_leaves_nothing() -> None:
    hub = services()
    events = [{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}]
    assert await call(hub, "/rest/cases", events=events) == []
    assert hub.arrivals == []


async def test_a_caller_gets_a_reference_even_when_nothing_can_be_written_down() -> None:
    class Down(MemoryServices):
        async def turn_away(self, *, endpoint: str, code: str, party: str | None = None) -> str:
            raise TryLater("J503", "the journal is not available")

    endpoint = services().directory().endpoints["cases"]
    start, _ = await call(Down(ADAPTER, {"cases": endpoint}), "/rest/elsewhere")
    assert start["status"] == 404
    assert len(dict(start["headers"])[b"punte-reference"]) == 36


async def test_a_body_that_does_not_end_is_not_waited_for() -> None:
    hub = services()
    events = [{"type": "http.request", "body": b"{", "more_body": True}]
    start, said = await call(hub, "/rest/cases", events=events, seconds=0.05)
    assert start["status"] == 408
    assert json.loads(said["body"])["code"] == "B408"
    assert [(refusal.code, refusal.party) for refusal in hub.refusals] == [("B408", INSTITUTION)]


async def test_a_body_that_comes_by_drops_is_not_waited_for_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "PATIENCE", 0.05)
    drops = [{"type": "http.request", "body": b"{", "more_body": True}] * 1_000
    start, _ = await call(services(), "/rest/cases", events=drops, between=0.01)
    assert start["status"] == 408


async def test_room_is_held_for_what_has_come_of_a_body_and_given_back() -> None:
    hub = services()
    admission = hub.admission = Admission(100_000)
    events = [{"type": "http.request", "body": b" " * 10_000, "more_body": more} for more in (True, True, False)]
    with admission.admit("another", 1):
        start, said = await call(hub, "/rest/cases", events=events)
        assert (start["status"], json.loads(said["body"])["code"]) == (429, "W429")
        assert admission.calls == 1
    assert (admission.calls, admission.in_hand) == (0, 0)


@pytest.mark.parametrize(
    "sent",
    [
        {"origin": "https://elsewhere.test"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "https://hub.test"},
    ],
)
async def test_a_page_of_another_site_cannot_use_credentials_that_a_browser_remembers(sent: dict[str, str]) -> None:
    hub = services()
    basic = base64.b64encode(f"soap:{hub.key}".encode()).decode()
    known = {"authorization": f"Basic {basic}", "host": "hub.test"}
    start, said = await call(hub, "/rest/cases", headers=known | sent)
    assert (start["status"], json.loads(said["body"])["code"]) == (403, "W403")
    assert hub.arrivals == []
    start, _ = await call(hub, "/rest/cases", headers=known | {"origin": "https://hub.test"})
    assert start["status"] == 202


async def test_answers_are_kept_by_nobody_and_taken_for_nothing_else() -> None:
    start, _ = await call(services(), "/rest/cases")
    headers = dict(start["headers"])
    assert headers[b"cache-control"] == b"no-store"
    assert headers[b"x-content-type-options"] == b"nosniff"


@pytest.mark.parametrize("sent", ["text/csv", "multipart/related; boundary=x"])
async def test_an_adapter_that_names_no_media_type_takes_every_one_as_it_comes(sent: str) -> None:
    hub = services()
    spec = msgspec.structs.replace(ADAPTER.spec, media_types=frozenset())
    start, _ = await call(hub, "/rest/cases", headers={"punte-key": hub.key, "content-type": sent}, spec=spec)
    assert start["status"] == 202
    assert [arrival.body for arrival in hub.arrivals] == [b"{}"]


async def test_a_code_that_stands_in_no_catalogue_refuses_as_any_other() -> None:
    class Own(JsonVoice):
        def take(self, *_: Any) -> bytes:
            raise Refused("X999", "not signed")

    hub = services()
    start, end = await call(hub, "/rest/cases", voice=Own())
    assert start["status"] == 403
    assert (json.loads(end["body"])["code"], hub.refusals[0].code) == ("X999", "X999")

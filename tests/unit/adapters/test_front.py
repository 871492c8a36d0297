"""The front as an ASGI app, without a socket: where it is mounted, and what it ignores."""

from typing import Any

import pytest

from adapters.rest import ADAPTER
from hub_core.directory import Direction, Endpoint
from hub_core.errors import TryLater
from hub_core.testing.services import INSTITUTION, MemoryServices


def services() -> MemoryServices:
    endpoint = Endpoint(institution=INSTITUTION, direction=Direction.IN, adapter="rest", service="cases")
    return MemoryServices(ADAPTER, {"cases": endpoint})


async def call(
    hub: MemoryServices, path: str, *, root: str = "", events: list[dict[str, Any]] | None = None, kind: str = "http"
) -> list[dict[str, Any]]:
    waiting = events if events is not None else [{"type": "http.request", "body": b"{}"}]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    headers = [(b"punte-key", hub.key.encode())]
    scope = {"type": kind, "method": "POST", "path": path, "root_path": root, "headers": headers}
    await ADAPTER.front(hub)(scope, receive, send)
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

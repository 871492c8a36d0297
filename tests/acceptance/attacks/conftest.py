"""Ways in for the tests of this folder."""

import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from hub_demo.stage import Stage
from tests.acceptance.attacks.calling import PORTAL, SOAP, Answer, Post


@pytest.fixture
def soap(web: Any, stage: Stage) -> Post:
    def post(body: bytes) -> Answer:
        headers = {"Punte-Key": stage.keys["cnas"], "Content-Type": "text/xml"}
        answer: Answer = web.request("POST", SOAP, body=body, headers=headers)
        return answer

    return post


@pytest.fixture
def portal(web: Any, stage: Stage) -> Post:
    def post(record: dict[str, Any], key: str) -> Answer:
        headers = {"Punte-Key": stage.keys["mmftss"], "Punte-Purpose": "benefit-application", "Idempotency-Key": key}
        headers["Content-Type"] = "application/json"
        answer: Answer = web.request("POST", PORTAL, body=json.dumps(record).encode(), headers=headers)
        return answer

    return post


@pytest.fixture
def canary() -> Iterator[tuple[str, list[str]]]:
    """A web server that nobody may ask for anything: its address, and what it was asked for."""
    asked: list[str] = []

    class Canary(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Canary) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", asked
        finally:
            server.shutdown()
            thread.join()

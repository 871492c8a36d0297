"""Partners that are paused, down, or refuse, with a real hub and a real partner: nothing is lost."""

import http.server
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

pytestmark = pytest.mark.network
SECONDS = 30  # only a failing test gets near it


@contextmanager
def partner(port: int = 0, *, answer: int = 204) -> Iterator[tuple[int, list[str]]]:
    """Run a partner that answers everything alike; give its port, and the keys of what it was sent."""
    taken: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            taken.append(self.headers["Idempotency-Key"])
            self.send_response(answer)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1], taken
        finally:
            server.shutdown()
            thread.join()


def register(hub, registry, port, facts=""):
    (registry / "partner.yaml").write_text(
        "endpoints:\n"
        "  portal: {institution: ministry, direction: out, adapter: rest, service: records, "
        f"url: 'http://127.0.0.1:{port}/', {facts} retry: {{attempts: 99, first: 50ms, longest: 50ms}}}}\n"
        "routes: {all: {services: [records], to: [portal]}}\n"
    )
    hub.punte("apply", registry)


def portal(hub):
    return next(row for row in hub.punte("endpoint", "list", "--json").json if row["endpoint"] == "portal")


def eventually(condition):
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_paused_partner_gets_nothing_until_it_is_resumed_though_the_hub_restarts(hub, registry, record_file):
    with partner() as (port, taken):
        register(hub, registry, port)
        hub.punte("endpoint", "pause", "portal", "--reason", "their move")
        hub.send(record_file)
        hub.stop()
        assert portal(hub)["state"] == "paused"
        hub.place.start()
        assert portal(hub)["waiting"] == 1
        assert "their move" in hub.punte("status").out
        assert taken == []
        hub.punte("endpoint", "resume", "portal", "--reason", "moved")
        eventually(lambda: portal(hub)["waiting"] == 0)
    assert len(taken) == 1
    shown = hub.punte("endpoint", "show", "portal").out
    assert "their move" in shown
    assert "moved" in shown


def test_a_partner_that_was_down_gets_everything_when_somebody_says_that_it_is_back(hub, registry, record_file):
    with partner() as (port, _):
        pass
    register(hub, registry, port, "breaker: {failures: 2, pause: 1h, longest: 1h},")
    for number in range(3):
        hub.send(record_file, "--id", f"m-{number}")
    eventually(lambda: portal(hub)["state"] == "broken")
    assert portal(hub)["why"] == "D101"
    with partner(port) as (_, taken):
        hub.punte("endpoint", "resume", "portal", "--reason", "they rang")
        eventually(lambda: portal(hub)["waiting"] == 0)
    assert len(set(taken)) == len(taken) == 3
    assert portal(hub)["state"] == "flowing"


def test_what_a_partner_refused_for_one_cause_is_sent_again_by_two_commands(hub, registry, record_file):
    with partner(answer=422) as (port, refused):
        register(hub, registry, port)
        for number in range(3):
            hub.send(record_file, "--id", f"m-{number}")
        eventually(lambda: portal(hub)["parked"] == 3)
    with partner(port) as (_, taken):
        (group,) = hub.punte("parked", "--json").json["groups"]
        assert (group["endpoint"], group["code"], group["count"]) == ("portal", "D201", 3)
        assert "3 tried again" in hub.punte("retry", group["id"], "--reason", "they mended it", "--yes").out
        eventually(lambda: portal(hub)["waiting"] == 0)
    assert sorted(taken) == sorted(refused)
    assert "nothing is parked" in hub.punte("parked").err
    history = hub.punte("messages", "show", group["example"]).out
    assert [word for word in ("parked", "retried", "sent") if word in history] == ["parked", "retried", "sent"]
    assert "they mended it" in history

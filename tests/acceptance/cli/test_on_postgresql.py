"""Two hubs, each with a home of its own, on one database of PostgreSQL: what one keeps, the other knows."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.acceptance.cli.conftest import Hub, Place, begin

pytestmark = pytest.mark.network

OUT = """
  case-system:
    institution: ministry
    direction: out
    adapter: rest
    service: records
    url: env:CASE_SYSTEM_URL
    concurrency: 1
"""
ROUTES = """
routes:
  all-records:
    services: [records]
    to: [case-system]
"""


class CaseSystem(ThreadingHTTPServer):
    """Takes every record; while it is held up it answers nothing."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taker)
        self.taken: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self.free = threading.Event()
        self.free.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/records"


class Taker(BaseHTTPRequestHandler):
    server: CaseSystem

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        key = self.headers["Idempotency-Key"]
        self.server.asked[key] += 1
        self.server.free.wait()
        self.server.taken[key] += 1
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def case_system() -> Iterator[CaseSystem]:
    with CaseSystem() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.free.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def places(tmp_path: Path, postgresql_address: str, case_system: CaseSystem) -> Iterator[list[Place]]:
    places = [Place(tmp_path / name / "home") for name in ("one", "two")]
    for place in places:
        place.home.parent.mkdir()
        place.environment |= {
            "PUNTE_STORE": postgresql_address,
            "PUNTE_KEYRING": str(tmp_path / "keyring.json"),
            "CASE_SYSTEM_URL": case_system.url,
        }
    yield places
    for place in places:
        place.stop()


@pytest.fixture
def hubs(places: list[Place], tmp_path: Path) -> list[Hub]:
    one, two = places
    folder = tmp_path / "registry"
    one.punte("init", folder)
    with (folder / "endpoints.yaml").open("a") as endpoints:
        endpoints.write(OUT)
    (folder / "routes.yaml").write_text(ROUTES)
    key = begin(one, folder)
    two.start()
    return [Hub(one, key), Hub(two, key)]


def wait_for(what: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def kill(place: Place) -> None:
    assert place.process is not None
    place.process.kill()
    place.process.wait()
    place.process = None
    (place.home / "address").unlink()


def state(hub: Hub, reference: str) -> str:
    return str(hub.punte("messages", "show", reference, "--json").json["message"]["state"])


def test_what_one_hub_accepts_the_other_knows_and_delivers_when_the_first_is_killed(
    hubs: list[Hub], case_system: CaseSystem, record_file: Path
) -> None:
    one, two = hubs
    first = one.send(record_file, "--id", "a-1")["reference"]
    wait_for(lambda: state(two, first) == "delivered")
    assert two.send(record_file, "--id", "a-1")["reference"] == first
    case_system.free.clear()
    second = one.send(record_file, "--id", "a-2")["reference"]
    wait_for(lambda: len(case_system.asked) == 2)
    kill(one.place)
    case_system.free.set()
    wait_for(lambda: state(two, second) == "delivered")
    assert len(case_system.taken) == 2
    kill(two.place)
    # Without any hub a command looks into the same database.
    listed = {row["id"]: row["state"] for row in two.punte("messages", "list", "--json").json}
    assert listed == {first: "delivered", second: "delivered"}
    assert two.punte("status", "--json", code=1).json["running"] is False
    checks = {check["check"]: check for check in two.punte("doctor", "--json", code=None).json}
    assert checks["server"]["text"].startswith("PostgreSQL ")
    assert checks["fsync"]["ok"] is False
    assert "sqlite" not in checks
    one.place.start()
    third = one.send(record_file, "--id", "a-3")["reference"]
    wait_for(lambda: state(one, third) == "delivered")


def test_two_hubs_together_send_a_partner_no_more_at_once_than_it_takes(
    hubs: list[Hub], case_system: CaseSystem, record_file: Path
) -> None:
    time.sleep(4)  # by now each knows of the other: they look once a second
    case_system.free.clear()
    sent = [hub.send(record_file, "--id", f"a-{number}")["reference"] for number, hub in enumerate(hubs * 2)]
    wait_for(lambda: case_system.asked)
    time.sleep(1)  # the other hub would send by now
    assert len(case_system.asked) == 1
    case_system.free.set()
    wait_for(lambda: [state(hubs[0], reference) for reference in sent] == ["delivered"] * 4)


def test_a_set_and_a_revoked_key_count_at_the_other_hub_at_once(
    hubs: list[Hub], record_file: Path, tmp_path: Path
) -> None:
    one, two = hubs
    institutions = tmp_path / "registry" / "institutions.yaml"
    institutions.write_text(institutions.read_text() + "  labour-office:\n    name: Labour office\n    country: RO\n")
    one.punte("apply", tmp_path / "registry")
    wait_for(lambda: two.punte("status", "--json").json["registry_set"] == 2)
    one.punte("key", "revoke", "ministry-1")
    wait_for(lambda: refused(two, record_file))


def test_a_new_key_of_the_keyring_seals_at_the_other_hub_at_once(hubs: list[Hub], record_file: Path) -> None:
    one, two = hubs
    first = two.send(record_file, "--id", "a-1")["reference"]
    one.punte("seal", "rotate")
    wait_for(lambda: current_key(two) == current_key(one))
    second = two.send(record_file, "--id", "a-2")["reference"]
    for hub in hubs:
        assert hub.punte("messages", "show", first, "--json").json["message"]["sender_id"] == "a-1"
        assert hub.punte("messages", "show", second, "--json").json["message"]["sender_id"] == "a-2"


def current_key(hub: Hub) -> str:
    keys = hub.punte("seal", "status", "--json").json["keys"]
    return next(str(key["id"]) for key in keys if key["state"] == "current")


def refused(hub: Hub, path: Path) -> bool:
    done = hub.punte(
        "send", path, "--endpoint", "records", "--key", hub.key, "--purpose", "benefit-application", code=None
    )
    return done.code != 0


def test_one_home_is_for_one_hub(hubs: list[Hub]) -> None:
    done = hubs[0].punte("serve", code=None)
    assert done.code != 0
    assert "J101" in done.err

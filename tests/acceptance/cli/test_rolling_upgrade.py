"""Two hubs are upgraded one after the other while messages come in: whoever asks the other one is never turned away."""

import contextlib
import http.client
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from hub_core.journal.schema import JOURNAL
from tests.acceptance.cli.conftest import Place, begin

# What the databases do about it is tested in seconds, in tests/integration/test_journal_upgrade.py.
pytestmark = pytest.mark.network

NEWER = Path(__file__).with_name("newer_hub.py")
SCRIPTS = {
    "901_pre_wider.sql": "ALTER TABLE message ADD COLUMN newer TEXT NOT NULL DEFAULT '';",
    "902_post_narrower.sql": "ALTER TABLE message DROP COLUMN newer;",
}


class Sender(threading.Thread):
    """Sends one message after the other, each to the hubs in turn until one has taken it."""

    def __init__(self, places: list[Place], key: str, body: bytes, name: str) -> None:
        super().__init__()
        self._places, self._body, self._name = places, body, name
        self._headers = {"content-type": "application/json", "punte-key": key, "punte-purpose": "benefit-application"}
        self.ended = threading.Event()
        self.answers: Counter[Any] = Counter()
        self.references: set[str] = set()
        self.in_vain = 0

    def run(self) -> None:
        number = 0
        while not self.ended.is_set():
            number += 1
            tried = [self._send(place, f"{self._name}-{number}") for place in self._turns(number)]
            self.in_vain += 202 not in tried

    def _turns(self, number: int) -> Iterator[Place]:
        """Yield the hub whose turn it is, then the other if that did not take it."""
        for place in (self._places[number % 2], self._places[1 - number % 2]):
            before = len(self.references)
            yield place
            if len(self.references) > before:
                return

    def _send(self, place: Place, name: str) -> object:
        try:
            address = (place.home / "address").read_text().removeprefix("http://")
            with contextlib.closing(http.client.HTTPConnection(address, timeout=20)) as connection:
                connection.request("POST", "/rest/records", self._body, self._headers | {"idempotency-key": name})
                response = connection.getresponse()
                response.read()
        except (OSError, http.client.HTTPException) as error:
            self.answers[type(error).__name__] += 1
            return None
        self.answers[response.status] += 1
        if response.status == 202:
            self.references.add(response.headers["punte-reference"])
        return response.status


@pytest.fixture
def places(tmp_path: Path, postgresql_address: str) -> Iterator[list[Place]]:
    places = [Place(tmp_path / name / "home") for name in ("one", "two")]
    for place in places:
        place.home.parent.mkdir()
        place.environment |= {"PUNTE_STORE": postgresql_address, "PUNTE_KEYRING": str(tmp_path / "keyring.json")}
    yield places
    for place in places:
        place.stop()


def test_two_hubs_are_upgraded_one_after_the_other_and_no_message_is_turned_away(
    places: list[Place], tmp_path: Path, postgresql_address: str, record_file: Path
) -> None:
    folder = tmp_path / "newer"
    shutil.copytree(JOURNAL.folder, folder)
    for name, text in SCRIPTS.items():
        (folder / name).write_text(text)
    places[0].punte("init", tmp_path / "registry")
    key = begin(places[0], tmp_path / "registry")
    places[1].start()
    senders = [Sender(places, key, record_file.read_bytes(), f"s{number}") for number in range(2)]
    for sender in senders:
        sender.start()
    try:
        for place in places:
            more(senders)
            place.stop()
            place.program = [str(NEWER), str(folder)]
            place.start()
            assert place.process is not None
        more(senders)
    finally:
        for sender in senders:
            sender.ended.set()
    for sender in senders:
        sender.join()
    assert [sender.in_vain for sender in senders] == [0, 0], [sender.answers for sender in senders]
    with psycopg.connect(postgresql_address) as connection:
        kept = {number for (number,) in connection.execute("SELECT id FROM message")}
        seen = {name for (name,) in connection.execute("SELECT name FROM migration WHERE name > '9'")}
    assert kept == {reference for sender in senders for reference in sender.references}
    assert seen == set(SCRIPTS)


def more(senders: list[Sender], count: int = 10) -> None:
    """Wait until every sender got so many more messages taken."""
    wanted = [len(sender.references) + count for sender in senders]
    deadline = time.monotonic() + 30
    while any(len(sender.references) < least for sender, least in zip(senders, wanted, strict=True)):
        assert time.monotonic() < deadline, [sender.answers for sender in senders]
        time.sleep(0.02)

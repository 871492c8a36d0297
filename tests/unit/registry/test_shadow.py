"""A shadow takes what it can and says what it left; it never holds anybody up."""

import threading
import time

import pytest

from adapters.kit.load import load_adapters
from hub_core.directory import Direction, Directory, Endpoint
from hub_core.mapping import load
from hub_core.mapping.mappingset import MappingSet
from hub_core.message import Outcome, State
from hub_core.testing.builders import NOW, a_message
from registry.mappings import shadow as module
from registry.mappings.shadow import Shadow

ENDPOINT = Endpoint(institution="ap", direction=Direction.IN, adapter="eessi", service="seds")
DIRECTORY = Directory(number=1, endpoints={"seds": ENDPOINT})
BODY = b'{"sed": "X001", "sedGVer": "4", "sedVer": "2", "nav": {"eessisak": [{"saksnummer": "17", "land": "RO"}]}}'


class Adapter:
    """Opens documents only after it was allowed to, or fails."""

    def __init__(self, *, fault=None):
        self.go = threading.Event()
        self.fault = fault

    def open(self, body, in_band=None):
        assert self.go.wait(10)
        if self.fault:
            raise self.fault
        return load_adapters()["eessi"].open(body, in_band)


@pytest.fixture
def begin():
    begun = []

    def make(adapter, mappings=None):
        shadow = Shadow(2, mappings or load(), {"eessi": adapter}, lambda: DIRECTORY, since=NOW)
        begun.append((shadow, adapter))
        return shadow

    yield make
    for shadow, adapter in begun:
        shadow.close()
        adapter.go.set()


def decided(**facts):
    made_up = {"message_id": "1", "state": State.ACCEPTED, "decided_at": NOW, "mapping": "a/1@0", "record": b"{}"}
    return Outcome(**made_up | facts)


def offer(shadow, number=1, *, body=BODY, **facts):
    for _ in range(number):
        shadow.offer(a_message(endpoint="seds", body=body), decided(**facts))


def settled(shadow, messages):
    deadline = time.monotonic() + 10
    while (found := shadow.counted())["compared"] + found["failed"] < messages:
        assert time.monotonic() < deadline, found
        time.sleep(0.005)
    return found


def test_more_than_may_wait_is_skipped_at_once_and_counted(begin, monkeypatch):
    monkeypatch.setattr(module, "MAX_WAITING_BYTES", 5 * len(BODY))
    adapter = Adapter()
    shadow = begin(adapter)
    offer(shadow, 20)
    assert shadow.counted()["skipped"] == 15
    adapter.go.set()
    assert settled(shadow, 5)["different"] == 5


def test_a_defect_of_one_message_is_counted_and_the_next_is_read(begin):
    adapter = Adapter(fault=ZeroDivisionError())
    shadow = begin(adapter)
    adapter.go.set()
    offer(shadow, 2)
    assert settled(shadow, 2)["failed"] == 2
    adapter.fault = None
    offer(shadow)
    assert settled(shadow, 3)["compared"] == 1


@pytest.mark.parametrize(
    "facts",
    [{"mapping": None}, {"rows": 3}, {"state": State.REFUSED, "mapping": None, "record": None}],
    ids=["a canonical record", "a file of rows", "refused by its contract"],
)
def test_what_no_mapping_read_is_not_compared(begin, facts):
    adapter = Adapter()
    shadow = begin(adapter)
    adapter.go.set()
    offer(shadow, 1, **facts)
    offer(shadow)
    assert settled(shadow, 1)["compared"] == 1


def test_bytes_that_cannot_be_opened_are_not_compared(begin):
    adapter = Adapter()
    shadow = begin(adapter)
    adapter.go.set()
    offer(shadow, body=b"no JSON")
    offer(shadow)
    found = settled(shadow, 1)
    assert (found["compared"], found["failed"]) == (1, 0)


def test_a_document_that_nothing_would_read_any_more_is_a_refusal(begin):
    adapter = Adapter()
    shadow = begin(adapter, MappingSet([]))
    adapter.go.set()
    offer(shadow)
    fields = {(one["mapping"], one["field"], one["kind"]) for one in settled(shadow, 1)["fields"]}
    assert fields == {("a/1", "verdict", "changed")}

"""A gate under any sequence of events: time passes, deliveries begin and end well or badly, endpoints change."""

from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from hub_core.delivering.breaker import BreakerState
from hub_core.delivering.gates import NEVER, Gates
from hub_core.directory import Direction, Directory, Endpoint
from hub_core.directory.policy import Breaker, OpeningHours
from hub_core.errors import TryLater
from hub_core.outbox import Share

BEGIN = datetime(2025, 11, 21, 7, 0, tzinfo=UTC)  # a Friday; the doors open at eight
FAILED = TryLater("D101", "not reachable")
OUT = Endpoint(
    institution="x",
    direction=Direction.OUT,
    adapter="rest",
    service="s",
    concurrency=3,
    rate="2/s",
    breaker=Breaker(failures=2, pause=timedelta(seconds=10)),
    opening=OpeningHours(hours=("mon-fri 08:00-20:00",), zone="UTC"),
)
passing = st.tuples(st.just("pass"), st.sampled_from([0.1, 1.0, 7.0, 60.0, 4000.0]))
events = st.lists(passing | st.sampled_from(["begin", "taken", "failed", "dropped", "changed"]), max_size=80)


class Life:
    """Gates before one endpoint, and what is under way through them."""

    def __init__(self):
        self.now = 0.0
        self.endpoint = OUT
        self.gates = Gates(places=8, ticks=lambda: self.now)
        self.gates.keep_only(self.directory())
        self.under_way = []
        self.begun = []

    def directory(self):
        return Directory(endpoints={"out": self.endpoint})

    @property
    def at(self):
        return BEGIN + timedelta(seconds=self.now)

    @property
    def room(self):
        return self.gates.rooms(self.at)["out"]

    @property
    def breaker(self):
        return self.gates.standing()["out"].breaker

    def live(self, event):
        match event:
            case ("pass", seconds):
                self.now += seconds
            case "begin" if self.room:
                self.under_way.append(self.gates.begin("out"))
                self.begun.append(self.now)
            case "taken" | "failed" if self.under_way:
                error = FAILED if event == "failed" else None
                self.gates.end("out", error, began=self.under_way.pop(0))
            case "dropped" if self.under_way:
                self.under_way.pop(0)
                self.gates.drop("out")
            case "changed":
                self.endpoint = msgspec.structs.replace(OUT, url=f"https://{self.now}.invalid/")
                self.gates.keep_only(self.directory())


@given(st.integers(1, 50), st.integers(1, 9))
def test_the_parts_of_all_hubs_are_the_places_of_the_endpoint(places, among):
    parts = [Share(rank, among).of(places) for rank in range(among)]
    assert sum(parts) == places
    assert max(parts) - min(parts) <= 1


def test_hubs_on_one_database_share_the_places_and_the_rate_of_an_endpoint():
    shares = [Share()]
    gates = Gates(places=8, share=lambda: shares[0], ticks=lambda: 0.0)
    gates.keep_only(Directory(endpoints={"out": msgspec.structs.replace(OUT, rate="20/s", opening=None)}))
    assert gates.rooms(BEGIN)["out"] == 3
    shares[0] = Share(1, 2)
    assert gates.rooms(BEGIN)["out"] == 2
    shares[0] = Share(0, 4)
    assert (gates.rooms(BEGIN)["out"], gates.wait(["out"], BEGIN)) == (0, NEVER)


def test_the_own_places_of_a_hub_are_not_shared():
    gates = Gates(places=8, share=lambda: Share(0, 4), ticks=lambda: 0.0)
    endpoint = msgspec.structs.replace(OUT, concurrency=None, rate=None, opening=None)
    gates.keep_only(Directory(endpoints={"out": endpoint}))
    assert gates.rooms(BEGIN)["out"] == 8


@given(events)
def test_never_more_begin_than_places_rate_breaker_and_hours_allow(story):
    life = Life()
    for event in story:
        probing = life.breaker is not BreakerState.CLOSED
        before, room = len(life.under_way), life.room
        life.live(event)
        began = len(life.under_way) > before
        assert len(life.under_way) == life.gates.standing()["out"].under_way <= 3
        assert not began or (room > 0 and 8 <= life.at.hour < 20 and life.at.weekday() < 5)
        if began and probing:
            assert life.room == 0
    if not any(event == "changed" for event in story):  # a changed endpoint begins with a full second
        assert all(sum(start <= one < start + 10 for one in life.begun) <= 2 + 2 * 10 for start in life.begun)


@given(events)
def test_who_waits_as_long_as_the_gate_says_finds_room_or_something_under_way(story):
    life = Life()
    for event in story:
        life.live(event)
    for _ in range(5):  # one thing after the other may hold it back, such as the rate and then the night
        wait = life.gates.wait({"out"}, life.at)
        if life.room or wait == NEVER:
            break
        life.now += wait + 1e-3
    assert life.room or life.under_way

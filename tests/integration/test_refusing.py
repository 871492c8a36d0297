"""An endpoint that refuses far more than usual: the status tells it, and tells nothing of what is usual there."""

from datetime import timedelta

import pytest

from hub_core.directory import Direction, Directory, Endpoint
from hub_core.message import Finding, Severity, State
from hub_core.settings import Settings
from hub_core.testing.builders import NOW, FrozenClock, a_message, an_outcome
from registry.desk.arguments import Nothing
from registry.desk.status import status
from registry.parts import Parts

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)
WARNING = Finding(code="C201", severity=Severity.WARNING, text="wrong format")
FATAL = Finding(code="M201", severity=Severity.ERROR, text="required value missing")


class Traffic:
    """What came into a store; each call adds later messages."""

    def __init__(self, home):
        home.mkdir(mode=0o700)
        self.parts = Parts(Settings(home=home), write=True)
        self.parts.serving = True
        self.parts.__dict__["clock"] = FrozenClock()
        it = Endpoint(institution="cnas", direction=Direction.IN, adapter="rest", service="s")
        self.parts.in_force(Directory(number=1, endpoints={"cnas-in": it, "anaf-in": it}))

    async def came(self, pattern, *, ago, every=timedelta(), **facts):
        """Keep messages: ``x`` is refused, ``.`` is accepted; the first so long ago, each ``every`` after the other."""
        for number, refused in enumerate(mark == "x" for mark in pattern):
            message = a_message(received_at=NOW - ago + number * every, **facts)
            decided = {"state": State.REFUSED, "findings": (WARNING, FATAL), "record": None} if refused else {}
            await self.parts.journal.record(message, an_outcome(message, **decided))

    def told(self):
        return [it for it in status(self.parts, Nothing())["stuck"] if it.what == "refused"]


@pytest.fixture
def traffic(tmp_path):
    traffic = Traffic(tmp_path / "home")
    yield traffic
    traffic.parts.close()


async def test_half_of_the_traffic_refused_is_told_with_the_command_that_looks_at_it(traffic):
    await traffic.came("." * 50, ago=WEEK + HOUR)
    await traffic.came(".x" * 30, ago=HOUR, every=MINUTE)
    (told,) = traffic.told()
    assert (told.where, told.count, told.since) == ("cnas-in", 30, NOW - HOUR + MINUTE)
    assert told.why == "of 60 messages in 60 min, usually 0%; most: M201 required value missing"
    assert told.command == "punte messages list --endpoint cnas-in --state refused --code M201"
    assert status(traffic.parts, Nothing())["needs_human"]


async def test_a_share_that_was_refused_a_week_ago_is_usual(traffic):
    await traffic.came("..x" * 30, ago=WEEK + HOUR)
    await traffic.came(".x" * 30, ago=HOUR)
    assert traffic.told() == []


@pytest.mark.parametrize(("pattern", "ago"), [("x" * 19, HOUR), ("x" * 30, timedelta(days=1)), ("x" * 19 + ".", HOUR)])
async def test_few_and_old_refusals_are_not_told(traffic, pattern, ago):
    await traffic.came(pattern, ago=ago)
    assert traffic.told() == []


async def test_what_others_send_hides_nothing(traffic):
    await traffic.came("x" * 20, ago=HOUR)
    await traffic.came("." * 200, ago=MINUTE, endpoint="anaf-in")
    assert [it.where for it in traffic.told()] == ["cnas-in"]


async def test_the_first_refusal_is_found_however_much_came_after_it(traffic):
    await traffic.came("." * 150, ago=10 * HOUR, every=MINUTE)
    await traffic.came("x" * 400, ago=7 * HOUR, every=MINUTE)
    (told,) = traffic.told()
    assert (told.count, told.since) == (100, NOW - 7 * HOUR)


async def test_what_is_usual_again_is_told_no_longer(traffic):
    await traffic.came("x" * 100, ago=2 * HOUR)
    await traffic.came("." * 85, ago=HOUR)
    assert traffic.told() == []
    assert not status(traffic.parts, Nothing())["needs_human"]

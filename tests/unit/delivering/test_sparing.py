"""Partners are spared what they cannot bear; some things wait for a person."""

from datetime import UTC, timedelta

import msgspec

from hub_core.course import Hold
from hub_core.delivering.breaker import BreakerState
from hub_core.directory import Directory
from hub_core.directory.policy import Breaker, OpeningHours
from hub_core.errors import Rejected, TryLater
from hub_core.message import DeliveryState, Entry
from hub_core.outbox import Pause
from hub_core.testing.builders import NOW
from tests.unit.delivering.staging import MINUTE, ScriptedTarget, eventually, pass_by, taken


async def test_an_open_breaker_lets_messages_wait_without_using_up_their_attempts(stage):
    facts = {"breaker": Breaker(failures=2, pause=10 * MINUTE, longest=60 * MINUTE)}
    scene = await stage({"out": ScriptedTarget(*[TryLater("D101", "no")] * 3)}, places=1, facts=facts)
    messages = [await scene.keep("out") for _ in range(5)]
    await eventually(lambda: scene.gates.standing()["out"].breaker is BreakerState.OPEN)
    await pass_by(scene, 9 * MINUTE)
    assert taken(scene) == 2
    await pass_by(scene, MINUTE)
    assert taken(scene) == 3
    assert scene.gates.standing()["out"].probe_in == 20 * 60
    await pass_by(scene, 20 * MINUTE)
    await eventually(lambda: scene.journal.counts().open_deliveries == 0)
    assert taken(scene) == 8
    assert scene.journal.parked() == []
    assert max(scene.deliveries(message)[0].attempts for message in messages) <= 3


async def test_a_breaker_that_a_person_closes_lets_everything_pass(stage):
    facts = {"breaker": Breaker(failures=1, pause=60 * MINUTE)}
    scene = await stage({"out": ScriptedTarget(TryLater("D101", "no"))}, places=1, facts=facts)
    for _ in range(3):
        await scene.keep("out")
    await eventually(lambda: scene.gates.standing()["out"].breaker is BreakerState.OPEN)
    assert scene.gates.close_breaker("out")
    assert not scene.gates.close_breaker("out")
    await pass_by(scene, MINUTE)
    assert scene.journal.counts().open_deliveries == 0


async def test_an_endpoint_that_was_mended_begins_with_a_closed_breaker(stage):
    scene = await stage({"out": ScriptedTarget(TryLater("D101", "no"))}, facts={"breaker": Breaker(failures=1)})
    await scene.keep("out")
    await eventually(lambda: scene.gates.standing()["out"].breaker is BreakerState.OPEN)
    mended = msgspec.structs.replace(scene.directory.endpoints["out"], url="https://mended.invalid/")
    scene.directory = Directory(endpoints={"out": mended})
    await pass_by(scene, MINUTE)
    assert scene.journal.counts().open_deliveries == 0


async def test_no_more_deliveries_begin_than_the_rate_allows(stage):
    scene = await stage({"out": ScriptedTarget()}, facts={"rate": "2/s"})
    for _ in range(7):
        await scene.keep("out")
    for expected in (2, 4, 6, 7):
        await eventually(lambda expected=expected: taken(scene) == expected)
        await pass_by(scene, timedelta(seconds=1))


async def test_an_endpoint_has_as_many_places_as_it_says(stage):
    target = ScriptedTarget()
    target.open.clear()
    scene = await stage({"out": target}, facts={"concurrency": 3})
    for _ in range(9):
        await scene.keep("out")
    await eventually(lambda: taken(scene) == 3)
    assert scene.gates.standing()["out"].under_way == 3
    target.open.set()
    await eventually(lambda: scene.journal.counts().open_deliveries == 0)


async def test_a_message_that_comes_after_hours_waits_for_the_morning(stage):
    day, after_hours = NOW.astimezone(UTC), NOW.astimezone(UTC) - timedelta(hours=2)
    hours = f"{after_hours:%a %H:%M}-{after_hours + timedelta(hours=1):%H:%M}".lower()
    scene = await stage({"out": ScriptedTarget()}, facts={"opening": OpeningHours(hours=(hours,), zone="UTC")})
    message = await scene.keep("out")
    await pass_by(scene, timedelta(days=6, hours=21))
    assert taken(scene) == 0
    await pass_by(scene, after_hours + timedelta(days=7) - (day + timedelta(days=6, hours=21)))
    assert taken(scene) == 1
    assert scene.deliveries(message)[0].attempts == 1
    assert held(scene, message) == [Hold("closed", NOW, after_hours + timedelta(days=7))]


async def test_an_attempt_knows_how_long_the_breaker_held_it_back(stage):
    facts = {"breaker": Breaker(failures=1, pause=10 * MINUTE)}
    scene = await stage({"out": ScriptedTarget(TryLater("D101", "no"))}, places=1, facts=facts)
    first, second = [await scene.keep("out") for _ in range(2)]
    await eventually(lambda: scene.gates.standing()["out"].breaker is BreakerState.OPEN)
    await pass_by(scene, 10 * MINUTE)
    await eventually(lambda: scene.settled(second) and scene.settled(first))
    later = await scene.keep("out", due_at=scene.clock.now())
    await eventually(lambda: scene.settled(later))
    open_so_long = Hold("breaker", NOW, NOW + 10 * MINUTE, "D101")
    assert [held(scene, message) for message in (second, later)] == [[open_so_long], []]
    assert held(scene, first) == [
        Hold("breaker", NOW + MINUTE, NOW + 10 * MINUTE, "D101")
    ]  # tried again a minute later


def held(scene, message):
    """Return what held the attempts of a message back."""
    return [hold for entry in scene.journal.entries(message.id) for hold in entry.course.held]


async def test_nothing_goes_to_an_endpoint_that_an_operator_paused(stage):
    scene = await stage({"out": ScriptedTarget()})
    await scene.journal.pause(Pause(endpoint="out", at=NOW, by="clerk", reason="their move", until=NOW + 10 * MINUTE))
    await scene.keep("out")
    await pass_by(scene, 9 * MINUTE)
    assert taken(scene) == 0
    await pass_by(scene, MINUTE)
    assert taken(scene) == 1


async def test_a_lost_answer_waits_for_a_person_where_the_endpoint_says_so(stage):
    lost = TryLater("D103", "answer lost", in_doubt=True)
    scene = await stage({"out": ScriptedTarget(lost)}, facts={"in_doubt": "hold"})
    message = await scene.keep("out")
    await eventually(lambda: scene.settled(message))
    await pass_by(scene, timedelta(days=30))
    (row,) = scene.deliveries(message)
    assert (row.state, row.code, taken(scene)) == (DeliveryState.IN_DOUBT, "D104", 1)


async def test_what_a_crash_leaves_in_doubt_is_not_sent_again_where_the_endpoint_says_so(stage):
    target = ScriptedTarget()
    target.open.clear()
    scene = await stage({"out": target}, facts={"in_doubt": "hold"})
    message = await scene.keep("out")
    await eventually(lambda: target.sent)
    await scene.deliverer.stop(timedelta())
    target.open.set()
    await scene.deliverer.start()
    await eventually(lambda: scene.deliveries(message)[0].code == "D104")
    assert taken(scene) == 1
    assert scene.gates.standing()["out"].under_way == 0


async def test_a_parked_message_holds_its_key_where_the_endpoint_says_so(stage):
    scene = await stage({"out": ScriptedTarget(Rejected("D201", "400"))}, facts={"parked": "hold"})
    messages = [await scene.keep("out", order_key="p1") for _ in range(3)]
    await eventually(lambda: scene.settled(messages[0]))
    await pass_by(scene, MINUTE)
    assert taken(scene) == 1
    parked = scene.deliveries(messages[0])[0].delivery
    again = msgspec.structs.replace(parked, due_at=scene.clock.now())
    entry = Entry(message_id=messages[0].id, at=NOW, step="retried", by="clerk", detail="mended")
    await scene.journal.redeliver([again], entry)
    await pass_by(scene, MINUTE)
    order = [sent.message_id for sent in scene.targets["out"].sent]
    assert order == [messages[0].id, *(message.id for message in messages)]

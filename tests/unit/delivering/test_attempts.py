"""Attempts: what is sent, sent again, parked, and in which order."""

import logging
from datetime import timedelta

import pytest

from hub_core.errors import Rejected, TryLater
from hub_core.message import DeliveryState, State
from tests.unit.delivering.staging import MINUTE, ScriptedTarget, eventually


async def test_a_message_reaches_its_target_with_everything_it_needs(stage):
    scene = await stage({"out": ScriptedTarget()})
    message = await scene.keep("out")
    await eventually(lambda: scene.settled(message))
    (sent,) = scene.targets["out"].sent
    (row,) = scene.deliveries(message)
    assert (row.state, row.reference, row.detail) == (DeliveryState.SENT, "R-1", "202")
    assert sent.key == row.delivery.id
    assert (sent.message_id, sent.correlation_id) == (message.id, message.correlation_id)
    assert (sent.party, sent.service) == (message.party, message.service)
    assert sent.record == scene.journal.message(message.id).outcome.record
    assert scene.journal.messages()[0].state is State.DELIVERED


async def test_what_was_kept_before_the_start_is_delivered(stage):
    scene = await stage({"out": ScriptedTarget()})
    await scene.deliverer.stop()
    message = await scene.keep("out")
    await scene.deliverer.start()
    await eventually(lambda: scene.settled(message))
    assert len(scene.targets["out"].sent) == 1


async def test_a_failed_attempt_is_repeated_with_the_same_key_when_it_is_due(stage):
    scene = await stage({"out": ScriptedTarget(TryLater("D101", "no connection"))})
    message = await scene.keep("out")
    await eventually(lambda: scene.settled(message))
    (row,) = scene.deliveries(message)
    assert (row.state, row.code) == (DeliveryState.READY, "D101")
    assert row.delivery.due_at == scene.clock.now() + MINUTE
    scene.clock.advance(MINUTE)
    scene.deliverer.wake()
    await eventually(lambda: scene.deliveries(message)[0].state is DeliveryState.SENT)
    first, second = scene.targets["out"].sent
    assert first.key == second.key


async def test_a_delivery_that_is_due_soon_is_sent_without_being_woken(stage):
    scene = await stage({"out": ScriptedTarget()})
    message = await scene.keep("out", due_at=scene.clock.now() + timedelta(milliseconds=50))
    await eventually(lambda: not scene.deliverer._wake.is_set())
    assert scene.targets["out"].sent == []
    scene.clock.advance(timedelta(milliseconds=50))
    await eventually(lambda: scene.settled(message))


@pytest.mark.parametrize(
    ("error", "code"),
    [(Rejected("D201", "400"), "D201"), (ValueError("Ionescu"), "D302"), (KeyError("x"), "D302")],
)
async def test_what_cannot_succeed_is_parked(stage, error, code):
    scene = await stage({"out": ScriptedTarget(error)})
    message = await scene.keep("out")
    await eventually(lambda: scene.settled(message))
    (row,) = scene.deliveries(message)
    assert (row.state, row.code) == (DeliveryState.PARKED, code)
    assert scene.journal.messages()[0].state is State.PARKED


async def test_a_defect_is_logged_and_a_rejection_is_not(stage, caplog):
    scene = await stage({"bug": ScriptedTarget(ValueError("Ionescu")), "no": ScriptedTarget(Rejected("D201", "400"))})
    message = await scene.keep("bug", "no")
    await eventually(lambda: scene.settled(message))
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert [record.getMessage() for record in errors] == ["delivery.unexpected"]


async def test_a_delivery_is_parked_after_its_last_attempt(stage):
    scene = await stage({"out": ScriptedTarget(*[TryLater("D101", "no connection")] * 3)})
    message = await scene.keep("out")
    for number in (1, 2, 3):
        await eventually(lambda number=number: scene.deliveries(message)[0].attempts == number)
        await eventually(lambda: scene.settled(message))
        scene.clock.advance(timedelta(hours=1))
        scene.deliverer.wake()
    (row,) = scene.deliveries(message)
    assert (row.state, row.code, row.detail) == (DeliveryState.PARKED, "D301", "last: D101 no connection")


async def test_a_target_that_does_not_end_in_time_is_cut_off_and_in_doubt(stage, monkeypatch):
    monkeypatch.setattr("hub_core.delivering.delivery._GRACE", timedelta(seconds=-0.95))
    target = ScriptedTarget()
    target.open.clear()
    scene = await stage({"out": target})
    message = await scene.keep("out")
    await eventually(lambda: scene.settled(message))
    (row,) = scene.deliveries(message)
    assert (row.state, row.code) == (DeliveryState.IN_DOUBT, "D103")


async def test_a_hanging_endpoint_fills_its_own_places_only(stage):
    hanging = ScriptedTarget()
    hanging.open.clear()
    scene = await stage({"hanging": hanging, "quick": ScriptedTarget()}, places=2)
    for _ in range(5):
        await scene.keep("hanging")
    messages = [await scene.keep("quick") for _ in range(5)]
    await eventually(lambda: all(scene.settled(message) for message in messages))
    assert len(hanging.sent) == 2
    hanging.open.set()
    await eventually(lambda: scene.journal.counts().open_deliveries == 0)
    assert len(hanging.sent) == 5


async def test_no_more_than_all_places_are_under_way(stage):
    targets = {name: ScriptedTarget() for name in ("one", "two", "three")}
    for target in targets.values():
        target.open.clear()
    scene = await stage(targets, at_once=2)
    await scene.keep(*targets)
    await eventually(lambda: sum(len(target.sent) for target in targets.values()) == 2)
    for target in targets.values():
        target.open.set()
    await eventually(lambda: scene.journal.counts().open_deliveries == 0)


async def test_messages_of_one_key_arrive_in_order_though_the_first_fails(stage):
    scene = await stage({"out": ScriptedTarget(TryLater("D101", "no connection"))})
    messages = [await scene.keep("out", order_key="p1") for _ in range(3)]
    await eventually(lambda: scene.settled(messages[0]))
    scene.clock.advance(MINUTE)
    scene.deliverer.wake()
    await eventually(lambda: all(scene.settled(message) for message in messages))
    order = [sent.message_id for sent in scene.targets["out"].sent]
    assert order == [messages[0].id, *(message.id for message in messages)]


async def test_an_endpoint_that_is_no_longer_registered_parks(stage):
    scene = await stage({"out": ScriptedTarget()})
    message = await scene.keep("gone")
    await eventually(lambda: scene.settled(message))
    assert scene.deliveries(message)[0].code == "D303"

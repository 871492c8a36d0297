"""How the deliverer stops, goes on, and bears a journal that fails."""

import asyncio
from datetime import timedelta

from hub_core.directory.policy import Retry
from hub_core.errors import Rejected, TryLater
from hub_core.message import DeliveryState
from tests.unit.delivering.staging import DEADLINE, ScriptedTarget, eventually, pass_by


async def test_stopping_lets_what_is_under_way_end(stage):
    target = ScriptedTarget()
    target.open.clear()
    scene = await stage({"out": target})
    message = await scene.keep("out")
    await eventually(lambda: target.sent)
    stopping = asyncio.create_task(scene.deliverer.stop(timedelta(seconds=DEADLINE)))
    await asyncio.sleep(0)
    target.open.set()
    await stopping
    assert scene.deliveries(message)[0].state is DeliveryState.SENT


async def test_what_stopping_cuts_off_is_in_doubt_at_the_next_start(stage):
    target = ScriptedTarget()
    target.open.clear()
    scene = await stage({"out": target})
    message = await scene.keep("out")
    await eventually(lambda: target.sent)
    await scene.deliverer.stop(timedelta())
    assert scene.deliveries(message)[0].lease_until is not None
    target.open.set()
    await scene.deliverer.start()
    await eventually(lambda: scene.deliveries(message)[0].state is DeliveryState.SENT)
    assert [attempt.step for attempt in scene.deliveries(message)[0].history] == ["in-doubt", "sent"]
    assert len({sent.key for sent in target.sent}) == 1


async def test_what_ends_its_worker_every_time_is_given_up_like_anything_else(stage):
    poison, other = ScriptedTarget(), ScriptedTarget()
    poison.open.clear()
    scene = await stage({"out": poison, "other": other})
    message = await scene.keep("out")
    for attempt in (1, 2, 3):
        await eventually(lambda attempt=attempt: len(poison.sent) == attempt)
        await scene.deliverer.stop(timedelta())
        await scene.deliverer.start()
    await eventually(lambda: scene.deliveries(message)[0].state is DeliveryState.PARKED)
    assert scene.deliveries(message)[0].code == "D301"
    assert len(poison.sent) == 3
    neighbour = await scene.keep("other")
    await eventually(lambda: scene.deliveries(neighbour)[0].state is DeliveryState.SENT)


async def test_what_was_only_held_beside_it_is_sent_and_not_given_up(stage):
    poison, slow = ScriptedTarget(), ScriptedTarget()
    poison.open.clear()
    slow.open.clear()
    once = Retry(attempts=1, first=timedelta(seconds=60), longest=timedelta(hours=1))
    scene = await stage({"out": poison, "other": slow}, facts={"retry": once})
    message = await scene.keep("out")
    beside = [await scene.keep("other") for _ in range(3)]
    for held in (1, 2):
        await eventually(lambda held=held: (len(poison.sent), len(slow.sent)) == (held, 3 * held))
        await scene.deliverer.stop(timedelta())
        await scene.deliverer.start()
    slow.open.set()
    await eventually(lambda: len(poison.sent) == 3)
    assert len(slow.sent) == 6
    await scene.deliverer.stop(timedelta())
    await scene.deliverer.start()
    await eventually(lambda: scene.deliveries(message)[0].state is DeliveryState.PARKED)
    for _ in beside:
        await pass_by(scene, timedelta(seconds=1))
    assert {scene.deliveries(one)[0].state for one in beside} == {DeliveryState.SENT}
    assert (len(poison.sent), len(slow.sent)) == (3, 9)


async def test_nothing_is_claimed_after_stopping(stage):
    scene = await stage({"out": ScriptedTarget()})
    await scene.deliverer.stop()
    await scene.keep("out")
    assert scene.targets["out"].sent == []
    assert scene.journal.counts().open_deliveries == 1


async def test_an_attempt_is_written_down_as_soon_as_the_journal_can_again(stage, monkeypatch):
    monkeypatch.setattr("hub_core.delivering.delivery._PAUSE", 0.01)
    scene = await stage({"out": ScriptedTarget()})
    settle, failures = scene.journal.settle, [TryLater("J503", "full")] * 3

    async def settle_later(settlement):
        if failures:
            raise failures.pop()
        return await settle(settlement)

    scene.journal.settle = settle_later
    message = await scene.keep("out")
    await eventually(lambda: scene.settled(message))
    assert len(scene.targets["out"].sent) == 1


async def test_a_round_that_fails_is_followed_by_another(stage, monkeypatch, caplog):
    monkeypatch.setattr("hub_core.delivering.delivery._PAUSE", 0.01)
    scene = await stage({"out": ScriptedTarget()})
    claim, failures = scene.journal.claim, [TryLater("J503", "full"), ValueError("defect")]

    async def claim_later(**facts):
        if failures:
            raise failures.pop()
        return await claim(**facts)

    scene.journal.claim = claim_later
    message = await scene.keep("out")
    await eventually(lambda: scene.settled(message))
    assert [record.getMessage() for record in caplog.records].count("delivery.round-failed") == 1


async def test_a_journal_that_is_away_is_told_once_and_is_no_defect(stage, monkeypatch, caplog):
    monkeypatch.setattr("hub_core.delivering.delivery._PAUSE", 0.01)
    scene = await stage({"out": ScriptedTarget()})
    claim, failures = scene.journal.claim, [TryLater("J503", "the journal cannot be written")] * 3

    async def claim_later(**facts):
        if failures:
            raise failures.pop()
        return await claim(**facts)

    scene.journal.claim = claim_later
    message = await scene.keep("out")
    await eventually(lambda: scene.settled(message))
    (told,) = (record for record in caplog.records if record.levelname != "INFO")
    assert (told.getMessage(), told.levelname, told.exc_info) == ("delivery.waits", "WARNING", None)
    assert (told.code, told.why) == ("J503", "the journal cannot be written")


async def test_an_idle_deliverer_does_not_ask_again_and_again(stage):
    scene = await stage({"out": ScriptedTarget()})
    asked = []
    next_due = scene.journal.next_due

    async def counted(**facts):
        asked.append(facts)
        return await next_due(**facts)

    scene.journal.next_due = counted
    message = await scene.keep("out")
    await eventually(lambda: scene.settled(message))
    await eventually(lambda: not scene.deliverer._wake.is_set() and not scene.deliverer._under_way)
    before = len(asked)
    for _ in range(20):  # as many trips to the journal as a busy loop would have made meanwhile
        await next_due()
    assert len(asked) - before <= 1


async def test_what_a_partner_says_is_cut(stage):
    scene = await stage({"out": ScriptedTarget(Rejected("D202", "x" * 10_000))})
    message = await scene.keep("out")
    await eventually(lambda: scene.settled(message))
    assert len(scene.deliveries(message)[0].detail) == 500

"""The deliverer, with a real journal, a clock that the test moves, and targets that the test scripts."""

import asyncio
import logging
from datetime import UTC, timedelta

import msgspec
import pytest

from hub_core.delivering.breaker import BreakerState
from hub_core.delivering.delivery import Deliverer
from hub_core.delivering.gates import Gates
from hub_core.directory import Breaker, Direction, Directory, Endpoint, Opening, Retry
from hub_core.errors import Rejected, TryLater
from hub_core.journal.database import Database
from hub_core.journal.store import SqlJournal
from hub_core.message import DeliveryState, Entry, Pause, Receipt, State
from hub_core.testing.builders import NOW, FrozenClock, a_delivery, a_message, a_vault, an_outcome

MINUTE = timedelta(minutes=1)
DEADLINE = 10  # seconds; only a failing test gets near it


class ScriptedTarget:
    """Answers each call with the next of its script, and with a receipt when that is used up."""

    def __init__(self, *script):
        self.script = list(script)
        self.sent = []
        self.open = asyncio.Event()
        self.open.set()

    async def send(self, sent):
        self.sent.append(sent)
        await self.open.wait()
        if self.script:
            raise self.script.pop(0)
        return Receipt(reference=f"R-{len(self.sent)}", detail="202")

    async def close(self):
        """Nothing is open."""


class CountedJournal(SqlJournal):
    """A journal that counts the rounds of a deliverer: each ends by asking what is due next."""

    rounds = 0

    async def next_due(self, **facts):
        due = await super().next_due(**facts)
        self.rounds += 1
        return due


class Scene:
    """A journal, a clock, a directory with the endpoints that have targets, and a deliverer over them."""

    def __init__(self, database, targets, *, places=8, facts=None, **limits):
        self.journal = CountedJournal(database, a_vault())
        self.clock = FrozenClock()
        self.targets = targets
        policy = Retry(attempts=3, first=timedelta(seconds=60), longest=timedelta(hours=1))
        self.directory = Directory(
            endpoints={
                name: Endpoint(
                    institution="x",
                    direction=Direction.OUT,
                    adapter="rest",
                    service="s",
                    **{"retry": policy, "timeout": timedelta(seconds=1)} | (facts or {}),
                )
                for name in targets
            }
        )
        self.gates = Gates(places=places, ticks=self.ticks)
        self.deliverer = Deliverer(
            journal=self.journal,
            targets=targets.__getitem__,
            directory=lambda: self.directory,
            clock=self.clock,
            gates=self.gates,
            chance=lambda: 1.0,
            **limits,
        )

    def ticks(self):
        return (self.clock.now() - NOW).total_seconds()

    async def keep(self, *endpoints, **facts):
        message = a_message()
        deliveries = [a_delivery(message, endpoint=name, **facts) for name in endpoints]
        await self.journal.record(message, an_outcome(message, *deliveries))
        self.deliverer.wake()
        return message

    def deliveries(self, message):
        return self.journal.deliveries(message.id)

    def settled(self, message):
        return all(row.lease_until is None and row.attempts for row in self.deliveries(message))


async def eventually(condition):
    async with asyncio.timeout(DEADLINE):
        while not condition():  # noqa: ASYNC110 - the writer's thread is waited for
            await asyncio.sleep(0.005)


@pytest.fixture
async def stage(tmp_path):
    """Return a function that starts a scene; all are stopped at the end."""
    with Database(tmp_path / "journal.sqlite3") as database:
        scenes = []

        async def start(targets, **limits):
            scene = Scene(database, targets, **limits)
            await scene.deliverer.start()
            scenes.append(scene)
            return scene

        yield start
        for scene in scenes:
            await scene.deliverer.stop(timedelta(seconds=0))


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
    assert [record.getMessage() for record in caplog.records].count("delivery.round-failed") == 2


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


def taken(scene, name="out"):
    return len(scene.targets[name].sent)


async def pass_by(scene, step):
    """Let time go on until a whole round of the deliverer has found nothing to do."""
    scene.clock.advance(step)
    sent = None
    while sent != (sent := sum(map(len, (target.sent for target in scene.targets.values())))):
        for _ in range(2):  # the first may have begun before
            before = scene.journal.rounds
            scene.deliverer.wake()
            await eventually(lambda before=before: scene.journal.rounds > before)
        await eventually(lambda: not scene.deliverer._under_way)


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
    scene = await stage({"out": ScriptedTarget()}, facts={"opening": Opening(hours=(hours,), zone="UTC")})
    message = await scene.keep("out")
    await pass_by(scene, timedelta(days=6, hours=21))
    assert taken(scene) == 0
    await pass_by(scene, after_hours + timedelta(days=7) - (day + timedelta(days=6, hours=21)))
    assert taken(scene) == 1
    assert scene.deliveries(message)[0].attempts == 1


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

"""A deliverer on a stage: a real journal, a clock that the test moves, and targets that the test scripts."""

import asyncio
from datetime import timedelta

from hub_core.delivering.delivery import Deliverer
from hub_core.delivering.gates import Gates
from hub_core.directory import Direction, Directory, Endpoint
from hub_core.directory.policy import Retry
from hub_core.journal.store import SqlJournal
from hub_core.message import Receipt
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
            targets=self._target,
            directory=lambda: self.directory,
            clock=self.clock,
            gates=self.gates,
            chance=lambda: 1.0,
            **limits,
        )

    async def _target(self, name):
        return self.targets[name]

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

"""Who dies when, as planned."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from typing import Final

from hub_core.delivering.delivery import LEASE
from hub_core.playing.postgresql import PostgresqlServer
from hub_torture.nodes import Node
from hub_torture.outages import SERVER, Outages
from hub_torture.plan import Kill, Plan

_FROZEN: Final = LEASE.total_seconds() + 1.5  # seconds: another hub has taken over by then

_PAUSE: Final = 0.2  # seconds
_AHEAD: Final = 500  # messages


class Killer:
    """Kills as planned; is told of every accepted message.

    Attributes:
        accepted: messages so far, repetitions counted.
        done: how much of the plan.
        outages: deaths, and when messages were accepted again.
        server_kills: deaths of the database server.
        freezes: hubs that were stopped and went on.
    """

    def __init__(self, plan: Plan, nodes: Sequence[Node], server: PostgresqlServer | None, outages: Outages) -> None:
        self.accepted = 0
        self.done = 0
        self.outages = outages
        self.server_kills = 0
        self.freezes = 0
        self._kills = plan.killings
        self._nodes = nodes
        self._server = server
        self._spent: Counter[int] = Counter()  # deaths of hubs that were planned
        self._progress = asyncio.Event()

    def count(self, sent_at: float) -> None:
        """Count a message that was sent at a time, and accepted now."""
        self.accepted += 1
        self._progress.set()
        self.outages.accepted(sent_at, time.monotonic())

    async def work(self) -> None:
        """Kill one after the other; the next waits until messages are accepted again."""
        for kill in self._kills:
            if kill.node is not None and kill.frozen:
                await self.until(kill.after)
                await self._nodes[kill.node].freeze(_FROZEN)
                self.freezes += 1
            elif kill.node is not None:
                await self._kill_node(self._nodes[kill.node], kill)
            elif self._server is not None:
                await self.until(kill.after)
                await self._kill_server(self._server)
            self.done += 1
            while self.outages.waiting:
                await self._more()

    async def _kill_node(self, node: Node, kill: Kill) -> None:
        """Let a hub die at its failpoint, or kill it when its time has come."""
        by_itself = asyncio.ensure_future(node.died(self._spent[node.number]))
        its_time = asyncio.ensure_future(self.until(kill.after))
        await asyncio.wait([by_itself, its_time], return_when=asyncio.FIRST_COMPLETED)
        its_time.cancel()
        while not by_itself.done():
            node.kill()  # again, if it was just being started anew
            await asyncio.wait([by_itself], timeout=_PAUSE)
        self._spent[node.number] += 1

    async def _kill_server(self, server: PostgresqlServer) -> None:
        server.kill()
        self.server_kills += 1
        self.outages.died(SERVER, time.monotonic())
        await asyncio.to_thread(server.start)
        self.outages.server_answers(time.monotonic())

    async def keep_pace(self) -> None:
        """Wait where messages have run ahead of the kill that is due among them; never while one is to be accepted."""
        while not self.outages.waiting and self._outrun:  # noqa: ASYNC110 - two conditions, looked at seldom
            await asyncio.sleep(_PAUSE)

    @property
    def _outrun(self) -> bool:
        return self.done < len(self._kills) and self.accepted > self._kills[self.done].after + _AHEAD

    async def until(self, accepted: int) -> None:
        """Wait until so many messages were accepted."""
        while self.accepted < accepted:
            await self._more()

    async def _more(self) -> None:
        self._progress.clear()
        await self._progress.wait()

"""What came out of a run: figures, and one verdict per promise."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import msgspec

from hub_core.message import State
from hub_torture.checker import Verdict, check, verdict
from hub_torture.evidence import Evidence
from hub_torture.killer import Killer
from hub_torture.nodes import Node
from hub_torture.outages import Recovery
from hub_torture.plan import Plan

_SLOWEST: Final = 10  # recoveries that are told in full


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What a run must keep to.

    Attributes:
        recovery: from a kill to the first message accepted afterwards.
        memory: of one hub, in bytes.
    """

    recovery: timedelta = timedelta(seconds=2)
    memory: int = 400_000_000


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What came out of a run.

    Attributes:
        seconds: that it took.
        accepted: messages, each counted once; ``delivered`` and ``parked`` of them ended so.
        taken: deliveries that partners took.
        repeated: of those, under a key that the partner knew.
        kills: of hubs.
        server_kills: of the database server.
        freezes: hubs that were stopped, overtaken, and went on.
        recoveries: seconds from each kill to the first message sent and accepted afterwards; see ``outages``.
        slowest: the longest of them, with the steps of the start that lay between.
        server_recoveries: seconds from each kill of the database server until it answered again.
        memory: most bytes that one hub had.
    """

    plan: Plan
    seconds: float
    accepted: int
    refused: int
    delivered: int
    parked: int
    taken: int
    repeated: int
    kills: int
    server_kills: int
    freezes: int
    recoveries: list[float]
    slowest: list[Recovery]
    server_recoveries: list[float]
    memory: int
    verdicts: list[Verdict]

    @property
    def kept(self) -> bool:
        """Every promise was kept."""
        return all(one.kept for one in self.verdicts)


def summed_up(
    plan: Plan,
    evidence: Evidence,
    killer: Killer,
    nodes: Sequence[Node],
    *,
    limits: Limits,
    ended: Sequence[bool],
    seconds: float,
) -> Report:
    """Return the report: what the books say, and how the hubs bore it."""
    states = [kept.state for number in evidence.acked for kept in evidence.kept.get(number, ())]
    memory = max(node.memory for node in nodes)
    longest = limits.recovery.total_seconds()
    missing = (f"number {at + 1} did not" for at in range(killer.done, plan.kills))
    recoveries = killer.outages.recoveries
    slow = (f"{one.seconds:.2f} s after {one.killed} died" for one in recoveries if one.seconds > longest)
    large = (f"hub {it.number} took {it.memory // 1_000_000} MB" for it in nodes if it.memory > limits.memory)
    ended_alone = (f"hub {it.number} did, {it.failures} times" for it in nodes if it.failures)
    unended = (f"hub {node.number} did not" for node, well in zip(nodes, ended, strict=True) if not well)
    return Report(
        plan=plan,
        seconds=round(seconds, 1),
        accepted=len(evidence.acked),
        refused=len(evidence.refused),
        delivered=states.count(State.DELIVERED),
        parked=states.count(State.PARKED),
        taken=len(evidence.taken),
        repeated=sum(not taken.effect for taken in evidence.taken),
        kills=sum(node.deaths for node in nodes),
        server_kills=killer.server_kills,
        freezes=killer.freezes,
        recoveries=[one.seconds for one in recoveries],
        slowest=_slowest(recoveries, nodes),
        server_recoveries=[round(taken, 2) for taken in killer.outages.server],
        memory=memory,
        verdicts=[
            *check(plan, evidence),
            verdict("every kill of the plan took place", plan.kills, missing),
            verdict(f"accepting again within {longest:g} s of a kill", len(recoveries), slow),
            verdict(f"memory of a hub below {limits.memory // 1_000_000} MB", len(nodes), large),
            verdict("no hub ends by itself", len(nodes), ended_alone),
            verdict("a hub that is told to ends in order", len(nodes), unended),
        ],
    )


def _slowest(recoveries: Sequence[Recovery], nodes: Sequence[Node]) -> list[Recovery]:
    """Return the slowest recoveries, each with the last start of a hub before it that was due to the same death."""
    starts = [(at, steps | {"hub": node.number}) for node in nodes for at, steps in node.starts()]
    starts.sort(key=lambda one: one[0])
    slowest = sorted(recoveries, key=lambda one: -one.seconds)[:_SLOWEST]
    return [
        msgspec.structs.replace(
            one, start=next((steps for at, steps in reversed(starts) if 0 <= one.at - at <= one.seconds), None)
        )
        for one in slowest
    ]

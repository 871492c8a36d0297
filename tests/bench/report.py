"""Ratios, floors, and the table that people read."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Final

import msgspec

from tests.bench.load import Round

MIN_BUSY: Final = 0.90


class Goal(msgspec.Struct, frozen=True, kw_only=True):
    """One ratio and what it must be; without a bound it is told, not judged.

    Attributes:
        at_least: lower bound.
        at_most: upper bound.
    """

    name: str
    value: float
    at_least: float | None = None
    at_most: float | None = None

    @property
    def met(self) -> bool:
        """Whether the bound holds."""
        return not (
            (self.at_least is not None and self.value < self.at_least)
            or (self.at_most is not None and self.value > self.at_most)
        )

    @property
    def bound(self) -> str:
        """The bound in words."""
        if self.at_least is not None:
            return f">= {self.at_least:g}"
        return f"<= {self.at_most:g}" if self.at_most is not None else ""


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """One server over all rounds: medians, and the worst of what speaks against its figures.

    Attributes:
        per_second: durable accepts, as counted.
        busy: least share of a round in which its core was not idle.
        others: largest share of its core that neighbours took.
    """

    name: str
    per_second: float
    p50_ms: float
    p99_ms: float
    busy: float
    others: float


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What one run found.

    Attributes:
        setting: where it ran and how often.
        micro_us: microseconds per message of each map.
        journal_per_second: durable messages per second of the hub's journal, by how they were written.
        faults: why the figures cannot be used, such as a core that was not busy.
    """

    setting: str
    servers: Sequence[Server]
    micro_us: Mapping[str, float]
    journal_per_second: Mapping[str, float]
    goals: Sequence[Goal]
    faults: Sequence[str]

    @property
    def good(self) -> bool:
        """Whether every floor holds and nothing stands against the figures."""
        return not self.faults and all(goal.met for goal in self.goals)


def names(rounds: Sequence[Round]) -> list[str]:
    """Return the servers in the order in which they were loaded."""
    return list(dict.fromkeys(one.name for one in rounds))


def servers(rounds: Sequence[Round]) -> list[Server]:
    """Sum the rounds up, server by server."""
    return [_server(name, _of(rounds, name)) for name in names(rounds)]


def _server(name: str, own: Sequence[Round]) -> Server:
    return Server(
        name=name,
        per_second=median(one.per_second for one in own),
        p50_ms=median(one.load.p50_ms for one in own),
        p99_ms=median(one.load.p99_ms for one in own),
        busy=min(one.busy for one in own),
        others=max(one.others for one in own),
    )


def ratio(rounds: Sequence[Round], one: str, other: str, *, of: str = "rate") -> float:
    """Return the median over the rounds of one server's figure through the other's in the same round.

    Rates are those of the core's time that was left to the server: neighbours do not fall on one of the two.
    """
    pairs = zip(_of(rounds, one), _of(rounds, other), strict=True)
    return median(_figure(left, of) / _figure(right, of) for left, right in pairs)


def _of(rounds: Sequence[Round], name: str) -> list[Round]:
    return [one for one in rounds if one.name == name]


def _figure(one: Round, of: str) -> float:
    return one.load.p99_ms if of == "p99_ms" else one.per_core_second


def idle_cores(measured: Sequence[Server]) -> list[str]:
    """Return a fault for each server whose core had time to wait for requests: then the loader was measured."""
    return [
        f"client-bound: the core of {one.name} was only {one.busy:.0%} busy" for one in measured if one.busy < MIN_BUSY
    ]


def unreconciled(rounds: Sequence[Round], kept: Mapping[str, int], *, connections: int) -> list[str]:
    """Return a fault for each server that refused something or whose database does not hold what it answered.

    Args:
        kept: rows that each server's database holds at the end.
        connections: requests that may have been on their way when a round ended: kept, but not counted.
    """
    found = []
    for name in names(rounds):
        own = _of(rounds, name)
        accepted = sum(one.load.accepted for one in own)
        refused = sum(one.load.requests for one in own) - accepted
        lost = sum(one.load.socket_errors for one in own)
        if refused or lost:
            found.append(f"{name} refused {refused} requests and lost {lost} connections")
        if not accepted <= kept[name] <= accepted + connections * len(own):
            found.append(f"{name} answered {accepted} messages and kept {kept[name]}")
    return found


def lines(report: Report) -> Iterator[str]:
    """Return the report as text."""
    yield report.setting
    yield ""
    yield f"{'':24}{'durable accepts/s':>18}{'p50 ms':>9}{'p99 ms':>9}{'core busy':>11}{'others':>9}"
    for one in report.servers:
        figures = f"{one.per_second:18,.0f}{one.p50_ms:9.1f}{one.p99_ms:9.1f}{one.busy:11.0%}{one.others:9.0%}"
        yield f"{one.name:24}{figures}"
    yield ""
    yield from (f"{name:34}{value:10.1f} us per message" for name, value in report.micro_us.items())
    yield from (f"{name:34}{value:10,.0f} messages/s" for name, value in report.journal_per_second.items())
    yield ""
    for goal in report.goals:
        verdict = "" if not goal.bound else "met" if goal.met else "MISSED"
        yield f"{goal.name:44}{goal.value:8.2f}  {goal.bound:8}{verdict}".rstrip()
    yield from (f"UNUSABLE  {fault}" for fault in report.faults)

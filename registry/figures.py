"""The figures of a hub as Prometheus reads them: what was counted, what the store holds, how the endpoints stand."""

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import accumulate

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector

from hub_core.accepting.admission import Admission
from hub_core.delivering.breaker import BreakerState
from hub_core.errors import PunteError
from registry.crontab import goes_at
from registry.metrics import BUCKETS, Metrics
from registry.parts import Parts
from registry.refusing import refusing
from registry.scheduled.polling import found_by, runs_of


def figures(parts: Parts, admission: Admission) -> bytes:
    """Return everything in the text format 0.0.4 of Prometheus; reads the store, so not in the event loop."""
    registry = CollectorRegistry()
    registry.register(_Figures(parts, admission))
    ProcessCollector(registry=registry)
    return generate_latest(registry)


class _Figures:
    """Reads what there is to read; a store that cannot be read is told as such."""

    def __init__(self, parts: Parts, admission: Admission) -> None:
        self._parts = parts
        self._admission = admission

    def describe(self) -> list[Metric]:
        """Name nothing beforehand: what is collected needs the store."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield what stands now."""
        parts = self._parts
        yield from _counted(parts.metrics, self._admission.refused)
        yield from _in_flight(self._admission)
        yield _one("punte_build", "Version of the software.", 1, version=parts.version)
        yield _one("punte_registry_set", "Number of the registry set in force.", parts.directory().number)
        free = shutil.disk_usage(parts.settings.home).free
        yield _one("punte_disk_free_bytes", "Room where the hub keeps its state.", free)
        commits = CounterMetricFamily("punte_commits", "Groups of writes that were committed.")
        commits.add_metric([], parts.database.commits)
        yield commits
        yield _one("punte_store_lag_seconds", "How long the oldest write has waited.", parts.database.lag)
        trouble = parts.database.trouble
        yield _one("punte_store_writable", "1: nothing is known to keep the hub from writing.", trouble is None)
        yield _one("punte_in_hand_bytes", "Held by calls that are under way.", parts.admission.in_hand)
        away = CounterMetricFamily("punte_sent_away", "Calls asked to come again.", labels=["code"])
        for code, count in parts.admission.refused.items():
            away.add_metric([code], count)
        yield away
        yield from self._gates()
        try:
            found = [*self._store()]
        except PunteError:
            found = []
        yield _one("punte_store_readable", "1: the store can be read.", bool(found))
        yield from found

    def _gates(self) -> Iterator[Metric]:
        """Yield how the endpoints stand in this process."""
        breaker = GaugeMetricFamily("punte_breaker", "1: the breaker is in this state.", labels=["endpoint", "state"])
        sending = GaugeMetricFamily("punte_sending", "Deliveries that are being sent.", labels=["endpoint"])
        for name, standing in self._parts.gates.standing().items():
            for state in BreakerState:
                breaker.add_metric([name, state.value], standing.breaker is state)
            sending.add_metric([name], standing.under_way)
        yield from (breaker, sending)

    def _store(self) -> Iterator[Metric]:
        """Yield what the store holds that is not settled; the same from every process on it."""
        parts, now = self._parts, self._parts.clock.now()
        waiting = GaugeMetricFamily("punte_waiting", "Deliveries to send or to send again.", labels=["endpoint"])
        oldest = GaugeMetricFamily("punte_oldest_seconds", "Since when the oldest should be gone.", labels=["endpoint"])
        doubt = GaugeMetricFamily("punte_in_doubt", "Deliveries that wait for a person.", labels=["endpoint"])
        for queue in parts.view.queues():
            waiting.add_metric([queue.endpoint], queue.waiting)
            due = goes_at(parts.directory().endpoints.get(queue.endpoint), queue) or now
            oldest.add_metric([queue.endpoint], max((now - due).total_seconds(), 0))
            doubt.add_metric([queue.endpoint], queue.in_doubt)
        parked = GaugeMetricFamily("punte_parked", "Given up; waits for a person.", labels=["endpoint", "code"])
        counts: dict[tuple[str, str], int] = {}
        for group in parts.view.parked():
            counts[group.endpoint, group.code] = counts.get((group.endpoint, group.code), 0) + group.count
        for labels, count in counts.items():
            parked.add_metric(labels, count)
        paused = GaugeMetricFamily("punte_paused", "1: an operator holds the endpoint back.", labels=["endpoint"])
        for pause in parts.view.pauses():
            if pause.holds(now):
                paused.add_metric([pause.endpoint], 1)
        refused = GaugeMetricFamily(
            "punte_refusing", "Refused of the newest 100, where far more than usual.", labels=["endpoint", "code"]
        )
        for it in refusing(parts):
            refused.add_metric([it.endpoint, it.code], it.count)
        yield from (waiting, oldest, doubt, parked, paused, refused)
        yield from _jobs(parts, now)
        yield _one("punte_files_open", "Files whose rows are not all messages yet.", len(parts.view.unsplit()))


def _counted(metrics: Metrics, sent_away: Counter[str]) -> Iterator[Metric]:
    """Yield what this process counted; it goes on counting meanwhile."""
    yield _counter("punte_messages", "Messages kept and decided.", ("endpoint", "decision"), metrics.messages)
    yield _counter("punte_mapped", "Messages that a mapping read.", ("mapping",), metrics.mapped)
    refused = metrics.refused + Counter({(code,): count for code, count in dict(sent_away).items()})
    yield _counter("punte_turned_away", "Calls turned away at the door.", ("code",), refused)
    yield _counter("punte_attempts", "Attempts to deliver.", ("endpoint", "result"), metrics.attempts)
    took = HistogramMetricFamily("punte_attempt_seconds", "How long attempts took.", labels=["endpoint"])
    for endpoint, spread in dict(metrics.took).items():
        edges = [*(str(edge) for edge in BUCKETS), "+Inf"]
        took.add_metric([endpoint], [*zip(edges, accumulate(spread.counts), strict=True)], spread.seconds)
    yield took


def _in_flight(admission: Admission) -> Iterator[Metric]:
    """Yield what calls hold now."""
    yield _one("punte_bytes_in_flight", "What calls hold, from their headers to their answers.", admission.in_hand)
    yield _one("punte_in_flight_share", "What part of the room that is.", admission.share)
    yield _one("punte_calls_in_flight", "Calls under way.", admission.calls)


def _counter(name: str, documentation: str, labels: tuple[str, ...], counts: Mapping[tuple[str, ...], int]) -> Metric:
    family = CounterMetricFamily(name, documentation, labels=labels)
    for values, count in dict(counts).items():
        family.add_metric(values, count)
    return family


def _jobs(parts: Parts, now: datetime) -> Iterator[Metric]:
    """Yield how the scheduled jobs stand."""
    age = GaugeMetricFamily("punte_job_age_seconds", "Since the last run of a job began.", labels=["job"])
    fault = GaugeMetricFamily("punte_job_fault", "1: what it found needs a person.", labels=["job", "code"])
    figure = GaugeMetricFamily("punte_job_figure", "What the last run found.", labels=["job", "name"])
    for run, _ in found_by(parts):
        fault.add_metric([run.job, run.code or ""], 1)
    for run in runs_of(parts):
        age.add_metric([run.job], (now - run.begun_at).total_seconds())
        for name, value in run.figures.items():
            figure.add_metric([run.job, name], value)
    yield from (age, fault, figure)


def _one(name: str, documentation: str, value: float, **labels: str) -> Metric:
    family = GaugeMetricFamily(name, documentation, labels=list(labels))
    family.add_metric(list(labels.values()), value)
    return family

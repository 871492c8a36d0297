"""``make bench``: the hub against the yardsticks, in one run on one machine, as ratios.

    python -m tests.bench.run [--quick] [--json]

One core serves, the other sends; servers take turns, so that a change of the machine's mood meets all of them.
Exit code 1: a floor was missed, or the figures cannot be used.
"""

import argparse
import os
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from statistics import median
from typing import Final

import msgspec

from tests.bench import calling, journal, listfiles, mapping
from tests.bench.bulkhead import bulkhead
from tests.bench.documents import documents, envelope
from tests.bench.hub import hub
from tests.bench.linting import fastest_lint
from tests.bench.load import ROOT, Cores, Round, Target, missing_tools, one_round, port_of, running, two_cores
from tests.bench.micro import ONE_PASS, SHIPPED, XPATH, fastest, hand_written_maps, on_core, shipped_map
from tests.bench.report import Goal, Report, idle_cores, lines, ratio, servers, unreconciled

CONNECTIONS: Final = 64
_BODIES: Final = 256
_KEY: Final = "bench-key"
_HUB, _LIMIT, _NAIVE = "hub", "LIMIT", "NAIVE"
_MODULES: Final = {_LIMIT: "tests.bench.yardsticks.limit", _NAIVE: "tests.bench.yardsticks.naive"}


class Plan(msgspec.Struct, frozen=True):
    """How long to measure."""

    rounds: int
    seconds: int
    micro_rounds: int
    file_rounds: int
    file_rows: int


JOURNAL_ROUNDS: Final = 15
LINT_ROUNDS: Final = 5
FULL: Final = Plan(rounds=5, seconds=10, micro_rounds=200, file_rounds=3, file_rows=100_000)
QUICK: Final = Plan(rounds=2, seconds=2, micro_rounds=50, file_rounds=2, file_rows=10_000)


def measure(plan: Plan, folder: Path, cores: Cores) -> Report:
    """Run everything, its state below ``folder``, and return what came out."""
    bodies = folder / "bodies"
    bodies.write_text("\n".join(envelope(document) for document in documents(_BODIES)), encoding="utf-8")
    with on_core(cores.server):
        micro = fastest(hand_written_maps() | shipped_map() | mapping.jobs(), rounds=plan.micro_rounds)
        micro |= calling.calls(rounds=plan.micro_rounds)
        kept = journal.journal_rates(folder, rounds=JOURNAL_ROUNDS)
        files = listfiles.turns(folder, rounds=plan.file_rounds, rows=plan.file_rows)
        linted = fastest_lint(folder, rounds=LINT_ROUNDS)
    waits = bulkhead(folder, rounds=plan.rounds, seconds=plan.seconds)
    with ExitStack() as stack:
        targets = _start(stack, folder, cores)
        rounds = list(_rounds(plan, targets, bodies=bodies, cores=cores))
    stored = {target.name: rows(target.database) for target, _ in targets}
    warm = rounds[len(targets) :]  # the first round of each fills caches; it is reconciled, not measured
    measured = servers(warm)
    return Report(
        setting=f"{plan.rounds} interleaved rounds of {plan.seconds} s, {CONNECTIONS} connections; "
        f"server on core {cores.server}, loader on core {cores.loader} of {os.cpu_count()}, {platform.machine()}",
        servers=measured,
        micro_us=micro,
        journal_per_second={name: median(rates) for name, rates in kept.items()}
        | listfiles.rates(files, rows=plan.file_rows),
        goals=[
            *_goals(warm, micro),
            *journal.goals(kept),
            *listfiles.goals(files),
            *mapping.goals(micro),
            *calling.goals(micro),
            Goal(name="seconds to lint fifty mappings", value=linted, at_most=1.0),
            Goal(name="p99: nine beside one that hangs / ten quick", value=waits.ratio, at_most=1.5),
        ],
        faults=[*idle_cores(measured), *unreconciled(rounds, stored, connections=CONNECTIONS)],
    )


def _start(stack: ExitStack, folder: Path, cores: Cores) -> list[tuple[Target, str]]:
    """Start all servers; each with the key that it knows."""
    targets = [stack.enter_context(hub(folder / "home", core=cores.server))]
    for name, module in _MODULES.items():
        database = folder / f"{name}.sqlite3"
        command = [sys.executable, "-m", module, str(database), _KEY]
        log = database.with_suffix(".log")
        process = stack.enter_context(running(command, core=cores.server, log=log))
        url = f"http://127.0.0.1:{port_of(process, log)}/"
        target = Target(name=name, url=url, pid=process.pid, database=database)
        targets.append((target, _KEY))
    return targets


def _rounds(plan: Plan, targets: Sequence[tuple[Target, str]], *, bodies: Path, cores: Cores) -> Iterator[Round]:
    for number in range(plan.rounds + 1):
        for target, key in targets:
            yield one_round(
                target,
                cores=cores,
                bodies=bodies,
                key=key,
                mark=f"{number}",
                seconds=plan.seconds if number else 1,
                connections=CONNECTIONS,
            )


def rows(database: Path) -> int:
    """Return how many messages a database holds."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        count: int = connection.execute("SELECT count(*) FROM message").fetchone()[0]
    return count


def _goals(rounds: Sequence[Round], micro: Mapping[str, float]) -> list[Goal]:
    return [
        Goal(name="hub through LIMIT", value=ratio(rounds, _HUB, _LIMIT), at_least=0.55),
        Goal(name="hub through NAIVE", value=ratio(rounds, _HUB, _NAIVE), at_least=5),
        Goal(name="p99: hub through LIMIT", value=ratio(rounds, _HUB, _LIMIT, of="p99_ms")),
        Goal(name="LIMIT through NAIVE", value=ratio(rounds, _LIMIT, _NAIVE), at_least=8),
        Goal(name="one pass through precompiled XPath", value=micro[ONE_PASS] / micro[XPATH], at_most=0.33),
        Goal(name="shipped mapping and check through one pass", value=micro[SHIPPED] / micro[ONE_PASS]),
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, report, judge; return the exit code."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__, add_help=True)
    parser.add_argument("--quick", action="store_true", help="short rounds, for a look")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of the table")
    options = parser.parse_args(arguments)
    cores, missing = two_cores(), missing_tools()
    if cores is None or missing:
        need = "two cores" if cores is None else f"the system packages {' '.join(missing)}"
        sys.stderr.write(f"the benchmark needs {need}\n")
        return 1
    state = ROOT / ".punte"
    state.mkdir(mode=0o700, exist_ok=True)
    # Beside the project, not in the system's temporary folder: that may be memory, where nothing is durable.
    with tempfile.TemporaryDirectory(prefix="bench-", dir=state) as folder:
        report = measure(QUICK if options.quick else FULL, Path(folder), cores)
    if options.json:
        sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
    else:
        sys.stdout.write("\n".join(lines(report)) + "\n")
    return 0 if report.good else 1


if __name__ == "__main__":
    raise SystemExit(main())

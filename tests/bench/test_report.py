"""The figures are judged as the goals say, and what cannot be used is said."""

from pathlib import Path

import pytest

from tests.bench.load import Load, Round, Ticks, read_load
from tests.bench.report import Goal, Report, idle_cores, lines, ratio, servers, unreconciled


def a_round(name: str, rate: int, *, p99_ms: float = 10, idle: int = 0, others: int = 0, requests: int = 0) -> Round:
    """One second in which a core had a thousand ticks."""
    load = Load(accepted=rate, requests=requests or rate, seconds=1, p50_ms=1, p99_ms=p99_ms, socket_errors=0)
    own = 900 - idle - others
    ticks = Ticks(user=own, nice=0, system=others, idle=idle, iowait=50, irq=0, softirq=50, steal=0, own=own)
    return Round(name=name, load=load, ticks=ticks)


ROUNDS = [a_round("hub", 40), a_round("LIMIT", 100), a_round("hub", 50), a_round("LIMIT", 100), a_round("hub", 20)]
ROUNDS.append(a_round("LIMIT", 200, p99_ms=5))


def test_a_ratio_is_the_median_of_the_ratios_of_rounds():
    assert ratio(ROUNDS, "hub", "LIMIT") == pytest.approx(0.4)
    assert ratio(ROUNDS, "hub", "LIMIT", of="p99_ms") == pytest.approx(1)


def test_what_neighbours_took_of_the_core_falls_on_nobody():
    disturbed = [a_round("hub", 40, others=600), a_round("LIMIT", 200)]
    assert disturbed[0].per_second == 40
    assert disturbed[0].per_core_second == pytest.approx(100)
    assert ratio(disturbed, "hub", "LIMIT") == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("goal", "met"),
    [
        (Goal(name="a", value=0.4, at_least=0.4), True),
        (Goal(name="a", value=0.39, at_least=0.4), False),
        (Goal(name="a", value=0.33, at_most=0.33), True),
        (Goal(name="a", value=0.34, at_most=0.33), False),
        (Goal(name="a", value=9), True),
    ],
)
def test_a_goal_is_met_within_its_bound(goal, met):
    assert goal.met is met


def test_an_idle_core_means_that_the_client_was_measured():
    rounds = [a_round("hub", 1, idle=50), a_round("LIMIT", 1, idle=110), a_round("LIMIT", 1, idle=30)]
    assert idle_cores(servers(rounds)) == ["client-bound: the core of LIMIT was only 89% busy"]


@pytest.mark.parametrize(("kept", "faults"), [(200, 0), (328, 0), (199, 1), (329, 1)])
def test_rows_are_what_was_answered_and_what_was_on_its_way(kept, faults):
    rounds = [a_round("hub", 100), a_round("hub", 100)]
    assert len(unreconciled(rounds, {"hub": kept}, connections=64)) == faults


def test_refused_requests_make_figures_unusable():
    assert unreconciled([a_round("hub", 100, requests=103)], {"hub": 100}, connections=64) == [
        "hub refused 3 requests and lost 0 connections"
    ]


def test_one_missed_floor_or_one_fault_fails_the_run():
    missed = Goal(name="a", value=1, at_least=2)
    report = {
        "setting": "",
        "servers": servers(ROUNDS),
        "micro_us": {"one pass": 60},
        "journal_per_second": {"grouped": 9000},
    }
    assert Report(**report, goals=[], faults=[]).good
    assert not Report(**report, goals=[missed], faults=[]).good
    assert not Report(**report, goals=[], faults=["client-bound"]).good
    text = "\n".join(lines(Report(**report, goals=[missed], faults=["client-bound"])))
    assert "MISSED" in text
    assert "UNUSABLE  client-bound" in text


def test_the_loaders_result_is_read_from_its_output():
    line = 'RESULT {"accepted":9,"requests":10,"seconds":2.0,"p50_ms":1.5,"p99_ms":3.5,"socket_errors":0}\n'
    assert read_load(f"Running 2s test\n{line}".encode()).accepted == 9
    with pytest.raises(RuntimeError, match="no result"):
        read_load(b"Running 2s test\n")


def test_the_script_prints_the_fields_that_are_read():
    script = (Path(__file__).parent / "load.lua").read_text(encoding="utf-8")
    assert all(f'"{field}"' in script for field in Load.__struct_fields__)

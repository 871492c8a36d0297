"""Short runs of `punte torture`: real hubs, real kills; and a hub with faults, which is found out."""

from datetime import timedelta
from pathlib import Path

import pytest

from hub_torture.plan import Plan
from hub_torture.report import Limits
from hub_torture.run import torture

FAULTY = Path(__file__).with_name("faulty_hub.py")
# How soon a hub is back is measured on a quiet machine, not among other tests.
BUSY = Limits(recovery=timedelta(seconds=60))


@pytest.fixture
def anyhow(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(FAULTY.parents[2]))


async def broken(plan, folder, **facts):
    report = await torture(plan, folder, limits=BUSY, **facts)
    return report, {verdict.promise for verdict in report.verdicts if not verdict.kept}


async def test_a_hub_on_a_file_keeps_every_promise_while_it_is_killed(anyhow, tmp_path):
    report, promises = await broken(Plan(messages=240, kills=2, seed=1), tmp_path)
    assert promises == set()
    assert report.kills == len(report.recoveries) == 2
    assert report.delivered + report.parked == report.accepted == report.plan.messages - report.refused


async def test_two_hubs_keep_every_promise_while_they_and_their_server_are_killed(anyhow, tmp_path):
    plan = Plan(messages=240, kills=2, seed=1, nodes=2, server=True)
    assert {kill.node is None for kill in plan.killings} == {True, False}
    report, promises = await broken(plan, tmp_path)
    assert promises == set()
    assert (report.kills, report.server_kills) == (1, 1)


async def test_a_hub_that_loses_doubles_and_reorders_is_found_out(anyhow, tmp_path):
    program = (str(FAULTY), "serve")
    _, promises = await broken(Plan(messages=240, kills=0, seed=1), tmp_path, program=program)
    assert promises >= {
        "nothing acknowledged is lost",
        "one effect per message and partner",
        "in order per key",
        "every accepted message ends as delivered or parked",
    }

"""Short runs of `punte torture`: real hubs, real kills; and a hub with faults, which is found out."""

import json
import subprocess
import sys
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
def folder(monkeypatch, tmp_path_factory):
    """Return a folder with a short name, as it holds sockets; hubs that are started run this code."""
    monkeypatch.setenv("PYTHONPATH", str(FAULTY.parents[2]))
    return tmp_path_factory.mktemp("t")


async def broken(plan, folder, **facts):
    report = await torture(plan, folder, limits=BUSY, **facts)
    return report, {verdict.promise for verdict in report.verdicts if not verdict.kept}


def test_a_hub_on_a_file_keeps_every_promise_while_it_is_killed(folder, monkeypatch, tmp_path):
    monkeypatch.setenv("TMPDIR", str(folder))
    asked = ["--messages", "240", "--kills", "2", "--seed", "1", "--recovery", "60", "--report", tmp_path / "report"]
    command = [sys.executable, "-m", "cli", "torture", *asked]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((tmp_path / "report").read_text())
    assert report["kills"] == len(report["recoveries"]) == 2
    assert report["delivered"] + report["parked"] == report["accepted"] == 240 - report["refused"]
    assert [line.split()[-1:] for line in done.stdout.splitlines()].count(["kept"]) == len(report["verdicts"])
    assert [*folder.glob("punte-*")] == []


async def test_two_hubs_keep_every_promise_while_they_and_their_server_are_killed(folder):
    plan = Plan(messages=240, kills=2, seed=1, nodes=2, server=True)
    assert {kill.node is None for kill in plan.killings} == {True, False}
    report, promises = await broken(plan, folder)
    assert promises == set()
    assert (report.kills, report.server_kills) == (1, 1)


async def test_a_hub_that_loses_doubles_and_reorders_is_found_out(folder):
    program = (str(FAULTY), "serve")
    _, promises = await broken(Plan(messages=240, kills=0, seed=1), folder, program=program)
    assert promises >= {
        "nothing acknowledged is lost",
        "one effect per message and partner",
        "in order per key",
        "every accepted message ends as delivered or parked",
    }

"""A short round against LIMIT: what was answered is kept."""

import os
import sqlite3
import sys
from contextlib import closing

import pytest

from tests.bench.documents import documents, envelope
from tests.bench.load import Cores, Target, one_round, port_of, running
from tests.bench.report import unreconciled

KEY = "secret"


@pytest.mark.system("wrk")
def test_a_round_counts_what_the_server_has_kept(tmp_path):
    core = min(os.sched_getaffinity(0))
    database, bodies = tmp_path / "a.sqlite3", tmp_path / "bodies"
    bodies.write_text("\n".join(envelope(document) for document in documents(4)), encoding="utf-8")
    command = [sys.executable, "-m", "tests.bench.yardsticks.limit", str(database), KEY]
    log = tmp_path / "log"
    with running(command, core=core, log=log) as process:
        port = port_of(process, log)
        target = Target(name="LIMIT", url=f"http://127.0.0.1:{port}/", pid=process.pid, database=database)
        one = one_round(target, cores=Cores(core, core), bodies=bodies, key=KEY, mark="1", seconds=1, connections=4)
    with closing(sqlite3.connect(database)) as connection:
        kept = connection.execute("SELECT count(*) FROM message").fetchone()[0]
        ids = connection.execute("SELECT count(DISTINCT sender) FROM message").fetchone()[0]
    assert one.load.accepted == one.load.requests > 10
    assert unreconciled([one], {"LIMIT": kept}, connections=4) == []
    assert ids == kept
    assert 0 < one.ticks.own <= one.ticks.total
    assert one.per_core_second >= one.per_second > 0


def test_a_server_that_does_not_start_says_why(tmp_path):
    log = tmp_path / "log"
    command = [sys.executable, "-c", "import sys; sys.exit('no port left')"]
    with (
        running(command, core=min(os.sched_getaffinity(0)), log=log) as process,
        pytest.raises(RuntimeError, match="no port left"),
    ):
        port_of(process, log)

"""Whoever ends tests ends the processes that they started."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

SCRIPT = """
import sys, time
from pathlib import Path
from hub_demo.processes import Processes

with Processes(Path(sys.argv[1]), apart=False) as processes:
    processes.launch("server", ["http.server", "0", "--bind", "127.0.0.1"])
    print(processes._children["server"].pid, flush=True)
    time.sleep(60)
"""


def runs(number):
    """Say whether a process is there and not only waits to be forgotten; proc(5)."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_processes_of_tests_end_with_their_group_though_nobody_stops_them_in_order(tmp_path):
    command = [sys.executable, "-c", SCRIPT, tmp_path]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as tests:
        child = int(tests.stdout.readline())
        os.killpg(tests.pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while runs(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not runs(child)

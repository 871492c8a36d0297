"""A process that holds keys leaves no core file, and lets no other look into it."""

import os
import resource
import sys

import pytest

from hub_core.clock import SystemClock
from hub_core.security.keyring import new_keyring, write_keyring

HUB = "from hub_core.security.memory import keep_memory; keep_memory()"
COMMAND = """
import sys
from pathlib import Path
from hub_core.security.keyring import read_keyring
read_keyring(Path(sys.argv[1]))
"""
CRASH = """
import ctypes, os
assert ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) == 0, "PR_GET_DUMPABLE"
os.listdir("/proc/self/fd")
os.abort()
"""


@pytest.mark.parametrize("script", [HUB, COMMAND], ids=["a hub", "whoever reads the keyring"])
def test_a_crash_leaves_no_core_file(tmp_path, tmp_path_factory, script):
    keyring = tmp_path_factory.mktemp("keys") / "keyring.json"
    write_keyring(keyring, new_keyring(SystemClock().now()))
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))  # the child inherits it
    try:
        child = os.posix_spawn(
            "/bin/sh",
            ["sh", "-c", 'cd "$0" && exec "$@"', tmp_path, sys.executable, "-c", script + CRASH, keyring],
            os.environ,
        )
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert not os.WCOREDUMP(status)
    assert list(tmp_path.iterdir()) == []

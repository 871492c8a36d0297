"""A process that holds keys leaves no core file, and lets no other look into it."""

import os
import resource
import sys

SCRIPT = """
import ctypes, os
from hub_core.security.memory import keep_memory
keep_memory()
assert ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) == 0, "PR_GET_DUMPABLE"
os.listdir("/proc/self/fd")
os.abort()
"""


def test_a_crash_leaves_no_core_file(tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))  # the child inherits it
    try:
        child = os.posix_spawn(
            "/bin/sh", ["sh", "-c", 'cd "$0" && exec "$@"', tmp_path, sys.executable, "-c", SCRIPT], os.environ
        )
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert not os.WCOREDUMP(status)
    assert list(tmp_path.iterdir()) == []

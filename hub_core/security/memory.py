"""What a process that holds keys and persons' data keeps to itself when it crashes.

The store is sealed, its keys lie elsewhere: a core file would hold both, opened, wherever the system puts it.
"""

import contextlib
import ctypes
import os
import resource
from typing import Final

_PR_SET_DUMPABLE: Final = 4  # linux/prctl.h


def keep_memory() -> None:
    """Let a crash leave no core file, and no other process of this user look into the memory; root still can.

    The limit alone does not count where the system hands cores to a program, core(5).
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, AttributeError):  # not on Linux: the limit has to do
        if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

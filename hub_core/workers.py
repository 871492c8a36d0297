"""How a process that works for another one begins: ``initializer`` of a pool of processes."""

import multiprocessing
import os
import signal
import threading


def begin() -> None:
    """Leave Ctrl+C to the process that shows things, and end with it, however it ends.

    A pool's processes wait for work for ever if the one that gave it was killed.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True, name="punte-parent").start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)

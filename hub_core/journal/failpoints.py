"""Places where a test may kill the process, to see that nothing acknowledged is lost there.

``PUNTE_FAILPOINT=name`` or ``name:3`` ends the process with SIGKILL when the place is reached for the third time.
Without the variable ``reach`` does nothing.

    after-insert-before-commit     rows written, transaction open
    after-commit-before-answer     durable, nobody told yet
    after-purge-before-commit      old messages are deleted, transaction open
    after-keyring-before-use       a new key is in the keyring, nothing is sealed with it
    after-claim                    a delivery is leased, nothing sent
    after-send-before-settle       the partner has it, the journal does not know
"""

import os
import signal
from collections.abc import Callable


def _nothing(name: str) -> None:
    """Stand in for ``reach`` in every process that is not being killed on purpose."""


def _killer(armed: str) -> Callable[[str], None]:
    wanted, _, times = armed.partition(":")
    left = int(times or 1)

    def reach(name: str) -> None:
        nonlocal left
        if name == wanted:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return reach


_ARMED = os.environ.get("PUNTE_FAILPOINT")
reach: Callable[[str], None] = _killer(_ARMED) if _ARMED else _nothing

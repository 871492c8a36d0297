"""Places where the process may be killed on purpose, to see that nothing acknowledged is lost there.

``PUNTE_FAILPOINT=name`` or ``name:3`` ends the process with SIGKILL when the place is reached for the third time; an
unknown name is refused. Without the variable ``reach`` does nothing.
"""

import os
import signal
from typing import Final

from hub_core.errors import ConfigError

#: Every place, in the order in which a message comes by, and what has happened there.
PLACES: Final = {
    "after-attachment-before-name": "an attachment is sealed on the device, under no name of its own",
    "after-receive-before-decide": "a message was received and opened, nothing is decided",
    "after-decide-before-keep": "it is decided and routed, nothing is written",
    "after-seal-before-hand-over": "its contents are sealed, the writer does not know of it",
    "after-message-before-deliveries": "its row is written, its deliveries are not; transaction open",
    "after-insert-before-commit": "everything of a group is written, transaction open",
    "after-commit-before-answer": "durable, nobody is told",
    "after-keep-before-wake": "the hub knows that it is durable, nobody was woken to deliver it",
    "after-rows-before-more": "some rows of a file are messages, others are not yet",
    "after-rows-before-done": "all rows of a file are messages, the file is not noted as done",
    "after-take-back-before-claim": "what an earlier run held is taken back, nothing is claimed",
    "after-lease-before-commit": "a lease is written, transaction open",
    "after-claim": "deliveries are leased, nothing is sent",
    "before-send": "one of them is about to leave",
    "after-send-before-settle": "the partner has it, the journal does not know",
    "after-settlement-before-history": "it is written as ended, its history does not say so; transaction open",
    "after-history-before-release": "its history says so, the next of its key still waits; transaction open",
    "after-filed-before-commit": "a file and its rows are written down, transaction open",
    "after-filed-before-put": "a file is closed in the journal, nothing of it lies in the folder",
    "after-put-before-name": "a file is on the device, under a name that nobody takes",
    "after-put-before-settle": "the partner may take the file, its rows are not settled",
    "after-some-settled-before-more": "some rows of a file are settled, others are not yet",
    "after-settle": "it is settled for good, the worker goes on",
    "after-note-before-redeliver": "an operator's act is noted, its deliveries are not made; transaction open",
    "after-redeliver-before-commit": "its deliveries are made, transaction open",
    "after-doubt-before-release": "a doubt is settled, the next of its key still waits; transaction open",
    "after-close-before-release": "a parked delivery is closed, the next of its key still waits; transaction open",
    "after-migration-before-note": "tables are changed, the change is not noted; transaction open",
    "after-migrations-before-commit": "tables are changed and the change is noted, transaction open",
    "after-keyring-before-use": "a new key is in the keyring, nothing is sealed with it",
    "after-reseal-before-commit": "some messages are sealed anew, transaction open",
    "after-purge-before-commit": "old contents or messages are deleted, transaction open",
    "after-purge-before-files": "old contents are deleted, the files of their attachments are still there",
    "after-check-before-drop": "an old key was found unused, it is still in the keyring",
}
_armed: dict[str, int] = {}


def arm(place: str) -> None:
    """End this process when it reaches a place, given as ``name`` or ``name:times``.

    Raises:
        ConfigError: R104, there is no such place.
    """
    name, _, times = place.partition(":")
    if name not in PLACES or not (times or "1").isdecimal():
        text = f"PUNTE_FAILPOINT names no place: {name}"
        raise ConfigError("R104", text, where="environment", mend="see docs/how-to/torture-the-hub.md")
    _armed[name] = int(times or 1)


def reach(name: str) -> None:
    """Be at a place; do nothing, unless this process is to end there."""
    if name in _armed:
        _armed[name] -= 1
        if _armed[name] == 0:
            os.kill(os.getpid(), signal.SIGKILL)


if _wanted := os.environ.get("PUNTE_FAILPOINT"):
    arm(_wanted)

"""What the supervisor of the process is told, where it is systemd; see sd_notify(3)."""

import contextlib
import os
import socket
from typing import Final

READY: Final = "READY=1"
STOPPING: Final = "STOPPING=1"


def tell(state: str) -> None:
    """Tell it; whoever started the process otherwise wants to hear nothing."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address.startswith("@"):  # in the abstract namespace, unix(7)
        address = f"\0{address[1:]}"
    if address:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bound:
            bound.connect(address)
            bound.send(state.encode())

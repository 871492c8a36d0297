"""What every adapter must do, as a test suite: inherit ``AdapterContract`` and say how yours is spoken to.

    class TestMine(AdapterContract):
        adapter = ADAPTER
        media_type = "application/json"
        good = b"{...}"
        ...

Everything goes over real sockets on the loopback. Needs pytest and pytest-asyncio in mode ``auto``.
"""

from hub_core.playing.partner import Received, Reply
from hub_core.testing.adapter.base import AdapterSuite, Told
from hub_core.testing.adapter.fetching import Fetching
from hub_core.testing.adapter.filing import Filing
from hub_core.testing.adapter.json import JsonSuite, faulty_json
from hub_core.testing.adapter.lasting import Lasting
from hub_core.testing.adapter.opening import Opening
from hub_core.testing.adapter.place import FolderPlace, Place
from hub_core.testing.adapter.replaying import Replayed
from hub_core.testing.adapter.sending import Sending
from hub_core.testing.adapter.serving import Serving
from hub_core.testing.adapter.telling import Telling

__all__ = [
    "AdapterContract",
    "AdapterSuite",
    "Fetching",
    "Filing",
    "FolderPlace",
    "JsonSuite",
    "Lasting",
    "Opening",
    "Place",
    "Received",
    "Reply",
    "Sending",
    "SendingAdapterContract",
    "Telling",
    "Told",
    "faulty_json",
]


class AdapterContract(Telling, Opening, Replayed, Serving):
    """The promises of the port ``Adapter`` that every adapter makes."""


class SendingAdapterContract(AdapterContract, Lasting):
    """The same, and those of ``Target``, for an adapter with direction ``out``; add ``Fetching`` where it polls."""

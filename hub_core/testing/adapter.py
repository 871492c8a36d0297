"""What every adapter must do, as a test suite: inherit ``AdapterContract`` and say how yours is spoken to.

    class TestMine(AdapterContract):
        adapter = ADAPTER
        media_type = "application/json"
        good = b"{...}"
        ...

Everything goes over real sockets on the loopback. Needs pytest and pytest-asyncio in mode ``auto``.
"""

from hub_core.testing.adapter_base import AdapterSuite, Told
from hub_core.testing.adapter_fetching import Fetching
from hub_core.testing.adapter_filing import Filing
from hub_core.testing.adapter_json import JsonSuite, faulty_json
from hub_core.testing.adapter_lasting import Lasting
from hub_core.testing.adapter_opening import Opening
from hub_core.testing.adapter_replaying import Replayed
from hub_core.testing.adapter_sending import Sending
from hub_core.testing.adapter_serving import Serving
from hub_core.testing.adapter_telling import Telling
from hub_core.testing.place import FolderPlace, Place

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

"""A partner made from its contract: a server that answers every operation, to try a hub against (``punte simulate``).

    contract ──> Simulator ── one request ──> dispatch ──> literal document ──> example, or one that is made
                     │                                                             │
                     └── what was sent is kept, GET /sent/N <── envelope, quirks <─┘

``recorded`` reads examples, ``answers`` makes what is answered, ``simulator`` serves one request, ``served`` is its
HTTP, ``quirks`` how it can be difficult.

Connecting a partner by its contract alone: ``onboarding`` writes its endpoint and a drafted mapping, ``trial`` tries an
endpoint against the simulator before it is applied.
"""

from hub_simulator.quirks import Quirks
from hub_simulator.simulator import Sent, Simulator

__all__ = ["Quirks", "Sent", "Simulator"]

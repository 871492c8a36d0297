"""Who is connected in a run: one sender, and one endpoint per partner."""

import json
from typing import Any, Final

from hub_torture.plan import BOTH, PARTNERS
from registry.remote import RemoteDesk

SENDER: Final = "sender"
_COMBINATIONS: Final = (*((name,) for name in PARTNERS), BOTH)


def url_of(partner: str) -> str:
    """Return the name of the environment variable that holds a partner's address."""
    return f"TORTURE_{partner.upper()}_URL"


def found(desk: RemoteDesk) -> str:
    """Register everybody with a running hub and return the sender's key."""
    desk.call("apply", {"files": {"torture.yaml": json.dumps(_set())}, "note": "torture", "by": "torture"})
    issued: dict[str, Any] = desk.call("key_new", {"name": SENDER, "institution": SENDER, "by": "torture"})
    key: str = issued["key"]
    return key


def _set() -> dict[str, Any]:
    """Return the registry set; JSON is YAML."""
    outbound = {
        "direction": "out",
        "adapter": "rest",
        "timeout": "1s",
        "retry": {"attempts": 1000, "first": "0.2s", "longest": "1s"},
        "breaker": {"pause": "0.5s", "longest": "1s"},
    }
    inbound = {"direction": "in", "adapter": "rest", "service": "letters", "message_id": "header"}
    endpoints: dict[str, Any] = {
        name: {**outbound, "institution": name, "service": f"{name}-inbox", "url": f"env:{url_of(name)}"}
        for name in PARTNERS
    }
    routes = {
        "-".join(to): {
            "services": ["letters"],
            "when": {"at": "exchange.type", "equals": "-".join(to)},
            "to": [*to],
            "order_by": "cases.number",
        }
        for to in _COMBINATIONS
    }
    return {
        "institutions": {name: {"name": name} for name in (SENDER, *PARTNERS)},
        "endpoints": {"letters": {**inbound, "institution": SENDER}, **endpoints},
        "routes": routes,
        "access": {"letters": {"institution": SENDER, "service": "letters", "purposes": ["torture"]}},
    }

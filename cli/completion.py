"""What the shell offers on TAB: from shipped files, or asked of a running hub only.

Opening the store would take too long.

Completion must never disturb the prompt: whatever goes wrong, nothing is offered.
"""

from typing import Any

from hub_core.errors import PunteError
from hub_core.message import State

MESSAGES_OFFERED = 20
#: What messages can be filtered by in one word.
FILTERS = ("state", "endpoint", "party", "code", "since", "until", "mapping", "rows-of")


def states(incomplete: str) -> list[str]:
    """Offer the states of a message."""
    return [state.value for state in State if state.value.startswith(incomplete)]


def codes(incomplete: str) -> list[tuple[str, str]]:
    """Offer the codes of the catalogue with their titles."""
    from hub_core.codes import CODES

    return [(code.code, code.title) for code in CODES.values() if code.code.startswith(incomplete.upper())]


def messages(incomplete: str) -> list[tuple[str, str]]:
    """Offer the newest messages."""
    rows = _ask("messages", limit=MESSAGES_OFFERED) or []
    return [
        (row["id"], f"{row['state']} {row.get('document') or ''}".strip())
        for row in rows
        if row["id"].startswith(incomplete)
    ]


def filters(incomplete: str) -> list[str]:
    """Offer names of filters, and behind ``=`` what can stand there."""
    name, equals, begun = incomplete.partition("=")
    if not equals:
        return [f"{one}=" for one in FILTERS if one.startswith(name)]
    offers = {"state": states, "endpoint": endpoints, "party": institutions, "mapping": mappings}
    if name == "code":
        return [f"code={code}" for code, _ in codes(begun)]
    return [f"{name}={value}" for value in offers[name](begun)] if name in offers else []


def mappings(incomplete: str) -> list[str]:
    """Offer the ids of the shipped mappings, as their files say them."""
    from hub_core.places import MAPPINGS

    heads = (path.open(encoding="utf-8").readline() for path in sorted(MAPPINGS.glob("*/*.yaml")))
    ids = (head.removeprefix("mapping:").strip() for head in heads if head.startswith("mapping:"))
    return [name for name in ids if name.startswith(incomplete)]


def code_lists(incomplete: str) -> list[str]:
    """Offer the names of the shipped code lists."""
    from hub_core.places import MAPPINGS

    names = sorted(path.stem for path in MAPPINGS.glob("codes/*.yaml"))
    return [name for name in names if name.startswith(incomplete)]


def adapters(incomplete: str) -> list[str]:
    """Offer the names of the installed adapters."""
    from adapters.kit.load import load_adapters

    return [name for name in load_adapters(report=lambda _: None) if name.startswith(incomplete)]


def seal_keys(incomplete: str) -> list[tuple[str, str]]:
    """Offer the ids of the keys that seal the store, but for the current one."""
    keys = (_ask("seal_status") or {}).get("keys", ())
    return [
        (key["id"], f"seals {key['messages']:,} messages")
        for key in keys
        if key["state"] != "current" and key["id"].startswith(incomplete)
    ]


def parked(incomplete: str) -> list[tuple[str, str]]:
    """Offer the groups of what was given up."""
    groups = (_ask("parked") or {}).get("groups", ())
    return [
        (group["id"], f"{group['count']:,} for {group['endpoint']}, {group['code']} {group['why']}")
        for group in groups
        if group["id"].startswith(incomplete)
    ]


def endpoints(incomplete: str) -> list[str]:
    """Offer the names of the endpoints."""
    return _names("endpoints", incomplete)


def outbound(incomplete: str) -> list[str]:
    """Offer the names of the outbound endpoints."""
    return _names("outbound", incomplete)


def institutions(incomplete: str) -> list[str]:
    """Offer the names of the institutions."""
    return _names("institutions", incomplete)


def services(incomplete: str) -> list[str]:
    """Offer the names of the services."""
    return _names("services", incomplete)


def queries(incomplete: str) -> list[str]:
    """Offer the names of the queries."""
    return _names("queries", incomplete)


def keys(incomplete: str) -> list[str]:
    """Offer the names of the keys."""
    return _names("keys", incomplete)


def shadow(incomplete: str) -> list[str]:
    """Offer the words that stand for no file."""
    return [word for word in ("status", "stop") if word.startswith(incomplete)]


def in_force(incomplete: str) -> list[str]:
    """Offer the word for the mappings in force, beside files."""
    return [word for word in ("in-force",) if word.startswith(incomplete)]


def _names(kind: str, incomplete: str) -> list[str]:
    names = (_ask("names") or {}).get(kind, [])
    return [name for name in names if name.startswith(incomplete)]


def _ask(verb: str, **arguments: Any) -> Any:
    from cli import desk
    from hub_core.settings import from_environment

    try:
        hub = desk.running(from_environment())
        return hub.call(verb, arguments) if hub is not None and hub.answers() else None
    except PunteError:
        return None

"""Where a partner leaves files for the hub, or takes them: looked at, and nothing taken or left."""

from hub_core.directory import Endpoint
from hub_core.ports import Adapter, Files, Filing, Looks, Poller, Polls


async def look_at(adapter: Adapter, name: str, endpoint: Endpoint) -> str | None:
    """Return what is seen there; ``None``: the endpoint has no such place.

    Raises:
        TryLater, ConfigError: it cannot be used.
    """
    opened: Filing | Poller
    if endpoint.collect is not None and isinstance(adapter, Files):
        opened = adapter.filing(name, endpoint)
    elif endpoint.poll is not None and isinstance(adapter, Polls):
        opened = adapter.poller(name, endpoint)
    else:
        return None
    try:
        return await opened.look() if isinstance(opened, Looks) else None
    finally:
        await opened.close()

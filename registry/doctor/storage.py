"""What keeps the hub from writing its store, since when, and what mends it."""

from datetime import UTC, datetime
from typing import Final

from hub_core.journal.readers import GONE
from hub_core.journal.writer import FULL, Trouble
from hub_core.settings import Settings
from registry.doctor.fact import Fact

_RESCUE: Final = "do not stop the hub, it alone still holds the file; see docs/runbooks/store-not-written.md"
_LOCKED: Final = "SQLITE_BUSY"


def written(trouble: Trouble | None, settings: Settings) -> Fact:
    """Say whether the running hub can write its store."""
    if trouble is None:
        return Fact(True, "the hub writes it")
    return Fact(False, f"nothing new is taken: {trouble.why}", _mend(trouble, settings))


def since(trouble: Trouble) -> datetime | None:
    """Return since when it is known."""
    return None if trouble.since is None else datetime.fromtimestamp(trouble.since, UTC)


def _mend(trouble: Trouble, settings: Settings) -> str:
    if trouble.why == GONE:
        return _RESCUE
    if trouble.why == FULL:
        return f"make room in {settings.home}; the hub goes on by itself once 8 MB are free"
    if _LOCKED in trouble.why:
        return f"another program writes there; fuser -v {settings.database} names it; end it, not the hub"
    if settings.store is not None:
        return "see what fails at database, server and standby; the hub goes on by itself"
    return "see docs/runbooks/store-not-written.md"

"""Deleting what was kept long enough: bodies sooner, what is left of messages later; only what is closed."""

import asyncio
import logging
import time
from datetime import datetime, timedelta
from typing import Final, get_args

from hub_core.journal.engines.statements import chunks
from hub_core.journal.entries import PurgePart, PurgeStep
from hub_core.journal.failpoints import reach
from registry.parts import Parts

log = logging.getLogger("punte.desk")
PARTS: Final[tuple[PurgePart, ...]] = get_args(PurgePart)
YOUNG: Final = timedelta(hours=1)
_STEPS: Final = 16  # in one call


async def purge_some(parts: Parts, part: PurgePart, after: int = 0) -> tuple[int, int | None]:
    """Delete a bounded number of what was kept long enough.

    Args:
        parts: of the hub.
        part: of the messages.
        after: where the call before ended.

    Returns:
        Of how many messages something was deleted, and where the next call begins; ``None``: that is all.

    Raises:
        TryLater: J503; what was deleted before stays deleted.
    """
    before, done = before_of(parts, part), 0
    for _ in range(_STEPS):
        begun = time.monotonic()
        step = None if before is None else await take_step(parts, part, before, after)
        if step is None:
            return done, None
        done, after = done + step.done, step.last
        await asyncio.sleep(time.monotonic() - begun)  # as long as it took: messages pass meanwhile
    return done, after


async def purge_all(parts: Parts, *, by: str) -> dict[PurgePart, int]:
    """Delete everything that was kept long enough; return how much, by part.

    Raises:
        TryLater: J503; what was deleted before stays deleted.
    """
    done: dict[PurgePart, int] = dict.fromkeys(PARTS, 0)
    for part in PARTS:
        after: int | None = 0
        while after is not None:
            some, after = await purge_some(parts, part, after)
            done[part] += some
    log.info("journal.purged", extra={"messages": done["messages"], "bodies": done["bodies"], "by": by})
    return done


async def take_step(parts: Parts, part: PurgePart, before: datetime, after: int) -> PurgeStep | None:
    """Take the next step; where nothing goes, from the first that may. ``None``: nothing may any more."""
    step = await parts.journal.purge(part, before=before, at=parts.clock.now(), after=after)
    if step.freed:
        reach("after-purge-before-files")
        await asyncio.to_thread(parts.attachments.remove, step.freed)
    if step.done:
        return step
    first = (await asyncio.to_thread(parts.view.purgeable, part, before=before, after=step.last)).first
    return None if first is None else PurgeStep(done=0, last=first - 1)


def sweep(parts: Parts, *, age: timedelta = YOUNG) -> int:
    """Remove files of attachments that no message has; return how many there were.

    A crash leaves them between a file and the message that was to name it, or between a purge and its files. Young ones
    are spared: their message may be on its way.
    """
    found = parts.attachments.older(age) if parts.attachments.is_the_stores else iter(())
    removed = sum(parts.attachments.remove(parts.view.unnamed(some)) for some in chunks(found))
    if removed:
        log.info("attachments.swept", extra={"count": removed})
    return removed


def before_of(parts: Parts, part: PurgePart) -> datetime | None:
    """Return before when something was received that is not kept any longer; ``None``: everything is."""
    days = days_of(parts, part)
    return parts.clock.now() - timedelta(days=days) if days else None


def days_of(parts: Parts, part: PurgePart) -> int:
    """Return how many days a part of the messages is kept; 0: for ever."""
    return parts.settings.keep_bodies if part == "bodies" else parts.settings.keep_metadata
